package tonearm.audio;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_GLOBALHEADER;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLTP;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S16;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_copy;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.ShortPointer;
import org.jspecify.annotations.Nullable;

/**
 * Writes stereo sound files in the formats that libraries are made of, so that a benchmark can make
 * its own. Not for music that somebody wants to keep: it has hardly a setting and writes no tags.
 */
public final class SoundWriter {
  private static final int CHANNELS = 2;
  private static final int FRAME_SAMPLES = 4096;

  /** FFmpeg calls its own Vorbis encoder experimental. */
  private static final int EXPERIMENTAL = -2;

  /** A container with its codec. */
  public enum Format {
    WAV("wav", "wav", "pcm_s16le", AV_SAMPLE_FMT_S16),
    FLAC("flac", "flac", "flac", AV_SAMPLE_FMT_S16),
    MP3("mp3", "mp3", "libmp3lame", AV_SAMPLE_FMT_FLTP),
    OGG_VORBIS("ogg", "ogg", "vorbis", AV_SAMPLE_FMT_FLTP),
    M4A_AAC("m4a", "ipod", "aac", AV_SAMPLE_FMT_FLTP);

    private final String extension;
    private final String muxer;
    private final String encoder;
    private final int sampleFormat;

    Format(String extension, String muxer, String encoder, int sampleFormat) {
      this.extension = extension;
      this.muxer = muxer;
      this.encoder = encoder;
      this.sampleFormat = sampleFormat;
    }

    /** The usual ending of such a file's name, without the dot. */
    public String extension() {
      return extension;
    }
  }

  private final Format kind;
  private final AVFormatContext format = new AVFormatContext(null);
  private final AVCodecContext codec;
  private final AVPacket packet = av_packet_alloc();

  private SoundWriter(Format kind, int sampleRateHz, int bitRate) {
    this.kind = kind;
    Ffmpeg.formats();
    codec = avcodec_alloc_context3(avcodec_find_encoder_by_name(kind.encoder));
    codec.sample_fmt(kind.sampleFormat);
    codec.sample_rate(sampleRateHz);
    codec.time_base(av_make_q(1, sampleRateHz));
    codec.strict_std_compliance(EXPERIMENTAL);
    if (bitRate > 0) {
      codec.bit_rate(bitRate);
    }
    av_channel_layout_default(codec.ch_layout(), CHANNELS);
  }

  /** As {@link #write(Path, Format, int, int, float[], float[])}, at the codec's own bit rate. */
  public static void write(Path file, Format kind, int sampleRateHz, float[] left, float[] right)
      throws IOException {
    write(file, kind, sampleRateHz, 0, left, right);
  }

  /**
   * Writes a file; what is there is overwritten.
   *
   * @param sampleRateHz 8000 to 96000, a rate that the codec knows
   * @param bitRate bits a second, both channels together, constant; 0 for the codec's own choice,
   *     which is all that those without loss have
   * @param left amplitudes in [-1, 1]
   * @param right as many
   * @throws IOException if the file cannot be written or the codec refuses
   */
  public static void write(
      Path file, Format kind, int sampleRateHz, int bitRate, float[] left, float[] right)
      throws IOException {
    if (left.length != right.length) {
      throw new IllegalArgumentException(
          "both channels need as many samples, not " + left.length + " and " + right.length);
    }
    SoundWriter writer = new SoundWriter(kind, sampleRateHz, bitRate);
    try {
      writer.write("file:" + file.toAbsolutePath(), left, right);
    } finally {
      writer.close();
    }
  }

  private void write(String url, float[] left, float[] right) throws IOException {
    check(avformat_alloc_output_context2(format, null, kind.muxer, url));
    if ((format.oformat().flags() & AVFMT_GLOBALHEADER) != 0) {
      codec.flags(codec.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
    }
    check(avcodec_open2(codec, (AVCodec) null, (AVDictionary) null));
    AVStream stream = avformat_new_stream(format, null);
    check(avcodec_parameters_from_context(stream.codecpar(), codec));
    stream.time_base(codec.time_base());
    AVIOContext io = new AVIOContext(null);
    check(avio_open(io, url, AVIO_FLAG_WRITE));
    format.pb(io);
    check(avformat_write_header(format, (AVDictionary) null));
    int size = codec.frame_size() > 0 ? codec.frame_size() : FRAME_SAMPLES;
    for (int start = 0; start < left.length; start += size) {
      encode(stream, start, Math.min(size, left.length - start), left, right);
    }
    send(stream, null);
    check(av_write_trailer(format));
  }

  private void encode(AVStream stream, int start, int length, float[] left, float[] right)
      throws IOException {
    AVFrame frame = av_frame_alloc();
    try {
      frame.nb_samples(length).format(kind.sampleFormat).sample_rate(codec.sample_rate());
      frame.pts(start);
      check(av_channel_layout_copy(frame.ch_layout(), codec.ch_layout()));
      check(av_frame_get_buffer(frame, 0));
      if (kind.sampleFormat == AV_SAMPLE_FMT_FLTP) {
        plane(frame, 0, length).put(left, start, length);
        plane(frame, 1, length).put(right, start, length);
      } else {
        ShortBuffer out =
            new ShortPointer(frame.data(0)).capacity((long) CHANNELS * length).asBuffer();
        for (int i = start; i < start + length; i++) {
          out.put(quantized(left[i])).put(quantized(right[i]));
        }
      }
      send(stream, frame);
    } finally {
      av_frame_free(frame);
    }
  }

  private static FloatBuffer plane(AVFrame frame, int channel, int length) {
    return new FloatPointer(frame.data(channel)).capacity(length).asBuffer();
  }

  private static short quantized(float sample) {
    int value = Math.round(sample * 0x1p15f);
    return (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, value));
  }

  private void send(AVStream stream, @Nullable AVFrame frame) throws IOException {
    check(avcodec_send_frame(codec, frame));
    while (true) {
      int got = avcodec_receive_packet(codec, packet);
      if (got == AVERROR_EAGAIN() || got == AVERROR_EOF) {
        return;
      }
      check(got);
      try (AVRational from = codec.time_base();
          AVRational to = stream.time_base()) {
        av_packet_rescale_ts(packet, from, to);
      }
      packet.stream_index(stream.index());
      check(av_interleaved_write_frame(format, packet));
    }
  }

  private void close() {
    av_packet_free(packet);
    avcodec_free_context(codec);
    if (!format.isNull()) {
      if (format.pb() != null && !format.pb().isNull()) {
        avio_closep(format.pb());
      }
      avformat_free_context(format);
    }
  }

  private static int check(int result) throws IOException {
    if (result < 0) {
      throw new IOException("the sound cannot be written: " + Ffmpeg.describe(result));
    }
    return result;
  }
}
