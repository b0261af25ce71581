package tonearm.audio;

import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_ALL;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_DURATION_FROM_STREAM;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EINVAL;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_ENOMEM;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_INVALIDDATA;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.AV_TIME_BASE;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set;

import java.io.IOException;
import java.util.OptionalDouble;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

/** Opens a file as FFmpeg sees it: a container of streams, one of them to be decoded. */
final class Container {
  /** More in one frame than any codec makes; a header that announces more is broken. */
  private static final long MAX_FRAME_SAMPLES = 1L << 24;

  private Container() {}

  /** Opens the container and looks at its streams; the caller closes what comes back. */
  static AVFormatContext open(FileBytes bytes) throws AudioException {
    String formats = Ffmpeg.formats();
    AVFormatContext format = avformat_alloc_context();
    format.pb(bytes.context());
    av_opt_set(format, "format_whitelist", formats, 0);
    av_opt_set(format, "codec_whitelist", Ffmpeg.decoders(), 0);
    // The name of no protocol: whatever a file asks to be opened besides itself is refused.
    av_opt_set(format, "protocol_whitelist", "none", 0);
    // On failure FFmpeg frees the context itself.
    int error =
        avformat_open_input(format, (String) null, (AVInputFormat) null, (AVDictionary) null);
    if (error < 0) {
      throw new AudioException(whyNotOpened(bytes, error));
    }
    avformat_find_stream_info(format, (PointerPointer<?>) null);
    return format;
  }

  private static String whyNotOpened(FileBytes bytes, int error) {
    String failure = bytes.failure();
    if (failure != null) {
      return "the file cannot be read: " + failure;
    }
    if (error == AVERROR_INVALIDDATA || error == AVERROR_EINVAL() || error == AVERROR_EOF) {
      return "not an audio format known here, or damaged or cut off";
    }
    if (error == AVERROR_ENOMEM()) {
      return "damaged: its header asks for more memory than any song needs";
    }
    return "the file cannot be opened: " + Ffmpeg.describe(error);
  }

  /** The first audio stream that can be decoded; all others are passed over in reading. */
  static AVStream firstAudio(AVFormatContext format) throws AudioException {
    AVStream chosen = null;
    String undecodable = null;
    for (int i = 0; i < format.nb_streams(); i++) {
      AVStream stream = format.streams(i);
      if (chosen == null && stream.codecpar().codec_type() == AVMEDIA_TYPE_AUDIO) {
        int id = stream.codecpar().codec_id();
        if (avcodec_find_decoder(id) != null) {
          chosen = stream;
          continue;
        }
        undecodable = avcodec_get_name(id).getString();
      }
      stream.discard(AVDISCARD_ALL);
    }
    if (chosen != null) {
      return chosen;
    }
    throw new AudioException(
        undecodable != null
            ? "no decoder for its audio (" + undecodable + ")"
            : "no audio stream: the file is read as " + nameOf(format.iformat()));
  }

  private static String nameOf(AVInputFormat format) {
    BytePointer name = format.long_name();
    return (name == null || name.isNull() ? format.name() : name).getString();
  }

  /** A decoder at the stream's beginning; the caller frees it. */
  static AVCodecContext openDecoder(AVStream stream) throws AudioException {
    AVCodec decoder = avcodec_find_decoder(stream.codecpar().codec_id());
    AVCodecContext codec = avcodec_alloc_context3(decoder);
    int error = avcodec_parameters_to_context(codec, stream.codecpar());
    if (error >= 0) {
      // Needed to place what an encoder says is to be cut from the beginning and end.
      codec.pkt_timebase(stream.time_base());
      codec.max_samples(MAX_FRAME_SAMPLES);
      error = avcodec_open2(codec, decoder, (AVDictionary) null);
    }
    if (error < 0) {
      String name = avcodec_get_name(stream.codecpar().codec_id()).getString();
      avcodec_free_context(codec);
      throw new AudioException(
          "its audio (" + name + ") cannot be decoded: " + Ffmpeg.describe(error));
    }
    return codec;
  }

  /** How long the file's header says that the stream is; nothing where it says nothing sure. */
  static OptionalDouble promisedSeconds(FileBytes bytes, AVFormatContext format, AVStream stream)
      throws IOException {
    if (format.duration_estimation_method() != AVFMT_DURATION_FROM_STREAM) {
      // Otherwise FFmpeg only estimates, from the size of the file as it is.
      return format.iformat().name().getString().equals("wav")
          ? WavHeader.promisedSeconds(bytes)
          : OptionalDouble.empty();
    }
    double promised = 0;
    if (stream.duration() != AV_NOPTS_VALUE) {
      try (AVRational unit = stream.time_base()) {
        promised = (double) stream.duration() * unit.num() / unit.den();
      }
    } else if (format.duration() != AV_NOPTS_VALUE && format.nb_streams() == 1) {
      promised = (double) format.duration() / AV_TIME_BASE;
    }
    double byteRate = (double) stream.codecpar().sample_rate() * stream.codecpar().block_align();
    long pcmBytes = Math.round(promised * byteRate);
    return promised <= 0 || (pcmBytes > 0 && WavHeader.isOpenLength(pcmBytes))
        ? OptionalDouble.empty()
        : OptionalDouble.of(promised);
  }
}
