package tonearm.model;

/**
 * Size of one example inside a network, without the batch axis.
 *
 * @param channels feature maps, or units where height and width are 1; at least 1
 * @param height frequency axis, at least 1
 * @param width time axis, at least 1
 */
public record Shape(int channels, int height, int width) {
  public Shape {
    if (channels < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "a shape needs at least 1 of each, not " + channels + "x" + height + "x" + width);
    }
  }

  /** Number of values. */
  public long size() {
    return (long) channels * height * width;
  }

  /** As {@code channels x height x width}, for people. */
  @Override
  public String toString() {
    return channels + "x" + height + "x" + width;
  }
}
