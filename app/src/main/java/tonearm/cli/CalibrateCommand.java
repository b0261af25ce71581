package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Protocol;
import tonearm.dataset.Split.Side;
import tonearm.eval.CalibrationStudy;
import tonearm.eval.CalibrationStudy.Level;
import tonearm.eval.CalibrationStudy.Threshold;
import tonearm.eval.ClipPredictions;
import tonearm.eval.TrackPrediction;
import tonearm.model.Calibration;
import tonearm.model.ModelBundle;
import tonearm.model.ModelBundle.Description;
import tonearm.model.Precision;
import tonearm.provenance.Digest;
import tonearm.provenance.Json;
import tonearm.provenance.Machine;
import tonearm.provenance.Provenance;
import tonearm.report.CalibrationSection;
import tonearm.report.ReliabilityFigure;
import tonearm.train.Folds;
import tonearm.train.Run;
import tonearm.train.Trainer;

@Command(
    name = "calibrate",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a model's confidence mean what it says, and finds below which confidence it does not"
          + " know.",
      "Fits temperatures to the answers about the tracks that a run, best a cross-validation, held"
          + " out. Writes calibration.json and a reliability diagram beside them. With --bundle, the"
          + " bundle answers so from then on; with --data too, songs unlike its training are unknown."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tonearm calibrate my-folds",
      "  tonearm calibrate my-folds --bundle my-run/model",
      "  tonearm calibrate my-folds --bundle my-run/model --data my-data"
    })
