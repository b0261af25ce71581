package tonearm.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tonearm.provenance.Json;

/**
 * The labels of the published run give the numbers it published: clip accuracy 0.667, macro F1
 * 0.667, 144 of 200 tracks by vote. Its predictions are single genres, so a clip's probabilities
 * are taken as 1 for that genre, and the 12 tied votes are decided by the earlier clip.
 */
@Tag("gtzan")
class PublishedRunTest {
  private static final Path RUN =
      Path.of(System.getProperty("tonearm.gtzan", "../../shared/gtzan")).resolve("published-run");
  private static final List<String> GENRES =
      List.of(
          "blues",
          "classical",
          "country",
          "disco",
          "hiphop",
          "jazz",
          "metal",
          "pop",
          "reggae",
          "rock");
  private static final double[] PUBLISHED_F1 = {.68, .84, .64, .50, .76, .84, .51, .61, .59, .69};
  private static final int CLIPS_PER_TRACK = 5;

  @Test
  void validationScoresAreThePublishedOnes() throws IOException {
    assumeTrue(Files.isDirectory(RUN), "the published run is not at " + RUN.toAbsolutePath());
    int[] truth = Json.read(RUN.resolve("true_valid.json"), int[].class);
    int[] predicted = Json.read(RUN.resolve("predicted_valid.json"), int[].class);
    List<ClipPrediction> clips = new ArrayList<>();
    for (int i = 0; i < truth.length; i++) {
      float[] certain = new float[GENRES.size()];
      certain[predicted[i]] = 1;
      clips.add(
          new ClipPrediction(
              "track " + i / CLIPS_PER_TRACK, i % CLIPS_PER_TRACK, 0, "valid", truth[i], certain));
    }
    Evaluation evaluation =
        Evaluation.of(new ClipPredictions(GENRES, clips), Bootstrap.withSeed(1));

    assertThat(evaluation.clips().count()).isEqualTo(1000);
    assertThat(evaluation.clips().accuracy()).isCloseTo(0.667, within(5e-4));
    assertThat(evaluation.clips().macroF1()).isCloseTo(0.667, within(5e-4));
    int g = 0;
    for (Metrics.OfGenre genre : evaluation.clips().perGenre().values()) {
      assertThat(genre.f1()).as(GENRES.get(g)).isCloseTo(PUBLISHED_F1[g], within(5e-3));
      g++;
    }
    Metrics vote = evaluation.tracksMajorityVote();
    assertThat(vote.count()).isEqualTo(200);
    assertThat(vote.accuracy()).isEqualTo(144 / 200.0);
    // 200 tracks say little: 95 % intervals of about 10 and 13 points.
    assertThat(width(evaluation.clips())).isBetween(0.09, 0.12);
    assertThat(width(vote)).isBetween(0.11, 0.14);
  }

  @Test
  void trainingClipsScoreAsPublished() throws IOException {
    assumeTrue(Files.isDirectory(RUN), "the published run is not at " + RUN.toAbsolutePath());
    Metrics training =
        Metrics.of(
            GENRES,
            Json.read(RUN.resolve("true_train.json"), int[].class),
            Json.read(RUN.resolve("predicted_train.json"), int[].class));
    assertThat(training.count()).isEqualTo(3995);
    assertThat(training.accuracy()).isCloseTo(0.818, within(5e-4));
  }

  private static double width(Metrics metrics) {
    Interval interval = metrics.accuracyInterval();
    if (interval == null) {
      throw new AssertionError("no interval");
    }
    assertThat(interval.contains(metrics.accuracy())).isTrue();
    return interval.high() - interval.low();
  }
}
