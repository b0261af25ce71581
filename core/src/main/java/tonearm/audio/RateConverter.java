package tonearm.audio;

import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLT;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_malloc;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set_double;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set_int;
import static org.bytedeco.ffmpeg.global.swresample.swr_alloc;
import static org.bytedeco.ffmpeg.global.swresample.swr_alloc_set_opts2;
import static org.bytedeco.ffmpeg.global.swresample.swr_convert;
import static org.bytedeco.ffmpeg.global.swresample.swr_free;
import static org.bytedeco.ffmpeg.global.swresample.swr_get_out_samples;
import static org.bytedeco.ffmpeg.global.swresample.swr_init;

import java.math.BigInteger;
import java.util.Arrays;
import org.bytedeco.ffmpeg.avutil.AVChannelLayout;
import org.bytedeco.ffmpeg.swresample.SwrContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Changes the rate of a mono stream with libswresample's Kaiser-windowed sinc, block after block.
 *
 * <p>Output sample {@code i} sounds at the time of input {@code i * inHz / outHz}: no delay is
 * added. Outside its ends the sound is taken to be silent. {@code n} samples in give {@code ceil(n
 * * outHz / inHz)} out, as librosa counts. What the filter does to the sound is told, with figures,
 * at {@link AudioDecoder}.
 */
final class RateConverter implements AutoCloseable {
  // Measured, not taken on trust: AudioDecoderResamplingTest holds the figures these three give.
  /**
   * Length of the filter in samples of the lower of the two rates. Time goes with it: at 256, which
   * is flat to 0.94 instead of 0.88, a song took longer to resample than to decode.
   */
  private static final int FILTER_SIZE = 96;

  /** Where the filter has fallen by 6 dB, as a share of half the lower rate. */
  private static final double CUTOFF = 0.94;

  /** Shape of the Kaiser window: 9.5 keeps the stop band below -94 dB. */
  private static final double KAISER_BETA = 9.5;

  private static final int MAX_PHASE_SHIFT = 10;

  /** 4 bytes each, so 64 MiB; reached from ratios of 64 on. */
  private static final long MAX_FILTER_VALUES = 1L << 24;

  private static final int CHUNK = 8192;
  private static final float[] SILENCE = new float[CHUNK];

  private final int inHz;
  private final int outHz;
  private final SwrContext swr;
  private final FloatPointer input;
  private FloatPointer output;
  private int outputRoom;

  private float[] block = new float[CHUNK];
  private int count;
  private long pushed;
  private long emitted;
  private long toDrop;
  private boolean closed;

  /**
   * Prepares a conversion.
   *
   * @throws AudioException if there is no memory for the filter
   */
  RateConverter(int inHz, int outHz) throws AudioException {
    this.inHz = inHz;
    this.outHz = outHz;
    swr = swr_alloc();
    try (AVChannelLayout mono = new AVChannelLayout()) {
      av_channel_layout_default(mono, 1);
      check(
          swr_alloc_set_opts2(
              swr,
              mono,
              AV_SAMPLE_FMT_FLT,
              outHz,
              mono,
              AV_SAMPLE_FMT_FLT,
              inHz,
              0,
              (Pointer) null));
      check(av_opt_set_int(swr, "filter_size", FILTER_SIZE, 0));
      check(av_opt_set_int(swr, "phase_shift", phaseShift(), 0));
      check(av_opt_set_double(swr, "cutoff", CUTOFF, 0));
      check(av_opt_set_double(swr, "kaiser_beta", KAISER_BETA, 0));
      check(swr_init(swr));
    } catch (AudioException e) {
      swr_free(swr);
      throw e;
    }
    input = floats(CHUNK);
    output = floats(CHUNK);
    outputRoom = CHUNK;
    lead();
  }

  /** Takes the next {@code length} samples; what they give is in {@link #block}. */
  void push(float[] samples, int length) throws AudioException {
    count = 0;
    pushed += length;
    feed(samples, length);
  }

  /** Tells that the sound is over; its last samples are in {@link #block}. */
  void finish() throws AudioException {
    count = 0;
    long total = expected();
    // Silence pushes the last of the sound through the filter; what follows it is cut off.
    long enough = filterLength() + inHz + 2L * CHUNK;
    for (long fed = 0; emitted < total; fed += CHUNK) {
      if (fed > enough) {
        throw new AudioException("resampling gave fewer samples than it should");
      }
      feed(SILENCE, CHUNK);
    }
    count -= (int) (emitted - total);
    emitted = total;
  }

  /** Begins anew, as if nothing had been pushed yet; the filter is kept. */
  void restart() throws AudioException {
    check(swr_init(swr));
    pushed = 0;
    emitted = 0;
    lead();
  }

  /** The latest output, in its first {@link #count} elements; overwritten by the next call. */
  float[] block() {
    return block;
  }

  int count() {
    return count;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      swr_free(swr);
      av_free(input);
      av_free(output);
    }
  }

  /**
   * Goes ahead of the sound with silence as long as the filter. libswresample would mirror the
   * sound's beginning instead, and gives nothing at all for a sound shorter than its filter.
   */
  private void lead() throws AudioException {
    int divisor = BigInteger.valueOf(inHz).gcd(BigInteger.valueOf(outHz)).intValueExact();
    long step = inHz / divisor;
    long steps = filterLength() / step + 1;
    // A whole number of steps is a whole number of output samples: the sound stays in place.
    toDrop = steps * (outHz / divisor);
    for (long left = steps * step; left > 0; left -= CHUNK) {
      feed(SILENCE, (int) Math.min(left, CHUNK));
    }
    count = 0;
  }

  /**
   * How many copies of the filter there may be, each a little later, as a power of 2. Where the
   * rates are so far apart that the filter is very long, it is also so smooth that fewer do.
   */
  private int phaseShift() {
    int shift = MAX_PHASE_SHIFT;
    while (shift > 0 && filterLength() << shift > MAX_FILTER_VALUES) {
      shift--;
    }
    return shift;
  }

  /** Length of the filter in input samples. */
  long filterLength() {
    return (long) Math.ceil(FILTER_SIZE * Math.max(1.0, inHz / (outHz * CUTOFF)));
  }

  private long expected() {
    return -Math.floorDiv(Math.multiplyExact(-pushed, (long) outHz), (long) inHz);
  }

  private void feed(float[] samples, int length) throws AudioException {
    for (int done = 0; done < length; done += CHUNK) {
      int size = Math.min(CHUNK, length - done);
      input.put(samples, done, size);
      int room = check(swr_get_out_samples(swr, size));
      if (room > outputRoom) {
        av_free(output);
        output = floats(room);
        outputRoom = room;
      }
      take(check(swr_convert(swr, new BytePointer(output), room, new BytePointer(input), size)));
    }
  }

  private void take(int got) {
    int dropped = (int) Math.min(toDrop, got);
    toDrop -= dropped;
    int kept = got - dropped;
    if (count + kept > block.length) {
      block = Arrays.copyOf(block, Math.max(2 * block.length, count + kept));
    }
    output.position(dropped).get(block, count, kept);
    output.position(0);
    count += kept;
    emitted += kept;
  }

  private int check(int result) throws AudioException {
    if (result < 0) {
      throw new AudioException(
          "cannot resample from " + inHz + " Hz to " + outHz + " Hz: " + Ffmpeg.describe(result));
    }
    return result;
  }

  /** Memory that no PointerScope of a caller's can take away: {@link #close} frees it. */
  private static FloatPointer floats(int length) {
    return new FloatPointer(av_malloc(4L * length));
  }
}
