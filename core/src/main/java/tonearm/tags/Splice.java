package tonearm.tags;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * A new file made of an old one: stretches that are kept as they are, and new bytes between them.
 * So what is not named as new cannot change.
 */
final class Splice {
  /** A part of the new file. */
  interface Piece {
    /** Appends itself. */
    void writeTo(FileChannel out) throws IOException;
  }

  private final Source source;
  private final List<Piece> pieces = new ArrayList<>();

  Splice(Source source) {
    this.source = source;
  }

  /** The old file's bytes from {@code from} up to, not including, {@code to}. */
  Splice keep(long from, long to) {
    if (from > to || to > source.size()) {
      throw new IllegalArgumentException(from + " to " + to + " of " + source.size());
    }
    return add(
        out -> {
          long at = from;
          while (at < to) {
            long copied = source.channel().transferTo(at, to - at, out);
            if (copied <= 0) {
              throw new TagException("it was cut short while it was copied");
            }
            at += copied;
          }
        });
  }

  /** New bytes. */
  Splice add(byte[] bytes) {
    return add(
        out -> {
          ByteBuffer buffer = ByteBuffer.wrap(bytes);
          while (buffer.hasRemaining()) {
            out.write(buffer);
          }
        });
  }

  Splice add(Piece piece) {
    pieces.add(piece);
    return this;
  }

  /** Writes the new file, from the channel's place on. */
  void writeTo(FileChannel out) throws IOException {
    for (Piece piece : pieces) {
      piece.writeTo(out);
    }
  }
}
