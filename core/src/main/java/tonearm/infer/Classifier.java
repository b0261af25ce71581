package tonearm.infer;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tonearm.audio.AudioDecoder;
import tonearm.audio.AudioException;
import tonearm.audio.AudioStream;
import tonearm.eval.Prediction;
import tonearm.features.ClipGrid;
import tonearm.features.ClipScaler;
import tonearm.features.FrontEnd;
import tonearm.features.Spectrogram;
import tonearm.features.SpectrogramStream;
import tonearm.model.GenreNet;
import tonearm.model.ModelBundle;
import tonearm.model.ModelBundle.Description;
import tonearm.model.Precision;

/**
 * Answers what genre a file is. A song is decoded, seen and answered clip by clip, so that memory
 * does not grow with its length but for a few numbers a clip. Several threads may ask at once.
 */
public final class Classifier implements AutoCloseable {
  /** Clips that go through the network together. */
  private static final int BATCH = 16;

  private final Description model;
  private final GenreNet net;
  private final Precision precision;
  private final FrontEnd frontEnd;
  private final ClipGrid grid;
  private final ClipScaler scaler;

  private Classifier(ModelBundle bundle, Precision precision) {
    this.model = bundle.description();
    this.net = bundle.network();
    this.precision = precision;
    this.frontEnd = new FrontEnd(model.features());
    this.grid = model.grid();
    this.scaler = new ClipScaler(model.model().inputSize());
  }

  /**
   * Loads a model.
   *
   * @param bundle the bundle's folder
   * @throws IOException if it is no sound bundle; the message says why
   */
  public static Classifier load(Path bundle, Precision precision) throws IOException {
    return new Classifier(ModelBundle.load(bundle), precision);
  }

  /** What answers. */
  public Description model() {
    return model;
  }

  /**
   * Classifies a file; never throws for what is wrong with it.
   *
   * @param withTimeline whether the answer tells each clip's probabilities
   * @return the mean over the song's clips, with warnings such as "truncated"; or an error that
   *     says why the file cannot be heard
   */
  public Prediction classify(Path file, boolean withTimeline) {
    try (AudioStream audio = AudioDecoder.open(file, model.features().sampleRateHz())) {
      return classify(file.toString(), audio, withTimeline);
    } catch (IOException e) {
      return Prediction.error(file.toString(), cause(e));
    }
  }

  /**
   * Classifies sound from anywhere.
   *
   * @param name the answer's {@code path}
   * @param audio at the model's sample rate; read to its end, closed by the caller
   * @throws IOException if it cannot be read on, there is no sound in it, or it is silent
   *     throughout
   */
  public Prediction classify(String name, AudioStream audio, boolean withTimeline)
      throws IOException {
    SpectrogramStream levels = frontEnd.stream(audio);
    Batch batch = new Batch();
    Spectrogram before = null;
    for (int index = 0; ; index++) {
      ClipGrid.Span span = grid.span(index);
      Spectrogram clip = levels.read(span.frames());
      if (clip != null && clip.frames() == span.frames()) {
        batch.add(clip, index * model.clipSeconds());
        before = clip;
        continue;
      }
      addRest(batch, before, clip, span, endSeconds(levels, audio));
      break;
    }
    batch.answer();
    if (batch.answers.isEmpty()) {
      throw new AudioException(
          "there is no sound in the file: it has an audio stream of 0 samples");
    }
    if (batch.silent) {
      // The network would answer to an empty picture too, and be taken at its word.
      throw new AudioException("silent throughout, or far too short: there is nothing to hear");
    }
    double seconds = endSeconds(levels, audio);
    Prediction prediction =
        Prediction.ok(
                name,
                model.genres(),
                Prediction.meanOfProbabilities(batch.answers),
                seconds,
                batch.answers.size(),
                model.name())
            .withWarnings(audio.warnings());
    return withTimeline ? prediction.withTimeline(batch.timeline(seconds)) : prediction;
  }

  /** The rest at a song's end, by the same rule as {@link ClipGrid#spans}. */
  private void addRest(
      Batch batch,
      @Nullable Spectrogram before,
      @Nullable Spectrogram rest,
      ClipGrid.Span span,
      double endSeconds) {
    if (rest == null) {
      return;
    }
    if (before == null) {
      batch.add(grid.padded(rest), 0);
    } else if (grid.isEnough(rest.frames())) {
      Spectrogram both = joined(before, rest);
      int width = Math.min(span.frames(), both.frames());
      Spectrogram last = both.columns(both.frames() - width, both.frames());
      batch.add(last, endSeconds - model.clipSeconds());
    }
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

  private static double endSeconds(SpectrogramStream levels, AudioStream audio) {
    return (double) levels.samplesHeard() / audio.sampleRateHz();
  }

  private static String cause(IOException e) {
    // The JDK's file exceptions carry the path in their messages; the answer has it already.
    String message = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }

  /** Clips on their way through the network, and the answers so far. */
  private final class Batch {
    private final int values = scaler.size() * scaler.size();
    private final float[] pictures = new float[BATCH * values];
    private final List<float[]> answers = new ArrayList<>();
    private final List<Double> starts = new ArrayList<>();
    private int waiting;
    private boolean silent = true;

    void add(Spectrogram clip, double startSeconds) {
      silent = silent && FrontEnd.isSilent(clip);
      scaler.scale(frontEnd.floored(clip), pictures, waiting * values);
      starts.add(Math.max(0, startSeconds));
      waiting++;
      if (waiting == BATCH) {
        answer();
      }
    }

    void answer() {
      if (waiting > 0) {
        float[] filled = Arrays.copyOf(pictures, waiting * values);
        answers.addAll(Arrays.asList(net.probabilities(filled, waiting, precision)));
        waiting = 0;
      }
    }

    List<Prediction.Segment> timeline(double seconds) {
      List<Prediction.Segment> segments = new ArrayList<>();
      for (int i = 0; i < answers.size(); i++) {
        double start = starts.get(i);
        double end = Math.min(seconds, start + model.clipSeconds());
        segments.add(Prediction.Segment.of(start, end, model.genres(), answers.get(i)));
      }
      return segments;
    }
  }

  /** Frees the network. */
  @Override
  public void close() {
    net.close();
  }
}
