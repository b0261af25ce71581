package tonearm.infer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tonearm.audio.AudioException;
import tonearm.audio.AudioSource;
import tonearm.audio.AudioStream;
import tonearm.eval.Occlusion;
import tonearm.eval.Prediction;
import tonearm.eval.Prediction.Segment;
import tonearm.features.ClipGrid;
import tonearm.features.ClipGrid.Span;
import tonearm.features.FeatureConfig;
import tonearm.features.FrequencyAxis;
import tonearm.features.FrontEnd;
import tonearm.features.PictureConfig;
import tonearm.features.PooledSpectrogram;
import tonearm.features.Spectrogram;
import tonearm.features.SpectrogramStream;

/**
 * Shows what an answer hangs on: hears the song once more and finds out, for some of its clips,
 * which patches of the network's picture speak for the answer ({@link Occlusion}). What is hidden
 * takes the mean of the clip's picture.
 *
 * <p><b>Cost</b>, for a song of any length: decoding it, and at most {@value #MAX_CLIPS} clips
 * times 1 + {@value #BANDS} x {@value #STEPS} pictures through the network. <b>Memory</b> does not
 * grow with the song: a spectrogram of at most {@value #COLUMNS} columns, two clips, and a batch of
 * pictures.
 *
 * <p>Thread-safe; each thread that asks keeps one core busy.
 */
public final class Explainer {
  /** Clips that are looked into, spread evenly over those that were heard. */
  public static final int MAX_CLIPS = 12;

  /** Patches of a clip, from the lowest to the highest frequency. */
  public static final int BANDS = 8;

  /** Patches of a clip, from its beginning to its end. */
  public static final int STEPS = 6;

  private static final int ROWS = 320;
  private static final int COLUMNS = 1600;

  private final Classifier classifier;
  private final FrontEnd frontEnd;
  private final ClipGrid grid;
  private final FeatureConfig features;
  private final PictureConfig picture;
  private final Knowing knowing;

  /**
   * What an answer hangs on.
   *
   * @param genre the one that is explained: the most probable, also where the answer is not sure
   *     enough to name it
   * @param levels the whole song in dB, not floored, on the network's own axis of frequencies
   * @param axis of {@code levels} and of the bands of {@code occlusions}
   * @param occlusions of the clips that were looked into, in the order of time; at least one
   */
  public record Explanation(
      String genre, Spectrogram levels, FrequencyAxis axis, List<Occlusion> occlusions) {
    public Explanation {
      occlusions = List.copyOf(occlusions);
    }
  }

  /**
   * @param classifier stays the caller's to close, when nobody asks any more
   */
  public Explainer(Classifier classifier) {
    this.classifier = classifier;
    features = classifier.model().features();
    frontEnd = new FrontEnd(features);
    grid = classifier.model().grid();
    picture = classifier.model().model().picture();
    knowing = new Knowing(classifier.model().calibration());
  }

  /**
   * Explains an answer.
   *
   * @param file that the answer is of
   * @param source who decodes it
   * @param answer of this classifier's model, with its timeline
   * @param stop asked between batches and frames: whether to give up
   * @throws InterruptedIOException if {@code stop} said so
   * @throws IOException if the file cannot be heard again
   */
  public Explanation explain(Path file, AudioSource source, Prediction answer, BooleanSupplier stop)
      throws IOException {
    List<Segment> timeline = answer.timeline();
    if (timeline == null || timeline.isEmpty()) {
      throw new IllegalArgumentException("only an answer with its timeline can be explained");
    }
    String genre = answer.top(1).get(0).genre();
    int index = classifier.model().genres().indexOf(genre);
    if (index < 0) {
      throw new IllegalArgumentException("the model knows no " + genre);
    }
    FrequencyAxis axis = picture.axis(features);
    PooledSpectrogram levels = new PooledSpectrogram(features, axis, ROWS, COLUMNS);
    Deque<Window> windows = windows(timeline, Objects.requireNonNull(answer.durationS()));
    List<Occlusion> occlusions = new ArrayList<>();
    try (AudioStream audio = source.open(file, features.sampleRateHz())) {
      SpectrogramStream frames = frontEnd.stream(audio);
      float[] frame = new float[frames.bins()];
      while (frames.next(frame)) {
        levels.add(frame);
        for (Window window : windows) {
          if (!window.take(frames.framesRead() - 1, frame)) {
            break; // and the later ones neither
          }
        }
        Window first = windows.peek();
        if (first != null && first.isFull()) {
          occlusions.add(occlusion(windows.remove(), index, stop));
        }
        if (stop.getAsBoolean()) {
          throw new InterruptedIOException("stopped");
        }
      }
    }
    // A file may tell a little more of its length than there is.
    for (Window window : windows) {
      if (window.isHalfFull()) {
        occlusions.add(occlusion(window, index, stop));
      }
    }
    if (occlusions.isEmpty()) {
      throw new AudioException("it sounds otherwise than when it was heard");
    }
    return new Explanation(genre, levels.levels(), axis, occlusions);
  }

