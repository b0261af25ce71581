package tonearm.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tonearm.bench.Measurement.Table;
import tonearm.model.ConvolutionSpeed;
import tonearm.model.ModelConfig;
import tonearm.model.Precision;
import tonearm.train.NetworkSpeed;

/** How many clips a second a network learns from and answers. */
final class NetworkBench {
  static final int GENRES = 10;

  /** The floor is that of a good batch, whatever the network's. */
  static final int FLOOR_BATCH = 32;

  /** Forward, and twice that backward: for the weights and for what came before. */
  static final int TRAINING_PASSES = 3;

  /** So many in a row, since one alone is short for a clock. */
  private static final int CONVOLUTIONS = 10;

  private NetworkBench() {}

  /**
   * Speed of the network, and of one convolution measured in turn with it.
   *
   * @param benchmark which network, at which batch size and precision, and whether it learns
   */
  static List<Measurement> measure(Stopwatch stopwatch, Benchmark benchmark)
      throws IOException, InterruptedException {
    boolean training = benchmark.isTraining();
    Precision precision = benchmark.precision();
    ModelConfig model = benchmark.network();
    int batch = benchmark.batchSize();
    try (NetworkSpeed network = new NetworkSpeed(model, GENRES, batch, precision);
        ConvolutionSpeed convolution = new ConvolutionSpeed(FLOOR_BATCH, precision)) {
      double[][] speeds =
          stopwatch.speeds(
              List.of(
                  () -> training ? trained(network) : network.answer().length,
                  () -> convolved(convolution)));
      String name =
          "%s %s, batch %d, %s"
              .formatted(
                  training ? "train" : "answer", model.architecture(), batch, precision.label());
      double flops = (double) network.flopsPerClip() * (training ? TRAINING_PASSES : 1);
      double[] reached = Stopwatch.times(speeds[0], flops / 1e9);
      List<Measurement> found = new ArrayList<>();
      found.add(Measurement.of(Table.NETWORK, name, "clips / s", speeds[0]));
      found.add(Measurement.of(Table.NETWORK, name, "GFLOP / s", reached));
      found.add(
          Measurement.of(
              Table.NETWORK,
              "floor: one 3x3 convolution, " + precision.label(),
              "GFLOP / s",
              speeds[1]));
      found.add(
          Measurement.of(
              Table.NETWORK,
              name + ": share of the floor",
              "%",
              Stopwatch.times(Stopwatch.ratios(reached, speeds[1]), 100)));
      return found;
    }
  }

  /** The default model's network and the published run's, in turn: how they answer and learn. */
  static List<Measurement> compare(Stopwatch stopwatch, Benchmark benchmark)
      throws IOException, InterruptedException {
    Precision precision = benchmark.precision();
    int batch = benchmark.batchSize();
    List<ModelConfig> models = List.of(ModelConfig.TONEARM_BASE, ModelConfig.REFERENCE_UNET);
    try (NetworkSpeed base = new NetworkSpeed(models.get(0), GENRES, batch, precision);
        NetworkSpeed reference = new NetworkSpeed(models.get(1), GENRES, batch, precision)) {
      double[][] speeds =
          stopwatch.speeds(
              List.of(
                  () -> base.answer().length,
                  () -> reference.answer().length,
                  () -> trained(base),
                  () -> trained(reference)));
      List<Measurement> found = new ArrayList<>();
      for (int way = 0; way < 2; way++) {
        String does = way == 0 ? "answer" : "train";
        for (int i = 0; i < 2; i++) {
          String name =
              "%s %s beside, batch %d, %s"
                  .formatted(does, models.get(i).architecture(), batch, precision.label());
          found.add(Measurement.of(Table.NETWORK, name, "clips / s", speeds[2 * way + i]));
        }
        found.add(
            Measurement.of(
                Table.NETWORK,
                "%s by %s, %s: %s"
                    .formatted(
                        models.get(0).architecture(),
                        models.get(1).architecture(),
                        precision.label(),
                        does),
                "ratio",
                Stopwatch.ratios(speeds[2 * way], speeds[2 * way + 1])));
      }
      return found;
    }
  }

  static double trained(NetworkSpeed network) throws IOException {
    if (!Double.isFinite(network.train())) {
      throw new IOException("the loss is no longer finite");
    }
    return network.clips();
  }

  static double convolved(ConvolutionSpeed convolution) {
    for (int i = 0; i < CONVOLUTIONS; i++) {
      convolution.run();
    }
    return CONVOLUTIONS * (double) convolution.flops() / 1e9;
  }
}
