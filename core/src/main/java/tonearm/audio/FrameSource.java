package tonearm.audio;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_flush_buffers;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_FLAG_BACKWARD;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_seek_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_INVALIDDATA;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import java.io.IOException;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.jspecify.annotations.Nullable;

/** The first audio track of an open file, decoded frame by frame in whatever shape it is stored. */
final class FrameSource implements AutoCloseable {
  /** No codec gets more samples than this from a byte; what claims to never ends. */
  private static final long MAX_SAMPLES_PER_BYTE = 1L << 13;

  /** What even the shortest file may give. */
  private static final long FREE_SAMPLES = 1L << 24;

  static final long FREE_PACKETS = 1L << 16;

  /** Failed reads in a row after which the rest is given up. */
  static final int MAX_FAILURES = 64;

  /** How sure of the format FFmpeg is when a chance likeness was all it saw, of 100. */
  private static final int GUESS_SCORE = 5;

  /** AV_FRAME_FLAG_CORRUPT of libavutil/frame.h, which the Java binding leaves out. */
  private static final int FRAME_CORRUPT = 1;

  private final FileBytes bytes;
  private final AVFormatContext format;
  private final AVCodecContext codec;
  private final int streamIndex;
  private final OptionalDouble promisedSeconds;

  /** Length of a tick of the track's clock in seconds, as a fraction. */
  private final long tickNumerator;

  private final long tickDenominator;

  private final AVPacket packet = av_packet_alloc();
  private final AVFrame frame = av_frame_alloc();

  private boolean draining;
  private boolean doubtful;
  private boolean closed;
  private long packets;
  private long damagedPackets;
  private long samples;
  private double seconds;
  private @Nullable String stopped;

  /** The first frame's time in ticks, and its rate. */
  private long origin = AV_NOPTS_VALUE;

  private int originRateHz;
  private long position;

  private FrameSource(
      FileBytes bytes,
      AVFormatContext format,
      AVStream stream,
      AVCodecContext codec,
      OptionalDouble promisedSeconds) {
    this.bytes = bytes;
    this.format = format;
    this.codec = codec;
    streamIndex = stream.index();
    this.promisedSeconds = promisedSeconds;
    try (AVRational tick = stream.time_base()) {
      tickNumerator = tick.num();
      tickDenominator = tick.den();
    }
  }

  /**
   * Finds the first audio track that can be decoded.
   *
   * @param bytes stays the caller's to close, after this source
   */
  static FrameSource open(FileBytes bytes) throws IOException {
    AVFormatContext format = Container.open(bytes);
    try {
      AVStream stream = Container.firstAudio(format);
      OptionalDouble promised = Container.promisedSeconds(bytes, format, stream);
      return new FrameSource(bytes, format, stream, Container.openDecoder(stream), promised);
    } catch (IOException | RuntimeException | Error e) {
      avformat_close_input(format);
      throw e;
    }
  }

  /**
   * Decodes on.
   *
   * @return a frame with at least one sample, good until the next call; null at the end
   */
  @Nullable AVFrame next() throws AudioException {
    while (true) {
      int got = avcodec_receive_frame(codec, frame);
      if (got == 0) {
        if (frame.nb_samples() > 0) {
          count();
          return frame;
        }
      } else if (got == AVERROR_EOF) {
        return null;
      } else {
        if (got != AVERROR_EAGAIN()) {
          damagedPackets++;
        }
        if (draining) {
          return null;
        }
        sendNextPacket();
      }
    }
  }

  /**
   * Goes to another place and decodes from a little before it, since most codecs need some frames
   * to find their feet.
   *
   * @param sample counted from the first frame's beginning, at its rate
   * @param before how many samples earlier to begin
   * @return the frame that holds the sample, good until {@link #next}; null if it cannot be reached
   *     so, and then this source is at no certain place
   */
  @Nullable AVFrame seek(long sample, long before) throws AudioException {
    if (origin == AV_NOPTS_VALUE || before > sample) {
      return null;
    }
    long damagedSoFar = damagedPackets;
    double seconds = (double) (sample - before) / originRateHz;
    long ticks = origin + (long) Math.floor(seconds * tickDenominator / tickNumerator);
    if (av_seek_frame(format, streamIndex, ticks, AVSEEK_FLAG_BACKWARD) < 0) {
      return null;
    }
    avcodec_flush_buffers(codec);
    draining = false;
    doubtful = false;
    stopped = null;
    AVFrame found = next();
    if (found == null || found.pts() == AV_NOPTS_VALUE || found.sample_rate() != originRateHz) {
      return null;
    }
    position = toSamples(found.pts() - origin);
    if (position > sample) {
      return null;
    }
    while (found != null && position + found.nb_samples() <= sample) {
      position += found.nb_samples();
      found = next();
    }
    // What is missing before the place is our doing, no damage.
    damagedPackets = damagedSoFar;
    this.seconds = (double) sample / originRateHz;
    return found;
  }

