package tonearm.model;

import tonearm.model.NetworkGraph.Builder;
import tonearm.model.NetworkGraph.Node;

/** The few groups of layers that both halves of the network are made of. */
record Blocks(Builder graph, ModelConfig config) {
  Node convolution(String name, Node input, int filters) {
    return graph.add(name, new Layer.Convolution(filters, 3, 1), input);
  }

  Node activation(String name, Node input) {
    Layer layer =
        switch (config.activation()) {
          case RELU -> new Layer.Relu();
          case PRELU -> new Layer.Prelu();
          case KERAS_PRELU -> new Layer.KerasPrelu();
        };
    return graph.add(name, layer, input);
  }

  Node twoConvolutions(String stage, Node input, int filters) {
    Node x = convolution(stage + ".conv1", input, filters);
    x = activation(stage + ".act1", x);
    x = convolution(stage + ".conv2", x, filters);
    return activation(stage + ".act2", x);
  }

  Node normAndActivation(String stage, Node input) {
    Node x = input;
    if (config.batchNorm()) {
      x = graph.add(stage + ".norm", new Layer.BatchNorm(), x);
    }
    return activation(stage + ".act", x);
  }

  Node normAndDropout(String stage, Node input) {
    Node x = input;
    if (config.batchNorm()) {
      x = graph.add(stage + ".norm", new Layer.BatchNorm(), x);
    }
    return dropout(stage + ".drop", x);
  }

  /** Nothing is added for a rate of 0, so that graphs show only what happens. */
  Node dropout(String name, Node input) {
    return config.dropout() == 0
        ? input
        : graph.add(name, new Layer.Dropout(config.dropout()), input);
  }
}
