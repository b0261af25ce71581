package tonearm.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;

/**
 * How long a WAV file says it is. FFmpeg drops that figure when the file is shorter, which is just
 * when it matters.
 */
final class WavHeader {
  private static final int CHUNK_HEADER_BYTES = 8;

  /** Sound comes within a few chunks; a file of thousands is none that a recorder wrote. */
  private static final int MAX_CHUNKS = 1000;

  private WavHeader() {}

  /** Seconds of sound that the header announces; empty if it leaves that open or is none. */
  static OptionalDouble promisedSeconds(FileBytes file) throws IOException {
    byte[] start = file.read(0, 12);
    if (!tag(start, 0).equals("RIFF") || !tag(start, 8).equals("WAVE")) {
      return OptionalDouble.empty();
    }
    long bytesPerSecond = 0;
    long at = start.length;
    for (int chunk = 0; chunk < MAX_CHUNKS; chunk++) {
      byte[] header = file.read(at, CHUNK_HEADER_BYTES + 12);
      String tag = tag(header, 0);
      if (header.length < CHUNK_HEADER_BYTES) {
        break;
      }
      long size = unsigned(header, 4);
      if (tag.equals("fmt ") && header.length >= 20) {
        bytesPerSecond = unsigned(header, 16);
      } else if (tag.equals("data")) {
        return bytesPerSecond == 0 || isOpenLength(size)
            ? OptionalDouble.empty()
            : OptionalDouble.of((double) size / bytesPerSecond);
      }
      // Chunks begin at even places.
      at += CHUNK_HEADER_BYTES + size + (size & 1);
    }
    return OptionalDouble.empty();
  }

  /** A recorder that writes to a pipe cannot know the length and fills the field with ones. */
  static boolean isOpenLength(long bytes) {
    return bytes == 0
        || Math.abs(bytes - 0xFFFFFFFFL) < 65536
        || Math.abs(bytes - 0x7FFFFFFFL) < 65536;
  }

  private static String tag(byte[] bytes, int at) {
    return bytes.length < at + 4 ? "" : new String(bytes, at, 4, StandardCharsets.ISO_8859_1);
  }

  private static long unsigned(byte[] bytes, int at) {
    return Integer.toUnsignedLong(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(at));
  }
}
