package tonearm.audio;

import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_DBL;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLT;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S16;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S32;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S64;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_U8;
import static org.bytedeco.ffmpeg.global.avutil.av_get_bytes_per_sample;
import static org.bytedeco.ffmpeg.global.avutil.av_get_packed_sample_fmt;
import static org.bytedeco.ffmpeg.global.avutil.av_sample_fmt_is_planar;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Decoded frames of any sample format and any number of channels to mono floats: the arithmetic
 * mean of all channels, each counted the same. A sample that is no finite number counts as 0.
 */
final class MonoMix {
  private double[] sums = new double[0];
  private float[] block = new float[0];
  private long notFinite;

  /**
   * Mixes one frame; the result is in the first {@code frame.nb_samples()} elements of {@link
   * #block}.
   *
   * @throws AudioException if the frame is of a kind that is not sound as this class knows it
   */
  void mix(AVFrame frame) throws AudioException {
    int length = frame.nb_samples();
    int channels = frame.ch_layout().nb_channels();
    int format = frame.format();
    int packed = av_get_packed_sample_fmt(format);
    int bytes = av_get_bytes_per_sample(format);
    if (channels < 1 || bytes < 1) {
      throw new AudioException("the decoded sound has no known sample format");
    }
    if (block.length < length) {
      sums = new double[length];
      block = new float[length];
    }
    Arrays.fill(sums, 0, length, 0);
    boolean planar = av_sample_fmt_is_planar(format) != 0;
    int stride = planar ? 1 : channels;
    for (int channel = 0; channel < channels; channel++) {
      ByteBuffer plane =
          frame
              .extended_data(planar ? channel : 0)
              .capacity((long) length * stride * bytes)
              .asByteBuffer()
              .order(ByteOrder.nativeOrder());
      add(plane, packed, planar ? 0 : channel, stride, length);
    }
    for (int i = 0; i < length; i++) {
      block[i] = (float) (sums[i] / channels);
    }
  }

  /** The latest mix; overwritten by the next. */
  float[] block() {
    return block;
  }

  /** How many samples so far were not finite numbers, all channels counted. */
  long notFinite() {
    return notFinite;
  }

  private void add(ByteBuffer plane, int packed, int first, int stride, int length)
      throws AudioException {
    if (packed == AV_SAMPLE_FMT_S16) {
      ShortBuffer in = plane.asShortBuffer();
      for (int i = 0, at = first; i < length; i++, at += stride) {
        sums[i] += in.get(at) * 0x1p-15;
      }
    } else if (packed == AV_SAMPLE_FMT_FLT) {
      FloatBuffer in = plane.asFloatBuffer();
      for (int i = 0, at = first; i < length; i++, at += stride) {
        sums[i] += finite(in.get(at));
      }
    } else if (packed == AV_SAMPLE_FMT_S32) {
      IntBuffer in = plane.asIntBuffer();
      for (int i = 0, at = first; i < length; i++, at += stride) {
        sums[i] += in.get(at) * 0x1p-31;
      }
    } else if (packed == AV_SAMPLE_FMT_DBL) {
      DoubleBuffer in = plane.asDoubleBuffer();
      for (int i = 0, at = first; i < length; i++, at += stride) {
        // What a float cannot hold is no sample either.
        sums[i] += finite((float) in.get(at));
      }
    } else if (packed == AV_SAMPLE_FMT_U8) {
      for (int i = 0, at = first; i < length; i++, at += stride) {
        sums[i] += ((plane.get(at) & 0xff) - 128) * 0x1p-7;
      }
    } else if (packed == AV_SAMPLE_FMT_S64) {
      LongBuffer in = plane.asLongBuffer();
      for (int i = 0, at = first; i < length; i++, at += stride) {
        sums[i] += in.get(at) * 0x1p-63;
      }
    } else {
      throw new AudioException("the decoded sound has no known sample format");
    }
  }

  private float finite(float sample) {
    if (Float.isFinite(sample)) {
      return sample;
    }
    notFinite++;
    return 0;
  }
}
