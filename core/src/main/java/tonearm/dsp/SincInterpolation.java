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
    int half = (int) Math.ceil(CROSSINGS / scale);
    double[][] filters = filters(scale, half);
    for (int i = 0; i < length; i++) {
      double at = i * step;
      int before = (int) at;
      double phase = (at - before) * RESOLUTION;
      int row = (int) phase;
      int first = before - half + 1;
      int from = Math.max(0, -first);
      int to = Math.min(2 * half, samples.length - first);
      double left = dot(samples, first, filters[row], from, to);
      double right = dot(samples, first, filters[row + 1], from, to);
      values[i] = left + (phase - row) * (right - left);
    }
    return values;
  }

  /**
   * The filter's values around a place between two samples, for each of so many places: row r
   * stands for {@code r / RESOLUTION} past a sample, entry k for sample {@code k - half + 1} from
   * there.
   */
  private static double[][] filters(double scale, int half) {
    double[][] filters = new double[RESOLUTION + 1][2 * half];
    for (int row = 0; row <= RESOLUTION; row++) {
      for (int k = 0; k < 2 * half; k++) {
        double distance = Math.abs((double) row / RESOLUTION + half - 1 - k);
        double place = scale * distance * RESOLUTION;
        int entry = (int) Math.min(place, TABLE.length - 2);
        double value = TABLE[entry];
        filters[row][k] = scale * (value + (place - entry) * (TABLE[entry + 1] - value));
      }
    }
    return filters;
  }

  /** Four sums at once: one would wait for each of its additions. */
  private static double dot(double[] samples, int first, double[] filter, int from, int to) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int k = from;
    for (; k + 3 < to; k += 4) {
      a += samples[first + k] * filter[k];
      b += samples[first + k + 1] * filter[k + 1];
      c += samples[first + k + 2] * filter[k + 2];
      d += samples[first + k + 3] * filter[k + 3];
    }
    for (; k < to; k++) {
      a += samples[first + k] * filter[k];
    }
    return a + b + c + d;
  }

  private static double[] table() {
    // Zeros at its end: a filter of whole samples may reach a little further.
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
