package tonearm.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tonearm.provenance.Seeds;

/** What must hold for any predictions. The parameter, printed on failure, is the seed. */
class EvaluationPropertiesTest {
  @TempDir Path folder;

  static LongStream seeds() {
    return LongStream.range(0, 25);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void scoresFollowFromTheConfusionMatrix(long seed) {
    Evaluation evaluation = Evaluation.of(RandomPredictions.of(seed), new Bootstrap(50, seed));
    for (Metrics m :
        List.of(evaluation.clips(), evaluation.tracks(), evaluation.tracksMajorityVote())) {
      int trace = 0;
      int sum = 0;
      List<List<Integer>> counts = m.confusion().counts();
      for (int t = 0; t < counts.size(); t++) {
        trace += counts.get(t).get(t);
        sum += counts.get(t).stream().mapToInt(Integer::intValue).sum();
      }
      assertThat(m.count()).isEqualTo(sum);
      assertThat(m.accuracy()).isEqualTo((double) trace / sum);
      assertThat(m.macroF1()).isBetween(0.0, 1.0);
      for (Metrics.OfGenre g : m.perGenre().values()) {
        assertThat(g.f1()).isBetween(Math.min(g.precision(), g.recall()), 1.0);
        assertThat(g.f1()).isLessThanOrEqualTo(Math.max(g.precision(), g.recall()) + 1e-15);
      }
    }
    assertThat(evaluation.clips().top3Accuracy())
        .isGreaterThanOrEqualTo(evaluation.clips().accuracy());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void intervalsContainThePointEstimate(long seed) {
    ClipPredictions predictions = RandomPredictions.of(seed);
    Evaluation evaluation = Evaluation.of(predictions, new Bootstrap(400, seed));
    for (Metrics m :
        List.of(evaluation.clips(), evaluation.tracks(), evaluation.tracksMajorityVote())) {
      assertThat(present(m.accuracyInterval()).contains(m.accuracy())).isTrue();
      assertThat(present(m.accuracyInterval()).low()).isBetween(0.0, 1.0);
      assertThat(present(m.macroF1Interval()).high()).isBetween(m.macroF1() - 0.05, 1.0);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theSameSeedGivesTheSameIntervalsAndAnotherGivesOthers(long seed) {
    ClipPredictions predictions = RandomPredictions.of(seed);
    Evaluation once = Evaluation.of(predictions, new Bootstrap(100, 7));
    assertThat(Evaluation.of(predictions, new Bootstrap(100, 7))).isEqualTo(once);
    Evaluation other = Evaluation.of(predictions, new Bootstrap(100, 8));
    assertThat(other.clips().accuracy()).isEqualTo(once.clips().accuracy());
    assertThat(other.clips().accuracyInterval()).isNotEqualTo(once.clips().accuracyInterval());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theOrderOfClipsDoesNotMatter(long seed) {
    ClipPredictions predictions = RandomPredictions.of(seed);
    List<ClipPrediction> shuffled = new ArrayList<>(predictions.clips());
    Collections.shuffle(shuffled, new Seeds(seed).random("shuffle"));
    Evaluation a = Evaluation.of(predictions, new Bootstrap(1, 0));
    Evaluation b =
        Evaluation.of(new ClipPredictions(predictions.genres(), shuffled), new Bootstrap(1, 0));
    assertThat(b.clips().confusion()).isEqualTo(a.clips().confusion());
    assertThat(b.tracks().confusion()).isEqualTo(a.tracks().confusion());
    assertThat(b.tracksMajorityVote().confusion()).isEqualTo(a.tracksMajorityVote().confusion());
    assertThat(present(b.clips().negativeLogLikelihood()))
        .isCloseTo(present(a.clips().negativeLogLikelihood()), within(1e-12));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void renumberingTheGenresDoesNotMatter(long seed) {
    ClipPredictions predictions = RandomPredictions.of(seed);
    int n = predictions.genres().size();
    List<Integer> order = new ArrayList<>();
    for (int g = 0; g < n; g++) {
      order.add(g);
    }
    Collections.shuffle(order, new Seeds(seed).random("renumber"));
    List<ClipPrediction> renumbered = new ArrayList<>();
    for (ClipPrediction clip : predictions.clips()) {
      float[] p = new float[n];
      for (int g = 0; g < n; g++) {
        p[g] = clip.probabilities()[order.get(g)];
      }
      int trueGenre = order.indexOf(clip.trueGenre());
      renumbered.add(
          new ClipPrediction(clip.track(), clip.clip(), clip.fold(), "valid", trueGenre, p));
    }
    List<String> names = order.stream().map(predictions.genres()::get).toList();
    Metrics a = Evaluation.of(predictions, new Bootstrap(1, 0)).clips();
    Metrics b = Evaluation.of(new ClipPredictions(names, renumbered), new Bootstrap(1, 0)).clips();
    assertThat(b.accuracy()).isEqualTo(a.accuracy());
    assertThat(b.macroF1()).isCloseTo(a.macroF1(), within(1e-12));
    assertThat(b.perGenre()).containsExactlyInAnyOrderEntriesOf(a.perGenre());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void filesRoundTrip(long seed) throws IOException {
    ClipPredictions predictions = RandomPredictions.of(seed);
    Path csv = folder.resolve("predictions.csv");
    predictions.write(csv);
    assertThat(ClipPredictions.read(csv)).isEqualTo(predictions);

    Evaluation evaluation = Evaluation.of(predictions, new Bootstrap(20, seed));
    Path json = folder.resolve("metrics.json");
    evaluation.write(json);
    assertThat(Evaluation.read(json)).isEqualTo(evaluation);
  }

  private static <T> T present(@Nullable T value) {
    if (value == null) {
      throw new AssertionError("nothing there");
    }
    return value;
  }
}
