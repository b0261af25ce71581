package tonearm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tonearm.audio.Audio;
import tonearm.audio.AudioDecoder;
import tonearm.audio.AudioStream;
import tonearm.bench.ScratchFolder;
import tonearm.bench.Stopwatch;
import tonearm.cli.InputFiles.Input;
import tonearm.features.FeatureConfig;
import tonearm.features.FrontEnd;
import tonearm.features.SpectrogramPng;
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Json;
import tonearm.provenance.Provenance;
import tonearm.terminal.Interruption;
import tonearm.terminal.Progress;
import tonearm.terminal.Text;

@Command(
    name = "augment",
    mixinStandardHelpOptions = true,
    description = {
      "Compares augmentation of sound with augmentation of its spectrogram: how close the second"
          + " comes to the first, and what each costs.",
      "Prints the tables of docs/REPRODUCTION.md. The cost wants the machine to itself. Nothing is"
          + " written but the tables; to train with it, see tonearm train --augmentation."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tonearm augment",
      "  tonearm augment ~/music/gtzan --only closeness",
      "  tonearm augment song.flac --only cost --runs 15 --json"
    })
final class AugmentCommand implements Callable<Integer> {
  private static final String SAMPLE = "samples/twelve-bar-blues.mp3";
  private static final FeatureConfig FEATURES = FeatureConfig.preset("gtzan-archive");

