package tonearm.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** That decoding elsewhere gives the same, and that what goes wrong there stays there. */
@Timeout(180)
class IsolatedDecoderTest {
  private static final int RATE = 22050;

  @TempDir Path folder;

  @Test
  void whatIsHeardIsTheSameToTheLastBit() throws IOException {
    Path cut = folder.resolve("cut.flac");
    byte[] whole = Files.readAllBytes(song("song.flac", TestFormat.FLAC));
    Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
    Path odd = folder.resolve("new\nline \uD83C\uDFB7 100% #1?.mp3");
    Files.copy(song("song.mp3", TestFormat.MP3), odd);
    try (IsolatedDecoder decoder = new IsolatedDecoder()) {
      for (Path file : List.of(folder.resolve("song.flac"), folder.resolve("song.mp3"), cut, odd)) {
        Heard here = Heard.of(file, RATE);
        try (AudioStream stream = decoder.open(file, RATE)) {
          Heard there = Heard.drain(stream, 777);
          assertThat(there.samples()).as("%s", file).isEqualTo(here.samples());
          assertThat(there.warnings()).isEqualTo(here.warnings());
          assertThat(there.sampleRateHz()).isEqualTo(RATE);
          assertThat(stream.read(new float[1], 0, 1)).isEqualTo(-1);
        }
      }
      assertThat(decoder.children()).isEqualTo(1);
    }
  }

  @Test
  void skippingAndLengthAreTheSame() throws IOException {
    Path file = song("song.flac", TestFormat.FLAC);
    try (IsolatedDecoder decoder = new IsolatedDecoder();
        AudioStream here = AudioDecoder.open(file, RATE);
        AudioStream there = decoder.open(file, RATE)) {
      float[] mine = new float[1000];
      float[] its = new float[1000];
      for (long skipped : new long[] {0, 10, 40_000, 20_000, 1, 70_000, 1_000_000}) {
        here.skip(skipped);
        there.skip(skipped);
        assertThat(there.totalSamples()).isEqualTo(here.totalSamples());
        int read = readFully(here, mine);
        assertThat(readFully(there, its)).as("after %d", skipped).isEqualTo(read);
        assertThat(its).isEqualTo(mine);
      }
    }
  }

  private static int readFully(AudioStream stream, float[] samples) throws IOException {
    int filled = 0;
    while (filled < samples.length) {
      int read = stream.read(samples, filled, samples.length - filled);
      if (read < 0) {
        break;
      }
      filled += read;
    }
    return filled;
  }

