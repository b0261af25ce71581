package tonearm.features;

/**
 * A picture of sound: level by frequency and time.
 *
 * @param values row-major {@code [bins][frames]}, row 0 the lowest frequency; dB, or any affine map
 *     of it (the archive's 8-bit pictures keep neither offset nor gain). Not copied.
 * @param bins number of frequency rows, at least 1
 * @param frames number of time columns, at least 1
 */
public record Spectrogram(float[] values, int bins, int frames) {
  public Spectrogram {
    if (bins < 1 || frames < 1) {
      throw new IllegalArgumentException(
          "a spectrogram needs at least 1 bin and 1 frame, not " + bins + " x " + frames);
    }
    if (values.length != bins * frames) {
      throw new IllegalArgumentException(
          values.length + " values do not make " + bins + " x " + frames);
    }
  }

  /** The level of one bin in one frame. */
  public float at(int bin, int frame) {
    return values[bin * frames + frame];
  }

  /**
   * Columns {@code from} (inclusive) to {@code to} (exclusive), copied.
   *
   * @param from first frame, 0 or more
   * @param to one past the last frame, more than {@code from}, at most {@code frames}
   */
  public Spectrogram columns(int from, int to) {
    if (from < 0 || to <= from || to > frames) {
      throw new IllegalArgumentException(
          "columns " + from + " to " + to + " are not in a spectrogram of " + frames + " frames");
    }
    int width = to - from;
    float[] part = new float[bins * width];
    for (int bin = 0; bin < bins; bin++) {
      System.arraycopy(values, bin * frames + from, part, bin * width, width);
    }
    return new Spectrogram(part, bins, width);
  }
}
