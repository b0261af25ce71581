package tonearm.dataset;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tonearm.features.Spectrogram;

/**
 * Pictures that were read, a byte a pixel, so that an epoch need not inflate each of them again.
 * The first that come stay until it is full: a training goes through all tracks over and over, so
 * that to throw out the oldest would be to throw out the one that is wanted next. Thread-safe.
 */
final class PictureCache {
  private record Picture(byte[] pixels, int bins, int frames) {}

  private final long mostBytes;
  private final AtomicLong bytes = new AtomicLong();
  private final Map<String, Picture> pictures = new ConcurrentHashMap<>();

  /**
   * @param mostBytes pixels kept at most, 0 or more
   */
  PictureCache(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** A picture that was kept, as it was given; null if it was not. */
  @Nullable Spectrogram get(String track) {
    Picture picture = pictures.get(track);
    if (picture == null) {
      return null;
    }
    float[] values = new float[picture.pixels().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = picture.pixels()[i] & 0xff;
    }
    return new Spectrogram(values, picture.bins(), picture.frames());
  }

  /** Keeps a picture of whole values from 0 to 255 if there is room. */
  void offer(String track, Spectrogram picture) {
    int size = picture.values().length;
    if (bytes.addAndGet(size) > mostBytes) {
      bytes.addAndGet(-size);
      return;
    }
    byte[] pixels = new byte[size];
    for (int i = 0; i < size; i++) {
      pixels[i] = (byte) (int) picture.values()[i];
    }
    if (pictures.putIfAbsent(track, new Picture(pixels, picture.bins(), picture.frames()))
        != null) {
      bytes.addAndGet(-size);
    }
  }

  /** Bytes kept now. */
  long bytes() {
    return bytes.get();
  }
}