  /** Where the frame of the latest {@link #seek} begins, in samples from the first frame's. */
  long position() {
    return position;
  }

  /**
   * Length of the track by its packets, without decoding them. Afterwards this source is at the
   * end.
   *
   * @return samples at the first frame's rate; empty if the packets do not tell
   */
  OptionalLong measure() throws AudioException {
    long end = origin;
    int failures = 0;
    while (failures <= MAX_FAILURES && bytes.failure() == null) {
      requireProgress();
      int error = av_read_frame(format, packet);
      if (error == AVERROR_INVALIDDATA) {
        failures++;
      } else if (error < 0 && error != AVERROR_EAGAIN()) {
        break;
      } else if (error >= 0) {
        if (packet.stream_index() == streamIndex && packet.pts() != AV_NOPTS_VALUE) {
          end = Math.max(end, packet.pts() + packet.duration());
        }
        av_packet_unref(packet);
      }
    }
    return origin == AV_NOPTS_VALUE || end <= origin
        ? OptionalLong.empty()
        : OptionalLong.of(toSamples(end - origin));
  }

  private long toSamples(long ticks) {
    return Math.round((double) ticks * tickNumerator / tickDenominator * originRateHz);
  }

  /** Length of the track by the file's own header, if the header says. */
  OptionalDouble promisedSeconds() {
    return promisedSeconds;
  }

  /** Length of the sound decoded so far. */
  double seconds() {
    return seconds;
  }

  /** How many pieces of the file were so broken that no sound, or a wrong one, came of them. */
  long damagedPackets() {
    return damagedPackets;
  }

  /** Why reading ended before the end of the file, for a person; null if it did not. */
  @Nullable String stopped() {
    return stopped;
  }

  /** True if the file may be anything: FFmpeg saw but a chance likeness to the format. */
  boolean isGuess() {
    return format.probe_score() <= GUESS_SCORE;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      av_frame_free(frame);
      av_packet_free(packet);
      avcodec_free_context(codec);
      avformat_close_input(format);
    }
  }

  /** Gives the decoder its next packet, or tells it that there are no more. */
  private void sendNextPacket() throws AudioException {
    int failures = 0;
    while (true) {
      requireProgress();
      int error = av_read_frame(format, packet);
      if (error == AVERROR_EAGAIN()) {
        continue;
      }
      // Past a damaged place most formats find their feet again, if asked once more.
      if (error == AVERROR_INVALIDDATA && bytes.failure() == null && failures < MAX_FAILURES) {
        if (failures++ == 0) {
          damagedPackets++;
        }
        continue;
      }
      if (error < 0) {
        if (bytes.failure() != null) {
          throw new AudioException("the file cannot be read on: " + bytes.failure());
        }
        if (error != AVERROR_EOF) {
          stopped = Ffmpeg.describe(error);
        }
        avcodec_send_packet(codec, (AVPacket) null);
        draining = true;
        return;
      }
      try {
        if (packet.stream_index() == streamIndex) {
          send();
          return;
        }
      } finally {
        av_packet_unref(packet);
      }
    }
  }

  private void requireProgress() throws AudioException {
    if (++packets > FREE_PACKETS + bytes.size()) {
      throw new AudioException("damaged: reading it does not end");
    }
  }

  private void send() {
    if (doubtful) {
      damagedPackets++;
    }
    int refused = avcodec_send_packet(codec, packet);
    if (refused < 0) {
      damagedPackets++;
    }
    // The last packet is marked too where it just happens to be shorter than the others.
    doubtful = refused >= 0 && (packet.flags() & AV_PKT_FLAG_CORRUPT) != 0;
    draining = refused == AVERROR_EOF;
  }

  private void count() throws AudioException {
    if (frame.decode_error_flags() != 0 || (frame.flags() & FRAME_CORRUPT) != 0) {
      damagedPackets++;
    }
    if (samples == 0) {
      origin = frame.pts();
      originRateHz = frame.sample_rate();
    }
    samples += frame.nb_samples();
    if (frame.sample_rate() > 0) {
      seconds += (double) frame.nb_samples() / frame.sample_rate();
    }
    // Written as a division so that no file size can overflow it.
    if ((samples - FREE_SAMPLES) / MAX_SAMPLES_PER_BYTE > bytes.size()) {
      throw new AudioException("damaged: it gives more sound than its bytes can hold");
    }
  }
}
