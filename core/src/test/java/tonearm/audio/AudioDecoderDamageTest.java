package tonearm.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damaged files give what is left of them, and say so. */
@Timeout(120)
class AudioDecoderDamageTest {
  private static final int RATE = 44100;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(names = {"WAV_S16", "WAV_F32", "FLAC", "MP3", "AIFF", "AU", "WAVPACK", "MKA_FLAC"})
  void aFileCutShortSaysSo(TestFormat format) throws IOException {
    byte[] whole = encode(format, TestAudio.noise(2, 10, RATE));
    Path half = write("half." + format.extension(), Arrays.copyOf(whole, whole.length / 2));
    for (int rate : new int[] {RATE, 22050}) {
      Heard heard = Heard.of(half, rate);
      double seconds = heard.samples().length / (double) rate;
      assertThat(seconds).isBetween(4.5, 5.5);
      assertThat(heard.warnings())
          .filteredOn(w -> w.startsWith("truncated: "))
          .singleElement()
          .asString()
          .matches("truncated: [45]\\.\\d s of the 10\\.[01] s that the header promises");
    }
  }

  @Test
  void anMp4CutShortSaysSo() throws IOException {
    Path file = folder.resolve("a.m4a");
    float[] sound = TestAudio.noise(2, 10, RATE);
    TestAudio.write(file, TestFormat.AAC, RATE, Map.of("movflags", "faststart"), sound);
    byte[] whole = Files.readAllBytes(file);
    Heard heard = Heard.of(write("half.m4a", Arrays.copyOf(whole, whole.length / 2)));
    assertThat(heard.warnings()).anyMatch(w -> w.matches("truncated: .* of the 10.0 s .*"));
  }

  @ParameterizedTest
  @EnumSource(TestFormat.class)
  void aWholeFileIsNeverCalledTruncated(TestFormat format) throws IOException {
    for (double seconds : new double[] {0.05, 0.5, 3.21}) {
      float[] sound = TestAudio.noise(2, seconds, 48000);
      Path file = folder.resolve("a");
      TestAudio.write(file, format, 48000, sound, sound);
      assertThat(Heard.of(file, 22050).warnings()).as("%s s", seconds).isEmpty();
    }
  }

  @Test
  void aLengthLeftOpenIsNoTruncation() throws IOException {
    byte[] bytes = encode(TestFormat.WAV_S16, TestAudio.noise(2, 1, RATE));
    int sizeField = bytes.length - 2 * RATE - 4;
    ByteBuffer wav = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(wav.getInt(sizeField)).isEqualTo(2 * RATE);
    for (int open : new int[] {0, -1, Integer.MAX_VALUE}) {
      wav.putInt(4, open).putInt(sizeField, open);
      Heard heard = Heard.of(write("open.wav", bytes));
      assertThat(heard.samples().length).as("size field %d", open).isEqualTo(RATE);
      assertThat(heard.warnings()).isEmpty();
    }
  }

  @Test
  void aHeaderThatPromisesGigabytesTakesNone() throws IOException {
    byte[] bytes = encode(TestFormat.WAV_S16, TestAudio.noise(2, 1, RATE));
    ByteBuffer wav = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    wav.putInt(4, 0xF0000000).putInt(bytes.length - 2 * RATE - 4, 0xF0000000);
    Heard heard = Heard.of(write("huge.wav", bytes));
    assertThat(heard.samples().length).isEqualTo(RATE);
    assertThat(heard.warnings())
        .containsExactly("truncated: 1.0 s of the 45652.3 s that the header promises");

    byte[] flac = encode(TestFormat.FLAC, TestAudio.noise(2, 1, RATE));
    // STREAMINFO's 36-bit count of samples, 21 bytes into the file and 4 bits in.
    flac[21] |= 0x0F;
    Arrays.fill(flac, 22, 26, (byte) 0xFF);
    Heard other = Heard.of(write("huge.flac", flac));
    assertThat(other.samples().length).isEqualTo(RATE);
    assertThat(other.warnings()).singleElement().asString().startsWith("truncated: 1.0 s of ");
  }

