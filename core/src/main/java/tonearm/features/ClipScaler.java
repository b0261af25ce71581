package tonearm.features;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tonearm.features.PictureConfig.Style;

/**
 * A clip as the picture a network takes: values in [0, 1] whatever the offset and gain of its
 * levels, at a network's size. {@link PictureConfig.Style} says how.
 *
 * <p>{@link Style#RANGE} resizes separably with a triangle filter as wide as the larger of the two
 * pixel pitches: linear interpolation where the picture grows, antialiased where it shrinks
 * (Pillow's {@code BILINEAR}). Thread-safe.
 */
public final class ClipScaler {
  /** Where a normal distribution has the two quantiles, in standard deviations from its mean. */
  private static final double Z_MIDDLE = 0.5244;

  private static final double Z_HIGH = 1.6449;

  private final PictureConfig picture;

  /** Of the clips; null where rows are taken to be equally spaced in Hz whatever they are. */
  private final @Nullable FeatureConfig features;

  private final Map<Integer, AxisTaps> rowTaps = new ConcurrentHashMap<>();
  private final Map<Integer, AxisTaps> columnTaps = new ConcurrentHashMap<>();

  /**
   * Square pictures in the published run's style.
   *
   * @param size height and width of the picture, pixels, at least 1
   */
  public ClipScaler(int size) {
    this(PictureConfig.square(size), null);
  }

  /**
   * @param picture what to make
   * @param features of the clips
   */
  public static ClipScaler of(PictureConfig picture, FeatureConfig features) {
    return new ClipScaler(picture, features);
  }

  private ClipScaler(PictureConfig picture, @Nullable FeatureConfig features) {
    this.picture = picture;
    this.features = features;
  }

  /** Height of the pictures. */
  public int height() {
    return picture.height();
  }

  /** Width of the pictures. */
  public int width() {
    return picture.width();
  }

  /** Values of a picture. */
  public int length() {
    return picture.length();
  }

  /**
   * Which frequencies the rows of the pictures stand for.
   *
   * @param clips features of the clips
   */
  public FrequencyAxis axis(FeatureConfig clips) {
    return picture.axis(clips);
  }

  /** How levels become values. */
  Style style() {
    return picture.style();
  }

  /**
   * Scales one clip.
   *
   * @param clip finite levels
   * @param target receives {@code [height][width]} values in [0, 1] from {@code offset} on, row 0
   *     the lowest frequency; one value throughout for a clip without any contrast, 0 in {@link
   *     Style#RANGE} and 0.5 in {@link Style#MEL_STANDARD}
   * @param offset index of the first value
   */
  public void scale(Spectrogram clip, float[] target, int offset) {
    if (picture.style() == Style.RANGE) {
      scaleRange(clip, target, offset, rows(clip.bins(), 1));
    } else {
      gather(clip, target, offset, 1);
      standardise(target, offset);
    }
  }

  /**
   * Scales one clip whose frequencies are all multiplied by a factor, which on a linear frequency
   * axis is a pitch shift: the edges of what a row gathers are moved, so that levels are
   * interpolated once and not twice.
   *
   * @param clip finite levels on a linear frequency axis
   * @param target as above; rows that would lie beyond the clip's highest frequency have the clip's
   *     lowest level
   * @param offset index of the first value
   * @param frequencyFactor above 1 upwards, more than 0
   */
  public void scale(Spectrogram clip, float[] target, int offset, double frequencyFactor) {
    requireFactor(frequencyFactor);
    if (picture.style() == Style.RANGE) {
      double pitch = clip.bins() / (picture.height() * frequencyFactor);
      scaleRange(clip, target, offset, AxisTaps.triangle(clip.bins(), picture.height(), pitch));
    } else {
      gather(clip, target, offset, frequencyFactor);
      standardise(target, offset);
    }
  }

  private static void requireFactor(double frequencyFactor) {
    if (!(frequencyFactor > 0 && Double.isFinite(frequencyFactor))) {
      throw new IllegalArgumentException(
          "frequencyFactor must be more than 0, not " + frequencyFactor);
    }
  }

  private AxisTaps rows(int bins, double frequencyFactor) {
    if (frequencyFactor != 1) {
      return makeRows(bins, frequencyFactor);
    }
    return rowTaps.computeIfAbsent(bins, n -> makeRows(n, 1));
  }

