package tonearm.features;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import tonearm.features.PictureConfig.Style;
import tonearm.features.SpectrogramEffects.Interpolation;
import tonearm.provenance.Seeds;

/**
 * Random changes of training clips, each applied to a clip independently with {@code probability}.
 *
 * <p>The first four are those of the published run, on a picture in [0, 1]: white noise, circular
 * time shift, time mask, frequency mask, in that order; masked areas take the picture's mean, so
 * that a mask carries no level of its own (SpecAugment, Park et al. 2019).
 *
 * <p>The others come before them and are off unless asked for; what is off draws nothing, so that a
 * recipe without them sees what it always saw. Time stretch and pitch shift are done to the clip's
 * levels, see {@link SpectrogramEffects}: along time nearest frames, since means of two are
 * smoother than sound; along frequency by moving the edges of the rows that {@link ClipScaler}
 * gathers. A clip that a stretch made shorter is repeated from its start until it is full, as
 * {@link ClipGrid#padded} does; of one made longer a part is taken. Where clips are taken from
 * anywhere ({@link #crop}), their pace is how many frames are taken, and nothing is repeated. A
 * low-pass filter sets the picture's highest rows to the clip's lowest level or, in a picture of
 * mel bands, some way below before it is scaled: what recordings of lower bandwidth show. A tilt
 * raises high frequencies against low ones or the other way round, as one recording's sound differs
 * from another's. A gain is not among them: a clip is scaled by its own range, which undoes it.
 *
 * @param probability of each, 0 to 1; default 0.5
 * @param noise largest standard deviation of the white noise, at least 0; each clip draws its own
 *     uniformly from 0; default 0.05, a twentieth of the picture's range
 * @param timeShift largest shift either way, as a part of the width, 0 to 0.5; default 0.5:
 *     anywhere
 * @param timeMask largest width of the time mask, as a part of the picture's, 0 to 1; default 0.15
 * @param frequencyMask largest height of the frequency mask, as a part of the picture's, 0 to 1;
 *     default 0.15
 * @param timeStretch how much faster or slower at most, 0 to 1: 0.25 draws a rate from 1/1.25 to
 *     1.25, evenly on a logarithmic scale; default 0
 * @param pitchShiftSemitones largest pitch shift either way, 0 to 12 semitones, drawn evenly; needs
 *     features on a linear grid; default 0
 * @param lowPass largest part of the height that is silenced from the top, 0 to 1, drawn evenly;
 *     default 0
 * @param tilt largest difference that the tilt makes between the lowest and the highest row, as a
 *     part of the picture's range, 0 to 1, drawn evenly either way; default 0
 */
