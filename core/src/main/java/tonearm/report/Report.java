package tonearm.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Track;
import tonearm.eval.ConfusionMatrix;
import tonearm.eval.Evaluation;
import tonearm.eval.GenreOrder;
import tonearm.eval.Metrics;
import tonearm.eval.Prediction;
import tonearm.eval.RunMetrics;
import tonearm.features.ClipScaler;
import tonearm.features.FeatureConfig;
import tonearm.features.FileAnalyser;
import tonearm.features.Spectrogram;
import tonearm.model.NetworkGraph;
import tonearm.provenance.AtomicFiles;
import tonearm.report.ScoreFigures.Side;
import tonearm.report.SpectrogramFigures.Example;

/**
 * All figures of a run, and one HTML page with them and the tables. Everything comes from the run
 * folder's small files, and pictures of sound from the prepared dataset or a song; no model is
 * loaded and nothing is trained.
 */
public final class Report {
  /** The page's name in the folder of the report. */
  public static final String PAGE = "report.html";

  /** The distances between genres, in the folder of the report. */
  public static final String DISTANCES = "genre-distances.csv";

  /**
   * What to report on.
   *
   * @param run folder with {@code run.json}; what else it has decides which figures are made
   * @param data prepared dataset the run was trained on; null for none
   * @param songs any number of audio files, the first of which figures 5 to 7 show, and files with
   *     an answer as {@code tonearm classify --json} writes it, the first of which figure 11 shows
   * @param published folder of the published run, to be drawn beside; null for none
   * @param publishedGenres what its classes are called, in order; all of the archive's genres, or
   *     none for the names of its own report
   * @param out folder for the report; made if it is not there
   */
  public record Request(
      Path run,
      @Nullable Path data,
      List<Path> songs,
      @Nullable Path published,
      List<String> publishedGenres,
      Path out) {
    public Request {
      songs = List.copyOf(songs);
      publishedGenres = List.copyOf(publishedGenres);
      if (!publishedGenres.isEmpty()) {
        PublishedRun.checked(publishedGenres);
      }
    }
  }

  /**
   * What was made.
   *
   * @param figures in the order of the page
   * @param missing figures that were not made, a line each: which, why, and how to make them
   * @param page the HTML page
   * @param history of the run; null if there is none
   * @param publishedHistory of the published run; null if there is none
   * @param published what the published run held out, clips and votes; null if there is none
   * @param order whether the published run's genres are named right, told by the errors of both
   *     runs in training and validation; null if that cannot be told
   * @param heldOutOrder the same by the clips that each holds out, of which there are fewer
   */
  public record Outcome(
      List<Figure> figures,
      List<String> missing,
      Path page,
      @Nullable EpochTable history,
      @Nullable EpochTable publishedHistory,
      @Nullable Evaluation published,
      @Nullable GenreOrder order,
      @Nullable GenreOrder heldOutOrder) {}

  private final Request request;
  private final RunFolder run;
  private final List<Figure> figures = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private @Nullable PreparedDataset dataset;
  private @Nullable MeanSpectrograms means;
  private @Nullable Path audio;
  private @Nullable Prediction answer;

  private Report(Request request) throws IOException {
    this.request = request;
    this.run = RunFolder.read(request.run());
  }

