package tonearm.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** That skipping is reading without the work: the same samples come after it. */
class AudioSeekTest {
  private static final double SECONDS = 12;
  private static final int RATE_HZ = 44100;

  @TempDir private Path folder;

  /**
   * A tone that never sounds the same twice. There is no noise in it: some codecs store noise as
   * such and make up another one each time they are asked.
   */
  private static float[] song(double seconds, int rateHz) {
    float[] sound = TestAudio.silence(seconds, rateHz);
    double phase = 0;
    for (int i = 0; i < sound.length; i++) {
      phase += 2 * Math.PI * (300 + 150 * Math.sin(2.3 * i / rateHz) + 20.0 * i / rateHz) / rateHz;
      sound[i] = (float) (0.4 * Math.sin(phase));
    }
    return sound;
  }

  private static float[] read(AudioStream stream, int samples) throws IOException {
    float[] read = new float[samples];
    int filled = 0;
    while (filled < samples) {
      int got = stream.read(read, filled, samples - filled);
      if (got < 0) {
        return Arrays.copyOf(read, filled);
      }
      filled += got;
    }
    return read;
  }

  /** Largest difference, as a share of the loudest sample. */
  private static double difference(float[] expected, float[] actual) {
    assertThat(actual).hasSameSizeAs(expected);
    double most = 0;
    double loudest = 0;
    for (int i = 0; i < expected.length; i++) {
      most = Math.max(most, Math.abs(expected[i] - actual[i]));
      loudest = Math.max(loudest, Math.abs(expected[i]));
    }
    return most / loudest;
  }

