package tonearm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tonearm.model.GenreNet;
import tonearm.model.LibTorch;
import tonearm.model.ModelConfig;
import tonearm.model.NetworkGraph;
import tonearm.model.NetworkGraph.Weight;
import tonearm.model.NetworkGraph.WeightKind;
import tonearm.provenance.Seeds;

class AdamTest {
  private static final NetworkGraph GRAPH = ModelConfig.TINY_UNET.graph(3);
  private static final double L2 = 1e-3;
  private static final double RATE = 1e-2;

  @BeforeAll
  static void load() {
    LibTorch.load(1);
  }

  private static float[] floats(Tensor tensor) {
    float[] values = new float[(int) tensor.numel()];
    new FloatPointer(tensor.data_ptr()).get(values);
    return values;
  }

  private static void set(Tensor tensor, float[] values) {
    new FloatPointer(tensor.data_ptr()).put(values);
  }

  private static float[] gaussian(Random random, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Whether each of the flat weights belongs to a kernel. */
  private static boolean[] kernels() {
    boolean[] kernels = new boolean[(int) GRAPH.trainableParameters()];
    int at = 0;
    for (Weight weight : GRAPH.weights()) {
      if (weight.kind().isTrained()) {
        for (int i = 0; i < weight.size(); i++) {
          kernels[at++] = weight.kind() == WeightKind.KERNEL;
        }
      }
    }
    return kernels;
  }

  /**
   * LibTorch's weight decay adds {@code decay * weight} to the gradient, so {@code 2 l2} of it is
   * the penalty's gradient. Two optimisers stand for kernels and the rest, each over a copy of all
   * weights, of which only its part is looked at.
   */
  @Test
  void twentyStepsAreLibTorchsOwn() {
    boolean[] kernels = kernels();
    Random random = new Seeds(2).random("adam-test");
    try (PointerScope scope = new PointerScope();
        GenreNet net = GenreNet.create(GRAPH, new Seeds(1));
        Adam adam = new Adam(net, L2)) {
      Tensor decayed = net.trained().clone().requires_grad_(true);
      Tensor plain = net.trained().clone().requires_grad_(true);
      org.bytedeco.pytorch.Adam ofKernels = libtorch(decayed, 2 * L2);
      org.bytedeco.pytorch.Adam ofRest = libtorch(plain, 0);
      for (int step = 0; step < 20; step++) {
        float[] gradient = gaussian(random, kernels.length);
        set(net.gradients(), gradient);
        decayed.mutable_grad().put(Tensor.create(gradient));
        plain.mutable_grad().put(Tensor.create(gradient));
        double norm = adam.step(RATE);
        ofKernels.step();
        ofRest.step();
        double sum = 0;
        for (float g : gradient) {
          sum += (double) g * g;
        }
        assertThat(norm).isCloseTo(Math.sqrt(sum), within(1e-3));
      }
      float[] ours = floats(net.trained());
      float[] withDecay = floats(decayed);
      float[] without = floats(plain);
      for (int i = 0; i < ours.length; i++) {
        float expected = kernels[i] ? withDecay[i] : without[i];
        assertThat(ours[i]).as("weight " + i).isCloseTo(expected, within(1e-6f));
      }
      assertThat(floats(net.gradients())).containsOnly(0f);
      assertThat(adam.steps()).isEqualTo(20);
    }
  }

  /**
   * From the same state the same gradients move the backbone by its part of what they else would.
   */
  @Test
  void theBackboneMovesByItsPartOfTheRate() {
    try (GenreNet all = GenreNet.create(GRAPH, new Seeds(1));
        GenreNet part = GenreNet.create(GRAPH, new Seeds(1));
        Adam whole = new Adam(all, 0);
        Adam tenth = new Adam(part, 0, 0.1)) {
      float[] before = floats(all.trained());
      Random random = new Seeds(2).random("adam-test");
      float[] gradient = gaussian(random, before.length);
      set(all.gradients(), gradient);
      set(part.gradients(), gradient);
      whole.step(RATE, 0.5);
      tenth.step(RATE, 0.5);
      float[] far = floats(all.trained());
      float[] near = floats(part.trained());
      long head = GRAPH.headWeights().stream().mapToLong(Weight::size).sum();
      for (int i = 0; i < before.length; i++) {
        double expected = (far[i] - before[i]) * (i < before.length - head ? 0.1 : 1);
        assertThat((double) near[i] - before[i]).isCloseTo(expected, within(1e-6));
        assertThat(Math.abs(far[i] - before[i])).isGreaterThan(1e-3f);
      }
    }
  }

  private static org.bytedeco.pytorch.Adam libtorch(Tensor weights, double decay) {
    // Its betas are 0.9 and 0.999 unless set, and best left: a C++ tuple has no fixed order.
    AdamOptions options = new AdamOptions(RATE);
    options.eps().put(1e-7);
    options.weight_decay().put(decay);
    return new org.bytedeco.pytorch.Adam(new TensorVector(weights), options);
  }

  /** As Keras defines it: {@code l2 * sum(square(kernel))}, over kernels alone. */
  @Test
  void thePenaltyIsThatOfKeras() {
    try (GenreNet net = GenreNet.create(GRAPH, new Seeds(1));
        Adam adam = new Adam(net, L2)) {
      Map<String, float[]> values = new LinkedHashMap<>(net.values());
      for (Weight weight : GRAPH.weights()) {
        if (weight.kind() != WeightKind.KERNEL) {
          java.util.Arrays.fill(Objects.requireNonNull(values.get(weight.name())), 100f);
        }
      }
      net.load(values);
      double sum = 0;
      for (Weight weight : GRAPH.weights()) {
        if (weight.kind() == WeightKind.KERNEL) {
          for (float value : Objects.requireNonNull(values.get(weight.name()))) {
            sum += (double) value * value;
          }
        }
      }
      assertThat(adam.penalty()).isCloseTo(L2 * sum, within(1e-6 * sum));
    }
  }

  /** The slope of the penalty is what enters the first moment: {@code 0.1 * 2 l2 kernel}. */
  @Test
  void thePenaltysGradientIsTwiceTheKernel() {
    boolean[] kernels = kernels();
    try (GenreNet net = GenreNet.create(GRAPH, new Seeds(1));
        Adam adam = new Adam(net, L2)) {
      float[] before = floats(net.trained());
      adam.step(RATE);
      float[] first = adam.first();
      for (int i = 0; i < first.length; i++) {
        double expected = kernels[i] ? 0.1 * 2 * L2 * before[i] : 0;
        assertThat((double) first[i]).isCloseTo(expected, within(1e-9));
      }
    }
  }
}
