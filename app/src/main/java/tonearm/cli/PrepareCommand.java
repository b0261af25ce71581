package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tonearm.dataset.PreparedDataset.Description;
import tonearm.dataset.Preparer;
import tonearm.features.FeatureConfig;
import tonearm.features.FileAnalyser;
import tonearm.terminal.Interruption;
import tonearm.terminal.Interruption.Stopped;
import tonearm.terminal.Progress;
import tonearm.terminal.Text;

@Command(
    name = "prepare",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a dataset to train on from a folder of music: SRC/<genre>/<file>.",
      "Each file becomes a spectrogram picture in DEST; files that cannot be heard become rows with a"
          + " reason, exact duplicates are marked. Stopped in the middle, the same command goes on."
    },
    footerHeading = "%nExample:%n",
    footer = "  tonearm prepare ~/Music/by-genre ~/datasets/mine")
final class PrepareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "SRC",
      description = "A folder with a folder for each genre.")
  private Path source;

  @Parameters(index = "1", paramLabel = "DEST", description = "The dataset to make.")
  private Path destination;

  @Option(
      names = "--features",
      paramLabel = "NAME|FILE",
      defaultValue = "gtzan-archive",
      description =
          "How sound becomes pictures: gtzan-archive, mel-128, or a JSON file. Default: ${DEFAULT-VALUE}.")
  private String features;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Files at a time. Default: one a core, fewer where memory is short.")
  private @Nullable Integer jobs;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  PrepareCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    FeatureConfig config = config();
    FileAnalyser analyser = new FileAnalyser(config);
    int workers = jobs == null ? workers(analyser) : jobs;
    Preparer preparer = new Preparer(config, analyser::analyse, workers);
    Interruption.guard();
    Preparer.Summary summary = prepare(preparer, source, destination, spec.commandLine().getErr());
    spec.commandLine().getOut().println(told(destination, summary));
    return summary.dataset().failed() > 0 ? Tonearm.FAILED : Tonearm.OK;
  }

  /** As many as there are cores, and the heap has room for long files of. */
  static int workers(FileAnalyser analyser) {
    Runtime java = Runtime.getRuntime();
    long fit = Math.max(1, java.maxMemory() / analyser.mostBytes());
    return (int) Math.min(java.availableProcessors(), fit);
  }

  /** Prepares, with a bar where a person watches and a line for each file that cannot be heard. */
  static Preparer.Summary prepare(Preparer preparer, Path source, Path destination, PrintWriter err)
      throws IOException, InterruptedException {
    try (Progress progress = new Progress("Preparing", 1, " files")) {
      return preparer.prepare(source, destination, listener(progress, err));
    } catch (InterruptedException e) {
      throw new Stopped("stopped; the same command goes on from here", e);
    }
  }

  /** What came of it, in one line. */
  static String told(Path destination, Preparer.Summary summary) {
    Description made = summary.dataset();
    return "%s: %s of %s, %s, %s, %d passed over"
        .formatted(
            destination,
            Text.count(made.tracks(), "track"),
            Text.count(made.genres().size(), "genre"),
            Text.count(made.duplicates(), "duplicate"),
            Text.count(made.failed(), "failure"),
            summary.passedOver());
  }

  private FeatureConfig config() throws IOException {
    if (FeatureConfig.presetNames().contains(features) || !Files.exists(Path.of(features))) {
      return FeatureConfig.preset(features);
    }
    try {
      return FeatureConfig.fromJson(Text.read(Path.of(features)));
    } catch (IllegalArgumentException e) {
      throw new IOException(features + ": " + e.getMessage(), e);
    }
  }

  private static Preparer.Listener listener(Progress progress, PrintWriter err) {
    return new Preparer.Listener() {
      @Override
      public void progress(int done, int total, int failed) {
        progress.to(done, total);
        progress.note(failed == 0 ? "" : Text.count(failed, "failure"));
      }

      @Override
      public void failure(String path, String reason) {
        err.println("tonearm: " + Text.oneLine(path) + ": " + Text.oneLine(reason));
      }

      @Override
      public void warning(String path, String note) {
        err.println("tonearm: " + Text.oneLine(path) + ": warning: " + Text.oneLine(note));
      }
    };
  }
}
