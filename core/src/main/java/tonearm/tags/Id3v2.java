package tonearm.tags;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tonearm.provenance.Digest;

/**
 * An ID3v2 tag of version 2.2, 2.3 or 2.4 as bytes: frames other than the field's are kept to the
 * last bit, unknown and encrypted ones, flags and text encodings included. The version is kept too.
 *
 * <p>Several values stand in one frame, a null character between them. That is what ID3v2.4 says
 * (id3v2.4.0-frames, 4.2). ID3v2.3 has no separator of its own, and says that a reader shows what
 * stands before the first null: an old player shows the first genre, and today's editors (Mp3tag,
 * TagLib, mutagen, jaudiotagger) read all.
 */
final class Id3v2 {
  static final int HEADER_BYTES = 10;

  /** What a new tag, or one that has to grow, leaves for later changes. */
  private static final int PADDING_BYTES = 1024;

  private static final int MAX_BYTES = 1 << 28;
  private static final int UNSYNCHRONISED = 0x80;
  private static final int EXTENDED = 0x40;
  private static final int FOOTER = 0x10;

  /** A frame with its header, as it stands in the tag. */
  private record Frame(String id, byte[] bytes) {}

  private record Frames(List<Frame> frames, byte[] tail, boolean plainSizes) {
    boolean hasCleanTail() {
      return isZero(tail);
    }
  }

  private final int version;
  private final int revision;
  private final int flags;
  private final byte[] extended;
  private final Frames content;
  private final int bodyBytes;

  private Id3v2(
      int version, int revision, int flags, byte[] extended, Frames content, int bodyBytes) {
    this.version = version;
    this.revision = revision;
    this.flags = flags;
    this.extended = extended;
    this.content = content;
    this.bodyBytes = bodyBytes;
  }

  /**
   * A tag that is not there yet. Version 2.4: the only one that defines several values, and UTF-8.
   */
  static Id3v2 none() {
    return new Id3v2(4, 0, 0, new byte[0], new Frames(List.of(), new byte[0], false), 0);
  }

  /**
   * Length of the whole tag that begins here, in bytes; 0 if none does.
   *
   * @param head at least {@value #HEADER_BYTES} bytes, if the file has so many
   */
  static long lengthOf(byte[] head) {
    if (head.length < HEADER_BYTES || head[0] != 'I' || head[1] != 'D' || head[2] != '3') {
      return 0;
    }
    boolean footer = head[3] == 4 && (head[5] & FOOTER) != 0;
    return HEADER_BYTES + (long) syncsafe(head, 6) + (footer ? HEADER_BYTES : 0);
  }

  /**
   * Reads a tag.
   *
   * @param bytes the whole of it, as long as {@link #lengthOf} says
   * @throws TagException if it cannot be understood whole
   */
  static Id3v2 parse(byte[] bytes) throws TagException {
    int version = bytes[3];
    int flags = bytes[5] & 0xff;
    if (version < 2 || version > 4) {
      throw new TagException("its ID3 tag is of the unknown version 2." + version);
    }
    if (version == 2 && (flags & EXTENDED) != 0) {
      throw new TagException("its ID3 tag is compressed as a whole: not touched");
    }
    byte[] body = Arrays.copyOfRange(bytes, HEADER_BYTES, HEADER_BYTES + syncsafe(bytes, 6));
    if (version < 4 && (flags & UNSYNCHRONISED) != 0) {
      body = Id3Text.synchronised(body);
    }
    int start = version > 2 && (flags & EXTENDED) != 0 ? extendedBytes(version, body) : 0;
    Frames frames = frames(version, body, start);
    return new Id3v2(version, bytes[4], flags, Arrays.copyOf(body, start), frames, body.length);
  }

  private static int extendedBytes(int version, byte[] body) throws TagException {
    if (body.length < 10) {
      throw damaged();
    }
    long length = version == 4 ? syncsafe(body, 0) : 4L + number(body, 0, 4);
    if (length < 6 || length > body.length) {
      throw damaged();
    }
    boolean checksum = version == 4 ? (body[5] & 0x20) != 0 : (body[4] & 0x80) != 0;
    if (checksum) {
      throw new TagException("its ID3 tag has a checksum over everything: not touched");
    }
    return (int) length;
  }

