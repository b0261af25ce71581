package tonearm.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import tonearm.eval.Prediction;

/** What {@code classify --json} wrote, by file: so that nothing need be heard twice. */
final class RecalledAnswers {
  private final String source;
  private final Map<Path, Prediction> byPath = new LinkedHashMap<>();

  private RecalledAnswers(String source) {
    this.source = source;
  }

  /**
   * Reads answers.
   *
   * @param file JSON Lines, or {@code -} for standard input
   * @throws IOException if it cannot be read or a line is no answer; the message names the line
   */
  static RecalledAnswers read(Path file) throws IOException {
    boolean standardInput = file.toString().equals("-");
    RecalledAnswers answers =
        new RecalledAnswers(standardInput ? "standard input" : file.toString());
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
    } catch (CharacterCodingException e) {
      throw new IOException(file + ": is not a text in UTF-8", e);
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
    Set<Path> files = new LinkedHashSet<>();
    byPath.values().forEach(answer -> files.add(Path.of(answer.path())));
    return files;
  }

  /** Every genre that an answer names; none if there is no answer. */
  Set<String> genres() {
    Set<String> genres = new LinkedHashSet<>();
    for (Prediction answer : byPath.values()) {
      Map<String, Float> probabilities = answer.probabilities();
      if (probabilities != null) {
        genres.addAll(probabilities.keySet());
      }
    }
    return genres;
  }

  /**
   * The answer for a file.
   *
   * @return an error that says why, if there is none
   */
  Prediction of(Path file) {
    Prediction answer = byPath.get(file);
    if (answer == null) {
      answer = byPath.get(absolute(file));
    }
    return answer == null
        ? Prediction.error(file.toString(), "there is no answer for it in " + source)
        : answer;
  }
}
