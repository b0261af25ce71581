package tonearm.dsp;

/**
 * The taper laid over a frame before its Fourier transform.
 *
 * <p>Both are the raised cosine of von Hann, {@code 0.5 - 0.5 cos(2 pi i / d)}; they differ in the
 * period {@code d}. Source: {@code scipy.signal.windows.hann}.
 */
public enum Window {
  /** {@code d = length - 1}: zero at both ends. NumPy's {@code hanning}, matplotlib's default. */
  HANN_SYMMETRIC,
  /** {@code d = length}: one period of an endless cosine. librosa's and PyTorch's default. */
  HANN_PERIODIC;

  /**
   * The window's values.
   *
   * @param length number of samples, at least 1; a window of length 1 is {@code [1]}
   * @return {@code length} values in [0, 1], a new array
   * @throws IllegalArgumentException if {@code length} is less than 1
   */
  public double[] coefficients(int length) {
    if (length < 1) {
      throw new IllegalArgumentException("a window needs at least 1 sample, not " + length);
    }
    if (length == 1) {
      return new double[] {1};
    }
    double period = this == HANN_SYMMETRIC ? length - 1 : length;
    double[] values = new double[length];
    for (int i = 0; i < length; i++) {
      values[i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / period);
    }
    return values;
  }
}
