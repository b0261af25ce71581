package tonearm.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that {@link Evaluation} says, against scikit-learn and numpy: see {@code
 * golden/generate_eval.py}, which made the values.
 */
class GoldenMetricsTest {
  private static final Offset<Double> EXACT = within(1e-12);

  /** Likelihoods of tracks take the mean of probabilities, which is kept as floats. */
  private static final Offset<Double> FLOAT = within(1e-6);

  static Stream<JsonNode> cases() throws IOException {
    try (InputStream in =
        GoldenMetricsTest.class.getResourceAsStream("/golden/eval/metrics.json")) {
      JsonNode golden = new JsonMapper().readTree(in);
      assertThat(golden.get("versions").get("scikit-learn").asText()).isNotEmpty();
      return StreamSupport.stream(golden.get("cases").spliterator(), false);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void evaluationEqualsScikitLearn(JsonNode expected) {
    ClipPredictions predictions = predictions(expected);
    JsonNode bootstrap = expected.get("bootstrap");
    Evaluation evaluation =
        Evaluation.of(
            predictions,
            new Bootstrap(bootstrap.get("resamples").asInt(), bootstrap.get("seed").asLong()));

    compare(evaluation.clips(), expected.get("clips"));
    compare(evaluation.tracks(), expected.get("tracks"));
    compare(evaluation.tracksMajorityVote(), expected.get("tracks_majority_vote"));
    assertThat(TrackPrediction.of(predictions).stream().map(TrackPrediction::majorityGenre))
        .containsExactlyElementsOf(integers(expected.get("majority")));
    assertThat(
            Metrics.topKAccuracy(
                predictions.clips().stream().mapToInt(ClipPrediction::trueGenre).toArray(),
                predictions.clips().stream().map(ClipPrediction::probabilities).toList(),
                2))
        .isCloseTo(expected.get("clips").get("top2_accuracy").asDouble(), EXACT);
  }

  private static void compare(Metrics metrics, JsonNode expected) {
    assertThat(metrics.accuracy()).isCloseTo(expected.get("accuracy").asDouble(), EXACT);
    assertThat(metrics.macroF1()).isCloseTo(expected.get("macro_f1").asDouble(), EXACT);
    int g = 0;
    for (Metrics.OfGenre genre : metrics.perGenre().values()) {
      assertThat(genre.precision()).isCloseTo(expected.get("precision").get(g).asDouble(), EXACT);
      assertThat(genre.recall()).isCloseTo(expected.get("recall").get(g).asDouble(), EXACT);
      assertThat(genre.f1()).isCloseTo(expected.get("f1").get(g).asDouble(), EXACT);
      assertThat(genre.support()).isEqualTo(expected.get("support").get(g).asInt());
      g++;
    }
    double[][] rows = metrics.confusion().rowNormalised();
    for (int t = 0; t < rows.length; t++) {
      assertThat(metrics.confusion().counts().get(t))
          .containsExactlyElementsOf(integers(expected.get("confusion").get(t)));
      for (int p = 0; p < rows.length; p++) {
        assertThat(rows[t][p])
            .isCloseTo(expected.get("row_normalised").get(t).get(p).asDouble(), EXACT);
      }
    }
    compare(metrics.accuracyInterval(), expected.get("accuracy_interval"));
    compare(metrics.macroF1Interval(), expected.get("macro_f1_interval"));
    if (expected.has("negative_log_likelihood")) {
      assertThat(metrics.negativeLogLikelihood())
          .isCloseTo(expected.get("negative_log_likelihood").asDouble(), FLOAT);
      assertThat(metrics.top3Accuracy()).isCloseTo(expected.get("top3_accuracy").asDouble(), EXACT);
    } else {
      assertThat(metrics.negativeLogLikelihood()).isNull();
      assertThat(metrics.top3Accuracy()).isNull();
    }
  }

  private static void compare(@Nullable Interval interval, JsonNode expected) {
    if (interval == null) {
      throw new AssertionError("no interval");
    }
    assertThat(interval.low()).isCloseTo(expected.get(0).asDouble(), EXACT);
    assertThat(interval.high()).isCloseTo(expected.get(1).asDouble(), EXACT);
  }

  private static ClipPredictions predictions(JsonNode expected) {
    List<String> genres = new ArrayList<>();
    expected.get("genres").forEach(name -> genres.add(name.asText()));
    List<ClipPrediction> clips = new ArrayList<>();
    for (int t = 0; t < expected.get("true").size(); t++) {
      JsonNode ofTrack = expected.get("probabilities").get(t);
      for (int c = 0; c < ofTrack.size(); c++) {
        float[] probabilities = new float[genres.size()];
        for (int g = 0; g < probabilities.length; g++) {
          probabilities[g] = (float) ofTrack.get(c).get(g).asDouble();
        }
        clips.add(
            new ClipPrediction(
                "track" + t, c, 0, "valid", expected.get("true").get(t).asInt(), probabilities));
      }
    }
    return new ClipPredictions(genres, clips);
  }

  private static List<Integer> integers(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asInt).toList();
  }
}
