package tonearm.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rule of what is taken in folders. */
@Timeout(60)
class SoundFilesTest {
  @TempDir Path folder;

  private Path music = Path.of("set before each");
  private byte[] sound = {};

  @BeforeEach
  void makeMusic() throws IOException {
    music = Files.createDirectory(folder.resolve("music"));
    Path file = folder.resolve("sound");
    TestAudio.write(file, TestFormat.FLAC, 8000, TestAudio.tone(440, 0.1, 8000));
    sound = Files.readAllBytes(file);
  }

  /** What one walk tells, with names relative to the music folder. */
  private final class Told implements SoundFiles.Listener {
    private final List<String> found = new ArrayList<>();
    private final List<String> unreadable = new ArrayList<>();
    private final List<String> passedOver = new ArrayList<>();

    @Override
    public void found(Path file, BasicFileAttributes attributes) {
      assertThat(attributes.isRegularFile()).isTrue();
      found.add(name(file));
    }

    @Override
    public void unreadable(Path path, String cause) {
      unreadable.add(name(path) + ": " + cause);
    }

    @Override
    public void passedOver(Path file) {
      passedOver.add(name(file));
    }

    private String name(Path path) {
      return music.relativize(path).toString();
    }
  }

  private Told walk() throws IOException {
    Told told = new Told();
    assertThat(new SoundFiles().walk(music, told)).isTrue();
    return told;
  }

