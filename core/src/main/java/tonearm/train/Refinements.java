package tonearm.train;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What a recipe does beyond the published one.
 *
 * @param warmUp part of the training over which the learning rate rises evenly to its full value,
 *     from 0 to less than 1; from there it falls to 0 along half a cosine (one cycle, Smith &amp;
 *     Topin 2018)
 * @param weightDecay what kernels lose of themselves in a step, times the learning rate, at least 0
 *     (AdamW, Loshchilov &amp; Hutter 2019)
 * @param mixup parameter of the beta distribution that two clips are mixed by, 0, or 0.001 to 1
 *     (Zhang et al. 2018); 0: never
 * @param labelSmoothing part of the target that is dealt to all genres alike, 0 to less than 1
 * @param averaging how much of the average of the weights over time is kept in a step, 0 to less
 *     than 1 (Polyak &amp; Juditsky 1992); the average is what is tested and kept; 0: the weights
 *     of the last step are
 * @param randomCrops whether training clips are taken from anywhere in a track rather than from the
 *     grid
 */
public record Refinements(
    @JsonProperty(required = true) double warmUp,
    @JsonProperty(required = true) double weightDecay,
    @JsonProperty(required = true) double mixup,
    @JsonProperty(required = true) double labelSmoothing,
    @JsonProperty(required = true) double averaging,
    @JsonProperty(required = true) boolean randomCrops) {

  /** The recipe of {@code tonearm-base}. */
  public static final Refinements BASE = new Refinements(0.2, 0.05, 0.5, 0.1, 0.995, true);

  /**
   * None of them but the learning rate's course: with refinements of any kind it rises and falls.
   */
  public static final Refinements NONE = new Refinements(0.2, 0, 0, 0, 0, false);

  public Refinements {
    require(warmUp >= 0 && warmUp < 1, "warmUp", "from 0 to less than 1", warmUp);
    require(
        weightDecay >= 0 && Double.isFinite(weightDecay), "weightDecay", "at least 0", weightDecay);
    // Of less, the beta distribution is drawn from for ever: nearly all its draws are refused.
    require(mixup == 0 || (mixup >= 0.001 && mixup <= 1), "mixup", "0, or from 0.001 to 1", mixup);
    require(
        labelSmoothing >= 0 && labelSmoothing < 1,
        "labelSmoothing",
        "from 0 to less than 1",
        labelSmoothing);
    require(averaging >= 0 && averaging < 1, "averaging", "from 0 to less than 1", averaging);
  }

  private static void require(boolean holds, String name, String limit, double value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " must be " + limit + ", not " + value);
    }
  }

  /**
   * The learning rate at some point of the training, as a part of its full value.
   *
   * @param part how much of the training is done, from 0 to 1
   */
  double rate(double part) {
    if (part < warmUp) {
      // Not from 0, at which a step would be none.
      return 0.04 + 0.96 * part / warmUp;
    }
    return 0.5 * (1 + Math.cos(Math.PI * Math.min(1, (part - warmUp) / (1 - warmUp))));
  }

  /** The same, with the weights of the last step. */
  Refinements withoutAveraging() {
    return new Refinements(warmUp, weightDecay, mixup, labelSmoothing, 0, randomCrops);
  }

  /** Whether targets are anything but the one true genre. */
  boolean changesTargets() {
    return mixup > 0 || labelSmoothing > 0;
  }
}
