package tonearm.audio;

import org.jspecify.annotations.Nullable;

/**
 * Finds MPEG audio that has no signature: layers I to III (ISO 11172-3, 13818-3) and AAC in ADTS
 * (ISO 13818-7). One frame header of four bytes means little; a few in a row, each where the one
 * before says and all of one kind, are no chance.
 */
final class MpegFrames {
  private static final int WANTED = 3;

  /** kbit/s by index 1 to 14: MPEG 1 layers I, II, III, then MPEG 2 layer I, layers II and III. */
  private static final int[][] KILOBITS = {
    {32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
    {32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
    {32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
    {32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
    {8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}
  };

  private static final int[] RATES = {44100, 48000, 32000};

  /**
   * @param kind what stays the same from frame to frame
   * @param bytes length, header included
   */
  private record Frame(int kind, int bytes) {}

  private MpegFrames() {}

  /** Whether frames begin in these bytes, be it after some rubbish or zeros. */
  static boolean begin(byte[] head) {
    for (int at = 0; at + 4 <= head.length; at++) {
      if (head[at] == -1 && chain(head, at)) {
        return true;
      }
    }
    return false;
  }

  private static boolean chain(byte[] head, int from) {
    Frame first = frame(head, from);
    int at = from;
    for (int found = 0; found < WANTED; found++) {
      Frame frame = frame(head, at);
      if (first == null || frame == null || frame.kind != first.kind) {
        // A very short file may end after its second frame.
        return found >= 2 && at >= head.length && head.length < Signatures.HEAD_BYTES;
      }
      at += frame.bytes;
    }
    return true;
  }

  private static @Nullable Frame frame(byte[] head, int at) {
    if (at + 4 > head.length || head[at] != -1 || (head[at + 1] & 0xE0) != 0xE0) {
      return null;
    }
    int layer = 4 - (head[at + 1] >> 1 & 3);
    return layer == 4 ? adts(head, at) : layered(head, at, layer);
  }

  private static @Nullable Frame layered(byte[] head, int at, int layer) {
    int version = head[at + 1] >> 3 & 3; // 0: 2.5, 2: 2, 3: 1
    int bits = head[at + 2] >> 4 & 15;
    int rate = head[at + 2] >> 2 & 3;
    if (version == 1 || bits == 0 || bits == 15 || rate == 3) {
      return null;
    }
    int table = version == 3 ? layer - 1 : layer == 1 ? 3 : 4;
    int hz = RATES[rate] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
    int padding = head[at + 2] >> 1 & 1;
    int bitsPerSecond = 1000 * KILOBITS[table][bits - 1];
    int bytes =
        layer == 1
            ? 4 * (12 * bitsPerSecond / hz + padding)
            : (layer == 3 && version != 3 ? 72 : 144) * bitsPerSecond / hz + padding;
    return new Frame((head[at + 1] & 0x1E) | (rate << 8), bytes);
  }

  private static @Nullable Frame adts(byte[] head, int at) {
    int rate = head[at + 2] >> 2 & 15;
    if ((head[at + 1] & 0xF6) != 0xF0 || rate > 12 || at + 6 > head.length) {
      return null;
    }
    int bytes =
        ((head[at + 3] & 3) << 11) | ((head[at + 4] & 0xFF) << 3) | ((head[at + 5] & 0xE0) >> 5);
    return bytes < 7 ? null : new Frame((head[at + 1] & 0x0F) | (rate << 8), bytes);
  }
}
