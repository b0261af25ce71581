package tonearm.audio;

import static org.bytedeco.ffmpeg.global.avformat.AVFMT_NOFILE;
import static org.bytedeco.ffmpeg.global.avformat.av_demuxer_iterate;
import static org.bytedeco.ffmpeg.global.avutil.AV_ERROR_MAX_STRING_SIZE;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_max_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.StringJoiner;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** What holds for FFmpeg in the whole process, set once before its first use. */
final class Ffmpeg {
  /** No honest song needs a single native block as large; a header that asks for one is refused. */
  private static final long MAX_ALLOCATION_BYTES = 256L << 20;

  /** Readers whose business is to open other files or addresses, and those without audio of own. */
  private static final Set<String> READERS_OF_OTHER_FILES =
      Set.of("concat", "dash", "ffmetadata", "hls", "imf", "sdp", "vobsub", "webm_dash_manifest");

  /** Comma-separated names of the container formats that may be read. */
  private static final String FORMATS = allowedFormats();

  static {
    av_log_set_level(AV_LOG_QUIET);
    av_max_alloc(MAX_ALLOCATION_BYTES);
  }

  private Ffmpeg() {}

  /** Comma-separated names of the containers that may be read; loads and silences FFmpeg. */
  static String formats() {
    return FORMATS;
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

  private static String allowedFormats() {
    StringJoiner names = new StringJoiner(",");
    try (PointerPointer<Pointer> position = new PointerPointer<>(1)) {
      position.put(0, (Pointer) null);
      for (AVInputFormat format = av_demuxer_iterate(position);
          format != null;
          format = av_demuxer_iterate(position)) {
        String name = format.name().getString();
        boolean opensByItself = (format.flags() & AVFMT_NOFILE) != 0;
        if (!opensByItself && !READERS_OF_OTHER_FILES.contains(name)) {
          names.add(name);
        }
      }
    }
    return names.toString();
  }
}
