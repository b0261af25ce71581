package tonearm.infer;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tonearm.audio.AudioDecoder;
import tonearm.audio.AudioSource;
import tonearm.audio.AudioStream;
import tonearm.features.ClipScaler;
import tonearm.features.FrontEnd;
import tonearm.features.Spectrogram;
import tonearm.infer.SongReader.Heard;
import tonearm.model.GenreNet;
import tonearm.model.GenreNet.ClipAnswers;
import tonearm.model.ModelBundle;
import tonearm.model.ModelBundle.Description;
import tonearm.model.Precision;

/**
 * Answers what genre a file is. A song is decoded, seen and answered clip by clip, so that memory
 * does not grow with its length but for a few numbers a clip. Several threads may ask at once; for
 * many files at a time there is {@link BatchClassifier}.
 */
public final class Classifier implements AutoCloseable {
  /** Clips that go through the network together. */
  static final int BATCH = 16;

  private final Description model;
  private final GenreNet net;
  private final Precision precision;
  private final FrontEnd frontEnd;
  private final SongReader reader;
  private final ClipScaler scaler;

  private Classifier(ModelBundle bundle, Precision precision) {
    this.model = bundle.description();
    this.net = bundle.network();
    this.precision = precision;
    this.frontEnd = new FrontEnd(model.features());
    this.reader = new SongReader(model);
    this.scaler = model.scaler();
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

  /** As {@link #classify(Path, AudioSource, ClassifyOptions)} with {@link AudioDecoder}. */
  public Answer classify(Path file, ClassifyOptions options) {
    return classify(file, AudioDecoder::open, options);
  }

  /**
   * Classifies a file; never throws for what is wrong with it.
   *
   * @param source who decodes it
   * @return the mean over the clips that were heard, calibrated if the model is, with warnings such
   *     as "truncated"; or an error that says why the file cannot be heard
   */
  public Answer classify(Path file, AudioSource source, ClassifyOptions options) {
    Direct clips = new Direct();
    try {
      Heard heard = hear(file, source, options, clips);
      return clips.answer(file.toString(), heard, options);
    } catch (IOException e) {
      return Answer.error(file.toString(), cause(e));
    }
  }

  /**
   * Classifies sound from anywhere, the whole of it.
   *
   * @param name the answer's {@code path}
   * @param audio at the model's sample rate; read to its end, closed by the caller
   * @param options without an excerpt, for which a file is needed
   * @throws IOException if it cannot be read on, there is no sound in it, or it is silent
   *     throughout and the model has no calibration with which to say that it does not know
   */
  public Answer classify(String name, AudioStream audio, ClassifyOptions options)
      throws IOException {
    if (options.excerpt() != ClassifyOptions.WHOLE) {
      throw new IllegalArgumentException("an excerpt needs a file: a stream cannot be read twice");
    }
    Direct clips = new Direct();
    return clips.answer(name, reader.whole(audio, clips), options);
  }

  /** Hears a file, the network not included. */
  Heard hear(Path file, AudioSource source, ClassifyOptions options, SongReader.ClipSink sink)
      throws IOException {
    int rateHz = model.features().sampleRateHz();
    return reader.hear(() -> source.open(file, rateHz), options.excerpt(), sink);
  }

  /** Memory for one clip's picture. */
  float[] newPicture() {
    return new float[scaler.length()];
  }

  /** Makes a clip's picture. */
  void draw(Spectrogram levels, float[] picture) {
    scaler.scale(frontEnd.floored(levels), picture, 0);
  }

  /** What the network says to pictures. */
  ClipAnswers ask(List<float[]> pictures) {
    return net.answers(pictures, precision);
  }

  /** The cause of a failure, for the person who owns the file. */
  static String cause(IOException e) {
    // The JDK's file exceptions carry the path in their messages; the answer has it already.
    String message = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }

  /** Clips that go through the network as they come, one song's alone. */
  private final class Direct implements SongReader.ClipSink {
    private final List<float[]> pictures = new ArrayList<>();
    private ClipCollector collector = new ClipCollector();
    private int first;
    private int waiting;

    @Override
    public void clip(Spectrogram levels, double startSeconds, boolean isSilent) {
      if (waiting == pictures.size()) {
        pictures.add(newPicture());
      }
      draw(levels, pictures.get(waiting++));
      int clip = collector.expect(startSeconds, isSilent);
      if (waiting == 1) {
        first = clip;
      }
      if (waiting == BATCH) {
        ask();
      }
    }

    @Override
    public void restart() {
      collector = new ClipCollector();
      waiting = 0;
    }

    private void ask() {
      ClipAnswers answers = Classifier.this.ask(pictures.subList(0, waiting));
      for (int i = 0; i < waiting; i++) {
        collector.put(first + i, answers.probabilities()[i], answers.features()[i]);
      }
      waiting = 0;
    }

    Answer answer(String name, Heard heard, ClassifyOptions options) {
      if (waiting > 0) {
        ask();
      }
      return collector.answer(name, heard, model, options);
    }
  }

  /** Frees the network. */
  @Override
  public void close() {
    net.close();
  }
}
