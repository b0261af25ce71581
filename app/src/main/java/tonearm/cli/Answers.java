package tonearm.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Prediction;
import tonearm.infer.Classifier;
import tonearm.model.LibTorch;
import tonearm.model.Precision;

/** Where it is known from what genre a file is: a file to its answer. Safe from several threads. */
interface Answers extends AutoCloseable {
  /**
   * The answer for a file.
   *
   * @return an error that says why, if there is none
   */
  Prediction of(Path file) throws IOException;

  @Override
  void close();

  /** Hears each file. The model is loaded when the first is asked for. */
  final class Heard implements Answers {
    private final Path bundle;
    private final Precision precision;
    private final int threads;
    private @Nullable Classifier classifier;

    /**
     * @param bundle folder of the model
     * @param threads of the network for one file, at least 1
     */
    Heard(Path bundle, Precision precision, int threads) {
      this.bundle = bundle;
      this.precision = precision;
      this.threads = threads;
    }

    @Override
    public Prediction of(Path file) throws IOException {
      return classifier().classify(file, false);
    }

    private synchronized Classifier classifier() throws IOException {
      if (classifier == null) {
        LibTorch.load(threads);
        classifier = Classifier.load(bundle, precision);
      }
      return classifier;
    }

    @Override
    public synchronized void close() {
      if (classifier != null) {
        classifier.close();
      }
    }
  }

  /** Recalls what {@code classify --json} wrote. */
  final class Recalled implements Answers {
    private final String source;
    private final Map<Path, Prediction> byPath = new LinkedHashMap<>();

    private Recalled(String source) {
      this.source = source;
    }

    /**
     * Reads answers.
     *
     * @param file JSON Lines, or {@code -} for standard input
     * @throws IOException if it cannot be read or a line is no answer; the message names the line
     */
    static Recalled read(Path file) throws IOException {
      boolean standardInput = file.toString().equals("-");
      Recalled answers = new Recalled(standardInput ? "standard input" : file.toString());
      try (BufferedReader lines =
          standardInput
              ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
              : Files.newBufferedReader(file)) {
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          number++;
          if (!line.isBlank()) {
            answers.add(line, number);
          }
        }
      }
      return answers;
    }

    private void add(String line, int number) throws IOException {
      try {
        Prediction answer = Prediction.fromJson(line);
        byPath.put(Path.of(answer.path()), answer);
        byPath.put(absolute(Path.of(answer.path())), answer);
      } catch (IOException e) {
        throw new IOException(
            "%s, line %d: no answer of classify --json: %s"
                .formatted(source, number, e.getMessage()));
      }
    }

    private static Path absolute(Path path) {
      return path.toAbsolutePath().normalize();
    }

    /** The files that there are answers for, as they were named. */
    Set<Path> files() {
      Set<Path> files = new java.util.LinkedHashSet<>();
      byPath.values().forEach(answer -> files.add(Path.of(answer.path())));
      return files;
    }

    @Override
    public Prediction of(Path file) {
      Prediction answer = byPath.get(file);
      if (answer == null) {
        answer = byPath.get(absolute(file));
      }
      return answer == null
          ? Prediction.error(file.toString(), "there is no answer for it in " + source)
          : answer;
    }

    @Override
    public void close() {}
  }
}
