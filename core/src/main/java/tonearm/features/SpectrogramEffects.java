package tonearm.features;

import java.util.Arrays;

/**
 * What stretching and shifting a sound does to its spectrogram, done to the spectrogram itself: a
 * time stretch reads the time axis at another pace; a pitch shift, which multiplies every frequency
 * by one factor, scales a linear frequency axis. On a mel grid a pitch shift is nothing so simple,
 * and this one must not be used there.
 *
 * <p>A frame and a row are taken to stand for their middles. For frames that are not centred that
 * is exact where hop and frame length are the same, and within 0.01 of a frame for the archive's.
 */
public final class SpectrogramEffects {
  private SpectrogramEffects() {}

  /** How a level between frames or rows is found. */
  public enum Interpolation {
    /**
     * The frame or row nearest to it, as it is. Levels keep their spread: sound is rough from frame
     * to frame, and a picture that is smoother than sound is tells a network that it was changed.
     * What training uses along time.
     */
    NEAREST,
    /**
     * A mean of neighbours: linear interpolation where the axis grows, a triangle filter where it
     * shrinks. Nearer to the levels that the changed sound would have, but blurred.
     */
    LINEAR
  }

  /**
   * Plays a spectrogram faster or slower.
   *
   * @param levels a clip or a track
   * @param rate how many times faster, more than 0
   * @return {@code levels.frames() / rate} frames, rounded, at least 1
   */
  public static Spectrogram timeStretch(
      Spectrogram levels, double rate, Interpolation interpolation) {
    if (!(rate > 0 && levels.frames() / rate < Integer.MAX_VALUE / (double) levels.bins())) {
      throw new IllegalArgumentException("rate must be more than 0 and not tiny, not " + rate);
    }
    int frames = levels.frames();
    int out = Math.max(1, (int) Math.rint(frames / rate));
    // Rounding must not put the last centre beyond the end: there is no silence there.
    double pitch = Math.min(rate, Math.nextDown((double) frames) / (out - 0.5));
    AxisTaps taps = taps(frames, out, pitch, interpolation);
    float[] values = new float[levels.bins() * out];
    for (int bin = 0; bin < levels.bins(); bin++) {
      int from = bin * frames;
      for (int t = 0; t < out; t++) {
        float[] weights = taps.weights()[t];
        float sum = 0;
        for (int k = 0; k < weights.length; k++) {
          sum += weights[k] * levels.values()[from + taps.first()[t] + k];
        }
        values[bin * out + t] = sum;
      }
    }
    return new Spectrogram(values, levels.bins(), out);
  }

  /**
   * Moves a spectrogram's pitch.
   *
   * @param levels a clip or a track, on a linear frequency axis from 0 Hz
   * @param semitones upwards if positive: frequencies are multiplied by {@code 2^(semitones / 12)}
   * @return as many rows and frames; rows beyond the source's highest frequency take its lowest
   *     level, as silence does
   */
  public static Spectrogram pitchShift(
      Spectrogram levels, double semitones, Interpolation interpolation) {
    int bins = levels.bins();
    int frames = levels.frames();
    AxisTaps taps = taps(bins, bins, 1 / factor(semitones), interpolation);
    float silence = Float.POSITIVE_INFINITY;
    for (float level : levels.values()) {
      silence = Math.min(silence, level);
    }
    float[] values = new float[bins * frames];
    for (int bin = 0; bin < bins; bin++) {
      int to = bin * frames;
      float[] weights = taps.weights()[bin];
      if (weights.length == 0) {
        Arrays.fill(values, to, to + frames, silence);
      }
      for (int k = 0; k < weights.length; k++) {
        int from = (taps.first()[bin] + k) * frames;
        for (int t = 0; t < frames; t++) {
          values[to + t] += weights[k] * levels.values()[from + t];
        }
      }
    }
    return new Spectrogram(values, bins, frames);
  }

  /** What a pitch shift multiplies frequencies by. */
  public static double factor(double semitones) {
    if (!Double.isFinite(semitones)) {
      throw new IllegalArgumentException("semitones must be finite, not " + semitones);
    }
    return Math.pow(2, semitones / 12);
  }

  private static AxisTaps taps(int in, int out, double pitch, Interpolation interpolation) {
    return interpolation == Interpolation.NEAREST
        ? AxisTaps.nearest(in, out, pitch)
        : AxisTaps.triangle(in, out, pitch);
  }
}
