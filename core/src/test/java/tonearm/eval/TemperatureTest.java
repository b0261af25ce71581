package tonearm.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tonearm.provenance.Seeds;

class TemperatureTest {
  static LongStream seeds() {
    return LongStream.range(0, 20);
  }

  private static float[] softmax(double[] logits, double temperature) {
    double sum = 0;
    for (double z : logits) {
      sum += Math.exp(z / temperature);
    }
    float[] p = new float[logits.length];
    for (int g = 0; g < p.length; g++) {
      p[g] = (float) (Math.exp(logits[g] / temperature) / sum);
    }
    return p;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void ofASoftmaxItIsTheSoftmaxOfDividedLogits(long seed) {
    Random random = new Seeds(seed).random("logits");
    double[] logits = random.doubles(2 + random.nextInt(9), -6, 6).toArray();
    double temperature = Math.exp(2 * random.nextDouble() - 1);

    float[] scaled = Temperature.apply(softmax(logits, 1), temperature);

    assertThat(scaled).containsExactly(softmax(logits, temperature), within(1e-5f));
    assertThat(ValidInput.argMax(scaled)).isEqualTo(ValidInput.argMax(softmax(logits, 1)));
  }

  @Test
  void oneChangesNothingAndExtremesStayProbabilities() {
    float[] p = {0.2f, 0.3f, 0.5f};
    assertThat(Temperature.apply(p, 1)).isSameAs(p);
    assertThat(Temperature.apply(new float[] {1, 0}, 20)[0]).isBetween(0.8f, 1f);
    assertThat(Temperature.apply(p, 0.05)).containsExactly(new float[] {0, 0, 1}, within(1e-4f));
    assertThat(Temperature.apply(new float[] {0.5f, 0.5f}, 7)).containsExactly(0.5f, 0.5f);
  }

  /** Of answers (0.9, 0.1) that are right in a share a, the best probability to say is a. */
  @ParameterizedTest
  @CsvSource({"60", "75", "90", "95"})
  void theFitIsTheOneThatCanBeWorkedOut(int right) {
    int[] truths = new int[100];
    List<float[]> said = new ArrayList<>();
    for (int i = 0; i < truths.length; i++) {
      truths[i] = i < right ? 0 : 1;
      said.add(new float[] {0.9f, 0.1f});
    }
    double share = right / 100.0;
    double expected = Math.log(0.9 / 0.1) / Math.log(share / (1 - share));

    double fitted = Temperature.fit(truths, said);

    assertThat(fitted).isCloseTo(expected, within(1e-5));
    assertThat(Temperature.apply(said.get(0), fitted)[0]).isCloseTo(right / 100f, within(1e-5f));
  }

  @Test
  void answersThatNoTemperatureSuitsGetTheExtremes() {
    List<float[]> said = List.of(new float[] {0.9f, 0.1f}, new float[] {0.2f, 0.8f});
    assertThat(Temperature.fit(new int[] {0, 1}, said)).isEqualTo(Temperature.LOWEST);
    assertThat(Temperature.fit(new int[] {1, 0}, said)).isEqualTo(Temperature.HIGHEST);
  }

  /** Labels drawn from a softmax, said with logits that are too large by a factor. */
  @ParameterizedTest
  @MethodSource("seeds")
  void exaggerationIsFoundAndUndone(long seed) {
    Random random = new Seeds(seed).random("exaggeration");
    double factor = 0.5 + 3 * random.nextDouble();
    List<float[]> said = new ArrayList<>();
    int[] truths = new int[4000];
    for (int i = 0; i < truths.length; i++) {
      double[] logits = random.doubles(5, -2, 2).toArray();
      double draw = random.nextDouble();
      float[] honest = softmax(logits, 1);
      while (truths[i] < 4 && draw > honest[truths[i]]) {
        draw -= honest[truths[i]++];
      }
      said.add(softmax(logits, 1 / factor));
    }
    double fitted = Temperature.fit(truths, said);
    assertThat(fitted).as("seed %d", seed).isCloseTo(factor, within(0.15 * factor));
    List<float[]> scaled = said.stream().map(p -> Temperature.apply(p, fitted)).toList();
    for (double other : new double[] {0.9 * fitted, 1.1 * fitted}) {
      List<float[]> worse = said.stream().map(p -> Temperature.apply(p, other)).toList();
      assertThat(Metrics.negativeLogLikelihood(truths, scaled))
          .isLessThan(Metrics.negativeLogLikelihood(truths, worse));
    }
  }

  @Test
  void badInputIsNamed() {
    assertThatThrownBy(() -> Temperature.apply(new float[] {1, 0}, 0))
        .hasMessageContaining("more than 0, not 0");
    assertThatThrownBy(() -> Temperature.apply(new float[] {3, 1}, 2))
        .hasMessageContaining("are these logits?");
    assertThatThrownBy(() -> Temperature.fit(new int[] {0}, List.of()))
        .hasMessageContaining("cannot be compared");
    assertThatThrownBy(() -> Temperature.fit(new int[] {2}, List.of(new float[] {1, 0})))
        .hasMessageContaining("numbered 0 to 1");
  }
}