  /**
   * Each format at its own rate and resampled, at places in no relation to its frames. Whole decode
   * and sought stretch agree to the last bit where samples are stored as they are, and where a few
   * frames bring a decoder to the very same state; elsewhere to the share of the loudest sample
   * given here.
   */
  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"MKA_FLAC", "WEBM_OPUS", "WMA_1", "WMA", "AC3"})
  void whatFollowsASkipIsWhatReadingOnGives(TestFormat format) throws IOException {
    int rateHz = format == TestFormat.OPUS ? 48000 : RATE_HZ;
    float[] sound = song(SECONDS, rateHz);
    Path file = TestAudio.write(folder.resolve("song"), format, rateHz, sound, sound);
    double tolerance =
        switch (format) {
          case OPUS -> 0.02;
          case MP2 -> 2e-4; // it dithers
          case MP3, OGG_VORBIS, AAC, AAC_ADTS -> 1e-5;
          default -> 0;
        };
    for (int outHz : new int[] {rateHz, 22050}) {
      float[] whole = Heard.of(file, outHz).samples();
      try (AudioStream stream = AudioDecoder.open(file, outHz)) {
        assertThat(stream.totalSamples().orElseThrow())
            .isCloseTo(whole.length, within(outHz / 10L));
        int at = 0;
        for (double toS : new double[] {0.1, 4.321, 5, 9.3456, 11.6}) {
          int to = (int) (toS * outHz);
          stream.skip(to - at);
          float[] got = read(stream, outHz / 4);
          at = to + got.length;
          assertThat(difference(Arrays.copyOfRange(whole, to, at), got))
              .as("%s at %d Hz from %s s", format, outHz, toS)
              .isLessThanOrEqualTo(tolerance);
        }
        assertThat(Heard.drain(stream, 5000).samples()).as("the rest").hasSize(whole.length - at);
        assertThat(stream.warnings()).isEmpty();
      }
    }
  }

  /**
   * Some tell the time in milliseconds, and a sought place is as far off at most. A bare AC-3
   * stream tells no time: FFmpeg counts frames in whole ticks of 1/90000 s, 0.02 % short at 44.1
   * kHz.
   */
  @ParameterizedTest
  @EnumSource(names = {"MKA_FLAC", "WEBM_OPUS", "WMA_1", "WMA", "AC3"})
  void coarseClocksShiftByMilliseconds(TestFormat format) throws IOException {
    int rateHz = format == TestFormat.WEBM_OPUS ? 48000 : RATE_HZ;
    Path file = TestAudio.write(folder.resolve("song"), format, rateHz, song(SECONDS, rateHz));
    float[] whole = Heard.of(file).samples();
    try (AudioStream stream = AudioDecoder.open(file)) {
      int to = (int) (8.3456 * rateHz);
      stream.skip(to);
      float[] got = read(stream, rateHz / 3);
      double best = Double.POSITIVE_INFINITY;
      int most = rateHz / (format == TestFormat.AC3 ? 250 : 1000);
      for (int shift = -most; shift <= most; shift++) {
        float[] there = Arrays.copyOfRange(whole, to + shift, to + shift + got.length);
        best = Math.min(best, difference(there, got));
      }
      assertThat(best).isLessThan(format == TestFormat.MKA_FLAC ? 1e-9 : 0.05);
    }
  }

  /** Rates that meet once a second at most, and rates that are raised. */
  @ParameterizedTest
  @CsvSource({"44101, 22050", "8000, 22050", "96000, 44100", "11025, 11025"})
  void ratesNeedNotFit(int rateHz, int outHz) throws IOException {
    Path file =
        TestAudio.write(folder.resolve("a.wav"), TestFormat.WAV_S16, rateHz, song(9, rateHz));
    float[] whole = Heard.of(file, outHz).samples();
    try (AudioStream stream = AudioDecoder.open(file, outHz)) {
      int to = 5 * outHz + 17;
      stream.skip(to);
      float[] got = Heard.drain(stream, 4096).samples();
      assertThat(difference(Arrays.copyOfRange(whole, to, whole.length), got)).isLessThan(1e-6);
    }
  }

  /** Where the header says nothing of the length, as in a stream recorded off the air. */
  @Test
  void aLengthThatTheHeaderDoesNotTellIsCounted() throws IOException {
    Path file = folder.resolve("a.mp3");
    TestAudio.write(
        file, TestFormat.MP3, RATE_HZ, Map.of("write_xing", "0"), song(SECONDS, RATE_HZ));
    float[] whole = Heard.of(file, 22050).samples();
    try (AudioStream stream = AudioDecoder.open(file, 22050)) {
      assertThat(read(stream, 1000)).isEqualTo(Arrays.copyOf(whole, 1000));
      assertThat(stream.totalSamples().orElseThrow()).isCloseTo(whole.length, within(2205L));
      assertThat(read(stream, 1000)).isEqualTo(Arrays.copyOfRange(whole, 1000, 2000));
      stream.skip(150_000);
      float[] got = read(stream, 5000);
      assertThat(difference(Arrays.copyOfRange(whole, 152_000, 157_000), got)).isLessThan(1e-5);
    }
  }

  /** A header that promises more than there is: whoever skips too far is at the end. */
  @ParameterizedTest
  @EnumSource(names = {"WAV_S16", "FLAC", "MP3", "OGG_VORBIS"})
  void pastTheEndOfACutFileThereIsNothing(TestFormat format) throws IOException {
    float[] sound = song(SECONDS, RATE_HZ);
    Path file = TestAudio.write(folder.resolve("a"), format, RATE_HZ, sound, sound);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    try (AudioStream stream = AudioDecoder.open(file, 22050)) {
      stream.skip(10 * 22050);
      assertThat(stream.read(new float[10], 0, 10)).isEqualTo(-1);
      stream.skip(10 * 22050);
      assertThat(stream.read(new float[10], 0, 10)).isEqualTo(-1);
    }
  }

  @Test
  void onlyForwards() throws IOException {
    Path file = TestAudio.write(folder.resolve("a"), TestFormat.WAV_S16, 8000, song(1, 8000));
    AudioStream stream = AudioDecoder.open(file);
    assertThatThrownBy(() -> stream.skip(-1)).isInstanceOf(IllegalArgumentException.class);
    stream.close();
    assertThatThrownBy(() -> stream.skip(1)).hasMessage("the stream is closed");
  }

  /** A stream that cannot seek reads on. */
  @Test
  void byDefaultSkippingReads() throws IOException {
    float[] samples = song(2, 8000);
    AudioStream stream = new InMemory(samples);
    stream.skip(9000);
    assertThat(read(stream, 100)).isEqualTo(Arrays.copyOfRange(samples, 9000, 9100));
    stream.skip(100_000);
    assertThat(stream.read(new float[1], 0, 1)).isEqualTo(-1);
    assertThat(stream.totalSamples()).isEmpty();
  }

  private static final class InMemory implements AudioStream {
    private final float[] samples;
    private int position;

    InMemory(float[] samples) {
      this.samples = samples;
    }

    @Override
    public int sampleRateHz() {
      return 8000;
    }

    @Override
    public int read(float[] buffer, int offset, int length) {
      int count = Math.min(Math.min(length, 777), samples.length - position);
      System.arraycopy(samples, position, buffer, offset, count);
      position += count;
      return count == 0 ? -1 : count;
    }

    @Override
    public List<String> warnings() {
      return List.of();
    }

    @Override
    public void close() {}
  }
}