  @Test
  void errorsAreTheSameAndTheChildGoesOn() throws IOException {
    Path text = Files.writeString(folder.resolve("text.mp3"), "no music");
    Path song = song("song.wav", TestFormat.WAV_S16);
    try (IsolatedDecoder decoder = new IsolatedDecoder()) {
      assertFails(decoder, text, "no audio stream: the file is text");
      assertFails(decoder, folder.resolve("none"), "no such file");
      // Left in the middle, with a block on its way.
      try (AudioStream stream = decoder.open(song, RATE)) {
        assertThat(stream.read(new float[10], 0, 10)).isEqualTo(10);
      }
      assertThat(hear(decoder, song)).isEqualTo(Heard.of(song, RATE).samples());
      assertThat(decoder.children()).isEqualTo(1);
      assertThatThrownBy(() -> decoder.open(song, 1)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aCrashCostsOneFile() throws IOException {
    Path song = song("song.wav", TestFormat.WAV_S16);
    try (IsolatedDecoder decoder = crashing(Duration.ofSeconds(60))) {
      float[] expected = Heard.of(song, RATE).samples();
      assertThat(hear(decoder, song)).isEqualTo(expected);
      assertFails(decoder, copy(song, "crash-at-once.wav"), "the decoder crashed on it (SIGSEGV)");
      assertThat(hear(decoder, song)).isEqualTo(expected);
      assertFails(decoder, copy(song, "crash-later.wav"), "the decoder crashed on it (SIGSEGV)");
      assertFails(decoder, copy(song, "exit.wav"), "the decoder crashed on it (exit status 7)");
      assertFails(decoder, copy(song, "fault.wav"), "the decoder failed on it: .*never happens");
      assertThat(hear(decoder, song)).isEqualTo(expected);
      assertThat(decoder.children()).isEqualTo(1);
    }
    assertThat(Path.of("hs_err_pid" + ProcessHandle.current().pid() + ".log")).doesNotExist();
  }

  /** A block is always asked for ahead: what becomes of it is the file's own affair. */
  @Test
  void aCrashBehindWhatWasWantedCostsTheNextFileNothing() throws IOException {
    Path song = song("song.wav", TestFormat.WAV_S16);
    try (IsolatedDecoder decoder = crashing(Duration.ofSeconds(60))) {
      float[] expected = Heard.of(song, RATE).samples();
      try (AudioStream stream = decoder.open(copy(song, "crash-later.wav"), RATE)) {
        float[] blocks = new float[expected.length / 16_384 * 16_384]; // all but the last
        for (int filled = 0; filled < blocks.length; ) {
          filled += stream.read(blocks, filled, blocks.length - filled);
        }
        assertThat(blocks).isNotEmpty().isEqualTo(Arrays.copyOf(expected, blocks.length));
      }
      assertThat(hear(decoder, song)).isEqualTo(expected);
    }
  }

  @Test
  void whatIsHeardInPartIsWarnedOfToo() throws IOException {
    float[] sound = TestAudio.noise(3, 3, RATE);
    Arrays.fill(sound, 100, 200, Float.NaN);
    Path file = folder.resolve("nan.wav");
    TestAudio.write(file, TestFormat.WAV_F32, RATE, sound);
    try (IsolatedDecoder decoder = new IsolatedDecoder();
        AudioStream here = AudioDecoder.open(file, RATE);
        AudioStream there = decoder.open(file, RATE)) {
      float[] some = new float[5000];
      assertThat(here.read(some, 0, 5000)).isPositive();
      assertThat(there.read(some, 0, 5000)).isPositive();
      assertThat(there.warnings()).isEqualTo(here.warnings()).isNotEmpty();
      assertThat(Heard.drain(there, 777).samples()).hasSizeGreaterThan(2 * RATE);
    }
  }

  @Test
  void aHangCostsOneFile() throws IOException {
    Path song = song("song.wav", TestFormat.WAV_S16);
    try (IsolatedDecoder decoder = crashing(Duration.ofSeconds(20))) {
      assertThat(hear(decoder, song)).isNotEmpty();
    }
    try (IsolatedDecoder decoder = crashing(Duration.ofMillis(4500))) {
      assertFails(decoder, copy(song, "hang.wav"), "took longer than 4.5 s to decode");
    }
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    Path file = copy(song("song.wav", TestFormat.WAV_S16), "hang.wav");
    try (IsolatedDecoder decoder = crashing(Duration.ofMinutes(10))) {
      AtomicReference<Exception> thrown = new AtomicReference<>();
      Thread listener =
          new Thread(
              () -> {
                try {
                  hear(decoder, file);
                } catch (IOException e) {
                  thrown.set(e);
                }
              });
      listener.start();
      while (listener.getState() != Thread.State.TIMED_WAITING) {
        Thread.sleep(10);
      }
      listener.interrupt();
      listener.join();
      assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
    }
  }

  @Test
  void severalAreHeardAtOnce() throws Exception {
    Path song = song("song.mp3", TestFormat.MP3);
    float[] expected = Heard.of(song, RATE).samples();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try (IsolatedDecoder decoder = new IsolatedDecoder()) {
      List<Future<float[]>> all = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        all.add(threads.submit(() -> hear(decoder, song)));
      }
      for (Future<float[]> one : all) {
        assertThat(one.get()).isEqualTo(expected);
      }
      assertThat(decoder.children()).isBetween(1, 3);
    } finally {
      threads.shutdown();
    }
  }

  /** As when the process that started it was killed. */
  @Test
  void aChildEndsWithItsInput() throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                DecoderChild.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(child.isAlive()).isTrue();
    child.getOutputStream().close();
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  private static IsolatedDecoder crashing(Duration limit) {
    return new IsolatedDecoder(limit, CrashingChild.class.getName());
  }

  private static float[] hear(IsolatedDecoder decoder, Path file) throws IOException {
    try (AudioStream stream = decoder.open(file, RATE)) {
      return Heard.drain(stream, 5000).samples();
    }
  }

  private static void assertFails(IsolatedDecoder decoder, Path file, String message) {
    assertThatThrownBy(() -> hear(decoder, file))
        .isInstanceOf(AudioException.class)
        .message()
        .matches(message.replace("(", "\\(").replace(")", "\\)"));
  }

  private Path song(String name, TestFormat format) throws IOException {
    return TestAudio.write(
        folder.resolve(name), format, 44100, TestAudio.noise(4, 8, 44100), new float[8 * 44100]);
  }

  private Path copy(Path song, String name) throws IOException {
    return Files.copy(song, folder.resolve(name));
  }
}
