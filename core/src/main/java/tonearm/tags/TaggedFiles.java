package tonearm.tags;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.Map;

/** Tells by a file's content how its tags are read. */
final class TaggedFiles {
  private static final int HEAD_BYTES = 1 << 16;

  /** What files of sound begin with whose tags are not written. */
  private static final Map<String, String> OTHERS =
      Map.ofEntries(
          Map.entry("wvpk", "WavPack"),
          Map.entry("MAC ", "Monkey's Audio"),
          Map.entry("MPCK", "Musepack"),
          Map.entry("MP+", "Musepack"),
          Map.entry("TTA1", "TTA"),
          Map.entry(".snd", "AU"),
          Map.entry("caff", "CAF"),
          Map.entry("riff", "W64"),
          Map.entry("RF64", "RF64"),
          Map.entry("BW64", "BW64"),
          Map.entry("DSD ", "DSF"),
          Map.entry("FRM8", "DSDIFF"),
          Map.entry("FLV", "Flash"),
          Map.entry("\u000bw", "AC-3"),
          Map.entry("\u001aE\u00df\u00a3", "Matroska and WebM"),
          Map.entry("0&\u00b2u\u008ef\u00cf\u0011", "WMA and ASF"));

  private TaggedFiles() {}

  /**
   * Reads the tags of an open file.
   *
   * @throws TagException if it is of no format that can be tagged, or its tags cannot be read whole
   */
  static TaggedFile read(Source source) throws IOException {
    if (source.size() == 0) {
      throw new TagException("the file is empty (0 bytes)");
    }
    long tagBytes = Id3v2.lengthOf(source.head(0, Id3v2.HEADER_BYTES));
    if (tagBytes >= source.size()) {
      throw new TagException("cut off: there is nothing after its ID3 tag");
    }
    byte[] head = source.head(tagBytes, HEAD_BYTES);
    String start = new String(head, 0, Math.min(head.length, 16), ISO_8859_1);
    if (start.startsWith("fLaC")) {
      return FlacFile.read(source, tagBytes);
    }
    for (Map.Entry<String, String> other : OTHERS.entrySet()) {
      if (start.startsWith(other.getKey())) {
        throw new TagException(other.getValue() + " files cannot be tagged");
      }
    }
    // Films have frames of MPEG audio in them, but no place for a tag before them.
    boolean isAvi = start.startsWith("RIFF") && start.startsWith("AVI ", 8);
    if (isAvi || start.startsWith("\0\0\u0001\u00ba") || start.startsWith("\0\0\u0001\u00b3")) {
      throw new TagException((isAvi ? "AVI" : "MPEG") + " films cannot be tagged");
    }
    if (tagBytes == 0) {
      if (start.startsWith("OggS")) {
        return OggFile.read(source);
      } else if (start.startsWith("RIFF") && start.startsWith("WAVE", 8)) {
        return ChunkFile.read(source);
      } else if (start.startsWith("FORM")
          && (start.startsWith("AIFF", 8) || start.startsWith("AIFC", 8))) {
        return ChunkFile.read(source);
      } else if (start.startsWith("ftyp", 4)) {
        if (start.startsWith("qt  ", 8)) {
          throw new TagException("QuickTime films cannot be tagged");
        }
        return Mp4File.read(source);
      }
    }
    String audio = mpegAudio(head);
    if (audio == null) {
      throw new TagException("not an audio format that can be tagged");
    }
    return Id3File.read(source, audio);
  }

  /** What MPEG audio begins in these bytes, or null: two frames, one right after the other. */
  private static @org.jspecify.annotations.Nullable String mpegAudio(byte[] head) {
    for (int at = 0; at + 6 < head.length; at++) {
      int length = frameBytes(head, at);
      if (length > 0 && frameBytes(head, at + length) > 0) {
        return isAdts(head, at) ? "AAC" : "MP" + (4 - (head[at + 1] >> 1 & 3));
      }
    }
    return null;
  }

  private static boolean isAdts(byte[] head, int at) {
    return (head[at + 1] & 0xf6) == 0xf0;
  }

  /** Length of the frame that begins at a place; 0 if none does (ISO 11172-3, 14496-3). */
  private static int frameBytes(byte[] head, int at) {
    if (at + 6 >= head.length || (head[at] & 0xff) != 0xff || (head[at + 1] & 0xe0) != 0xe0) {
      return 0;
    }
    if (isAdts(head, at)) {
      int bytes =
          (head[at + 3] & 3) << 11 | (head[at + 4] & 0xff) << 3 | (head[at + 5] & 0xff) >> 5;
      return bytes >= 7 && (head[at + 2] >> 2 & 15) < 13 ? bytes : 0;
    }
    int version = head[at + 1] >> 3 & 3; // 3 is MPEG 1, 2 is MPEG 2, 0 is MPEG 2.5
    int layer = 4 - (head[at + 1] >> 1 & 3);
    int rateIndex = head[at + 2] >> 4 & 15;
    int sampleIndex = head[at + 2] >> 2 & 3;
    if (version == 1 || layer == 4 || rateIndex == 0 || rateIndex == 15 || sampleIndex == 3) {
      return 0;
    }
    int samplesHz =
        new int[] {44100, 48000, 32000}[sampleIndex] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
    int bits = BIT_RATES[version == 3 ? layer - 1 : layer == 1 ? 3 : 4][rateIndex - 1] * 1000;
    int padding = head[at + 2] >> 1 & 1;
    if (layer == 1) {
      return (12 * bits / samplesHz + padding) * 4;
    }
    return (layer == 3 && version != 3 ? 72 : 144) * bits / samplesHz + padding;
  }

  /** In kbit/s: MPEG 1 layers 1 to 3, MPEG 2 layer 1, MPEG 2 layers 2 and 3. */
  private static final int[][] BIT_RATES = {
    {32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
    {32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
    {32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
    {32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
    {8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}
  };
}
