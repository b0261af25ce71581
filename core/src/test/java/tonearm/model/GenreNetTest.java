package tonearm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tonearm.features.PictureConfig;
import tonearm.model.NetworkGraph.Weight;
import tonearm.model.NetworkGraph.WeightKind;
import tonearm.provenance.Machine;
import tonearm.provenance.Seeds;

class GenreNetTest {
  private static final int GENRES = 3;
  private static final NetworkGraph TINY = ModelConfig.TINY_UNET.graph(GENRES);

  /**
   * Room for what the allocator keeps to itself; a leak of one step's tensors would be far more.
   */
  private static final long SLACK_BYTES = 24L << 20;

  @BeforeAll
  static void load() {
    LibTorch.load(1);
  }

  private final GenreNet net = GenreNet.create(TINY, new Seeds(3));

  @AfterEach
  void close() {
    net.close();
  }

  private static float[] pictures(int n, long seed) {
    Random random = new Seeds(seed).random("pictures");
    float[] pictures = new float[n * (int) TINY.inputShape().size()];
    for (int i = 0; i < pictures.length; i++) {
      pictures[i] = random.nextFloat();
    }
    return pictures;
  }

  private static Tensor loss(GenreNet net, float[] pictures, int n, Precision precision) {
    long[] truth = new long[n];
    Arrays.setAll(truth, i -> i % GENRES);
    Tensor logits = net.trainingLogits(net.tensor(pictures, n), precision);
    return torch.cross_entropy_loss(logits, Tensor.create(truth));
  }

  @Test
  void aSeedDecidesTheFirstWeights() {
    try (GenreNet same = GenreNet.create(TINY, new Seeds(3));
        GenreNet other = GenreNet.create(TINY, new Seeds(4))) {
      same.values().forEach((name, value) -> assertThat(value).isEqualTo(net.values().get(name)));
      assertThat(other.values().get("head.dense.weight"))
          .isNotEqualTo(net.values().get("head.dense.weight"));
    }
  }