  /**
   * Draws and writes everything.
   *
   * @throws IOException if a file is damaged, a song cannot be heard, or the report cannot be
   *     written; the message names the file and the cause
   */
  public static Outcome write(Request request) throws IOException {
    try {
      return new Report(request).made();
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * The published run that lies in a dataset's folder, as the archive has it; null if none does.
   */
  public static @Nullable Path publishedRunIn(Path data) {
    Path folder = data.resolve(PublishedRun.FOLDER);
    return PublishedRun.isIn(folder) ? folder : null;
  }

  private Outcome made() throws IOException {
    if (request.data() != null) {
      dataset = ofItsGenres(PreparedDataset.open(request.data()));
    }
    sortSongs();
    RunMetrics metrics = run.metrics();
    EpochTable history = run.history();
    PublishedRun published =
        request.published() == null
            ? null
            : PublishedRun.read(request.published(), request.publishedGenres());
    NetworkGraph graph = run.model().graph(run.genres().size());

    figures.add(UNetFigure.of(graph));
    addOr(ParallelFigure.of(graph), "figure 2: the network has no parallel stages");
    addMeans();
    figures.add(LayeredFigure.of(graph));
    addExample();
    addHistory(history, metrics, published);
    addScores(metrics, published);
    addAnswer();
    if (means != null) {
      figures.add(MeanFigures.distances(means));
      means.writeDistances(request.out().resolve(DISTANCES));
    }
    figures.parallelStream().forEach(this::writeOne);
    Path page = request.out().resolve(PAGE);
    String html = new HtmlReport(run, graph, metrics, history, means, figures, missing).text();
    AtomicFiles.writeString(page, html);
    return new Outcome(
        List.copyOf(figures),
        List.copyOf(missing),
        page,
        history,
        published == null ? null : published.history(),
        published == null ? null : published.heldOut(),
        order(metrics, published),
        heldOutOrder(metrics, published));
  }

  private static @Nullable GenreOrder order(
      @Nullable RunMetrics metrics, @Nullable PublishedRun published) {
    if (metrics == null || published == null) {
      return null;
    }
    ConfusionMatrix ours = ScoreFigures.all(ScoreFigures.sides(metrics));
    return ours == null ? null : published.order(ours);
  }

  private static @Nullable GenreOrder heldOutOrder(
      @Nullable RunMetrics metrics, @Nullable PublishedRun published) {
    Evaluation held = metrics == null ? null : ModelCard.heldOut(metrics);
    return held == null || published == null
        ? null
        : published.heldOutOrder(held.clips().confusion());
  }

  private String published() {
    return request.publishedGenres().isEmpty()
        ? "the published run"
        : "the published run, its genres named anew";
  }

  private void writeOne(Figure figure) {
    try {
      figure.write(request.out());
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private void addOr(@Nullable Figure figure, String otherwise) {
    if (figure == null) {
      missing.add(otherwise);
    } else {
      figures.add(figure);
    }
  }

  /** An answer is JSON and so begins with a brace; everything else is taken for audio. */
  private void sortSongs() throws IOException {
    for (Path song : request.songs()) {
      if (isAnswer(song)) {
        if (answer == null) {
          answer = answerIn(song);
        }
      } else if (audio == null) {
        audio = song;
      }
    }
  }

  private static boolean isAnswer(Path song) throws IOException {
    if (Files.isDirectory(song)) {
      throw new IOException(song + ": is a folder, not a song or an answer");
    }
    try (var in = Files.newInputStream(song)) {
      for (byte b : in.readNBytes(64)) {
        if (!Character.isWhitespace(b)) {
          return b == '{';
        }
      }
    }
    return false;
  }

  private static Prediction answerIn(Path file) throws IOException {
    try {
      String first = Files.readString(file).strip().lines().findFirst().orElse("");
      Prediction prediction = Prediction.fromJson(first);
      if (prediction.probabilities() == null) {
        throw new IOException("there is no answer in it: " + prediction.error());
      }
      return prediction;
    } catch (IOException e) {
      throw new IOException(file + ": not an answer of classify --json: " + e.getMessage(), e);
    }
  }

  /** Figure 3, from the dataset if there is one, else from what an earlier report kept. */
  private void addMeans() throws IOException {
    Path kept = request.run().resolve(MeanSpectrograms.FILE);
    if (dataset != null) {
      means = MeanSpectrograms.of(dataset);
      if (isDataOfRun(dataset)) {
        means.write(kept);
      } else {
        missing.add(
            "a copy of the mean spectrograms in the run's folder: the run was trained on other"
                + " tracks than figures 3 and 12 are of, those of "
                + dataset.folder());
      }
    } else if (Files.exists(kept)) {
      means = MeanSpectrograms.read(kept);
    }
    addOr(
        means == null ? null : MeanFigures.means(means, features()),
        "figures 3 and 12, mean spectrograms: they need the dataset's pictures, --data DATASET");
  }

  /** The part that the run is of, where it left genres out. */
  private PreparedDataset ofItsGenres(PreparedDataset whole) {
    boolean isPart = run.genres().size() < whole.catalog().genres().size();
    return isPart && whole.catalog().genres().containsAll(run.genres())
        ? whole.only(run.genres())
        : whole;
  }

  private boolean isDataOfRun(PreparedDataset data) throws IOException {
    return data.digest().equals(run.description().path("data_digest").asText());
  }

  private FeatureConfig features() {
    return dataset == null ? run.features() : dataset.features();
  }

  /** Figures 5 to 7. */
  private void addExample() throws IOException {
    Example example = null;
    if (audio != null) {
      example = heard(audio);
    } else if (dataset != null) {
      example = seen(dataset);
    }
    if (example == null) {
      missing.add(
          "figures 5 to 7, a spectrogram and its augmentations: they need a sound, --song FILE or"
              + " --data DATASET");
      return;
    }
    ClipScaler scaler = run.model().scaler(run.features());
    figures.add(SpectrogramFigures.example(example));
    figures.add(
        SpectrogramFigures.augmentations(
            example, run.augmentation(), scaler, run.clipSeconds(), run.seed()));
    figures.add(
        SpectrogramFigures.combined(
            example, run.augmentation(), scaler, run.clipSeconds(), run.seed()));
  }

  private Example heard(Path file) throws IOException {
    try {
      Spectrogram levels = new FileAnalyser(run.features()).analyse(file).spectrogram();
      return new Example(String.valueOf(file.getFileName()), levels, "dB", run.features());
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /** The dataset's first track; in dB if its index knows the range of its picture. */
  private static Example seen(PreparedDataset data) throws IOException {
    Track track = data.catalog().usable().get(0);
    Spectrogram pixels = data.spectrogram(track);
    if (Double.isNaN(track.dbMin()) || Double.isNaN(track.dbMax())) {
      return new Example(track.track(), pixels, "grey level of the picture", data.features());
    }
    float[] levels = new float[pixels.values().length];
    for (int i = 0; i < levels.length; i++) {
      double part = pixels.values()[i] / 255;
      levels[i] = (float) (track.dbMin() + part * (track.dbMax() - track.dbMin()));
    }
    Spectrogram decibels = new Spectrogram(levels, pixels.bins(), pixels.frames());
    return new Example(track.track(), decibels, "dB", data.features());
  }

  private void addHistory(
      @Nullable EpochTable history,
      @Nullable RunMetrics metrics,
      @Nullable PublishedRun published) {
    addOr(
        history == null
            ? null
            : HistoryFigures.history(
                "08-history", "Accuracy and loss in each epoch", "nats", history, settled(metrics)),
        "figure 8, epochs: the run has no history.csv; tonearm train writes it");
    if (published != null) {
      figures.add(
          HistoryFigures.history(
              "08-history-published",
              "Accuracy and loss in each epoch: the published run",
              "nats, penalty included",
              published.history(),
              null));
    }
  }

  private static HistoryFigures.@Nullable Settled settled(@Nullable RunMetrics metrics) {
    if (metrics == null || metrics.valid() == null) {
      return null;
    }
    Metrics clips = metrics.valid().clips();
    Double loss = clips.negativeLogLikelihood();
    return new HistoryFigures.Settled(clips.accuracy(), loss == null ? Double.NaN : loss);
  }

  private void addScores(@Nullable RunMetrics metrics, @Nullable PublishedRun published) {
    List<Side> ours = metrics == null ? List.of() : ScoreFigures.sides(metrics);
    List<Side> theirs =
        published == null
            ? List.of()
            : ScoreFigures.sides(published.training(), published.validation());
    if (ours.isEmpty()) {
      missing.add(
          "figures 9 and 10, confusion and scores: the run has no predictions.csv; tonearm train"
              + " writes it at the end");
    } else {
      figures.add(ScoreFigures.confusion("09-confusion", "What is taken for what", ours));
    }
    if (!theirs.isEmpty()) {
      figures.add(
          ScoreFigures.confusion(
              "09-confusion-published", "What is taken for what: " + published(), theirs));
    }
    if (!ours.isEmpty()) {
      figures.add(ScoreFigures.scores("10-scores", "Scores by genre", ours));
    }
    if (!theirs.isEmpty()) {
      figures.add(
          ScoreFigures.scores("10-scores-published", "Scores by genre: " + published(), theirs));
    }
  }

  private void addAnswer() throws IOException {
    if (answer != null) {
      figures.add(ScoreFigures.answer(answer, null));
      return;
    }
    RunFolder.Answer example = run.example();
    addOr(
        example == null ? null : ScoreFigures.answer(example.prediction(), example.trueGenre()),
        "figure 11, one song's answer: it needs predictions.csv, or an answer, --song ANSWER.json");
  }
}
