package tonearm.eval;

import java.util.List;

/**
 * Temperature scaling (Guo, Pleiss, Sun &amp; Weinberger, "On Calibration of Modern Neural
 * Networks", ICML 2017): probabilities {@code p} become {@code p^(1/T)}, scaled to sum to 1. Of a
 * softmax this is the softmax of the logits divided by {@code T}; it is defined for any other
 * probabilities too, such as the mean over a song's clips. {@code T} above 1 makes them less sure,
 * below 1 surer, and the order of the genres stays.
 *
 * <p>A probability below 2^-52 counts as 2^-52, as in {@link Metrics#negativeLogLikelihood}.
 */
public final class Temperature {
  /** The lowest temperature that is fitted; of answers that are all right, none would be least. */
  public static final double LOWEST = 0.05;

  /** The highest temperature that is fitted. */
  public static final double HIGHEST = 20;

  private static final double SMALLEST_PROBABILITY = Math.ulp(1.0);

  /** Halvings of the range: more than a double can tell apart. */
  private static final int STEPS = 60;

  private Temperature() {}

  /**
   * The probabilities at a temperature.
   *
   * @param probabilities each in [0, 1], summing to 1 within 1e-3; not changed
   * @param temperature more than 0; 1 gives the very same probabilities
   */
  public static float[] apply(float[] probabilities, double temperature) {
    if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("a temperature must be more than 0, not " + temperature);
    }
    ValidInput.probabilities("the answer", probabilities);
    if (temperature == 1) {
      return probabilities;
    }
    double[] logs = logs(probabilities);
    double[] weights = new double[logs.length];
    double sum = weigh(logs, 1 / temperature, weights);
    float[] scaled = new float[logs.length];
    for (int g = 0; g < scaled.length; g++) {
      scaled[g] = (float) (weights[g] / sum);
    }
    return scaled;
  }

  /**
   * The temperature of the least {@link Metrics#negativeLogLikelihood}. That is convex in {@code
   * 1/T}, so the root of its slope is found by halving: the same answers give the same temperature.
   *
   * @param trueGenres indexes; at least one
   * @param probabilities as many arrays, each in [0, 1], summing to 1 within 1e-3
   * @return {@value #LOWEST} to {@value #HIGHEST}
   */
  public static double fit(int[] trueGenres, List<float[]> probabilities) {
    ValidInput.sameLength("true genres", trueGenres.length, "predictions", probabilities.size());
    double[][] logs = new double[trueGenres.length][];
    for (int i = 0; i < logs.length; i++) {
      ValidInput.probabilities("prediction number " + i, probabilities.get(i));
      ValidInput.genreIndex("true genre number " + i, trueGenres[i], probabilities.get(i).length);
      logs[i] = logs(probabilities.get(i));
    }
    double low = 1 / HIGHEST;
    double high = 1 / LOWEST;
    if (slope(trueGenres, logs, low) >= 0) {
      return HIGHEST;
    } else if (slope(trueGenres, logs, high) <= 0) {
      return LOWEST;
    }
    for (int step = 0; step < STEPS; step++) {
      double middle = (low + high) / 2;
      if (slope(trueGenres, logs, middle) < 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return 2 / (low + high);
  }

  /** Derivative of the summed negative log-likelihood with respect to {@code 1/T}. */
  private static double slope(int[] trueGenres, double[][] logs, double inverse) {
    double slope = 0;
    for (int i = 0; i < logs.length; i++) {
      double[] weights = new double[logs[i].length];
      double sum = weigh(logs[i], inverse, weights);
      double mean = 0;
      for (int g = 0; g < weights.length; g++) {
        mean += weights[g] * logs[i][g];
      }
      slope += mean / sum - logs[i][trueGenres[i]];
    }
    return slope;
  }

  private static double[] logs(float[] probabilities) {
    double[] logs = new double[probabilities.length];
    for (int g = 0; g < logs.length; g++) {
      logs[g] = Math.log(Math.max(probabilities[g], SMALLEST_PROBABILITY));
    }
    return logs;
  }

  /** Powers of the probabilities, the largest of them 1; returns their sum. */
  private static double weigh(double[] logs, double inverse, double[] weights) {
    double highest = Double.NEGATIVE_INFINITY;
    for (double log : logs) {
      highest = Math.max(highest, log);
    }
    double sum = 0;
    for (int g = 0; g < logs.length; g++) {
      weights[g] = Math.exp(inverse * (logs[g] - highest));
      sum += weights[g];
    }
    return sum;
  }
}