  @ParameterizedTest
  @EnumSource(TestFormat.class)
  void everyFormatIsKnownByItsFirstBytes(TestFormat format) throws IOException {
    boolean opus = format.encoder().equals("libopus");
    for (int rate : opus ? new int[] {48000} : new int[] {32000, 44100, 48000}) {
      Path file = music.resolve("a");
      float[] noise = TestAudio.noise(1, 0.3, rate);
      TestAudio.write(file, format, rate, noise, noise);
      assertThat(walk().found).as("%d Hz", rate).containsExactly("a");
    }
    assertThat(SoundFiles.nameIsOfSound(Path.of("b." + format.extension()))).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"MP3", "MP2", "AAC_ADTS", "AC3"})
  void framesWithoutASignatureAreFoundAtEveryBitRate(TestFormat format) throws IOException {
    for (int kilobits : new int[] {64, 128, 320}) {
      for (int rate : new int[] {32000, 44100, 48000}) {
        Path file = music.resolve("a");
        float[] noise = TestAudio.noise(1, 0.5, rate);
        TestEncoder.write(
            file, format, rate, 1000 * kilobits, java.util.Map.of("id3v2_version", "0"), noise);
        assertThat(walk().found).as("%d kbit/s, %d Hz", kilobits, rate).containsExactly("a");
      }
    }
  }

  @Test
  void filmsAreKnownByTheirFirstBytes() throws IOException {
    float[] tone = TestAudio.tone(440, 0.5, 48000);
    for (String muxer : List.of("mp4", "mov", "matroska", "avi", "mpegts", "asf")) {
      TestAudio.writeFilm(music.resolve(muxer), muxer, TestFormat.MP3, 48000, tone);
    }
    assertThat(walk().found).containsExactly("asf", "avi", "matroska", "mov", "mp4", "mpegts");
  }

  @Test
  void theContentIsTakenWhateverTheName() throws IOException {
    write("song.txt", sound);
    write("a/cover.jpg", sound);
    write("noend", sound);
    assertThat(walk().found).containsExactly("noend", "song.txt", "a/cover.jpg");
  }

  @Test
  void aNameThatPromisesSoundIsTakenWhateverTheContent() throws IOException {
    byte[] cut = Arrays.copyOfRange(sound, 3, sound.length);
    write("damaged.flac", cut);
    write("damaged.bin", cut);
    write("LETTER.MP3", "Dear diary".getBytes(StandardCharsets.UTF_8));
    Told told = walk();
    assertThat(told.found).containsExactly("LETTER.MP3", "damaged.flac");
    assertThat(told.passedOver).containsExactly("damaged.bin");
  }

  @Test
  void whatLiesBesideMusicIsPassedOver() throws IOException {
    write(
        "cover.jpg", "\u00FF\u00D8\u00FF\u00E0\0\u0010JFIF".getBytes(StandardCharsets.ISO_8859_1));
    write("cover.png", "\u0089PNG\r\n\u001A\n\0\0".getBytes(StandardCharsets.ISO_8859_1));
    write("cover.webp", "RIFF\u0001\0\0\0WEBPVP8 ".getBytes(StandardCharsets.ISO_8859_1));
    write("cover.avif", "\0\0\0 ftypavif\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1));
    write("list.m3u8", "#EXTM3U\na.mp3\n".getBytes(StandardCharsets.UTF_8));
    write("list.pls", "[playlist]\nFile1=a.mp3\n".getBytes(StandardCharsets.UTF_8));
    write("album.cue", "FILE \"a.wav\" WAVE\n".getBytes(StandardCharsets.UTF_8));
    write("list.xspf", "<?xml version=\"1.0\"?><playlist/>".getBytes(StandardCharsets.UTF_8));
    write("song.lrc", "[00:01.00]la\n".getBytes(StandardCharsets.UTF_8));
    write("addresses.txt", "MAC addresses\nID3 tags\n".getBytes(StandardCharsets.UTF_8));
    write("booklet.pdf", "%PDF-1.4\n\u00E2\u00E3\n".getBytes(StandardCharsets.ISO_8859_1));
    write("library.db", "SQLite format 3\0\u0010".getBytes(StandardCharsets.ISO_8859_1));
    write("Thumbs.db", "\u00D0\u00CF\u0011\u00E0".getBytes(StandardCharsets.ISO_8859_1));
    write("zeros", new byte[20_000]);
    write("empty.mp3", new byte[0]);
    write("empty", new byte[0]);
    write(".hidden.mp3", sound);
    write("._song.mp3", sound);
    write(".trash/song.mp3", sound);
    Told told = walk();
    assertThat(told.found).isEmpty();
    assertThat(told.unreadable).isEmpty();
    assertThat(told.passedOver).hasSize(16);
  }

  @Test
  void noiseIsHardlyEverTakenForSound() {
    Random random = new Random(17);
    byte[] head = new byte[Signatures.HEAD_BYTES];
    int taken = 0;
    for (int i = 0; i < 2000; i++) {
      random.nextBytes(head);
      taken += Signatures.isSound(head) ? 1 : 0;
    }
    assertThat(taken).isZero();
  }

  @Test
  void linksAreFollowedOnceAndInNoCircle() throws IOException {
    write("b/1.flac", sound);
    write("b/c/2.flac", sound);
    Path elsewhere = folder.resolve("elsewhere");
    Files.createDirectories(elsewhere.resolve("deep"));
    Files.write(elsewhere.resolve("3.flac"), sound);
    Files.write(elsewhere.resolve("deep/4.flac"), sound);
    Files.write(folder.resolve("5.flac"), sound);
    link("a-up", music);
    link("b/c/round", music.resolve("b"));
    link("a-b", music.resolve("b"));
    link("a-1.flac", music.resolve("b/1.flac"));
    link("a-3.flac", elsewhere.resolve("3.flac"));
    link("other", elsewhere);
    link("again", elsewhere);
    link("deep", elsewhere.resolve("deep"));
    link("x.flac", folder.resolve("5.flac"));
    link("y.flac", folder.resolve("5.flac"));
    link("self.mp3", music.resolve("self.mp3"));
    link("nowhere.mp3", folder.resolve("gone.mp3"));
    link("nowhere.txt", folder.resolve("gone.txt"));
    Told told = walk();
    assertThat(told.found)
        .containsExactly("b/1.flac", "b/c/2.flac", "again/3.flac", "again/deep/4.flac", "x.flac");
    assertThat(told.unreadable)
        .containsExactly("nowhere.mp3: a link to nothing", "self.mp3: a link to nothing");
    assertThat(told.passedOver).containsExactly("nowhere.txt");
  }

  @Test
  void foldersThatOverlapAreWalkedOnce() throws IOException {
    write("a/1.flac", sound);
    write("2.flac", sound);
    SoundFiles walker = new SoundFiles();
    Told told = new Told();
    assertThat(walker.walk(music.resolve("a"), told)).isTrue();
    assertThat(walker.walk(music, told)).isTrue();
    assertThat(walker.walk(music.resolve("a"), told)).isFalse();
    assertThat(told.found).containsExactly("a/1.flac", "2.flac");
    assertThatThrownBy(() -> walker.walk(folder.resolve("no"), told))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void pipesAndDevicesAreNotOpened() throws IOException, InterruptedException {
    Path mkfifo = Path.of("/usr/bin/mkfifo");
    assumeTrue(Files.isExecutable(mkfifo));
    for (String name : List.of("pipe.mp3", "pipe")) {
      new ProcessBuilder(mkfifo.toString(), music.resolve(name).toString())
          .start()
          .waitFor(10, TimeUnit.SECONDS);
    }
    link("null.wav", Path.of("/dev/null"));
    Told told = walk();
    assertThat(told.found).isEmpty();
    assertThat(told.unreadable)
        .containsExactly("pipe.mp3: not a regular file", "null.wav: not a regular file");
    assertThat(told.passedOver).containsExactly("pipe");
    Files.delete(music.resolve("null.wav"));
  }

  private void write(String name, byte[] content) throws IOException {
    Path file = music.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.write(file, content);
  }

  private void link(String name, Path to) throws IOException {
    Files.createSymbolicLink(music.resolve(name), to);
  }
}
