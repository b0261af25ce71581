package tonearm.audio;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

/** Made-up sound and files of it, for the tests of every package. Amplitudes are in [-1, 1]. */
public final class TestAudio {
  private TestAudio() {}

  /** A sine of amplitude 0.5, from phase 0. */
  public static float[] tone(double frequencyHz, double seconds, int sampleRateHz) {
    return chord(new double[] {frequencyHz}, seconds, sampleRateHz);
  }

  /** Sines of equal strength that together reach 0.5 at most. */
  public static float[] chord(double[] frequenciesHz, double seconds, int sampleRateHz) {
    float[] samples = silence(seconds, sampleRateHz);
    for (int i = 0; i < samples.length; i++) {
      double sum = 0;
      for (double frequencyHz : frequenciesHz) {
        sum += Math.sin(2 * Math.PI * frequencyHz * i / sampleRateHz);
      }
      samples[i] = (float) (0.5 * sum / frequenciesHz.length);
    }
    return samples;
  }

  /** White noise, uniform in [-0.5, 0.5); the same for the same seed. */
  public static float[] noise(long seed, double seconds, int sampleRateHz) {
    Random random = new Random(seed);
    float[] samples = silence(seconds, sampleRateHz);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = random.nextFloat() - 0.5f;
    }
    return samples;
  }

  /** Zeros. */
  public static float[] silence(double seconds, int sampleRateHz) {
    return new float[(int) Math.round(seconds * sampleRateHz)];
  }

  /**
   * Writes a file, overwriting what is there.
   *
   * @param file where to; its name need not end as the format's files do
   * @param channels samples of each channel, all of the same length, at least one
   * @return {@code file}
   */
  public static Path write(Path file, TestFormat format, int sampleRateHz, float[]... channels)
      throws IOException {
    return write(file, format, sampleRateHz, Map.of(), channels);
  }

  /** As {@link #write(Path, TestFormat, int, float[]...)}, with options for FFmpeg's muxer. */
  public static Path write(
      Path file,
      TestFormat format,
      int sampleRateHz,
      Map<String, String> options,
      float[]... channels)
      throws IOException {
    TestEncoder.write(file, format, sampleRateHz, 0, options, channels);
    return file;
  }

  /** Writes an MP4 film whose second track is this sound. */
  public static Path writeFilm(Path file, int sampleRateHz, float[] samples) throws IOException {
    return writeFilm(file, "mp4", TestFormat.AAC, sampleRateHz, samples);
  }

  /**
   * Writes a film whose second track is this sound.
   *
   * @param muxer FFmpeg's name of the container
   * @param sound how the sound is encoded; its own container does not count
   */
  public static Path writeFilm(
      Path file, String muxer, TestFormat sound, int sampleRateHz, float[] samples)
      throws IOException {
    TestEncoder.writeFilm(file, muxer, sound, sampleRateHz, samples);
    return file;
  }

  /**
   * How strong one frequency is in a sound: the amplitude of the sine nearest to it, found by
   * correlation over all samples but the first and last tenth.
   */
  public static double amplitude(float[] samples, double frequencyHz, int sampleRateHz) {
    int from = samples.length / 10;
    int to = samples.length - from;
    double sine = 0;
    double cosine = 0;
    for (int i = from; i < to; i++) {
      double phase = 2 * Math.PI * frequencyHz * i / sampleRateHz;
      sine += samples[i] * Math.sin(phase);
      cosine += samples[i] * Math.cos(phase);
    }
    return 2 * Math.hypot(sine, cosine) / (to - from);
  }
}
