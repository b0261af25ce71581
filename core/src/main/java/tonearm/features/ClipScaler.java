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
  private final Map<Integer, Taps> tapsByLength = new ConcurrentHashMap<>();

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
    Taps vertical = tapsByLength.computeIfAbsent(clip.bins(), n -> new Taps(n, size));
    Taps horizontal = tapsByLength.computeIfAbsent(clip.frames(), n -> new Taps(n, size));
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
      for (int k = 0; k < vertical.count[y]; k++) {
        float weight = vertical.weights[y][k] * gain;
        int from = (vertical.first[y] + k) * frames;
        for (int x = 0; x < frames; x++) {
          row[x] += weight * (values[from + x] - min);
        }
      }
      int at = offset + y * size;
      for (int x = 0; x < size; x++) {
        float sum = 0;
        for (int k = 0; k < horizontal.count[x]; k++) {
          sum += horizontal.weights[x][k] * row[horizontal.first[x] + k];
        }
        picture[at + x] = Math.min(1f, Math.max(0f, sum));
      }
    }
  }

  /** For each output pixel, the input pixels it is made of and their weights, which sum to 1. */
  private static final class Taps {
    private final int[] first;
    private final int[] count;
    private final float[][] weights;

    Taps(int in, int out) {
      first = new int[out];
      count = new int[out];
      weights = new float[out][];
      double pitch = (double) in / out;
      double reach = Math.max(1, pitch);
      for (int i = 0; i < out; i++) {
        double centre = (i + 0.5) * pitch;
        int from = Math.max(0, (int) (centre - reach + 0.5));
        int to = Math.min(in, (int) (centre + reach + 0.5));
        float[] w = new float[to - from];
        double sum = 0;
        for (int j = from; j < to; j++) {
          double weight = Math.max(0, 1 - Math.abs((j + 0.5 - centre) / reach));
          w[j - from] = (float) weight;
          sum += weight;
        }
        for (int k = 0; k < w.length; k++) {
          w[k] /= (float) sum;
        }
        first[i] = from;
        count[i] = w.length;
        weights[i] = w;
      }
    }
  }
}
