package tonearm.train;

/** Running sums of loss and right answers over clips. */
final class Tally {
  /**
   * Below this a probability counts as this, so that one certain error does not make the mean
   * infinite.
   */
  private static final double SMALLEST = 1e-12;

  int clips;
  int right;
  double lossSum;

  Tally() {}

  Tally(int clips, int right, double lossSum) {
    this.clips = clips;
    this.right = right;
    this.lossSum = lossSum;
  }

  void add(Tally other) {
    clips += other.clips;
    right += other.right;
    lossSum += other.lossSum;
  }

  /** Adds one clip's answer. */
  void add(float[] probabilities, int truth) {
    int best = 0;
    for (int i = 1; i < probabilities.length; i++) {
      best = probabilities[i] > probabilities[best] ? i : best;
    }
    clips++;
    right += best == truth ? 1 : 0;
    lossSum -= Math.log(Math.max(SMALLEST, probabilities[truth]));
  }

  /** Mean cross-entropy in nats; NaN of no clips. */
  double meanLoss() {
    return clips == 0 ? Double.NaN : lossSum / clips;
  }

  /** Part of clips right; NaN of no clips. */
  double accuracy() {
    return clips == 0 ? Double.NaN : (double) right / clips;
  }
}
