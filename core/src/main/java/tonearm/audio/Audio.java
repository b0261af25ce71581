package tonearm.audio;

import java.util.List;

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

  /** The same as a stream, from its beginning: for what hears streams. */
  public AudioStream stream() {
    return new InMemory(this);
  }

  /** A sound in memory, heard as a stream. */
  private static final class InMemory implements AudioStream {
    private final Audio audio;
    private int position;

    InMemory(Audio audio) {
      this.audio = audio;
    }

    @Override
    public int sampleRateHz() {
      return audio.sampleRateHz();
    }

    @Override
    public int read(float[] buffer, int offset, int length) {
      int count = Math.min(length, audio.samples().length - position);
      if (count == 0) {
        return -1;
      }
      System.arraycopy(audio.samples(), position, buffer, offset, count);
      position += count;
      return count;
    }

    @Override
    public List<String> warnings() {
      return List.of();
    }

    @Override
    public void close() {}
  }
}
