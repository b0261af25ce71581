package tonearm.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CalibrationStudyTest {
  private static final List<String> GENRES = List.of("a", "b");

  static LongStream seeds() {
    return LongStream.range(0, 20);
  }

  /** Tracks of one clip each, all truly "a", said to be so with these probabilities. */
  private static ClipPredictions said(int folds, float... probabilities) {
    List<ClipPrediction> clips = new ArrayList<>();
    for (int i = 0; i < probabilities.length; i++) {
      float p = probabilities[i];
      clips.add(new ClipPrediction("track " + i, 0, i % folds, "valid", 0, new float[] {p, 1 - p}));
    }
    return new ClipPredictions(GENRES, clips);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theFitLowersTheLikelihoodAndChangesNoGenre(long seed) {
    CalibrationStudy study = CalibrationStudy.of(RandomPredictions.of(seed), 0.1);

    assertThat(study.folds()).isEqualTo(5);
    for (CalibrationStudy.Level level : List.of(study.clips(), study.tracks())) {
      assertThat(level.after().negativeLogLikelihood())
          .as("seed %d", seed)
          .isLessThanOrEqualTo(level.before().negativeLogLikelihood() + 1e-7)
          .isLessThanOrEqualTo(level.heldOut().negativeLogLikelihood() + 1e-7);
      double accuracy = level.before().reliability().accuracy();
      assertThat(level.after().reliability().accuracy()).isEqualTo(accuracy);
      assertThat(level.heldOut().reliability().accuracy()).isEqualTo(accuracy);
    }
    assertThat(study.thresholds()).hasSize(20);
    for (int i = 1; i < 20; i++) {
      CalibrationStudy.Threshold at = study.thresholds().get(i);
      CalibrationStudy.Threshold before = study.thresholds().get(i - 1);
      assertThat(at.confidence()).isCloseTo(0.05 * i, within(1e-9));
      assertThat(at.coverage()).isLessThanOrEqualTo(before.coverage());
      assertThat(at.lost()).isGreaterThanOrEqualTo(before.lost());
      assertThat(at.caught()).isGreaterThanOrEqualTo(before.caught());
    }
    assertThat(study.thresholds().get(0).coverage()).isEqualTo(1);
    assertThat(study.thresholds().get(0).accuracy())
        .isEqualTo(study.tracks().before().reliability().accuracy());
  }

  /** The rule by hand: the threshold is the highest that at most so many right tracks are below. */
  @ParameterizedTest
  @MethodSource("seeds")
  void theThresholdCostsNoMoreThanItMay(long seed) {
    ClipPredictions predictions = RandomPredictions.of(seed);
    for (double maxLost : new double[] {0, 0.02, 0.1, 0.5}) {
      CalibrationStudy study = CalibrationStudy.of(predictions, maxLost);
      double temperature = study.tracks().temperature();
      int right = 0;
      int lost = 0;
      int lostNext = 0;
      for (TrackPrediction track : TrackPrediction.of(predictions)) {
        if (track.predictedGenre() == track.trueGenre()) {
          float[] p = Temperature.apply(track.probabilities(), temperature);
          float confidence = p[track.trueGenre()];
          right++;
          lost += confidence < study.unknownBelow() ? 1 : 0;
          lostNext += confidence < study.unknownBelow() + 0.01 ? 1 : 0;
        }
      }
      assertThat((double) lost).as("seed %d", seed).isLessThanOrEqualTo(maxLost * right);
      if (study.unknownBelow() < 1) {
        assertThat((double) lostNext).as("seed %d", seed).isGreaterThan(maxLost * right);
      }
      clipsLoseNoMoreEither(predictions, study);
    }
  }

  private static void clipsLoseNoMoreEither(ClipPredictions predictions, CalibrationStudy study) {
    int right = 0;
    int lost = 0;
    int lostNext = 0;
    for (ClipPrediction clip : predictions.clips()) {
      float[] p = Temperature.apply(clip.probabilities(), study.clips().temperature());
      if (ValidInput.argMax(p) == clip.trueGenre()) {
        right++;
        lost += p[clip.trueGenre()] < study.clipUnknownBelow() ? 1 : 0;
        lostNext += p[clip.trueGenre()] < study.clipUnknownBelow() + 0.01 ? 1 : 0;
      }
    }
    assertThat((double) lost).isLessThanOrEqualTo(study.maxLost() * right);
    if (study.clipUnknownBelow() < 1) {
      assertThat((double) lostNext).isGreaterThan(study.maxLost() * right);
    }
  }

  @Test
  void coverageAndAccuracyAreCounted() {
    CalibrationStudy.Threshold found =
        CalibrationStudy.threshold(
            new int[] {0, 0, 0, 1, 1},
            List.of(
                new float[] {0.9f, 0.1f},
                new float[] {0.6f, 0.4f},
                new float[] {0.3f, 0.7f},
                new float[] {0.8f, 0.2f},
                new float[] {0.25f, 0.75f}),
            0.75);
    assertThat(found.coverage()).isEqualTo(3 / 5.0);
    assertThat(found.accuracy()).isEqualTo(2 / 3.0);
    assertThat(found.lost()).isEqualTo(1 / 3.0);
    assertThat(found.caught()).isEqualTo(1 / 2.0);
    List<float[]> one = List.of(new float[] {0.9f, 0.1f});
    assertThat(CalibrationStudy.threshold(new int[] {0}, one, 0.95).accuracy()).isNull();
  }

  /** What is fitted to one half of a contradiction is wrong of the other; to all, it is not. */
  @Test
  void theHonestEstimateDoesNotSeeTheTracksItJudges() {
    CalibrationStudy study = CalibrationStudy.of(said(2, 0.9f, 0.1f, 0.9f, 0.1f, 0.9f, 0.1f), 0);
    assertThat(study.tracks().temperature()).isEqualTo(Temperature.HIGHEST);
    assertThat(study.tracks().heldOut().negativeLogLikelihood())
        .isGreaterThan(study.tracks().after().negativeLogLikelihood() + 1);
  }

  /** One fold is surer than the other: its threshold is too high for the other's tracks. */
  @Test
  void theHonestPriceIsOfThresholdsThatOtherFoldsChose() {
    CalibrationStudy alike = CalibrationStudy.of(said(2, 0.9f, 0.9f, 0.9f, 0.9f, 0.4f, 0.4f), 0);
    assertThat(alike.lostHeldOut()).isZero();
    CalibrationStudy unlike = CalibrationStudy.of(said(2, 0.9f, 0.6f, 0.9f, 0.6f, 0.4f, 0.4f), 0);
    assertThat(unlike.thresholds().get(0).lost()).isZero();
    assertThat(unlike.lostHeldOut()).isEqualTo(0.5);
  }

  @Test
  void anotherRuleTakesItsTracksToo() {
    List<float[]> said =
        List.of(
            new float[] {0.9f, 0.1f},
            new float[] {0.8f, 0.2f},
            new float[] {0.7f, 0.3f},
            new float[] {0.3f, 0.7f});
    CalibrationStudy.Threshold both =
        CalibrationStudy.threshold(
            List.of(0, 0, 0, 0), said, List.of(true, false, false, false), 0.75);
    assertThat(both.coverage()).isEqualTo(0.25);
    assertThat(both.lost()).isEqualTo(2 / 3.0);
    assertThat(both.caught()).isEqualTo(1);
  }

  @Test
  void tracksOfOneDivisionAreDealtAndTooFewRefused() {
    assertThat(CalibrationStudy.of(said(1, 0.9f, 0.8f, 0.4f, 0.7f), 0.02).folds()).isEqualTo(4);
    assertThatThrownBy(() -> CalibrationStudy.of(said(1, 0.9f), 0.02))
        .hasMessageContaining("1 tracks are too few");
    assertThatThrownBy(() -> CalibrationStudy.of(said(1, 0.9f, 0.9f), 1))
        .hasMessageContaining("below 1, not 1");
  }
}
