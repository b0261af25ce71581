package tonearm.train;

import java.util.random.RandomGenerator;
import tonearm.dataset.ClipStream.Batch;

/**
 * Clips mixed two by two, pictures and targets alike, and targets smoothed (Zhang et al. 2018;
 * Szegedy et al. 2016). Each clip keeps the larger share of what it becomes, so that it is still
 * known by its own genre.
 */
record Mixup(Refinements refinements, int genres) {
  /**
   * A batch as it is trained on.
   *
   * @param pictures as {@link Batch#pictures}
   * @param targets {@code [size][genres]} probabilities
   */
  record Mixed(float[] pictures, float[] targets) {}

  /** Mixes each clip with another of its batch; the batch stays as it is. */
  Mixed mix(Batch batch, RandomGenerator random) {
    int n = batch.size();
    int length = batch.pictures().length / n;
    float[] pictures = batch.pictures().clone();
    float[] targets = new float[n * genres];
    int away = n == 1 ? 0 : 1 + random.nextInt(n - 1);
    float smooth = (float) refinements.labelSmoothing();
    for (int i = 0; i < n; i++) {
      float share = refinements.mixup() == 0 ? 1 : (float) share(refinements.mixup(), random);
      int other = (i + away) % n;
      for (int k = 0; k < length; k++) {
        pictures[i * length + k] =
            share * batch.pictures()[i * length + k]
                + (1 - share) * batch.pictures()[other * length + k];
      }
      for (int genre = 0; genre < genres; genre++) {
        targets[i * genres + genre] = smooth / genres;
      }
      targets[i * genres + batch.genres()[i]] += (1 - smooth) * share;
      targets[i * genres + batch.genres()[other]] += (1 - smooth) * (1 - share);
    }
    return new Mixed(pictures, targets);
  }

  /** The larger share of a Beta(a, a), a up to 1, by Jöhnk's method (1964). */
  private static double share(double a, RandomGenerator random) {
    double x;
    double y;
    do {
      x = Math.pow(random.nextDouble(), 1 / a);
      y = Math.pow(random.nextDouble(), 1 / a);
    } while (!(x + y <= 1 && x + y > 0));
    return Math.max(x, y) / (x + y);
  }
}
