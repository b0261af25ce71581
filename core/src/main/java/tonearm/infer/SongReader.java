package tonearm.infer;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tonearm.audio.AudioException;
import tonearm.audio.AudioStream;
import tonearm.features.ClipGrid;
import tonearm.features.ClipGrid.Span;
import tonearm.features.FrontEnd;
import tonearm.features.Spectrogram;
import tonearm.features.SpectrogramStream;
import tonearm.model.ModelBundle.Description;

/**
 * Hears a song clip by clip, all of it or an excerpt, in memory that does not grow with its length.
 * Thread-safe.
 *
 * <p><b>An excerpt</b> is some of the very clips that the whole song would be cut into, as {@link
 * ClipGrid#spread} chooses them. The length that the file tells decides which; the sound between
 * them is skipped. Where a file tells no length, or less sound is found in it than it told, it is
 * read twice: once to count its samples, once for the clips. An excerpt in which every clip is
 * digital silence says nothing of the song, so that the whole is heard.
 */
final class SongReader {
  /** What a file may tell too much of its length without anyone caring. */
  private static final double SLACK_SECONDS = 0.2;

  /** No song is longer, whatever its header says. */
  private static final double MAX_TOLD_SECONDS = 30 * 24 * 3600.0;

  private static final String SILENT =
      "silent throughout, or far too short: there is nothing to hear";

  private static final int BLOCK = 1 << 14;

  private final FrontEnd frontEnd;
  private final ClipGrid grid;
  private final double clipSeconds;
  private final int rateHz;

  /** Whether the model can say that it does not know. */
  private final boolean mayBeUnknown;

  SongReader(Description model) {
    frontEnd = new FrontEnd(model.features());
    grid = model.grid();
    clipSeconds = model.clipSeconds();
    rateHz = model.features().sampleRateHz();
    mayBeUnknown = model.calibration() != null;
  }

  /** Opens the song from its beginning; may be asked again. */
  @FunctionalInterface
  interface Opener {
    AudioStream open() throws IOException;
  }

  /** Where clips go. */
  interface ClipSink {
    /**
     * The next clip.
     *
     * @param levels raw dB, as wide as a clip
     * @param startSeconds its place in the song, 0 or more
     * @param isSilent whether every sample of it is 0: what the network says of it means nothing
     */
    void clip(Spectrogram levels, double startSeconds, boolean isSilent) throws IOException;

    /** What was given so far does not count: the song is heard again. */
    void restart();
  }

  /**
   * A song that was heard.
   *
   * @param seconds its length
   * @param warnings see {@link AudioStream#warnings}; of a silent song also that it is
   * @param isSilent whether there is nothing in it: what the network says of it means nothing
   */
  record Heard(double seconds, List<String> warnings, boolean isSilent) {
    static Heard silent(double seconds, List<String> warnings) {
      return new Heard(seconds, Stream.concat(warnings.stream(), Stream.of(SILENT)).toList(), true);
    }
  }

  /** What came of an excerpt that was not heard. */
  private enum Missed {
    /** The song has fewer samples than was told. */
    SHORTER,
    /** All its clips are silent. */
    SILENT
  }

  /** One of the two. */
  private record Excerpt(@Nullable Heard heard, @Nullable Missed missed) {}

  /**
   * Hears a song.
   *
   * @param excerpt how many clips, or {@link ClassifyOptions#WHOLE}
   * @throws IOException if it cannot be read on, there is no sound in it, or it is silent
   *     throughout and the model has no calibration with which to say that it does not know
   */
  Heard hear(Opener song, int excerpt, ClipSink sink) throws IOException {
    Missed missed = Missed.SHORTER;
    try (AudioStream audio = song.open()) {
      if (excerpt == ClassifyOptions.WHOLE) {
        return whole(audio, sink);
      }
      OptionalLong told = audio.totalSamples();
      if (told.isPresent() && told.getAsLong() < MAX_TOLD_SECONDS * rateHz) {
        Excerpt part = excerpt(audio, told.getAsLong(), excerpt, sink);
        if (part.heard() != null) {
          return part.heard();
        }
        missed = part.missed();
        sink.restart();
      }
    }
    return missed == Missed.SILENT ? again(song, sink) : counted(song, excerpt, sink);
  }

  private Heard again(Opener song, ClipSink sink) throws IOException {
    try (AudioStream audio = song.open()) {
      return whole(audio, sink);
    }
  }

  /** Hears every clip of a song. */
  Heard whole(AudioStream audio, ClipSink sink) throws IOException {
    SpectrogramStream levels = frontEnd.stream(audio);
    Hearing hearing = new Hearing(sink);
    Spectrogram before = null;
    int index = 0;
    Spectrogram clip = levels.read(grid.span(index).frames());
    while (clip != null && clip.frames() == grid.span(index).frames()) {
      hearing.clip(clip, index * clipSeconds);
      before = clip;
      clip = levels.read(grid.span(++index).frames());
    }
    double seconds = (double) levels.samplesHeard() / rateHz;
    if (clip != null) {
      addRest(hearing, before, clip, grid.span(index), seconds);
    }
    if (hearing.clips == 0) {
      throw new AudioException(
          "there is no sound in the file: it has an audio stream of 0 samples");
    }
    if (hearing.silent && !mayBeUnknown) {
      // The network would answer to an empty picture too, and be taken at its word.
      throw new AudioException(SILENT);
    }
    List<String> warnings = audio.warnings();
    return hearing.silent ? Heard.silent(seconds, warnings) : new Heard(seconds, warnings, false);
  }

