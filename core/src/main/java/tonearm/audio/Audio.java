package tonearm.audio;

/**
 * Mono sound in memory. Use it for excerpts and tests; whole songs go through {@link AudioStream},
 * whose memory does not grow with their length.
 *
 * @param samples amplitude, nominally in [-1, 1]; not copied, not to be changed afterwards
 * @param sampleRateHz samples a second, at least 1
 */
public record Audio(float[] samples, int sampleRateHz) {
  public Audio {
    if (sampleRateHz < 1) {
      throw new IllegalArgumentException("sampleRateHz must be at least 1, not " + sampleRateHz);
    }
  }

  /** Length in seconds. */
  public double durationSeconds() {
    return (double) samples.length / sampleRateHz;
  }
}
