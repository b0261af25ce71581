package tonearm.features;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A clip as the square picture a network takes: scaled to [0, 1] by its own minimum and maximum, so
 * that neither the offset nor the gain of its levels matters, then resized.
 *
 * <p>Resizing is separable with a triangle filter as wide as the larger of the two pixel pitches:
 * linear interpolation where the picture grows, antialiased where it shrinks (Pillow's {@code
 * BILINEAR}). Thread-safe.
 */
public final class ClipScaler {
  private final int size;
  private final Map<Integer, AxisTaps> tapsByLength = new ConcurrentHashMap<>();

  /**
   * @param size height and width of the picture, pixels, at least 1
   */
  public ClipScaler(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("a picture needs at least 1 pixel a side, not " + size);
    }
    this.size = size;
  }

  /** Height and width of the pictures. */
  public int size() {
    return size;
  }

  /**
   * Scales one clip.
   *
   * @param clip finite levels
   * @param picture receives {@code [size][size]} values in [0, 1] from {@code offset} on, row 0 the
   *     lowest frequency; all 0 for a clip without any contrast
   * @param offset index of the first value
   */
  public void scale(Spectrogram clip, float[] picture, int offset) {
    scale(clip, picture, offset, resizing(clip.bins()));
  }

  /**
   * Scales one clip whose frequencies are all multiplied by a factor, which on a linear frequency
   * axis is a pitch shift: the edges of what a row gathers are moved, so that levels are
   * interpolated once and not twice.
   *
   * @param clip finite levels on a linear frequency axis
   * @param picture as above; rows that would lie beyond the clip's highest frequency are 0, the
   *     clip's lowest level
   * @param offset index of the first value
   * @param frequencyFactor above 1 upwards, more than 0
   */
  public void scale(Spectrogram clip, float[] picture, int offset, double frequencyFactor) {
    if (!(frequencyFactor > 0 && Double.isFinite(frequencyFactor))) {
      throw new IllegalArgumentException(
          "frequencyFactor must be more than 0, not " + frequencyFactor);
    }
    double pitch = clip.bins() / (size * frequencyFactor);
    scale(clip, picture, offset, AxisTaps.triangle(clip.bins(), size, pitch));
  }

  private AxisTaps resizing(int length) {
    return tapsByLength.computeIfAbsent(length, n -> AxisTaps.triangle(n, size, (double) n / size));
  }

  private void scale(Spectrogram clip, float[] picture, int offset, AxisTaps vertical) {
    AxisTaps horizontal = resizing(clip.frames());
    float[] values = clip.values();
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    if (!(max > min)) {
      Arrays.fill(picture, offset, offset + size * size, 0f);
      return;
    }
    float gain = 1 / (max - min);
    int frames = clip.frames();
    float[] row = new float[frames];
    for (int y = 0; y < size; y++) {
      Arrays.fill(row, 0f);
      float[] weights = vertical.weights()[y];
      for (int k = 0; k < weights.length; k++) {
        float weight = weights[k] * gain;
        int from = (vertical.first()[y] + k) * frames;
        for (int x = 0; x < frames; x++) {
          row[x] += weight * (values[from + x] - min);
        }
      }
      int at = offset + y * size;
      for (int x = 0; x < size; x++) {
        float[] across = horizontal.weights()[x];
        int from = horizontal.first()[x];
        float sum = 0;
        for (int k = 0; k < across.length; k++) {
          sum += across[k] * row[from + k];
        }
        picture[at + x] = Math.min(1f, Math.max(0f, sum));
      }
    }
  }
}
