package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;
import tonearm.provenance.AtomicFiles;
import tonearm.terminal.Interruption;

/** Where answers are written, and who decodes for them. */
class CliOutputTest {
  @TempDir private static Path models;
  private static Path model = Path.of("set before all");

  @TempDir private Path folder;

  @BeforeAll
  static void makeModel() throws IOException {
    model = TinyModel.write(models.resolve("tiny"));
  }

  @AfterAll
  static void commandsAreOver() {
    Interruption.finished();
  }

  @Test
  void jamsIsALineASongAndNothingForWhatIsNone() throws IOException {
    Path song = song("a.wav", 1);
    Path none = Files.writeString(folder.resolve("none.mp3"), "no music");
    Cli cli = Cli.run("classify", "--jams", "--timeline", "--model", model, song, none);
    assertThat(cli.status()).isEqualTo(1);
    assertThat(cli.lines()).hasSize(1);
    assertThat(new ObjectMapper().readTree(cli.out()).at("/annotations/1/data")).hasSize(3);
    assertThat(cli.messages()).anyMatch(m -> m.contains("none.mp3: no audio stream"));
  }

  @Test
  void jamsIntoAFolderIsAFileASong() throws IOException {
    Path first = song("music/a/1.wav", 1);
    song("music/2.wav", 1);
    Path out = folder.resolve("out");
    Cli cli =
        Cli.run("classify", "--jams", "--model", model, "-r", "-o", out + "/", folder + "/music");
    assertThat(cli.status()).as(cli.err()).isZero();
    assertThat(cli.out()).isEmpty();
    try (Stream<Path> files = Files.walk(out)) {
      assertThat(files.filter(Files::isRegularFile))
          .containsExactlyInAnyOrder(out.resolve("a/1.wav.jams"), out.resolve("2.wav.jams"));
    }
    assertThat(Files.readString(out.resolve("a/1.wav.jams")))
        .contains("\"path\":\"" + first + "\"")
        .endsWith("}\n");
    // Only JAMS has a file a song.
    Cli.run("classify", "--csv", "--model", model, "-o", out, first).assertFails(1, "is a folder");
    Cli.run("classify", "--csv", "--model", model, "-o", folder.resolve("new") + "/", first)
        .assertFails(2, "only --jams writes into a folder");
  }

  @Test
  void isolatedAnswersAreTheSame() throws IOException {
    Path song = song("a.wav", 8);
    Path none = Files.writeString(folder.resolve("none.mp3"), "no music");
    Object[] words = {"classify", "--json", "--model", model, "--precision", "fp32", song, none};
    Object[] isolated = Stream.concat(Stream.of(words), Stream.of("--isolate")).toArray();
    Cli here = Cli.run(words);
    Cli there = Cli.run(isolated);
    assertThat(there.status()).isEqualTo(1).isEqualTo(here.status());
    assertThat(there.lines()).isEqualTo(here.lines());
    Object[] tag = {"tag", "--min-confidence", "0", "--model", model, "--precision", "fp32", song};
    Object[] isolatedTag = Stream.concat(Stream.of(tag), Stream.of("--isolate")).toArray();
    assertThat(Cli.run(isolatedTag).out()).isNotEmpty().isEqualTo(Cli.run(tag).out());
  }

  /** A power cut, or an impatient owner. */
  @Test
  @Timeout(180)
  void aKilledRunLeavesTheFileAsItWas() throws IOException, InterruptedException {
    Path songs = Files.createDirectory(folder.resolve("songs"));
    for (int i = 0; i < 4; i++) {
      // Hours of next to nothing: some of it is always still to be heard.
      Path song = song("songs/" + i + ".wav", 1);
      try (RandomAccessFile file = new RandomAccessFile(song.toFile(), "rw")) {
        file.seek(4);
        file.writeInt(0x00FFFF7F);
        file.seek(40);
        file.writeInt(0x00FFFF7F);
        file.setLength(0x7FFF0000L);
      }
    }
    Path out = Files.writeString(folder.resolve("genres.csv"), "what was there before\n");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-D" + Cli.DATA + "=" + folder.resolve("data"),
                "-cp",
                System.getProperty("java.class.path"),
                Tonearm.class.getName(),
                "classify",
                "-r",
                "--csv",
                "--model",
                model.toString(),
                "-o",
                out.toString(),
                songs.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    while (temporaries().isEmpty() && process.isAlive()) {
      Thread.sleep(10);
    }
    assertThat(process.isAlive()).as("is in the middle").isTrue();
    process.destroyForcibly(); // kill -9
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(temporaries()).hasSize(1);
    assertThat(out).hasContent("what was there before\n");
  }

  private List<Path> temporaries() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith(AtomicFiles.TEMPORARY_PREFIX))
          .toList();
    }
  }

  private Path song(String name, double seconds) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    return TestAudio.write(file, TestFormat.WAV_S16, 22050, TestAudio.tone(440, seconds, 22050));
  }
}
