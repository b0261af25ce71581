package tonearm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tonearm.dataset.Protocol;
import tonearm.eval.Evaluation;
import tonearm.eval.RunMetrics;
import tonearm.model.Calibration;
import tonearm.model.GenreNet;
import tonearm.model.ModelBundle;
import tonearm.model.ModelBundle.Description;
import tonearm.provenance.Json;
import tonearm.provenance.Provenance;
import tonearm.report.CalibrationSection;
import tonearm.report.CardNotes;
import tonearm.report.ModelCard;
import tonearm.terminal.Text;
import tonearm.train.Folds;
import tonearm.train.Run;
import tonearm.train.Trainer;

/** The bundle that a finished run holds, ready for {@code tonearm classify --model RUN/model}. */
final class RunBundle {
  /** Its folder in a run folder. */
  static final String FOLDER = "model";

  private RunBundle() {}

  /** Whether a run has one. */
  static boolean isIn(Path run) {
    // The card is written last.
    return Files.isRegularFile(run.resolve(FOLDER).resolve(ModelBundle.CARD_FILE));
  }

  /** Whether a bundle is the one that a run made, wherever it lies by now. */
  static boolean isOf(Path run, Path bundle) throws IOException {
    Provenance made = Json.read(run.resolve(Trainer.RUN_FILE), Run.class).provenance();
    Provenance there = ModelBundle.describe(bundle).provenance();
    return made.created().equals(there.created()) && made.machine().equals(there.machine());
  }

  /** What a run's model is called: as its bundle is, if it has one, else by the architecture. */
  static String name(Path folder, Run run) throws IOException {
    Path bundle = folder.resolve(FOLDER);
    return Files.isDirectory(bundle)
        ? ModelBundle.describe(bundle).name()
        : run.model().architecture();
  }

  /**
   * Writes weights, description and card.
   *
   * @param folder of a run whose metrics are written
   * @param name what the bundle is called; null for the architecture's name
   * @param notes Markdown for the card; null for none
   * @param measuredBy the run that tells what it is worth; null for its own
   * @throws IOException if {@code measuredBy} is no run of the same recipe
   */
  static void write(
      Path folder,
      GenreNet net,
      @Nullable String name,
      @Nullable String notes,
      @Nullable Path measuredBy)
      throws IOException {
    Run run = Json.read(folder.resolve(Trainer.RUN_FILE), Run.class);
    Run judged = measuredBy == null ? run : requireMeasures(measuredBy, run, folder);
    Path judge = measuredBy == null ? folder : measuredBy;
    ModelBundle.Score score = score(judge, judged);
    String bundleName = name == null ? run.model().architecture() : name;
    Path bundle = folder.resolve(FOLDER);
    Path card = bundle.resolve(ModelBundle.CARD_FILE);
    // It belongs to the weights: what is finished once more is as well calibrated as before.
    Calibration calibration = calibration(bundle, net);
    String told = calibration == null ? null : CalibrationSection.of(card);
    Description description =
        Description.of(
            bundleName,
            run.model(),
            run.features(),
            run.training().clipSeconds(),
            run.genres(),
            score,
            run.provenance().with(ModelBundle.DATA_DIGEST, run.dataDigest()));
    ModelBundle.write(
        bundle,
        calibration == null ? description : description.withCalibration(calibration),
        net.values());
    ModelCard.Facts facts = ReportCommand.facts(run, bundleName, notes);
    ModelCard.write(folder, judge, facts, card);
    if (told != null) {
      CalibrationSection.put(card, told);
    }
  }

  /** That of the bundle that is there, if one is and its weights are the network's. */
  private static @Nullable Calibration calibration(Path bundle, GenreNet net) {
    ModelBundle there;
    try {
      there = ModelBundle.load(bundle);
    } catch (IOException e) {
      return null; // none, or damaged: it is made anew
    }
    Map<String, float[]> values = net.values();
    boolean isSame =
        there.values().keySet().equals(values.keySet())
            && values.entrySet().stream()
                .allMatch(e -> Arrays.equals(e.getValue(), there.values().get(e.getKey())));
    return isSame ? there.description().calibration() : null;
  }

