package tonearm.model;

import java.util.ArrayDeque;
import java.util.Deque;
import tonearm.model.NetworkGraph.Builder;
import tonearm.model.NetworkGraph.Node;

/**
 * The front of the network: fine-grained features by a contracting and an expanding path with skips
 * (Ronneberger, Fischer &amp; Brox 2015), in the form of the published run. A stem halves the
 * picture; each encoder stage halves it again and hands its features over to the decoder stage of
 * the same size. The paper's own has no stem and works at full size.
 */
final class UNet {
  private UNet() {}

  /**
   * Appends the U-Net to {@code graph} and returns its output: of the stem's width and half the
   * size, or without a stem of the first encoder stage's and full size.
   */
  static Node append(Builder graph, Node input, ModelConfig config) {
    Blocks blocks = new Blocks(graph, config);
    PairedPaths paper = config.pairedPaths();
    Node x = paper == null ? stem(blocks, input) : paper.channels(graph, input);

    Deque<Node> skips = new ArrayDeque<>();
    for (int n : config.encoderFilters()) {
      String stage = "encoder" + n;
      x = blocks.twoConvolutions(stage, x, n);
      x = blocks.normAndDropout(stage, x);
      skips.push(x);
      x = graph.add(stage + ".pool", new Layer.MaxPool(2), x);
    }
    if (paper == null) {
      x = blocks.convolution("bottleneck.conv", x, config.bottleneckFilters());
      x = blocks.activation("bottleneck.act", x);
    } else {
      x = blocks.twoConvolutions("bottleneck", x, config.bottleneckFilters());
    }

    for (int i = config.encoderFilters().size() - 1; i >= 0; i--) {
      int n = config.encoderFilters().get(i);
      String stage = "decoder" + n;
      x = graph.add(stage + ".up", new Layer.TransposedConvolution(n, 3, 2), x);
      x = graph.add(stage + ".concat", new Layer.Concatenate(), x, skips.pop());
      x = blocks.dropout(stage + ".drop", x);
      x = blocks.twoConvolutions(stage, x, n);
    }
    return paper == null
        ? graph.add("unet.out", new Layer.TransposedConvolution(config.stemFilters(), 3, 1), x)
        : x;
  }

  private static Node stem(Blocks blocks, Node input) {
    Node x = blocks.convolution("stem.conv", input, blocks.config().stemFilters());
    x = blocks.activation("stem.act", x);
    x = blocks.graph().add("stem.pool", new Layer.MaxPool(2), x);
    return blocks.normAndDropout("stem", x);
  }
}
