package tonearm.audio;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Where sound comes from: whoever hears files takes one of these, so that it does not matter who
 * decodes them. The usual one is {@code AudioDecoder::open}. Safe from any thread.
 */
@FunctionalInterface
public interface AudioSource {
  /**
   * Opens a file.
   *
   * @param file a local regular file, or a link to one
   * @param sampleRateHz samples a second to give, {@value AudioDecoder#MIN_RATE_HZ} to {@value
   *     AudioDecoder#MAX_RATE_HZ}
   * @return the sound from its beginning; to be closed by the caller
   * @throws IOException if there is nothing to hear; the message names the cause and not the file
   */
  AudioStream open(Path file, int sampleRateHz) throws IOException;
}