  private AxisTaps makeRows(int bins, double frequencyFactor) {
    int height = picture.height();
    if (picture.style() == Style.RANGE) {
      return AxisTaps.triangle(bins, height, (double) bins / height);
    }
    // Only pictures in the other style come without features.
    FeatureConfig from = Objects.requireNonNull(features);
    double[] edges = picture.axis(from).edges(height, from.axis());
    for (int i = 0; i <= height; i++) {
      edges[i] = edges[i] * bins / frequencyFactor;
    }
    return AxisTaps.means(bins, edges);
  }

  private AxisTaps columns(int frames) {
    int width = picture.width();
    double pitch = (double) frames / width;
    return columnTaps.computeIfAbsent(
        frames,
        n ->
            picture.style() == Style.RANGE
                ? AxisTaps.triangle(n, width, pitch)
                : AxisTaps.nearest(n, width, pitch));
  }

  private void scaleRange(Spectrogram clip, float[] target, int offset, AxisTaps vertical) {
    AxisTaps horizontal = columns(clip.frames());
    float[] values = clip.values();
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    if (!(max > min)) {
      Arrays.fill(target, offset, offset + picture.length(), 0f);
      return;
    }
    float gain = 1 / (max - min);
    int frames = clip.frames();
    float[] row = new float[frames];
    for (int y = 0; y < picture.height(); y++) {
      Arrays.fill(row, 0f);
      float[] weights = vertical.weights()[y];
      for (int k = 0; k < weights.length; k++) {
        float weight = weights[k] * gain;
        int from = (vertical.first()[y] + k) * frames;
        for (int x = 0; x < frames; x++) {
          row[x] += weight * (values[from + x] - min);
        }
      }
      int at = offset + y * picture.width();
      for (int x = 0; x < picture.width(); x++) {
        float[] across = horizontal.weights()[x];
        int from = horizontal.first()[x];
        float sum = 0;
        for (int k = 0; k < across.length; k++) {
          sum += across[k] * row[from + k];
        }
        target[at + x] = Math.min(1f, Math.max(0f, sum));
      }
    }
  }

  /**
   * The first half of a {@link Style#MEL_STANDARD} picture: levels in dB, gathered.
   *
   * @param target receives {@code [height][width]} levels from {@code offset} on; rows beyond the
   *     clip's highest frequency have the lowest of the others
   */
  void gather(Spectrogram clip, float[] target, int offset, double frequencyFactor) {
    AxisTaps vertical = rows(clip.bins(), frequencyFactor);
    int[] column = columns(clip.frames()).first();
    float[] values = clip.values();
    int frames = clip.frames();
    int width = picture.width();
    float[] row = new float[frames];
    int heard = 0;
    for (int y = 0; y < picture.height(); y++) {
      float[] weights = vertical.weights()[y];
      if (weights.length == 0) {
        break; // and all above it
      }
      heard = y + 1;
      Arrays.fill(row, 0f);
      for (int k = 0; k < weights.length; k++) {
        float weight = weights[k];
        int from = (vertical.first()[y] + k) * frames;
        for (int x = 0; x < frames; x++) {
          row[x] += weight * values[from + x];
        }
      }
      int at = offset + y * width;
      for (int x = 0; x < width; x++) {
        target[at + x] = row[column[x]];
      }
    }
    int end = offset + heard * width;
    float lowest = lowest(target, offset, end);
    Arrays.fill(target, end, offset + picture.length(), lowest);
  }

  private static float lowest(float[] values, int from, int to) {
    float lowest = Float.POSITIVE_INFINITY;
    for (int i = from; i < to; i++) {
      lowest = Math.min(lowest, values[i]);
    }
    return lowest == Float.POSITIVE_INFINITY ? 0 : lowest;
  }

  /** The second half: levels of any offset and gain to values in [0, 1], in place. */
  void standardise(float[] target, int offset) {
    int end = offset + picture.length();
    float[] sorted = Arrays.copyOfRange(target, offset, end);
    Arrays.sort(sorted);
    float middle = sorted[(int) (PictureConfig.MIDDLE * (sorted.length - 1))];
    float high = sorted[(int) (PictureConfig.HIGH * (sorted.length - 1))];
    double deviation = (high - middle) / (Z_HIGH - Z_MIDDLE);
    double mean = middle - Z_MIDDLE * deviation;
    // Levels span some hundred dB, so a deviation this small is rounding.
    float gain = deviation > 1e-4 ? (float) (0.5 / (PictureConfig.DEVIATIONS * deviation)) : 0f;
    for (int i = offset; i < end; i++) {
      float value = 0.5f + gain * (float) (target[i] - mean);
      target[i] = Math.min(1f, Math.max(0f, value));
    }
  }
}
