package tonearm.features;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tonearm.audio.AudioStream;
import tonearm.dsp.Stft;

/**
 * The spectrogram of a song while it is being heard, frame by frame, in raw dB and constant memory.
 * Not thread-safe. Opened by {@link FrontEnd#stream}; whoever opened the audio closes it.
 */
public final class SpectrogramStream {
  /** Samples asked for at once: large enough that a decoder's calls do not count. */
  private static final int READ_AHEAD = 16384;

  /**
   * Room for so many frames is made at first, 45 s of the archive's: most songs are far shorter
   * than the most that is heard.
   */
  private static final int FIRST_FRAMES = 512;

  private final FrontEnd frontEnd;
  private final AudioStream audio;
  private final FeatureConfig config;
  private final Stft stft;
  private final double[] power;
  private final double[] bands;

  /** Samples from {@code start} on not yet done with, after the zeros before a centred sound. */
  private final float[] buffer;

  private int start;
  private int end;
  private long samplesHeard;
  private boolean ended;
  private long framesRead;

  SpectrogramStream(FrontEnd frontEnd, AudioStream audio) {
    this.frontEnd = frontEnd;
    this.audio = audio;
    this.config = frontEnd.config();
    this.stft = frontEnd.newStft();
    this.power = new double[stft.bins()];
    this.bands = new double[config.bins()];
    this.buffer = new float[config.nFft() + READ_AHEAD];
    this.end = config.centered() ? config.nFft() / 2 : 0;
  }

  /** Number of rows of every frame. */
  public int bins() {
    return config.bins();
  }

  /** How many frames have been given out or skipped. */
  public long framesRead() {
    return framesRead;
  }

  /**
   * How many samples have been heard or skipped so far; the song's length once the end is reached
   * by reading.
   */
  public long samplesHeard() {
    return samplesHeard;
  }

  /**
   * Reads the next frame.
   *
   * @param binsOut receives {@link #bins()} levels in dB, the lowest frequency first; untouched at
   *     the end
   * @return false at the end of the sound
   * @throws IOException if the audio cannot be read on
   * @throws IllegalArgumentException if {@code binsOut} is too short, or a sample of the frame is
   *     not finite
   */
  public boolean next(float[] binsOut) throws IOException {
    if (binsOut.length < config.bins()) {
      throw new IllegalArgumentException(
          "binsOut holds " + binsOut.length + " levels, but a frame has " + config.bins());
    }
    int nFft = config.nFft();
    fill(nFft);
    if (end - start < nFft) {
      if (framesRead >= frontEnd.frames(samplesHeard)) {
        return false;
      }
      makeRoom(nFft);
      Arrays.fill(buffer, end, start + nFft, 0);
    }
    stft.power(buffer, start, power);
    // Every sample enters the sum at 0 Hz, so one look finds a NaN or an infinity anywhere.
    if (!Double.isFinite(power[0])) {
      throw new IllegalArgumentException(
          "a sample in the frame at %.3f s is not a finite number"
              .formatted((double) framesRead * config.hopLength() / config.sampleRateHz()));
    }
    frontEnd.levels(power, bands, binsOut);
    start += config.hopLength();
    framesRead++;
    return true;
  }

  /**
   * Passes over frames; where the audio can be sought, without hearing what lies between. Frames
   * after it are what they would have been.
   *
   * @param frames how many, 0 or more; past the end, nothing is left
   * @throws IOException if the audio cannot be read on
   */
  public void skip(long frames) throws IOException {
    if (frames < 0) {
      throw new IllegalArgumentException("only 0 or more frames can be skipped, not " + frames);
    }
    long samples = frames * config.hopLength();
    long held = Math.min(samples, end - start);
    start += (int) held;
    if (samples > held) {
      audio.skip(samples - held);
      samplesHeard += samples - held;
    }
    framesRead += frames;
  }

  /**
   * Reads the next frames as one picture.
   *
   * @param frames how many at most, at least 1
   * @return {@code [bins][k]}, k the number of frames that were left, at most {@code frames}; null
   *     at the end of the sound
   * @throws IOException if the audio cannot be read on
   * @throws IllegalArgumentException if {@code frames} is less than 1, or a sample is not finite
   */
  public @Nullable Spectrogram read(int frames) throws IOException {
    if (frames < 1) {
      throw new IllegalArgumentException("frames must be at least 1, not " + frames);
    }
    int bins = config.bins();
    float[] column = new float[bins];
    int room = Math.min(frames, FIRST_FRAMES);
    float[] values = new float[Math.multiplyExact(bins, room)];
    int count = 0;
    while (count < frames && next(column)) {
      if (count == room) {
        int wider = (int) Math.min(frames, 2L * room);
        values = widened(values, room, wider);
        room = wider;
      }
      for (int bin = 0; bin < bins; bin++) {
        values[bin * room + count] = column[bin];
      }
      count++;
    }
    if (count == 0) {
      return null;
    }
    Spectrogram whole = new Spectrogram(values, bins, room);
    return count == room ? whole : whole.columns(0, count);
  }

  private float[] widened(float[] values, int from, int to) {
    float[] wider = new float[Math.multiplyExact(config.bins(), to)];
    for (int bin = 0; bin < config.bins(); bin++) {
      System.arraycopy(values, bin * from, wider, bin * to, from);
    }
    return wider;
  }

  /**
   * Reads until {@code wanted} samples stand in the buffer from {@code start}, or none are left.
   */
  private void fill(int wanted) throws IOException {
    if (ended || end - start >= wanted) {
      return;
    }
    makeRoom(buffer.length);
    while (!ended && end - start < wanted) {
      int count = audio.read(buffer, end, buffer.length - end);
      if (count < 0) {
        ended = true;
      } else {
        end += count;
        samplesHeard += count;
      }
    }
  }

  /** Moves what is left to the front unless {@code wanted} samples fit behind {@code start}. */
  private void makeRoom(int wanted) {
    if (start + wanted > buffer.length) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
  }
}
