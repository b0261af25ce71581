package tonearm.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;
import tonearm.eval.Prediction;
import tonearm.terminal.Interruption;

/** What {@code tonearm classify} prints, in each of its forms. */
class CliClassifyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int RATE_HZ = 8000;
  private static final int BAR_WIDTH = 40;

  @TempDir private static Path shared;
  private static Path model = Path.of("set before all");
  private static Path song = Path.of("set before all");
  private static Path broken = Path.of("set before all");

  @TempDir private Path folder;

  @BeforeAll
  static void makeFiles() throws IOException {
    model = TinyModel.write(shared.resolve("tiny"));
    song = write(shared.resolve("song.wav"), 34);
    broken = Files.writeString(shared.resolve("broken.mp3"), "no music");
  }

  @AfterAll
  static void commandsAreOver() {
    Interruption.finished();
  }

  private static Path write(Path file, double seconds) throws IOException {
    float[] sound = TestAudio.noise(5, seconds, RATE_HZ);
    Path plain = shared.resolve("plain.wav");
    TestAudio.write(plain, TestFormat.WAV_S16, RATE_HZ, sound);
    return Files.move(plain, file);
  }

  private static Cli classify(Object... words) {
    List<Object> all = new ArrayList<>(List.of("classify", "--model", model));
    all.addAll(List.of(words));
    return Cli.run(all.toArray());
  }

  @Test
  void anAnswerInJsonHasExactlyThesePromisedFields() throws IOException {
    Cli cli = classify("--json", song, broken);

    assertThat(cli.status()).isEqualTo(1);
    assertThat(cli.lines()).hasSize(2);
    JsonNode ok = JSON.readTree(cli.lines().get(0));
    assertThat(names(ok))
        .containsExactly(
            "path",
            "status",
            "genre",
            "confidence",
            "probabilities",
            "duration_s",
            "clips",
            "model");
    assertThat(ok.get("path").asText()).isEqualTo(song.toString());
    assertThat(ok.get("status").asText()).isEqualTo("ok");
    assertThat(ok.get("model").asText()).isEqualTo("tiny");
    assertThat(ok.get("duration_s").asDouble()).isCloseTo(34, within(0.01));
    // Five clips of 6 s, and one of the last 6 s for the rest of 4 s.
    assertThat(ok.get("clips").asInt()).isEqualTo(6);
    JsonNode probabilities = ok.get("probabilities");
    assertThat(names(probabilities)).isEqualTo(TinyModel.GENRES);
    assertThat(sum(probabilities)).isCloseTo(1, within(1e-3));
    assertThat(probabilities.get(ok.get("genre").asText())).isEqualTo(ok.get("confidence"));
    JsonNode error = JSON.readTree(cli.lines().get(1));
    assertThat(names(error)).containsExactly("path", "status", "error");
    assertThat(error.get("status").asText()).isEqualTo("error");
    assertThat(error.get("error").asText()).isEqualTo("no audio stream: the file is text");
  }

  @Test
  void theTimelineInJsonCoversTheSong() throws IOException {
    Cli cli = classify("--json", "--timeline", song);

    assertThat(cli.status()).isZero();
    JsonNode timeline = JSON.readTree(cli.out()).get("timeline");
    assertThat(timeline).hasSize(6);
    double covered = 0;
    for (JsonNode segment : timeline) {
      assertThat(names(segment)).containsExactly("start_s", "end_s", "probabilities");
      double start = segment.get("start_s").asDouble();
      double end = segment.get("end_s").asDouble();
      assertThat(end - start).isCloseTo(6, within(1e-6));
      assertThat(start).isLessThanOrEqualTo(covered);
      assertThat(sum(segment.get("probabilities"))).isCloseTo(1, within(1e-3));
      covered = end;
    }
    assertThat(timeline.get(0).get("start_s").asDouble()).isZero();
    assertThat(covered).isCloseTo(34, within(0.01));
  }

  @Test
  void answersComeInTheOrderOfTheWords() throws IOException {
    List<String> names = new ArrayList<>();
    List<Object> words = new ArrayList<>(List.of("--json", "--jobs", 2));
    for (int i = 0; i < 8; i++) {
      // Long ones first, so that those after them are finished before.
      Path file = write(folder.resolve((9 - i) + ".wav"), i % 2 == 0 ? 40 : 1);
      names.add(file.toString());
      words.add(file);
    }

    Cli cli = classify(words.toArray());

    assertThat(cli.status()).isZero();
    List<String> paths = new ArrayList<>();
    for (String line : cli.lines()) {
      paths.add(Prediction.fromJson(line).path());
    }
    assertThat(paths).isEqualTo(names);
  }

  @Test
  void anExcerptIsSomeClips() throws IOException {
    Prediction whole = Prediction.fromJson(classify("--json", "--timeline", song).out());
    Prediction two =
        Prediction.fromJson(classify("--json", "--timeline", "--excerpt", 2, song).out());

    assertThat(two.clips()).isEqualTo(2);
    assertThat(two.durationS()).isEqualTo(whole.durationS());
    // Of 6 clips the middle ones of both halves.
    assertThat(two.timeline()).extracting(Prediction.Segment::startS).containsExactly(6.0, 24.0);
    for (int i = 0; i < 2; i++) {
      Prediction.Segment here = Objects.requireNonNull(two.timeline()).get(i);
      Prediction.Segment there = Objects.requireNonNull(whole.timeline()).get(1 + 3 * i);
      assertThat(here.probabilities().get("jazz"))
          .isCloseTo(there.probabilities().get("jazz"), within(1e-4f));
    }
  }

  @Test
  void inAnyOrderEveryFileIsAnsweredToo() throws IOException {
    Path other = write(folder.resolve("other.wav"), 7);

    Cli cli = classify("--json", "--any-order", song, other, broken);

    assertThat(cli.status()).isEqualTo(1);
    List<String> paths = new ArrayList<>();
    for (String line : cli.lines()) {
      paths.add(Prediction.fromJson(line).path());
    }
    assertThat(paths)
        .containsExactlyInAnyOrder(song.toString(), other.toString(), broken.toString());
  }

  @Test
  void aFileThatTakesTooLongIsGivenUp() throws IOException {
    Path endless = write(folder.resolve("endless.wav"), 600);

    Cli cli = classify("--json", "--timeout", 0.001, endless, broken);

    assertThat(cli.status()).isEqualTo(1);
    assertThat(cli.messages())
        .contains("tonearm: " + endless + ": took longer than 0.001 s")
        .last()
        .asString()
        .startsWith("tonearm: 0 of 2 files answered, 2 failed, ");
  }

  @Test
  void csvKeepsAnyName() throws IOException {
    Path odd = write(folder.resolve("a,\"b\"\nc;\u00fc.wav"), 7);

    Cli cli = classify("--csv", odd, broken);

    assertThat(cli.out()).startsWith("path,status,genre,").endsWith("\r\n");
    assertThat(cli.out()).contains("\"" + odd.toString().replace("\"", "\"\"") + "\",ok,");
    List<String[]> rows = rows(cli.out());
    assertThat(rows).hasSize(3);
    assertThat(rows.get(0))
        .containsExactly(
            "path",
            "status",
            "genre",
            "confidence",
            "duration_s",
            "clips",
            "model",
            "p_blues",
            "p_jazz",
            "p_rock",
            "warnings",
            "error");
    assertThat(rows.get(1)).hasSize(12).startsWith(odd.toString(), "ok");
    double sum = 0;
    for (int i = 7; i < 10; i++) {
      sum += Double.parseDouble(rows.get(1)[i]);
    }
    assertThat(sum).isCloseTo(1, within(1e-3));
    assertThat(rows.get(2))
        .containsExactly(
            broken.toString(),
            "error",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "no audio stream: the file is text");
  }

  @Test
  void theTableShowsTheLikeliestGenresWithBars() {
    Cli cli = classify("--top", 2, song);

    assertThat(cli.status()).isZero();
    assertThat(cli.err()).isEmpty();
    List<String> lines = cli.lines();
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).isEqualTo(song + "  0:34, 6 clips");
    assertThat(lines.subList(1, 3)).allMatch(l -> l.matches("  [a-z]+ +\\d+ %  [█▏▎▍▌▋▊▉]*"));
    assertThat(percent(lines.get(1))).isGreaterThanOrEqualTo(percent(lines.get(2)));
    long full = lines.get(1).chars().filter(c -> c == '█').count();
    assertThat((double) full).isCloseTo(percent(lines.get(1)) / 100.0 * BAR_WIDTH, within(1.0));
    assertThat(lines.get(3)).isEmpty();
    assertThat(cli.out()).as("no colours but on a terminal").doesNotContain("\u001b");

    assertThat(classify("--top", 99, song).lines()).hasSize(TinyModel.GENRES.size() + 2);
  }

  @Test
  void theTableShowsTheTimeline() {
    Cli cli = classify("--timeline", song);

    assertThat(cli.lines())
        .filteredOn(l -> l.contains(" to "))
        .hasSize(6)
        .allMatch(l -> l.matches(" +\\d:\\d\\d to +\\d:\\d\\d +\\d+ %  [a-z]+"))
        .last()
        .asString()
        .contains("0:28 to    0:34");
  }

  @Test
  void aFileIsWrittenWhole() throws IOException {
    Path file = folder.resolve("made/on/the/way/answers.json");

    Cli cli = classify("--json", "-o", file, song, broken);

    assertThat(cli.status()).isEqualTo(1);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.messages()).hasSize(2);
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(2);
    assertThat(Prediction.fromJson(lines.get(0)).clips()).isEqualTo(6);
  }

  @Test
  void whatCannotBeWrittenIsToldAndNothingIsLost() throws IOException {
    Path old = Files.writeString(folder.resolve("old.csv"), "before");
    classify("--csv", "-o", folder, song).assertFails(1, folder + ": is a folder, not a file");
    classify("--csv", "-o", old.resolve("below"), song).assertFails(1, old.toString());
    Cli.run("classify", "--model", folder, "-o", old, song).assertFails(1, "not a model bundle");
    assertThat(old).hasContent("before");
    try (var files = Files.list(folder)) {
      assertThat(files).as("no temporary file stays").containsExactly(old);
    }
    if (Files.exists(Path.of("/dev/full"))) {
      // Many answers: some are still worked on when the first ones cannot be written.
      List<Object> words = new ArrayList<>(List.of("--json", "--timeline", "-o", "/dev/full"));
      for (int i = 0; i < 40; i++) {
        words.add(song);
      }
      classify(words.toArray()).assertFails(1, "/dev/full cannot be written: No space left");
    }
  }

  @Test
  void theWorkEndsWhereNobodyReadsTheAnswers() {
    CommandLine line = Tonearm.commandLine();
    StringWriter err = new StringWriter();
    // What Java sees of "| head" once head has ended.
    OutputStream closed = OutputStream.nullOutputStream();
    assertThatCode(closed::close).doesNotThrowAnyException();
    line.setOut(new PrintWriter(closed, false, UTF_8)).setErr(new PrintWriter(err));

    int status =
        line.execute("classify", "--model", model.toString(), broken.toString(), song.toString());

    assertThat(status).isEqualTo(1);
    assertThat(err.toString().lines().toList())
        .hasSize(2)
        .last()
        .asString()
        .contains("cannot be written to stdout");
  }

  @Test
  void aSongIsNotOverwrittenByItsAnswer() throws IOException {
    Path mine = write(folder.resolve("mine.wav"), 1);
    long size = Files.size(mine);

    classify("-o", mine, song, mine).assertFails(2, "would overwrite");
    // What a shell makes of -o *.wav.
    classify("-o", mine, song).assertFails(2, "-o " + mine + " would overwrite a file of sound");
    for (String command : List.of("invariance", "augment")) {
      Cli.run(command, "-o", mine, song).assertFails(2, "would overwrite a file of sound");
    }
    Cli.run("bench", "-o", mine).assertFails(2, "would overwrite a file of sound");
    assertThat(mine).hasSize(size);
  }

  @Test
  void wrongValuesAreWrongUsage() {
    classify("--jobs", 0, song).assertFails(2, "--jobs must be at least 1, not 0");
    classify("--jobs", "many", song).assertFails(2, "--jobs", "many");
    classify("--excerpt", 0, song).assertFails(2, "--excerpt must be 1 to 1000 clips, not 0");
    classify("--timeout", 0, song).assertFails(2, "--timeout must be more than 0 s");
    classify("--timeout", "NaN", song).assertFails(2, "--timeout must be more than 0 s");
    classify("--top", 0, song).assertFails(2, "--top must be at least 1, not 0");
    classify("--precision", "xyz", song).assertFails(2, "precision", "xyz");
    classify("--json", "--csv", song).assertFails(2, "--json", "--csv");
    classify("--yaml", song).assertFails(2, "--yaml");
    classify().assertFails(2, "PATH");
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static double sum(JsonNode numbers) {
    double sum = 0;
    for (Iterator<JsonNode> i = numbers.elements(); i.hasNext(); ) {
      sum += i.next().asDouble();
    }
    return sum;
  }

  private static int percent(String line) {
    return Integer.parseInt(line.replaceAll(".* (\\d+) %.*", "$1"));
  }

  private static List<String[]> rows(String csv) throws IOException {
    return new CsvMapper()
        .readerFor(String[].class)
        .with(CsvParser.Feature.WRAP_AS_ARRAY)
        .<String[]>readValues(csv)
        .readAll();
  }
}
