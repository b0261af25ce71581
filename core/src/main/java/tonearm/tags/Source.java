package tonearm.tags;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** An open file, read here and there. */
final class Source implements AutoCloseable {
  /** No honest tag is larger; one that claims to be is not read into memory. */
  static final int MAX_TAG_BYTES = 32 << 20;

  private final FileChannel channel;
  private final long size;

  Source(Path file) throws IOException {
    channel = FileChannel.open(file, StandardOpenOption.READ);
    size = channel.size();
  }

  long size() {
    return size;
  }

  FileChannel channel() {
    return channel;
  }

  /**
   * Bytes of the file.
   *
   * @param length 0 to {@value #MAX_TAG_BYTES}
   * @throws TagException if the file ends before, or that is too much
   */
  byte[] read(long from, long length) throws IOException {
    if (length > MAX_TAG_BYTES) {
      throw new TagException(
          "its tags are larger than " + (MAX_TAG_BYTES >> 20) + " MiB: not touched");
    }
    if (from < 0 || length < 0 || length > size - from) {
      throw new TagException("damaged or cut off: its tags reach beyond its end");
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, from + bytes.position()) < 0) {
        throw new TagException("it was cut short while it was read");
      }
    }
    return bytes.array();
  }

  /** Bytes of the file, fewer where it ends before. */
  byte[] head(long from, int length) throws IOException {
    return from >= size ? new byte[0] : read(from, Math.min(length, size - from));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
