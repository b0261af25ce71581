package tonearm.audio;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** All that a stream gave. */
record Heard(float[] samples, int sampleRateHz, List<String> warnings) {
  /** Reads a file to its end at its own rate. */
  static Heard of(Path file) throws IOException {
    try (AudioStream stream = AudioDecoder.open(file)) {
      return drain(stream, 5000);
    }
  }

  /** Reads a file to its end. */
  static Heard of(Path file, int sampleRateHz) throws IOException {
    try (AudioStream stream = AudioDecoder.open(file, sampleRateHz)) {
      return drain(stream, 5000);
    }
  }

  /** Reads a stream to its end, so many samples at a time at most. */
  static Heard drain(AudioStream stream, int blockSize) throws IOException {
    float[] samples = new float[0];
    float[] block = new float[blockSize];
    int filled = 0;
    for (int read = stream.read(block, 0, blockSize);
        read >= 0;
        read = stream.read(block, 0, blockSize)) {
      if (filled + read > samples.length) {
        samples = Arrays.copyOf(samples, 2 * (filled + read));
      }
      System.arraycopy(block, 0, samples, filled, read);
      filled += read;
    }
    return new Heard(Arrays.copyOf(samples, filled), stream.sampleRateHz(), stream.warnings());
  }
}
