package tonearm.dsp;

import java.util.random.RandomGenerator;

/**
 * What augmentation does to a waveform: time stretch, pitch shift, white noise, time shift. Each
 * takes a whole sound and gives a new one. Thread-safe.
 *
 * <p>Source: {@code librosa.effects.time_stretch} and {@code pitch_shift} with their defaults;
 * {@code numpy.roll}; noise by its definition. Against librosa 0.11 a stretched sound agrees to
 * 32-bit rounding (-130 dB). A shifted one passes another resampler than librosa's soxr, whose pass
 * band ends at 0.91 of half the rate and not at 0.86: on music with a little noise up there they
 * agree to -50 dB.
 */
public final class WaveformEffects {
  /** The fastest rate; the slowest is one by it. */
  public static final double MAX_RATE = 16;

  /** The widest pitch shift either way: {@link #MAX_RATE} in semitones. */
  public static final double MAX_SEMITONES = 48;

  private static final int MAX_LENGTH = 1 << 28;

  private WaveformEffects() {}

  /**
   * Plays a sound faster or slower at the same pitch.
   *
   * @param samples amplitudes
   * @param rate how many times faster: 2 halves the length; 1/16 to 16
   * @return {@code samples.length / rate} amplitudes, rounded half to even
   * @throws IllegalArgumentException if the rate is out of bounds or the result would be longer
   *     than 2^28 samples
   */
  public static float[] timeStretch(float[] samples, double rate) {
    requireRate(rate);
    requireLength(samples.length / rate);
    return floats(new PhaseVocoder().stretch(samples, rate));
  }

  /**
   * Moves a sound's pitch and keeps its length: stretched by {@code 2^(semitones / 12)}, then read
   * so much faster.
   *
   * @param samples amplitudes
   * @param semitones upwards if positive, downwards if negative; -48 to 48
   * @return as many amplitudes
   * @throws IllegalArgumentException if {@code semitones} is out of bounds or the stretched sound
   *     would be longer than 2^28 samples
   */
  public static float[] pitchShift(float[] samples, double semitones) {
    if (!(Math.abs(semitones) <= MAX_SEMITONES)) {
      throw new IllegalArgumentException(
          "semitones must be from -%.0f to %.0f, not %s"
              .formatted(MAX_SEMITONES, MAX_SEMITONES, semitones));
    }
    double factor = Math.pow(2, semitones / 12);
    requireLength(samples.length * factor);
    double[] stretched = new PhaseVocoder().stretch(samples, 1 / factor);
    boolean same = factor == 1;
    return floats(same ? stretched : SincInterpolation.read(stretched, factor, samples.length));
  }

  /**
   * Adds white Gaussian noise.
   *
   * @param samples amplitudes
   * @param deviation standard deviation of the noise, amplitude, at least 0
   * @param random draws it
   * @return the sum, which may reach beyond [-1, 1]
   */
  public static float[] addNoise(float[] samples, double deviation, RandomGenerator random) {
    if (!(deviation >= 0 && deviation < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("deviation must be at least 0, not " + deviation);
    }
    float[] noisy = new float[samples.length];
    for (int i = 0; i < noisy.length; i++) {
      noisy[i] = (float) (samples[i] + deviation * random.nextGaussian());
    }
    return noisy;
  }

  /**
   * Moves a sound in a circle: what leaves at one end enters at the other.
   *
   * @param samples amplitudes
   * @param by how many samples later, or earlier if negative; any number
   */
  public static float[] timeShift(float[] samples, int by) {
    float[] moved = new float[samples.length];
    if (samples.length > 0) {
      int to = Math.floorMod(by, samples.length);
      System.arraycopy(samples, 0, moved, to, samples.length - to);
      System.arraycopy(samples, samples.length - to, moved, 0, to);
    }
    return moved;
  }

  private static void requireRate(double rate) {
    if (!(rate >= 1 / MAX_RATE && rate <= MAX_RATE)) {
      throw new IllegalArgumentException("rate must be from 1/16 to 16, not " + rate);
    }
  }

  private static void requireLength(double length) {
    if (length > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "a sound of %.0f samples would be too long; %d are possible"
              .formatted(length, MAX_LENGTH));
    }
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
