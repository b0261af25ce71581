package tonearm.train;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import tonearm.model.GenreNet;

/**
 * The average of a network's weights over time, the latest counting most. At first it forgets
 * faster, so that what the weights were before they had learnt anything is soon gone.
 */
final class WeightAverage implements AutoCloseable {
  private final double keep;
  private final Tensor average;
  private long steps;

  /**
   * @param keep part of the average that is kept in a step, from 0 to less than 1
   */
  WeightAverage(GenreNet net, double keep) {
    this.keep = keep;
    try (PointerScope scope = new PointerScope();
        NoGradGuard off = new NoGradGuard()) {
      average = net.trained().clone().retainReference();
    }
  }

  /** Takes in the weights of the moment. */
  void add(GenreNet net) {
    steps++;
    double kept = Math.min(keep, (1.0 + steps) / (10 + steps));
    try (PointerScope scope = new PointerScope();
        NoGradGuard off = new NoGradGuard()) {
      average.lerp_(net.trained(), new Scalar(1 - kept));
    }
  }

  /** Puts the average into the network and keeps what was there; twice is as if nothing was. */
  void swap(GenreNet net) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard off = new NoGradGuard()) {
      Tensor before = net.trained().clone();
      net.trained().copy_(average);
      average.copy_(before);
    }
  }

  /** A copy of the average. */
  float[] values() {
    float[] values = new float[Math.toIntExact(average.numel())];
    new FloatPointer(average.data_ptr()).get(values);
    return values;
  }

  /** Goes on from a checkpoint. */
  void restore(long stepsSoFar, float[] values) {
    steps = stepsSoFar;
    new FloatPointer(average.data_ptr()).put(values);
  }

  @Override
  public void close() {
    average.close();
  }
}
