package tonearm.audio;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/** A file being heard: decode, mix to mono, change the rate, hand out. */
final class FileStream implements AudioStream {
  /** Encoders pad and trim at both ends; less than this missing is no truncation. */
  private static final double TOLERANCE_SECONDS = 0.1;

  private static final int TOLERANCE_SAMPLES = 4096;

  private final FileBytes bytes;
  private final FrameSource source;
  private final MonoMix mix = new MonoMix();
  private final int sampleRateHz;

  private @Nullable RateConverter converter;
  private int sourceRateHz;
  private float[] block = new float[0];
  private int filled;
  private int taken;
  private long notFinite;
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
        stream.take(first);
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
    return given;
  }

  @Override
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    OptionalDouble promised = source.promisedSeconds();
    if (ended && promised.isPresent()) {
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
      take(frame);
    } else {
      finishConverter();
      ended = true;
    }
  }

  private void take(AVFrame frame) throws AudioException {
    int rateHz = checkedRate(frame);
    if (rateHz != sourceRateHz) {
      finishConverter();
      sourceRateHz = rateHz;
      if (rateHz != sampleRateHz) {
        converter = new RateConverter(rateHz, sampleRateHz);
      }
    }
    mix.mix(frame);
    if (converter == null) {
      append(mix.block(), frame.nb_samples());
    } else {
      converter.push(mix.block(), frame.nb_samples());
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