  /** The rest at a song's end, by the same rule as {@link ClipGrid#spans}. */
  private void addRest(
      Hearing hearing, @Nullable Spectrogram before, Spectrogram rest, Span span, double seconds)
      throws IOException {
    if (before == null) {
      hearing.clip(grid.padded(rest), 0);
    } else if (grid.isEnough(rest.frames())) {
      Spectrogram both = joined(before, rest);
      int width = Math.min(span.frames(), both.frames());
      hearing.clip(both.columns(both.frames() - width, both.frames()), seconds - clipSeconds);
    }
  }

  /**
   * Hears some clips.
   *
   * @param total how many samples the song has
   */
  private Excerpt excerpt(AudioStream audio, long total, int wanted, ClipSink sink)
      throws IOException {
    int frames = frontEnd.frames(total);
    List<Span> spans = frames == 0 ? List.of() : grid.spans(frames);
    if (spans.size() <= wanted) {
      return new Excerpt(whole(audio, sink), null);
    }
    double seconds = (double) total / rateHz;
    int slack = (int) (SLACK_SECONDS * frontEnd.config().framesPerSecond());
    SpectrogramStream levels = frontEnd.stream(audio);
    Hearing hearing = new Hearing(sink);
    Spectrogram before = null;
    for (int index : ClipGrid.spread(spans.size(), wanted)) {
      Span span = spans.get(index);
      // The last clip, which ends with the song, may begin within the one before.
      int common = (int) Math.max(0, levels.framesRead() - span.from());
      levels.skip(span.from() + common - levels.framesRead());
      Spectrogram clip = levels.read(span.frames() - common);
      if (clip == null || clip.frames() + common + slack < span.frames()) {
        return new Excerpt(null, Missed.SHORTER);
      }
      if (common > 0 && before != null) {
        clip = joined(before.columns(before.frames() - common, before.frames()), clip);
      }
      boolean isRest = span.from() != grid.span(index).from();
      hearing.clip(clip, isRest ? seconds - clipSeconds : index * clipSeconds);
      before = clip;
    }
    return hearing.silent
        ? new Excerpt(null, Missed.SILENT)
        : new Excerpt(new Heard(seconds, audio.warnings(), false), null);
  }

  /** Hears some clips of a song that does not tell its length rightly. */
  private Heard counted(Opener song, int excerpt, ClipSink sink) throws IOException {
    long total = 0;
    List<String> warnings;
    try (AudioStream audio = song.open()) {
      float[] block = new float[BLOCK];
      for (int read = audio.read(block, 0, BLOCK); read >= 0; ) {
        total += read;
        read = audio.read(block, 0, BLOCK);
      }
      warnings = audio.warnings();
    }
    // Seeking goes by what the file tells, so it is read on instead.
    try (AudioStream audio = new Unsought(song.open())) {
      Heard heard = excerpt(audio, total, excerpt, sink).heard();
      if (heard != null) {
        return heard.isSilent()
            ? Heard.silent(heard.seconds(), warnings)
            : new Heard(heard.seconds(), warnings, false);
      }
    }
    sink.restart();
    return again(song, sink);
  }

  private static Spectrogram joined(Spectrogram a, Spectrogram b) {
    int frames = a.frames() + b.frames();
    float[] values = new float[a.bins() * frames];
    for (int bin = 0; bin < a.bins(); bin++) {
      System.arraycopy(a.values(), bin * a.frames(), values, bin * frames, a.frames());
      System.arraycopy(b.values(), bin * b.frames(), values, bin * frames + a.frames(), b.frames());
    }
    return new Spectrogram(values, a.bins(), frames);
  }

  /** Clips on their way out, and whether there was anything in them. */
  private static final class Hearing {
    private final ClipSink sink;
    private int clips;
    private boolean silent = true;

    Hearing(ClipSink sink) {
      this.sink = sink;
    }

    void clip(Spectrogram clip, double startSeconds) throws IOException {
      clips++;
      boolean isSilent = FrontEnd.isSilent(clip);
      silent = silent && isSilent;
      sink.clip(clip, Math.max(0, startSeconds), isSilent);
    }
  }

  /** A stream that skips by reading, as {@link AudioStream} does by default. */
  private record Unsought(AudioStream audio) implements AudioStream {
    @Override
    public int sampleRateHz() {
      return audio.sampleRateHz();
    }

    @Override
    public int read(float[] buffer, int offset, int length) throws IOException {
      return audio.read(buffer, offset, length);
    }

    @Override
    public List<String> warnings() {
      return audio.warnings();
    }

    @Override
    public void close() {
      audio.close();
    }
  }
}
