package tonearm.eval;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * @param thresholds what other thresholds would give, from low to high
 */
public record CalibrationStudy(
    int folds,
    Level clips,
    Level tracks,
    double maxLost,
    double unknownBelow,
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
    double unknownBelow = 0;
    List<Threshold> table = new ArrayList<>();
    for (int percent = 0; percent <= PERCENT; percent++) {
      Threshold threshold = threshold(truths, calibrated, (double) percent / PERCENT);
      if (threshold.lost() <= maxLost) {
        unknownBelow = threshold.confidence();
      }
      if (percent % TABLE_STEP == 0 && percent < PERCENT) {
        table.add(threshold);
      }
    }
    return new CalibrationStudy(folds, ofClips.level(), trackLevel, maxLost, unknownBelow, table);
  }

  /** What a threshold gives over tracks at a temperature. */
  public static Threshold threshold(
      List<TrackPrediction> tracks, double temperature, double confidence) {
    return threshold(
        tracks.stream().mapToInt(TrackPrediction::trueGenre).toArray(),
        at(temperature, tracks.stream().map(TrackPrediction::probabilities).toList()),
        confidence);
  }

  static Threshold threshold(int[] trueGenres, List<float[]> calibrated, double confidence) {
    int answered = 0;
    int answeredRight = 0;
    int right = 0;
    for (int i = 0; i < trueGenres.length; i++) {
      float[] p = calibrated.get(i);
      int best = ValidInput.argMax(p);
      boolean isRight = best == trueGenres[i];
      boolean counts = !(p[best] < confidence);
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
      double temperature = Temperature.fit(truths, probabilities);
      return new Level(
          temperature,
          Scores.of(truths, probabilities),
          Scores.of(truths, at(temperature, probabilities)),
          Scores.of(truths, crossFitted()));
    }

    private List<float[]> crossFitted() {
      Map<Integer, Double> temperatures = new HashMap<>();
      Set<Integer> all = new HashSet<>(folds);
      for (int fold : all) {
        List<float[]> said = new ArrayList<>();
        List<Integer> truths = new ArrayList<>();
        for (int i = 0; i < probabilities.size(); i++) {
          if (folds.get(i) != fold) {
            said.add(probabilities.get(i));
            truths.add(trueGenres.get(i));
          }
        }
        temperatures.put(
            fold, Temperature.fit(truths.stream().mapToInt(Integer::intValue).toArray(), said));
      }
      List<float[]> calibrated = new ArrayList<>();
      for (int i = 0; i < probabilities.size(); i++) {
        double temperature = temperatures.getOrDefault(folds.get(i), 1.0);
        calibrated.add(Temperature.apply(probabilities.get(i), temperature));
      }
      return calibrated;
    }
  }
}
