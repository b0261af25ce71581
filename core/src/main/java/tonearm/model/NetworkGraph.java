package tonearm.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network as a graph of {@link Layer}s in an order in which it can be computed: what {@link
 * GenreNet} runs, what is counted by {@code tonearm models} and what figures are drawn from.
 * Immutable.
 */
public final class NetworkGraph {
  /**
   * A layer in its place.
   *
   * @param index position in the order of computation, from 0
   * @param name unique, dotted by block, such as {@code encoder32.conv1}
   * @param inputs indices of the nodes it takes, each smaller than {@code index}
   * @param shape what comes out
   */
  public record Node(int index, String name, Layer layer, List<Integer> inputs, Shape shape) {}

  /**
   * One array of weights.
   *
   * @param shape its axes, as in PyTorch
   * @param kind whether it is trained, and how
   */
  public record Weight(String name, long[] shape, WeightKind kind) {
    /** Number of values. */
    public long size() {
      long size = 1;
      for (long axis : shape) {
        size *= axis;
      }
      return size;
    }
  }

  /**
   * What a weight is to training: only kernels carry the L2 penalty, statistics are not trained.
   */
  public enum WeightKind {
    KERNEL,
    BIAS,
    NORM_SCALE,
    NORM_OFFSET,
    SLOPE,
    PLACE_SLOPE,
    RUNNING_MEAN,
    RUNNING_VARIANCE;

    /** Whether gradient descent moves it. */
    public boolean isTrained() {
      return this != RUNNING_MEAN && this != RUNNING_VARIANCE;
    }
  }

  private final List<Node> nodes;

  private NetworkGraph(List<Node> nodes) {
    this.nodes = List.copyOf(nodes);
  }

  /** All layers in order of computation; the last is the output. */
  public List<Node> nodes() {
    return nodes;
  }

  /** The shape of one clip. */
  public Shape inputShape() {
    return nodes.get(0).shape();
  }

  /** The last layer's shape: one logit a genre. */
  public Shape outputShape() {
    return nodes.get(nodes.size() - 1).shape();
  }

  /** Every weight, by name {@code node.weight}, in order of computation. */
  public List<Weight> weights() {
    List<Weight> weights = new ArrayList<>();
    for (Node node : nodes) {
      weights.addAll(weightsOf(node));
    }
    return Collections.unmodifiableList(weights);
  }

  /** The weights of one node. */
  public List<Weight> weightsOf(Node node) {
    if (node.inputs().isEmpty()) {
      return List.of();
    }
    Shape in = nodes.get(node.inputs().get(0)).shape();
    int channels = in.channels();
    String name = node.name();
    Layer layer = node.layer();
    if (layer instanceof Layer.Convolution c) {
      return kernelAndBias(name, c.filters(), c.filters(), channels, c.kernel(), c.kernel());
    } else if (layer instanceof Layer.TransposedConvolution c) {
      return kernelAndBias(name, c.filters(), channels, c.filters(), c.kernel(), c.kernel());
    } else if (layer instanceof Layer.Dense d) {
      return kernelAndBias(name, d.units(), d.units(), in.size());
    } else if (layer instanceof Layer.BatchNorm) {
      return List.of(
          vector(name + ".weight", channels, WeightKind.NORM_SCALE),
          vector(name + ".bias", channels, WeightKind.NORM_OFFSET),
          vector(name + ".running_mean", channels, WeightKind.RUNNING_MEAN),
          vector(name + ".running_var", channels, WeightKind.RUNNING_VARIANCE));
    } else if (layer instanceof Layer.Prelu) {
      return List.of(vector(name + ".weight", channels, WeightKind.SLOPE));
    } else if (layer instanceof Layer.KerasPrelu) {
      long[] places = {channels, in.height(), in.width()};
      return List.of(new Weight(name + ".weight", places, WeightKind.PLACE_SLOPE));
    }
    return List.of();
  }

