package tonearm.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TracksAndBootstrapTest {
  private static final List<String> GENRES = List.of("blues", "jazz", "rock");

  @TempDir Path folder;

  @Test
  void meanAndVoteMayDisagree() {
    TrackPrediction track =
        only(
            new float[] {0.4f, 0.3f, 0.3f},
            new float[] {0.4f, 0.3f, 0.3f},
            new float[] {0.0f, 0.9f, 0.1f});
    assertThat(track.predictedGenre()).isEqualTo(1);
    assertThat(track.majorityGenre()).isEqualTo(0);
    assertThat(track.clipGenres()).containsExactly(0, 0, 1);
  }

  @Test
  void aTiedVoteGoesToTheHigherMean() {
    assertThat(only(new float[] {0.5f, 0.3f, 0.2f}, new float[] {0.0f, 0.9f, 0.1f}).majorityGenre())
        .isEqualTo(1);
  }

  @Test
  void aVoteTiedInTheMeanTooGoesToTheEarlierClip() {
    assertThat(only(new float[] {0, 0, 1}, new float[] {1, 0, 0}).majorityGenre()).isEqualTo(2);
  }

  @Test
  void aClipThatIsThereTwiceIsRefused() {
    float[] p = {1, 0, 0};
    ClipPredictions mixed =
        new ClipPredictions(
            GENRES,
            List.of(
                new ClipPrediction("t", 0, 0, "train", 0, p),
                new ClipPrediction("t", 0, 0, "valid", 0, p)));
    assertThatThrownBy(() -> TrackPrediction.of(mixed))
        .hasMessage("clip 0 of t is there twice; evaluate one split of the data at a time");
  }

  @Test
  void aTrackOfTwoGenresIsRefused() {
    float[] p = {1, 0, 0};
    assertThatThrownBy(
            () ->
                new ClipPredictions(
                    GENRES,
                    List.of(
                        new ClipPrediction("t", 0, 0, "valid", 0, p),
                        new ClipPrediction("t", 1, 0, "valid", 2, p))))
        .hasMessage(
            "track t is blues in one clip and rock in another; do two tracks share a name?");
  }

  @Test
  void clipsOfATrackAreDrawnTogether() {
    // 20 tracks, 50 clips each, all right or all wrong: as uncertain as 20 things, not as 1000.
    List<Bootstrap.Verdicts> tracks = new ArrayList<>();
    List<Bootstrap.Verdicts> clips = new ArrayList<>();
    for (int t = 0; t < 20; t++) {
      int[] verdicts = new int[50];
      Arrays.fill(verdicts, t % 2);
      tracks.add(new Bootstrap.Verdicts(0, verdicts));
      for (int verdict : verdicts) {
        clips.add(new Bootstrap.Verdicts(0, new int[] {verdict}));
      }
    }
    Interval together = accuracyInterval(tracks);
    Interval apart = accuracyInterval(clips);
    // 1.96 standard errors: sqrt(0.25 / 20) = 0.112 and sqrt(0.25 / 1000) = 0.0158.
    assertThat(together.high() - together.low()).isBetween(0.35, 0.5);
    assertThat(apart.high() - apart.low()).isBetween(0.05, 0.075);
  }

  @Test
  void oneTrackHasNoSpread() {
    assertThat(accuracyInterval(List.of(new Bootstrap.Verdicts(1, new int[] {1, 0}))))
        .isEqualTo(new Interval(0.5, 0.5));
  }

  @Test
  void aBootstrapOfNothingIsRefused() {
    assertThatThrownBy(() -> new Bootstrap(0, 1)).hasMessage("resamples must be at least 1, not 0");
    assertThatThrownBy(() -> accuracyInterval(List.of())).hasMessageContaining("no tracks");
    assertThatThrownBy(() -> accuracyInterval(List.of(new Bootstrap.Verdicts(0, new int[0]))))
        .hasMessageContaining("no predictions");
    assertThatThrownBy(() -> accuracyInterval(List.of(new Bootstrap.Verdicts(0, new int[] {3}))))
        .hasMessageContaining("is 3, but genres are numbered 0 to 2");
    assertThatThrownBy(
            () -> Evaluation.of(new ClipPredictions(GENRES, List.of()), new Bootstrap(1, 1)))
        .hasMessageContaining("no clips to evaluate");
  }

  @Test
  void theMetricsFileIsForPeopleToo() throws IOException {
    Path file = folder.resolve("metrics.json");
    ClipPredictions predictions =
        new ClipPredictions(
            List.of("jazz", "rock"),
            List.of(
                new ClipPrediction("a", 0, 0, "valid", 0, new float[] {1, 0}),
                new ClipPrediction("b", 0, 0, "valid", 1, new float[] {0, 1})));
    Evaluation.of(predictions, new Bootstrap(10, 3)).write(file);
    assertThat(Files.readString(file))
        .contains(
            """
            {
              "genres" : [ "jazz", "rock" ],
              "clips" : {
                "count" : 2,
                "accuracy" : 1.0,
                "accuracy_interval" : [ 1.0, 1.0 ],
                "macro_f1" : 1.0,
                "macro_f1_interval" : [ 1.0, 1.0 ],
                "negative_log_likelihood" : 0.0,
                "top3_accuracy" : 1.0,
                "per_genre" : {
                  "jazz" : {
                    "precision" : 1.0,
                    "recall" : 1.0,
                    "f1" : 1.0,
                    "support" : 1
                  },
            """)
        .contains("\"counts\" : [ [ 1, 0 ], [ 0, 1 ] ]")
        .contains("\"tracks\" : {")
        .contains("\"tracks_majority_vote\" : {")
        .contains("\"bootstrap\" : {\n    \"resamples\" : 10,\n    \"seed\" : 3\n  }");

    Files.writeString(file, Files.readString(file).replace("\"f1\"", "\"f2\""));
    assertThatThrownBy(() -> Evaluation.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("metrics.json, in clips, in per_genre, in jazz");
    Files.writeString(file, "{}");
    assertThatThrownBy(() -> Evaluation.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("an evaluation needs genres");
  }

  private static Interval accuracyInterval(List<Bootstrap.Verdicts> tracks) {
    return Bootstrap.withSeed(1)
        .intervals(GENRES, tracks, List.of(ConfusionMatrix::accuracy))
        .get(0);
  }

  private static TrackPrediction only(float[]... clips) {
    List<ClipPrediction> predictions = new ArrayList<>();
    for (int c = 0; c < clips.length; c++) {
      predictions.add(new ClipPrediction("t", c, 0, "valid", 0, clips[c]));
    }
    return TrackPrediction.of(new ClipPredictions(GENRES, predictions)).get(0);
  }
}
