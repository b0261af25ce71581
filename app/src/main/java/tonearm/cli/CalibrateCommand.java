package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
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
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Digest;
import tonearm.provenance.Json;
import tonearm.provenance.Machine;
import tonearm.provenance.Provenance;
import tonearm.report.CalibrationSection;
import tonearm.report.ReliabilityFigure;
import tonearm.terminal.Interruption;
import tonearm.terminal.Text;
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
      "  tonearm calibrate my-folds --bundle my-run/model --data my-data",
      "  tonearm calibrate other-artists --judge my-run/model"
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

  @Option(
      names = "--judge",
      paramLabel = "NAME|DIR",
      description =
          "Fit nothing: tell what the calibration of this model is worth on the answers of the run, a"
              + " harder test perhaps than it was fitted to.")
  private @Nullable String judged;

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
  record Outcome(CalibrationStudy study, Threshold chosen, @Nullable LikenessStudy likeness) {}

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
    if (judged != null) {
      return judge(Models.find(judged), run, held);
    }
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
          new LikenessStudy.Maker(
                  folder,
                  folds == null ? 0 : folds.count(),
                  bundle,
                  dataset(data, run),
                  side,
                  arithmetic,
                  this::warn)
              .of(TrackPrediction.of(held), held.genres(), study, share);
    }
    Outcome outcome = new Outcome(study, chosen(held, study), likeness);
    Path target = out == null ? folder.resolve("calibration") : out;
    AtomicFiles.createFolders(target);
    Json.write(target.resolve(FILE), outcome);
    ReliabilityFigure.of(study).write(target);
    if (bundle != null) {
      write(bundle, outcome, Digest.ofFile(file));
    }
    print(outcome, target, bundle);
    return Tonearm.OK;
  }

  private int judge(Path model, Run run, ClipPredictions held) throws IOException {
    if (bundleName != null || data != null || out != null) {
      throw wrong("--judge writes nothing: it goes without --bundle, --data and --out");
    }
    if (spec.commandLine().getParseResult().hasMatchedOption("--max-lost")) {
      throw wrong("--judge takes the limits that the model has: leave --max-lost out");
    }
    requireSame(model, run);
    Calibration calibration = ModelBundle.describe(model).calibration();
    if (calibration == null) {
      throw new IOException(model + " has no calibration to be judged");
    }
    requireAnswers(held);
    CalibrationJudgement judgement;
    try {
      judgement = CalibrationJudgement.of(calibration, held);
    } catch (IllegalArgumentException e) {
      throw new IOException(folder + ": " + e.getMessage(), e);
    }
    PrintWriter text = spec.commandLine().getOut();
    if (json) {
      text.print(Json.toText(judgement));
    } else {
      CalibrationText.print(text, judgement);
    }
    text.flush();
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
    requireAnswers(held);
    try {
      return CalibrationStudy.of(held, share);
    } catch (IllegalArgumentException e) {
      throw new IOException(folder + ": " + e.getMessage(), e);
    }
  }

  private void requireAnswers(ClipPredictions held) throws IOException {
    if (held.clips().isEmpty()) {
      throw new IOException(folder + " has no answers to tracks of its " + side.label() + " side");
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
          "%s cannot be %s by %s: their %s differ"
              .formatted(bundle, judged == null ? "calibrated" : "judged", folder, differ));
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
            study.clipUnknownBelow(),
            likeness == null ? null : likeness.toLikeness(),
            evidence));
    CalibrationSection.put(
        bundle.resolve(ModelBundle.CARD_FILE),
        study,
        outcome.chosen(),
        likeness == null ? null : likeness.toLikeness());
  }

  private void print(Outcome outcome, Path target, @Nullable Path bundle) {
    PrintWriter text = spec.commandLine().getOut();
    if (json) {
      text.print(Json.toText(outcome));
      text.flush();
      return;
    }
    CalibrationText.print(text, outcome);
    text.println("written: " + target.resolve(FILE) + ", reliability.svg, reliability.png");
    if (bundle != null) {
      text.println("calibrated: " + bundle);
    }
    text.flush();
  }
}
