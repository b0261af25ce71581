package tonearm.cli;

import java.io.PrintWriter;
import java.util.Locale;
import tonearm.terminal.Progress;
import tonearm.train.EpochRecord;
import tonearm.train.TrainingListener;

/**
 * How a training goes: a bar where a person watches, and a line after every epoch.
 *
 * @param label comes first in each line, such as {@code "fold 2/5, "}; may be empty
 */
record TrainingProgress(Progress progress, PrintWriter err, int epochs, String label)
    implements TrainingListener {
  @Override
  public void step(int epoch, int clips, int allClips, double loss) {
    // One bar over all epochs, so that its remaining time is that of the whole run.
    long all = (long) epochs * allClips;
    progress.to((long) (epoch - 1) * allClips + clips, all);
    progress.note(String.format(Locale.ROOT, "%sepoch %d, loss %.3f", label, epoch, loss));
  }

  @Override
  public void epoch(EpochRecord r) {
    err.printf(
        Locale.ROOT,
        "%sepoch %d/%d  train: loss %.3f, %.1f %% right  valid: loss %.3f, %.1f %% right  %.1f"
            + " clips/s, %.0f s%n",
        label,
        r.epoch(),
        epochs,
        r.trainLoss(),
        100 * r.trainAccuracy(),
        r.settledValidLoss(),
        100 * r.settledValidAccuracy(),
        r.clipsPerS(),
        r.seconds());
  }

  @Override
  public void settling(int batches, int allBatches) {
    progress.to(batches, allBatches);
    progress.note(label + "settling batch norm");
  }

  @Override
  public void evaluating(int clipsDone, int allClips) {
    progress.to(clipsDone, allClips);
    progress.note(label + "evaluating");
  }
}
