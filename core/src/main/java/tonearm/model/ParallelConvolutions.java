package tonearm.model;

import tonearm.model.NetworkGraph.Builder;
import tonearm.model.NetworkGraph.Node;

/**
 * The back of the network: stages of two convolutions side by side, one with an activation and one
 * without, joined along the channels; each stage halves the picture.
 */
final class ParallelConvolutions {
  private ParallelConvolutions() {}

  /** Appends the stages to {@code graph} and returns the last one's output. */
  static Node append(Builder graph, Node input, ModelConfig config) {
    Blocks blocks = new Blocks(graph, config);
    Node x = input;
    for (int n : config.parallelFilters()) {
      String stage = "parallel" + n;
      Node a = blocks.convolution(stage + ".a.conv", x, n);
      a = blocks.activation(stage + ".a.act", a);
      a = graph.add(stage + ".a.pool", new Layer.MaxPool(2), a);
      Node b = blocks.convolution(stage + ".b.conv", x, n);
      b = graph.add(stage + ".b.pool", new Layer.MaxPool(2), b);
      x = graph.add(stage + ".concat", new Layer.Concatenate(), a, b);
      x = blocks.dropout(stage + ".drop", x);
    }
    return x;
  }
}
