package tonearm.audio;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Opens audio files: any container and codec that FFmpeg knows, the sound of a video included. The
 * content decides what a file is, never its name. Of several audio tracks the first is heard;
 * pictures are not audio.
 *
 * <p><b>Mono</b> is the arithmetic mean of all channels, each counted the same.
 *
 * <p><b>Resampling</b> is linear-phase and adds no delay; {@code n} samples give {@code ceil(n *
 * sampleRateHz / own rate)}. Measured from 44100, 48000 and 96000 to 22050 Hz: flat within 0.01 dB
 * up to 0.88 of half the lower rate, -0.12 dB at 0.90, -6 dB at 0.94; what lies above half the new
 * rate is held below -94 dB, and the error in a full-scale tone below -100 dB. Upwards by 3 % or
 * more the filter sits 3 % higher.
 *
 * <p>Only local regular files are opened. Playlists and other formats that refer to further files
 * or to addresses are refused. What an encoder added at either end is cut as the file says. All
 * methods are safe from any thread; a stream belongs to one thread at a time.
 */
public final class AudioDecoder {
  /** Lowest rate that can be asked for, in samples a second. */
  public static final int MIN_RATE_HZ = 1_000;

  /** Highest rate that can be asked for, in samples a second. */
  public static final int MAX_RATE_HZ = 768_000;

  static final int MIN_SOURCE_RATE_HZ = 1_000;

  /** One-bit audio arrives at up to 2.8 MHz. */
  static final int MAX_SOURCE_RATE_HZ = 3_072_000;

  private AudioDecoder() {}

  /**
   * Opens a file at its own sample rate.
   *
   * @throws AudioException if there is nothing to hear; the message says why
   */
  public static AudioStream open(Path file) throws IOException {
    return openAt(file, 0);
  }

  /**
   * Opens a file and resamples it while it is read. Memory does not grow with its length.
   *
   * @param file a local regular file, or a link to one
   * @param sampleRateHz samples a second to give, {@value #MIN_RATE_HZ} to {@value #MAX_RATE_HZ}
   * @return the sound from its beginning; to be closed by the caller
   * @throws AudioException if there is nothing to hear; the message says why
   * @throws IllegalArgumentException if the rate is out of range
   */
  public static AudioStream open(Path file, int sampleRateHz) throws IOException {
    checkRate(sampleRateHz);
    return openAt(file, sampleRateHz);
  }

  /**
   * Decodes a whole file into memory: 4 bytes a sample, 5 MB a minute at 22050 Hz, twice that while
   * it grows. For short files; songs of unknown length go through {@link #open(Path, int)}, which
   * also tells of damage ({@link AudioStream#warnings}) where this method keeps silent.
   *
   * @param file a local regular file, or a link to one
   * @param sampleRateHz samples a second to give, {@value #MIN_RATE_HZ} to {@value #MAX_RATE_HZ}
   * @throws AudioException if there is nothing to hear, or more than one array can hold
   * @throws IllegalArgumentException if the rate is out of range
   */
  public static Audio decode(Path file, int sampleRateHz) throws IOException {
    try (AudioStream stream = open(file, sampleRateHz)) {
      float[] samples = new float[1 << 16];
      int filled = 0;
      while (true) {
        int read = stream.read(samples, filled, samples.length - filled);
        if (read < 0) {
          return new Audio(Arrays.copyOf(samples, filled), sampleRateHz);
        }
        filled += read;
        if (filled == samples.length) {
          if (filled >= 1 << 30) {
            throw new AudioException("too long to be held in memory at once");
          }
          samples = Arrays.copyOf(samples, 2 * filled);
        }
      }
    }
  }

  /**
   * Changes the rate of a sound in memory, as {@link #open(Path, int)} does on the way.
   *
   * @param audio its own rate {@value #MIN_RATE_HZ} to {@value #MAX_RATE_HZ}, its samples finite
   * @param sampleRateHz samples a second to give, {@value #MIN_RATE_HZ} to {@value #MAX_RATE_HZ}
   * @return a new sound; {@code audio} itself if it has that rate already
   * @throws IllegalArgumentException if either rate is out of range
   */
  public static Audio resample(Audio audio, int sampleRateHz) {
    checkRate(audio.sampleRateHz());
    checkRate(sampleRateHz);
    if (audio.sampleRateHz() == sampleRateHz) {
      return audio;
    }
    Ffmpeg.formats();
    try (RateConverter converter = new RateConverter(audio.sampleRateHz(), sampleRateHz)) {
      converter.push(audio.samples(), audio.samples().length);
      float[] body = Arrays.copyOf(converter.block(), converter.count());
      converter.finish();
      float[] all = Arrays.copyOf(body, body.length + converter.count());
      System.arraycopy(converter.block(), 0, all, body.length, converter.count());
      return new Audio(all, sampleRateHz);
    } catch (AudioException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static AudioStream openAt(Path file, int rateHz) throws IOException {
    FileBytes bytes = openBytes(file);
    try {
      if (bytes.size() == 0) {
        throw new AudioException("the file is empty (0 bytes)");
      }
      String other = Signatures.otherKind(bytes.read(0, Signatures.HEAD_BYTES));
      if (other != null) {
        throw new AudioException("no audio stream: the file is " + other);
      }
      return FileStream.open(bytes, rateHz);
    } catch (IOException | RuntimeException | Error e) {
      bytes.close();
      throw e;
    }
  }

  /** Opens a local regular file; what it is nobody has looked at yet. */
  static FileBytes openBytes(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new AudioException("a folder, not a file");
    }
    // Before it is opened: opening a pipe would wait for somebody to write.
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new AudioException("not a regular file");
    }
    Ffmpeg.formats();
    try {
      return new FileBytes(file);
    } catch (NoSuchFileException e) {
      throw new AudioException("no such file");
    } catch (AccessDeniedException e) {
      throw new AudioException("permission denied");
    }
  }

  /** Refuses a rate that cannot be asked for. */
  static void checkRate(int sampleRateHz) {
    if (sampleRateHz < MIN_RATE_HZ || sampleRateHz > MAX_RATE_HZ) {
      throw new IllegalArgumentException(
          "sampleRateHz must be " + MIN_RATE_HZ + " to " + MAX_RATE_HZ + ", not " + sampleRateHz);
    }
  }
}
