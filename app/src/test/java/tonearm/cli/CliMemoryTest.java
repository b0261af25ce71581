package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.audio.AudioStream;
import tonearm.eval.Prediction;
import tonearm.infer.Classifier;
import tonearm.infer.ClassifyOptions;
import tonearm.model.Precision;
import tonearm.terminal.Interruption;

/** That a long song is heard in the memory of a short one. */
class CliMemoryTest {
  private static final int RATE_HZ = 8000;
  private static final int MINUTES = 20;

  @TempDir private Path folder;

  @AfterAll
  static void commandsAreOver() {
    Interruption.finished();
  }

  @Test
  void aLongFileIsClassified() throws IOException {
    Path model = TinyModel.write(folder.resolve("tiny"));
    Path song = writeLong(folder.resolve("long.wav"));

    Cli cli = Cli.run("classify", "--json", "--model", model, song);

    assertThat(cli.status()).as(cli.err()).isZero();
    assertThat(Prediction.fromJson(cli.out()).clips()).isEqualTo(MINUTES * 10);
  }

  /**
   * What the classifier still holds of the song is measured in the middle of it, while it asks for
   * more sound: whatever can be freed is freed by then, so neither the collector's mood nor a busy
   * machine can fail the test. All of the song's spectrogram would be 30 MB, its sound 106 MB.
   */
  @Test
  void whatIsHeldDoesNotGrowWithTheSong() throws IOException {
    Path model = TinyModel.write(folder.resolve("tiny"));
    try (Classifier classifier = Classifier.load(model, Precision.FP32)) {
      Endless sound = new Endless(22050, MINUTES * 60);

      Prediction answer =
          classifier.classify("endless", sound, ClassifyOptions.DEFAULT).prediction();

      assertThat(answer.clips()).isEqualTo(MINUTES * 10);
      assertThat(sound.late - sound.early).isLessThan(8L << 20);
    }
  }

  /** Noise from nowhere that looks at the heap after 2 minutes and 1 minute before its end. */
  private static final class Endless implements AudioStream {
    private final int rateHz;
    private final long samples;
    private long given;
    private long early;
    private long late;

    Endless(int rateHz, long seconds) {
      this.rateHz = rateHz;
      samples = seconds * rateHz;
    }

    @Override
    public int sampleRateHz() {
      return rateHz;
    }

    @Override
    public int read(float[] buffer, int offset, int length) {
      if (early == 0 && given >= 120L * rateHz) {
        early = held();
      }
      if (late == 0 && given >= samples - 60L * rateHz) {
        late = held();
      }
      int count = (int) Math.min(length, samples - given);
      for (int i = 0; i < count; i++) {
        buffer[offset + i] = noise(given + i);
      }
      given += count;
      return count == 0 ? -1 : count;
    }

    private static long held() {
      // Explicit, so that it also counts under -XX:+DisableExplicitGC; see MemoryMXBean.gc.
      ManagementFactory.getMemoryMXBean().gc();
      return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Override
    public List<String> warnings() {
      return List.of();
    }

    @Override
    public void close() {}
  }

  private static float noise(long index) {
    long mixed = (index + 1) * 0x9E3779B97F4A7C15L;
    return ((mixed >>> 40) / (float) (1 << 24) - 0.5f);
  }

  private static Path writeLong(Path file) throws IOException {
    int bytes = MINUTES * 60 * RATE_HZ * Short.BYTES;
    ByteBuffer header = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN);
    header.put("RIFF".getBytes(java.nio.charset.StandardCharsets.US_ASCII)).putInt(36 + bytes);
    header.put("WAVEfmt ".getBytes(java.nio.charset.StandardCharsets.US_ASCII)).putInt(16);
    header.putShort((short) 1).putShort((short) 1).putInt(RATE_HZ).putInt(RATE_HZ * Short.BYTES);
    header.putShort((short) Short.BYTES).putShort((short) 16);
    header.put("data".getBytes(java.nio.charset.StandardCharsets.US_ASCII)).putInt(bytes);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      out.write(header.array());
      for (int i = 0; i < bytes / Short.BYTES; i++) {
        short sample = (short) (noise(i) * Short.MAX_VALUE);
        out.write(sample);
        out.write(sample >> 8);
      }
    }
    return file;
  }
}
