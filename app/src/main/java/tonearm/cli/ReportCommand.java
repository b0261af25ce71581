package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tonearm.eval.Bootstrap;
import tonearm.eval.ClipPredictions;
import tonearm.eval.Evaluation;
import tonearm.eval.RunMetrics;
import tonearm.model.ModelBundle;
import tonearm.model.NetworkGraph;
import tonearm.provenance.Json;
import tonearm.report.CalibrationSection;
import tonearm.report.CardNotes;
import tonearm.report.Comparison;
import tonearm.report.LearningCurve;
import tonearm.report.ModelCard;
import tonearm.report.Report;
import tonearm.terminal.Text;
import tonearm.train.Run;
import tonearm.train.Trainer;

@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = {
      "Makes the numbers and figures of a run again from its folder: metrics.json, the model card,"
          + " every figure as SVG and PNG, and one page with all of it, report.html.",
      "Needs run.json and predictions.csv; loads no model. Pictures of sound are drawn from the"
          + " dataset or a song.",
      "With --compare, draws several runs epoch by epoch in one figure instead; with"
          + " --learning-curve, how often they are right by how many tracks they were trained on."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tonearm report docs/runs/reference-unet --song samples/twelve-bar-blues.mp3",
      "  tonearm report my-run --data my-data",
      "  tonearm report my-run --measured-by my-folds --bundle my-run/model",
      "  tonearm report run-1 run-2 run-3 --compare comparison",
      "  tonearm report taught-10 taught-50 scratch-10 scratch-50 --learning-curve curve"
    })
