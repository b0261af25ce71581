package tonearm.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DifferenceTest {
  private static final List<String> GENRES = List.of("blues", "jazz");
  private static final Bootstrap BOOTSTRAP = Bootstrap.withSeed(3);

  @Test
  void networksThatAreRightAboutTheSameTracksDoNotDiffer() {
    ClipPredictions half = tracks(0, 40, track -> track % 2 == 0);
    Difference same = Difference.ofClips(half, half, BOOTSTRAP);
    assertThat(same.share()).isZero();
    assertThat(same.interval()).isEqualTo(new Interval(0, 0));
    assertThat(same.count()).isEqualTo(new Difference.Counts(80, 80));
  }

  /** One is right wherever the other is, and about one track in ten more. */
  @Test
  void aGainOnTheSameTracksIsSurerThanOneOnOthers() {
    ClipPredictions base = tracks(0, 100, track -> track % 10 < 5);
    Difference paired =
        Difference.ofTracks(tracks(0, 100, track -> track % 10 < 6), base, BOOTSTRAP);
    Difference others =
        Difference.ofTracks(tracks(100, 200, track -> track % 10 < 6), base, BOOTSTRAP);
    assertThat(paired.share()).isEqualTo(0.1, within());
    assertThat(others.share()).isEqualTo(0.1, within());
    assertThat(paired.count()).isEqualTo(new Difference.Counts(100, 100));
    assertThat(paired.interval().low()).isPositive();
    assertThat(others.interval().low()).isNegative();
    // Binomial: 1.96 times the root of 0.09 / 100, and of (0.24 + 0.25) / 100.
    assertThat(width(paired)).isBetween(0.09, 0.14);
    assertThat(width(others)).isBetween(0.24, 0.31);
  }

  @Test
  void whereSomeTracksAreSharedTheOthersAreDrawnAmongThemselves() {
    ClipPredictions one = tracks(0, 60, track -> true);
    ClipPredictions other = tracks(30, 90, track -> track >= 60);
    Difference difference = Difference.ofClips(one, other, BOOTSTRAP);
    // Each stratum is all right or all wrong, and none changes its size.
    assertThat(difference.share()).isEqualTo(0.5, within());
    assertThat(difference.interval()).isEqualTo(new Interval(0.5, 0.5));
    ClipPredictions shared = Difference.shared(one, other);
    assertThat(shared.clips()).hasSize(60).allMatch(clip -> track(clip) >= 30);
    assertThat(Difference.ofClips(shared, Difference.shared(other, one), BOOTSTRAP).share())
        .isEqualTo(1);
    assertThat(Difference.shared(one, tracks(60, 90, track -> true)).clips()).isEmpty();
  }

  @Test
  void aTrackCountsByAllItsClipsOrOnce() {
    ClipPredictions one = new ClipPredictions(GENRES, List.of(clip(0, 0, 0.9f), clip(0, 1, 0.4f)));
    ClipPredictions other =
        new ClipPredictions(GENRES, List.of(clip(0, 0, 0.1f), clip(0, 1, 0.6f)));
    assertThat(Difference.ofClips(one, other, BOOTSTRAP).share()).isZero();
    assertThat(Difference.ofTracks(one, other, BOOTSTRAP).share()).isEqualTo(1);
  }

  @Test
  void thereMustBeTracksOfEachAndTheSameGenres() {
    ClipPredictions some = tracks(0, 2, track -> true);
    ClipPredictions none = new ClipPredictions(GENRES, List.of());
    assertThatThrownBy(() -> Difference.ofClips(some, none, BOOTSTRAP))
        .hasMessage("no tracks: a bootstrap needs at least 1 of each network");
    ClipPredictions others = new ClipPredictions(List.of("jazz", "blues"), some.clips());
    assertThatThrownBy(() -> Difference.ofClips(some, others, BOOTSTRAP))
        .hasMessage("the genres are [blues, jazz] and [jazz, blues]; they must be the same");
    assertThatThrownBy(() -> new Bootstrap.Outcome(3, 2)).hasMessage("3 right of 2 cannot be");
    Bootstrap.Outcome unasked = Bootstrap.Outcome.NONE;
    assertThatThrownBy(() -> new Bootstrap.Compared(unasked, unasked))
        .hasMessage("neither network was asked about this track");
  }

  private interface Right {
    boolean isRight(int track);
  }

  /** Two clips a track, both right or both wrong. */
  private static ClipPredictions tracks(int from, int to, Right right) {
    List<ClipPrediction> clips = new ArrayList<>();
    for (int track = from; track < to; track++) {
      for (int number = 0; number < 2; number++) {
        clips.add(clip(track, number, right.isRight(track) ? 0.9f : 0.1f));
      }
    }
    return new ClipPredictions(GENRES, clips);
  }

  private static ClipPrediction clip(int track, int number, float blues) {
    return new ClipPrediction("t" + track, number, 0, "valid", 0, new float[] {blues, 1 - blues});
  }

  private static int track(ClipPrediction clip) {
    return Integer.parseInt(clip.track().substring(1));
  }

  private static double width(Difference difference) {
    return difference.interval().high() - difference.interval().low();
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(1e-12);
  }
}
