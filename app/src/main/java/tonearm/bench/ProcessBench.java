package tonearm.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tonearm.bench.ChildTonearm.Outcome;
import tonearm.bench.Measurement.Table;
import tonearm.eval.Prediction;
import tonearm.terminal.Text;

/** What whole processes take, from start to end: seconds and memory. */
final class ProcessBench {
  private static final double MIB = 1024 * 1024;

  private final Path folder;
  private final String model;
  private final Runnable tick;

  /**
   * @param folder for what the processes write
   * @param model the bundle that answers
   * @param tick called after each process
   */
  ProcessBench(Path folder, Path model, Runnable tick) {
    this.folder = folder;
    this.model = model.toString();
    this.tick = tick;
  }

  /**
   * Seconds until a song is classified.
   *
   * @param cold starts without any native library unpacked, at least 1
   * @param warm starts with all in place, at least 1; one more goes before them
   */
  List<Measurement> start(Path song, int cold, int warm) throws IOException, InterruptedException {
    double[] coldSeconds = new double[cold];
    double[] warmSeconds = new double[warm];
    classify(song, null);
    for (int i = 0; i < warm; i++) {
      warmSeconds[i] = classify(song, null).seconds();
    }
    for (int i = 0; i < cold; i++) {
      try (ScratchFolder cache = ScratchFolder.in(folder, "native")) {
        coldSeconds[i] = classify(song, cache.path()).seconds();
      }
    }
    return List.of(
        Measurement.of(Table.START, "cold: native libraries to unpack", "s", coldSeconds),
        Measurement.of(Table.START, "warm", "s", warmSeconds));
  }

  /**
   * Memory of classifying a song.
   *
   * @param seconds the song's length
   */
  Measurement classifyMemory(Path song, double seconds) throws IOException, InterruptedException {
    Outcome outcome = classify(song, null);
    Double heard = Prediction.fromJson(outcome.stdout().strip()).durationS();
    if (heard == null || Math.abs(heard - seconds) > 0.1) {
      throw new IOException("%s: %s s were heard of %s s".formatted(song, heard, seconds));
    }
    return memory("classify " + Text.duration(seconds), outcome);
  }

  /**
   * Memory of training a network.
   *
   * @param benchmark what trains it
   * @param runs steps after warming up, at least 1
   */
  Measurement trainMemory(Benchmark benchmark, int runs) throws IOException, InterruptedException {
    List<String> arguments =
        List.of("bench", "--runs", Integer.toString(runs), "--only", benchmark.label(), "--json");
    String name = benchmark.label() + ", batch " + benchmark.batchSize();
    return memory(name, run(null, arguments));
  }

  private static Measurement memory(String name, Outcome outcome) {
    OptionalLong peak = outcome.peakBytes();
    double mib = peak.isPresent() ? peak.getAsLong() / MIB : Double.NaN;
    return Measurement.of(Table.MEMORY, name, "MiB", new double[] {mib});
  }

  private Outcome classify(Path song, @Nullable Path cache)
      throws IOException, InterruptedException {
    return run(cache, List.of("classify", "--json", "--model", model, song.toString()));
  }

  private Outcome run(@Nullable Path cache, List<String> arguments)
      throws IOException, InterruptedException {
    Outcome outcome = ChildTonearm.run(folder, cache, arguments);
    tick.run();
    return outcome;
  }
}
