package tonearm.features;

import tonearm.dsp.MelFilterBank;

/**
 * Which frequency lies at which height of a picture of sound. Height 0 is the lower edge of the
 * lowest row, 1 the upper edge of the highest, and all rows are equally high.
 *
 * @param mel whether equal heights are equal steps on Slaney's mel scale; else they are in Hz
 * @param lowHz frequency at height 0, 0 or more
 * @param highHz frequency at height 1, more than {@code lowHz}
 */
public record FrequencyAxis(boolean mel, double lowHz, double highHz) {
  public FrequencyAxis {
    if (!(lowHz >= 0 && highHz > lowHz && highHz < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "an axis of frequencies cannot run from " + lowHz + " to " + highHz + " Hz");
    }
  }

  /** The height of a frequency; below 0 or above 1 outside the axis. */
  public double heightOf(double hz) {
    double low = unit(lowHz);
    return (unit(hz) - low) / (unit(highHz) - low);
  }

  /** The frequency at a height, in Hz. */
  public double hzAt(double height) {
    double low = unit(lowHz);
    double at = low + height * (unit(highHz) - low);
    return mel ? MelFilterBank.melToHz(at) : at;
  }

  /**
   * Where the edges of equal rows of this axis lie on another.
   *
   * @param rows how many there are
   * @param other of the picture that is read
   * @return {@code rows + 1} heights on it, rising
   */
  double[] edges(int rows, FrequencyAxis other) {
    double[] edges = new double[rows + 1];
    for (int i = 0; i <= rows; i++) {
      double height = (double) i / rows;
      edges[i] = equals(other) ? height : other.heightOf(hzAt(height));
    }
    return edges;
  }

  private double unit(double hz) {
    return mel ? MelFilterBank.hzToMel(hz) : hz;
  }
}
