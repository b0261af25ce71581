package tonearm.audio;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells by its first bytes what a file is, without any native code: cheap enough for every file of
 * a library, and nothing that a stranger's file could break.
 *
 * <p>{@link #isSound} knows the containers that music and films come in; {@link #otherKind} names
 * what usually lies beside them. A file may be neither: then only {@link AudioDecoder} can tell.
 */
final class Signatures {
  /**
   * How many bytes of a file's beginning to look at: at least three frames of any MPEG audio, the
   * only common sound without a signature.
   */
  static final int HEAD_BYTES = 8192;

  /** Bytes at a place of a file, as ISO 8859-1 text; {@code ?} stands for any byte. */
  private record Mark(int at, String bytes, String kind) {}

  private static final String SOUND = "sound";

  private static final List<Mark> MARKS =
      List.of(
          new Mark(0, "fLaC", SOUND),
          new Mark(0, "OggS", SOUND),
          new Mark(0, "RIFF????WAVE", SOUND),
          new Mark(0, "RIFF????AVI ", SOUND),
          new Mark(0, "RIFX????WAVE", SOUND),
          new Mark(0, "RIFF????XWMA", SOUND),
          new Mark(0, "RF64????WAVE", SOUND),
          new Mark(0, "riff.\u0091\u00CF\u0011", SOUND), // Sony Wave64
          new Mark(0, "FORM????AIFF", SOUND),
          new Mark(0, "FORM????AIFC", SOUND),
          new Mark(0, "FORM????8SVX", SOUND),
          new Mark(0, "FRM8????????DSD ", SOUND),
          new Mark(0, "DSD \u001C\0\0\0", SOUND),
          new Mark(0, ".snd", SOUND),
          new Mark(0, "caff\0", SOUND),
          new Mark(0, "MAC ", SOUND),
          new Mark(0, "wvpk", SOUND),
          new Mark(0, "TTA1", SOUND),
          new Mark(0, "TTA2", SOUND),
          new Mark(0, "tBaK", SOUND),
          new Mark(0, "MPCK", SOUND),
          new Mark(0, "MP+", SOUND),
          new Mark(0, "ajkg", SOUND), // Shorten
          new Mark(0, "TWIN97012000", SOUND), // TwinVQ
          new Mark(0, "APETAGEX", SOUND), // a tag before MPEG audio
          new Mark(0, "#!AMR", SOUND),
          new Mark(0, "Creative Voice File\u001A", SOUND),
          new Mark(0, "\u007F\u00FE\u0080\u0001", SOUND), // DTS
          new Mark(0, "DTSHDHDR", SOUND),
          new Mark(4, "\u00F8ro\u00BA", SOUND), // TrueHD
          new Mark(4, "\u00F8ro\u00BB", SOUND), // MLP
          new Mark(0, "0&\u00B2u\u008Ef\u00CF\u0011", SOUND), // ASF
          new Mark(0, "\u001AE\u00DF\u00A3", SOUND), // Matroska, WebM
          new Mark(0, ".RMF\0", SOUND),
          new Mark(0, ".ra\u00FD", SOUND),
          new Mark(0, "FLV\u0001", SOUND),
          new Mark(0, "\0\0\u0001\u00BA", SOUND), // MPEG program stream
          new Mark(4, "ftypheic", "a HEIC picture"),
          new Mark(4, "ftypheix", "a HEIC picture"),
          new Mark(4, "ftypmif1", "a HEIF picture"),
          new Mark(4, "ftypavif", "an AVIF picture"),
          new Mark(4, "ftyp", SOUND), // MP4, M4A, 3GP
          new Mark(4, "moov", SOUND), // QuickTime before MP4
          new Mark(4, "mdat", SOUND),
          new Mark(0, "\u00FF\u00D8\u00FF", "a JPEG picture"),
          new Mark(0, "\u0089PNG\r\n\u001A\n", "a PNG picture"),
          new Mark(0, "GIF87a", "a GIF picture"),
          new Mark(0, "GIF89a", "a GIF picture"),
          new Mark(0, "RIFF????WEBP", "a WebP picture"),
          new Mark(0, "BM????\0\0\0\0", "a BMP picture"),
          new Mark(0, "II*\0", "a TIFF picture"),
          new Mark(0, "MM\0*", "a TIFF picture"),
          new Mark(0, "8BPS\0\u0001", "a Photoshop picture"),
          new Mark(0, "MThd\0\0\0\u0006", "MIDI notes, not sound"),
          new Mark(0, "RIFF????RMID", "MIDI notes, not sound"),
          new Mark(0, "%PDF-", "a PDF document"),
          new Mark(0, "\u00D0\u00CF\u0011\u00E0\u00A1\u00B1\u001A\u00E1", "an Office document"),
          new Mark(0, "PK\u0003\u0004", "a ZIP archive"),
          new Mark(0, "\u001F\u008B\u0008", "compressed with gzip"),
          new Mark(0, "BZh", "compressed with bzip2"),
          new Mark(0, "\u00FD7zXZ\0", "compressed with xz"),
          new Mark(0, "(\u00B5/\u00FD", "compressed with zstd"),
          new Mark(0, "7z\u00BC\u00AF'\u001C", "a 7-Zip archive"),
          new Mark(0, "Rar!\u001A\u0007", "a RAR archive"),
          new Mark(0, "SQLite format 3\0", "an SQLite database"),
          new Mark(0, "\u007FELF", "a program"),
          new Mark(0, "bplist00", "a property list"));

  private Signatures() {}

  /**
   * Whether a file begins as sound or film does.
   *
   * @param head its first {@link #HEAD_BYTES}, or all of it
   */
  static boolean isSound(byte[] head) {
    if (TextSniffer.describe(head) != null) {
      return false; // a list of "MAC addresses" is no Monkey's Audio
    }
    Mark mark = mark(head);
    return mark != null
        ? mark.kind.equals(SOUND)
        : isId3(head) || isTransportStream(head) || MpegFrames.begin(head) || isAc3(head);
  }

  /**
   * What a file is if it is surely no sound, to follow "the file is"; else null.
   *
   * @param head its first {@link #HEAD_BYTES}, or all of it
   */
  static @Nullable String otherKind(byte[] head) {
    Mark mark = mark(head);
    return mark != null && !mark.kind.equals(SOUND) ? mark.kind : TextSniffer.describe(head);
  }

  private static @Nullable Mark mark(byte[] head) {
    for (Mark mark : MARKS) {
      if (matches(head, mark)) {
        return mark;
      }
    }
    return null;
  }

  private static boolean matches(byte[] head, Mark mark) {
    if (head.length < mark.at + mark.bytes.length()) {
      return false;
    }
    for (int i = 0; i < mark.bytes.length(); i++) {
      char wanted = mark.bytes.charAt(i);
      if (wanted != '?' && wanted != (head[mark.at + i] & 0xFF)) {
        return false;
      }
    }
    return true;
  }

  /** A tag that MP3s begin with, and sometimes others: its length is in four 7-bit bytes. */
  private static boolean isId3(byte[] head) {
    boolean tag =
        head.length >= 10 && new String(head, 0, 3, StandardCharsets.ISO_8859_1).equals("ID3");
    for (int i = 3; tag && i < 10; i++) {
      tag = i < 5 ? head[i] != -1 : i == 5 || head[i] >= 0;
    }
    return tag;
  }

  /** Packets of 188 bytes that each begin with 0x47; cameras put 4 bytes before each. */
  private static boolean isTransportStream(byte[] head) {
    return isRow(head, 0, 188) || isRow(head, 4, 192);
  }

  private static boolean isRow(byte[] head, int first, int step) {
    int packets = 0;
    for (int at = first; at < head.length; at += step, packets++) {
      if (head[at] != 0x47) {
        return false;
      }
    }
    return packets >= 5;
  }

  /** Frames of one length, or 2 bytes more, that each begin with 0x0B77. */
  private static boolean isAc3(byte[] head) {
    int second = isAc3Sync(head, 0) ? 128 : head.length;
    while (second < head.length && !isAc3Sync(head, second)) {
      second += 2;
    }
    for (int slack = -2; slack <= 2; slack += 2) {
      if (isAc3Sync(head, 2 * second + slack)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAc3Sync(byte[] head, int at) {
    return at >= 0 && at + 1 < head.length && head[at] == 0x0B && head[at + 1] == 0x77;
  }
}
