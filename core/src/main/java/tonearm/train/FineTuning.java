package tonearm.train;

import java.io.IOException;
import tonearm.dataset.ClipSet;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Split;
import tonearm.dataset.Split.Side;
import tonearm.features.Augmentation;
import tonearm.features.ClipGrid;
import tonearm.features.FeatureConfig;
import tonearm.model.ModelBundle.Description;

/**
 * The recipe by which a {@linkplain Pretrained trained network} is taught other genres, from ten
 * tracks to a thousand. It is that of {@code tonearm-base} (one cycle of the learning rate, mixup,
 * smoothed targets, averaged weights, wide augmentation, clips from anywhere in a track), fitted to
 * how much there is to learn from: few clips are seen often, in small batches, so that there are
 * some hundred steps; many are seen a few times.
 */
public final class FineTuning {
  /** Clips to be seen in all, if the bounds of the epochs allow. */
  private static final int CLIPS_SEEN = 30_000;

  private static final int MIN_EPOCHS = 8;
  private static final int MAX_EPOCHS = 60;

  /** An epoch has at least so many steps, if the bounds of the batch allow. */
  private static final int STEPS_PER_EPOCH = 8;

  private static final int MIN_BATCH = 8;
  private static final int MAX_BATCH = 32;

  /** The average of the weights reaches back over a part of the steps: this many averages fit. */
  private static final double AVERAGES = 16;

  private FineTuning() {}

  /**
   * The recipe.
   *
   * @param own the architecture's own
   * @param from the network that is taught; the clips' length is its
   * @param clips to train on, at least 1
   */
  public static TrainConfig recipe(TrainConfig own, Description from, int clips) {
    int epochs = Math.min(MAX_EPOCHS, Math.max(MIN_EPOCHS, CLIPS_SEEN / clips));
    int batch = MIN_BATCH;
    while (batch < MAX_BATCH && clips >= 2 * batch * STEPS_PER_EPOCH) {
      batch *= 2;
    }
    int steps = epochs * ((clips + batch - 1) / batch);
    Refinements base = own.refinements() == null ? Refinements.BASE : own.refinements();
    return new TrainConfig(
        epochs,
        batch,
        // A new head has a long way to go in few steps; the backbone goes at a part of it.
        own.learningRate(),
        // Kernels decay instead.
        own.refinements() == null ? 0 : own.l2(),
        from.clipSeconds(),
        augmentation(from.features()),
        own.seed(),
        own.precision(),
        own.threads(),
        new Refinements(
            base.warmUp(),
            base.weightDecay(),
            base.mixup(),
            base.labelSmoothing(),
            averaging(base.averaging(), steps),
            base.randomCrops()));
  }

  private static double averaging(double most, int steps) {
    double kept = Math.max(0, Math.min(most, 1 - AVERAGES / steps));
    // As many digits as a person reads in run.json.
    return Math.round(kept * 1e4) / 1e4;
  }

  private static Augmentation augmentation(FeatureConfig features) {
    Augmentation wide = Augmentation.WIDE;
    if (features.grid() == FeatureConfig.Grid.LINEAR) {
      return wide;
    }
    return new Augmentation(
        wide.probability(),
        wide.noise(),
        wide.timeShift(),
        wide.timeMask(),
        wide.frequencyMask(),
        wide.timeStretch(),
        0,
        wide.lowPass(),
        wide.tilt());
  }

  /**
   * How many clips an epoch has.
   *
   * @param clipSeconds length of a clip
   * @throws IOException if a picture is missing or broken; the message names the file
   */
  public static int clips(PreparedDataset dataset, Split split, double clipSeconds)
      throws IOException {
    ClipSet train = split.clips(dataset.catalog(), Side.TRAIN);
    return Math.max(1, dataset.clips(train, ClipGrid.of(dataset.features(), clipSeconds)));
  }
}
