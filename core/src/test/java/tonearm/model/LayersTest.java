package tonearm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tonearm.model.NetworkGraph.Node;
import tonearm.model.NetworkGraph.Weight;
import tonearm.model.NetworkGraph.WeightKind;
import tonearm.provenance.Seeds;

/** Each kind of layer against {@link PlainLayers}, on small pictures with odd sizes. */
class LayersTest {
  private static final int BATCH = 3;
  private static final Shape IN = new Shape(2, 5, 7);
  private static final double TOLERANCE = 1e-5;

  /** One thread: with more, a machine busy with other work spends the test's time in waiting. */
  @BeforeAll
  static void load() {
    LibTorch.load(1);
  }

  private final Random random = new Seeds(7).random("layers-test");
  private final float[] pictures = numbers(BATCH * (int) IN.size());

  private float[] numbers(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static NetworkGraph graphOf(Layer... layers) {
    NetworkGraph.Builder builder = NetworkGraph.builder(IN);
    Node x = builder.input();
    for (int i = 0; i < layers.length; i++) {
      x = builder.add("layer" + i, layers[i], x);
    }
    return builder.build();
  }

  private Map<String, float[]> weights(NetworkGraph graph) {
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Weight weight : graph.weights()) {
      float[] drawn = numbers((int) weight.size());
      if (weight.kind() == WeightKind.RUNNING_VARIANCE) {
        for (int i = 0; i < drawn.length; i++) {
          drawn[i] = 0.5f + Math.abs(drawn[i]);
        }
      }
      values.put(weight.name(), drawn);
    }
    return values;
  }

  private float[] run(NetworkGraph graph, Map<String, float[]> values) {
    try (GenreNet net = GenreNet.of(graph, values);
        PointerScope scope = new PointerScope()) {
      return floats(net.logits(net.tensor(pictures, BATCH), Precision.FP32));
    }
  }

  static float[] floats(Tensor tensor) {
    Tensor dense = tensor.contiguous();
    float[] values = new float[(int) dense.numel()];
    new FloatPointer(dense.data_ptr()).get(values);
    return values;
  }

  private static void assertClose(float[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      double tolerance = TOLERANCE * Math.max(1, Math.abs(expected[i]));
      assertThat((double) actual[i]).as("value " + i).isCloseTo(expected[i], within(tolerance));
    }
  }

  private double[] input() {
    double[] values = new double[pictures.length];
    Arrays.setAll(values, i -> pictures[i]);
    return values;
  }

  private static float[] get(Map<String, float[]> values, String name) {
    return Objects.requireNonNull(values.get(name));
  }

  @ParameterizedTest
  @CsvSource({"3,1", "3,2", "1,1", "5,1", "5,3"})
  void convolution(int kernel, int stride) {
    NetworkGraph graph = graphOf(new Layer.Convolution(4, kernel, stride));
    Map<String, float[]> w = weights(graph);
    assertClose(
        run(graph, w),
        PlainLayers.convolution(
            input(), BATCH, IN, get(w, "layer0.weight"), get(w, "layer0.bias"), kernel, stride));
  }

  @ParameterizedTest
  @CsvSource({"3,1", "3,2", "1,1", "5,2"})
  void transposedConvolution(int kernel, int stride) {
    NetworkGraph graph = graphOf(new Layer.TransposedConvolution(4, kernel, stride));
    Map<String, float[]> w = weights(graph);
    assertClose(
        run(graph, w),
        PlainLayers.transposedConvolution(
            input(), BATCH, IN, get(w, "layer0.weight"), get(w, "layer0.bias"), kernel, stride));
  }

  @Test
  void batchNormAnswersWithItsRunningStatistics() {
    NetworkGraph graph = graphOf(new Layer.BatchNorm());
    Map<String, float[]> w = weights(graph);
    double[][] running = {
      doubles(get(w, "layer0.running_mean")), doubles(get(w, "layer0.running_var"))
    };
    double[] expected =
        PlainLayers.norm(
            input(), IN, running, get(w, "layer0.weight"), get(w, "layer0.bias"), 1e-3);
    assertClose(run(graph, w), expected);
  }

