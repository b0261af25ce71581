package tonearm.eval;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a set of predictions is worth. Conventions of accuracy, precision, recall and F1 are {@link
 * ConfusionMatrix}'s.
 *
 * @param count how many clips or tracks were judged, at least 1
 * @param accuracy share that was right, in [0, 1]
 * @param accuracyInterval 95 % interval of it, or null where none was computed
 * @param macroF1 mean F1 over the genres that occur, in [0, 1]
 * @param macroF1Interval 95 % interval of it, or null where none was computed
 * @param negativeLogLikelihood mean of -ln of the true genre's probability, in nats, 0 or more;
 *     null where single genres were judged, not probabilities. See {@link
 *     #negativeLogLikelihood(int[], List)}
 * @param top3Accuracy share whose true genre is among the 3 most probable, in [0, 1]; null where
 *     single genres were judged. See {@link #topKAccuracy}
 * @param perGenre by name, in the genres' order
 * @param confusion the counts that the scores follow from
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Metrics(
    int count,
    double accuracy,
    @Nullable Interval accuracyInterval,
    double macroF1,
    @Nullable Interval macroF1Interval,
    @Nullable Double negativeLogLikelihood,
    @Nullable Double top3Accuracy,
    Map<String, OfGenre> perGenre,
    ConfusionMatrix confusion) {
  /**
   * scikit-learn's {@code log_loss} clips so on float64: a certain error costs 36, not infinity.
   */
  private static final double SMALLEST_PROBABILITY = Math.ulp(1.0);

  /**
   * The scores of one genre.
   *
   * @param precision of what was taken for it, the share that is of it; 0 if nothing was
   * @param recall of what is of it, the share that was taken for it; 0 if nothing is
   * @param f1 harmonic mean of the two; 0 if both are
   * @param support how many are truly of it
   */
  public record OfGenre(double precision, double recall, double f1, int support) {}

  public Metrics {
    if (confusion == null || perGenre == null) {
      throw new IllegalArgumentException("metrics need \"per_genre\" and \"confusion\"");
    }
    perGenre = Collections.unmodifiableMap(new LinkedHashMap<>(perGenre));
  }

  /**
   * Scores single genres.
   *
   * @param genres names; at least one, all different
   * @param trueGenres indexes into {@code genres}; at least one
   * @param predictedGenres as many indexes
   * @throws IllegalArgumentException naming the value, the limit and the likely cause
   */
  public static Metrics of(List<String> genres, int[] trueGenres, int[] predictedGenres) {
    return of(ConfusionMatrix.of(genres, trueGenres, predictedGenres), null, null);
  }

  /**
   * Scores probabilities; the predicted genre is the most probable one, of equal ones the first.
   *
   * @param genres names; at least one, all different
   * @param trueGenres indexes into {@code genres}; at least one
   * @param probabilities as many arrays, each with one a genre, in [0, 1], summing to 1 within 1e-3
   * @throws IllegalArgumentException naming the value, the limit and the likely cause
   */
  public static Metrics of(List<String> genres, int[] trueGenres, List<float[]> probabilities) {
    requireProbabilities(trueGenres, probabilities, ValidInput.genres(genres).size());
    int[] predicted = probabilities.stream().mapToInt(ValidInput::argMax).toArray();
    return of(
        ConfusionMatrix.of(genres, trueGenres, predicted),
        negativeLogLikelihood(trueGenres, probabilities),
        topKAccuracy(trueGenres, probabilities, 3));
  }

  private static Metrics of(
      ConfusionMatrix confusion, @Nullable Double likelihood, @Nullable Double top3) {
    Map<String, OfGenre> perGenre = new LinkedHashMap<>();
    for (int g = 0; g < confusion.genres().size(); g++) {
      perGenre.put(
          confusion.genres().get(g),
          new OfGenre(
              confusion.precision(g), confusion.recall(g), confusion.f1(g), confusion.support(g)));
    }
    return new Metrics(
        confusion.total(),
        confusion.accuracy(),
        null,
        confusion.macroF1(),
        null,
        likelihood,
        top3,
        perGenre,
        confusion);
  }

  /** The same with intervals of accuracy and macro F1, over tracks. */
  Metrics withIntervals(Bootstrap bootstrap, List<Bootstrap.Verdicts> tracks) {
    List<Interval> intervals =
        bootstrap.intervals(
            confusion.genres(),
            tracks,
            List.of(ConfusionMatrix::accuracy, ConfusionMatrix::macroF1));
    return new Metrics(
        count,
        accuracy,
        intervals.get(0),
        macroF1,
        intervals.get(1),
        negativeLogLikelihood,
        top3Accuracy,
        perGenre,
        confusion);
  }

  /**
   * The mean of -ln of the true genre's probability, in nats; scikit-learn's {@code log_loss}. A
   * probability below 2^-52 counts as 2^-52.
   *
   * @param trueGenres indexes; at least one
   * @param probabilities as many arrays, each in [0, 1], summing to 1 within 1e-3
   */
  public static double negativeLogLikelihood(int[] trueGenres, List<float[]> probabilities) {
    requireProbabilities(trueGenres, probabilities, genresOf(probabilities));
    double sum = 0;
    for (int i = 0; i < trueGenres.length; i++) {
      sum -= Math.log(Math.max(probabilities.get(i)[trueGenres[i]], SMALLEST_PROBABILITY));
    }
    return Math.max(0, sum / trueGenres.length);
  }

  /**
   * The share whose true genre is among the {@code k} most probable; of equal probabilities the
   * first genres count as the more probable ones.
   *
   * @param trueGenres indexes; at least one
   * @param probabilities as many arrays, each in [0, 1], summing to 1 within 1e-3
   * @param k at least 1; 1 is the accuracy, and 1.0 is the answer for all genres or more
   */
  public static double topKAccuracy(int[] trueGenres, List<float[]> probabilities, int k) {
    if (k < 1) {
      throw new IllegalArgumentException("k must be at least 1, not " + k);
    }
    requireProbabilities(trueGenres, probabilities, genresOf(probabilities));
    int among = 0;
    for (int i = 0; i < trueGenres.length; i++) {
      float[] p = probabilities.get(i);
      int before = 0;
      for (int g = 0; g < p.length; g++) {
        if (p[g] > p[trueGenres[i]] || (p[g] == p[trueGenres[i]] && g < trueGenres[i])) {
          before++;
        }
      }
      if (before < k) {
        among++;
      }
    }
    return (double) among / trueGenres.length;
  }

  private static int genresOf(List<float[]> probabilities) {
    return probabilities.isEmpty() ? 0 : probabilities.get(0).length;
  }

  private static void requireProbabilities(
      int[] trueGenres, List<float[]> probabilities, int genres) {
    ValidInput.sameLength("true genres", trueGenres.length, "predictions", probabilities.size());
    for (int i = 0; i < trueGenres.length; i++) {
      ValidInput.probabilities("prediction number " + i, probabilities.get(i), genres);
      ValidInput.genreIndex("true genre number " + i, trueGenres[i], genres);
    }
  }
}
