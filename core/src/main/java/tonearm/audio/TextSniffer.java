package tonearm.audio;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tells text from sound by a file's first bytes. FFmpeg takes some texts for subtitles and runs
 * others as playlists; a person wants to hear "the file is text".
 */
final class TextSniffer {
  private TextSniffer() {}

  /**
   * What kind of text this is, to follow "the file is", or null if it is none.
   *
   * @param head the first bytes of a file, at least one
   */
  static @Nullable String describe(byte[] head) {
    String text = text(head);
    if (text == null) {
      return null;
    }
    String start = text.stripLeading().toLowerCase(Locale.ROOT);
    boolean playlist =
        start.startsWith("#extm3u")
            || start.startsWith("ffconcat")
            || start.startsWith("[playlist]");
    return playlist ? "a playlist" : "text";
  }

  private static @Nullable String text(byte[] head) {
    if (startsWith(head, 0xFF, 0xFE)) {
      return decoded(head, StandardCharsets.UTF_16LE);
    }
    if (startsWith(head, 0xFE, 0xFF)) {
      return decoded(head, StandardCharsets.UTF_16BE);
    }
    int ascii = 0;
    for (byte b : head) {
      if (b >= 0 && isControl(b)) {
        return null;
      }
      ascii += b >= 0 ? 1 : 0;
    }
    String utf8 = decoded(head, StandardCharsets.UTF_8);
    if (utf8 != null) {
      return utf8;
    }
    // Older one-byte encodings: letters with accents among mostly plain ones.
    return ascii >= 0.75 * head.length ? new String(head, StandardCharsets.ISO_8859_1) : null;
  }

  /** The text, or null if the bytes are none in this encoding; a last letter may be cut off. */
  private static @Nullable String decoded(byte[] head, Charset charset) {
    CharBuffer text = CharBuffer.allocate(head.length + 1);
    if (charset.newDecoder().decode(ByteBuffer.wrap(head), text, false).isError()) {
      return null;
    }
    text.flip();
    boolean plain = text.chars().noneMatch(c -> isControl(c) || !Character.isDefined(c));
    return plain ? text.toString().replace("\uFEFF", "") : null;
  }

  private static boolean isControl(int c) {
    boolean usual = c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == 0x1B;
    return (c < 0x20 && !usual) || c == 0x7F;
  }

  private static boolean startsWith(byte[] head, int first, int second) {
    return head.length >= 2 && (head[0] & 0xff) == first && (head[1] & 0xff) == second;
  }
}
