package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;
import tonearm.terminal.Interruption;

/** What {@code tonearm classify --plot} draws, and what of it fails. */
class CliPlotTest {
  private static final int RATE_HZ = 8000;

  @TempDir private static Path shared;
  @TempDir private Path folder;
  private static Path model = Path.of("set before all");
  private static Path song = Path.of("set before all");

  @BeforeAll
  static void makeFiles() throws IOException {
    model = TinyModel.write(shared.resolve("tiny"));
    song = shared.resolve("song.wav");
    TestAudio.write(song, TestFormat.WAV_S16, RATE_HZ, TestAudio.noise(5, 13, RATE_HZ));
  }

  @AfterAll
  static void commandsAreOver() {
    Interruption.finished();
  }

  private static Cli classify(Object... words) {
    List<Object> all = new ArrayList<>(List.of("classify", "--model", model));
    all.addAll(List.of(words));
    return Cli.run(all.toArray());
  }

  private Path copy(String name) throws IOException {
    Path to = folder.resolve(name);
    Files.createDirectories(to.resolveSibling(""));
    return Files.copy(song, to);
  }

  private static List<String> files(Path in) throws IOException {
    try (Stream<Path> files = Files.walk(in)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> in.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  @Test
  void eachSongGetsAPictureAndTheAnswersAreAsWithout() throws IOException {
    Path plots = folder.resolve("new/plots");
    Cli cli = classify("--json", "--plot", plots, song);

    assertThat(cli.status()).isZero();
    assertThat(cli.out()).isEqualTo(classify("--json", song).out());
    assertThat(cli.messages())
        .containsExactly("tonearm: picture: " + plots.resolve("song.wav.png"));
    assertThat(files(plots)).containsExactly("song.wav.png");
    BufferedImage picture = ImageIO.read(plots.resolve("song.wav.png").toFile());
    assertThat(picture.getWidth()).isEqualTo(2000);
    assertThat(classify("--json", "--timeline", "--plot", plots, song).out())
        .isEqualTo(classify("--json", "--timeline", song).out());
  }

  @Test
  void songsOfTheSameNameAndOddOnesGetPicturesOfTheirOwn() throws IOException {
    Path music = folder.resolve("music");
    copy("music/a/b.mp3");
    copy("music/c/b.mp3");
    copy("music/c/b");
    copy("music/- ü&<%s>\n.wav");
    Files.writeString(music.resolve("c/broken.mp3"), "no music");
    Path plots = folder.resolve("plots");

    Cli cli = classify("-r", "--no-index", "--jobs", 2, "--plot", plots, music);

    assertThat(cli.status()).isEqualTo(1);
    assertThat(files(plots))
        .containsExactly("- ü&<%s>\n.wav.png", "a/b.mp3.png", "c/b.mp3.png", "c/b.png");
    assertThat(cli.messages())
        .filteredOn(line -> line.contains("broken.mp3"))
        .containsExactly(
            "tonearm: " + music.resolve("c/broken.mp3") + ": no audio stream: the file is text");
    assertThat(cli.messages().get(cli.messages().size() - 1))
        .isEqualTo("tonearm: 4 pictures in " + plots + ", 0 failed");
  }

  @Test
  void whatTheIndexKnowsIsHeardAgainButNotWhatFailed() throws IOException {
    Path music = folder.resolve("music");
    copy("music/a.wav");
    copy("music/copy.wav");
    Files.writeString(music.resolve("broken.mp3"), "no music");
    Path index = folder.resolve("library.db");
    Cli first = classify("-r", "--index", index, "--json", music);
    Path plots = folder.resolve("plots");

    Cli again = classify("-r", "--index", index, "--json", "--plot", plots, music);

    assertThat(again.status()).isEqualTo(1);
    assertThat(again.out()).isEqualTo(first.out());
    assertThat(files(plots)).containsExactly("a.wav.png", "copy.wav.png");
    assertThat(again.err()).contains("known before, not tried again").contains("2 pictures in");
  }

  @Test
  void aPictureThatCannotBeWrittenIsOneLineAndNotTheAnswer() throws IOException {
    Path plots = folder.resolve("plots");
    Files.createDirectories(plots.resolve("song.wav.png/in the way"));
    Path other = copy("other.wav");
    Path both = Files.createDirectories(folder.resolve("both"));
    Files.copy(song, both.resolve("song.wav"));
    Files.move(other, both.resolve("other.wav"));

    Cli cli = classify("-r", "--no-index", "--json", "--plot", plots, both);

    assertThat(cli.status()).isEqualTo(1);
    assertThat(cli.lines()).hasSize(2).allMatch(line -> line.contains("\"status\":\"ok\""));
    assertThat(cli.messages())
        .filteredOn(line -> line.contains("no picture"))
        .singleElement()
        .asString()
        .startsWith("tonearm: " + both.resolve("song.wav") + ": no picture: ")
        .contains("is a folder, not a file");
    assertThat(cli.err()).contains("1 picture in " + plots + ", 1 failed");
  }

  @Test
  void aFolderThatCannotBeIsRefusedBeforeAnythingIsHeard() throws IOException {
    Path file = Files.writeString(folder.resolve("notes.txt"), "mine");
    classify("--plot", file, song).assertFails(1, "--plot " + file, "is in the way: a file");
    classify("--plot", file.resolve("deeper"), song).assertFails(1, "--plot " + file);
    classify("--plot", "", song).assertFails(2, "an empty name");
    assertThat(file).hasContent("mine");
  }

  /** Files are what their content says, so that a song may be called as a picture is. */
  @Test
  void noPictureTakesTheNameOfASong() throws IOException {
    Path one = copy("x");
    Path two = copy("x.png");
    classify("--plot", folder, one, two).assertFails(2, "x.png would overwrite a file");
    assertThat(two).hasSameBinaryContentAs(song);
  }

  @Test
  void thePictureGoesBesideWhateverElseIsWritten() throws IOException {
    Path plots = folder.resolve("plots");
    Path csv = folder.resolve("a.csv");
    Cli cli = classify("--csv", "-o", csv, "--excerpt", 1, "--isolate", "--plot", plots, song);
    assertThat(cli.status()).isZero();
    assertThat(Files.readAllLines(csv)).hasSize(2);
    assertThat(files(plots)).containsExactly("song.wav.png");

    Path jams = folder.resolve("jams");
    assertThat(classify("--jams", "-o", jams + "/", "--plot", jams, song).status()).isZero();
    assertThat(files(jams)).containsExactly("song.wav.jams", "song.wav.png");
    assertThat(jams.resolve("song.wav.jams")).content().doesNotContain("\"time\":6.0");
  }
}