  @Test
  void firstWeightsAreAsKerasStarts() {
    for (Weight weight : TINY.weights()) {
      float[] values = Objects.requireNonNull(net.values().get(weight.name()));
      switch (weight.kind()) {
        case KERNEL -> {
          long area = weight.shape().length == 4 ? 9 : 1;
          double limit = Math.sqrt(6.0 / ((weight.shape()[0] + weight.shape()[1]) * area));
          float largest = 0;
          for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
          }
          // Of n uniform draws none reaches 1 - 15 / n of the limit once in three million times.
          assertThat(largest)
              .as(weight.name())
              .isBetween((float) (limit * (1 - 15.0 / values.length)), (float) limit);
        }
        case NORM_SCALE, RUNNING_VARIANCE -> assertThat(values).containsOnly(1f);
        case SLOPE -> assertThat(values).containsOnly(0.25f);
        case BIAS, NORM_OFFSET, RUNNING_MEAN, PLACE_SLOPE -> assertThat(values).containsOnly(0f);
      }
    }
  }

  /** docs/REPRODUCTION.md tells by it which penalty the published run can have had. */
  @Test
  void theSumOfSquaresOfTheReferencesFirstKernelsIsKnown() {
    double sum = 0;
    for (Weight weight : ModelConfig.REFERENCE_UNET.graph(10).weights()) {
      if (weight.kind() == NetworkGraph.WeightKind.KERNEL) {
        long[] shape = weight.shape();
        long area = shape.length == 4 ? shape[2] * shape[3] : 1;
        // The variance of a uniform distribution is a third of its limit's square.
        sum += weight.size() * 2.0 / ((shape[0] + shape[1]) * area);
      }
    }
    assertThat(sum).isCloseTo(2347, within(0.5));
  }

  /**
   * Array by array, along the gradient itself: the loss rises by the gradient's length. Pooling has
   * kinks, and 32-bit sums noise, which show most in biases that a normalisation takes away again.
   */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.2})
  void gradientsAreTheSlopesOfTheLoss(double dropout) {
    assertGradientsAreSlopes(
        ModelConfig.TINY_UNET.with(ModelConfig.Activation.PRELU, true, dropout).graph(GENRES), 30);
  }

  /** Without a max-pool behind it: slopes that begin at 0 make ties, and these are kinks. */
  @Test
  void gradientsOfSlopesForEveryPlaceAreTheSlopesOfTheLoss() {
    NetworkGraph.Builder builder =
        NetworkGraph.builder(ModelConfig.TINY_UNET.graph(2).inputShape());
    NetworkGraph.Node x = builder.add("c", new Layer.Convolution(4, 3, 2), builder.input());
    x = builder.add("a", new Layer.KerasPrelu(), x);
    x = builder.add("f", new Layer.Flatten(), x);
    builder.add("d", new Layer.Dense(GENRES), x);
    assertGradientsAreSlopes(builder.build(), 4);
  }

  /** The paper's network in small: a picture given thrice, no stem, paths of unequal width. */
  @Test
  void gradientsOfPairedPathsAreTheSlopesOfTheLoss() {
    ModelConfig small =
        new ModelConfig(
            "paired",
            ModelConfig.TINY_UNET.inputSize(),
            0,
            List.of(4),
            8,
            List.of(),
            ModelConfig.Activation.PRELU,
            false,
            0.2,
            new PairedPaths(
                3, List.of(new PairedPaths.Stage(4, 6, 6), new PairedPaths.Stage(8, 4, 10))),
            null);
    assertGradientsAreSlopes(small.graph(GENRES), 30);
  }

  /** As tonearm-base, on square pictures: strides, norms before activations, both kinds of pool. */
  @Test
  void gradientsOfAPooledDesignAreTheSlopesOfTheLoss() {
    int size = ModelConfig.TINY_UNET.inputSize();
    ModelConfig small =
        new ModelConfig(
            "pooled",
            size,
            4,
            List.of(4),
            8,
            List.of(4, 8),
            ModelConfig.Activation.PRELU,
            true,
            0,
            null,
            new PooledDesign(new PictureConfig(size, size, PictureConfig.Style.RANGE), 2));
    assertGradientsAreSlopes(small.graph(GENRES), 30);
  }

  private static void assertGradientsAreSlopes(NetworkGraph graph, int arrays) {
    int n = 6;
    float[] pictures = pictures(n, 11);
    double step = 1e-3;
    try (GenreNet smooth = GenreNet.create(graph, new Seeds(5))) {
      Map<String, float[]> start = smooth.values();
      float[] gradients;
      try (PointerScope scope = new PointerScope()) {
        smooth.seedDropout(1);
        loss(smooth, pictures, n, Precision.FP32).backward();
        gradients = LayersTest.floats(smooth.gradients());
      }
      int at = 0;
      int checked = 0;
      for (Weight weight : graph.weights()) {
        if (!weight.kind().isTrained()) {
          continue;
        }
        float[] gradient = Arrays.copyOfRange(gradients, at, at + (int) weight.size());
        double squares = 0;
        for (float g : gradient) {
          squares += (double) g * g;
        }
        double length = Math.sqrt(squares);
        double by = step / length;
        double slope =
            (lossWith(smooth, start, weight.name(), gradient, by, pictures, n)
                    - lossWith(smooth, start, weight.name(), gradient, -by, pictures, n))
                / (2 * step);
        assertThat(slope)
            .as("slope along the gradient of " + weight.name())
            .isCloseTo(length, within(3e-3 + 0.1 * length));
        at += gradient.length;
        checked++;
      }
      assertThat(checked).isGreaterThan(arrays);
    }
  }

  private static double lossWith(
      GenreNet net,
      Map<String, float[]> start,
      String name,
      float[] direction,
      double by,
      float[] pictures,
      int n) {
    Map<String, float[]> moved = new LinkedHashMap<>(start);
    float[] changed = Objects.requireNonNull(start.get(name)).clone();
    for (int i = 0; i < changed.length; i++) {
      changed[i] += (float) (by * direction[i]);
    }
    moved.put(name, changed);
    net.load(moved);
    try (PointerScope scope = new PointerScope()) {
      net.seedDropout(1);
      return loss(net, pictures, n, Precision.FP32).item_double();
    }
  }

  @Test
  void gradientsAreGatheredInOneTensorUntilTheyAreCleared() {
    float[] pictures = pictures(4, 2);
    float[] once = gradientsAfter(pictures, 1);
    float[] twice = gradientsAfter(pictures, 2);
    for (int i = 0; i < once.length; i++) {
      assertThat(twice[i]).isCloseTo(2 * once[i], within(1e-5f + 1e-4f * Math.abs(once[i])));
    }
  }

  private float[] gradientsAfter(float[] pictures, int passes) {
    try (PointerScope scope = new PointerScope()) {
      net.gradients().zero_();
      for (int i = 0; i < passes; i++) {
        net.seedDropout(9);
        loss(net, pictures, 4, Precision.FP32).backward();
      }
      return LayersTest.floats(net.gradients());
    }
  }

  @Test
  void aClipAloneAndAmongOthersHasTheSameAnswer() {
    assertBatchSizeDoesNotMatter(Precision.FP32, 1e-5f);
  }

  @Test
  void aClipAloneAndAmongOthersHasNearlyTheSameAnswerInBf16() {
    assumeTrue(Machine.current().hasBf16());
    assertBatchSizeDoesNotMatter(Precision.BF16, 2e-2f);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void answersAreProbabilitiesAndPooledFeaturesOfOnePass(Precision precision) {
    assumeTrue(precision == Precision.FP32 || Machine.current().hasBf16());
    float[] pictures = pictures(3, 8);
    int size = pictures.length / 3;
    List<float[]> clips = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      clips.add(Arrays.copyOfRange(pictures, i * size, (i + 1) * size));
    }
    GenreNet.ClipAnswers answers = net.answers(clips, precision);
    assertThat(answers.probabilities()).isDeepEqualTo(net.probabilities(pictures, 3, precision));
    assertThat(answers.features()).hasDimensions(3, TINY.featureMap().shape().channels());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> net.answers(List.of(new float[7]), precision))
        .withMessageContaining("7 values are not a clip of");
    assertThatIllegalArgumentException().isThrownBy(() -> net.answers(List.of(), precision));
  }

  @Test
  void dropoutBehindTheMapIsOfTheHead() {
    NetworkGraph graph = ModelConfig.TONEARM_BASE.graph(GENRES);
    Shape map = graph.featureMap().shape();
    assertThat(map.height()).isGreaterThan(1);
    try (GenreNet net = GenreNet.create(graph, new Seeds(6))) {
      float[] picture = Arrays.copyOf(pictures(9, 5), Math.toIntExact(graph.inputShape().size()));
      assertThat(net.answers(List.of(picture), Precision.FP32).features())
          .hasDimensions(1, map.channels());
    }
  }

  /** Where the head is a dense layer on the very mean, the logits tell what it must be. */
  @Test
  void pooledFeaturesAreTheMeanOfTheLastMap() {
    NetworkGraph.Builder builder = NetworkGraph.builder(new Shape(1, 8, 8));
    NetworkGraph.Node map = builder.add("conv", new Layer.Convolution(4, 3, 1), builder.input());
    NetworkGraph.Node pooled = builder.add("pool", new Layer.GlobalAveragePool(), map);
    builder.add("dense", new Layer.Dense(GENRES), pooled);
    NetworkGraph graph = builder.build();
    assertThat(graph.featureMap()).isEqualTo(map);
    float[] picture = Arrays.copyOf(pictures(1, 5), 64);
    try (GenreNet small = GenreNet.create(graph, new Seeds(6))) {
      float[] features = small.answers(List.of(picture), Precision.FP32).features()[0];
      float[] kernel = Objects.requireNonNull(small.values().get("dense.weight"));
      float[] expected = small.probabilities(picture, 1, Precision.FP32)[0];
      double[] odds = new double[GENRES];
      double sum = 0;
      for (int g = 0; g < GENRES; g++) {
        double logit = 0;
        for (int c = 0; c < features.length; c++) {
          logit += kernel[g * features.length + c] * features[c];
        }
        odds[g] = Math.exp(logit);
        sum += odds[g];
      }
      for (int g = 0; g < GENRES; g++) {
        assertThat((float) (odds[g] / sum)).isCloseTo(expected[g], within(1e-5f));
      }
    }
  }

  private void assertBatchSizeDoesNotMatter(Precision precision, float tolerance) {
    int n = 32;
    float[] pictures = pictures(n, 21);
    float[][] together = net.probabilities(pictures, n, precision);
    int size = pictures.length / n;
    for (int i = 0; i < n; i++) {
      float[] clip = Arrays.copyOfRange(pictures, i * size, (i + 1) * size);
      float[] alone = net.probabilities(clip, 1, precision)[0];
      assertThat(alone).containsExactly(together[i], within(tolerance));
    }
  }

  @Test
  void bf16IsNearFp32() {
    assumeTrue(Machine.current().hasBf16());
    float[] pictures = pictures(8, 31);
    float[][] exact = net.probabilities(pictures, 8, Precision.FP32);
    float[][] rounded = net.probabilities(pictures, 8, Precision.BF16);
    for (int i = 0; i < 8; i++) {
      assertThat(rounded[i]).containsExactly(exact[i], within(2e-2f));
    }
  }

  @Test
  void probabilitiesSumToOneAndRepeatBecauseAnswersHaveNoDropout() {
    float[] pictures = pictures(5, 1);
    float[][] first = net.probabilities(pictures, 5, Precision.FP32);
    for (float[] row : first) {
      assertThat(row[0] + row[1] + row[2]).isCloseTo(1f, within(1e-6f));
    }
    assertThat(net.probabilities(pictures, 5, Precision.FP32)).isDeepEqualTo(first);
  }

  @Test
  void severalThreadsMayAskAtOnce() throws Exception {
    float[] pictures = pictures(4, 41);
    float[][] expected = net.probabilities(pictures, 4, Precision.FP32);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<float[][]>> answers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        answers.add(threads.submit(() -> net.probabilities(pictures, 4, Precision.FP32)));
      }
      for (Future<float[][]> answer : answers) {
        for (int row = 0; row < 4; row++) {
          assertThat(answer.get()[row]).containsExactly(expected[row], within(1e-6f));
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void weightsOfAnotherNetworkAreRefusedByName() {
    Map<String, float[]> values = net.values();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GenreNet.of(ModelConfig.TINY_UNET.graph(4), values))
        .withMessage("weight head.dense.weight should have 1024 values, but has 768");
    Map<String, float[]> fewer = new LinkedHashMap<>(values);
    fewer.remove("stem.conv.bias");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> net.load(fewer))
        .withMessage("weight stem.conv.bias should have 4 values, but is missing");
    Map<String, float[]> more = new LinkedHashMap<>(values);
    more.put("stranger", new float[1]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> net.load(more))
        .withMessage("the network has no weight stranger");
  }

  @Test
  void picturesOfAnotherSizeAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> net.probabilities(new float[100], 1, Precision.FP32))
        .withMessage("100 values are not 1 clips of 1x32x32");
  }

  @Test
  void aWeightThatIsNoNumberIsNoticed() {
    assertThat(net.isFinite()).isTrue();
    Map<String, float[]> values = net.values();
    Objects.requireNonNull(values.get("encoder4.norm.running_var"))[1] = Float.NaN;
    net.load(values);
    assertThat(net.isFinite()).isFalse();
  }

  @Test
  void closingTwiceIsAsGoodAsOnceAndUseAfterwardsIsRefused() {
    GenreNet other = GenreNet.create(TINY, new Seeds(1));
    other.close();
    other.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> other.probabilities(pictures(1, 1), 1, Precision.FP32))
        .withMessageContaining("no weight");
  }

  @Test
  void theWeightsOutliveTheScopeTheyWereMadeIn() {
    GenreNet inner;
    try (PointerScope scope = new PointerScope()) {
      inner = GenreNet.create(TINY, new Seeds(3));
    }
    try (inner) {
      float[] pictures = pictures(2, 1);
      assertThat(inner.probabilities(pictures, 2, Precision.FP32))
          .isDeepEqualTo(net.probabilities(pictures, 2, Precision.FP32));
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void answersKeepNoNativeMemory(Precision precision) {
    float[] pictures = pictures(32, 1);
    assertNoGrowth(200, () -> net.probabilities(pictures, 32, precision));
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void trainingStepsKeepNoNativeMemory(Precision precision) {
    float[] pictures = pictures(32, 1);
    assertNoGrowth(
        60,
        () -> {
          try (PointerScope scope = new PointerScope()) {
            loss(net, pictures, 32, precision).backward();
            net.gradients().zero_();
          }
        });
  }

  /** Counted by JavaCPP and by the operating system. */
  private static void assertNoGrowth(int times, Runnable work) {
    for (int i = 0; i < 20; i++) {
      work.run();
    }
    long pointers = Pointer.totalCount();
    long bytes = Pointer.physicalBytes();
    for (int i = 0; i < times; i++) {
      work.run();
    }
    assertThat(Pointer.totalCount()).as("native objects").isLessThanOrEqualTo(pointers);
    assertThat(Pointer.physicalBytes() - bytes).as("growth in bytes").isLessThan(SLACK_BYTES);
  }

  @Test
  void onlyKernelsCarryThePenalty() {
    assertThat(TINY.weights().stream().filter(w -> w.kind() == WeightKind.KERNEL))
        .allMatch(w -> w.name().endsWith(".weight") && w.shape().length >= 2);
  }
}
