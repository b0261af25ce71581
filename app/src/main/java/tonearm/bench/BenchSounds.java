package tonearm.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tonearm.provenance.AtomicFiles;

/**
 * MP3 files of any length from one short one. An MP3 is a row of frames that stand by themselves,
 * so they can be written over and over again without encoding anything; the frame at the beginning
 * that tells the song's length is left out, since it would be wrong.
 */
final class BenchSounds {
  private static final int HEADER_BYTES = 4;
  private static final int ID3_HEADER_BYTES = 10;
  private static final int SAMPLES_PER_FRAME = 1152;

  /** Side information of a stereo and of a mono frame, before which stands nothing else. */
  private static final int STEREO_SIDE_BYTES = 32;

  private static final int MONO_SIDE_BYTES = 17;

  private static final int[] KBIT_PER_SECOND = {
    0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320
  };
  private static final int[] RATES_HZ = {44100, 48000, 32000};

  private final List<byte[]> frames;
  private final int sampleRateHz;

  private BenchSounds(List<byte[]> frames, int sampleRateHz) {
    this.frames = frames;
    this.sampleRateHz = sampleRateHz;
  }

  /**
   * Takes a file apart.
   *
   * @param mp3 MPEG-1 layer III at one sample rate
   * @throws IOException if it cannot be read or is something else
   */
  static BenchSounds of(Path mp3) throws IOException {
    byte[] bytes = Files.readAllBytes(mp3);
    List<byte[]> frames = new ArrayList<>();
    int rateHz = 0;
    int at = endOfId3(bytes);
    while (at + HEADER_BYTES <= bytes.length && isFrame(bytes, at)) {
      int own = RATES_HZ[bytes[at + 2] >> 2 & 3];
      int kbits = KBIT_PER_SECOND[bytes[at + 2] >> 4 & 15];
      int length = SAMPLES_PER_FRAME / 8 * 1000 * kbits / own + (bytes[at + 2] >> 1 & 1);
      if (at + length > bytes.length || (rateHz != 0 && own != rateHz)) {
        break;
      }
      rateHz = own;
      byte[] frame = Arrays.copyOfRange(bytes, at, at + length);
      if (!frames.isEmpty() || !tellsLength(frame)) {
        frames.add(frame);
      }
      at += length;
    }
    if (frames.isEmpty()) {
      throw new IOException(mp3 + ": is no MPEG-1 layer III file");
    }
    return new BenchSounds(frames, rateHz);
  }

  private static int endOfId3(byte[] bytes) {
    if (bytes.length < ID3_HEADER_BYTES
        || !new String(bytes, 0, 3, StandardCharsets.ISO_8859_1).equals("ID3")) {
      return 0;
    }
    // Four bytes of seven bits each.
    return ID3_HEADER_BYTES + (bytes[6] << 21 | bytes[7] << 14 | bytes[8] << 7 | bytes[9]);
  }

  private static boolean isFrame(byte[] bytes, int at) {
    int kbits = bytes[at + 2] >> 4 & 15;
    return bytes[at] == (byte) 0xff
        && (bytes[at + 1] & 0xfe) == 0xfa
        && kbits > 0
        && kbits < KBIT_PER_SECOND.length
        && (bytes[at + 2] >> 2 & 3) < RATES_HZ.length;
  }

  private static boolean tellsLength(byte[] frame) {
    boolean mono = (frame[3] >> 6 & 3) == 3;
    int at = HEADER_BYTES + (mono ? MONO_SIDE_BYTES : STEREO_SIDE_BYTES);
    if (frame.length < at + 4) {
      return false;
    }
    String word = new String(frame, at, 4, StandardCharsets.ISO_8859_1);
    return word.equals("Info") || word.equals("Xing");
  }

  /**
   * Writes a file of a length, the song over and over again.
   *
   * @param seconds at least this, and less than a frame (26 ms at 44.1 kHz) more
   * @return the exact length in seconds
   */
  double write(Path mp3, double seconds) throws IOException {
    long wanted = (long) Math.ceil(seconds * sampleRateHz / SAMPLES_PER_FRAME);
    AtomicFiles.write(
        mp3,
        out -> {
          for (long i = 0; i < wanted; i++) {
            out.write(frames.get((int) (i % frames.size())));
          }
        });
    return (double) wanted * SAMPLES_PER_FRAME / sampleRateHz;
  }
}
