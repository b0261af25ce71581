package tonearm.model;

import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;
import tonearm.model.NetworkGraph.Node;

/**
 * Computes a {@link NetworkGraph} layer by layer. Each intermediate result is let go as soon as no
 * later layer needs it (in training, LibTorch itself keeps what the backward pass needs). Stateless
 * but for the weights it is given, so several threads may run it.
 */
final class GraphRunner {
  /** Keras's default. */
  private static final double NORM_EPSILON = 1e-3;

  private static final long[] ONE = {1, 1};
  private static final long[] ZERO = {0, 0};

  /**
   * What sets a pass of training apart.
   *
   * @param masks what dropout draws from; null to leave every value
   * @param normUpdate part of a batch's statistics in the new running ones, in (0, 1]
   */
  record TrainingPass(@Nullable DropoutMasks masks, double normUpdate) {}

  /**
   * What a pass gives.
   *
   * @param logits {@code [n, genres]}, 32 bit
   * @param features {@code [n, channels]}, 32 bit: the mean of {@link NetworkGraph#featureMap} over
   *     height and width
   */
  record Answers(Tensor logits, Tensor features) {}

  private final NetworkGraph graph;
  private final int featureMap;
  private final Map<String, Tensor> weights;
  private final int[] lastUse;
  private final int[] uses;

  GraphRunner(NetworkGraph graph, Map<String, Tensor> weights) {
    this.graph = graph;
    this.featureMap = graph.featureMap().index();
    this.weights = weights;
    this.lastUse = new int[graph.nodes().size()];
    this.uses = new int[graph.nodes().size()];
    for (Node node : graph.nodes()) {
      for (int input : node.inputs()) {
        lastUse[input] = node.index();
        uses[input]++;
      }
    }
  }

  /**
   * @param clips {@code [n, channels, height, width]}, 32 bit; left as it is
   * @param training what a pass needs in training; null to answer
   * @return the last layer's result, 32 bit; belongs to the caller's scope
   */
  Tensor run(Tensor clips, Precision precision, @Nullable TrainingPass training) {
    return run(clips, precision, training, null);
  }

  /** As {@link #run} without training, with the pooled features of the same pass beside it. */
  Answers answers(Tensor clips, Precision precision) {
    Tensor[] features = new Tensor[1];
    Tensor logits = run(clips, precision, null, features);
    return new Answers(logits, features[0]);
  }

  private Tensor run(
      Tensor clips,
      Precision precision,
      @Nullable TrainingPass training,
      Tensor @Nullable [] features) {
    LibTorch.flushSubnormals();
    int size = graph.nodes().size();
    Tensor[] results = new Tensor[size];
    for (Node node : graph.nodes()) {
      Tensor result =
          node.inputs().isEmpty()
              ? input(clips, precision)
              : compute(node, results, precision, training);
      results[node.index()] = result;
      if (features != null && node.index() == featureMap) {
        features[0] = pooled(result);
      }
      // A layer may take one result several times, and no result may be closed twice.
      for (int input : Set.copyOf(node.inputs())) {
        if (lastUse[input] == node.index() && !isSame(results[input], result)) {
          results[input].close();
        }
      }
    }
    Tensor last = results[size - 1];
    return precision == Precision.FP32 ? last : last.to(ScalarType.Float);
  }

  /** In 32 bits, since a sum over a whole map loses more in 16 than its values do. */
  private static Tensor pooled(Tensor map) {
    long[] whole = {map.size(2), map.size(3)};
    return torch.avg_pool2d(map.to(ScalarType.Float), whole).flatten(1, -1);
  }

  @SuppressWarnings("ReferenceEquality") // an operation in place hands back the very object
  private static boolean isSame(Tensor a, Tensor b) {
    return a == b;
  }

  private static Tensor input(Tensor clips, Precision precision) {
    // Always a tensor of our own, since it is closed after its last use. Said outright, since a
    // picture of one channel is in either layout, and the first convolution would take the other.
    Tensor own = clips.clone(new MemoryFormatOptional(MemoryFormat.ChannelsLast));
    return precision == Precision.BF16 ? closing(own, own.to(ScalarType.BFloat16)) : own;
  }

