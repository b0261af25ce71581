package tonearm.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tonearm.cli.InputFiles.Input;
import tonearm.eval.Prediction;
import tonearm.infer.Classifier;
import tonearm.model.LibTorch;
import tonearm.model.Precision;
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Machine;

@Command(
    name = "classify",
    mixinStandardHelpOptions = true,
    description = {
      "Tells what genre songs are.",
      "A song is heard in clips of the model's length; the answer is the mean of their probabilities."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tonearm classify song.mp3",
      "  tonearm classify -r ~/Music --csv -o genres.csv",
      "  tonearm classify --json --timeline song.flac"
    })
final class ClassifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "Audio or video files; with -r folders.")
  private List<Path> paths;

  @Option(names = "-r", description = "Look into folders.")
  private boolean recursive;

  @ArgGroup private @Nullable Format format;

  private static final class Format {
    @Option(names = "--json", description = "One JSON object a line.")
    boolean json;

    @Option(names = "--csv", description = "Comma-separated values (RFC 4180), one row a file.")
    boolean csv;
  }

  @Option(
      names = "-o",
      paramLabel = "FILE",
      description = "Write the answers to FILE, whole or not at all, instead of to stdout.")
  private @Nullable Path output;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many genres the table shows. Default: ${DEFAULT-VALUE}.")
  private int top;

  @Option(names = "--timeline", description = "Also the probabilities of each clip.")
  private boolean timeline;

  @Option(
      names = "--model",
      paramLabel = "NAME|DIR",
      defaultValue = Models.DEFAULT,
      description = "Which model answers; see tonearm models. Default: ${DEFAULT-VALUE}.")
  private String model;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Files at a time. Default: one a core, as far as there are files.")
  private @Nullable Integer jobs;

  @Option(
      names = "--precision",
      paramLabel = "auto|bf16|fp32",
      defaultValue = "auto",
      description = "Arithmetic of the network. Default: bf16 where the CPU has it.")
  private String precision;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ClassifyCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (top < 1) {
      throw new ParameterException(spec.commandLine(), "--top must be at least 1, not " + top);
    }
    if (jobs != null && jobs < 1) {
      throw new ParameterException(spec.commandLine(), "--jobs must be at least 1, not " + jobs);
    }
    List<Input> inputs = InputFiles.expand(paths, recursive);
    keepSongs(inputs);
    int cores = Runtime.getRuntime().availableProcessors();
    int atOnce = Math.max(1, Math.min(jobs == null ? cores : jobs, inputs.size()));
    Path bundle = Models.find(model);
    Precision arithmetic = Precision.of(precision, Machine.current().hasBf16());
    Interruption.guard();
    LibTorch.load(Math.max(1, cores / atOnce));
    try (Classifier classifier = Classifier.load(bundle, arithmetic)) {
      PredictionFormat written = written(classifier);
      Summary summary = new Summary();
      if (output == null) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(written.header());
        classifyAll(classifier, inputs, atOnce, summary, p -> print(out, written.format(p)));
      } else {
        writeFile(output, out -> writeAll(out, classifier, written, inputs, atOnce, summary));
      }
      return summary.status(spec.commandLine().getErr());
    }
  }

  /** A slip such as {@code -o song.mp3 song.mp3} must not cost the song. */
  private void keepSongs(List<Input> inputs) throws IOException {
    if (output == null || !Files.isRegularFile(output)) {
      return;
    }
    for (Input input : inputs) {
      if (Files.exists(input.path()) && Files.isSameFile(input.path(), output)) {
        throw new ParameterException(
            spec.commandLine(), "-o " + output + " would overwrite a file that is to be heard");
      }
    }
  }

  private static void writeFile(Path file, AtomicFiles.StreamContent content) throws IOException {
    try {
      AtomicFiles.write(file, content);
    } catch (IOException e) {
      String cause = Tonearm.message(e);
      // A full disk tells its cause, but not which file it was that could not be written.
      throw cause.contains(file.toString())
          ? e
          : new IOException(file + " cannot be written: " + cause, e);
    }
  }

  private PredictionFormat written(Classifier classifier) {
    if (format != null && format.json) {
      return PredictionFormat.json();
    } else if (format != null && format.csv) {
      return PredictionFormat.csv(classifier.model().genres());
    }
    return PredictionFormat.table(top, output == null && Terminal.coloursWanted());
  }

  private static void print(PrintWriter out, String text) throws IOException {
    out.print(text);
    // Flushes too. Where nobody reads any more (| head), nobody waits for the rest of a library.
    if (out.checkError()) {
      throw new IOException("the answers cannot be written to stdout: it is closed or full");
    }
  }

  private void writeAll(
      OutputStream out,
      Classifier classifier,
      PredictionFormat written,
      List<Input> inputs,
      int atOnce,
      Summary summary)
      throws IOException {
    out.write(written.header().getBytes(StandardCharsets.UTF_8));
    classifyAll(
        classifier,
        inputs,
        atOnce,
        summary,
        p -> out.write(written.format(p).getBytes(StandardCharsets.UTF_8)));
    if (Interruption.isStopping()) {
      throw new IOException("stopped: " + output + " is not written");
    }
  }

  /** Where answers go, in the order of the inputs. */
  private interface Sink {
    void take(Prediction prediction) throws IOException;
  }

  private void classifyAll(
      Classifier classifier, List<Input> inputs, int atOnce, Summary summary, Sink sink)
      throws IOException {
    ExecutorService workers = Executors.newFixedThreadPool(atOnce);
    try (Progress progress = new Progress("Listening", inputs.size(), " files")) {
      Deque<Future<Prediction>> inHand = new ArrayDeque<>();
      int next = 0;
      int done = 0;
      while (done < inputs.size()) {
        while (next < inputs.size() && inHand.size() < 2 * atOnce && !Interruption.isStopping()) {
          Input input = inputs.get(next++);
          inHand.add(workers.submit(() -> answer(classifier, input)));
        }
        if (inHand.isEmpty()) {
          break; // stopped
        }
        Prediction prediction = result(inHand.remove());
        summary.count(prediction, inputs.size(), spec.commandLine().getErr());
        sink.take(prediction);
        progress.to(++done, inputs.size());
      }
    } finally {
      end(workers);
    }
  }

  /** Waits for what is still being heard: the network must not be freed under it. */
  private static void end(ExecutorService workers) {
    workers.shutdownNow();
    boolean interrupted = false;
    while (!workers.isTerminated()) {
      try {
        workers.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Prediction answer(Classifier classifier, Input input) {
    String problem = input.problem();
    String path = input.path().toString();
    try {
      return problem == null
          ? classifier.classify(input.path(), timeline)
          : Prediction.error(path, problem);
    } catch (RuntimeException e) {
      // One file that Tonearm has a fault with must not cost the answers for all the others.
      return Prediction.error(path, "Tonearm failed on it, please report this: " + e);
    }
  }

  private static Prediction result(Future<Prediction> future) {
    while (true) {
      try {
        return future.get();
      } catch (InterruptedException e) {
        // Ctrl-C: what is in hand is finished, and no more is taken on. Asks again.
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
  }

  /** What went wrong, said as it happens on stderr, and how it all ends. */
  private static final class Summary {
    private int answered;
    private int failed;
    private int inputs;

    void count(Prediction prediction, int of, PrintWriter err) {
      inputs = of;
      String path = Text.oneLine(prediction.path());
      if (prediction.status() == Prediction.Status.ERROR) {
        failed++;
        err.println("tonearm: " + path + ": " + Text.oneLine(String.valueOf(prediction.error())));
      } else {
        answered++;
        List<String> warnings = prediction.warnings();
        if (warnings != null) {
          warnings.forEach(w -> err.println("tonearm: " + path + ": warning: " + Text.oneLine(w)));
        }
      }
    }

    int status(PrintWriter err) {
      if (Interruption.isStopping()) {
        err.printf("tonearm: stopped after %d of %d files%n", answered + failed, inputs);
        return Tonearm.INTERRUPTED;
      }
      if (inputs > 1 && failed > 0) {
        err.printf("tonearm: %d of %d files could not be heard%n", failed, inputs);
      }
      return failed > 0 ? Tonearm.FAILED : Tonearm.OK;
    }
  }
}
