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
import static org.bytedeco.ffmpeg.global.avutil.*;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVOutputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.jspecify.annotations.Nullable;

/** Writes sound to files with FFmpeg's encoders, for tests and for the sample song. */
final class TestEncoder implements AutoCloseable {
  private static final int VIDEO_SIDE = 64;
  private static final int VIDEO_FRAMES_PER_SECOND = 25;

  private final String url;
  private final AVFormatContext format;
  private final List<Track> tracks = new ArrayList<>();
  private final AVPacket packet = av_packet_alloc();

  private record Track(AVCodecContext codec, AVStream stream) {}

  private TestEncoder(Path file, String muxer) throws IOException {
    Ffmpeg.formats();
    url = "file:" + file.toAbsolutePath();
    format = new AVFormatContext(null);
    check(avformat_alloc_output_context2(format, (AVOutputFormat) null, muxer, url));
  }

  /**
   * Writes a file of sound.
   *
   * @param options muxer options, such as {@code movflags=faststart}
   * @param bitRate bits a second for lossy formats, 0 for the encoder's own default
   * @param channels samples of each channel, all of the same length
   */
  static void write(
      Path file,
      TestFormat kind,
      int sampleRateHz,
      int bitRate,
      Map<String, String> options,
      float[]... channels)
      throws IOException {
    if (kind == TestFormat.OGG_VORBIS && channels.length == 1) {
      // FFmpeg's own Vorbis encoder knows stereo only.
      channels = new float[][] {channels[0], channels[0]};
    }
    if (kind == TestFormat.APE) {
      ApeEncoder.write(file, sampleRateHz, quantized(channels));
      return;
    }
    try (TestEncoder encoder = new TestEncoder(file, kind.muxer())) {
      Track audio = encoder.addAudio(kind, sampleRateHz, bitRate, channels.length);
      encoder.begin(options);
      encoder.encodeAudio(audio, kind, channels);
      encoder.end();
    }
  }

  /** Writes a film of a grey square, whose sound (mono) is its second track. */
  static void writeFilm(Path file, String muxer, TestFormat kind, int sampleRateHz, float[] samples)
      throws IOException {
    try (TestEncoder encoder = new TestEncoder(file, muxer)) {
      Track video = encoder.addVideo();
      Track audio = encoder.addAudio(kind, sampleRateHz, 0, 1);
      encoder.begin(Map.of());
      encoder.encodeVideo(video, samples.length * VIDEO_FRAMES_PER_SECOND / sampleRateHz);
      encoder.encodeAudio(audio, kind, samples);
      encoder.end();
    }
  }

  @Override
  public void close() {
    for (Track track : tracks) {
      avcodec_free_context(track.codec);
    }
    if (format.pb() != null && !format.pb().isNull()) {
      avio_closep(format.pb());
    }
    av_packet_free(packet);
    avformat_free_context(format);
  }

  private Track addAudio(TestFormat kind, int sampleRateHz, int bitRate, int channels)
      throws IOException {
    AVCodec encoder = avcodec_find_encoder_by_name(kind.encoder());
    AVCodecContext codec = avcodec_alloc_context3(encoder);
    codec.sample_fmt(kind.sampleFormat());
    codec.sample_rate(sampleRateHz);
    codec.time_base(av_make_q(1, sampleRateHz));
    if (kind.bits() == 24) {
      codec.bits_per_raw_sample(24);
    }
    if (bitRate > 0) {
      codec.bit_rate(bitRate);
    }
    av_channel_layout_default(codec.ch_layout(), channels);
    return add(encoder, codec);
  }

  private Track addVideo() throws IOException {
    AVCodec encoder = avcodec_find_encoder_by_name("mpeg4");
    AVCodecContext codec = avcodec_alloc_context3(encoder);
    codec.width(VIDEO_SIDE).height(VIDEO_SIDE).pix_fmt(AV_PIX_FMT_YUV420P);
    codec.time_base(av_make_q(1, VIDEO_FRAMES_PER_SECOND));
    return add(encoder, codec);
  }

