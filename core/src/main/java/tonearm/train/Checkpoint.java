package tonearm.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
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
  private static final String AVERAGE = "optimiser.average";
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

  /**
   * Replaces the checkpoint.
   *
   * @param epoch the one just done, from 1
   */
  static void write(Path run, GenreNet net, Adam adam, @Nullable WeightAverage average, int epoch)
      throws IOException {
    Map<String, Array> arrays = new LinkedHashMap<>();
    Map<String, float[]> values = net.values();
    for (NetworkGraph.Weight weight : net.graph().weights()) {
      arrays.put(
          weight.name(),
          new Array(weight.shape(), Objects.requireNonNull(values.get(weight.name()))));
    }
    arrays.put(FIRST, vector(adam.first()));
    arrays.put(SECOND, vector(adam.second()));
    if (average != null) {
      arrays.put(AVERAGE, vector(average.values()));
    }
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
   * @param epochs of the run: a checkpoint of a later epoch is not its
   * @return the epoch after which it was written, 1 to {@code epochs}
   * @throws IOException if it is damaged or belongs to another network or run; the message names
   *     the file and what is wrong
   */
  static int read(Path run, GenreNet net, Adam adam, @Nullable WeightAverage average, int epochs)
      throws IOException {
    Safetensors stored = Safetensors.read(file(run));
    Map<String, Array> arrays = new LinkedHashMap<>(stored.arrays());
    try {
      float[] first = take(arrays, FIRST, net.graph().trainableParameters());
      float[] second = take(arrays, SECOND, net.graph().trainableParameters());
      float[] mean =
          average == null ? null : take(arrays, AVERAGE, net.graph().trainableParameters());
      Map<String, float[]> values = new LinkedHashMap<>();
      for (NetworkGraph.Weight weight : net.graph().weights()) {
        values.put(weight.name(), take(arrays, weight.name(), weight.shape()));
      }
      for (String unknown : arrays.keySet()) {
        throw new IllegalArgumentException("the network has no weight " + unknown);
      }
      int epoch = (int) number(stored, EPOCH, epochs);
      long steps = number(stored, STEPS, Long.MAX_VALUE);
      net.load(values);
      adam.restore(steps, first, second);
      if (average != null && mean != null) {
        average.restore(steps, mean);
      }
      net.resumeAfter(steps);
      return epoch;
    } catch (IllegalArgumentException e) {
      throw new IOException(file(run) + " does not fit this run: " + e.getMessage(), e);
    }
  }

  private static float[] take(Map<String, Array> arrays, String name, long... shape) {
    Array array = arrays.remove(name);
    if (array == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    if (!Arrays.equals(array.shape(), shape)) {
      throw new IllegalArgumentException(
          "%s should have the shape %s, not %s"
              .formatted(name, Arrays.toString(shape), Arrays.toString(array.shape())));
    }
    return array.values();
  }

  private static long number(Safetensors stored, String key, long most) {
    String text = stored.metadata().get(key);
    try {
      long number = Long.parseLong(String.valueOf(text));
      if (number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below, as it is for a number out of bounds
    }
    throw new IllegalArgumentException(
        key + " should be a number from 1 to " + most + ", but is " + text);
  }
}
