package tonearm.tags;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.gagravarr.opus.OpusAudioData;
import org.gagravarr.opus.OpusFile;
import org.gagravarr.opus.OpusTags;

/** Tags with everything that careless programs lose, written byte by byte or by other libraries. */
final class RichTags {
  static final byte[] PICTURE =
      Base64.getDecoder()
          .decode(
              "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgAAIAAAUAAeImBZsAAAAASUVORK5C"
                  + "YII=");

  private RichTags() {}

  /**
   * An ID3v2 tag of 2.3 or 2.4 with several artists, ReplayGain, a picture, chapters with titles,
   * private and unknown frames, and 100 bytes of padding.
   *
   * @param genre the genre frame's data with its encoding; nothing for no such frame
   */
  static byte[] id3(int version, byte[] genre) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    frames.writeBytes(frame(version, "TIT2", text(version, "T\u00eftle \uD83C\uDFB7")));
    frames.writeBytes(frame(version, "TPE1", text(version, "First\0Second")));
    if (genre.length > 0) {
      frames.writeBytes(frame(version, "TCON", genre));
    }
    frames.writeBytes(frame(version, "TXXX", latin("\0REPLAYGAIN_TRACK_GAIN\0-3.2 dB")));
    frames.writeBytes(frame(version, "TXXX", latin("\0GENRE\0not the genre")));
    frames.writeBytes(frame(version, "APIC", join(latin("\0image/png\0\u0003c\0"), PICTURE)));
    byte[] times = ByteBuffer.allocate(16).putInt(0).putInt(500).putInt(-1).putInt(-1).array();
    byte[] title = frame(version, "TIT2", text(version, "Chapter one"));
    frames.writeBytes(frame(version, "CHAP", join(latin("c1\0"), times, title)));
    byte[] table =
        join(latin("toc\0\u0003\u0001c1\0"), frame(version, "TIT2", latin("\0Contents")));
    frames.writeBytes(frame(version, "CTOC", table));
    frames.writeBytes(frame(version, "PRIV", latin("owner\0\u0001\u00ff\u0000\u00fe")));
    frames.writeBytes(frame(version, "POPM", latin("me@example\0\u00c8\0\0\0\u0003")));
    frames.writeBytes(frame(version, "XYZ9", latin("nobody knows this one \u00ff\u00e0")));
    // Of a length whose two spellings differ in 2.3 and 2.4.
    frames.writeBytes(frame(version, "GEOB", join(latin("\0a/b\0f\0d\0"), new byte[300])));
    return tag(version, 0, join(frames.toByteArray(), new byte[100]));
  }

  static byte[] tag(int version, int flags, byte[] body) {
    byte[] header = {'I', 'D', '3', (byte) version, 0, (byte) flags, 0, 0, 0, 0};
    syncsafe(header, 6, body.length);
    return join(header, body);
  }

  static byte[] frame(int version, String id, byte[] data) {
    byte[] header = Arrays.copyOf(id.getBytes(ISO_8859_1), 10);
    if (version == 4) {
      syncsafe(header, 4, data.length);
    } else {
      ByteBuffer.wrap(header).putInt(4, data.length);
    }
    return join(header, data);
  }

  private static byte[] text(int version, String text) {
    return version == 4
        ? join(new byte[] {3}, text.getBytes(UTF_8))
        : join(new byte[] {1}, text.getBytes(UTF_16));
  }

  static byte[] latin(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static void syncsafe(byte[] bytes, int at, int value) {
    for (int i = 3; i >= 0; i--) {
      bytes[at + i] = (byte) (value & 0x7f);
      value >>= 7;
    }
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** Puts a tag before what is in an MP3 file, in the place of the one there. */
  static void prefix(Path file, byte[] tag) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int old = (int) Id3v2.lengthOf(bytes);
    Files.write(file, join(tag, Arrays.copyOfRange(bytes, old, bytes.length)));
  }

  /** Adds chunks to a WAV or AIFF file. */
  static void addChunk(Path file, String id, byte[] data) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    ByteOrder order = bytes[0] == 'R' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    byte[] chunk = new byte[8 + data.length + data.length % 2];
    ByteBuffer.wrap(chunk).order(order).put(latin(id)).putInt(data.length).put(data);
    byte[] all = join(bytes, new byte[bytes.length % 2], chunk);
    ByteBuffer.wrap(all).order(order).putInt(4, all.length - 8);
    Files.write(file, all);
  }

  /** Puts iTunes's list into an M4A file whose index stands at the end. */
  static void addItems(Path file, byte[]... items) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int moov = bytes.length;
    for (int at = 0; at < bytes.length; at += ByteBuffer.wrap(bytes).getInt(at)) {
      if (new String(bytes, at + 4, 4, ISO_8859_1).equals("moov")) {
        moov = at;
      }
    }
    for (int at = moov + 8; at < bytes.length; at += ByteBuffer.wrap(bytes).getInt(at)) {
      if (new String(bytes, at + 4, 4, ISO_8859_1).equals("udta")) {
        // FFmpeg's own, empty one.
        System.arraycopy(latin("free"), 0, bytes, at + 4, 4);
      }
    }
    byte[] handler = latin("\0\0\0\0\0\0\0\0mdirappl\0\0\0\0\0\0\0\0\0");
    byte[] meta = join(new byte[4], box("hdlr", handler), box("ilst", join(items)));
    byte[] all = join(bytes, box("udta", box("meta", meta)));
    int size = ByteBuffer.wrap(bytes).getInt(moov);
    ByteBuffer.wrap(all).putInt(moov, size + all.length - bytes.length);
    Files.write(file, all);
  }

  static byte[] box(String type, byte[] content) {
    byte[] header = new byte[8];
    ByteBuffer.wrap(header).putInt(8 + content.length).put(latin(type));
    return join(header, content);
  }

  static byte[] data(int kind, byte[] value) {
    return box("data", join(ByteBuffer.allocate(8).putInt(0, kind).array(), value));
  }

  static byte[] own(String name, String... values) {
    byte[] all =
        join(box("mean", latin("\0\0\0\0com.apple.iTunes")), box("name", latin("\0\0\0\0" + name)));
    for (String value : values) {
      all = join(all, data(1, value.getBytes(UTF_8)));
    }
    return box("----", all);
  }

  /** Writes an Opus file anew with more comments, by another library than ours. */
  static void addOpusComments(Path file, List<String[]> comments) throws IOException {
    Path copy = file.resolveSibling(file.getFileName() + ".copy");
    try (OpusFile in = new OpusFile(file.toFile())) {
      OpusTags tags = in.getTags();
      comments.forEach(c -> tags.addComment(c[0], c[1]));
      try (OpusFile out = new OpusFile(Files.newOutputStream(copy), in.getInfo(), tags)) {
        OpusAudioData audio = in.getNextAudioPacket();
        while (audio != null) {
          out.writeAudioData(audio);
          audio = in.getNextAudioPacket();
        }
      }
    }
    Files.move(copy, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }
}