  private Track add(AVCodec encoder, AVCodecContext codec) throws IOException {
    // FFmpeg calls its own Vorbis encoder experimental.
    codec.strict_std_compliance(-2);
    if ((format.oformat().flags() & AVFMT_GLOBALHEADER) != 0) {
      codec.flags(codec.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
    }
    AVStream stream = avformat_new_stream(format, null);
    Track track = new Track(codec, stream);
    tracks.add(track);
    check(avcodec_open2(codec, encoder, (AVDictionary) null));
    check(avcodec_parameters_from_context(stream.codecpar(), codec));
    stream.time_base(codec.time_base());
    return track;
  }

  private void begin(Map<String, String> options) throws IOException {
    AVIOContext io = new AVIOContext(null);
    check(avio_open(io, url, AVIO_FLAG_WRITE));
    format.pb(io);
    // Files must come out the same each time: no encoder version, no creation date.
    format.flags(format.flags() | AVFormatContext.AVFMT_FLAG_BITEXACT);
    AVDictionary dictionary = new AVDictionary(null);
    options.forEach((key, value) -> av_dict_set(dictionary, key, value, 0));
    int error = avformat_write_header(format, dictionary);
    av_dict_free(dictionary);
    check(error);
  }

  private void end() throws IOException {
    for (Track track : tracks) {
      send(track, null);
    }
    check(av_write_trailer(format));
  }

  private void encodeAudio(Track track, TestFormat kind, float[]... channels) throws IOException {
    int frameSize = track.codec.frame_size() > 0 ? track.codec.frame_size() : 4096;
    int total = channels[0].length;
    for (int start = 0; start < total; start += frameSize) {
      AVFrame frame = av_frame_alloc();
      frame.nb_samples(Math.min(frameSize, total - start)).format(kind.sampleFormat());
      frame.sample_rate(track.codec.sample_rate()).pts(start);
      try {
        check(av_channel_layout_copy(frame.ch_layout(), track.codec.ch_layout()));
        check(av_frame_get_buffer(frame, 0));
        fill(frame, kind, start, channels);
        send(track, frame);
      } finally {
        av_frame_free(frame);
      }
    }
  }

  private void encodeVideo(Track track, int frames) throws IOException {
    for (int i = 0; i < frames; i++) {
      AVFrame frame = av_frame_alloc();
      frame.width(VIDEO_SIDE).height(VIDEO_SIDE).format(AV_PIX_FMT_YUV420P).pts(i);
      try {
        check(av_frame_get_buffer(frame, 0));
        for (int plane = 0; plane < 3; plane++) {
          int rows = plane == 0 ? VIDEO_SIDE : VIDEO_SIDE / 2;
          ByteBuffer bytes =
              frame.data(plane).capacity((long) rows * frame.linesize(plane)).asByteBuffer();
          while (bytes.hasRemaining()) {
            bytes.put((byte) 128);
          }
        }
        send(track, frame);
      } finally {
        av_frame_free(frame);
      }
    }
  }

  private void send(Track track, @Nullable AVFrame frame) throws IOException {
    check(avcodec_send_frame(track.codec, frame));
    while (true) {
      int got = avcodec_receive_packet(track.codec, packet);
      if (got == AVERROR_EAGAIN() || got == AVERROR_EOF) {
        return;
      }
      check(got);
      try (AVRational from = track.codec.time_base();
          AVRational to = track.stream.time_base()) {
        av_packet_rescale_ts(packet, from, to);
      }
      packet.stream_index(track.stream.index());
      check(av_interleaved_write_frame(format, packet));
    }
  }

  private static void fill(AVFrame frame, TestFormat kind, int start, float[]... channels) {
    boolean planar = av_sample_fmt_is_planar(kind.sampleFormat()) != 0;
    int packed = av_get_packed_sample_fmt(kind.sampleFormat());
    int width = av_get_bytes_per_sample(kind.sampleFormat());
    int stride = planar ? 1 : channels.length;
    for (int channel = 0; channel < channels.length; channel++) {
      ByteBuffer out =
          frame
              .extended_data(planar ? channel : 0)
              .capacity((long) frame.nb_samples() * stride * width)
              .asByteBuffer()
              .order(ByteOrder.nativeOrder());
      for (int i = 0; i < frame.nb_samples(); i++) {
        int at = (i * stride + (planar ? 0 : channel)) * width;
        put(out, at, packed, kind.bits(), channels[channel][start + i]);
      }
    }
  }

  private static void put(ByteBuffer out, int at, int packed, int bits, float sample) {
    if (packed == AV_SAMPLE_FMT_FLT) {
      out.putFloat(at, sample);
    } else if (packed == AV_SAMPLE_FMT_DBL) {
      out.putDouble(at, sample);
    } else if (packed == AV_SAMPLE_FMT_U8) {
      out.put(at, (byte) (quantized(sample, 8) + 128));
    } else if (packed == AV_SAMPLE_FMT_S16) {
      out.putShort(at, (short) quantized(sample, 16));
    } else {
      out.putInt(at, (int) (quantized(sample, bits) << (32 - bits)));
    }
  }

  private static int[][] quantized(float[]... channels) {
    int[][] values = new int[channels.length][channels[0].length];
    for (int channel = 0; channel < channels.length; channel++) {
      for (int i = 0; i < values[channel].length; i++) {
        values[channel][i] = (int) quantized(channels[channel][i], 16);
      }
    }
    return values;
  }

  private static long quantized(float sample, int bits) {
    long full = 1L << (bits - 1);
    return Math.max(-full, Math.min(full - 1, Math.round((double) sample * full)));
  }

  private static int check(int result) throws IOException {
    if (result < 0) {
      throw new IOException("encoding failed: " + Ffmpeg.describe(result));
    }
    return result;
  }
}
