package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;
import tonearm.cli.HostileFiles.Hostile;
import tonearm.cli.HostileFiles.Outcome;
import tonearm.eval.Prediction;
import tonearm.eval.Prediction.Status;
import tonearm.terminal.Interruption;
import tonearm.terminal.Text;

/** What people's disks hold besides songs: each gets one line and the right exit status. */
class CliHostileInputTest {
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
  void everyFileGetsItsLineAndTheRestIsDone() throws IOException {
    List<Hostile> files = HostileFiles.write(folder);
    List<Object> words = new ArrayList<>(List.of("classify", "--json", "--model", model, "--"));
    files.forEach(f -> words.add(f.file()));

    Cli cli = Cli.run(words.toArray());

    assertThat(cli.status()).isEqualTo(1);
    assertThat(cli.lines()).hasSameSizeAs(files);
    int failed = 0;
    for (int i = 0; i < files.size(); i++) {
      Prediction answer = Prediction.fromJson(cli.lines().get(i));
      Outcome wanted = files.get(i).outcome();
      assertThat(answer.path()).isEqualTo(files.get(i).file().toString());
      if (wanted != Outcome.EITHER) {
        assertThat(answer.status())
            .as("%s", answer)
            .isEqualTo(wanted == Outcome.ANSWER ? Status.OK : Status.ERROR);
      }
      if (answer.status() == Status.ERROR) {
        failed++;
        String error = String.valueOf(answer.error());
        assertThat(error).doesNotContain("null", "please report", answer.path());
        assertThat(cli.messages()).containsOnlyOnce(line(files.get(i).file(), error));
      }
    }
    assertThat(cli.messages())
        .filteredOn(m -> !m.contains(": warning: "))
        .hasSize(failed + 1)
        .last()
        .asString()
        .startsWith(
            "tonearm: %d of %d files answered, %d failed, "
                .formatted(files.size() - failed, files.size(), failed));
  }

  @Test
  void inFoldersOnlyWhatIsMusicOrPromisesItIsTold() throws IOException {
    HostileFiles.write(folder);
    HostileFiles.writeCompanions(folder);
    List<Path> expected = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      all.filter(f -> f.getFileName().toString().matches("(?s)[^.].*\\.[a-z0-9]{2,4}"))
          .filter(f -> !f.getFileName().toString().matches(".*\\.(jpg|m3u8?|cue|txt|lrc|db)"))
          .filter(f -> !f.endsWith("empty.mp3") && !Files.isDirectory(f))
          .sorted()
          .forEach(expected::add);
    }

    Cli cli = Cli.run("classify", "-r", "--json", "--model", model, folder);

    assertThat(cli.status()).isEqualTo(1);
    List<Path> told = new ArrayList<>();
    for (String line : cli.lines()) {
      told.add(Path.of(Prediction.fromJson(line).path()));
    }
    assertThat(told).isEqualTo(expected);
    assertThat(cli.messages()).noneMatch(m -> m.contains("cover.jpg") || m.contains("notes.txt"));
  }

  private static String line(Path file, String error) {
    return "tonearm: " + Text.oneLine(file.toString()) + ": " + Text.oneLine(error);
  }

  @Test
  void theCauseIsToldInWords() throws IOException {
    Path text = Files.writeString(folder.resolve("text.mp3"), "no music\n");
    assertFails(text, "no audio stream: the file is text");
    assertFails(Files.createFile(folder.resolve("empty.mp3")), "the file is empty (0 bytes)");
    assertFails(folder.resolve("missing.mp3"), "no such file");
    assertFails(folder.resolve("c".repeat(300)), "File name too long");
    assertFails(folder, "is a folder; add -r to take what is in it");
    assertFails(Path.of("/dev/null"), "not a regular file");
    Path silent = folder.resolve("silent.wav");
    TestAudio.write(silent, TestFormat.WAV_S16, 8000, TestAudio.silence(2, 8000));
    assertFails(silent, "silent throughout");
  }

  private static void assertFails(Path file, String cause) {
    Cli.run("classify", "--model", model, file).assertFails(1, file + ": " + cause);
  }

  @Test
  void aFileThatMayNotBeReadIsTold() throws IOException {
    Path file = song(folder.resolve("secret.wav"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(file), "root may read everything");

    assertFails(file, "permission denied");
  }

  @Test
  void aNameThatBeginsWithADashNeedsTwoDashesBeforeIt() {
    Cli.run("classify", "a.mp3", "-song.mp3").assertFails(2, "Unknown option", "-song.mp3");
    Cli.run("classify", "--model", model, "--", "-song.mp3")
        .assertFails(1, "-song.mp3: no such file");
  }

  @Test
  void aNameThatBeginsWithAnAtIsAName() throws IOException {
    Path words = Files.writeString(folder.resolve("words"), "--help");

    Cli.run("classify", "--model", model, "@" + words).assertFails(1, "@" + words);
  }

  @Test
  void foldersAreReadWithoutWhatLiesBesideMusic() throws IOException {
    Path music = Files.createDirectories(folder.resolve("music/b"));
    Path second = song(music.resolve("2.wav"));
    Path first = song(music.resolve("1.wav"));
    Files.writeString(music.resolve("cover.jpg"), "no picture");
    Files.writeString(music.resolve(".hidden.wav"), "hidden");
    Files.createSymbolicLink(music.resolve("up"), folder.resolve("music"));

    Cli cli = Cli.run("classify", "-r", "--json", "--model", model, folder.resolve("music"));

    assertThat(cli.messages())
        .singleElement()
        .asString()
        .matches("tonearm: 2 of 2 files answered, 0 failed, [0-9.]+ songs/min;.*");
    assertThat(cli.status()).isZero();
    assertThat(cli.lines()).hasSize(2);
    assertThat(Prediction.fromJson(cli.lines().get(0)).path()).isEqualTo(first.toString());
    assertThat(Prediction.fromJson(cli.lines().get(1)).path()).isEqualTo(second.toString());
  }

  @Test
  void aFolderWithoutMusicAndALinkToNothingAreTold() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path links = Files.createDirectory(folder.resolve("links"));
    Path link = Files.createSymbolicLink(links.resolve("a.mp3"), Path.of("gone"));

    Cli.run("classify", "-r", "--model", model, empty)
        .assertFails(1, empty + ": a folder without any file that may be audio");
    Cli.run("classify", "-r", "--model", model, links).assertFails(1, link + ": a link to nothing");
  }

  private static Path song(Path file) throws IOException {
    return TestAudio.write(file, TestFormat.WAV_S16, 8000, TestAudio.tone(440, 1, 8000));
  }
}
