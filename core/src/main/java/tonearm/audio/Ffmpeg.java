package tonearm.audio;

import static org.bytedeco.ffmpeg.global.avcodec.av_codec_is_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.av_codec_iterate;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AV_ERROR_MAX_STRING_SIZE;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_max_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** What holds for FFmpeg in the whole process, set once before its first use. */
final class Ffmpeg {
  /** No honest song needs a single native block as large; a header that asks for one is refused. */
  private static final long MAX_ALLOCATION_BYTES = 256L << 20;

  /**
   * The containers that music, speech and films come in, by FFmpeg's names, separated by commas. It
   * knows some 300 more: pictures, subtitles, raw video, sounds of single games, and lists of other
   * files. They hold no songs, few people ever look at their code, and some take a damaged song for
   * their own.
   */
  private static final String FORMATS =
      "aa,aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,dtshd,eac3,flac,flv,iff,matroska,webm,mlp,"
          + "mov,mp4,m4a,3gp,3g2,mj2,mp3,mpc,mpc8,mpeg,mpegts,ogg,oma,qcp,rm,shn,sox,tak,truehd,"
          + "tta,voc,vqf,w64,wav,wv,xwma";

  /** Every decoder of sound; none of pictures, so that no cover and no film frame is decoded. */
  private static final String DECODERS = soundDecoders();

  static {
    av_log_set_level(AV_LOG_QUIET);
    av_max_alloc(MAX_ALLOCATION_BYTES);
  }

  private Ffmpeg() {}

  /** Names of the containers that may be read; loads and silences FFmpeg. */
  static String formats() {
    return FORMATS;
  }

  /** Names of the decoders that may run. */
  static String decoders() {
    return DECODERS;
  }

  /** FFmpeg's own words for one of its (negative) error codes. */
  static String describe(int error) {
    byte[] text = new byte[AV_ERROR_MAX_STRING_SIZE];
    av_strerror(error, text, text.length);
    int length = 0;
    while (length < text.length && text[length] != 0) {
      length++;
    }
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }

  private static String soundDecoders() {
    StringJoiner names = new StringJoiner(",");
    try (PointerPointer<Pointer> position = new PointerPointer<>(1)) {
      position.put(0, (Pointer) null);
      for (AVCodec codec = av_codec_iterate(position);
          codec != null;
          codec = av_codec_iterate(position)) {
        if (codec.type() == AVMEDIA_TYPE_AUDIO && av_codec_is_decoder(codec) != 0) {
          names.add(codec.name().getString());
        }
      }
    }
    return names.toString();
  }
}
