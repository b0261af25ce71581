package tonearm.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayDeque;
import java.util.Deque;
import tonearm.features.PictureConfig;
import tonearm.model.NetworkGraph.Builder;
import tonearm.model.NetworkGraph.Node;

/**
 * What sets {@code tonearm-base} apart from the published run's network, whose family it is of: a
 * U-Net's fine-grained features feed stages of parallel convolutions. Here a picture need not be
 * square; the stem strides instead of pooling; batch norm stands before every activation and
 * dropout only before the answer; the two branches of a stage end in the largest and in the mean
 * value; and the last map is averaged instead of flattened, so that nothing can be learnt by place
 * and time.
 *
 * @param picture of a clip; its height is the {@link ModelConfig}'s {@code inputSize}
 * @param stemConvolutions how many convolutions of stride 2 come before the U-Net, 1 to 4
 */
public record PooledDesign(
    @JsonProperty(required = true) PictureConfig picture,
    @JsonProperty(required = true) int stemConvolutions) {
  private static final int MAX_STEM = 4;

  public PooledDesign {
    if (stemConvolutions < 1 || stemConvolutions > MAX_STEM) {
      throw new IllegalArgumentException(
          "stemConvolutions must be from 1 to " + MAX_STEM + ", not " + stemConvolutions);
    }
  }

  void requireFits(int inputSize, int encoderStages, int stages) {
    int step = 1 << (stemConvolutions + encoderStages);
    if (picture.height() != inputSize) {
      throw new IllegalArgumentException(
          "inputSize must be the picture's height, " + picture.height() + ", not " + inputSize);
    }
    int halvings = stemConvolutions + stages;
    for (int side : new int[] {picture.height(), picture.width()}) {
      if (side % step != 0 || side >> halvings < 1) {
        throw new IllegalArgumentException(
            "a picture's sides must be multiples of %d that can be halved %d times, not %d"
                .formatted(step, halvings, side));
      }
    }
  }

  NetworkGraph graph(ModelConfig config, int genres) {
    Builder graph = NetworkGraph.builder(new Shape(1, picture.height(), picture.width()));
    Blocks blocks = new Blocks(graph, config);
    Node x =
        graph.add(
            "input.rescale", new Layer.Rescale(0.5, 2 * PictureConfig.DEVIATIONS), graph.input());
    for (int i = 1; i <= stemConvolutions; i++) {
      x = graph.add("stem.conv" + i, new Layer.Convolution(config.stemFilters(), 3, 2), x);
      x = blocks.normAndActivation("stem." + i, x);
    }
    x = uNet(blocks, x);
    x = parallelConvolutions(blocks, x);
    x = graph.add("head.pool", new Layer.GlobalAveragePool(), x);
    x = graph.add("head.flatten", new Layer.Flatten(), x);
    x = blocks.dropout("head.drop", x);
    graph.add("head.dense", new Layer.Dense(genres), x);
    return graph.build();
  }

  private static Node uNet(Blocks blocks, Node input) {
    Builder graph = blocks.graph();
    ModelConfig config = blocks.config();
    Node x = input;
    Deque<Node> skips = new ArrayDeque<>();
    for (int n : config.encoderFilters()) {
      String stage = "encoder" + n;
      x = twoConvolutions(blocks, stage, x, n);
      skips.push(x);
      x = graph.add(stage + ".pool", new Layer.MaxPool(2), x);
    }
    x = twoConvolutions(blocks, "bottleneck", x, config.bottleneckFilters());
    for (int i = config.encoderFilters().size() - 1; i >= 0; i--) {
      int n = config.encoderFilters().get(i);
      String stage = "decoder" + n;
      x = graph.add(stage + ".up", new Layer.TransposedConvolution(n, 3, 2), x);
      x = graph.add(stage + ".concat", new Layer.Concatenate(), x, skips.pop());
      x = blocks.convolution(stage + ".conv", x, n);
      x = blocks.normAndActivation(stage, x);
    }
    return x;
  }

  private static Node twoConvolutions(Blocks blocks, String stage, Node input, int filters) {
    Node x = blocks.convolution(stage + ".conv1", input, filters);
    x = blocks.normAndActivation(stage + ".1", x);
    x = blocks.convolution(stage + ".conv2", x, filters);
    return blocks.normAndActivation(stage + ".2", x);
  }

  private static Node parallelConvolutions(Blocks blocks, Node input) {
    Builder graph = blocks.graph();
    Node x = input;
    for (int n : blocks.config().parallelFilters()) {
      String stage = "parallel" + n;
      Node a = blocks.convolution(stage + ".a.conv", x, n);
      a = blocks.normAndActivation(stage + ".a", a);
      a = graph.add(stage + ".a.pool", new Layer.MaxPool(2), a);
      Node b = blocks.convolution(stage + ".b.conv", x, n);
      b = blocks.normAndActivation(stage + ".b", b);
      b = graph.add(stage + ".b.pool", new Layer.AveragePool(2), b);
      x = graph.add(stage + ".concat", new Layer.Concatenate(), a, b);
    }
    return x;
  }
}