  private static Frames frames(int version, byte[] body, int start) throws TagException {
    if (version < 4) {
      Frames frames = walk(version, body, start, version == 3);
      if (frames == null) {
        throw damaged();
      }
      return frames;
    }
    // Early versions of iTunes wrote plain numbers where 2.4 wants seven bits a byte.
    Frames right = walk(version, body, start, false);
    if (right != null && right.hasCleanTail()) {
      return right;
    }
    Frames plain = walk(version, body, start, true);
    if (plain != null && (right == null || plain.hasCleanTail())) {
      return plain;
    }
    if (right == null) {
      throw damaged();
    }
    return right;
  }

  private static @Nullable Frames walk(int version, byte[] body, int start, boolean plainSizes) {
    int idBytes = version == 2 ? 3 : 4;
    int headerBytes = version == 2 ? 6 : 10;
    List<Frame> frames = new ArrayList<>();
    int at = start;
    while (body.length - at >= headerBytes && body[at] != 0) {
      for (int i = 0; i < idBytes; i++) {
        int c = body[at + i];
        // Some old writers filled up a short name with a space or a null.
        boolean filler = i == 3 && (c == ' ' || c == 0);
        if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && !filler) {
          return null;
        }
      }
      if (version == 4 && !plainSizes && (number(body, at + 4, 4) & 0x80808080L) != 0) {
        return null;
      }
      long size =
          version == 2
              ? number(body, at + 3, 3)
              : plainSizes ? number(body, at + 4, 4) : syncsafe(body, at + 4);
      if (size > body.length - at - headerBytes) {
        return null;
      }
      int end = at + headerBytes + (int) size;
      frames.add(new Frame(new String(body, at, idBytes, US_ASCII), slice(body, at, end)));
      at = end;
    }
    return new Frames(frames, slice(body, at, body.length), plainSizes);
  }

  /** The version for a person: {@code ID3v2.4}. */
  String name() {
    return "ID3v2." + version;
  }

  /** The field's values, references such as {@code (17)} by their names. */
  List<String> values(TagField field) throws TagException {
    List<String> values = new ArrayList<>();
    for (Frame frame : content.frames) {
      if (isOf(field, frame)) {
        List<String> texts = Id3Text.of(version, flags, frame.id, frame.bytes);
        List<String> own = field.isGenre() ? texts : texts.subList(1, texts.size());
        for (String text : own) {
          values.addAll(field.isGenre() ? GenreNames.meant(text) : List.of(text));
        }
      }
    }
    values.removeIf(String::isBlank);
    return values;
  }

  /**
   * The tag with other values in the field.
   *
   * @param values none to take the field away
   * @return the whole tag; nothing if there would be no frame in it
   */
  byte[] with(TagField field, List<String> values) throws TagException {
    List<Frame> frames = new ArrayList<>();
    Frame fresh = values.isEmpty() ? null : frame(field, values);
    for (Frame frame : content.frames) {
      if (!isOf(field, frame)) {
        frames.add(frame);
      } else if (fresh != null) {
        frames.add(fresh);
        fresh = null;
      }
    }
    if (fresh != null) {
      frames.add(fresh);
    }
    if (frames.isEmpty() && content.hasCleanTail()) {
      return new byte[0];
    }
    return assembled(frames);
  }

  private byte[] assembled(List<Frame> frames) throws TagException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(extended);
    frames.forEach(frame -> body.writeBytes(frame.bytes));
    boolean footer = version == 4 && (flags & FOOTER) != 0;
    int padding = 0;
    if (!content.hasCleanTail()) {
      body.writeBytes(content.tail);
    } else if (!footer) {
      padding = body.size() <= bodyBytes ? bodyBytes - body.size() : PADDING_BYTES;
      body.writeBytes(new byte[padding]);
    }
    byte[] bytes = body.toByteArray();
    if (version == 3 && extended.length >= 10) {
      // 2.3 says here how much padding there is.
      putNumber(bytes, 6, 4, padding);
    }
    if (version < 4 && (flags & UNSYNCHRONISED) != 0) {
      bytes = Id3Text.unsynchronised(bytes);
    }
    if (bytes.length >= MAX_BYTES) {
      throw new TagException("its ID3 tag is full");
    }
    byte[] header = {'I', 'D', '3', (byte) version, (byte) revision, (byte) flags, 0, 0, 0, 0};
    putSyncsafe(header, 6, bytes.length);
    ByteArrayOutputStream tag = new ByteArrayOutputStream();
    tag.writeBytes(header);
    tag.writeBytes(bytes);
    if (footer) {
      header[0] = '3';
      header[1] = 'D';
      header[2] = 'I';
      tag.writeBytes(header);
    }
    return tag.toByteArray();
  }

  /** A line for each frame but the field's, with a digest of its bytes. */
  List<String> others(TagField field) throws TagException {
    List<String> lines = new ArrayList<>();
    for (Frame frame : content.frames) {
      if (!isOf(field, frame)) {
        lines.add(frame.id + " " + Digest.ofBytes(frame.bytes));
      }
    }
    if (!content.hasCleanTail()) {
      lines.add("tail " + Digest.ofBytes(content.tail));
    }
    return lines;
  }

  private boolean isOf(TagField field, Frame frame) throws TagException {
    if (field.isGenre()) {
      return frame.id.equals(version == 2 ? "TCO" : "TCON");
    }
    if (!frame.id.equals(version == 2 ? "TXX" : "TXXX") || isEncrypted(frame)) {
      return false;
    }
    List<String> texts = Id3Text.of(version, flags, frame.id, frame.bytes);
    return !texts.isEmpty() && texts.get(0).equalsIgnoreCase(field.name());
  }

  private Frame frame(TagField field, List<String> values) {
    String id = field.isGenre() ? (version == 2 ? "TCO" : "TCON") : version == 2 ? "TXX" : "TXXX";
    String text = String.join("\0", values);
    boolean ascii = US_ASCII.newEncoder().canEncode(text);
    int encoding = ascii ? 0 : version == 4 ? 3 : 1;
    Charset charset = ascii ? ISO_8859_1 : version == 4 ? UTF_8 : UTF_16LE;
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.write(encoding);
    if (!field.isGenre()) {
      data.writeBytes(Id3Text.encoded(field.name() + "\0", charset));
    }
    data.writeBytes(Id3Text.encoded(text, charset));
    byte[] header = new byte[version == 2 ? 6 : 10];
    System.arraycopy(id.getBytes(US_ASCII), 0, header, 0, id.length());
    if (version == 2) {
      putNumber(header, 3, 3, data.size());
    } else if (content.plainSizes || version == 3) {
      putNumber(header, 4, 4, data.size());
    } else {
      putSyncsafe(header, 4, data.size());
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(header);
    bytes.writeBytes(data.toByteArray());
    return new Frame(id, bytes.toByteArray());
  }

  private boolean isEncrypted(Frame frame) {
    return (version == 3 && (frame.bytes[9] & 0x40) != 0)
        || (version == 4 && (frame.bytes[9] & 0x04) != 0);
  }

  private static TagException damaged() {
    return new TagException("its ID3 tag is damaged and cannot be read whole: not touched");
  }

  private static boolean isZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static byte[] slice(byte[] bytes, int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }

  static int syncsafe(byte[] bytes, int at) {
    return (bytes[at] & 0x7f) << 21
        | (bytes[at + 1] & 0x7f) << 14
        | (bytes[at + 2] & 0x7f) << 7
        | (bytes[at + 3] & 0x7f);
  }

  private static void putSyncsafe(byte[] bytes, int at, int value) {
    for (int i = 3; i >= 0; i--) {
      bytes[at + i] = (byte) (value & 0x7f);
      value >>= 7;
    }
  }

  static long number(byte[] bytes, int at, int length) {
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 8 | (bytes[at + i] & 0xff);
    }
    return value;
  }

  private static void putNumber(byte[] bytes, int at, int length, long value) {
    for (int i = length - 1; i >= 0; i--) {
      bytes[at + i] = (byte) value;
      value >>= 8;
    }
  }
}
