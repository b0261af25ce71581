package tonearm.model;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tonearm.model.NetworkGraph.Node;

/**
 * All layers of one kind in a network, forward and backward, each by itself on random values: what
 * they take of a training step, for kinds that a network cannot be built without. Values and
 * gradients lie in the network's memory layout. Uses all cores. Not thread-safe.
 */
public final class LayerSpeed implements AutoCloseable {
  private final List<Part> parts = new ArrayList<>();

  /** A layer, what it takes, and the gradient of what it gives. */
  private record Part(Layer layer, List<Tensor> inputs, Tensor gradient) {}

  /**
   * @param kind {@link Layer.MaxPool} or {@link Layer.Concatenate}
   * @param clips in a batch, at least 1
   * @throws IllegalArgumentException for another kind, or one that the network lacks
   */
  public LayerSpeed(
      NetworkGraph graph, Class<? extends Layer> kind, int clips, Precision precision) {
    LibTorch.load(Runtime.getRuntime().availableProcessors());
    if (kind != Layer.MaxPool.class && kind != Layer.Concatenate.class) {
      throw new IllegalArgumentException("no way to run a " + kind.getSimpleName() + " alone");
    }
    for (Node node : graph.nodes()) {
      if (kind.isInstance(node.layer())) {
        List<Tensor> inputs = new ArrayList<>();
        for (int input : node.inputs()) {
          inputs.add(random(graph.nodes().get(input).shape(), clips, precision));
        }
        parts.add(new Part(node.layer(), inputs, random(node.shape(), clips, precision)));
      }
    }
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("the network has no " + kind.getSimpleName());
    }
  }

  private static Tensor random(Shape shape, int clips, Precision precision) {
    try (PointerScope scope = new PointerScope()) {
      Tensor values = torch.rand(clips, shape.channels(), shape.height(), shape.width());
      if (precision == Precision.BF16) {
        values = values.to(ScalarType.BFloat16);
      }
      return values.contiguous(MemoryFormat.ChannelsLast).retainReference();
    }
  }

  /**
   * Runs all layers once.
   *
   * @return sum of the first value of each gradient that came back, so that none is left out
   */
  public double run() {
    double sum = 0;
    for (Part part : parts) {
      try (PointerScope scope = new PointerScope();
          TensorVector inputs = new TensorVector()) {
        for (Tensor input : part.inputs()) {
          // Shares its memory, but has no gradient yet that this one would be added to.
          inputs.push_back(input.detach().requires_grad_(true));
        }
        Tensor result =
            part.layer() instanceof Layer.MaxPool pool
                ? GraphRunner.maxPool(pool, inputs.get(0))
                : torch.cat(inputs, 1);
        result.backward(part.gradient(), new BoolOptional(), false, new TensorArrayRefOptional());
        for (long i = 0; i < inputs.size(); i++) {
          sum += inputs.get(i).mutable_grad().flatten().narrow(0, 0, 1).item_double();
        }
      }
    }
    return sum;
  }

  /** How many layers of the kind there are. */
  public int layers() {
    return parts.size();
  }

  /** Frees the values. */
  @Override
  public void close() {
    for (Part part : parts) {
      part.inputs().forEach(Tensor::close);
      part.gradient().close();
    }
  }
}
