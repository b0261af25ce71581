package tonearm.eval;

/**
 * What of a clip speaks for an answer, found by hiding: the clip is cut into patches, each is
 * hidden in turn, and the network is asked again. Source: Zeiler and Fergus, "Visualizing and
 * Understanding Convolutional Networks" (ECCV 2014), section 4.2, with odds for probabilities,
 * since these say little near 0 and 1.
 *
 * @param startS beginning of the clip in the song, seconds, 0 or more
 * @param endS its end, more than {@code startS}
 * @param bands patches from the lowest to the highest frequency, equally high in the network's
 *     picture, at least 1
 * @param steps patches from the beginning to the end, equally long, at least 1
 * @param weights row-major {@code [bands][steps]}, band 0 the lowest: how often the odds of the
 *     answer are halved by hiding the patch, a binary logarithm. Above 0 the patch speaks for the
 *     answer, below 0 against it. Finite; not copied
 */
public record Occlusion(double startS, double endS, int bands, int steps, float[] weights) {
  /** The least that a probability counts as: beyond it arithmetic in 16 bits knows nothing. */
  private static final double LEAST = 1e-9;

  public Occlusion {
    if (!(startS >= 0 && endS > startS && endS < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "a clip from " + startS + " s to " + endS + " s has no length");
    }
    if (bands < 1 || steps < 1 || weights.length != bands * steps) {
      throw new IllegalArgumentException(
          weights.length + " weights are not " + bands + " x " + steps + " patches");
    }
    for (float weight : weights) {
      if (!Float.isFinite(weight)) {
        throw new IllegalArgumentException("a patch has the weight " + weight);
      }
    }
  }

  /** The weight of one patch. */
  public float weight(int band, int step) {
    return weights[band * steps + step];
  }

  /**
   * The weight of what was hidden.
   *
   * @param shown probabilities of all genres with it
   * @param hidden the same without it
   * @param genre index of the answer
   */
  public static float weight(float[] shown, float[] hidden, int genre) {
    return (float) (logOdds(shown, genre) - logOdds(hidden, genre));
  }

  /** Binary logarithm of the odds; the others are summed, as 1 - p would be 0 too soon. */
  private static double logOdds(float[] probabilities, int genre) {
    double others = 0;
    for (int g = 0; g < probabilities.length; g++) {
      others += g == genre ? 0 : probabilities[g];
    }
    double odds = Math.max(LEAST, probabilities[genre]) / Math.max(LEAST, others);
    return Math.log(odds) / Math.log(2);
  }
}
