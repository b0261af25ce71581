package tonearm.infer;

import org.jspecify.annotations.Nullable;
import tonearm.eval.Temperature;
import tonearm.model.Calibration;

/**
 * What a model's {@link Calibration} makes of what its network said; without one everything stays
 * as it is.
 *
 * @param calibration null if the model has none
 */
record Knowing(@Nullable Calibration calibration) {
  /** A clip's probabilities. */
  float[] clip(float[] said) {
    return calibration == null ? said : Temperature.apply(said, calibration.clipTemperature());
  }

  /**
   * A song's probabilities.
   *
   * @param mean of its clips, as the network said
   * @param clips how many
   */
  float[] song(float[] mean, int clips) {
    if (calibration == null || clips == 1) {
      return clip(mean);
    }
    return Temperature.apply(mean, calibration.temperature());
  }

  /**
   * Whether the model does not know a song.
   *
   * @param song its probabilities, as {@link #song} gives them
   * @param embedding of length 1
   * @param clips how many
   */
  boolean isUnknown(float[] song, float[] embedding, int clips) {
    if (calibration == null) {
      return false;
    }
    float confidence = 0;
    for (float probability : song) {
      confidence = Math.max(confidence, probability);
    }
    Double least = calibration.leastConfidence(clips);
    Calibration.Likeness likeness = calibration.likeness();
    return (least != null && confidence < least)
        || (likeness != null && likeness.isUnlike(embedding, clips));
  }
}
