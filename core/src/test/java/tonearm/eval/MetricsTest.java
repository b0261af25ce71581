package tonearm.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final List<String> GENRES = List.of("blues", "jazz", "rock");

  @Test
  void aHandWorkedExample() {
    Metrics m = Metrics.of(GENRES, new int[] {0, 0, 0, 1}, new int[] {0, 0, 1, 1});
    assertThat(m.count()).isEqualTo(4);
    assertThat(m.accuracy()).isEqualTo(0.75);
    assertThat(m.perGenre().get("blues")).isEqualTo(new Metrics.OfGenre(1, 2 / 3.0, 0.8, 3));
    assertThat(m.perGenre().get("jazz")).isEqualTo(new Metrics.OfGenre(0.5, 1, 2 / 3.0, 1));
    // Rock neither is nor was said: its scores are 0 and the mean is taken without it.
    assertThat(m.perGenre().get("rock")).isEqualTo(new Metrics.OfGenre(0, 0, 0, 0));
    assertThat(m.macroF1()).isCloseTo((0.8 + 2 / 3.0) / 2, within(1e-15));
    assertThat(m.perGenre().keySet()).containsExactlyElementsOf(GENRES);
    assertThat(m.confusion().rowNormalised()[0]).containsExactly(2 / 3.0, 1 / 3.0, 0);
    assertThat(m.confusion().rowNormalised()[2]).containsExactly(0, 0, 0);
  }

  @Test
  void likelihoodOfCertainties() {
    int[] truth = {0};
    assertThat(Metrics.negativeLogLikelihood(truth, List.of(new float[] {1, 0}))).isZero();
    assertThat(Metrics.negativeLogLikelihood(truth, List.of(new float[] {0.5f, 0.5f})))
        .isCloseTo(Math.log(2), within(1e-12));
    assertThat(Metrics.negativeLogLikelihood(truth, List.of(new float[] {0, 1})))
        .isCloseTo(52 * Math.log(2), within(1e-12));
  }

  @Test
  void equalProbabilitiesGoToTheFirstGenre() {
    List<float[]> even = List.of(new float[] {0.25f, 0.25f, 0.25f, 0.25f});
    assertThat(Metrics.topKAccuracy(new int[] {0}, even, 1)).isEqualTo(1);
    assertThat(Metrics.topKAccuracy(new int[] {1}, even, 1)).isEqualTo(0);
    assertThat(Metrics.topKAccuracy(new int[] {1}, even, 2)).isEqualTo(1);
    assertThat(Metrics.topKAccuracy(new int[] {3}, even, 99)).isEqualTo(1);
    assertThat(Metrics.of(List.of("a", "b", "c", "d"), new int[] {0}, even).accuracy())
        .isEqualTo(1);
  }

  @Test
  void badInputIsRefusedByValueLimitAndCause() {
    int[] none = {};
    int[] one = {0};
    assertThatThrownBy(() -> Metrics.of(GENRES, none, none))
        .hasMessage("no true genres: a metric needs at least 1");
    assertThatThrownBy(() -> Metrics.of(GENRES, one, new int[] {0, 1}))
        .hasMessage("1 true genres cannot be compared with 2 predictions");
    assertThatThrownBy(() -> Metrics.of(GENRES, new int[] {3}, one))
        .hasMessageContaining("true genre number 0 is 3, but genres are numbered 0 to 2")
        .hasMessageContaining("another list of genres?");
    assertThatThrownBy(() -> Metrics.of(GENRES, one, new int[] {-1}))
        .hasMessageContaining("predicted genre number 0 is -1");
    assertThatThrownBy(() -> Metrics.of(List.of(), one, one)).hasMessageContaining("no genres");
    assertThatThrownBy(() -> Metrics.of(List.of("a", "a"), one, one))
        .hasMessageContaining("\"a\" is there twice");
    assertThatThrownBy(() -> Metrics.of(List.of("a", " "), one, one))
        .hasMessageContaining("empty name");
    refused(new float[] {0.5f, 0.5f}, "has 2 probabilities for 3 genres");
    refused(new float[] {0.5f, 0.5f, Float.NaN}, "did training diverge?");
    refused(new float[] {3, -1, -1}, "are these logits?");
    refused(new float[] {0.5f, 0.25f, 0.248f}, "not to 1 within 0.001; was softmax left out?");
    assertThatThrownBy(() -> Metrics.topKAccuracy(one, List.of(new float[] {1}), 0))
        .hasMessage("k must be at least 1, not 0");
  }

  private static void refused(float[] probabilities, String cause) {
    assertThatThrownBy(() -> Metrics.of(GENRES, new int[] {0}, List.of(probabilities)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("prediction number 0")
        .hasMessageContaining(cause);
  }

  @Test
  void countsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> ConfusionMatrix.ofCounts(List.of("a"), List.of(List.of(-1))))
        .hasMessageContaining("-1");
    assertThatThrownBy(() -> ConfusionMatrix.ofCounts(List.of("a", "b"), List.of(List.of(1, 2))))
        .hasMessage("1 rows of counts for 2 genres");
    assertThatThrownBy(() -> ConfusionMatrix.ofCounts(List.of("a"), List.of(List.of(1, 2))))
        .hasMessage("row a has 2 counts for 1 genres");
  }
}
