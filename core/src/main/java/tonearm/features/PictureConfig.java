package tonearm.features;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The picture of a clip that a network takes.
 *
 * @param height rows, 1 to 2048
 * @param width columns, 1 to 2048
 * @param style how levels become values in [0, 1]
 */
public record PictureConfig(
    @JsonProperty(required = true) int height,
    @JsonProperty(required = true) int width,
    @JsonProperty(required = true) Style style) {

  /** How a spectrogram's levels become a picture. */
  public enum Style {
    /**
     * The published run's: scaled by the clip's own minimum and maximum, then both axes resized by
     * a triangle filter.
     */
    RANGE,
    /**
     * Rows are gathered into bands of equal width on Slaney's mel scale, the mean of their dB;
     * columns are the nearest frames, since means of two frames are smoother than sound. Then the
     * clip's mean becomes 0.5 and {@value #DEVIATIONS} standard deviations on either side of it 0
     * and 1. Both are those of the normal distribution that has the picture's quantiles {@value
     * #MIDDLE} and {@value #HIGH}: neither a loud spot nor an empty band, as files of a lower
     * sample rate have it, moves what lies between.
     */
    MEL_STANDARD
  }

  /**
   * Standard deviations from the middle of a {@link Style#MEL_STANDARD} picture's range to an end.
   */
  public static final double DEVIATIONS = 4;

  static final double MIDDLE = 0.7;

  static final double HIGH = 0.95;

  private static final int MAX_SIZE = 2048;

  public PictureConfig {
    if (height < 1 || width < 1 || height > MAX_SIZE || width > MAX_SIZE) {
      throw new IllegalArgumentException(
          "a picture needs 1 to %d pixels a side, not %d x %d".formatted(MAX_SIZE, height, width));
    }
    if (style == null) {
      throw new IllegalArgumentException("a picture's style is missing: RANGE or MEL_STANDARD");
    }
  }

  /** A square one in the published run's style. */
  public static PictureConfig square(int size) {
    return new PictureConfig(size, size, Style.RANGE);
  }

  /**
   * Which frequencies the rows stand for.
   *
   * @param features of the clips
   */
  public FrequencyAxis axis(FeatureConfig features) {
    boolean becomesMel =
        style == Style.MEL_STANDARD && features.grid() == FeatureConfig.Grid.LINEAR;
    return becomesMel ? new FrequencyAxis(true, 0, features.fMaxHz()) : features.axis();
  }

  /** Number of values. */
  public int length() {
    return height * width;
  }
}
