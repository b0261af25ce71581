package tonearm.features;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The four augmentations of the published run, on a picture in [0, 1]: white noise, circular time
 * shift, time mask, frequency mask. Each is applied to a clip independently with {@code
 * probability}, in that order; masked areas take the picture's mean, so that a mask carries no
 * level of its own (SpecAugment, Park et al. 2019).
 *
 * @param probability of each of the four, 0 to 1; default 0.5
 * @param noise largest standard deviation of the white noise, at least 0; each clip draws its own
 *     uniformly from 0; default 0.05, a twentieth of the picture's range
 * @param timeShift largest shift either way, as a part of the width, 0 to 0.5; default 0.5:
 *     anywhere
 * @param timeMask largest width of the time mask, as a part of the picture's, 0 to 1; default 0.15
 * @param frequencyMask largest height of the frequency mask, as a part of the picture's, 0 to 1;
 *     default 0.15
 */
public record Augmentation(
    @JsonProperty(required = true) double probability,
    @JsonProperty(required = true) double noise,
    @JsonProperty(required = true) double timeShift,
    @JsonProperty(required = true) double timeMask,
    @JsonProperty(required = true) double frequencyMask) {

  /** The defaults. */
  public static final Augmentation PUBLISHED = new Augmentation(0.5, 0.05, 0.5, 0.15, 0.15);

  /** Leaves every picture as it is. */
  public static final Augmentation NONE = new Augmentation(0, 0, 0, 0, 0);

  public Augmentation {
    require("probability", probability, 1);
    require("noise", noise, Double.MAX_VALUE);
    require("timeShift", timeShift, 0.5);
    require("timeMask", timeMask, 1);
    require("frequencyMask", frequencyMask, 1);
  }

  private static void require(String name, double value, double max) {
    if (!(value >= 0 && value <= max)) {
      throw new IllegalArgumentException(name + " must be from 0 to " + max + ", not " + value);
    }
  }

  /**
   * Changes a picture in place.
   *
   * @param picture {@code [size][size]} values in [0, 1] from {@code offset} on, row = frequency;
   *     stays in [0, 1]
   * @param random draws every choice; the same state gives the same picture
   */
  public void apply(float[] picture, int offset, int size, RandomGenerator random) {
    if (random.nextDouble() < probability) {
      addNoise(picture, offset, size * size, noise * random.nextDouble(), random);
    }
    if (random.nextDouble() < probability) {
      int most = (int) (timeShift * size);
      shiftTime(picture, offset, size, random.nextInt(-most, most + 1));
    }
    if (random.nextDouble() < probability) {
      int width = random.nextInt((int) (timeMask * size) + 1);
      mask(picture, offset, size, 0, size, random.nextInt(size - width + 1), width);
    }
    if (random.nextDouble() < probability) {
      int height = random.nextInt((int) (frequencyMask * size) + 1);
      mask(picture, offset, size, random.nextInt(size - height + 1), height, 0, size);
    }
  }

  /** Adds Gaussian noise of standard deviation {@code deviation} and clips to [0, 1]. */
  static void addNoise(
      float[] picture, int offset, int length, double deviation, RandomGenerator random) {
    for (int i = offset; i < offset + length; i++) {
      double noisy = picture[i] + deviation * random.nextGaussian();
      picture[i] = (float) Math.min(1, Math.max(0, noisy));
    }
  }

  /**
   * Moves every row {@code by} columns to the right; what leaves at one side enters at the other.
   */
  static void shiftTime(float[] picture, int offset, int size, int by) {
    float[] row = new float[size];
    for (int y = 0; y < size; y++) {
      int at = offset + y * size;
      for (int x = 0; x < size; x++) {
        row[Math.floorMod(x + by, size)] = picture[at + x];
      }
      System.arraycopy(row, 0, picture, at, size);
    }
  }

  /** Sets a rectangle to the picture's mean. */
  static void mask(
      float[] picture, int offset, int size, int top, int height, int left, int width) {
    double sum = 0;
    for (int i = offset; i < offset + size * size; i++) {
      sum += picture[i];
    }
    float mean = (float) (sum / (size * size));
    for (int y = top; y < top + height; y++) {
      int at = offset + y * size + left;
      Arrays.fill(picture, at, at + width, mean);
    }
  }
}