  /**
   * Gives a bundle the figures of another measurement, in its description and its card; its weights
   * and calibration stay.
   *
   * @param folder of the run that made the bundle
   * @param notes Markdown for the card; null for those that it has
   * @param measuredBy what tells what it is worth
   * @throws IOException if the run did not make it, or {@code measuredBy} is no run of the same
   *     recipe
   */
  static void measure(Path folder, Path bundle, @Nullable String notes, Path measuredBy)
      throws IOException {
    Run run = Json.read(folder.resolve(Trainer.RUN_FILE), Run.class);
    if (!isOf(folder, bundle)) {
      throw new IOException(bundle + " is not the model that " + folder + " made");
    }
    Run judged = requireMeasures(measuredBy, run, folder);
    Path card = bundle.resolve(ModelBundle.CARD_FILE);
    String calibration = CalibrationSection.of(card);
    ModelBundle.score(bundle, score(measuredBy, judged));
    String name = ModelBundle.describe(bundle).name();
    String told = notes == null ? CardNotes.of(card) : notes;
    ModelCard.write(folder, measuredBy, ReportCommand.facts(run, name, told), card);
    if (calibration != null) {
      CalibrationSection.put(card, calibration);
    }
  }

  private static ModelBundle.@Nullable Score score(Path judge, Run judged) throws IOException {
    RunMetrics metrics = RunMetrics.read(judge.resolve(RunMetrics.FILE));
    Evaluation held = metrics.test() == null ? metrics.valid() : metrics.test();
    return held == null
        ? null
        : new ModelBundle.Score(
            protocol(judged, held) + ", last epoch",
            held.clips().accuracy(),
            held.tracks().accuracy());
  }

  /**
   * The description of a run that is to tell what a recipe is worth.
   *
   * @throws IOException if it is none, or not finished
   */
  static Run readMeasured(Path measuredBy) throws IOException {
    for (String file : new String[] {Trainer.RUN_FILE, RunMetrics.FILE}) {
      if (!Files.isRegularFile(measuredBy.resolve(file))) {
        throw new IOException(measuredBy + " is no finished run: it has no " + file);
      }
    }
    return Json.read(measuredBy.resolve(Trainer.RUN_FILE), Run.class);
  }

  /**
   * The description of a run that tells what another is worth, which has no track left to tell it
   * by.
   *
   * @throws IOException if it is none, not finished or of another recipe; if the songs that it asks
   *     about were trained on; if the other was trained on fewer tracks; or if the other has tracks
   *     of its own that tell it
   */
  static Run requireMeasures(Path measuredBy, Run run, Path folder) throws IOException {
    Run judged = readMeasured(measuredBy);
    Folds folds = judged.folds();
    if (folds != null && folds.protocol() == Protocol.CLIP) {
      throw new IOException(
          measuredBy
              + " asks about songs of which other clips were trained on, so it does not tell what "
              + folder
              + " is worth on other songs");
    }
    if (!judged.isSameRecipe(run)) {
      throw new IOException(
          measuredBy
              + " is of another network, recipe or dataset than "
              + folder
              + ", so it does not tell what this is worth");
    }
    RunMetrics metrics = RunMetrics.read(measuredBy.resolve(RunMetrics.FILE));
    if (metrics.valid() == null && metrics.test() == null) {
      throw new IOException(
          measuredBy + " holds out no track, so it does not tell what " + folder + " is worth");
    }
    if (run.validTracks() > 0) {
      throw new IOException(
          folder + " holds out tracks of its own; --measured-by is for runs with --all-tracks");
    }
    if (run.trainTracks() < judged.trainTracks()) {
      throw new IOException(
          "%s was trained on %s, the networks of %s on some of %d: these do not tell what it is worth"
              .formatted(
                  folder,
                  Text.count(run.trainTracks(), "track"),
                  measuredBy,
                  judged.trainTracks()));
    }
    return judged;
  }

  private static String protocol(Run run, Evaluation held) {
    Folds folds = run.folds();
    return folds != null && folds.protocol() == Protocol.CLIP
        ? Text.count(held.clips().count(), "clip") + " held out of tracks that were trained on"
        : Text.count(held.tracks().count(), "track") + " held out by track";
  }
}
