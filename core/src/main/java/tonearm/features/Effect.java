package tonearm.features;

import java.util.Locale;
import tonearm.provenance.Seeds;

/**
 * Each of the changes that an {@link Augmentation} makes, by itself and at its full strength: for
 * figures. Training draws every strength anew between none and this.
 */
public enum Effect {
  /** White noise of the largest standard deviation. */
  NOISE,
  /** Moved to the right in a circle by half of the largest shift. */
  TIME_SHIFT,
  /** The widest mask, in the middle. */
  TIME_MASK,
  /** The highest mask, in the middle. */
  FREQUENCY_MASK,
  /** At the fastest rate. */
  TIME_STRETCH,
  /** Upwards by the most semitones. */
  PITCH_SHIFT,
  /** The lowest cut. */
  LOW_PASS,
  /** The steepest rise. */
  TILT;

  /** As in words, such as {@code time stretch}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /**
   * A clip's picture with this change alone. The same arguments give the same picture.
   *
   * @param clip finite levels
   * @param scaler makes the picture
   * @param strengths the largest of each, such as {@link Augmentation#STRONG}; its probability does
   *     not matter, and what it has off leaves the picture as it is
   * @return {@code [size][size]} values in [0, 1], row 0 the lowest frequency
   */
  public float[] show(Spectrogram clip, ClipScaler scaler, Augmentation strengths) {
    int size = scaler.size();
    float[] picture = new float[size * size];
    double factor = 1;
    Spectrogram levels = clip;
    if (this == TIME_STRETCH) {
      levels = Augmentation.stretched(clip, 1 + strengths.timeStretch(), 0);
    } else if (this == PITCH_SHIFT) {
      factor = SpectrogramEffects.factor(strengths.pitchShiftSemitones());
    }
    scaler.scale(levels, picture, 0, factor);
    change(picture, size, strengths);
    return picture;
  }

  private void change(float[] picture, int size, Augmentation strengths) {
    switch (this) {
      case NOISE ->
          Augmentation.addNoise(
              picture, 0, picture.length, strengths.noise(), new Seeds(0).random("figure"));
      case TIME_SHIFT ->
          Augmentation.shiftTime(picture, 0, size, (int) (strengths.timeShift() * size / 2));
      case TIME_MASK -> {
        int width = (int) (strengths.timeMask() * size);
        Augmentation.mask(picture, 0, size, 0, size, (size - width) / 2, width);
      }
      case FREQUENCY_MASK -> {
        int height = (int) (strengths.frequencyMask() * size);
        Augmentation.mask(picture, 0, size, (size - height) / 2, height, 0, size);
      }
      case LOW_PASS -> Augmentation.lowPass(picture, 0, size, (int) (strengths.lowPass() * size));
      case TILT -> Augmentation.tilt(picture, 0, size, strengths.tilt());
      case TIME_STRETCH, PITCH_SHIFT -> {}
    }
  }

  /** All of some changes, one after the other, each as {@link #show} has it. */
  public static float[] showAll(Spectrogram clip, ClipScaler scaler, Augmentation strengths) {
    Spectrogram levels = Augmentation.stretched(clip, 1 + strengths.timeStretch(), 0);
    int size = scaler.size();
    float[] picture = new float[size * size];
    scaler.scale(levels, picture, 0, SpectrogramEffects.factor(strengths.pitchShiftSemitones()));
    for (Effect effect :
        new Effect[] {LOW_PASS, TILT, NOISE, TIME_SHIFT, TIME_MASK, FREQUENCY_MASK}) {
      effect.change(picture, size, strengths);
    }
    return picture;
  }
}
