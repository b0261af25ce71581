package tonearm.dsp;

/**
 * Overlapping triangles, equally spaced on the mel scale, that gather the bins of a power spectrum
 * into bands. Immutable and thread-safe.
 *
 * <p>The scale is Slaney's (linear below 1000 Hz, logarithmic above: 27 steps to a factor of 6.4)
 * and each triangle is divided by half its width in Hz, so that white noise is level across bands.
 * Source: Slaney, <i>Auditory Toolbox</i> (1998), as the defaults of {@code librosa.filters.mel}.
 */
public final class MelFilterBank {
  private static final double LINEAR_HZ_PER_MEL = 200.0 / 3;
  private static final double LOG_START_HZ = 1000;
  private static final double LOG_START_MEL = LOG_START_HZ / LINEAR_HZ_PER_MEL;
  private static final double LOG_STEP = Math.log(6.4) / 27;

  private final int bins;

  /** First bin of each band that weighs anything. */
  private final int[] first;

  /** Weights of each band from its first bin on; a band sees few of the bins. */
  private final double[][] weights;

  /**
   * A bank for the one-sided power spectra of one transform.
   *
   * @param sampleRateHz samples a second, at least 1
   * @param nFft samples in a frame, even, at least 2
   * @param bands number of triangles, at least 1
   * @param fMinHz lower end of the first triangle, 0 or more
   * @param fMaxHz upper end of the last triangle, more than {@code fMinHz}, at most half the rate
   * @throws IllegalArgumentException if a value is out of bounds, or if a triangle is so narrow
   *     that it falls between two bins and would be empty
   */
  public MelFilterBank(int sampleRateHz, int nFft, int bands, double fMinHz, double fMaxHz) {
    if (sampleRateHz < 1 || nFft < 2 || nFft % 2 != 0 || bands < 1) {
      throw new IllegalArgumentException(
          "a mel bank needs sampleRateHz >= 1, an even nFft >= 2 and bands >= 1, not "
              + (sampleRateHz + ", " + nFft + ", " + bands));
    }
    if (!(fMinHz >= 0 && fMinHz < fMaxHz && fMaxHz <= sampleRateHz / 2.0)) {
      throw new IllegalArgumentException(
          "a mel bank needs 0 <= fMinHz < fMaxHz <= half of sampleRateHz, not "
              + (fMinHz + ", " + fMaxHz + " at " + sampleRateHz + " Hz"));
    }
    this.bins = nFft / 2 + 1;
    this.first = new int[bands];
    this.weights = new double[bands][];
    double lowMel = hzToMel(fMinHz);
    double stepMel = (hzToMel(fMaxHz) - lowMel) / (bands + 1);
    double hzPerBin = (double) sampleRateHz / nFft;
    for (int band = 0; band < bands; band++) {
      double left = melToHz(lowMel + stepMel * band);
      double centre = melToHz(lowMel + stepMel * (band + 1));
      double right = melToHz(lowMel + stepMel * (band + 2));
      int from = (int) Math.floor(left / hzPerBin) + 1;
      int to = Math.min(bins, (int) Math.ceil(right / hzPerBin));
      if (from >= to) {
        throw new IllegalArgumentException(
            "mel band %d of %d (%.1f to %.1f Hz) lies between two bins of %.1f Hz: use fewer bands or a larger nFft"
                .formatted(band, bands, left, right, hzPerBin));
      }
      first[band] = from;
      double[] triangle = new double[to - from];
      for (int k = from; k < to; k++) {
        double hz = k * hzPerBin;
        double rising = (hz - left) / (centre - left);
        double falling = (right - hz) / (right - centre);
        triangle[k - from] = Math.max(0, Math.min(rising, falling)) * 2 / (right - left);
      }
      weights[band] = triangle;
    }
  }

  /** Number of bands. */
  public int bands() {
    return weights.length;
  }

  /** Number of bins of the power spectra it takes: {@code nFft / 2 + 1}. */
  public int bins() {
    return bins;
  }

  /**
   * The weight of one bin in one band, in 1/Hz, mostly 0.
   *
   * @param band 0 or more, less than {@link #bands()}
   * @param bin 0 or more, less than {@link #bins()}
   */
  public double weight(int band, int bin) {
    int i = bin - first[band];
    return i < 0 || i >= weights[band].length ? 0 : weights[band][i];
  }

  /**
   * Gathers one power spectrum.
   *
   * @param power {@link #bins()} values
   * @param bandPower receives {@link #bands()} values; a longer array keeps its tail
   */
  public void apply(double[] power, double[] bandPower) {
    for (int band = 0; band < weights.length; band++) {
      double[] triangle = weights[band];
      int from = first[band];
      double sum = 0;
      for (int i = 0; i < triangle.length; i++) {
        sum += triangle[i] * power[from + i];
      }
      bandPower[band] = sum;
    }
  }

  /** Slaney's mel of a frequency. */
  public static double hzToMel(double hz) {
    return hz < LOG_START_HZ
        ? hz / LINEAR_HZ_PER_MEL
        : LOG_START_MEL + Math.log(hz / LOG_START_HZ) / LOG_STEP;
  }

  /** The frequency of a Slaney mel. */
  public static double melToHz(double mel) {
    return mel < LOG_START_MEL
        ? mel * LINEAR_HZ_PER_MEL
        : LOG_START_HZ * Math.exp(LOG_STEP * (mel - LOG_START_MEL));
  }
}
