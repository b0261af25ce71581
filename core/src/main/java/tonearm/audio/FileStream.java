package tonearm.audio;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/** A file being heard: decode, mix to mono, change the rate, hand out. */
final class FileStream implements AudioStream {
  /** Less than this is decoded rather than sought. */
  private static final double SEEK_WORTH_SECONDS = 2;

  /**
   * How long before a sought place decoding begins. MP3 needs what up to 511 earlier bytes hold,
   * Opus wants 80 ms; where a file can only be sought from mark to mark, more.
   */
  private static final double[] RUN_UP_SECONDS = {0.3, 5};

  /** Encoders pad and trim at both ends; less than this missing is no truncation. */
  private static final double TOLERANCE_SECONDS = 0.1;

  private static final int TOLERANCE_SAMPLES = 4096;

  private final FileBytes bytes;
  private FrameSource source;
  private final MonoMix mix = new MonoMix();
  private final int sampleRateHz;

  private @Nullable RateConverter converter;
  private int sourceRateHz;
  private float[] block = new float[0];
  private int filled;
  private int taken;
  private long notFinite;

  /** Samples that were read or skipped. */
  private long position;

  /** Samples at the front of the next block that come before the place that was sought. */
  private long toDrop;

  private boolean sought;
  private boolean unseekable;
  private @Nullable OptionalLong measured;
  private boolean ended;
  private boolean closed;

  /**
   * Opens a file and decodes its first frame, so that what cannot be heard at all fails here.
   *
   * @param rateHz samples a second to give, 0 for the file's own
   */
  static FileStream open(FileBytes bytes, int rateHz) throws IOException {
    FrameSource source = FrameSource.open(bytes);
    try {
      AVFrame first = source.next();
      if (first == null) {
        throw new AudioException(whySilent(bytes, source));
      }
      if (source.isGuess() && source.damagedPackets() > 0) {
        throw new AudioException("not an audio format known here");
      }
      int ownRateHz = checkedRate(first);
      FileStream stream = new FileStream(bytes, source, rateHz == 0 ? ownRateHz : rateHz);
      try {
        stream.take(first, 0);
      } catch (AudioException | RuntimeException | Error e) {
        stream.closeConverter();
        throw e;
      }
      return stream;
    } catch (IOException | RuntimeException | Error e) {
      source.close();
      throw e;
    }
  }

  private FileStream(FileBytes bytes, FrameSource source, int sampleRateHz) {
    this.bytes = bytes;
    this.source = source;
    this.sampleRateHz = sampleRateHz;
    sourceRateHz = sampleRateHz;
  }

  @Override
  public int sampleRateHz() {
    return sampleRateHz;
  }

  @Override
  public int read(float[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length < 1) {
      throw new IllegalArgumentException("length must be at least 1, not " + length);
    }
    if (closed) {
      throw new IOException("the stream is closed");
    }
    while (taken == filled && !ended) {
      refill();
    }
    if (taken == filled) {
      return -1;
    }
    int given = Math.min(length, filled - taken);
    System.arraycopy(block, taken, buffer, offset, given);
    taken += given;
    position += given;
    return given;
  }

  @Override
  public OptionalLong totalSamples() throws IOException {
    OptionalDouble promised = source.promisedSeconds();
    if (promised.isPresent()) {
      return OptionalLong.of((long) Math.ceil(promised.getAsDouble() * sampleRateHz));
    }
    if (measured == null && ended) {
      // To look for what is known would lose this place; after a seek the place is not exact.
      return sought ? OptionalLong.empty() : OptionalLong.of(position + filled - taken);
    }
    if (measured == null) {
      long here = position;
      measured = source.measure();
      goTo(here);
    }
    return measured.isEmpty()
        ? measured
        : OptionalLong.of(
            (long) Math.ceil((double) measured.getAsLong() * sampleRateHz / sourceRateHz));
  }

  @Override
  public void skip(long samples) throws IOException {
    if (samples < 0) {
      throw new IllegalArgumentException("only 0 or more samples can be skipped, not " + samples);
    }
    if (closed) {
      throw new IOException("the stream is closed");
    }
    long target = Math.addExact(position, samples);
    if (samples > filled - taken + SEEK_WORTH_SECONDS * sampleRateHz && !unseekable && !ended) {
      goTo(target);
    } else {
      decodeTo(target);
    }
  }

  /** Goes to a place by the shortest way there is. */
  private void goTo(long target) throws IOException {
    if (unseekable || !seek(target)) {
      reopen();
      decodeTo(target);
    }
  }

  /** Decodes and throws away. */
  private void decodeTo(long target) throws AudioException {
    while (position < target && !(taken == filled && ended)) {
      if (taken == filled) {
        refill();
      }
      int passed = (int) Math.min(target - position, filled - taken);
      taken += passed;
      position += passed;
    }
  }