public record Augmentation(
    @JsonProperty(required = true) double probability,
    @JsonProperty(required = true) double noise,
    @JsonProperty(required = true) double timeShift,
    @JsonProperty(required = true) double timeMask,
    @JsonProperty(required = true) double frequencyMask,
    @ZeroIfAbsent double timeStretch,
    @ZeroIfAbsent double pitchShiftSemitones,
    @ZeroIfAbsent double lowPass,
    @ZeroIfAbsent double tilt) {

  /**
   * Recipes written before there was such a key lack it; they are read and written as they were.
   */
  @JacksonAnnotationsInside
  @JsonInclude(JsonInclude.Include.NON_DEFAULT)
  @JsonSetter(nulls = Nulls.AS_EMPTY)
  @Retention(RetentionPolicy.RUNTIME)
  private @interface ZeroIfAbsent {}

  /** The published run's: the defaults. */
  public static final Augmentation PUBLISHED = new Augmentation(0.5, 0.05, 0.5, 0.15, 0.15);

  /** The published run's, and all that it could not afford. */
  public static final Augmentation STRONG =
      new Augmentation(0.5, 0.05, 0.5, 0.15, 0.15, 0.25, 2, 0.5, 0.1);

  /**
   * For {@code tonearm-base}: no circular shift, since clips are taken from anywhere in a track; a
   * low-pass and a tilt that real files have.
   */
  public static final Augmentation WIDE =
      new Augmentation(0.5, 0.02, 0, 0.2, 0.2, 0.25, 2, 0.2, 0.05);

  /** Leaves every picture as it is. */
  public static final Augmentation NONE = new Augmentation(0, 0, 0, 0, 0);

  /**
   * Furthest that an empty band of a {@link Style#MEL_STANDARD} picture lies below the clip's
   * lowest level, as a part of its range.
   */
  private static final double MAX_GAP = 0.5;

  private static final List<String> PRESETS = List.of("none", "published", "strong", "wide");

  public Augmentation {
    require("probability", probability, 1);
    require("noise", noise, Double.MAX_VALUE);
    require("timeShift", timeShift, 0.5);
    require("timeMask", timeMask, 1);
    require("frequencyMask", frequencyMask, 1);
    require("timeStretch", timeStretch, 1);
    require("pitchShiftSemitones", pitchShiftSemitones, 12);
    require("lowPass", lowPass, 1);
    require("tilt", tilt, 1);
  }

  /** The published run's four alone. */
  public Augmentation(
      double probability, double noise, double timeShift, double timeMask, double frequencyMask) {
    this(probability, noise, timeShift, timeMask, frequencyMask, 0, 0, 0, 0);
  }

  private static void require(String name, double value, double max) {
    if (!(value >= 0 && value <= max)) {
      throw new IllegalArgumentException(name + " must be from 0 to " + max + ", not " + value);
    }
  }

  /**
   * A named one.
   *
   * @param name {@code none}, {@code published}, {@code strong} or {@code wide}
   * @throws IllegalArgumentException if there is none of that name; the message lists those there
   *     are
   */
  public static Augmentation preset(String name) {
    return switch (name) {
      case "none" -> NONE;
      case "published" -> PUBLISHED;
      case "strong" -> STRONG;
      case "wide" -> WIDE;
      default ->
          throw new IllegalArgumentException(
              "no augmentation is called '%s'; there are %s"
                  .formatted(name, String.join(", ", PRESETS)));
    };
  }

  /** The names {@link #preset} knows, the weakest first. */
  public static List<String> presetNames() {
    return PRESETS;
  }

  /**
   * Checks that clips of some features can be augmented so.
   *
   * @throws IllegalArgumentException if there is a pitch shift and the features' grid is not linear
   */
  public void requireFits(FeatureConfig features) {
    if (pitchShiftSemitones > 0 && features.grid() != FeatureConfig.Grid.LINEAR) {
      throw new IllegalArgumentException(
          "a pitch shift of spectrograms needs a linear frequency axis, but the features \"%s\" have"
                  .formatted(features.name())
              + " mel bands: choose an augmentation with pitchShiftSemitones 0");
    }
  }

  /**
   * Makes a training picture of a clip: levels changed, scaled, and the picture changed.
   *
   * @param clip finite levels; not changed
   * @param scaler makes the picture
   * @param pictures receives {@code [height][width]} values in [0, 1] from {@code offset} on, row =
   *     frequency
   * @param random draws every choice; the same state gives the same picture
   */
  public void picture(
      Spectrogram clip, ClipScaler scaler, float[] pictures, int offset, RandomGenerator random) {
    Spectrogram levels = clip;
    if (timeStretch > 0 && random.nextDouble() < probability) {
      levels = stretched(clip, drawRate(random), random.nextDouble());
    }
    double factor = 1;
    if (pitchShiftSemitones > 0 && random.nextDouble() < probability) {
      double semitones = pitchShiftSemitones * (2 * random.nextDouble() - 1);
      factor = SpectrogramEffects.factor(semitones);
    }
    int height = scaler.height();
    int width = scaler.width();
    if (scaler.style() == Style.RANGE) {
      if (factor == 1) {
        scaler.scale(levels, pictures, offset);
      } else {
        scaler.scale(levels, pictures, offset, factor);
      }
      if (lowPass > 0 && random.nextDouble() < probability) {
        silenceTop(pictures, offset, height, width, drawRows(height, random), 0);
      }
    } else {
      scaler.gather(levels, pictures, offset, factor);
      if (lowPass > 0 && random.nextDouble() < probability) {
        // A file's empty band lies further down than anything in the rest of it, by its codec's
        // and its resampler's leave.
        int rows = drawRows(height, random);
        float below = (float) (MAX_GAP * random.nextDouble());
        float[] range = range(pictures, offset, scaler.length());
        float level = range[0] - below * (range[1] - range[0]);
        silenceTop(pictures, offset, height, width, rows, level);
      }
      scaler.standardise(pictures, offset);
    }
    apply(pictures, offset, height, width, random);
  }

  private double drawRate(RandomGenerator random) {
    return Math.pow(1 + timeStretch, 2 * random.nextDouble() - 1);
  }

  private int drawRows(int height, RandomGenerator random) {
    return (int) (lowPass * random.nextDouble() * height);
  }

  private static float[] range(float[] values, int from, int length) {
    float[] range = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    for (int i = from; i < from + length; i++) {
      range[0] = Math.min(range[0], values[i]);
      range[1] = Math.max(range[1], values[i]);
    }
    return range;
  }

  /**
   * A clip from anywhere in a track, played faster or slower if that is drawn: the frames that will
   * fill a picture's width, more or fewer than a clip has at its own pace.
   *
   * @param frames of the track, at least 1; if there are fewer than the pace asks for, all of them
   * @param framesPerClip of a clip at its own pace
   * @param random draws place and pace
   */
  public ClipGrid.Span crop(int frames, double framesPerClip, RandomGenerator random) {
    double length = framesPerClip;
    if (timeStretch > 0 && random.nextDouble() < probability) {
      length *= drawRate(random);
    }
    int width = (int) Math.max(1, Math.min(frames, Math.rint(length)));
    int from = random.nextInt(frames - width + 1);
    return new ClipGrid.Span(from, from + width);
  }

  /** The same without time stretch, for clips that {@link #crop} took. */
  public Augmentation ofCrops() {
    return new Augmentation(
        probability,
        noise,
        timeShift,
        timeMask,
        frequencyMask,
        0,
        pitchShiftSemitones,
        lowPass,
        tilt);
  }

  /**
   * Changes a picture in place; what is done to levels is not among this.
   *
   * @param picture {@code [height][width]} values in [0, 1] from {@code offset} on, row =
   *     frequency; stays in [0, 1]
   * @param random draws every choice; the same state gives the same picture
   */
  public void apply(float[] picture, int offset, int height, int width, RandomGenerator random) {
    if (tilt > 0 && random.nextDouble() < probability) {
      tilt(picture, offset, height, width, tilt * (2 * random.nextDouble() - 1));
    }
    if (random.nextDouble() < probability) {
      addNoise(picture, offset, height * width, noise * random.nextDouble(), random);
    }
    if (random.nextDouble() < probability) {
      int most = (int) (timeShift * width);
      shiftTime(picture, offset, height, width, Seeds.between(random, -most, most + 1));
    }
    Mask whole = new Mask(0, height, 0, width);
    if (random.nextDouble() < probability) {
      int columns = random.nextInt((int) (timeMask * width) + 1);
      mask(picture, offset, whole, whole.columns(random.nextInt(width - columns + 1), columns));
    }
    if (random.nextDouble() < probability) {
      int rows = random.nextInt((int) (frequencyMask * height) + 1);
      mask(picture, offset, whole, whole.rows(random.nextInt(height - rows + 1), rows));
    }
  }

  /**
   * A clip played faster or slower, as wide as before.
   *
   * @param part where in a clip that became longer the part lies that is taken: 0 for its start, to
   *     1 for its end
   */
  static Spectrogram stretched(Spectrogram clip, double rate, double part) {
    int width = clip.frames();
    Spectrogram other = SpectrogramEffects.timeStretch(clip, rate, Interpolation.NEAREST);
    if (other.frames() <= width) {
      return new ClipGrid(width).padded(other);
    }
    int from = (int) Math.min(other.frames() - width, part * (other.frames() - width + 1));
    return other.columns(from, from + width);
  }

  /** Sets the highest {@code rows} rows to one value. */
  static void silenceTop(
      float[] picture, int offset, int height, int width, int rows, float value) {
    Arrays.fill(picture, offset + (height - rows) * width, offset + height * width, value);
  }

  /**
   * Adds a level that rises evenly from {@code -rise / 2} at the lowest row to {@code rise / 2} at
   * the highest, and clips to [0, 1].
   */
  static void tilt(float[] picture, int offset, int height, int width, double rise) {
    for (int y = 0; y < height; y++) {
      float more = (float) (rise * ((y + 0.5) / height - 0.5));
      int at = offset + y * width;
      for (int x = at; x < at + width; x++) {
        picture[x] = Math.min(1, Math.max(0, picture[x] + more));
      }
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
  static void shiftTime(float[] picture, int offset, int height, int width, int by) {
    float[] row = new float[width];
    for (int y = 0; y < height; y++) {
      int at = offset + y * width;
      for (int x = 0; x < width; x++) {
        row[Math.floorMod(x + by, width)] = picture[at + x];
      }
      System.arraycopy(row, 0, picture, at, width);
    }
  }

  /** A rectangle of a picture. */
  record Mask(int top, int height, int left, int width) {
    Mask columns(int from, int count) {
      return new Mask(top, height, from, count);
    }

    Mask rows(int from, int count) {
      return new Mask(from, count, left, width);
    }
  }

  /** Sets a rectangle to the picture's mean. */
  static void mask(float[] picture, int offset, Mask whole, Mask masked) {
    int length = whole.height() * whole.width();
    double sum = 0;
    for (int i = offset; i < offset + length; i++) {
      sum += picture[i];
    }
    float mean = (float) (sum / length);
    for (int y = masked.top(); y < masked.top() + masked.height(); y++) {
      int at = offset + y * whole.width() + masked.left();
      Arrays.fill(picture, at, at + masked.width(), mean);
    }
  }
}
