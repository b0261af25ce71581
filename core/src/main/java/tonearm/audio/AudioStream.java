package tonearm.audio;

import java.io.IOException;
import java.util.List;

/** A song being heard: mono samples at one rate, in order, a block at a time. Not thread-safe. */
public interface AudioStream extends AutoCloseable {
  /** Samples a second of what {@link #read} gives. */
  int sampleRateHz();

  /**
   * Reads the next samples.
   *
   * @param buffer receives amplitudes, nominally in [-1, 1], always finite
   * @param offset first index to fill
   * @param length how many samples at most, at least 1
   * @return how many were read, at least 1, or -1 at the end of the sound
   * @throws AudioException if the file cannot be read on; its message names the cause
   */
  int read(float[] buffer, int offset, int length) throws IOException;

  /**
   * What a listener should know though the sound could be read, such as "truncated: ...". Complete
   * only once {@link #read} has returned -1.
   */
  List<String> warnings();

  @Override
  void close();
}
