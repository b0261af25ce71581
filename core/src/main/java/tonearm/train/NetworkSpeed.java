package tonearm.train;

import java.util.Collections;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import tonearm.dataset.ClipStream.Batch;
import tonearm.model.GenreNet;
import tonearm.model.LibTorch;
import tonearm.model.ModelConfig;
import tonearm.model.Precision;
import tonearm.provenance.Seeds;

/**
 * A network at work on one batch of random pictures, for a clock to be held to: the steps of a
 * training and the answers of a trained network, without any dataset. Uses all cores. Not
 * thread-safe.
 */
public final class NetworkSpeed implements AutoCloseable {
  private static final long SEED = 1;
  private static final double LEARNING_RATE = 1e-3;
  private static final double L2 = 1e-3;

  private final GenreNet net;
  private final Adam adam;
  private final Batch batch;
  private final Precision precision;

  /**
   * @param genres outputs of the network, at least 2
   * @param batchSize clips a step, at least 1
   */
  public NetworkSpeed(ModelConfig model, int genres, int batchSize, Precision precision) {
    LibTorch.load(Runtime.getRuntime().availableProcessors());
    this.precision = precision;
    Seeds seeds = new Seeds(SEED);
    net = GenreNet.create(model.graph(genres), seeds);
    net.seedDropout(seeds.derive("dropout", 1));
    adam = new Adam(net, L2);
    batch = pictures(net, genres, batchSize, seeds.random("pictures"));
  }

  private static Batch pictures(GenreNet net, int genres, int batchSize, Random random) {
    float[] pictures = new float[Math.toIntExact(batchSize * net.graph().inputShape().size())];
    for (int i = 0; i < pictures.length; i++) {
      pictures[i] = random.nextFloat();
    }
    int[] labels = new int[batchSize];
    for (int i = 0; i < batchSize; i++) {
      labels[i] = i % genres;
    }
    return new Batch(
        pictures, labels, Collections.nCopies(batchSize, "random"), new int[batchSize]);
  }

  /**
   * A whole training step: forward, backward, Adam with the L2 penalty.
   *
   * @return the batch's mean cross-entropy before the step, nats
   */
  public double train() {
    Tally tally = TrainingStep.gather(net, batch, precision);
    adam.step(LEARNING_RATE);
    return tally.meanLoss();
  }

  /** The first part of a training step: forward, with what backward will need. */
  public void forward() {
    try (PointerScope scope = new PointerScope()) {
      net.trainingLogits(net.tensor(batch.pictures(), batch.size()), precision).sum().item_double();
    }
  }

  /**
   * A training step without its update: forward and backward.
   *
   * @return as {@link #train}
   */
  public double forwardAndBackward() {
    return TrainingStep.gather(net, batch, precision).meanLoss();
  }

  /**
   * Answers the batch, as a classifier does.
   *
   * @return {@code [batchSize][genres]} probabilities
   */
  public float[][] answer() {
    return net.probabilities(batch.pictures(), batch.size(), precision);
  }

  /** Clips in the batch. */
  public int clips() {
    return batch.size();
  }

  /** Floating-point operations of one clip's answer; see {@code NetworkGraph#flopsPerClip}. */
  public long flopsPerClip() {
    return net.graph().flopsPerClip();
  }

  /** Frees the network. */
  @Override
  public void close() {
    adam.close();
    net.close();
  }
}
