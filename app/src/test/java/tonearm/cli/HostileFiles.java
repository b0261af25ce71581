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
import java.util.Set;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;

/**
 * Files as people have them and nobody wants them, each with what should come of it. The same bytes
 * every time.
 */
final class HostileFiles {
  private static final int RATE_HZ = 22050;

  /** A rate that every format has. */
  private static final int CUT_RATE_HZ = 48000;

  /** Formats of which any part that begins at the beginning can be heard. */
  private static final Set<TestFormat> STREAMS =
      Set.of(TestFormat.MP3, TestFormat.FLAC, TestFormat.WAV_S16, TestFormat.AAC_ADTS);

  /** How files begin that people have, by FFmpeg's readers. */
  private static final String[] MAGIC = {
    "ID3\u0004\0\0\0\0\0\u0007",
    "\u00FF\u00FB\u0090d",
    "\u00FF\u00F1P\u0080",
    "RIFF\u00FF\u00FF\u00FF\u007FWAVEfmt ",
    "RIFF\u00FF\u00FF\u00FF\u007FAVI LIST",
    "RF64\u00FF\u00FF\u00FF\u00FFWAVEds64",
    "FORM\u007F\u00FF\u00FF\u00FFAIFFCOMM",
    ".snd\0\0\0\u0018",
    "caff\0\u0001\0\0desc",
    "fLaC\0\0\0\"",
    "OggS\0\u0002",
    "OggS\0\u0002\0\0\0\0\0\0\0\0\u0001\0\0\0\0\0\0\0\0\0\0\0\u0001\u0013OpusHead\u0001\u0002",
    "\0\0\0 ftypM4A ",
    "\0\0\0 ftypisom",
    "MAC \u0096\u000F\0\0004\0\0\0",
    "wvpk",
    "TTA1\u0001\0",
    "MPCK",
    "tBaK",
    "ajkg\u0002",
    "DSD \u001C\0\0\0\0\0\0\0",
    "FRM8\0\0\0\0\0\u0010\0\0DSD ",
    "0&\u00B2u\u008Ef\u00CF\u0011\u00A6\u00D9\0\u00AA\0b\u00CEl",
    "\u001AE\u00DF\u00A3\u009F",
    "FLV\u0001\u0005\0\0\0\u0009",
    "\0\0\u0001\u00BA",
    "\u000Bw",
    "\u007F\u00FE\u0080\u0001",
    ".RMF\0\0\0\u0012",
    "#!AMR\n",
    "Creative Voice File\u001A\u001A\0",
  };

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
    maker.addAbsurdHeaders();
    maker.addOddSounds();
    maker.addOddNames();
    maker.addWhatIsNoFile();
    maker.addPipe();
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

  /** Every format, whole and at every tenth of its length. */
  private void addCut() throws IOException {
    float[] sound = TestAudio.noise(5, 2, CUT_RATE_HZ);
    for (TestFormat format : TestFormat.values()) {
      String ending = "-" + format + "." + format.extension();
      Path whole = folder.resolve("whole" + ending);
      TestAudio.write(whole, format, CUT_RATE_HZ, sound);
      add(whole, Outcome.ANSWER);
      byte[] bytes = Files.readAllBytes(whole);
      for (int percent = 10; percent < 100; percent += 10) {
        byte[] part = Arrays.copyOf(bytes, bytes.length * percent / 100);
        add(
            Files.write(folder.resolve("cut" + percent + ending), part),
            STREAMS.contains(format) ? Outcome.ANSWER : Outcome.EITHER);
      }
      byte[] head = Arrays.copyOf(bytes, 20);
      add(Files.write(folder.resolve("head" + ending), head), Outcome.REASON);
    }
  }

  /** Headers that promise what no file of their size can hold. */
  private void addAbsurdHeaders() throws IOException {
    Path wave = wave("absurd.wav", RATE_HZ, TestAudio.tone(440, 1, RATE_HZ));
    byte[] bytes = Files.readAllBytes(wave);
    Files.delete(wave);
    header("gigabytes.wav", bytes, Outcome.ANSWER, 4, 0xF0000000, 40, 0xF0000000);
    header("channels.wav", bytes, Outcome.REASON, 22, 0xFFFF | RATE_HZ << 16);
    header("too-fast.wav", bytes, Outcome.REASON, 24, Integer.MAX_VALUE);
    header("too-slow.wav", bytes, Outcome.REASON, 24, 1);
    header("no-rate.wav", bytes, Outcome.REASON, 24, 0);
    header("no-block.wav", bytes, Outcome.EITHER, 32, 0);
    Path flac = folder.resolve("hours.flac");
    TestAudio.write(flac, TestFormat.FLAC, RATE_HZ, TestAudio.tone(440, 1, RATE_HZ));
    byte[] hours = Files.readAllBytes(flac);
    hours[21] |= 0x0F; // the upper bits of STREAMINFO's count of samples
    Arrays.fill(hours, 22, 26, (byte) 0xFF);
    add(Files.write(flac, hours), Outcome.ANSWER);
  }

  private void header(String name, byte[] wave, Outcome outcome, int... placesAndValues)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(wave.clone()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < placesAndValues.length; i += 2) {
      bytes.putInt(placesAndValues[i], placesAndValues[i + 1]);
    }
    add(Files.write(folder.resolve(name), bytes.array()), outcome);
  }

  private void addOddSounds() throws IOException {
    add(wave("sample.wav", RATE_HZ, new float[] {0.5f}), Outcome.REASON);
    add(wave("silence.wav", RATE_HZ, TestAudio.silence(3, RATE_HZ)), Outcome.REASON);
    add(floatWave("nan.wav", Float.NaN), Outcome.ANSWER);
    add(floatWave("infinity.wav", Float.POSITIVE_INFINITY), Outcome.ANSWER);
    add(floatWave("huge.wav", Float.MAX_VALUE), Outcome.ANSWER);
    float[] tone = TestAudio.tone(440, 1, RATE_HZ);
    for (int channels = 1; channels <= 8; channels++) {
      float[][] same = new float[channels][];
      Arrays.fill(same, tone);
      sound("channels%d.wav".formatted(channels), RATE_HZ, same);
    }
    for (int rate : new int[] {8_000, 11_025, 16_000, 44_100, 96_000, 192_000, 384_000}) {
      sound("rate%d.wav".formatted(rate), rate, TestAudio.tone(440, 0.5, rate));
    }
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

  /** Opening it would wait for a writer for ever. */
  private void addPipe() throws IOException {
    Path mkfifo = Path.of("/usr/bin/mkfifo");
    if (!Files.isExecutable(mkfifo)) {
      return;
    }
    Path pipe = folder.resolve("pipe.mp3");
    try {
      new ProcessBuilder(mkfifo.toString(), pipe.toString()).start().waitFor();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    add(pipe, Outcome.REASON);
  }

  /** What lies beside music; nobody wants a word about it. */
  static void writeCompanions(Path folder) throws IOException {
    for (String name :
        List.of("cover.jpg", "list.m3u", "list.m3u8", "album.cue", "notes.txt", "song.lrc")) {
      Files.writeString(folder.resolve(name), "beside the music\n");
    }
    Files.write(folder.resolve("thumbs.db"), new byte[3000]);
    Files.write(folder.resolve("noise"), new byte[] {1, 2, 3});
    Files.createFile(folder.resolve("nothing"));
    Files.writeString(folder.resolve(".hidden.mp3"), "hidden");
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
