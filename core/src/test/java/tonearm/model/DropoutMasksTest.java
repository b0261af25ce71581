package tonearm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DropoutMasksTest {
  private static final int N = 1 << 18;

  @BeforeAll
  static void load() {
    LibTorch.load(1);
  }

  private static float[] mask(DropoutMasks masks, double rate, ScalarType type) {
    try (PointerScope scope = new PointerScope()) {
      Tensor like = torch.zeros(4, N / 4).to(type);
      return LayersTest.floats(masks.next(like, rate).to(ScalarType.Float));
    }
  }

  /** Five standard deviations of a binomial count: a false alarm in two million. */
  @ParameterizedTest
  @CsvSource({"0.2,Float", "0.2,BFloat16", "0.5,Float", "0.5,BFloat16", "0.05,Float", "0.9,Float"})
  void zerosComeAtTheRateAndTheRestIsScaled(double rate, ScalarType type) {
    float[] mask = mask(new DropoutMasks(5), rate, type);
    int zeros = 0;
    float scale = (float) (1 / (1 - rate));
    for (float value : mask) {
      if (value == 0) {
        zeros++;
      } else {
        assertThat(value).isCloseTo(scale, within(scale / (type == ScalarType.Float ? 1e7f : 256)));
      }
    }
    double deviation = Math.sqrt(N * rate * (1 - rate));
    assertThat((double) zeros).isCloseTo(N * rate, within(5 * deviation));
  }

  @Test
  void thePublishedRatesScaleIsExactInBothTypes() {
    for (ScalarType type : new ScalarType[] {ScalarType.Float, ScalarType.BFloat16}) {
      for (float value : mask(new DropoutMasks(1), 0.2, type)) {
        assertThat(value).isIn(0f, 1.25f);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"Float", "BFloat16"})
  void aSeedRepeatsASequenceOfDifferentMasks(ScalarType type) {
    DropoutMasks masks = new DropoutMasks(8);
    float[] first = mask(masks, 0.5, type);
    float[] second = mask(masks, 0.5, type);
    assertThat(agreement(first, second, 0)).isCloseTo(0.5, within(0.01));
    masks.reseed(8);
    assertThat(mask(masks, 0.5, type)).isEqualTo(first);
    assertThat(mask(masks, 0.5, type)).isEqualTo(second);
    masks.reseed(9);
    assertThat(agreement(first, mask(masks, 0.5, type), 0)).isCloseTo(0.5, within(0.01));
  }

  @ParameterizedTest
  @CsvSource({"Float", "BFloat16"})
  void neighboursAreIndependent(ScalarType type) {
    float[] mask = mask(new DropoutMasks(2), 0.5, type);
    for (int distance : new int[] {1, 2, 3, 8, 64, 1 << 13}) {
      assertThat(agreement(mask, mask, distance)).isCloseTo(0.5, within(0.01));
    }
  }

  /** Of chunks that not every number of threads divides, the last of them not full. */
  @ParameterizedTest
  @CsvSource({"Float", "BFloat16"})
  void theNumberOfThreadsChangesNothing(ScalarType type) {
    int n = (2 << 16) + 3 * (1 << 13) + 10;
    float[] alone = maskOf(n, type);
    assertThat(alone).hasSize(n).containsOnly(0f, 2f);
    for (int threads : new int[] {2, 3, 8}) {
      LibTorch.load(threads);
      try {
        assertThat(maskOf(n, type)).as("by %d threads", threads).isEqualTo(alone);
      } finally {
        LibTorch.load(1);
      }
    }
  }

  private static float[] maskOf(int n, ScalarType type) {
    try (PointerScope scope = new PointerScope()) {
      Tensor like = torch.zeros(1, n).to(type);
      return LayersTest.floats(new DropoutMasks(6).next(like, 0.5).to(ScalarType.Float));
    }
  }

  private static double agreement(float[] a, float[] b, int distance) {
    int same = 0;
    for (int i = distance; i < a.length; i++) {
      same += a[i] == b[i - distance] ? 1 : 0;
    }
    return (double) same / (a.length - distance);
  }

  @Test
  void answersAreLeftAlone() {
    NetworkGraph.Builder builder = NetworkGraph.builder(new Shape(1, 4, 4));
    builder.add("drop", new Layer.Dropout(0.9), builder.input());
    float[] picture = new float[16];
    for (int i = 0; i < 16; i++) {
      picture[i] = i;
    }
    try (GenreNet net = GenreNet.of(builder.build(), Map.of());
        PointerScope scope = new PointerScope()) {
      Tensor clip = net.tensor(picture, 1);
      assertThat(LayersTest.floats(net.logits(clip, Precision.FP32))).isEqualTo(picture);
      assertThat(LayersTest.floats(net.trainingLogits(clip, Precision.FP32))).isNotEqualTo(picture);
    }
  }
}