  @ParameterizedTest
  @EnumSource(names = {"FLAC", "MP3", "OGG_VORBIS", "OPUS", "AAC_ADTS", "WAVPACK"})
  void aHoleInTheMiddleIsSurvivedAndTold(TestFormat format) throws IOException {
    int rate = 48000;
    Path file = folder.resolve("a");
    float[] sound = TestAudio.noise(2, 10, rate);
    TestAudio.write(file, format, rate, sound, sound);
    byte[] bytes = Files.readAllBytes(file);
    byte[] noise = new byte[bytes.length / 50];
    new Random(11).nextBytes(noise);
    System.arraycopy(noise, 0, bytes, bytes.length / 2, noise.length);
    Heard heard = Heard.of(write("hole", bytes), 22050);
    assertThat(heard.samples().length / 22050.0).isBetween(7.5, 10.2);
    assertThat(heard.warnings()).isNotEmpty();
    for (float sample : heard.samples()) {
      assertThat(sample).isFinite();
    }
  }

  @Test
  void aFileThatIsDeletedWhileItIsReadIsHeardToItsEnd() throws IOException {
    float[] sound = TestAudio.noise(2, 10, RATE);
    Path file = write("a.wav", encode(TestFormat.WAV_F32, sound));
    try (AudioStream stream = AudioDecoder.open(file)) {
      Files.delete(file);
      assertThat(Heard.drain(stream, 5000).samples()).isEqualTo(sound);
    }
  }

  @Test
  void aFileThatShrinksWhileItIsReadSaysSo() throws IOException {
    Path file = write("a.wav", encode(TestFormat.WAV_F32, TestAudio.noise(2, 10, RATE)));
    try (AudioStream stream = AudioDecoder.open(file)) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(channel.size() / 2);
      }
      Heard heard = Heard.drain(stream, 5000);
      assertThat(heard.samples().length).isBetween(5 * RATE - 1000, 5 * RATE);
      assertThat(heard.warnings())
          .contains("truncated: 5.0 s of the 10.0 s that the header promises");
    }
  }

  @Test
  void aFileThatGrowsWhileItIsReadIsHeardAsItWas() throws IOException {
    float[] sound = TestAudio.noise(2, 3, RATE);
    byte[] bytes = encode(TestFormat.MP3, sound);
    Path file = write("a.mp3", bytes);
    int before = Heard.of(file).samples().length;
    try (AudioStream stream = AudioDecoder.open(file)) {
      float[] block = new float[1 << 14];
      int heard = 0;
      for (int read = stream.read(block, 0, 5000); read >= 0; read = stream.read(block, 0, 5000)) {
        heard += read;
        Files.write(file, Arrays.copyOfRange(bytes, 1000, 5000), StandardOpenOption.APPEND);
      }
      assertThat(heard).isEqualTo(before);
    }
  }

  /** Whatever bytes are wrong, the end is an answer or an AudioException; MutationTest has more. */
  @ParameterizedTest
  @EnumSource(TestFormat.class)
  void noDamageHangsOrCrashes(TestFormat format) throws IOException {
    byte[] whole = encode48(format, TestAudio.noise(2, 0.4, 48000));
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      byte[] bytes =
          Arrays.copyOf(whole, seed % 4 == 0 ? 1 + random.nextInt(whole.length) : whole.length);
      int flips = 1 + random.nextInt(20);
      // Headers are where damage does most: they get half of it in every other file.
      for (int i = 0; i < flips; i++) {
        int range = seed % 2 == 0 && i % 2 == 0 ? Math.min(200, bytes.length) : bytes.length;
        bytes[random.nextInt(range)] = (byte) random.nextInt(256);
      }
      Path file = write("damaged", bytes);
      try (AudioStream stream = AudioDecoder.open(file, 22050)) {
        float[] block = new float[4096];
        long total = 0;
        for (int read = stream.read(block, 0, block.length);
            read >= 0 && total < 50_000_000;
            read = stream.read(block, 0, block.length)) {
          total += read;
          for (int i = 0; i < read; i++) {
            assertThat(Float.isFinite(block[i])).isTrue();
          }
        }
        assertThat(stream.warnings()).doesNotContainNull();
      } catch (AudioException e) {
        assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
      }
    }
  }

  private byte[] encode(TestFormat format, float[] sound) throws IOException {
    return Files.readAllBytes(TestAudio.write(folder.resolve("whole"), format, RATE, sound));
  }

  private byte[] encode48(TestFormat format, float[] sound) throws IOException {
    return Files.readAllBytes(TestAudio.write(folder.resolve("whole"), format, 48000, sound));
  }

  private Path write(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }
}