  private Tensor compute(
      Node node, Tensor[] results, Precision precision, @Nullable TrainingPass training) {
    Layer layer = node.layer();
    int from = node.inputs().get(0);
    Tensor x = results[from];
    if (layer instanceof Layer.Convolution c) {
      return convolution(node, c, x, precision);
    } else if (layer instanceof Layer.TransposedConvolution c) {
      return transposedConvolution(node, c, x, precision);
    } else if (layer instanceof Layer.BatchNorm) {
      return norm(node, x, training);
    } else if (layer instanceof Layer.Relu) {
      return relu(x, mayOverwrite(from));
    } else if (layer instanceof Layer.Prelu) {
      return torch.prelu(x, weight(node, "weight", precision));
    } else if (layer instanceof Layer.KerasPrelu) {
      Tensor below = x.sub(torch.relu(x));
      return torch.relu(x).add(below.mul(weight(node, "weight", precision)));
    } else if (layer instanceof Layer.MaxPool p) {
      return maxPool(p, x);
    } else if (layer instanceof Layer.AveragePool p) {
      return torch.avg_pool2d(x, p.size(), p.size());
    } else if (layer instanceof Layer.Rescale r) {
      return x.sub(new Scalar(r.offset())).mul_(new Scalar(r.factor()));
    } else if (layer instanceof Layer.Dropout d) {
      DropoutMasks masks = training == null ? null : training.masks();
      return masks == null ? x.alias() : dropout(x, masks.next(x, d.rate()), mayOverwrite(from));
    } else if (layer instanceof Layer.Concatenate) {
      return concatenate(node, results);
    } else if (layer instanceof Layer.Sum) {
      // Of a single input too a tensor of its own: each is closed after its last use.
      Tensor sum = x.alias();
      for (int i = 1; i < node.inputs().size(); i++) {
        sum = sum.add(results[node.inputs().get(i)]);
      }
      return sum;
    } else if (layer instanceof Layer.GlobalAveragePool) {
      long[] whole = {x.size(2), x.size(3)};
      return torch.avg_pool2d(x, whole);
    } else if (layer instanceof Layer.Flatten) {
      return x.contiguous(MemoryFormat.Contiguous).flatten(1, -1);
    } else if (layer instanceof Layer.Dense) {
      Tensor flat = x.dim() == 2 ? x : x.flatten(1, -1);
      return torch.linear(
          flat, weight(node, "weight", precision), optional(weight(node, "bias", precision)));
    }
    throw new IllegalStateException("no rule for " + layer);
  }

  /**
   * Whether a result is its only user's to change: that of these layers is memory of its own, which
   * their backward pass does not read, where others may hand on the memory of what they took.
   */
  private boolean mayOverwrite(int result) {
    Layer layer = graph.nodes().get(result).layer();
    return uses[result] == 1
        && (layer instanceof Layer.Convolution
            || layer instanceof Layer.TransposedConvolution
            || layer instanceof Layer.BatchNorm
            || layer instanceof Layer.MaxPool
            || layer instanceof Layer.Concatenate);
  }

  private Tensor convolution(Node node, Layer.Convolution c, Tensor x, Precision precision) {
    long[] stride = {c.stride(), c.stride()};
    long[] padding = {c.kernel() / 2, c.kernel() / 2};
    Tensor kernel = weight(node, "weight", precision);
    TensorOptional bias = optional(weight(node, "bias", precision));
    Tensor y = torch.conv2d(x, kernel, bias, stride, padding, ONE, 1);
    // The layout of one-channel input is ambiguous, and a convolution may fall back to the other.
    return closing(y, channelsLast(y));
  }

  private Tensor transposedConvolution(
      Node node, Layer.TransposedConvolution c, Tensor x, Precision precision) {
    long[] stride = {c.stride(), c.stride()};
    long[] padding = {c.kernel() / 2, c.kernel() / 2};
    // Output exactly stride times the input, for odd kernels.
    long[] outputPadding = {c.stride() - 1, c.stride() - 1};
    Tensor kernel = weight(node, "weight", precision);
    TensorOptional bias = optional(weight(node, "bias", precision));
    Tensor y = torch.conv_transpose2d(x, kernel, bias, stride, padding, outputPadding, 1, ONE);
    return closing(y, channelsLast(y));
  }

  private Tensor norm(Node node, Tensor x, @Nullable TrainingPass training) {
    return torch.batch_norm(
        x,
        optional(weight(node, "weight", Precision.FP32)),
        optional(weight(node, "bias", Precision.FP32)),
        optional(weight(node, "running_mean", Precision.FP32)),
        optional(weight(node, "running_var", Precision.FP32)),
        training != null,
        training == null ? 0 : training.normUpdate(),
        NORM_EPSILON,
        false);
  }

  private static Tensor relu(Tensor x, boolean inPlace) {
    if (!inPlace) {
      return torch.relu(x);
    }
    torch.relu_(x);
    return x;
  }

  static Tensor maxPool(Layer.MaxPool pool, Tensor x) {
    long[] square = {pool.size(), pool.size()};
    return torch.max_pool2d(x, square, square, ZERO, ONE, false);
  }

  private static Tensor concatenate(Node node, Tensor[] results) {
    try (TensorVector parts = new TensorVector()) {
      for (int input : node.inputs()) {
        parts.push_back(results[input]);
      }
      return torch.cat(parts, 1);
    }
  }

  private static Tensor dropout(Tensor x, Tensor mask, boolean inPlace) {
    if (!inPlace) {
      return closing(mask, x.mul(mask));
    }
    x.mul_(mask);
    return closing(mask, x);
  }

  /**
   * Lets go of what a result was made from. Whatever the backward pass needs it holds itself, and
   * frees as it goes; a reference left here would keep it until the step's end, at the peak of
   * memory.
   */
  private static Tensor closing(Tensor used, Tensor result) {
    used.close();
    return result;
  }

  /** The layout in which oneDNN's convolutions need not reorder what they take and give. */
  private static Tensor channelsLast(Tensor x) {
    return x.contiguous(MemoryFormat.ChannelsLast);
  }

  private static TensorOptional optional(Tensor tensor) {
    return new TensorOptional(tensor);
  }

  private Tensor weight(Node node, String part, Precision precision) {
    Tensor weight = weights.get(node.name() + "." + part);
    if (weight == null) {
      throw new IllegalStateException("no weight " + node.name() + "." + part);
    }
    return precision == Precision.BF16 ? weight.to(ScalarType.BFloat16) : weight;
  }
}
