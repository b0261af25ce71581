package tonearm.audio;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Writes Monkey's Audio (version 3.99, compression level "fast", 16 bits, 1 or 2 channels), which
 * FFmpeg reads but does not write. Each sample is what an adaptive linear predictor did not
 * foresee, written by a range coder (G. N. N. Martin 1979, in M. Schindler's arrangement); the
 * constants are the format's. FFmpeg's decoder, an independent work, is the judge of it.
 */
final class ApeEncoder {
  private static final int VERSION = 3990;
  private static final int LEVEL_FAST = 1000;
  private static final int NO_WAV_HEADER_STORED = 32;
  private static final int BLOCKS_PER_FRAME = 73728;
  private static final int DESCRIPTOR_BYTES = 52;
  private static final int HEADER_BYTES = 24;

  private ApeEncoder() {}

  /** Writes a file of 16-bit samples. */
  static void write(Path file, int sampleRateHz, int[]... channels) throws IOException {
    int total = channels[0].length;
    List<byte[]> frames = new ArrayList<>();
    int bytes = 0;
    for (int start = 0; start < total; start += BLOCKS_PER_FRAME) {
      byte[] frame =
          new Frame(channels.length)
              .encode(start, Math.min(total, start + BLOCKS_PER_FRAME), channels);
      frames.add(frame);
      bytes += frame.length;
    }
    int tableBytes = 4 * frames.size();
    int at = DESCRIPTOR_BYTES + HEADER_BYTES + tableBytes;
    ByteBuffer out = ByteBuffer.allocate(at + bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.put("MAC ".getBytes(StandardCharsets.US_ASCII)).putShort((short) VERSION);
    out.putShort((short) 0).putInt(DESCRIPTOR_BYTES).putInt(HEADER_BYTES).putInt(tableBytes);
    out.putInt(0).putInt(bytes).putInt(0).putInt(0).put(new byte[16]);
    out.putShort((short) LEVEL_FAST).putShort((short) NO_WAV_HEADER_STORED);
    out.putInt(BLOCKS_PER_FRAME).putInt(total - (frames.size() - 1) * BLOCKS_PER_FRAME);
    out.putInt(frames.size()).putShort((short) 16).putShort((short) channels.length);
    out.putInt(sampleRateHz);
    for (byte[] frame : frames) {
      out.putInt(at);
      at += frame.length;
    }
    frames.forEach(out::put);
    Files.write(file, out.array());
  }

  /** One frame, which can be decoded without the others. */
  private static final class Frame {
    private final RangeCoder coder = new RangeCoder();
    private final Predictor[] predictors;

    Frame(int channels) {
      predictors = new Predictor[channels];
      for (int i = 0; i < channels; i++) {
        predictors[i] = new Predictor();
      }
    }

    byte[] encode(int from, int to, int[]... channels) {
      CRC32 crc = new CRC32();
      for (int i = from; i < to; i++) {
        for (int[] channel : channels) {
          crc.update(channel[i]);
          crc.update(channel[i] >> 8);
        }
        if (channels.length == 1) {
          coder.value(predictors[0], predictors[0].residual(channels[0][i]));
        } else {
          int side = channels[1][i] - channels[0][i];
          int middle = channels[0][i] + side / 2;
          coder.value(predictors[0], predictors[0].residual(side, predictors[1].output));
          coder.value(predictors[1], predictors[1].residual(middle, side));
        }
      }
      return swapped((int) (crc.getValue() >>> 1), coder.finish());
    }

    /** The format keeps its bytes in little-endian words of four. */
    private static byte[] swapped(int crc, byte[] coded) {
      int words = (coded.length + 3) / 4;
      ByteBuffer in = ByteBuffer.allocate(4 * words).put(coded).rewind();
      ByteBuffer out = ByteBuffer.allocate(4 + 4 * words).order(ByteOrder.LITTLE_ENDIAN);
      out.putInt(crc);
      while (in.hasRemaining()) {
        out.putInt(in.getInt());
      }
      return out.array();
    }
  }

  /** Foresees a channel from its own past and from the other channel; learns by signs. */
  private static final class Predictor {
    private final int[] own = {360, 317, -109, 98};
    private final int[] others = new int[5];
    private final int[] ownPast = new int[4];
    private final int[] otherPast = new int[5];
    private final int[] ownSigns = new int[4];
    private final int[] otherSigns = new int[5];
    private int last;
    private int lastOther;

    /** How large the residuals are lately; the range coder's own state. */
    private int ksum = 16 << 10;

    /** The latest sample. */
    private int output;

    int residual(int sample) {
      return residual(sample, 0);
    }

    int residual(int sample, int other) {
      remember(ownPast, ownSigns, last);
      remember(otherPast, otherSigns, other - ((lastOther * 31) >> 5));
      lastOther = other;
      int foreseen = (dot(ownPast, own) + (dot(otherPast, others) >> 1)) >> 10;
      last = sample - ((output * 31) >> 5);
      output = sample;
      int residual = last - foreseen;
      learn(own, ownSigns, residual);
      learn(others, otherSigns, residual);
      return residual;
    }

    /** A value, its difference to the one before, and earlier differences. */
    private static void remember(int[] past, int[] signs, int value) {
      int difference = value - past[0];
      for (int i = past.length - 1; i > 1; i--) {
        past[i] = past[i - 1];
        signs[i] = signs[i - 1];
      }
      past[0] = value;
      signs[0] = Integer.signum(value);
      past[1] = difference;
      signs[1] = Integer.signum(difference);
    }

    private static int dot(int[] a, int[] b) {
      int sum = 0;
      for (int i = 0; i < a.length; i++) {
        sum += a[i] * b[i];
      }
      return sum;
    }

    private static void learn(int[] weights, int[] signs, int residual) {
      for (int i = 0; i < weights.length; i++) {
        weights[i] += signs[i] * Integer.signum(residual);
      }
    }
  }

  private static final class RangeCoder {
    private static final long TOP = 1L << 31;
    private static final long BOTTOM = TOP >> 8;
    private static final int SHIFT = 23;
    private static final int ESCAPE = 63;

    /** Cumulative frequencies of quotients 0 to 21, of 65536; each beyond has 1. */
    private static final int[] COUNTS = {
      0, 19578, 36160, 48417, 56323, 60899, 63265, 64435, 64971, 65232, 65351, 65416, 65447, 65466,
      65476, 65482, 65485, 65488, 65490, 65491, 65492, 65493
    };

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private long low;
    private long range = TOP;
    private int waiting;
    private int carried;

    void value(Predictor state, int value) {
      int x = value > 0 ? 2 * value - 1 : -2 * value;
      int pivot = Math.max(1, state.ksum >> 5);
      int quotient = x / pivot;
      if (quotient < COUNTS.length - 1) {
        put(COUNTS[quotient + 1] - COUNTS[quotient], COUNTS[quotient], range() >> 16);
      } else {
        put(1, 65535 - ESCAPE + Math.min(quotient, ESCAPE), range() >> 16);
        if (quotient >= ESCAPE) {
          put(1, quotient >> 16, range() >> 16);
          put(1, quotient & 0xFFFF, range() >> 16);
        }
      }
      put(1, x % pivot, range() / pivot);
      state.ksum += (x + 1) / 2 - ((state.ksum + 16) >> 5);
    }

    byte[] finish() {
      range();
      flush((int) (low >> SHIFT) + 1);
      // The decoder looks ahead.
      out.writeBytes(new byte[] {(byte) waiting, 0, 0, 0, 0, 0, 0, 0});
      return out.toByteArray();
    }

    private void put(long width, long from, long unit) {
      low += unit * from;
      range = unit * width;
    }

    /** Moves out what is settled until the range is wide enough, and returns it. */
    private long range() {
      while (range <= BOTTOM) {
        if (low < 0xFFL << SHIFT || (low & TOP) != 0) {
          flush((int) (low >> SHIFT));
        } else {
          carried++;
        }
        range <<= 8;
        low = (low << 8) & (TOP - 1);
      }
      return range;
    }

    private void flush(int next) {
      int carry = next >> 8;
      out.write(waiting + carry);
      for (; carried > 0; carried--) {
        out.write(carry == 1 ? 0 : 0xFF);
      }
      waiting = next & 0xFF;
    }
  }
}
