package tonearm.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tonearm.provenance.Seeds;

class ReliabilityTest {
  /** Two bins: 0.3 and 0.4 of which one is right, 0.8 and 0.9 and 1.0 of which all are. */
  @Test
  void theErrorIsTheMeanGapWeighedByAnswers() {
    Reliability found =
        Reliability.of(
            new double[] {0.3, 0.9, 0.4, 0.8, 1}, new boolean[] {true, true, false, true, true}, 2);

    assertThat(found.count()).isEqualTo(5);
    assertThat(found.accuracy()).isEqualTo(0.8);
    assertThat(found.confidence()).isCloseTo(0.68, within(1e-12));
    assertThat(found.bins())
        .extracting(Reliability.Bin::count, Reliability.Bin::accuracy)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(2, 0.5),
            org.assertj.core.groups.Tuple.tuple(3, 1.0));
    assertThat(found.expectedCalibrationError()).isCloseTo((2 * 0.15 + 3 * 0.1) / 5, within(1e-12));
    assertThat(found.maximumCalibrationError()).isCloseTo(0.15, within(1e-12));
  }

  @Test
  void aBinHoldsItsUpperEdge() {
    Reliability found = Reliability.of(new double[] {0, 0.25, 0.26, 0.5, 1}, new boolean[5], 4);
    assertThat(found.bins()).extracting(Reliability.Bin::count).containsExactly(2, 2, 0, 1);
    assertThat(found.bins().get(2).confidence()).isNull();
    assertThat(found.bins().get(2).accuracy()).isNull();
    assertThat(found.bins().get(3).from()).isEqualTo(0.75);
    assertThat(found.bins().get(3).to()).isEqualTo(1.0);
  }

  @Test
  void confidenceIsTheHighestProbabilityAndTiesGoToTheFirst() {
    Reliability found =
        Reliability.of(
            new int[] {0, 0}, List.of(new float[] {0.5f, 0.5f}, new float[] {0.25f, 0.75f}));
    assertThat(found.bins()).hasSize(Reliability.BINS);
    assertThat(found.accuracy()).isEqualTo(0.5);
    assertThat(found.expectedCalibrationError()).isCloseTo((0.5 + 0.75) / 2, within(1e-7));
  }

  static LongStream seeds() {
    return LongStream.range(0, 10);
  }

  /** The bias of a finite sample is below sum of bins' standard errors, about sqrt(bins / n). */
  @ParameterizedTest
  @MethodSource("seeds")
  void honestConfidenceHasNearlyNoErrorAndBoastingItsShare(long seed) {
    Random random = new Seeds(seed).random("reliability");
    int n = 5000;
    double[] honest = new double[n];
    double[] boasting = new double[n];
    boolean[] right = new boolean[n];
    for (int i = 0; i < n; i++) {
      honest[i] = 0.1 + 0.7 * random.nextDouble();
      boasting[i] = honest[i] + 0.2;
      right[i] = random.nextDouble() < honest[i];
    }
    assertThat(Reliability.of(honest, right, 15).expectedCalibrationError()).isLessThan(0.055);
    assertThat(Reliability.of(boasting, right, 15).expectedCalibrationError())
        .isCloseTo(0.2, within(0.03));
    Reliability one = Reliability.of(honest, right, 1);
    assertThat(one.expectedCalibrationError())
        .isCloseTo(Math.abs(one.accuracy() - one.confidence()), within(1e-12));
  }

  @Test
  void badInputIsNamed() {
    assertThatThrownBy(() -> Reliability.of(new double[] {70}, new boolean[1], 15))
        .hasMessageContaining("is it a percentage?");
    assertThatThrownBy(() -> Reliability.of(new double[] {1}, new boolean[1], 0))
        .hasMessageContaining("at least 1, not 0");
    assertThatThrownBy(() -> Reliability.of(new int[0], List.of())).hasMessageContaining("no true");
    assertThatThrownBy(() -> Reliability.of(new double[1], new boolean[2], 15))
        .hasMessageContaining("cannot be compared");
  }
}
