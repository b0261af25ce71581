package tonearm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tonearm.audio.IsolatedDecoder;
import tonearm.infer.BatchClassifier;
import tonearm.infer.BatchClassifier.Settings;
import tonearm.infer.Classifier;
import tonearm.infer.ClassifyOptions;
import tonearm.model.LibTorch;
import tonearm.model.Precision;
import tonearm.provenance.Machine;

/** What can be said of how many files are heard; for every command that hears some. */
final class BatchOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "NAME|DIR",
      defaultValue = Models.DEFAULT,
      description = "Which model answers; see tonearm models. Default: ${DEFAULT-VALUE}.")
  private String model;

  @Option(
      names = "--excerpt",
      paramLabel = "N",
      description =
          "Hear only N clips, spread evenly over each song: several times as fast, a little less"
              + " often right. Default: the whole song.")
  private @Nullable Integer excerpt;

  @Option(
      names = "--timeout",
      paramLabel = "S",
      description =
          "Give a file up after S seconds of decoding; it is then an error. Default: 300.")
  private @Nullable Double timeout;

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

  @Option(
      names = "--isolate",
      description =
          "Decode in processes of their own, one a job: a crash of the decoder then costs one file"
              + " and not the run. A little slower, and a small Java more for each job.")
  private boolean isolate;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  BatchOptions() {}

  /** Refuses what cannot be; before anything else is done. */
  void check() {
    if (jobs != null && jobs < 1) {
      throw wrong("--jobs must be at least 1, not " + jobs);
    }
    if (excerpt != null && (excerpt < 1 || excerpt > ClassifyOptions.MAX_EXCERPT)) {
      throw wrong(
          "--excerpt must be 1 to " + ClassifyOptions.MAX_EXCERPT + " clips, not " + excerpt);
    }
    // At most some 30 years: a number of nanoseconds must hold it.
    if (timeout != null && !(timeout > 0 && timeout <= 1e9)) {
      throw wrong("--timeout must be more than 0 s and at most 1e9, not " + timeout);
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Folder of the model that is asked for. */
  Path bundle() throws IOException {
    return Models.find(model);
  }

  /** What is asked about each file, with the excerpt that is chosen here. */
  ClassifyOptions asked(ClassifyOptions beside) {
    return beside.withExcerpt(excerpt == null ? ClassifyOptions.WHOLE : excerpt);
  }

  /**
   * Loads the model, with as many of LibTorch's threads as leave each file its own.
   *
   * @param files how many there are to hear; more jobs than that would idle
   */
  Classifier load(int files) throws IOException {
    Precision arithmetic = Precision.of(precision, Machine.current().hasBf16());
    Path bundle = bundle();
    LibTorch.load(BatchClassifier.networkThreads(jobsFor(files)));
    return Classifier.load(bundle, arithmetic);
  }

  /**
   * How the batch is to be worked on.
   *
   * @param files as for {@link #load}
   * @param inOrder whether answers come in the order of the files
   * @param asked what is asked about each; the excerpt is chosen here
   */
  Settings settings(int files, boolean inOrder, ClassifyOptions asked) {
    return new Settings(jobsFor(files), limit(), inOrder, asked(asked));
  }

  /** Decoders in processes of their own, to be closed; null if the usual one will do. */
  @Nullable IsolatedDecoder isolatedDecoder() {
    return isolate ? new IsolatedDecoder(limit()) : null;
  }

  private Duration limit() {
    return timeout == null
        ? BatchClassifier.DEFAULT_TIMEOUT
        : Duration.ofNanos(Math.max(1, Math.round(timeout * 1e9)));
  }

  private int jobsFor(int files) {
    int most = jobs == null ? Runtime.getRuntime().availableProcessors() : jobs;
    return Math.max(1, Math.min(most, files));
  }
}
