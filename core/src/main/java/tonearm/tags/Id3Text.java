package tonearm.tags;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** What an ID3 frame says once its flags and its text encoding are taken into account. */
final class Id3Text {
  /** More than any list of genres. */
  private static final int MAX_INFLATED_BYTES = 1 << 20;

  private Id3Text() {}

  /**
   * The strings of a text frame, at least one.
   *
   * @param version 2, 3 or 4
   * @param tagFlags of the tag's header
   * @param id the frame's name, for a message
   * @param frame with its header
   * @throws TagException if it is encrypted or damaged
   */
  static List<String> of(int version, int tagFlags, String id, byte[] frame) throws TagException {
    byte[] data = plain(version, tagFlags, frame);
    if (data.length == 0) {
      return List.of("");
    }
    int encoding = data[0];
    if (encoding < 0 || encoding > 3) {
      throw new TagException("its ID3 frame " + id + " has no text encoding that exists");
    }
    boolean wide = encoding == 1 || encoding == 2;
    List<String> texts = new ArrayList<>();
    int start = 1;
    Charset order = UTF_16;
    for (int at = 1; at <= data.length; at += wide ? 2 : 1) {
      boolean end = wide ? data.length - at < 2 : at == data.length;
      if (end || (data[at] == 0 && (!wide || data[at + 1] == 0))) {
        byte[] text = Arrays.copyOfRange(data, start, Math.min(at, data.length));
        if (encoding == 1) {
          // Where only the first string has a mark, it holds for those after it.
          order = text.length >= 2 && isMark(text) ? markOf(text) : order;
        }
        Charset charset =
            switch (encoding) {
              case 0 -> ISO_8859_1;
              case 1 -> order;
              case 2 -> UTF_16BE;
              default -> UTF_8;
            };
        texts.add(new String(text, charset).replace("\uFEFF", "").strip());
        start = at + (wide ? 2 : 1);
        if (end) {
          break;
        }
      }
    }
    if (texts.size() > 1 && texts.get(texts.size() - 1).isEmpty()) {
      texts.remove(texts.size() - 1);
    }
    return texts;
  }

  private static boolean isMark(byte[] text) {
    int mark = (text[0] & 0xff) << 8 | (text[1] & 0xff);
    return mark == 0xFEFF || mark == 0xFFFE;
  }

  private static Charset markOf(byte[] text) {
    return (text[0] & 0xff) == 0xFE ? UTF_16BE : UTF_16LE;
  }

  /** UTF-16 begins with its mark: in this encoding each string must. */
  static byte[] encoded(String text, Charset charset) {
    return (charset.equals(UTF_16LE) ? "\uFEFF" + text : text).getBytes(charset);
  }

  /** Takes out the nulls that keep a tag from looking like sound (id3v2.3.0, 5). */
  static byte[] synchronised(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      out.write(bytes[i]);
      if ((bytes[i] & 0xff) == 0xff && i + 1 < bytes.length && bytes[i + 1] == 0) {
        i++;
      }
    }
    return out.toByteArray();
  }

  /** Puts them in. */
  static byte[] unsynchronised(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      out.write(bytes[i]);
      boolean last = i + 1 == bytes.length;
      if ((bytes[i] & 0xff) == 0xff
          && (last || (bytes[i + 1] & 0xe0) == 0xe0 || bytes[i + 1] == 0)) {
        out.write(0);
      }
    }
    return out.toByteArray();
  }

  /** The data of a frame. */
  private static byte[] plain(int version, int tagFlags, byte[] frame) throws TagException {
    if (version == 2) {
      return Arrays.copyOfRange(frame, 6, frame.length);
    }
    int flags = frame[9] & 0xff;
    boolean four = version == 4;
    boolean compressed = (flags & (four ? 0x08 : 0x80)) != 0;
    if ((flags & (four ? 0x04 : 0x40)) != 0) {
      throw new TagException("the field is encrypted: not touched");
    }
    boolean lengthFirst = four ? (flags & 0x01) != 0 : compressed;
    boolean grouped = (flags & (four ? 0x40 : 0x20)) != 0;
    int skipped = (lengthFirst ? 4 : 0) + (grouped ? 1 : 0);
    if (frame.length < 10 + skipped) {
      throw new TagException("its ID3 tag is damaged and cannot be read whole: not touched");
    }
    byte[] data = Arrays.copyOfRange(frame, 10 + skipped, frame.length);
    if (four && ((flags & 0x02) != 0 || (tagFlags & 0x80) != 0)) {
      data = synchronised(data);
    }
    return compressed ? inflated(data) : data;
  }

  private static byte[] inflated(byte[] data) throws TagException {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(data);
      byte[] out = new byte[MAX_INFLATED_BYTES];
      int length = inflater.inflate(out);
      return Arrays.copyOf(out, length);
    } catch (DataFormatException e) {
      throw new TagException("the field is compressed and damaged: not touched");
    } finally {
      inflater.end();
    }
  }
}