  /** Files that take turns when the cost is measured. */
  private static final int COST_FILES = 8;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PATH",
      arity = "0..*",
      description =
          "Audio files, or folders of them, of which the first 30 s are heard. Default: the sample"
              + " song, which is synthesised.")
  private List<Path> paths = List.of();

  @Option(
      names = "--only",
      paramLabel = "closeness|cost",
      description = "Only this table. Default: both.")
  private @Nullable String only;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "9",
      description =
          "How often each cost is measured after two to warm up. Default: ${DEFAULT-VALUE}.")
  private int runs;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Files at once, and the threads of the costs as a whole. Default: all cores.")
  private @Nullable Integer jobs;

  @Option(names = "--json", description = "One JSON object instead of Markdown.")
  private boolean json;

  @Option(
      names = "-o",
      paramLabel = "FILE",
      description = "Write to FILE, whole or not at all, instead of to stdout.")
  private @Nullable Path output;

  /** What could not be heard or done; each cost a message. */
  private int failed;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  AugmentCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    checkOptions();
    Overwriting.requireNoSound(spec, "-o", output);
    Interruption.guard();
    List<Path> heard = new ArrayList<>();
    for (Input input : InputFiles.expand(sounds(), true)) {
      String problem = input.problem();
      if (problem == null) {
        heard.add(input.path());
      } else {
        complain(input.path() + ": " + problem);
      }
    }
    FrontEnd frontEnd = new FrontEnd(FEATURES);
    int threads = jobs == null ? Runtime.getRuntime().availableProcessors() : jobs;
    List<AugmentationCloseness.Row> closeness = List.of();
    if (!"cost".equals(only)) {
      List<List<AugmentationCloseness.Row>> byTrack = closeness(heard, threads);
      closeness = AugmentationCloseness.medians(byTrack);
    }
    List<AugmentationCost.Row> cost = List.of();
    if (!"closeness".equals(only)) {
      cost = cost(frontEnd, heard, threads);
    }
    if (!closeness.isEmpty() || !cost.isEmpty()) {
      write(new AugmentationReport(Provenance.now(Map.of()), closeness, cost));
    }
    return failed == 0 ? Tonearm.OK : Tonearm.FAILED;
  }

  private void checkOptions() {
    if (only != null && !List.of("closeness", "cost").contains(only)) {
      throw new ParameterException(
          spec.commandLine(), "--only takes closeness or cost, not '" + only + "'");
    }
    if (runs < 1) {
      throw new ParameterException(spec.commandLine(), "--runs must be at least 1, not " + runs);
    }
    if (jobs != null && jobs < 1) {
      throw new ParameterException(spec.commandLine(), "--jobs must be at least 1, not " + jobs);
    }
  }

  private List<Path> sounds() {
    Path sample = Path.of(System.getProperty("tonearm.home", ".")).resolve(SAMPLE);
    return paths.isEmpty() ? List.of(sample) : paths;
  }

  /** The rows of each file that could be heard; the others cost a message. */
  private List<List<AugmentationCloseness.Row>> closeness(List<Path> sounds, int threads)
      throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    List<List<AugmentationCloseness.Row>> byTrack = new ArrayList<>();
    try (Progress progress = new Progress("Comparing", sounds.size(), " files")) {
      List<Future<List<AugmentationCloseness.Row>>> running = new ArrayList<>();
      for (Path sound : sounds) {
        running.add(pool.submit(() -> compared(sound)));
      }
      for (int i = 0; i < running.size(); i++) {
        try {
          byTrack.add(running.get(i).get());
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof IOException failure)) {
            throw new IllegalStateException(e.getCause());
          }
          complain(sounds.get(i) + ": " + Tonearm.message(failure));
        }
        progress.to(i + 1, running.size());
      }
      return byTrack;
    } finally {
      pool.shutdownNow();
    }
  }

  private static List<AugmentationCloseness.Row> compared(Path sound) throws IOException {
    int ownRateHz;
    try (AudioStream own = AudioDecoder.open(sound)) {
      ownRateHz = own.sampleRateHz();
    }
    Audio audio = hear(sound, FEATURES.sampleRateHz(), AugmentationCost.TRACK_SECONDS);
    return AugmentationCloseness.of(audio, ownRateHz);
  }

  private void complain(String message) {
    failed++;
    spec.commandLine().getErr().println("tonearm: " + Text.oneLine(message));
  }

  private List<AugmentationCost.Row> cost(FrontEnd frontEnd, List<Path> sounds, int threads)
      throws IOException, InterruptedException {
    int rounds = (2 + runs) * AugmentationCost.things();
    try (ScratchFolder scratch = ScratchFolder.make("tonearm-augment");
        Progress progress = new Progress("Measuring", rounds, " runs")) {
      List<Path> used = new ArrayList<>();
      List<Path> pictures = new ArrayList<>();
      // Evenly from all of them: a folder is often sorted by kind.
      int step = Math.max(1, sounds.size() / COST_FILES);
      for (int i = 0; i < sounds.size() && used.size() < COST_FILES; i += step) {
        Path sound = sounds.get(i);
        try {
          Audio audio = hear(sound, FEATURES.sampleRateHz(), AugmentationCost.TRACK_SECONDS);
          if (audio.durationSeconds() >= AugmentationCost.SHORTEST_SECONDS) {
            Path png = scratch.path().resolve(used.size() + ".png");
            SpectrogramPng.write(frontEnd.floored(frontEnd.spectrogram(audio)), png);
            used.add(sound);
            pictures.add(png);
          }
        } catch (IOException e) {
          if ("cost".equals(only)) {
            complain(sound + ": " + Tonearm.message(e)); // else it was told of already
          }
        }
      }
      if (used.isEmpty()) {
        if (failed == 0) {
          complain("the cost is measured on files of 30 s, and there is none");
        }
        return List.of();
      }
      int[] done = {0};
      Stopwatch stopwatch = new Stopwatch(2, runs, () -> progress.to(++done[0], rounds));
      return new AugmentationCost(frontEnd, used, pictures).measure(stopwatch, threads);
    }
  }

  /**
   * The beginning of a file.
   *
   * @param seconds how much of it at most
   * @throws IOException if it cannot be heard, or there is no sound in it
   */
  static Audio hear(Path file, int sampleRateHz, double seconds) throws IOException {
    int most = Math.toIntExact(Math.round(seconds * sampleRateHz));
    float[] samples = new float[Math.min(most, 10 * sampleRateHz)];
    int filled = 0;
    try (AudioStream stream = AudioDecoder.open(file, sampleRateHz)) {
      while (filled < most) {
        if (filled == samples.length) {
          samples = Arrays.copyOf(samples, (int) Math.min(most, 2L * filled));
        }
        int read = stream.read(samples, filled, samples.length - filled);
        if (read < 0) {
          break;
        }
        filled += read;
      }
    }
    if (filled == 0) {
      throw new IOException("the file holds no sound (0 samples)");
    }
    float[] heard = filled == samples.length ? samples : Arrays.copyOf(samples, filled);
    return new Audio(heard, sampleRateHz);
  }

  private void write(AugmentationReport report) throws IOException {
    String text = json ? Json.toText(report) : report.toMarkdown();
    if (output != null) {
      AtomicFiles.writeString(output, text);
    } else {
      spec.commandLine().getOut().print(text);
      spec.commandLine().getOut().flush();
    }
  }
}
