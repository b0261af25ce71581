package tonearm.features;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import tonearm.audio.Audio;
import tonearm.audio.AudioStream;
import tonearm.dsp.Decibels;
import tonearm.dsp.MelFilterBank;
import tonearm.dsp.Stft;

/**
 * Turns samples into spectrograms as one {@link FeatureConfig} says. Immutable and thread-safe; the
 * streams it opens are not.
 *
 * <p>Levels are raw: a power of 0 reads {@link Decibels#SILENCE_DB} and nothing else is changed, so
 * that a song can be heard in pieces. {@link #floored} then bounds the range of a clip or a track.
 *
 * <p><b>Short sounds.</b> A sound of at least one sample gives at least one frame: where a sound
 * ends within its only frame, or within a centred one, the frame continues as zeros.
 */
public final class FrontEnd {
  private final FeatureConfig config;
  private final double[] window;

  /** Factor from |X|^2 to the configured unit, for each FFT bin. */
  private final double[] scale;

  /** The FFT bin of each row, for a linear grid; else empty. */
  private final int[] rowBins;

  private final @Nullable MelFilterBank melBank;

  /**
   * A front end.
   *
   * @throws IllegalArgumentException if a mel band of the configuration would be empty
   */
  public FrontEnd(FeatureConfig config) {
    this.config = config;
    this.window = config.window().coefficients(config.nFft());
    int fftBins = config.nFft() / 2 + 1;
    this.scale = scale(config, window, fftBins);
    if (config.grid() == FeatureConfig.Grid.MEL) {
      this.melBank =
          new MelFilterBank(
              config.sampleRateHz(),
              config.nFft(),
              config.bins(),
              config.fMinHz(),
              config.fMaxHz());
      this.rowBins = new int[0];
    } else {
      this.melBank = null;
      this.rowBins = new int[config.bins()];
      for (int row = 0; row < rowBins.length; row++) {
        rowBins[row] = (int) ((row + 0.5) * fftBins / rowBins.length);
      }
    }
  }

  /** What this front end computes. */
  public FeatureConfig config() {
    return config;
  }

  /**
   * How many frames a sound gives.
   *
   * @param samples length at the configured rate, 0 or more
   * @return 0 for no samples; else, centred, {@code 1 + samples / hopLength}; not centred, {@code 1
   *     + (samples - nFft) / hopLength} and at least 1
   * @throws IllegalArgumentException if {@code samples} is negative
   * @throws ArithmeticException if the frames are more than an {@code int} counts
   */
  public int frames(long samples) {
    if (samples < 0) {
      throw new IllegalArgumentException("samples must be 0 or more, not " + samples);
    }
    if (samples == 0) {
      return 0;
    }
    if (config.centered()) {
      return Math.toIntExact(1 + samples / config.hopLength());
    }
    return Math.toIntExact(1 + Math.max(0, samples - config.nFft()) / config.hopLength());
  }

  /**
   * The spectrogram of a sound in memory, in raw dB.
   *
   * @param audio at least one sample, at the configured rate, every sample finite
   * @throws IllegalArgumentException if the rate is another, there are no samples, or one is not
   *     finite
   */
  public Spectrogram spectrogram(Audio audio) {
    checkRate(audio.sampleRateHz());
    int frames = frames(audio.samples().length);
    if (frames == 0) {
      throw new IllegalArgumentException("there is no spectrogram of no samples");
    }
    try (AudioStream samples = audio.stream()) {
      Spectrogram spectrogram = stream(samples).read(frames);
      if (spectrogram == null || spectrogram.frames() != frames) {
        throw new IllegalStateException("the stream gave other than " + frames + " frames");
      }
      return spectrogram;
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be read", e);
    }
  }

  /**
   * The spectrogram of a sound as it is heard, in raw dB: the same values to the last bit as {@link
   * #spectrogram}, in memory that does not grow with the sound.
   *
   * @param audio at the configured rate; read from here on by the result alone, closed by the
   *     caller
   * @throws IllegalArgumentException if the rate is another
   */
  public SpectrogramStream stream(AudioStream audio) {
    checkRate(audio.sampleRateHz());
    return new SpectrogramStream(this, audio);
  }

  /**
   * A copy whose lowest levels are raised, so that silence within a song does not stretch its
   * range: nothing lies lower than {@link FeatureConfig#dynamicRangeDb} under the loudest, and
   * digital silence reads as the lowest level that is not silence. See {@link
   * Decibels#raiseToFloor}. The result of louder or softer audio differs by a constant only.
   *
   * @param raw levels in dB from this front end: a clip, or a whole track
   */
  public Spectrogram floored(Spectrogram raw) {
    float[] values = raw.values().clone();
    Decibels.raiseToFloor(values, config.dynamicRangeDb());
    return new Spectrogram(values, raw.bins(), raw.frames());
  }

  /** Whether there is nothing but digital silence in levels from a front end, not yet floored. */
  public static boolean isSilent(Spectrogram raw) {
    for (float level : raw.values()) {
      if (level > Decibels.SILENCE_DB) {
        return false;
      }
    }
    return true;
  }

  /** A transform for one stream's own use. */
  Stft newStft() {
    return new Stft(window);
  }

  /**
   * The levels of one frame.
   *
   * @param power {@code |X|^2} for each FFT bin; overwritten
   * @param bands scratch of {@code bins} values
   * @param db receives {@code bins} levels
   */
  void levels(double[] power, double[] bands, float[] db) {
    if (melBank == null) {
      for (int row = 0; row < rowBins.length; row++) {
        int bin = rowBins[row];
        db[row] = Decibels.fromPower(power[bin] * scale[bin]);
      }
      return;
    }
    for (int bin = 0; bin < scale.length; bin++) {
      power[bin] *= scale[bin];
    }
    melBank.apply(power, bands);
    for (int band = 0; band < config.bins(); band++) {
      db[band] = Decibels.fromPower(bands[band]);
    }
  }

  private void checkRate(int sampleRateHz) {
    if (sampleRateHz != config.sampleRateHz()) {
      throw new IllegalArgumentException(
          "the audio is at %d Hz, but the features \"%s\" are of %d Hz: resample it first"
              .formatted(sampleRateHz, config.name(), config.sampleRateHz()));
    }
  }

  private static double[] scale(FeatureConfig config, double[] window, int fftBins) {
    double[] scale = new double[fftBins];
    double unit = 1;
    double twoSided = 1;
    if (config.scaling() == FeatureConfig.Scaling.DENSITY) {
      double energy = 0;
      for (double w : window) {
        energy += w * w;
      }
      unit = 1 / (config.sampleRateHz() * energy);
      twoSided = 2;
    }
    for (int bin = 0; bin < fftBins; bin++) {
      boolean edge = bin == 0 || bin == fftBins - 1;
      scale[bin] = edge ? unit : twoSided * unit;
    }
    return scale;
  }
}