  /**
   * Momentum 0.99 as Keras counts it, after 100 batches of plain mean; PyTorch, unlike Keras, keeps
   * the unbiased variance.
   */
  @Test
  void batchNormTrainsWithTheBatchsStatisticsAndKeepsARunningMeanOfThem() {
    NetworkGraph graph = graphOf(new Layer.BatchNorm());
    Map<String, float[]> w = weights(graph);
    double[][] batch = PlainLayers.statistics(input(), BATCH, IN);
    double[] expected =
        PlainLayers.norm(input(), IN, batch, get(w, "layer0.weight"), get(w, "layer0.bias"), 1e-3);
    try (GenreNet net = GenreNet.of(graph, w);
        PointerScope scope = new PointerScope()) {
      net.resumeAfter(100);
      Tensor pictures = net.tensor(this.pictures, BATCH);
      assertClose(floats(net.trainingLogits(pictures, Precision.FP32)), expected);
      int count = BATCH * IN.height() * IN.width();
      for (int c = 0; c < IN.channels(); c++) {
        double mean = 0.99 * get(w, "layer0.running_mean")[c] + 0.01 * batch[0][c];
        double unbiased = batch[1][c] * count / (count - 1);
        double variance = 0.99 * get(w, "layer0.running_var")[c] + 0.01 * unbiased;
        assertThat((double) get(net.values(), "layer0.running_mean")[c])
            .isCloseTo(mean, within(1e-6));
        assertThat((double) get(net.values(), "layer0.running_var")[c])
            .isCloseTo(variance, within(1e-6));
      }
    }
  }

  @Test
  void theFirstBatchesGiveBatchNormTheirPlainMean() {
    NetworkGraph graph = graphOf(new Layer.BatchNorm());
    Map<String, float[]> w = weights(graph);
    double[][] batch = PlainLayers.statistics(input(), BATCH, IN);
    float[] doubled = pictures.clone();
    for (int i = 0; i < doubled.length; i++) {
      doubled[i] *= 2;
    }
    try (GenreNet trained = GenreNet.of(graph, w);
        GenreNet observed = GenreNet.of(graph, w)) {
      try (PointerScope scope = new PointerScope()) {
        trained.trainingLogits(trained.tensor(pictures, BATCH), Precision.FP32);
        trained.trainingLogits(trained.tensor(doubled, BATCH), Precision.FP32);
      }
      observed.observe(pictures, BATCH, Precision.FP32, 0);
      observed.observe(doubled, BATCH, Precision.FP32, 1);
      for (int c = 0; c < IN.channels(); c++) {
        for (GenreNet net : List.of(trained, observed)) {
          assertThat((double) get(net.values(), "layer0.running_mean")[c])
              .isCloseTo(1.5 * batch[0][c], within(1e-5));
        }
      }
    }
  }

  private static double[] doubles(float[] values) {
    double[] copy = new double[values.length];
    Arrays.setAll(copy, i -> values[i]);
    return copy;
  }