final class CalibrateCommand implements Callable<Integer> {
  /** What is written beside the diagram. */
  static final String FILE = "calibration.json";

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "A run folder, best that of a cross-validation.")
  private Path folder;

  @Option(
      names = "--bundle",
      paramLabel = "NAME|DIR",
      description =
          "Write the calibration into this bundle, in place of the one it may have. It must be of the"
              + " run's network, features and genres.")
  private @Nullable String bundleName;

  @Option(
      names = "--data",
      paramLabel = "DATA",
      description =
          "The prepared dataset of the run: find out how like it a song must be. With --bundle.")
  private @Nullable Path data;

  @Option(
      names = "--side",
      paramLabel = "valid|test",
      defaultValue = "valid",
      description = "Which tracks that were held out. Default: ${DEFAULT-VALUE}.")
  private Side side;

  @Option(
      names = "--max-lost",
      paramLabel = "X",
      description =
          "Part of the rightly answered tracks that may become unknown, 0 or more and below 1;"
              + " with --data half of it by either rule. Default: 0.02.")
  private double maxLost = CalibrationStudy.DEFAULT_MAX_LOST;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description = "Where the numbers and the diagram are written. Default: RUN/calibration.")
  private @Nullable Path out;

  @Option(
      names = "--precision",
      paramLabel = "auto|bf16|fp32",
      defaultValue = "auto",
      description = "Arithmetic of the network, for --data. Default: bf16 where the CPU has it.")
  private String precision;

  @Option(names = "--json", description = "One JSON object instead of tables.")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  CalibrateCommand() {}

  /**
   * What is printed and kept.
   *
   * @param study the fit and what it is worth
   * @param chosen what {@code study.unknownBelow} gives
   * @param likeness null without {@code --data}
   */
  private record Outcome(
      CalibrationStudy study, Threshold chosen, @Nullable LikenessStudy likeness) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (data != null && bundleName == null) {
      throw wrong("--data goes with --bundle: how like its training a song is, a network tells");
    }
    if (side == Side.TRAIN) {
      throw wrong("--side must be valid or test: of what it was trained on, a model is too sure");
    }
    if (!(maxLost >= 0 && maxLost < 1)) {
      throw wrong("--max-lost must be 0 or more and below 1, not " + maxLost);
    }
    Precision arithmetic = Precision.of(precision, Machine.current().hasBf16());
    Run run = Json.read(folder.resolve(Trainer.RUN_FILE), Run.class);
    Folds folds = run.folds();
    if (folds != null && folds.protocol() == Protocol.CLIP) {
      throw new IOException(
          folder + " holds single clips out, of tracks that were trained on: nothing to go by");
    }
    Path file = folder.resolve(ClipPredictions.FILE);
    ClipPredictions held = ClipPredictions.read(file).ofSplit(side.label());
    Path bundle = bundleName == null ? null : Models.find(bundleName);
    if (bundle != null) {
      requireSame(bundle, run);
    }
    double share = data == null ? maxLost : maxLost / 2;
    CalibrationStudy study = study(held, share);
    LikenessStudy likeness = null;
    if (data != null && bundle != null) {
      Interruption.guard();
      likeness =
          new LikenessStudy.Maker(folder, bundle, dataset(data, run), side, arithmetic, this::warn)
              .of(TrackPrediction.of(held), held.genres(), share);
    }
    Outcome outcome = new Outcome(study, chosen(held, study), likeness);
    Path target = out == null ? folder.resolve("calibration") : out;
    Files.createDirectories(target);
    Json.write(target.resolve(FILE), outcome);
    ReliabilityFigure.of(study).write(target);
    if (bundle != null) {
      write(bundle, outcome, Digest.ofFile(file));
    }
    print(outcome, target, bundle);
    return Tonearm.OK;
  }

  /** The dataset of the run, or the part of it that the run is of. */
  private PreparedDataset dataset(Path data, Run run) throws IOException {
    PreparedDataset whole = PreparedDataset.open(data);
    boolean isPart = !whole.catalog().genres().equals(run.genres());
    PreparedDataset dataset =
        isPart && whole.catalog().genres().containsAll(run.genres())
            ? whole.only(run.genres())
            : whole;
    if (!dataset.digest().equals(run.dataDigest())) {
      throw new IOException(data + " is not the dataset of " + folder + ": its tracks differ");
    }
    return dataset;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void warn(String message) {
    spec.commandLine().getErr().println("tonearm: warning: " + Text.oneLine(message));
  }

  private CalibrationStudy study(ClipPredictions held, double share) throws IOException {
    if (held.clips().isEmpty()) {
      throw new IOException(folder + " has no answers to tracks of its " + side.label() + " side");
    }
    try {
      return CalibrationStudy.of(held, share);
    } catch (IllegalArgumentException e) {
      throw new IOException(folder + ": " + e.getMessage(), e);
    }
  }

  private static Threshold chosen(ClipPredictions held, CalibrationStudy study) {
    return CalibrationStudy.threshold(
        TrackPrediction.of(held), study.tracks().temperature(), study.unknownBelow());
  }

  /** A temperature says something of the network whose answers it was fitted to only. */
  private void requireSame(Path bundle, Run run) throws IOException {
    Description model = ModelBundle.describe(bundle);
    String differ =
        !model.model().equals(run.model())
            ? "networks"
            : !model.features().equals(run.features())
                ? "features"
                : model.clipSeconds() != run.training().clipSeconds()
                    ? "lengths of clips"
                    : !model.genres().equals(run.genres()) ? "genres" : null;
    if (differ != null) {
      throw new IOException(
          "%s cannot be calibrated by %s: their %s differ".formatted(bundle, folder, differ));
    }
  }

  private void write(Path bundle, Outcome outcome, String predictions) throws IOException {
    CalibrationStudy study = outcome.study();
    LikenessStudy likeness = outcome.likeness();
    Level tracks = study.tracks();
    Calibration.Evidence evidence =
        new Calibration.Evidence(
            tracks.before().reliability().count(),
            tracks.before().reliability().expectedCalibrationError(),
            tracks.heldOut().reliability().expectedCalibrationError(),
            maxLost,
            predictions,
            Provenance.now(Map.of()));
    ModelBundle.calibrate(
        bundle,
        new Calibration(
            tracks.temperature(),
            study.clips().temperature(),
            study.unknownBelow(),
            likeness == null ? null : likeness.toLikeness(),
            evidence));
    CalibrationSection.put(
        bundle.resolve(ModelBundle.CARD_FILE),
        study,
        outcome.chosen(),
        likeness == null ? null : likeness.greatestDistance());
  }

  private void print(Outcome outcome, Path target, @Nullable Path bundle) {
    PrintWriter text = spec.commandLine().getOut();
    if (json) {
      text.print(Json.toText(outcome));
      text.flush();
      return;
    }
    CalibrationStudy study = outcome.study();
    text.printf(
        Locale.ROOT,
        "%-14s %11s   %-23s   %s%n",
        "",
        "temperature",
        "expected calibr. error",
        "negative log-likelihood");
    text.printf(
        Locale.ROOT,
        "%26s   %7s %7s %7s   %7s %7s %7s%n",
        "",
        "before",
        "after",
        "held out",
        "before",
        "after",
        "held out");
    print(text, "tracks", study.tracks());
    print(text, "clips", study.clips());
    text.printf(
        "held out: each of %d folds of tracks at the temperature fitted to the others%n%n",
        study.folds());
    text.printf(
        "%-12s %9s %9s %13s %13s%n",
        "confidence", "answered", "right", "right lost", "wrong caught");
    study.thresholds().forEach(threshold -> print(text, threshold));
    text.println();
    print(text, outcome.chosen());
    text.printf(
        Locale.ROOT,
        "unknown below %.2f: the highest at which at most %.1f %% of right tracks are lost%n",
        study.unknownBelow(),
        100 * study.maxLost());
    LikenessStudy likeness = outcome.likeness();
    if (likeness != null) {
      text.printf(
          Locale.ROOT,
          "unknown beyond a distance of %.2f from every genre: so are %.1f %% of %d right tracks (%s)%n",
          likeness.greatestDistance(),
          100 * likeness.lost(),
          likeness.tracks(),
          likeness.judged());
    }
    text.println("written: " + target.resolve(FILE) + ", reliability.svg, reliability.png");
    if (bundle != null) {
      text.println("calibrated: " + bundle);
    }
    text.flush();
  }

  private static void print(PrintWriter text, String what, Level level) {
    text.printf(
        Locale.ROOT,
        "%-6s %7d %11.3f   %5.1f %% %5.1f %% %6.1f %%   %7.3f %7.3f %8.3f%n",
        what,
        level.before().reliability().count(),
        level.temperature(),
        100 * level.before().reliability().expectedCalibrationError(),
        100 * level.after().reliability().expectedCalibrationError(),
        100 * level.heldOut().reliability().expectedCalibrationError(),
        level.before().negativeLogLikelihood(),
        level.after().negativeLogLikelihood(),
        level.heldOut().negativeLogLikelihood());
  }

  private static void print(PrintWriter text, Threshold threshold) {
    Double accuracy = threshold.accuracy();
    text.printf(
        Locale.ROOT,
        "%12.2f %7.1f %% %9s %11.1f %% %11.1f %%%n",
        threshold.confidence(),
        100 * threshold.coverage(),
        accuracy == null ? "" : String.format(Locale.ROOT, "%.1f %%", 100 * accuracy),
        100 * threshold.lost(),
        100 * threshold.caught());
  }
}