  /** The clips to look into, by the same rule that {@link SongReader} heard them. */
  private Deque<Window> windows(List<Segment> timeline, double seconds) throws AudioException {
    int frames = frontEnd.frames(Math.round(seconds * features.sampleRateHz()));
    List<Span> spans = frames == 0 ? List.of() : grid.spans(frames);
    if (spans.size() < timeline.size()) {
      throw new AudioException("it sounds otherwise than when it was heard");
    }
    int[] heard = ClipGrid.spread(spans.size(), timeline.size());
    Deque<Window> windows = new ArrayDeque<>();
    for (int i : ClipGrid.spread(timeline.size(), MAX_CLIPS)) {
      windows.add(new Window(spans.get(heard[i]), timeline.get(i), features.bins()));
    }
    return windows;
  }

  private Occlusion occlusion(Window window, int genre, BooleanSupplier stop)
      throws InterruptedIOException {
    Spectrogram own = window.clip();
    Spectrogram clip = grid.padded(own);
    float[] plain = classifier.newPicture();
    classifier.draw(clip, plain);
    int bands = Math.min(BANDS, picture.height());
    int steps = Math.min(STEPS, Math.min(picture.width(), own.frames()));
    float mean = mean(plain);
    List<float[]> batch = new ArrayList<>();
    float[] weights = new float[bands * steps];
    float[] shown = knowing.clip(classifier.ask(List.of(plain)).probabilities()[0]);
    for (int from = 0; from < weights.length; from += Classifier.BATCH) {
      if (stop.getAsBoolean()) {
        throw new InterruptedIOException("stopped");
      }
      int n = Math.min(Classifier.BATCH, weights.length - from);
      while (batch.size() < n) {
        batch.add(classifier.newPicture());
      }
      for (int i = 0; i < n; i++) {
        float[] hidden = batch.get(i);
        System.arraycopy(plain, 0, hidden, 0, plain.length);
        int band = (from + i) / steps;
        hide(hidden, mean, band, bands, (from + i) % steps, steps, own.frames(), clip.frames());
      }
      float[][] answers = classifier.ask(batch.subList(0, n)).probabilities();
      for (int i = 0; i < n; i++) {
        weights[from + i] = Occlusion.weight(shown, knowing.clip(answers[i]), genre);
      }
    }
    Segment segment = window.segment;
    return new Occlusion(segment.startS(), segment.endS(), bands, steps, weights);
  }

  /**
   * Hides a patch. A sound shorter than a clip is repeated in it; it is hidden each time that it
   * comes.
   */
  private void hide(
      float[] values,
      float by,
      int band,
      int bands,
      int step,
      int steps,
      int ownFrames,
      int clipFrames) {
    int width = picture.width();
    int top = (band + 1) * picture.height() / bands;
    for (int x = 0; x < width; x++) {
      int frame = (int) ((x + 0.5) * clipFrames / width) % ownFrames;
      if ((long) frame * steps / ownFrames == step) {
        for (int y = band * picture.height() / bands; y < top; y++) {
          values[y * width + x] = by;
        }
      }
    }
  }

  private static float mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return (float) (sum / values.length);
  }

  /** A clip that is waited for, or being gathered. */
  private static final class Window {
    private final Span span;
    private final Segment segment;
    private final int bins;
    private float @Nullable [] values;
    private int taken;

    Window(Span span, Segment segment, int bins) {
      this.span = span;
      this.segment = segment;
      this.bins = bins;
    }

    /**
     * Takes a frame if it is one of the clip's.
     *
     * @return false if the clip has not begun yet
     */
    boolean take(long frame, float[] levels) {
      if (frame < span.from()) {
        return false;
      }
      if (frame < span.to()) {
        if (values == null) {
          values = new float[bins * span.frames()];
        }
        for (int bin = 0; bin < bins; bin++) {
          values[bin * span.frames() + taken] = levels[bin];
        }
        taken++;
      }
      return true;
    }

    boolean isFull() {
      return taken == span.frames();
    }

    boolean isHalfFull() {
      return 2 * taken >= span.frames();
    }

    Spectrogram clip() {
      Spectrogram clip = new Spectrogram(Objects.requireNonNull(values), bins, span.frames());
      return isFull() ? clip : clip.columns(0, taken);
    }
  }
}
