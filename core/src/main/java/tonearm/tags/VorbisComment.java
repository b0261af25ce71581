package tonearm.tags;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tonearm.provenance.Digest;

/**
 * A list of Vorbis comments, as FLAC, Ogg Vorbis and Opus have it
 * (https://xiph.org/vorbis/doc/v-comment.html): {@code NAME=value}, a comment for each value.
 * Comments are kept as bytes, so that one in a wrong encoding stays as it is.
 */
final class VorbisComment {
  private static final String NEW_VENDOR = "Tonearm";

  private final byte[] vendor;
  private final List<byte[]> comments;

  /** What follows the list: Vorbis's framing bit, Opus's padding. */
  private final byte[] tail;

  private VorbisComment(byte[] vendor, List<byte[]> comments, byte[] tail) {
    this.vendor = vendor;
    this.comments = comments;
    this.tail = tail;
  }

  /** A list that is not there yet. */
  static VorbisComment none() {
    return new VorbisComment(NEW_VENDOR.getBytes(UTF_8), List.of(), new byte[0]);
  }

  /**
   * Reads a list.
   *
   * @param bytes from its vendor's length to the end of the packet or block
   * @throws TagException if it cannot be read whole
   */
  static VorbisComment parse(byte[] bytes) throws TagException {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] vendor = next(in);
    long count = in.remaining() < 4 ? -1 : Integer.toUnsignedLong(in.getInt());
    if (count < 0 || count > in.remaining() / 4) {
      throw damaged();
    }
    List<byte[]> comments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      comments.add(next(in));
    }
    return new VorbisComment(
        vendor, comments, Arrays.copyOfRange(bytes, in.position(), bytes.length));
  }

  private static byte[] next(ByteBuffer in) throws TagException {
    long length = in.remaining() < 4 ? -1 : Integer.toUnsignedLong(in.getInt());
    if (length < 0 || length > in.remaining()) {
      throw damaged();
    }
    byte[] bytes = new byte[(int) length];
    in.get(bytes);
    return bytes;
  }

  List<String> values(TagField field) {
    List<String> values = new ArrayList<>();
    for (byte[] comment : comments) {
      if (isOf(field, comment)) {
        int start = field.name().length() + 1;
        values.add(new String(comment, start, comment.length - start, UTF_8).strip());
      }
    }
    values.removeIf(String::isBlank);
    return values;
  }

  /** The list with other values in the field, at the place of the old ones. */
  byte[] with(TagField field, List<String> values) {
    List<byte[]> fresh = new ArrayList<>();
    String name = field.isGenre() ? "GENRE" : field.name();
    values.forEach(value -> fresh.add((name + "=" + value).getBytes(UTF_8)));
    List<byte[]> all = new ArrayList<>();
    boolean placed = false;
    for (byte[] comment : comments) {
      if (!isOf(field, comment)) {
        all.add(comment);
      } else if (!placed) {
        all.addAll(fresh);
        placed = true;
      }
    }
    if (!placed) {
      all.addAll(fresh);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    put(out, vendor);
    putInt(out, all.size());
    all.forEach(comment -> put(out, comment));
    out.writeBytes(tail);
    return out.toByteArray();
  }

  /** A line for each comment but the field's, with a digest of its bytes. */
  List<String> others(TagField field) {
    List<String> lines = new ArrayList<>();
    if (!Arrays.equals(vendor, NEW_VENDOR.getBytes(UTF_8))) {
      lines.add("vendor " + Digest.ofBytes(vendor));
    }
    for (byte[] comment : comments) {
      if (!isOf(field, comment)) {
        lines.add("comment " + Digest.ofBytes(comment));
      }
    }
    if (tail.length > 0) {
      lines.add("tail " + Digest.ofBytes(tail));
    }
    return lines;
  }

  private static boolean isOf(TagField field, byte[] comment) {
    int length = field.name().length();
    return comment.length > length
        && comment[length] == '='
        && new String(comment, 0, length, ISO_8859_1).equalsIgnoreCase(field.name());
  }

  private static void put(ByteArrayOutputStream out, byte[] bytes) {
    putInt(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static void putInt(ByteArrayOutputStream out, int value) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private static TagException damaged() {
    return new TagException("its comments are damaged and cannot be read whole: not touched");
  }
}
