package tonearm.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tonearm.features.FeatureConfig;
import tonearm.library.Hearing;
import tonearm.provenance.Machine;
import tonearm.terminal.Progress;

/**
 * Which benchmarks to run, how often and on how much.
 *
 * @param chosen what to measure
 * @param model the bundle that answers; null only where nothing asks one
 * @param hearing who the index says heard its songs; null only where no index is measured
 * @param warmUp runs of each that are not counted
 * @param runs of each that are
 * @param coldStarts of the cold start alone, since each unpacks 467 MB
 * @param songSeconds length of the song that is heard and classified
 * @param memorySeconds lengths of the songs whose classification is measured for memory
 * @param library how large a library is classified
 */
public record BenchPlan(
    Set<Benchmark> chosen,
    @Nullable Path model,
    @Nullable Hearing hearing,
    int warmUp,
    int runs,
    int coldStarts,
    double songSeconds,
    List<Double> memorySeconds,
    Library library) {

  /**
   * A library of songs.
   *
   * @param songs how many
   * @param seconds length of each
   * @param many how many for the memory, more names of the same files
   * @param indexed how many an index is filled with
   * @param warmUp runs that are not counted
   * @param runs that are
   */
  public record Library(int songs, double seconds, int many, int indexed, int warmUp, int runs) {}

  /** The song that is decoded, heard and classified; no name that a user's own would have. */
  private static final String SONG = "tonearm-bench.mp3";

  /** What the numbers in {@code docs/BENCHMARKS.md} are measured with. */
  public static BenchPlan full(
      Set<Benchmark> chosen, @Nullable Path model, @Nullable Hearing hearing, int runs) {
    Library library = new Library(180, 240, 1000, 100_000, 1, Math.min(runs, 3));
    return new BenchPlan(
        chosen, model, hearing, 2, runs, 3, 240, List.of(30.0, 240.0, 3600.0), library);
  }

  /** Only whether it works. */
  public static BenchPlan quick(
      Set<Benchmark> chosen, @Nullable Path model, @Nullable Hearing hearing, int runs) {
    Library library = new Library(9, 20, 20, 300, 0, 1);
    return new BenchPlan(chosen, model, hearing, 1, runs, 1, 20, List.of(10.0, 20.0), library);
  }

  /**
   * Measures everything.
   *
   * @param sample a short mp3, which longer ones are made of
   * @param sounds folder where they are made
   * @param scratch folder for what processes write
   */
  public List<Measurement> run(Path sample, Path sounds, Path scratch, Progress progress)
      throws IOException, InterruptedException {
    Steps steps = new Steps(progress);
    Stopwatch stopwatch = new Stopwatch(warmUp, runs, steps);
    List<Measurement> found = new ArrayList<>();
    // Whole processes first: later this one holds memory and threads of its own.
    if (chosen.contains(Benchmark.START)) {
      progress.note(Benchmark.START.label());
      found.addAll(processes(scratch, steps).start(sample, coldStarts, runs));
    }
    if (chosen.contains(Benchmark.MEMORY)) {
      progress.note(Benchmark.MEMORY.label());
      found.addAll(memory(sample, scratch, processes(scratch, steps)));
    }
    if (chosen.contains(Benchmark.LIBRARY)) {
      progress.note(Benchmark.LIBRARY.label());
      LibraryBench bench = new LibraryBench(scratch, bundle().toAbsolutePath(), steps);
      Stopwatch rounds = new Stopwatch(library.warmUp(), library.runs(), steps);
      found.addAll(
          bench.measure(sample, library.songs(), library.seconds(), library.many(), rounds));
    }
    if (chosen.contains(Benchmark.INDEX)) {
      progress.note(Benchmark.INDEX.label());
      IndexBench bench =
          new IndexBench(scratch, bundle().toAbsolutePath(), whoHeard(), library.indexed());
      found.addAll(bench.measure(stopwatch, steps));
    }
    boolean decode = chosen.contains(Benchmark.DECODE);
    boolean features = chosen.contains(Benchmark.FEATURES);
    boolean classify = chosen.contains(Benchmark.CLASSIFY);
    if (decode || features || classify) {
      Path song = sounds.resolve(SONG);
      SoundBench bench = new SoundBench(song, BenchSounds.of(sample).write(song, songSeconds));
      if (decode || features) {
        progress.note("decode, features");
        found.addAll(bench.hearing(stopwatch, decode, features));
      }
      if (classify) {
        progress.note(Benchmark.CLASSIFY.label());
        found.add(bench.classify(stopwatch, bundle()));
      }
    }
    for (Benchmark benchmark : chosen) {
      if (benchmark.isNetwork()) {
        progress.note(benchmark.label());
        found.addAll(
            benchmark.isStep()
                ? StepBench.measure(stopwatch, benchmark)
                : benchmark.isComparison()
                    ? NetworkBench.compare(stopwatch, benchmark)
                    : NetworkBench.measure(stopwatch, benchmark));
      }
    }
    return found;
  }

  private List<Measurement> memory(Path sample, Path scratch, ProcessBench processes)
      throws IOException, InterruptedException {
    List<Measurement> found = new ArrayList<>();
    BenchSounds source = BenchSounds.of(sample);
    for (double seconds : memorySeconds) {
      Path song = scratch.resolve("memory.mp3");
      double exact = source.write(song, seconds);
      found.add(processes.classifyMemory(song, exact));
      Files.delete(song);
    }
    for (Benchmark training : trainings()) {
      found.add(processes.trainMemory(training, runs));
    }
    return found;
  }

  private List<Benchmark> trainings() {
    // Beside memory itself, only what was chosen; alone, whatever this machine can train with.
    boolean alone = chosen.stream().noneMatch(Benchmark::isTraining);
    boolean bf16 = Machine.current().hasBf16();
    Set<Benchmark> from = alone ? Benchmark.all(bf16) : chosen;
    return from.stream().filter(Benchmark::isTraining).toList();
  }

  private ProcessBench processes(Path scratch, Runnable tick) {
    return new ProcessBench(scratch, bundle().toAbsolutePath(), tick);
  }

  private Path bundle() {
    if (model == null) {
      throw new IllegalStateException("a benchmark asks a model, but none was looked for");
    }
    return model;
  }

  private Hearing whoHeard() {
    if (hearing == null) {
      throw new IllegalStateException("an index is measured, but nobody is named who heard it");
    }
    return hearing;
  }

  /** How many times {@link Progress} will be told of a step. */
  public int total() {
    int rounds = warmUp + runs;
    int total = 0;
    for (Benchmark benchmark : chosen) {
      total +=
          switch (benchmark) {
            case START -> coldStarts + runs + 1;
            case MEMORY -> memorySeconds.size() + trainings().size();
            case LIBRARY -> LibraryBench.steps(library.warmUp() + library.runs());
            case INDEX -> IndexBench.steps(rounds);
            case DECODE, CLASSIFY -> rounds;
            case FEATURES -> rounds * (1 + FeatureConfig.presetNames().size());
            case TRAIN_BF16, TRAIN_FP32, TRAIN_PATIL2023, INFER_BF16, INFER_FP32 -> 2 * rounds;
            case COMPARE_BF16, COMPARE_FP32 -> 4 * rounds;
            case STEP_BF16, STEP_FP32 -> StepBench.PARTS * rounds;
          };
    }
    return total;
  }

  /** Counts what is done. */
  private final class Steps implements Runnable {
    private final Progress progress;
    private final int total = total();
    private int done;

    Steps(Progress progress) {
      this.progress = progress;
    }

    @Override
    public void run() {
      progress.to(++done, total);
    }
  }
}
