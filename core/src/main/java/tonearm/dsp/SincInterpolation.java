package tonearm.dsp;

/**
 * A sound read at another pace, any real number: what a pitch shift needs, whose ratio of rates is
 * a power of the twelfth root of two. Files are resampled by libswresample, which takes whole rates
 * only.
 *
 * <p>Source: Smith, <i>Digital Audio Resampling Home Page</i> (2002): a Kaiser-windowed sinc, kept
 * in a table that is interpolated linearly. 48 zero crossings either side and a Kaiser β of 10 make
 * the stop band about -100 dB; the pass band ends at 0.86 of half the lower rate, -6 dB are at
 * 0.93.
 */
final class SincInterpolation {
  private static final int CROSSINGS = 48;
  private static final double CUTOFF = 0.93;
  private static final double KAISER_BETA = 10;

  /** Entries from one zero crossing to the next: interpolated between, the error is -116 dB. */
  private static final int RESOLUTION = 512;

  private static final double[] TABLE = table();

  private SincInterpolation() {}

  /**
   * Reads a sound at another pace.
   *
   * @param samples taken to be silent beyond their ends
   * @param step distance of two values read, in samples, more than 0; above 1 what would lie above
   *     half the new rate is taken away
   * @param length how many values to read, from the first sample on
   */
  static double[] read(double[] samples, double step, int length) {
    double[] values = new double[length];
    double scale = Math.min(1, 1 / step);
    double reach = CROSSINGS / scale;
    double stride = scale * RESOLUTION;
    for (int i = 0; i < length; i++) {
      double at = i * step;
      int first = Math.max(0, (int) Math.ceil(at - reach));
      int last = (int) Math.min(samples.length - 1, Math.floor(at + reach));
      double sum = 0;
      for (int j = first; j <= last; j++) {
        double place = Math.abs(at - j) * stride;
        int entry = (int) place;
        double left = TABLE[entry];
        sum += samples[j] * (left + (place - entry) * (TABLE[entry + 1] - left));
      }
      values[i] = scale * sum;
    }
    return values;
  }

  private static double[] table() {
    // Two more: the last place is reached exactly, and rounding may step over it.
    double[] table = new double[CROSSINGS * RESOLUTION + 3];
    double peak = bessel(KAISER_BETA);
    for (int i = 0; i <= CROSSINGS * RESOLUTION; i++) {
      double x = (double) i / RESOLUTION;
      double phase = Math.PI * CUTOFF * x;
      double sinc = i == 0 ? 1 : Math.sin(phase) / phase;
      double part = x / CROSSINGS;
      double kaiser = bessel(KAISER_BETA * Math.sqrt(1 - part * part)) / peak;
      table[i] = CUTOFF * sinc * kaiser;
    }
    return table;
  }

  /** The modified Bessel function of the first kind and order 0, by its power series. */
  private static double bessel(double x) {
    double sum = 1;
    double term = 1;
    for (int k = 1; term > 1e-17 * sum; k++) {
      double factor = x / (2 * k);
      term *= factor * factor;
      sum += term;
    }
    return sum;
  }
}
