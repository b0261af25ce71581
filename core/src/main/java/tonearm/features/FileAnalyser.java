package tonearm.features;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tonearm.audio.AudioDecoder;
import tonearm.audio.AudioException;
import tonearm.audio.AudioStream;

/**
 * From an audio file to its spectrogram: decoded, resampled, transformed, floored. Memory is
 * bounded by hearing the beginning of very long files only. Immutable and thread-safe.
 */
public final class FileAnalyser {
  /** How much of a file is heard unless someone chooses otherwise, in seconds. */
  public static final double DEFAULT_MAX_SECONDS = 600;

  /** Levels of one spectrogram at most: 128 MiB. */
  private static final long MAX_LEVELS = 1L << 25;

  private final FrontEnd frontEnd;
  private final double maxSeconds;
  private final int maxFrames;

  /** Hears {@link #DEFAULT_MAX_SECONDS} of a file at most. */
  public FileAnalyser(FeatureConfig features) {
    this(features, DEFAULT_MAX_SECONDS);
  }

  /**
   * @param features what to compute
   * @param maxSeconds how much of a file to hear at most, more than 0
   * @throws IllegalArgumentException if a spectrogram of that length would not fit into 128 MiB
   */
  public FileAnalyser(FeatureConfig features, double maxSeconds) {
    double levels = maxSeconds * features.framesPerSecond() * features.bins();
    if (!(maxSeconds > 0 && levels <= MAX_LEVELS)) {
      throw new IllegalArgumentException(
          "%s s of the features \"%s\" are %.0f levels; from 1 to %d are possible"
              .formatted(maxSeconds, features.name(), levels, MAX_LEVELS));
    }
    this.frontEnd = new FrontEnd(features);
    this.maxSeconds = maxSeconds;
    this.maxFrames = frontEnd.frames(Math.max(1, Math.round(maxSeconds * features.sampleRateHz())));
  }

  /** Bytes that hearing one file may need at most: its levels while they are copied, twice. */
  public long mostBytes() {
    return 3L * Float.BYTES * maxFrames * frontEnd.config().bins();
  }

  /**
   * Hears a file.
   *
   * @param file a local regular file; its content decides what it is, never its name
   * @throws IOException if there is nothing to hear: no audio, damaged, silent throughout; the
   *     message is the cause and does not repeat the path
   */
  public Analysis analyse(Path file) throws IOException {
    int ownRateHz;
    try (AudioStream own = AudioDecoder.open(file)) {
      ownRateHz = own.sampleRateHz();
    }
    int rateHz = frontEnd.config().sampleRateHz();
    try (AudioStream audio = AudioDecoder.open(file, rateHz)) {
      SpectrogramStream stream = frontEnd.stream(audio);
      Spectrogram raw = stream.read(maxFrames);
      if (raw == null) {
        throw new AudioException("the file holds no sound (0 samples)");
      }
      boolean cut = raw.frames() == maxFrames && stream.next(new float[stream.bins()]);
      List<String> warnings = new ArrayList<>(audio.warnings());
      if (cut) {
        warnings.add(
            String.format(Locale.ROOT, "longer than %.0f s: the rest is not heard", maxSeconds));
      }
      if (FrontEnd.isSilent(raw)) {
        throw new AudioException("silent throughout: every sample is 0");
      }
      double seconds = cut ? maxSeconds : (double) stream.samplesHeard() / rateHz;
      return new Analysis(frontEnd.floored(raw), ownRateHz, seconds, warnings);
    }
  }
}
