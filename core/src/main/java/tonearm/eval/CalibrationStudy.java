package tonearm.eval;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Temperatures fitted to answers about tracks that the networks were not trained on, what they are
 * worth, and from which confidence on an answer should count.
 *
 * <p>A temperature that is judged on the tracks it was fitted to looks better than it is. So beside
 * {@code after} there is {@code heldOut}: each fold of tracks is judged with the temperature that
 * fits the other folds best. The folds are those of the cross-validation if there are at least two,
 * which keep copies of a recording together; else tracks are dealt into {@value #FOLDS}.
 *
 * <p><b>The rule for unknown genres</b>: the highest threshold, in steps of 0.01, below which lie
 * at most {@code maxLost} of the rightly answered tracks. It is fixed by what it may cost, not by
 * what it gains, so nothing is chosen by looking at the gain.
 *
 * @param folds how many the honest estimate was made with
 * @param clips each clip by itself
 * @param tracks each track by the mean of its clips' probabilities
 * @param maxLost part of the rightly answered tracks that may become unknown, in [0, 1)
 * @param unknownBelow least calibrated confidence of a track whose genre is known, in [0, 1]
 * @param clipUnknownBelow the same of a single clip, by the same rule over clips: a clip is less
 *     sure than a track, and the limit of tracks would lose more of them
 * @param lostHeldOut part of the rightly answered tracks that is lost where each fold has the
 *     temperature and the threshold that the other folds choose: the honest price
 * @param clipLostHeldOut the same of rightly answered clips
 * @param thresholds what other thresholds would give to tracks, from low to high
 */
public record CalibrationStudy(
    int folds,
    Level clips,
    Level tracks,
    double maxLost,
    double unknownBelow,
    double clipUnknownBelow,
    double lostHeldOut,
    double clipLostHeldOut,
    List<Threshold> thresholds) {
  /** Folds of tracks where the answers come from one division. */
  public static final int FOLDS = 10;

  /** Part of the rightly answered tracks that may become unknown unless someone chooses. */
  public static final double DEFAULT_MAX_LOST = 0.02;

  private static final int PERCENT = 100;
  private static final int TABLE_STEP = 5;

  /**
   * Clips or tracks.
   *
   * @param temperature fitted to all of them
   * @param before the network's own probabilities
   * @param after at that temperature: on the answers it was fitted to
   * @param heldOut at temperatures fitted to the other folds: the honest one
   */
  public record Level(double temperature, Scores before, Scores after, Scores heldOut) {}

  /**
   * What probabilities are worth.
   *
   * @param negativeLogLikelihood in nats, see {@link Metrics#negativeLogLikelihood}
   * @param reliability with the expected calibration error
   */
  public record Scores(double negativeLogLikelihood, Reliability reliability) {
    static Scores of(int[] trueGenres, List<float[]> probabilities) {
      return new Scores(
          Metrics.negativeLogLikelihood(trueGenres, probabilities),
          Reliability.of(trueGenres, probabilities));
    }
  }

  /**
   * What a threshold would give, over tracks.
   *
   * @param confidence least calibrated confidence of an answer that counts
   * @param coverage share of tracks with at least this
   * @param accuracy share of these that is right; null if there are none
   * @param lost share of the rightly answered tracks that are below; 0 if none is right
   * @param caught share of the wrongly answered tracks that are below; 0 if none is wrong
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Threshold(
      double confidence, double coverage, @Nullable Double accuracy, double lost, double caught) {}

  public CalibrationStudy {
    thresholds = List.copyOf(thresholds);
  }

  /**
   * Fits and judges.
   *
   * @param heldOut answers to tracks that the networks were not trained on, no clip twice; at least
   *     two tracks
   * @param maxLost part of the rightly answered tracks that may become unknown, in [0, 1)
   */
  public static CalibrationStudy of(ClipPredictions heldOut, double maxLost) {
    if (!(maxLost >= 0 && maxLost < 1)) {
      throw new IllegalArgumentException(
          "the part of tracks that may be lost must be at least 0 and below 1, not " + maxLost);
    }
    List<TrackPrediction> tracks = TrackPrediction.of(heldOut);
    Map<String, Integer> foldOf = folds(heldOut, tracks);
    int folds = new HashSet<>(foldOf.values()).size();
    if (folds < 2) {
      throw new IllegalArgumentException(
          tracks.size()
              + " tracks are too few to fit a temperature to some and judge it by others");
    }
    Answers ofClips = new Answers();
    for (ClipPrediction clip : heldOut.clips()) {
      ofClips.add(clip.trueGenre(), clip.probabilities(), foldOf.getOrDefault(clip.track(), 0));
    }
    Answers ofTracks = new Answers();
    for (TrackPrediction track : tracks) {
      ofTracks.add(track.trueGenre(), track.probabilities(), foldOf.getOrDefault(track.track(), 0));
    }
    Level trackLevel = ofTracks.level();
    List<float[]> calibrated = at(trackLevel.temperature(), ofTracks.probabilities);
    int[] truths = ofTracks.truths();
    List<Threshold> table = new ArrayList<>();
    for (int percent = 0; percent < PERCENT; percent += TABLE_STEP) {
      table.add(threshold(truths, calibrated, (double) percent / PERCENT));
    }
    Level clipLevel = ofClips.level();
    return new CalibrationStudy(
        folds,
        clipLevel,
        trackLevel,
        maxLost,
        highest(truths, calibrated, maxLost),
        highest(ofClips.truths(), at(clipLevel.temperature(), ofClips.probabilities), maxLost),
        ofTracks.lostHeldOut(maxLost),
        ofClips.lostHeldOut(maxLost),
        table);
  }

  /** The highest threshold below which lie at most some of the rightly answered. */
  private static double highest(int[] truths, List<float[]> calibrated, double maxLost) {
    double highest = 0;
    for (int percent = 1; percent <= PERCENT; percent++) {
      double confidence = (double) percent / PERCENT;
      if (threshold(truths, calibrated, confidence).lost() <= maxLost) {
        highest = confidence;
      }
    }
    return highest;
  }

  /**
   * What probabilities are worth at a temperature.
   *
   * @param temperature 1 leaves them as they are
   */
  public static Scores scores(int[] trueGenres, List<float[]> probabilities, double temperature) {
    return Scores.of(trueGenres, at(temperature, probabilities));
  }

  /** What a threshold gives over tracks at a temperature. */
  public static Threshold threshold(
      List<TrackPrediction> tracks, double temperature, double confidence) {
    return threshold(
        tracks.stream().mapToInt(TrackPrediction::trueGenre).toArray(),
        at(temperature, tracks.stream().map(TrackPrediction::probabilities).toList()),
        confidence);
  }

  /**
   * What a threshold gives together with another rule.
   *
   * @param calibrated probabilities of each track
   * @param unlike for each track, whether it is unknown whatever its confidence
   */
  public static Threshold threshold(
      List<Integer> trueGenres, List<float[]> calibrated, List<Boolean> unlike, double confidence) {
    int[] truths = trueGenres.stream().mapToInt(Integer::intValue).toArray();
    return threshold(truths, calibrated, unlike, confidence);
  }

  static Threshold threshold(int[] trueGenres, List<float[]> calibrated, double confidence) {
    return threshold(
        trueGenres, calibrated, Collections.nCopies(trueGenres.length, false), confidence);
  }

  private static Threshold threshold(
      int[] trueGenres, List<float[]> calibrated, List<Boolean> unlike, double confidence) {
    int answered = 0;
    int answeredRight = 0;
    int right = 0;
    for (int i = 0; i < trueGenres.length; i++) {
      float[] p = calibrated.get(i);
      int best = ValidInput.argMax(p);
      boolean isRight = best == trueGenres[i];
      boolean counts = !(p[best] < confidence) && !unlike.get(i);
      right += isRight ? 1 : 0;
      answered += counts ? 1 : 0;
      answeredRight += counts && isRight ? 1 : 0;
    }
    int n = trueGenres.length;
    int wrong = n - right;
    int answeredWrong = answered - answeredRight;
    return new Threshold(
        confidence,
        (double) answered / n,
        answered == 0 ? null : (double) answeredRight / answered,
        right == 0 ? 0 : (double) (right - answeredRight) / right,
        wrong == 0 ? 0 : (double) (wrong - answeredWrong) / wrong);
  }

  private static List<float[]> at(double temperature, List<float[]> probabilities) {
    return probabilities.stream().map(p -> Temperature.apply(p, temperature)).toList();
  }

  private static Map<String, Integer> folds(ClipPredictions heldOut, List<TrackPrediction> tracks) {
    Map<String, Integer> own = new LinkedHashMap<>();
    heldOut.clips().forEach(clip -> own.putIfAbsent(clip.track(), clip.fold()));
    if (new HashSet<>(own.values()).size() > 1) {
      return own;
    }
    // By name within each genre, so that every fold has some of each.
    List<String> names = new ArrayList<>();
    for (int genre = 0; genre < heldOut.genres().size(); genre++) {
      List<String> some = new ArrayList<>();
      for (TrackPrediction track : tracks) {
        if (track.trueGenre() == genre) {
          some.add(track.track());
        }
      }
      Collections.sort(some);
      names.addAll(some);
    }
    Map<String, Integer> dealt = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      dealt.put(names.get(i), i % FOLDS);
    }
    return dealt;
  }

  /** Answers with what is true and the fold that they are judged in. */
  private static final class Answers {
    private final List<Integer> trueGenres = new ArrayList<>();
    private final List<float[]> probabilities = new ArrayList<>();
    private final List<Integer> folds = new ArrayList<>();

    void add(int trueGenre, float[] said, int fold) {
      trueGenres.add(trueGenre);
      probabilities.add(said);
      folds.add(fold);
    }

    int[] truths() {
      return trueGenres.stream().mapToInt(Integer::intValue).toArray();
    }

    Level level() {
      int[] truths = truths();
      double temperature = temperature();
      return new Level(
          temperature,
          Scores.of(truths, probabilities),
          Scores.of(truths, at(temperature, probabilities)),
          Scores.of(truths, crossFitted()));
    }

    private List<float[]> crossFitted() {
      List<float[]> calibrated = new ArrayList<>(probabilities);
      for (int fold : new HashSet<>(folds)) {
        double temperature = without(fold).temperature();
        for (int i = 0; i < calibrated.size(); i++) {
          if (folds.get(i) == fold) {
            calibrated.set(i, Temperature.apply(probabilities.get(i), temperature));
          }
        }
      }
      return calibrated;
    }

    private double temperature() {
      return Temperature.fit(truths(), probabilities);
    }

    /** All answers but those of a fold. */
    private Answers without(int fold) {
      return where(other -> other != fold);
    }

    private Answers where(IntPredicate wanted) {
      Answers some = new Answers();
      for (int i = 0; i < probabilities.size(); i++) {
        if (wanted.test(folds.get(i))) {
          some.add(trueGenres.get(i), probabilities.get(i), folds.get(i));
        }
      }
      return some;
    }

    private int right() {
      int right = 0;
      for (int i = 0; i < probabilities.size(); i++) {
        right += ValidInput.argMax(probabilities.get(i)) == trueGenres.get(i) ? 1 : 0;
      }
      return right;
    }

    double lostHeldOut(double maxLost) {
      double lost = 0;
      for (int fold : new HashSet<>(folds)) {
        Answers others = without(fold);
        Answers own = where(other -> other == fold);
        double temperature = others.temperature();
        double limit = highest(others.truths(), at(temperature, others.probabilities), maxLost);
        lost +=
            threshold(own.truths(), at(temperature, own.probabilities), limit).lost() * own.right();
      }
      return right() == 0 ? 0 : lost / right();
    }
  }
}
