package tonearm.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_log_get_level;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams: block sizes, names, many at once, what they leave behind. */
class AudioDecoderStreamTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1000, 4096, 65537, 1_000_000})
  void blockSizesChangeNothing(int blockSize) throws IOException {
    Path file = folder.resolve("a.mp3");
    TestAudio.write(file, TestFormat.MP3, 44100, TestAudio.noise(4, 2, 44100));
    Audio whole = AudioDecoder.decode(file, 22050);
    try (AudioStream stream = AudioDecoder.open(file, 22050)) {
      assertThat(Heard.drain(stream, blockSize).samples()).isEqualTo(whole.samples());
    }
    // A file resampled on the way is the file decoded and resampled afterwards, bit for bit.
    Audio own = AudioDecoder.decode(file, 44100);
    assertThat(AudioDecoder.resample(own, 22050).samples()).isEqualTo(whole.samples());
  }

  @Test
  void readFillsWhereItIsTold() throws IOException {
    Path file = wav("a.wav");
    try (AudioStream stream = AudioDecoder.open(file)) {
      float[] buffer = new float[10];
      assertThat(stream.read(buffer, 3, 4)).isEqualTo(4);
      assertThat(buffer[2]).isZero();
      assertThat(buffer[3]).isZero();
      assertThat(buffer[6]).isNotZero();
      assertThat(buffer[7]).isZero();
      assertThatThrownBy(() -> stream.read(buffer, 0, 0))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> stream.read(buffer, 8, 3))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void theEndStaysTheEndAndCloseMayComeTwice() throws IOException {
    AudioStream stream = AudioDecoder.open(wav("a.wav"), 16000);
    Heard.drain(stream, 4096);
    assertThat(stream.read(new float[1], 0, 1)).isEqualTo(-1);
    assertThat(stream.read(new float[1], 0, 1)).isEqualTo(-1);
    stream.close();
    stream.close();
    assertThat(stream.warnings()).isEmpty();
    assertThatThrownBy(() -> stream.read(new float[1], 0, 1))
        .isInstanceOf(IOException.class)
        .hasMessage("the stream is closed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "two words.wav",
        "line\nbreak.wav",
        "tab\t'quote' \"double\" `back`$HOME.wav",
        "emoji 🎺🎷.wav",
        "日本語.wav",
        "concat:a|b.wav",
        "file:x.wav",
        "pipe:0",
        "-i.wav",
        "%03d.wav",
        "*?[a].wav",
        "a:b@c?d=e#f.wav",
        "data:audio,x",
        "no ending",
        ".wav"
      })
  void oddNamesAreOnlyNames(String name) throws IOException {
    Path file;
    try {
      file = folder.resolve(name);
      Files.copy(wav("plain.wav"), file);
    } catch (InvalidPathException | FileSystemException e) {
      assumeTrue(false, "this system has no such names: " + name);
      return;
    }
    assertThat(Heard.of(file).samples().length).isEqualTo(8000);
  }

  @Test
  void aNameOf255Bytes() throws IOException {
    Path file = Files.copy(wav("plain.wav"), folder.resolve("é".repeat(125) + ".wavx"));
    assertThat(Heard.of(file).samples().length).isEqualTo(8000);
  }

  @Test
  void manyStreamsAtOnceInManyThreads() throws Exception {
    Path file = folder.resolve("a.flac");
    TestAudio.write(file, TestFormat.FLAC, 44100, TestAudio.noise(4, 1, 44100));
    float[] expected = Heard.of(file, 22050).samples();
    List<AudioStream> open = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      open.add(AudioDecoder.open(file, 22050));
    }
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<Heard>> heard = new ArrayList<>();
      for (AudioStream stream : open) {
        heard.add(
            pool.submit(
                () -> {
                  try (stream) {
                    return Heard.drain(stream, 3000);
                  }
                }));
      }
      for (Future<Heard> one : heard) {
        assertThat(one.get().samples()).isEqualTo(expected);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void aCallersPointerScopeTakesNothingAway() throws IOException {
    Path file = wav("a.wav");
    AudioStream stream;
    try (PointerScope scope = new PointerScope()) {
      scope.attach(new IntPointer(1));
      stream = AudioDecoder.open(file, 22050);
    }
    try (stream) {
      assertThat(Heard.drain(stream, 100).samples().length).isEqualTo(22050);
    }
  }

  @Test
  void ffmpegIsToldToKeepQuiet() throws IOException {
    Heard.of(wav("a.wav"));
    assertThat(av_log_get_level()).isEqualTo(AV_LOG_QUIET);
  }

  /** Opens what goes well, what fails early and what fails late, and looks at the process. */
  @Test
  void nothingIsLeftInMemory() throws IOException {
    assumeTrue(Files.isReadable(Path.of("/proc/self/status")));
    List<Path> files = new ArrayList<>();
    for (TestFormat format : TestFormat.values()) {
      Path file = folder.resolve("a" + format);
      float[] sound = TestAudio.noise(4, 0.5, 48000);
      files.add(TestAudio.write(file, format, 48000, sound, sound));
      byte[] bytes = Files.readAllBytes(file);
      files.add(Files.write(folder.resolve("cut" + format), Arrays.copyOf(bytes, 300)));
    }
    files.add(Files.writeString(folder.resolve("text"), "text"));
    hearAll(files, 4);
    System.gc();
    long before = residentKilobytes();
    int openFiles = openFiles();
    hearAll(files, 12);
    System.gc();
    assertThat(residentKilobytes() - before).isLessThan(24_000);
    assertThat(openFiles()).isEqualTo(openFiles);
  }

  @ParameterizedTest
  @EnumSource(names = {"WAV_S16", "FLAC", "MP3"})
  void memoryDoesNotGrowWithLength(TestFormat format) throws IOException {
    assumeTrue(Files.isReadable(Path.of("/proc/self/status")));
    Path file = folder.resolve("long");
    TestAudio.write(file, format, 8000, TestAudio.noise(4, 1200, 8000));
    float[] block = new float[4096];
    try (AudioStream stream = AudioDecoder.open(file, 22050)) {
      stream.read(block, 0, block.length);
      System.gc();
      long before = residentKilobytes();
      long total = 0;
      for (int read = 0; read >= 0; read = stream.read(block, 0, block.length)) {
        total += read;
      }
      assertThat(total / 22050.0).isCloseTo(1200, within(1.0));
      // The whole would be 106 MB as floats. The collector may let some garbage pile up.
      assertThat(residentKilobytes() - before).isLessThan(60_000);
    }
  }

  @Test
  @Tag("gtzan")
  void aGtzanTrackHasAllItsSamples() throws IOException {
    Path blues = Path.of("../../shared/gtzan/audio/blues");
    assumeTrue(Files.isDirectory(blues), "GTZAN is not here");
    List<Path> tracks;
    try (Stream<Path> all = Files.list(blues)) {
      tracks = all.filter(p -> p.toString().endsWith(".flac")).sorted().toList();
    }
    assertThat(tracks).isNotEmpty();
    for (Path track : tracks) {
      Heard heard = Heard.of(track);
      assertThat(heard.sampleRateHz()).isEqualTo(22050);
      assertThat(heard.warnings()).isEmpty();
      // STREAMINFO: 36 bits of sample count from the middle of byte 21.
      byte[] head = new byte[26];
      try (InputStream in = Files.newInputStream(track)) {
        assertThat(in.readNBytes(head, 0, 26)).isEqualTo(26);
      }
      long count = head[21] & 0x0F;
      for (int i = 22; i < 26; i++) {
        count = count << 8 | (head[i] & 0xFF);
      }
      assertThat((long) heard.samples().length).as("%s", track).isEqualTo(count);
      assertThat(count).isBetween(29L * 22050, 31L * 22050);
    }
  }

  private static void hearAll(List<Path> files, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      for (Path file : files) {
        try (AudioStream stream = AudioDecoder.open(file, 22050)) {
          stream.read(new float[100], 0, 100);
        } catch (AudioException e) {
          assertThat(e.getMessage()).isNotBlank();
        }
      }
    }
  }

  private static long residentKilobytes() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      String line = lines.filter(l -> l.startsWith("VmRSS:")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("\\D", ""));
    }
  }

  private static int openFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return (int) files.count();
    }
  }

  private Path wav(String name) throws IOException {
    Path file = folder.resolve(name);
    return TestAudio.write(file, TestFormat.WAV_S16, 8000, TestAudio.tone(440, 1, 8000));
  }
}