final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "RUN",
      arity = "1..*",
      description = "A finished run folder; with --compare or --learning-curve, several.")
  private List<Path> runs;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "What the card calls the model. Default: as RUN's bundle is called, else its"
              + " architecture.")
  private @Nullable String name;

  @Option(
      names = "--notes",
      paramLabel = "FILE",
      description = "Markdown for the card, as in train. Default: that of RUN's bundle.")
  private @Nullable Path notes;

  @Option(
      names = "--card",
      paramLabel = "FILE",
      description = "Where the card is written. Default: MODEL_CARD.md beside the page.")
  private @Nullable Path card;

  @Option(
      names = "--measured-by",
      paramLabel = "RUN",
      description =
          "A cross-validation of the same recipe: the card's figures are its. For a run on all tracks.")
  private @Nullable Path measuredBy;

  @Option(
      names = "--bundle",
      paramLabel = "NAME|DIR",
      description =
          "With --measured-by: only put its figures into this model and its card, which RUN made"
              + " elsewhere or earlier. Needs run.json.")
  private @Nullable String bundle;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description = "Where figures and page are written. Default: RUN/report.")
  private @Nullable Path out;

  @Option(
      names = "--data",
      paramLabel = "DATA",
      description =
          "The prepared dataset of the run, for spectrograms. The genres' means are kept in the run"
              + " folder for the next report.")
  private @Nullable Path data;

  @Option(
      names = "--song",
      paramLabel = "FILE",
      description =
          "A song whose spectrogram is shown, or an answer of classify --json, perhaps with"
              + " --timeline, that is drawn. May be given for one of each.")
  private List<Path> songs = List.of();

  @Option(
      names = "--published",
      paramLabel = "DIR",
      description =
          "Numbers of the published run, to be drawn beside. Default: DATA/published-run, if it is"
              + " there.")
  private @Nullable Path published;

  @Option(
      names = "--published-genres",
      paramLabel = "GENRE",
      split = ",",
      description =
          "What the published run's classes 0 to 9 are, in order. Default: by the alphabet, as the"
              + " published report has it.")
  private List<String> publishedGenres = List.of();

  @Option(
      names = "--compare",
      paramLabel = "DIR",
      description =
          "Compare runs: their histories in a figure, what they are worth in a table; where both are"
              + " written.")
  private @Nullable Path compare;

  @Option(
      names = "--learning-curve",
      paramLabel = "DIR",
      description =
          "Compare runs by how many tracks of each genre they were trained on, those with --init"
              + " beside those without; all of the same genres and held-out tracks. Where the figure"
              + " is written.")
  private @Nullable Path learningCurve;

  @Option(
      names = "--labels",
      paramLabel = "NAME",
      split = ",",
      description = "With --compare: what to call the runs. Default: their folders' names.")
  private List<String> labels = List.of();

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ReportCommand() {}

  @Override
  public Integer call() throws IOException {
    if (bundle != null) {
      return measure(bundle);
    }
    if (learningCurve != null) {
      return learningCurve(learningCurve);
    }
    if (compare != null) {
      return compare(compare);
    }
    if (runs.size() > 1) {
      throw wrong("one RUN makes a report; --compare DIR and --learning-curve DIR compare several");
    }
    if (!labels.isEmpty()) {
      throw wrong("--labels belong to --compare");
    }
    Path run = runs.get(0);
    Path folder = out == null ? run.resolve("report") : out;
    Report.Request request = request(run, folder);
    Run described = Json.read(run.resolve(Trainer.RUN_FILE), Run.class);
    ClipPredictions predictions = ClipPredictions.read(run.resolve(ClipPredictions.FILE));
    RunMetrics metrics = metrics(run, predictions, described.training().seed());
    metrics.write(run.resolve(RunMetrics.FILE));
    // What the run folder does not know, its bundle's card tells.
    Path ownCard = run.resolve(RunBundle.FOLDER).resolve(ModelBundle.CARD_FILE);
    String calibration = CalibrationSection.of(ownCard);
    String noteText = notes == null ? CardNotes.of(ownCard) : Text.read(notes);
    String called = name == null ? RunBundle.name(run, described) : name;
    Overwriting.requireNoSound(spec, "--card", card);
    Path target = card == null ? folder.resolve(ModelBundle.CARD_FILE) : card;
    if (measuredBy != null) {
      RunBundle.requireMeasures(measuredBy, described, run);
    }
    ModelCard.write(
        run, measuredBy == null ? run : measuredBy, facts(described, called, noteText), target);
    if (calibration != null) {
      CalibrationSection.put(target, calibration);
    }
    Report.Outcome made = Report.write(request);
    PrintWriter err = spec.commandLine().getErr();
    made.missing().forEach(line -> err.println("tonearm: not made: " + line));
    err.flush();
    PrintWriter answers = spec.commandLine().getOut();
    print(answers, "training", metrics.train());
    print(answers, "validation", metrics.valid());
    print(answers, "test", metrics.test());
    if (made.history() != null) {
      answers.print(HistoryTable.of("this run", made.history()));
    }
    if (made.publishedHistory() != null) {
      answers.print(HistoryTable.of("published run", made.publishedHistory()));
    }
    if (made.published() != null) {
      answers.print(ScoreTable.ofVotes("published", made.published()));
      answers.print(ScoreTable.byGenre(made.published()));
    }
    if (made.order() != null) {
      answers.print(ScoreTable.ofOrder(made.order(), made.heldOutOrder()));
    }
    answers.println("card: " + target);
    answers.println("report: " + made.page() + ", " + made.figures().size() + " figures");
    return Tonearm.OK;
  }

  private Report.Request request(Path run, Path folder) {
    if (!publishedGenres.isEmpty() && publishedRun() == null) {
      throw wrong("--published-genres name the classes of a run given with --published");
    }
    try {
      return new Report.Request(run, data, songs, publishedRun(), publishedGenres, folder);
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  private int measure(String called) throws IOException {
    boolean isOfCard = name != null || card != null;
    boolean isOfSeveral = compare != null || learningCurve != null || !labels.isEmpty();
    if (measuredBy == null || runs.size() > 1 || isOfCard || isOfPage() || isOfSeveral) {
      throw wrong("--bundle takes one RUN, --measured-by and perhaps --notes");
    }
    Path model = Models.find(called);
    RunBundle.measure(runs.get(0), model, notes == null ? null : Text.read(notes), measuredBy);
    spec.commandLine().getOut().println("measured: " + model);
    return Tonearm.OK;
  }

  private int learningCurve(Path folder) throws IOException {
    if (compare != null || !labels.isEmpty() || isOfOneRun()) {
      throw wrong("--learning-curve takes runs only");
    }
    LearningCurve curve = LearningCurve.read(runs);
    curve.write(folder);
    PrintWriter answers = spec.commandLine().getOut();
    answers.print(curve.table());
    answers.println("learning curve: " + folder.resolve(LearningCurve.NAME + ".svg"));
    return Tonearm.OK;
  }

  private int compare(Path folder) throws IOException {
    if (isOfOneRun()) {
      throw wrong("--compare takes runs and --labels only");
    }
    if (!labels.isEmpty() && labels.size() != runs.size()) {
      throw wrong(labels.size() + " --labels for " + runs.size() + " runs");
    }
    List<Comparison.NamedRun> named = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      Path run = runs.get(i);
      String label =
          labels.isEmpty() ? String.valueOf(run.normalize().getFileName()) : labels.get(i);
      named.add(new Comparison.NamedRun(label, run));
    }
    Comparison comparison;
    try {
      comparison = Comparison.read(named);
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
    comparison.write(folder);
    PrintWriter answers = spec.commandLine().getOut();
    answers.print(comparison.table());
    answers.println("comparison: " + folder.resolve(Comparison.NAME + ".svg"));
    return Tonearm.OK;
  }

  /** Whether something is asked that only the report of a single run has. */
  private boolean isOfOneRun() {
    return name != null || notes != null || card != null || measuredBy != null || isOfPage();
  }

  private boolean isOfPage() {
    boolean shows = data != null || !songs.isEmpty() || out != null;
    return shows || published != null || !publishedGenres.isEmpty();
  }

  private ParameterException wrong(@Nullable String message) {
    return new ParameterException(spec.commandLine(), String.valueOf(message));
  }

  private @Nullable Path publishedRun() {
    if (published != null || data == null) {
      return published;
    }
    return Report.publishedRunIn(data);
  }

  private static RunMetrics metrics(Path run, ClipPredictions predictions, long seed)
      throws IOException {
    try {
      return RunMetrics.of(predictions, Bootstrap.withSeed(seed));
    } catch (IllegalArgumentException e) {
      throw new IOException(run.resolve(ClipPredictions.FILE) + ": " + e.getMessage(), e);
    }
  }

  /** Prints one side of a run's numbers, if the run has that side. */
  static void print(PrintWriter out, String side, @Nullable Evaluation evaluation) {
    if (evaluation != null) {
      out.print(ScoreTable.of(side, evaluation));
    }
  }

  /** What a model card tells of the network itself. */
  static ModelCard.Facts facts(Run run, String name, @Nullable String notes) {
    NetworkGraph graph = run.model().graph(run.genres().size());
    return new ModelCard.Facts(name, graph.parameters(), graph.inputShape().toString(), notes);
  }
}
