package tonearm.dsp;

/** Powers as levels: {@code 10 log10(power)}, and the floors that keep them finite and useful. */
public final class Decibels {
  /** The level of a power of 0, and of any below 1e-40: lower than any sound a file can hold. */
  public static final float SILENCE_DB = -400;

  private static final double SILENCE_POWER = 1e-40;

  private Decibels() {}

  /**
   * The level of a power.
   *
   * @param power 0 or more
   * @return {@code 10 log10(power)} in dB, at least {@link #SILENCE_DB}; NaN for NaN
   */
  public static float fromPower(double power) {
    return power < SILENCE_POWER ? SILENCE_DB : (float) (10 * Math.log10(power));
  }

  /**
   * Raises the lowest of some levels in place, so that silence within a sound does not stretch the
   * sound's range.
   *
   * <p>The floor is the higher of two: {@code rangeDb} under the loudest level; and the lowest
   * level that is not {@link #SILENCE_DB}. So digital silence reads as the quietest thing that does
   * sound, which is what the archive's pictures show of it (pixel 0), and the rounding residue of a
   * nearly silent passage cannot reach lower than {@code rangeDb}. Both move with a gain, so the
   * shape of the result does not depend on it. Levels that are all silent are left alone.
   *
   * @param db levels in dB, as {@link #fromPower} gives them; changed in place
   * @param rangeDb greatest distance from the loudest to the lowest level, in dB, more than 0
   * @throws IllegalArgumentException if {@code rangeDb} is not more than 0
   */
  public static void raiseToFloor(float[] db, double rangeDb) {
    if (!(rangeDb > 0)) {
      throw new IllegalArgumentException("rangeDb must be more than 0, not " + rangeDb);
    }
    float max = SILENCE_DB;
    float lowestSound = Float.POSITIVE_INFINITY;
    for (float level : db) {
      max = Math.max(max, level);
      if (level > SILENCE_DB && level < lowestSound) {
        lowestSound = level;
      }
    }
    if (max == SILENCE_DB) {
      return;
    }
    float floor = Math.max((float) (max - rangeDb), lowestSound);
    for (int i = 0; i < db.length; i++) {
      if (db[i] < floor) {
        db[i] = floor;
      }
    }
  }
}
