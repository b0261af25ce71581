package tonearm.eval;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far confidence can be believed: whether of the answers given with 70 % confidence 70 % are
 * right.
 *
 * <p>Conventions are those of Guo et al. (2017). An answer's confidence is its highest probability,
 * and it is right if the genre of that, of equal ones the first, is the true one. Confidences fall
 * into bins of equal width over [0, 1]; a bin holds its upper edge and not its lower one, but for
 * the first, which holds 0. The <b>expected calibration error</b> is the mean over answers of their
 * bin's distance between accuracy and mean confidence; the <b>maximum calibration error</b> is the
 * largest of these distances. Empty bins count for neither. The estimate is biased upwards where
 * answers are few: of perfectly calibrated ones it is above 0.
 *
 * @param count how many answers, at least 1
 * @param accuracy share that was right, in [0, 1]
 * @param confidence their mean confidence, in [0, 1]
 * @param expectedCalibrationError in [0, 1]; 0 is best
 * @param maximumCalibrationError in [0, 1]; 0 is best
 * @param bins from low confidence to high
 */
public record Reliability(
    int count,
    double accuracy,
    double confidence,
    double expectedCalibrationError,
    double maximumCalibrationError,
    List<Bin> bins) {
  /** As many bins as in Guo et al. (2017). */
  public static final int BINS = 15;

  /**
   * The answers of about one confidence.
   *
   * @param from lower edge
   * @param to upper edge
   * @param count how many
   * @param confidence their mean; null if there are none
   * @param accuracy share that was right; null if there are none
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Bin(
      double from, double to, int count, @Nullable Double confidence, @Nullable Double accuracy) {}

  public Reliability {
    bins = List.copyOf(bins);
  }

  /**
   * Judges answers in {@value #BINS} bins.
   *
   * @param trueGenres indexes; at least one
   * @param probabilities as many arrays, each in [0, 1], summing to 1 within 1e-3
   */
  public static Reliability of(int[] trueGenres, List<float[]> probabilities) {
    ValidInput.sameLength("true genres", trueGenres.length, "predictions", probabilities.size());
    double[] confidences = new double[trueGenres.length];
    boolean[] right = new boolean[trueGenres.length];
    for (int i = 0; i < right.length; i++) {
      float[] p = probabilities.get(i);
      ValidInput.probabilities("prediction number " + i, p);
      ValidInput.genreIndex("true genre number " + i, trueGenres[i], p.length);
      int best = ValidInput.argMax(p);
      confidences[i] = p[best];
      right[i] = best == trueGenres[i];
    }
    return of(confidences, right, BINS);
  }

  /**
   * Judges answers.
   *
   * @param confidences each in [0, 1]; at least one
   * @param right as many: whether the answer was right
   * @param bins how many, at least 1
   */
  public static Reliability of(double[] confidences, boolean[] right, int bins) {
    ValidInput.sameLength("confidences", confidences.length, "answers", right.length);
    if (bins < 1) {
      throw new IllegalArgumentException("the number of bins must be at least 1, not " + bins);
    }
    int[] counts = new int[bins];
    int[] hits = new int[bins];
    double[] sums = new double[bins];
    int allHits = 0;
    double allConfidence = 0;
    for (int i = 0; i < right.length; i++) {
      double confidence = confidences[i];
      if (!(confidence >= 0 && confidence <= 1)) {
        throw new IllegalArgumentException(
            "confidence number %d is %s, outside [0, 1]; is it a percentage?"
                .formatted(i, confidence));
      }
      int bin = Math.min(bins - 1, Math.max(0, (int) Math.ceil(confidence * bins) - 1));
      counts[bin]++;
      sums[bin] += confidence;
      allConfidence += confidence;
      if (right[i]) {
        hits[bin]++;
        allHits++;
      }
    }
    int n = right.length;
    double expected = 0;
    double maximum = 0;
    List<Bin> all = new ArrayList<>();
    for (int b = 0; b < bins; b++) {
      Double confidence = null;
      Double accuracy = null;
      if (counts[b] > 0) {
        confidence = sums[b] / counts[b];
        accuracy = (double) hits[b] / counts[b];
        double gap = Math.abs(accuracy - confidence);
        expected += gap * counts[b] / n;
        maximum = Math.max(maximum, gap);
      }
      all.add(new Bin((double) b / bins, (b + 1.0) / bins, counts[b], confidence, accuracy));
    }
    return new Reliability(n, (double) allHits / n, allConfidence / n, expected, maximum, all);
  }
}
