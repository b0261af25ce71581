package tonearm.dsp;

import org.jtransforms.fft.DoubleFFT_1D;
import org.visnow.jlargearrays.ConcurrencyUtils;

/**
 * One frame of a short-time Fourier transform at a time: samples in, power spectrum out, nothing
 * allocated in between.
 *
 * <p>The transform runs in double precision: a float one takes as long here (5.5 us for 2048
 * points), and its rounding noise moves the quietest levels of the archive's tracks, some 190 dB
 * under the loudest, by up to 16 dB.
 *
 * <p>Not thread-safe: each instance owns its scratch memory. Give each thread its own.
 *
 * <p>Source: the definition of the discrete Fourier transform, unnormalised as in {@code
 * librosa.stft}; computed by JTransforms.
 */
public final class Stft {
  static {
    // JTransforms would start threads of its own for long frames; files are what we run in
    // parallel, and its idle threads would keep the JVM from ending.
    ConcurrencyUtils.setNumberOfThreads(1);
  }

  private final double[] window;
  private final DoubleFFT_1D fft;
  private final double[] scratch;

  /** A plain transform that starts no threads, for this package. */
  static DoubleFFT_1D newFft(int length) {
    return new DoubleFFT_1D(length);
  }

  /**
   * A transform of frames as long as the window.
   *
   * @param window taper, an even number of values, at least 2; copied
   * @throws IllegalArgumentException if the window's length is odd or less than 2
   */
  public Stft(double[] window) {
    if (window.length < 2 || window.length % 2 != 0) {
      throw new IllegalArgumentException(
          "the window's length must be even and at least 2, not " + window.length);
    }
    this.window = window.clone();
    this.fft = newFft(window.length);
    this.scratch = new double[window.length];
  }

  /** Samples in a frame. */
  public int nFft() {
    return window.length;
  }

  /** Frequencies from 0 Hz to half the sample rate, both included: {@code nFft / 2 + 1}. */
  public int bins() {
    return window.length / 2 + 1;
  }

  /**
   * Squared magnitude of the windowed frame's transform, one-sided, neither scaled nor doubled.
   *
   * @param samples amplitudes; {@code offset .. offset + nFft} must lie inside
   * @param offset first sample of the frame
   * @param power receives {@link #bins()} values, each 0 or more; a longer array keeps its tail
   * @throws IndexOutOfBoundsException if either array is too short
   */
  public void power(float[] samples, int offset, double[] power) {
    int n = window.length;
    for (int i = 0; i < n; i++) {
      scratch[i] = samples[offset + i] * window[i];
    }
    fft.realForward(scratch);
    // JTransforms packs the two real-valued ends into the first two places.
    int half = n / 2;
    power[0] = scratch[0] * scratch[0];
    power[half] = scratch[1] * scratch[1];
    for (int k = 1; k < half; k++) {
      double re = scratch[2 * k];
      double im = scratch[2 * k + 1];
      power[k] = re * re + im * im;
    }
  }
}
