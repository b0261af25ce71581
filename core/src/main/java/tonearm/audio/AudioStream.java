package tonearm.audio;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

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
   * How many samples there are in all, at this stream's rate: what the file itself says, or what
   * its packets add up to, good to some 0.1 s in a sound file. A file that was cut short may hold
   * fewer. Empty where only reading to the end would tell. What {@link #read} gives next does not
   * change.
   *
   * @throws AudioException if the file cannot be read on
   */
  default OptionalLong totalSamples() throws IOException {
    return OptionalLong.empty();
  }

  /**
   * Passes over the next samples; where the file can be sought, without decoding them. What is read
   * next is as if they had been read: to the last bit where the codec stores samples as they are,
   * within what the codec itself adds elsewhere. Past the end {@link #read} gives -1.
   *
   * @param samples how many, 0 or more
   * @throws AudioException if the file cannot be read on
   */
  default void skip(long samples) throws IOException {
    if (samples < 0) {
      throw new IllegalArgumentException("only 0 or more samples can be skipped, not " + samples);
    }
    float[] passed = new float[(int) Math.min(samples, 1 << 14)];
    long left = samples;
    while (left > 0) {
      int read = read(passed, 0, (int) Math.min(left, passed.length));
      if (read < 0) {
        return;
      }
      left -= read;
    }
  }

  /**
   * What a listener should know though the sound could be read, such as "truncated: ...". Complete
   * only once {@link #read} has returned -1; whether a file is cut short is told only where nothing
   * was sought.
   */
  List<String> warnings();

  @Override
  void close();
}
