package tonearm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import tonearm.model.ConvolutionSpeed;
import tonearm.model.ModelConfig;
import tonearm.model.Precision;

/** That what is timed is real work; the time it takes is not tested. */
class NetworkSpeedTest {
  @Test
  void stepsLearnTheBatchAndAnswersAreProbabilities() {
    try (NetworkSpeed network = new NetworkSpeed(ModelConfig.TINY_UNET, 3, 6, Precision.FP32)) {
      double first = network.train();
      double last = first;
      for (int i = 0; i < 100; i++) {
        last = network.train();
      }

      assertThat(last).isFinite().isLessThan(first);
      assertThat(network.clips()).isEqualTo(6);
      assertThat(network.answer()).hasNumberOfRows(6);
      for (float[] row : network.answer()) {
        assertThat(row[0] + row[1] + row[2]).isCloseTo(1f, within(1e-5f));
      }
    }
  }

  @Test
  void theFloorCountsTwoOperationsForEachTap() {
    for (Precision precision : Precision.values()) {
      try (ConvolutionSpeed convolution = new ConvolutionSpeed(2, precision)) {
        convolution.run();

        assertThat(convolution.flops()).isEqualTo(2L * 2 * 32 * 32 * 256 * 128 * 9);
      }
    }
  }
}
