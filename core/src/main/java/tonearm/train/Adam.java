package tonearm.train;

import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import tonearm.model.GenreNet;
import tonearm.model.NetworkGraph;
import tonearm.model.NetworkGraph.Weight;
import tonearm.model.NetworkGraph.WeightKind;

/**
 * Adam (Kingma &amp; Ba 2015) with Keras's constants, over the flat weights of a network: a few
 * long vector operations a step, and two plain arrays of state that a checkpoint can hold.
 *
 * <p>The L2 penalty {@code l2 * sum(kernel^2)} enters as its gradient, {@code 2 l2 kernel}, which
 * is the same as adding it to the loss and spares the backward pass.
 */
final class Adam implements AutoCloseable {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-7;

  private final GenreNet net;
  private final double l2;
  private final Tensor first;
  private final Tensor second;
  private final Tensor kernels;

  /** Part of the learning rate that each weight moves by; null where all move by the whole. */
  private final @Nullable Tensor rates;

  private long step;

  Adam(GenreNet net, double l2) {
    this(net, l2, 1);
  }

  /**
   * @param backboneRate part of the learning rate that all weights but the head's move by, 0 to 1
   */
  Adam(GenreNet net, double l2, double backboneRate) {
    this.net = net;
    this.l2 = l2;
    try (PointerScope scope = new PointerScope()) {
      long size = net.graph().trainableParameters();
      first = torch.zeros(size).retainReference();
      second = torch.zeros(size).retainReference();
      kernels = kernelMask(net.graph()).retainReference();
      rates = backboneRate == 1 ? null : rates(net.graph(), backboneRate).retainReference();
    }
  }

  private static Tensor rates(NetworkGraph graph, double backboneRate) {
    Tensor rates = torch.full(new long[] {graph.trainableParameters()}, new Scalar(backboneRate));
    Set<String> head = graph.headWeights().stream().map(Weight::name).collect(Collectors.toSet());
    long at = 0;
    for (Weight weight : graph.weights()) {
      if (head.contains(weight.name())) {
        rates.narrow(0, at, weight.size()).fill_(new Scalar(1f));
      }
      at += weight.kind().isTrained() ? weight.size() : 0;
    }
    return rates;
  }

  private static Tensor kernelMask(NetworkGraph graph) {
    Tensor mask = torch.zeros(graph.trainableParameters());
    long at = 0;
    for (Weight weight : graph.weights()) {
      if (weight.kind() == WeightKind.KERNEL) {
        mask.narrow(0, at, weight.size()).fill_(new Scalar(1f));
      }
      at += weight.kind().isTrained() ? weight.size() : 0;
    }
    return mask;
  }

  /** The penalty on the weights as they are: {@code l2 * sum(kernel^2)}. */
  double penalty() {
    try (PointerScope scope = new PointerScope();
        NoGradGuard off = new NoGradGuard()) {
      return l2 * net.trained().mul(kernels).square().sum().item_double();
    }
  }

  /**
   * Moves the weights by the gradients gathered; clears these; returns their norm without penalty.
   */
  double step(double learningRate) {
    return step(learningRate, 0);
  }

  /**
   * As {@link #step(double)}, with kernels that shrink by {@code learningRate * weightDecay} of
   * themselves beside what the gradients ask for (AdamW, Loshchilov &amp; Hutter 2019).
   */
  double step(double learningRate, double weightDecay) {
    step++;
    try (PointerScope scope = new PointerScope();
        NoGradGuard off = new NoGradGuard()) {
      Tensor gradients = net.gradients();
      double norm = gradients.norm().item_double();
      if (l2 > 0) {
        gradients.addcmul_(net.trained(), kernels, new Scalar(2 * l2));
      }
      if (weightDecay > 0) {
        Tensor decaying = rates == null ? kernels : kernels.mul(rates);
        net.trained().addcmul_(net.trained(), decaying, new Scalar(-learningRate * weightDecay));
      }
      first.lerp_(gradients, new Scalar(1 - BETA1));
      second.mul_(new Scalar(BETA2)).addcmul_(gradients, gradients, new Scalar(1 - BETA2));
      double correction1 = 1 - Math.pow(BETA1, (double) step);
      double correction2 = 1 - Math.pow(BETA2, (double) step);
      Tensor scale = second.div(new Scalar(correction2)).sqrt_().add_(new Scalar(EPSILON));
      Tensor move = rates == null ? first : first.mul(rates);
      net.trained().addcdiv_(move, scale, new Scalar(-learningRate / correction1));
      gradients.zero_();
      return norm;
    }
  }

  /** Steps taken so far. */
  long steps() {
    return step;
  }

  /** A copy of the running mean of the gradients. */
  float[] first() {
    return copy(first);
  }

  /** A copy of the running mean of their squares. */
  float[] second() {
    return copy(second);
  }

  /** Goes on from a checkpoint. */
  void restore(long steps, float[] firstMoments, float[] secondMoments) {
    step = steps;
    new FloatPointer(first.data_ptr()).put(firstMoments);
    new FloatPointer(second.data_ptr()).put(secondMoments);
  }

  private static float[] copy(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.numel())];
    new FloatPointer(tensor.data_ptr()).get(values);
    return values;
  }

  @Override
  public void close() {
    first.close();
    second.close();
    kernels.close();
    if (rates != null) {
      rates.close();
    }
  }
}
