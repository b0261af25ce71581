package tonearm.audio;

import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_DBL;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLT;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLTP;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S16;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S16P;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S32;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_U8;

/** The file formats that {@link TestAudio#write} makes. */
public enum TestFormat {
  WAV_U8("wav", "wav", "pcm_u8", AV_SAMPLE_FMT_U8, 8),
  WAV_S16("wav", "wav", "pcm_s16le", AV_SAMPLE_FMT_S16, 16),
  WAV_S24("wav", "wav", "pcm_s24le", AV_SAMPLE_FMT_S32, 24),
  WAV_S32("wav", "wav", "pcm_s32le", AV_SAMPLE_FMT_S32, 32),
  WAV_F32("wav", "wav", "pcm_f32le", AV_SAMPLE_FMT_FLT, 32),
  WAV_F64("wav", "wav", "pcm_f64le", AV_SAMPLE_FMT_DBL, 64),
  W64("w64", "w64", "pcm_s16le", AV_SAMPLE_FMT_S16, 16),
  AIFF("aiff", "aiff", "pcm_s16be", AV_SAMPLE_FMT_S16, 16),
  AIFF_24("aiff", "aiff", "pcm_s24be", AV_SAMPLE_FMT_S32, 24),
  AU("au", "au", "pcm_s16be", AV_SAMPLE_FMT_S16, 16),
  CAF("caf", "caf", "pcm_s16be", AV_SAMPLE_FMT_S16, 16),
  FLAC("flac", "flac", "flac", AV_SAMPLE_FMT_S16, 16),
  FLAC_24("flac", "flac", "flac", AV_SAMPLE_FMT_S32, 24),
  ALAC("m4a", "ipod", "alac", AV_SAMPLE_FMT_S16P, 16),
  WAVPACK("wv", "wv", "wavpack", AV_SAMPLE_FMT_S16P, 16),
  APE("ape", "ape", "ape", AV_SAMPLE_FMT_S16, 16),
  TTA("tta", "tta", "tta", AV_SAMPLE_FMT_S16, 16),
  MKA_FLAC("mka", "matroska", "flac", AV_SAMPLE_FMT_S16, 16),
  OGG_FLAC("oga", "ogg", "flac", AV_SAMPLE_FMT_S16, 16),
  MP2("mp2", "mp2", "mp2", AV_SAMPLE_FMT_S16, 0),
  MP3("mp3", "mp3", "libmp3lame", AV_SAMPLE_FMT_FLTP, 0),
  OGG_VORBIS("ogg", "ogg", "vorbis", AV_SAMPLE_FMT_FLTP, 0),
  OPUS("opus", "opus", "libopus", AV_SAMPLE_FMT_FLT, 0),
  WEBM_OPUS("webm", "webm", "libopus", AV_SAMPLE_FMT_FLT, 0),
  AAC("m4a", "ipod", "aac", AV_SAMPLE_FMT_FLTP, 0),
  AAC_ADTS("aac", "adts", "aac", AV_SAMPLE_FMT_FLTP, 0),
  AC3("ac3", "ac3", "ac3", AV_SAMPLE_FMT_FLTP, 0),
  WMA_1("wma", "asf", "wmav1", AV_SAMPLE_FMT_FLTP, 0),
  WMA("wma", "asf", "wmav2", AV_SAMPLE_FMT_FLTP, 0);

  private final String extension;
  private final String muxer;
  private final String encoder;
  private final int sampleFormat;
  private final int bits;

  TestFormat(String extension, String muxer, String encoder, int sampleFormat, int bits) {
    this.extension = extension;
    this.muxer = muxer;
    this.encoder = encoder;
    this.sampleFormat = sampleFormat;
    this.bits = bits;
  }

  /** The usual ending of such a file's name, without the dot. */
  public String extension() {
    return extension;
  }

  /** True if decoding gives back exactly the samples that were written, to the last bit stored. */
  public boolean isLossless() {
    return bits > 0;
  }

  /** Bits stored of each sample; 0 for lossy formats. */
  public int bits() {
    return bits;
  }

  /** FFmpeg's name of the container. */
  public String muxer() {
    return muxer;
  }

  /** FFmpeg's name of the encoder. */
  public String encoder() {
    return encoder;
  }

  int sampleFormat() {
    return sampleFormat;
  }
}
