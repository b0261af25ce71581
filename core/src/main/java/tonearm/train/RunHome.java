package tonearm.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Split;
import tonearm.dataset.Track;
import tonearm.eval.RunMetrics;
import tonearm.model.ModelConfig;
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Json;
import tonearm.provenance.Provenance;

/**
 * A run's folder and what it is of: written once, and compared with from then on, so that no run
 * goes on as another.
 */
record RunHome(
    Path folder,
    PreparedDataset dataset,
    Split split,
    ModelConfig model,
    TrainConfig config,
    @Nullable Pretrained init,
    @Nullable Folds folds) {
  /** Whether it holds a run. */
  boolean hasRun() {
    return Files.exists(file());
  }

  /** Whether a folder has all that a finished run leaves for good. */
  static boolean isFinished(Path run) {
    return Files.isRegularFile(run.resolve(RunMetrics.FILE));
  }

  /**
   * Holds a training against the one that a folder is of.
   *
   * @throws TrainingException if they are two; the message tells what differs
   */
  static void requireSame(Run run, Run stored, Path folder) throws TrainingException {
    String differences = run.differences(stored);
    if (!differences.isEmpty()) {
      throw new TrainingException(
          "%s holds another run, which --resume cannot go on with: %s"
              .formatted(folder, differences));
    }
  }

  private Path file() {
    return folder.resolve(Trainer.RUN_FILE);
  }

  /**
   * Writes {@code run.json} and {@code split.csv}, or compares with those that are there.
   *
   * @param resume whether a run may be there
   * @throws TrainingException if it holds another run, or one that is not to be gone on with
   */
  void open(List<Track> train, List<Track> valid, boolean resume)
      throws IOException, TrainingException {
    if (hasRun() && !resume) {
      throw new TrainingException(
          folder + " holds a run already: go on with --resume, or choose another folder");
    }
    if (!hasRun() && Checkpoint.exists(folder)) {
      throw new TrainingException(
          folder
              + " has a checkpoint but no "
              + Trainer.RUN_FILE
              + ", so it cannot be told what it is of");
    }
    Run run =
        new Run(
            model,
            config,
            dataset.features(),
            dataset.catalog().genres(),
            train.size(),
            valid.size(),
            dataset.digest(),
            split.digest(),
            folds,
            init == null ? null : init.init(),
            Provenance.now(Map.of()));
    if (hasRun()) {
      requireSame(run, Json.read(file(), Run.class), folder);
    } else {
      AtomicFiles.createFolders(folder);
      split.write(folder.resolve(Trainer.SPLIT_FILE));
      Json.write(file(), run);
    }
  }
}
