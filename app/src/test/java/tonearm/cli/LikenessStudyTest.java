package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import tonearm.cli.LikenessStudy.Asked;
import tonearm.cli.LikenessStudy.Place;
import tonearm.eval.CalibrationStudy;
import tonearm.eval.ClipPrediction;
import tonearm.eval.ClipPredictions;
import tonearm.eval.TrackPrediction;
import tonearm.model.Calibration.Likeness;

/** Limits and their price, from distances that are made up. */
class LikenessStudyTest {
  private static final List<String> GENRES = List.of("a", "b");
  private static final Likeness LIKENESS =
      new Likeness(
          Double.MAX_VALUE,
          null,
          List.of(List.of(0f), List.of(1f)),
          List.of(),
          List.of(),
          1,
          List.of(List.of(7f)));

  private final List<ClipPrediction> clips = new ArrayList<>();
  private final List<double[]> distances = new ArrayList<>();
  private double noMusicFrom = Double.POSITIVE_INFINITY;
  private final List<Integer> folds = new ArrayList<>();

  /** A track of genre "a", its distance, and for each clip its distance and what was said. */
  private void track(int fold, double distance, double[] clipDistances, boolean... right) {
    String name = String.format("track %02d", distances.size());
    for (int c = 0; c < right.length; c++) {
      float p = right[c] ? 0.9f : 0.2f;
      clips.add(new ClipPrediction(name, c, fold, "valid", 0, new float[] {p, 1 - p}));
    }
    double[] all = new double[1 + clipDistances.length];
    all[0] = distance;
    System.arraycopy(clipDistances, 0, all, 1, clipDistances.length);
    distances.add(all);
    folds.add(fold);
  }

  private Place place(double distance) {
    return new Place(distance, distance >= noMusicFrom);
  }

  private LikenessStudy judged(double maxLost) throws IOException {
    ClipPredictions said = new ClipPredictions(GENRES, clips);
    List<Asked> asked = new ArrayList<>();
    for (TrackPrediction answer : TrackPrediction.of(said)) {
      int t = asked.size();
      double[] all = distances.get(t);
      List<Place> places = DoubleStream.of(all).mapToObj(this::place).toList();
      asked.add(new Asked(folds.get(t), places.get(0), answer, places.subList(1, places.size())));
    }
    return LikenessStudy.Maker.judged(
        asked, LIKENESS, true, CalibrationStudy.of(said, maxLost), maxLost);
  }

  @Test
  void songsAndClipsHaveLimitsOfTheirOwnAndWrongAnswersDecideNone() throws IOException {
    track(1, 1.0, new double[] {1.5, 1.6}, true, true);
    track(1, 1.1, new double[] {1.7, 9.0}, true, false);
    track(2, 1.2, new double[] {1.4, 1.3}, true, true);
    track(2, 5.0, new double[] {7.0, 8.0}, false, false);
    track(2, 2.0, new double[] {2.0}, true); // of one clip: no song by which a song is judged

    LikenessStudy study = judged(0);

    assertThat(study.tracks()).isEqualTo(3);
    assertThat(study.greatestDistance()).isEqualTo(1.2);
    assertThat(study.clips()).isEqualTo(6);
    assertThat(study.greatestClipDistance()).isEqualTo(2.0);
    assertThat(study.lost()).isZero();
    assertThat(study.clipsLost()).isZero();
    assertThat(study.folds()).containsExactly(1, 2);
    assertThat(study.toLikeness().greatestClipDistance()).isEqualTo(2.0);
    // The wrong song lies beyond; that of one clip does not, by its own limit.
    assertThat(study.together().coverage()).isEqualTo(0.8);
    assertThat(study.together().caught()).isEqualTo(1);
    assertThat(study.together().lost()).isZero();
  }

  @Test
  void theHonestPriceIsOfLimitsThatOtherFoldsChose() throws IOException {
    for (int fold = 1; fold <= 2; fold++) {
      for (int t = 0; t < 4; t++) {
        double distance = fold == 1 ? 1.0 : 1.5;
        track(fold, distance, new double[] {distance, distance}, true, true);
      }
    }
    LikenessStudy study = judged(0);
    assertThat(study.greatestDistance()).isEqualTo(1.5);
    assertThat(study.lost()).isZero();
    assertThat(study.lostHeldOut()).as("all of the second fold").isEqualTo(0.5);
  }

  @Test
  void whatIsNearerToASoundIsLostBesideWhatIsFar() throws IOException {
    for (int t = 0; t < 10; t++) {
      track(1 + t % 2, 1 + t / 10.0, new double[] {1, 1 + t / 10.0}, true, true);
    }
    noMusicFrom = 1.9;
    LikenessStudy study = judged(0.25);
    assertThat(study.sounds()).isEqualTo(1);
    assertThat(study.noMusic()).isEqualTo(0.1);
    assertThat(study.clipsNoMusic()).isEqualTo(0.05);
    assertThat(study.greatestDistance()).as("one more may be lost").isEqualTo(1.7);
    assertThat(study.lost()).isEqualTo(0.2);
    assertThat(study.toLikeness().noMusic()).hasSize(1);
  }

  /** One song in four of a fold is nearer to a sound, one in eight of both, one in five may be. */
  @Test
  void aFoldWhoseSoundsLoseTooManyStillHasALimit() throws IOException {
    for (double distance : new double[] {1.0, 1.1, 1.2, 5.0}) {
      track(1, distance, new double[] {1, 1, 1, 1}, true, true, true, true);
    }
    for (double distance : new double[] {1.0, 1.1, 1.2, 9.0}) {
      track(2, distance, new double[] {1, 1, 1, 1}, true, true, true, true);
    }
    noMusicFrom = 9.0;
    LikenessStudy study = judged(0.2);
    assertThat(study.sounds()).isEqualTo(1);
    assertThat(study.greatestDistance()).isEqualTo(5.0);
    assertThat(study.lostHeldOut())
        .as("of the second fold the one by a sound; the first has the limit 9")
        .isEqualTo(0.125);
  }

  @Test
  void songsAreNotComparedWithSoundsWhereThatWouldLoseTooMany() throws IOException {
    track(1, 1.0, new double[] {1.0, 1.0}, true, true);
    track(2, 1.5, new double[] {1.5, 1.5}, true, true);
    noMusicFrom = 1.5;
    LikenessStudy study = judged(0.25);
    assertThat(study.sounds()).isZero();
    assertThat(study.noMusic()).isZero();
    assertThat(study.lost()).isZero();
    assertThat(study.greatestDistance()).isEqualTo(1.5);
    assertThat(study.toLikeness().noMusic()).isEmpty();
  }

  @Test
  void whereAllAreSingleClipsTheirLimitServesForSongs() throws IOException {
    track(3, 1.0, new double[] {1.0}, true);
    track(3, 1.4, new double[] {1.4}, true);
    LikenessStudy study = judged(0);
    assertThat(study.tracks()).isZero();
    assertThat(study.greatestDistance()).isEqualTo(1.4);
    assertThat(study.lostHeldOut()).isNull();
    assertThat(study.folds()).as("one fold is not one division").containsExactly(3);
  }
}
