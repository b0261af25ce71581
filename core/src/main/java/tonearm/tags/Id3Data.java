package tonearm.tags;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** What an ID3 frame says once its flags are taken into account. */
final class Id3Data {
  /** More than any list of genres. */
  private static final int MAX_INFLATED_BYTES = 1 << 20;

  private Id3Data() {}

  /**
   * The data of a frame.
   *
   * @param version 2, 3 or 4
   * @param tagFlags of the tag's header
   * @param frame with its header
   * @throws TagException if it is encrypted or damaged
   */
  static byte[] plain(int version, int tagFlags, byte[] frame) throws TagException {
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
      data = Id3v2.synchronised(data);
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
