package tonearm.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import tonearm.model.GenreNet;
import tonearm.model.NetworkGraph;
import tonearm.model.Safetensors;
import tonearm.model.Safetensors.Array;

/**
 * Everything needed to go on after an epoch as if nothing had happened: weights, the optimiser's
 * state and the epoch. Random sequences need no state, for each is derived from the seed and the
 * epoch anew. One file, moved into place, so that a kill at any moment leaves the last one or the
 * next one whole.
 */
final class Checkpoint {
  private static final String FILE = "checkpoint/last.safetensors";
  private static final String FIRST = "optimiser.first";
  private static final String SECOND = "optimiser.second";
  private static final String EPOCH = "epoch";
  private static final String STEPS = "steps";

  private Checkpoint() {}

  /** Where a run keeps its checkpoint. */
  static Path file(Path run) {
    return run.resolve(FILE);
  }

  /** Whether there is one. */
  static boolean exists(Path run) {
    return Files.isRegularFile(file(run));
  }

  static void write(Path run, GenreNet net, Adam adam, int epoch) throws IOException {
    Map<String, Array> arrays = new LinkedHashMap<>();
    Map<String, float[]> values = net.values();
    for (NetworkGraph.Weight weight : net.graph().weights()) {
      arrays.put(
          weight.name(),
          new Array(weight.shape(), Objects.requireNonNull(values.get(weight.name()))));
    }
    arrays.put(FIRST, vector(adam.first()));
    arrays.put(SECOND, vector(adam.second()));
    Map<String, String> metadata =
        Map.of(EPOCH, Integer.toString(epoch), STEPS, Long.toString(adam.steps()));
    new Safetensors(arrays, metadata).write(file(run));
  }

  private static Array vector(float[] values) {
    return new Array(new long[] {values.length}, values);
  }

  /**
   * Restores weights and optimiser.
   *
   * @return the epoch after which it was written
   * @throws IOException if it is damaged or belongs to another network
   */
  static int read(Path run, GenreNet net, Adam adam) throws IOException {
    Safetensors stored = Safetensors.read(file(run));
    Map<String, float[]> values = new LinkedHashMap<>();
    stored.arrays().forEach((name, array) -> values.put(name, array.values()));
    try {
      float[] first = take(values, FIRST, net.graph());
      float[] second = take(values, SECOND, net.graph());
      net.load(values);
      adam.restore(Long.parseLong(stored.metadata().getOrDefault(STEPS, "")), first, second);
      return Integer.parseInt(stored.metadata().getOrDefault(EPOCH, ""));
    } catch (IllegalArgumentException e) {
      throw new IOException(file(run) + " does not fit this run: " + e.getMessage(), e);
    }
  }

  private static float[] take(Map<String, float[]> values, String name, NetworkGraph graph) {
    float[] array = values.remove(name);
    if (array == null || array.length != graph.trainableParameters()) {
      throw new IllegalArgumentException("the optimiser's state is missing or of another size");
    }
    return array;
  }
}