  @Test
  void reluAndPrelu() {
    double[] relu = Arrays.stream(input()).map(x -> Math.max(x, 0)).toArray();
    assertClose(run(graphOf(new Layer.Relu()), Map.of()), relu);

    NetworkGraph graph = graphOf(new Layer.Prelu());
    Map<String, float[]> w = weights(graph);
    double[] expected = input();
    for (int i = 0; i < expected.length; i++) {
      int channel = i / (IN.height() * IN.width()) % IN.channels();
      expected[i] *= expected[i] > 0 ? 1 : get(w, "layer0.weight")[channel];
    }
    assertClose(run(graph, w), expected);

    NetworkGraph everyPlace = graphOf(new Layer.KerasPrelu());
    Map<String, float[]> slopes = weights(everyPlace);
    double[] each = input();
    for (int i = 0; i < each.length; i++) {
      each[i] *= each[i] > 0 ? 1 : get(slopes, "layer0.weight")[i % (int) IN.size()];
    }
    assertClose(run(everyPlace, slopes), each);
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "5"})
  void maxPoolDropsTheRemainder(int size) {
    assertClose(
        run(graphOf(new Layer.MaxPool(size)), Map.of()),
        PlainLayers.maxPool(input(), BATCH, IN, size));
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "5"})
  void averagePoolDropsTheRemainder(int size) {
    assertClose(
        run(graphOf(new Layer.AveragePool(size)), Map.of()),
        PlainLayers.averagePool(input(), BATCH, IN, size));
  }

  @Test
  void rescaleTakesTheOffsetAwayAndMultiplies() {
    double[] expected = input();
    Arrays.setAll(expected, i -> (expected[i] - 0.25) * 3);
    assertClose(run(graphOf(new Layer.Rescale(0.25, 3)), Map.of()), expected);
  }

  @Test
  void globalAverage() {
    double[] expected = new double[BATCH * IN.channels()];
    double[] x = input();
    int area = IN.height() * IN.width();
    for (int i = 0; i < x.length; i++) {
      expected[i / area] += x[i] / area;
    }
    assertClose(run(graphOf(new Layer.GlobalAveragePool()), Map.of()), expected);
  }

  @Test
  void flattenIsChannelsSlowestAndDenseSeesIt() {
    assertClose(run(graphOf(new Layer.Flatten()), Map.of()), input());
    NetworkGraph graph = graphOf(new Layer.Flatten(), new Layer.Dense(4));
    Map<String, float[]> w = weights(graph);
    double[] expected =
        PlainLayers.dense(input(), BATCH, get(w, "layer1.weight"), get(w, "layer1.bias"));
    assertClose(run(graph, w), expected);
  }

  @Test
  void denseOfAGlobalAverage() {
    NetworkGraph graph = graphOf(new Layer.GlobalAveragePool(), new Layer.Dense(3));
    Map<String, float[]> w = weights(graph);
    float[] average = run(graphOf(new Layer.GlobalAveragePool()), Map.of());
    double[] expected =
        PlainLayers.dense(doubles(average), BATCH, get(w, "layer1.weight"), get(w, "layer1.bias"));
    assertClose(run(graph, w), expected);
  }

  @Test
  void sumAndConcatenation() {
    NetworkGraph.Builder builder = NetworkGraph.builder(IN);
    Node relu = builder.add("relu", new Layer.Relu(), builder.input());
    builder.add("sum", new Layer.Sum(), builder.input(), relu, relu);
    double[] sum = Arrays.stream(input()).map(x -> x + 2 * Math.max(x, 0)).toArray();
    assertClose(run(builder.build(), Map.of()), sum);

    builder = NetworkGraph.builder(IN);
    relu = builder.add("relu", new Layer.Relu(), builder.input());
    builder.add("cat", new Layer.Concatenate(), builder.input(), relu);
    double[] x = input();
    int size = (int) IN.size();
    double[] stacked = new double[2 * x.length];
    for (int i = 0; i < x.length; i++) {
      int clip = i / size;
      stacked[2 * clip * size + i % size] = x[i];
      stacked[(2 * clip + 1) * size + i % size] = Math.max(x[i], 0);
    }
    assertClose(run(builder.build(), Map.of()), stacked);
  }

  /**
   * What hands on its input's memory must not let a ReLU behind it change what others still use.
   */
  @Test
  void aReluChangesNothingThatOthersUse() {
    for (Layer passing : new Layer[] {new Layer.Dropout(0.5), new Layer.Sum()}) {
      NetworkGraph.Builder builder = NetworkGraph.builder(IN);
      Node conv = builder.add("conv", new Layer.Convolution(2, 3, 1), builder.input());
      Node passed = builder.add("pass", passing, conv);
      Node relu = builder.add("relu", new Layer.Relu(), passed);
      builder.add("cat", new Layer.Concatenate(), conv, relu);
      NetworkGraph graph = builder.build();
      Map<String, float[]> w = weights(graph);
      double[] conved =
          PlainLayers.convolution(
              input(), BATCH, IN, get(w, "conv.weight"), get(w, "conv.bias"), 3, 1);
      float[] answer = run(graph, w);
      int size = (int) IN.size();
      for (int i = 0; i < conved.length; i++) {
        int at = 2 * (i / size) * size + i % size;
        assertThat((double) answer[at]).isCloseTo(conved[i], within(1e-4));
        assertThat((double) answer[at + size]).isCloseTo(Math.max(conved[i], 0), within(1e-4));
      }
    }
  }

  /** What a layer gave may be changed in place only where nobody else takes it. */
  @ParameterizedTest
  @MethodSource("layersWithMemoryOfTheirOwn")
  void aSharedResultIsLeftAsItIs(Layer producer) {
    for (Layer changing : new Layer[] {new Layer.Relu(), new Layer.Dropout(0.5)}) {
      NetworkGraph.Builder builder = NetworkGraph.builder(IN);
      Node shared =
          producer instanceof Layer.Concatenate
              ? builder.add("shared", producer, builder.input(), builder.input())
              : builder.add("shared", producer, builder.input());
      Node changed = builder.add("changed", changing, shared);
      builder.add("cat", new Layer.Concatenate(), shared, changed);
      NetworkGraph graph = builder.build();
      int half = (int) shared.shape().size();
      float[] both = trained(graph, weights(graph));
      int below = 0;
      for (int i = 0; i < BATCH * half; i++) {
        int at = 2 * (i / half) * half + i % half;
        below += both[at] < 0 ? 1 : 0;
        if (changing instanceof Layer.Relu) {
          assertThat(both[at + half]).isEqualTo(Math.max(both[at], 0));
        } else {
          assertThat(both[at + half]).isIn(0f, 2 * both[at], -0f);
        }
      }
      assertThat(below).as("values that a ReLU changes").isPositive();
    }
  }

  private static Stream<Layer> layersWithMemoryOfTheirOwn() {
    return Stream.of(
        new Layer.Convolution(2, 3, 1),
        new Layer.TransposedConvolution(2, 3, 1),
        new Layer.BatchNorm(),
        new Layer.MaxPool(1), // of more, the largest is hardly ever below zero
        new Layer.Concatenate());
  }

  private float[] trained(NetworkGraph graph, Map<String, float[]> weights) {
    try (GenreNet net = GenreNet.of(graph, weights);
        PointerScope scope = new PointerScope()) {
      return floats(net.trainingLogits(net.tensor(pictures, BATCH), Precision.FP32).detach());
    }
  }

  /** Half a million values a channel, nearly constant, which a sum in 32 bits is worst at. */
  @Test
  void statisticsOfLargeBatchesAreNearThoseInDouble() {
    int n = 32;
    Shape shape = new Shape(2, 128, 128);
    NetworkGraph.Builder builder = NetworkGraph.builder(shape);
    builder.add("norm", new Layer.BatchNorm(), builder.input());
    NetworkGraph graph = builder.build();
    int area = shape.height() * shape.width();
    float[] values = new float[n * (int) shape.size()];
    double[] sum = new double[2];
    double[] squares = new double[2];
    for (int i = 0; i < values.length; i++) {
      int channel = i / area % 2;
      values[i] = (float) (0.9 * channel + 0.01 * random.nextGaussian());
      sum[channel] += values[i];
    }
    int count = n * area;
    for (int i = 0; i < values.length; i++) {
      int channel = i / area % 2;
      squares[channel] += Math.pow(values[i] - sum[channel] / count, 2);
    }
    try (GenreNet net = GenreNet.of(graph, weights(graph))) {
      net.observe(values, n, Precision.FP32, 0);
      for (int channel = 0; channel < 2; channel++) {
        double mean = sum[channel] / count;
        assertThat((double) get(net.statistics(), "norm.running_mean")[channel])
            .isCloseTo(mean, within(1e-4 + 1e-3 * mean));
        double variance = squares[channel] / (count - 1);
        assertThat((double) get(net.statistics(), "norm.running_var")[channel])
            .isCloseTo(variance, within(1e-2 * variance));
      }
    }
  }

  @Test
  void theClipsAreLeftAsTheyAre() {
    NetworkGraph graph = graphOf(new Layer.Relu());
    try (GenreNet net = GenreNet.of(graph, Map.of());
        PointerScope scope = new PointerScope()) {
      Tensor clips = net.tensor(pictures, BATCH);
      for (Precision precision : Precision.values()) {
        net.logits(clips, precision);
      }
      assertThat(floats(clips)).isEqualTo(pictures);
    }
  }
}
