package tonearm.tags;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.List;

/** Ogg pages (RFC 3533): reading them, and packets put into them anew. */
final class OggPages {
  static final int CONTINUED = 1;
  static final int FIRST = 2;

  private static final int HEADER_BYTES = 27;
  private static final int MAX_SEGMENTS = 255;
  private static final int POLYNOMIAL = 0x04c11db7;
  private static final int[] CRC = new int[256];

  static {
    for (int i = 0; i < CRC.length; i++) {
      int r = i << 24;
      for (int bit = 0; bit < 8; bit++) {
        r = (r & 0x80000000) != 0 ? r << 1 ^ POLYNOMIAL : r << 1;
      }
      CRC[i] = r;
    }
  }

  private OggPages() {}

  /**
   * A page.
   *
   * @param bytes header and body
   */
  record Page(byte[] bytes) {
    int flags() {
      return bytes[5];
    }

    int serial() {
      return little(bytes).getInt(14);
    }

    int sequence() {
      return little(bytes).getInt(18);
    }

    int segments() {
      return bytes[26] & 0xff;
    }

    int segment(int index) {
      return bytes[HEADER_BYTES + index] & 0xff;
    }

    int bodyAt() {
      return HEADER_BYTES + segments();
    }

    boolean isSound() {
      return checksum(bytes) == little(bytes).getInt(22);
    }
  }

  /**
   * The page at a place.
   *
   * @throws TagException if none begins there
   */
  static Page read(Source source, long at) throws IOException {
    byte[] head = source.head(at, HEADER_BYTES + MAX_SEGMENTS);
    if (head.length < HEADER_BYTES
        || !new String(head, 0, 4, US_ASCII).equals("OggS")
        || head[4] != 0
        || head.length < HEADER_BYTES + (head[26] & 0xff)) {
      throw damaged();
    }
    int length = HEADER_BYTES + (head[26] & 0xff);
    for (int i = 0; i < (head[26] & 0xff); i++) {
      length += head[HEADER_BYTES + i] & 0xff;
    }
    return new Page(source.read(at, length));
  }

  /**
   * Packets put into as many pages as they had before if they fit, so that the pages after them can
   * stay as they are.
   *
   * @param packets each ends on one of these pages, the last with the last page
   * @param serial of the stream
   * @param pages how many there were, at least 1; they were numbered from 1
   * @return the pages one after another
   */
  static byte[] paginate(List<byte[]> packets, int serial, int pages) {
    ByteArrayOutputStream lacing = new ByteArrayOutputStream();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] packet : packets) {
      for (int rest = packet.length; rest >= 0; rest -= MAX_SEGMENTS) {
        lacing.write(Math.min(rest, MAX_SEGMENTS));
      }
      body.writeBytes(packet);
    }
    byte[] segments = lacing.toByteArray();
    byte[] bytes = body.toByteArray();
    int count = pagesFor(segments.length, pages);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int bodyAt = 0;
    for (int i = 0; i < count; i++) {
      int from = (int) ((long) segments.length * i / count);
      int to = (int) ((long) segments.length * (i + 1) / count);
      boolean continued = from > 0 && segments[from - 1] == (byte) MAX_SEGMENTS;
      boolean ends = false;
      int length = 0;
      for (int s = from; s < to; s++) {
        length += segments[s] & 0xff;
        ends |= segments[s] != (byte) MAX_SEGMENTS;
      }
      ByteBuffer page =
          ByteBuffer.allocate(HEADER_BYTES + to - from + length).order(ByteOrder.LITTLE_ENDIAN);
      page.put("OggS".getBytes(US_ASCII)).put((byte) 0);
      page.put((byte) (continued ? CONTINUED : 0));
      // Headers are at the time 0; a page on which no packet ends says -1.
      page.putLong(ends ? 0 : -1).putInt(serial).putInt(1 + i).putInt(0);
      page.put((byte) (to - from)).put(segments, from, to - from).put(bytes, bodyAt, length);
      page.putInt(22, checksum(page.array()));
      out.writeBytes(page.array());
      bodyAt += length;
    }
    return out.toByteArray();
  }

  /** How many pages {@link #paginate} makes for so many segments. */
  private static int pagesFor(int segments, int wanted) {
    boolean fits = wanted <= segments && segments <= (long) MAX_SEGMENTS * wanted;
    return fits ? wanted : (segments + MAX_SEGMENTS - 1) / MAX_SEGMENTS;
  }

  /** How many pages stand in bytes that {@link #paginate} made. */
  static int count(byte[] pages) {
    int count = 0;
    for (int at = 0; at < pages.length; count++) {
      int segments = pages[at + 26] & 0xff;
      int length = HEADER_BYTES + segments;
      for (int i = 0; i < segments; i++) {
        length += pages[at + HEADER_BYTES + i] & 0xff;
      }
      at += length;
    }
    return count;
  }

  /**
   * Copies the pages from a place to the file's end and counts those of one stream on.
   *
   * @param shift what is added to each of their numbers
   */
  static void renumber(Source source, long from, int serial, int shift, FileChannel out)
      throws IOException {
    for (long at = from; at < source.size(); ) {
      Page page = read(source, at);
      if (page.serial() == serial) {
        if (!page.isSound()) {
          // A new checksum would make a damaged page look sound.
          throw damaged();
        }
        little(page.bytes()).putInt(18, page.sequence() + shift);
        little(page.bytes()).putInt(22, checksum(page.bytes()));
      }
      ByteBuffer bytes = ByteBuffer.wrap(page.bytes());
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      at += page.bytes().length;
    }
  }

  /** The checksum of a page, its own place in it taken as 0. */
  private static int checksum(byte[] page) {
    int crc = 0;
    for (int i = 0; i < page.length; i++) {
      int b = i >= 22 && i < 26 ? 0 : page[i] & 0xff;
      crc = crc << 8 ^ CRC[crc >>> 24 ^ b];
    }
    return crc;
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static TagException damaged() {
    return new TagException("its Ogg pages are damaged or cut off: not touched");
  }

  static boolean startsWith(byte[] bytes, String mark) {
    byte[] wanted = mark.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    return bytes.length >= wanted.length
        && Arrays.equals(wanted, 0, wanted.length, bytes, 0, wanted.length);
  }
}