  private static List<Weight> kernelAndBias(String name, int outputs, long... kernel) {
    return List.of(
        new Weight(name + ".weight", kernel, WeightKind.KERNEL),
        vector(name + ".bias", outputs, WeightKind.BIAS));
  }

  private static Weight vector(String name, int length, WeightKind kind) {
    return new Weight(name, new long[] {length}, kind);
  }

  /**
   * Number of all values, trained and running statistics together: what Keras calls total
   * parameters.
   */
  public long parameters() {
    return weights().stream().mapToLong(Weight::size).sum();
  }

  /** Number of trained values. */
  public long trainableParameters() {
    return weights().stream().filter(w -> w.kind().isTrained()).mapToLong(Weight::size).sum();
  }

  /**
   * Floating-point operations of one clip's answer, a multiply and an add counted as two,
   * convolutions and dense layers only (the rest is below a hundredth). A training step costs about
   * three times this.
   */
  public long flopsPerClip() {
    long flops = 0;
    for (Node node : nodes) {
      if (node.inputs().isEmpty()) {
        continue;
      }
      Shape in = nodes.get(node.inputs().get(0)).shape();
      Shape out = node.shape();
      if (node.layer() instanceof Layer.Convolution c) {
        flops += 2 * out.size() * in.channels() * c.kernel() * c.kernel();
      } else if (node.layer() instanceof Layer.TransposedConvolution c) {
        flops += 2 * in.size() * c.filters() * c.kernel() * c.kernel();
      } else if (node.layer() instanceof Layer.Dense d) {
        flops += 2 * in.size() * d.units();
      }
    }
    return flops;
  }

  /**
   * The last layer that is still a map of features: what the head (flattening, pooling over the
   * whole map, dense layers) makes its answer from.
   */
  public Node featureMap() {
    Node node = nodes.get(nodes.size() - 1);
    while (node.layer() instanceof Layer.Dense
        || node.layer() instanceof Layer.Flatten
        || node.layer() instanceof Layer.GlobalAveragePool
        || (node.layer() instanceof Layer.Dropout && isFlat(node.shape()))) {
      node = nodes.get(node.inputs().get(0));
    }
    return node;
  }

  /**
   * The weights of the last layer, the only ones that depend on the genres: the head. All others
   * are the backbone.
   */
  public List<Weight> headWeights() {
    return weightsOf(nodes.get(nodes.size() - 1));
  }

  private static boolean isFlat(Shape shape) {
    return shape.height() == 1 && shape.width() == 1;
  }

  /** Starts a graph. */
  public static Builder builder(Shape input) {
    return new Builder(input);
  }

  /** Adds layers one after another; shapes are checked as they come. */
  public static final class Builder {
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final Node input;

    private Builder(Shape input) {
      this.input = add("input", new Layer.Input(input));
    }

    /** The clip. */
    public Node input() {
      return input;
    }

    /**
     * Adds a layer.
     *
     * @param name unique in the graph
     * @throws IllegalArgumentException if the name is taken, the shapes do not fit, or an input is
     *     not of this graph
     */
    public Node add(String name, Layer layer, Node... inputs) {
      List<Shape> shapes = new ArrayList<>();
      List<Integer> indices = new ArrayList<>();
      for (Node in : inputs) {
        if (!in.equals(nodes.get(in.name()))) {
          throw new IllegalArgumentException(
              name + ": its input " + in.name() + " is no layer of this graph");
        }
        shapes.add(in.shape());
        indices.add(in.index());
      }
      Shape shape;
      try {
        shape = layer.outputShape(shapes);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
      }
      Node node = new Node(nodes.size(), name, layer, List.copyOf(indices), shape);
      if (nodes.putIfAbsent(name, node) != null) {
        throw new IllegalArgumentException("two layers are called " + name);
      }
      return node;
    }

    /** The finished graph; the layer added last is its output. */
    public NetworkGraph build() {
      return new NetworkGraph(new ArrayList<>(nodes.values()));
    }
  }
}
