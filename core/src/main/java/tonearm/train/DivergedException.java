package tonearm.train;

import java.util.Locale;

/** A training whose loss or gradients are no longer finite. */
public final class DivergedException extends TrainingException {
  private final transient EpochRecord reached;

  /**
   * @param reached the epoch as far as it got: the means of its steps until then, NaN for what was
   *     not come to
   * @param steps of that epoch that were finite
   */
  DivergedException(EpochRecord reached, long steps) {
    super(message(reached, steps));
    this.reached = reached;
  }

  /** The row of the epoch that it broke off in. */
  EpochRecord reached() {
    return reached;
  }

  private static String message(EpochRecord reached, long steps) {
    int epoch = reached.epoch();
    String kept =
        epoch == 1
            ? "nothing was learnt yet"
            : "the checkpoint of epoch " + (epoch - 1) + " is kept";
    String before =
        steps == 0
            ? "in its first step"
            : String.format(
                Locale.ROOT,
                "after %d of its steps, whose gradients' norm had reached %.3g",
                steps,
                reached.gradientNormMax());
    return "the loss is no longer finite in epoch %d (%s), %s; a lower learning rate or --precision fp32 may help"
        .formatted(epoch, kept, before);
  }
}
