package tonearm.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tonearm.bench.Measurement.Table;
import tonearm.model.ConvolutionSpeed;
import tonearm.model.Layer;
import tonearm.model.LayerSpeed;
import tonearm.model.ModelConfig;
import tonearm.model.NetworkGraph;
import tonearm.model.Precision;
import tonearm.train.NetworkSpeed;

/**
 * What a training step spends its time on: its parts one after another, the same step without an
 * ingredient, its pools and concatenations by themselves, and what its convolutions would take at
 * the speed of one alone.
 */
final class StepBench {
  /** How many things are measured in turn. */
  static final int PARTS = 8;

  private StepBench() {}

  /** Measures a step of the benchmark's network, in ms. */
  static List<Measurement> measure(Stopwatch stopwatch, Benchmark benchmark)
      throws IOException, InterruptedException {
    return measure(stopwatch, benchmark.network(), benchmark.batchSize(), benchmark.precision());
  }

  static List<Measurement> measure(
      Stopwatch stopwatch, ModelConfig model, int batch, Precision precision)
      throws IOException, InterruptedException {
    ModelConfig undropped = model.with(model.activation(), model.batchNorm(), 0);
    ModelConfig unnormed = model.with(model.activation(), false, model.dropout());
    NetworkGraph graph = model.graph(NetworkBench.GENRES);
    try (NetworkSpeed whole = network(model, batch, precision);
        NetworkSpeed noDropout = network(undropped, batch, precision);
        NetworkSpeed noNorm = network(unnormed, batch, precision);
        LayerSpeed pools = new LayerSpeed(graph, Layer.MaxPool.class, batch, precision);
        LayerSpeed joins = new LayerSpeed(graph, Layer.Concatenate.class, batch, precision);
        ConvolutionSpeed convolution = new ConvolutionSpeed(NetworkBench.FLOOR_BATCH, precision)) {
      List<Stopwatch.Work> works =
          List.of(
              () -> step(whole),
              () -> {
                whole.forward();
                return 1;
              },
              () -> finite(whole.forwardAndBackward()),
              () -> step(noDropout),
              () -> step(noNorm),
              () -> alone(pools),
              () -> alone(joins),
              () -> NetworkBench.convolved(convolution));
      double[][] speeds = stopwatch.speeds(works);
      double gflop = 1e-9 * whole.flopsPerClip() * NetworkBench.TRAINING_PASSES * whole.clips();
      String what = "%s, batch %d, %s: ".formatted(model.architecture(), batch, precision.label());
      String[] names = {
        "a training step",
        "forward alone",
        "forward and backward, no update",
        "a step without dropout",
        "a step without batch norm",
        "its max-pools alone, forward and backward",
        "its concatenations alone, forward and backward",
        "its convolutions at the floor's speed"
      };
      List<Measurement> found = new ArrayList<>();
      for (int i = 0; i < names.length; i++) {
        double amount = i == PARTS - 1 ? gflop : 1;
        double[] times = new double[speeds[i].length];
        for (int run = 0; run < times.length; run++) {
          times[run] = 1000 * amount / speeds[i][run];
        }
        found.add(Measurement.of(Table.NETWORK, what + names[i], "ms", times));
      }
      return found;
    }
  }

  private static NetworkSpeed network(ModelConfig model, int batch, Precision precision) {
    return new NetworkSpeed(model, NetworkBench.GENRES, batch, precision);
  }

  private static double step(NetworkSpeed network) throws IOException {
    return NetworkBench.trained(network) / network.clips();
  }

  private static double alone(LayerSpeed layers) {
    layers.run();
    return 1;
  }

  /** One step, if the loss is a number. */
  private static double finite(double loss) throws IOException {
    if (!Double.isFinite(loss)) {
      throw new IOException("the loss is no longer finite");
    }
    return 1;
  }
}
