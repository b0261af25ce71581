package tonearm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import tonearm.model.ConvolutionSpeed;
import tonearm.model.Layer;
import tonearm.model.LayerSpeed;
import tonearm.model.ModelConfig;
import tonearm.model.NetworkGraph;
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

  @Test
  void layersOfAKindRunForwardAndBackward() {
    NetworkGraph graph = ModelConfig.TINY_UNET.graph(3);
    for (Precision precision : Precision.values()) {
      try (LayerSpeed pools = new LayerSpeed(graph, Layer.MaxPool.class, 2, precision);
          LayerSpeed joins = new LayerSpeed(graph, Layer.Concatenate.class, 2, precision)) {
        assertThat(pools.layers()).isEqualTo(count(graph, Layer.MaxPool.class));
        assertThat(joins.layers()).isEqualTo(count(graph, Layer.Concatenate.class));
        // A concatenation hands its gradient on, so that the first values are those of the
        // gradients given, and again the same; a pool hands on each value or none.
        assertThat(joins.run()).isPositive().isEqualTo(joins.run());
        assertThat(pools.run()).isNotNegative().isEqualTo(pools.run());
      }
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LayerSpeed(graph, Layer.Dense.class, 2, Precision.FP32))
        .withMessage("no way to run a Dense alone");
  }

  private static int count(NetworkGraph graph, Class<? extends Layer> kind) {
    return (int) graph.nodes().stream().filter(node -> kind.isInstance(node.layer())).count();
  }
}
