package tonearm.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;

/**
 * Files as people have them and nobody wants them, each with what should come of it. The same bytes
 * every time.
 */
final class HostileFiles {
  private static final int RATE_HZ = 22050;
  private static final String[] MAGIC = {"ID3\u0004", "RIFF", "fLaC", "OggS", "\0\0\0 ftypM4A "};

  private final Path folder;
  private final Random random = new Random(11);
  private final List<Hostile> files = new ArrayList<>();

  /** What may come of a file. */
  enum Outcome {
    /** There is a genre. */
    ANSWER,
    /** There is a reason why there is none. */
    REASON,
    /** Either, since it hangs on where a file was cut; but nothing worse. */
    EITHER
  }

  /**
   * @param file as it would be named on the command line
   */
  record Hostile(Path file, Outcome outcome) {}

  private HostileFiles(Path folder) {
    this.folder = folder;
  }

  /** Writes all of them. */
  static List<Hostile> write(Path folder) throws IOException {
    HostileFiles maker = new HostileFiles(folder);
    maker.addNoMusic();
    maker.addCut();
    maker.addOddSounds();
    maker.addOddNames();
    maker.addWhatIsNoFile();
    return List.copyOf(maker.files);
  }

  private void addNoMusic() throws IOException {
    reason("empty.mp3", new byte[0]);
    reason("text.mp3", "Dear diary,\nthere is no music here.\n".getBytes(StandardCharsets.UTF_8));
    reason("page.mp3", "<!doctype html><p>404 \u00fcber".getBytes(StandardCharsets.UTF_8));
    reason("list.mp3", "#EXTM3U\nhttp://127.0.0.1:9/a.mp3\n".getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < MAGIC.length; i++) {
      byte[] noise = new byte[20_000];
      random.nextBytes(noise);
      byte[] magic = MAGIC[i].getBytes(StandardCharsets.ISO_8859_1);
      System.arraycopy(magic, 0, noise, 0, magic.length);
      // Random bytes may hold what looks like a frame of sound.
      add(Files.write(folder.resolve("magic" + i + ".mp3"), noise), Outcome.EITHER);
    }
  }

  private void addCut() throws IOException {
    float[] sound = TestAudio.tone(440, 8, RATE_HZ);
    for (TestFormat format : List.of(TestFormat.MP3, TestFormat.FLAC, TestFormat.WAV_S16)) {
      Path whole = folder.resolve("whole." + format.extension());
      TestAudio.write(whole, format, RATE_HZ, sound);
      add(whole, Outcome.ANSWER);
      byte[] bytes = Files.readAllBytes(whole);
      for (int percent = 25; percent < 100; percent += 25) {
        byte[] part = Arrays.copyOf(bytes, bytes.length * percent / 100);
        Path cut = folder.resolve("cut%d.%s".formatted(percent, format.extension()));
        add(Files.write(cut, part), Outcome.ANSWER);
      }
      byte[] head = Arrays.copyOf(bytes, 40);
      add(Files.write(folder.resolve("head." + format.extension()), head), Outcome.REASON);
    }
  }

  private void addOddSounds() throws IOException {
    add(wave("sample.wav", RATE_HZ, new float[] {0.5f}), Outcome.REASON);
    add(wave("silence.wav", RATE_HZ, TestAudio.silence(3, RATE_HZ)), Outcome.REASON);
    add(floatWave("nan.wav", Float.NaN), Outcome.ANSWER);
    add(floatWave("infinity.wav", Float.POSITIVE_INFINITY), Outcome.ANSWER);
    add(floatWave("huge.wav", Float.MAX_VALUE), Outcome.ANSWER);
    float[] tone = TestAudio.tone(440, 2, RATE_HZ);
    float[][] eight = new float[8][];
    Arrays.fill(eight, tone);
    sound("eight.wav", RATE_HZ, eight);
    sound("slow.wav", 8_000, TestAudio.tone(440, 2, 8_000));
    sound("fast.wav", 384_000, TestAudio.tone(440, 1, 384_000));
  }

  private void addOddNames() throws IOException {
    float[] tone = TestAudio.tone(440, 1, RATE_HZ);
    String longest = "a".repeat(251) + ".wav";
    for (String name :
        List.of(
            "two words.wav",
            "\u00fcml\u00e4ut.wav",
            "\"quoted\".wav",
            "it's.wav",
            "new\nline.wav",
            "tab\there.wav",
            "\u001b[31mred.wav",
            "\uD83C\uDFB7.wav",
            "-dash.wav",
            "@at.wav",
            "%s%n$HOME.wav",
            "a,b;c.wav",
            longest)) {
      sound(name, RATE_HZ, tone);
    }
  }

  private void addWhatIsNoFile() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("folder.mp3"));
    add(inner, Outcome.REASON);
    add(folder.resolve("missing.mp3"), Outcome.REASON);
    add(folder.resolve("b".repeat(300) + ".mp3"), Outcome.REASON);
    Path loop = folder.resolve("loop.mp3");
    add(Files.createSymbolicLink(loop, loop.getFileName()), Outcome.REASON);
    Path nowhere = folder.resolve("nowhere.mp3");
    add(Files.createSymbolicLink(nowhere, Path.of("gone.mp3")), Outcome.REASON);
    add(Path.of("/dev/null"), Outcome.REASON);
    add(Path.of("http://127.0.0.1:9/song.mp3"), Outcome.REASON);
    add(Path.of("concat:a.mp3|b.mp3"), Outcome.REASON);
  }

  private void reason(String name, byte[] content) throws IOException {
    add(Files.write(folder.resolve(name), content), Outcome.REASON);
  }

  private void sound(String name, int rateHz, float[]... channels) throws IOException {
    add(wave(name, rateHz, channels), Outcome.ANSWER);
  }

  /** By a plain name first: FFmpeg's own writer need not like what we test the reader with. */
  private Path wave(String name, int rateHz, float[]... channels) throws IOException {
    Path plain = folder.resolve("plain.tmp");
    TestAudio.write(plain, TestFormat.WAV_S16, rateHz, channels);
    return Files.move(plain, folder.resolve(name));
  }

  /** Two seconds of a tone in 32-bit floats, with one odd sample in the middle. */
  private Path floatWave(String name, float odd) throws IOException {
    Path file = folder.resolve(name);
    TestAudio.write(file, TestFormat.WAV_F32, RATE_HZ, TestAudio.tone(440, 2, RATE_HZ));
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4 * RATE_HZ, odd);
    return Files.write(file, bytes);
  }

  private void add(Path file, Outcome outcome) {
    files.add(new Hostile(file, outcome));
  }
}