  /**
   * Seeks, so that what follows is what reading on would have given.
   *
   * @return false if that cannot be done, and then the source is at no certain place
   */
  private boolean seek(long target) throws AudioException {
    int divisor =
        BigInteger.valueOf(sourceRateHz).gcd(BigInteger.valueOf(sampleRateHz)).intValueExact();
    long inStep = sourceRateHz / divisor;
    long outStep = sampleRateHz / divisor;
    long filter = converter == null ? 0 : converter.filterLength();
    // A whole number of steps from the beginning the two rates have a sample at the same moment.
    long steps = (target / outStep * inStep - filter) / inStep;
    long begin = steps * inStep;
    for (double runUp : RUN_UP_SECONDS) {
      long before = (long) (runUp * sourceRateHz);
      if (begin <= before) {
        return false; // so near the beginning that decoding from there is shorter
      }
      AVFrame frame = source.seek(begin, before);
      if (frame != null) {
        sought = true;
        ended = false;
        filled = 0;
        taken = 0;
        position = target;
        toDrop = target - steps * outStep;
        if (converter != null) {
          converter.restart();
        }
        take(frame, (int) (begin - source.position()));
        dropFront();
        return true;
      }
    }
    unseekable = true;
    return false;
  }

  /** Begins anew at the beginning. */
  private void reopen() throws IOException {
    source.close();
    closeConverter();
    bytes.rewind();
    source = FrameSource.open(bytes);
    AVFrame first = source.next();
    if (first == null) {
      throw new AudioException(whySilent(bytes, source));
    }
    sourceRateHz = sampleRateHz;
    sought = false;
    ended = false;
    filled = 0;
    taken = 0;
    position = 0;
    toDrop = 0;
    take(first, 0);
  }

  @Override
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    OptionalDouble promised = source.promisedSeconds();
    if (ended && !sought && promised.isPresent()) {
      double tolerance =
          Math.max(TOLERANCE_SECONDS, (double) TOLERANCE_SAMPLES / Math.max(1, sourceRateHz));
      if (source.seconds() < promised.getAsDouble() - tolerance) {
        warnings.add(
            String.format(
                Locale.ROOT,
                "truncated: %.1f s of the %.1f s that the header promises",
                source.seconds(),
                promised.getAsDouble()));
      }
    }
    String stopped = source.stopped();
    if (stopped != null && warnings.isEmpty()) {
      warnings.add(
          String.format(
              Locale.ROOT, "reading stopped after %.1f s: %s", source.seconds(), stopped));
    }
    long damaged = source.damagedPackets();
    if (damaged > 0) {
      warnings.add(
          damaged == 1
              ? "1 damaged packet was skipped or patched"
              : damaged + " damaged packets were skipped or patched");
    }
    long replaced = mix.notFinite() + notFinite;
    if (replaced > 0) {
      warnings.add(
          replaced == 1
              ? "1 sample was not finite and is taken as 0"
              : replaced + " samples were not finite and are taken as 0");
    }
    return List.copyOf(warnings);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      closeConverter();
      source.close();
      bytes.close();
    }
  }

  private void refill() throws AudioException {
    filled = 0;
    taken = 0;
    AVFrame frame = source.next();
    if (frame != null) {
      take(frame, 0);
    } else {
      finishConverter();
      ended = true;
    }
    dropFront();
  }

  private void dropFront() {
    int dropped = (int) Math.min(toDrop, filled - taken);
    taken += dropped;
    toDrop -= dropped;
  }

  /**
   * @param from the frame's first sample that counts; more than 0 only where the sound begins anew
   */
  private void take(AVFrame frame, int from) throws AudioException {
    int rateHz = checkedRate(frame);
    if (rateHz != sourceRateHz) {
      finishConverter();
      sourceRateHz = rateHz;
      if (rateHz != sampleRateHz) {
        converter = new RateConverter(rateHz, sampleRateHz);
      }
    }
    mix.mix(frame);
    float[] mono =
        from == 0 ? mix.block() : Arrays.copyOfRange(mix.block(), from, frame.nb_samples());
    if (converter == null) {
      append(mono, frame.nb_samples() - from);
    } else {
      converter.push(mono, frame.nb_samples() - from);
      append(converter.block(), converter.count());
    }
  }

  private void finishConverter() throws AudioException {
    if (converter != null) {
      converter.finish();
      append(converter.block(), converter.count());
      closeConverter();
    }
  }

  private void closeConverter() {
    if (converter != null) {
      converter.close();
      converter = null;
    }
  }

  private void append(float[] samples, int count) {
    if (filled + count > block.length) {
      block = Arrays.copyOf(block, Math.max(2 * block.length, filled + count));
    }
    for (int i = 0; i < count; i++) {
      float sample = samples[i];
      // The mix is finite already, but a filter can carry huge samples past what a float holds.
      if (!Float.isFinite(sample)) {
        notFinite++;
        sample = 0;
      }
      block[filled + i] = sample;
    }
    filled += count;
  }

  private static int checkedRate(AVFrame frame) throws AudioException {
    int rateHz = frame.sample_rate();
    if (rateHz < AudioDecoder.MIN_SOURCE_RATE_HZ || rateHz > AudioDecoder.MAX_SOURCE_RATE_HZ) {
      throw new AudioException(
          "its sample rate of "
              + rateHz
              + " Hz is outside "
              + AudioDecoder.MIN_SOURCE_RATE_HZ
              + " to "
              + AudioDecoder.MAX_SOURCE_RATE_HZ
              + " Hz");
    }
    return rateHz;
  }

  private static String whySilent(FileBytes bytes, FrameSource source) {
    String failure = bytes.failure();
    if (failure != null) {
      return "the file cannot be read: " + failure;
    }
    if (source.isGuess()) {
      return "not an audio format known here";
    }
    return source.damagedPackets() > 0
        ? "none of its audio can be decoded: it is damaged"
        : "the file holds no sound (0 samples)";
  }
}
