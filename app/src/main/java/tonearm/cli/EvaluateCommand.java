package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tonearm.dataset.ClipSet;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Split;
import tonearm.dataset.Split.Side;
import tonearm.dataset.Track;
import tonearm.eval.Bootstrap;
import tonearm.eval.ClipPredictions;
import tonearm.eval.Evaluation;
import tonearm.infer.DatasetAnswers;
import tonearm.model.LibTorch;
import tonearm.model.ModelBundle;
import tonearm.model.Precision;
import tonearm.provenance.Json;
import tonearm.provenance.Machine;
import tonearm.terminal.Interruption;
import tonearm.terminal.Progress;
import tonearm.terminal.Text;
import tonearm.train.CrossValidation;
import tonearm.train.Run;
import tonearm.train.Trainer;

@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = {
      "Tells how often a model is right on tracks of a prepared dataset.",
      "For a run: on the tracks that its own split holds out. For a bundle: on those of --split or"
          + " --split-seed, else on all tracks, which says something only of tracks it was not trained"
          + " on. Without DATA: by the answers that a run, or a cross-validation, stored of the"
          + " tracks it held out."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tonearm evaluate runs/first ~/datasets/mine",
      "  tonearm evaluate runs/first ~/datasets/mine --side train",
      "  tonearm evaluate tonearm-base ~/datasets/other --json",
      "  tonearm evaluate runs/first ~/datasets/mine --excerpt 3",
      "  tonearm evaluate runs/folds --excerpt 3",
      "  tonearm evaluate runs/folds ~/datasets/mine --similar"
    })
final class EvaluateCommand implements Callable<Integer> {
  /**
   * Draws the bootstrap's samples: fixed, so that the same answers give the same intervals. Those
   * that a run stored have the run's, as in its {@code metrics.json}.
   */
  private static final long BOOTSTRAP_SEED = 1;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "RUN|BUNDLE",
      description = "A run folder, or a model's name or folder.")
  private String model;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "DATA",
      description = "A prepared dataset. Without one, nothing is asked again.")
  private @Nullable Path data;

  @Mixin private SplitOptions split;

  @Option(
      names = "--side",
      paramLabel = "train|valid|test",
      defaultValue = "valid",
      description = "Which side of the split. Default: ${DEFAULT-VALUE}.")
  private Side side;

  @Option(
      names = "--excerpt",
      paramLabel = "N",
      description =
          "Judge by N clips of each track only, spread evenly, as classify --excerpt hears it."
              + " Default: all.")
  private @Nullable Integer excerpt;

  @Option(
      names = "--similar",
      description =
          "Instead tell how often the 10 tracks that the network takes to be most like a track are"
              + " of its genre. Of a cross-validation's folder: over all its folds, each among the"
              + " tracks it held out.")
  private boolean similar;

  @Option(names = "--json", description = "One JSON object, as in metrics.json.")
  private boolean json;

  @Option(
      names = "--precision",
      paramLabel = "auto|bf16|fp32",
      defaultValue = "auto",
      description = "Arithmetic of the network. Default: bf16 where the CPU has it.")
  private String precision;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  EvaluateCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (split.isContradiction()) {
      throw new ParameterException(
          spec.commandLine(),
          "only one of --split, --split-seed and --all-tracks can decide the split");
    }
    if (excerpt != null && excerpt < 1) {
      throw new ParameterException(
          spec.commandLine(), "--excerpt must be at least 1 clip, not " + excerpt);
    }
    if (similar && excerpt != null) {
      throw new ParameterException(
          spec.commandLine(), "--similar compares whole tracks: leave --excerpt out");
    }
    if (data == null) {
      Path run = Path.of(model);
      return print(stored(run), side.label(), seed(run));
    }
    Precision arithmetic = Precision.of(precision, Machine.current().hasBf16());
    PreparedDataset dataset = PreparedDataset.open(data);
    Path run = Path.of(model);
    SortedMap<Integer, Path> folders = CrossValidation.foldFolders(run);
    if (similar && !folders.isEmpty() && !split.isGiven()) {
      return similarity(dataset, folds(dataset, folders), arithmetic);
    }
    boolean isRun = Files.isRegularFile(run.resolve(Trainer.RUN_FILE));
    requireSides(isRun, !folders.isEmpty());
    Path bundle = isRun ? run.resolve(RunBundle.FOLDER) : Models.find(model);
    ClipSet clips = clips(dataset, run, isRun);
    if (clips.isEmpty()) {
      throw new IOException("the split has no tracks on its " + side.label() + " side");
    }
    if (similar) {
      requireWholeTracks(clips, run);
      return similarity(
          dataset, List.of(new SimilarityEvaluation.Fold(0, bundle, clips.tracks())), arithmetic);
    }
    warnOfLeak(dataset, clips, run, bundle, isRun);
    // Without a split there are no sides: the answers are of all tracks.
    String label = split.isGiven() || isRun ? side.label() : "all";
    Interruption.guard();
    LibTorch.load();
    ClipPredictions answers;
    try (Progress progress = new Progress("Evaluating", clips.tracks().size(), " tracks")) {
      answers = DatasetAnswers.of(bundle, dataset, clips, label, arithmetic, progress::to);
    }
    return print(answers, label, BOOTSTRAP_SEED);
  }

  private static long seed(Path run) throws IOException {
    Path file = run.resolve(Trainer.RUN_FILE);
    return Files.isRegularFile(file)
        ? Json.read(file, Run.class).training().seed()
        : BOOTSTRAP_SEED;
  }

  /** Without a split it is not known which tracks are on which side. */
  private void requireSides(boolean isRun, boolean hasFolds) {
    if (split.isGiven()) {
      return;
    }
    if (hasFolds) {
      throw new ParameterException(
          spec.commandLine(),
          model
              + " is a cross-validation, which has a network for each fold: name a fold's folder, or"
              + " leave DATA out to judge the answers of all");
    }
    if (!isRun && spec.commandLine().getParseResult().hasMatchedOption("--side")) {
      throw new ParameterException(
          spec.commandLine(),
          "--side needs a run, or a split: a model alone does not tell what it was trained on");
    }
  }

  /** The answers that a run has of its side, as its network gave them at the end. */
  private ClipPredictions stored(Path run) throws IOException {
    if (similar || split.isGiven()) {
      throw new ParameterException(
          spec.commandLine(),
          "without DATA the answers that a run stored are judged: leave --similar and the split out");
    }
    Path file = run.resolve(ClipPredictions.FILE);
    if (Files.isDirectory(file)) {
      throw new IOException(file + ": is a folder, where a run has a file");
    }
    ClipPredictions answers;
    try {
      answers = ClipPredictions.read(file).ofSplit(side.label());
    } catch (NoSuchFileException e) {
      throw new IOException(
          run + " has stored no answers (" + ClipPredictions.FILE + "); name the dataset too", e);
    }
    if (answers.clips().isEmpty()) {
      throw new IOException(file + " has no answers of the " + side.label() + " side");
    }
    return answers;
  }

  private int print(ClipPredictions whole, String label, long seed) throws IOException {
    ClipPredictions answers = excerpt == null ? whole : DatasetAnswers.excerpt(whole, excerpt);
    Evaluation evaluation = Evaluation.of(answers, Bootstrap.withSeed(seed));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(Json.toText(evaluation));
    } else {
      out.print(ScoreTable.of(label, evaluation));
      out.print(ScoreTable.byGenre(evaluation));
    }
    out.flush();
    return Tonearm.OK;
  }

  /** What a network was trained on says nothing of what it is worth. */
  private void warnOfLeak(
      PreparedDataset dataset, ClipSet asked, Path run, Path bundle, boolean isRun)
      throws IOException {
    if (split.isGiven() ? side == Side.TRAIN : isRun) {
      return; // what is asked about is known to be trained on or not
    }
    String warning = isRun ? knownToRun(dataset, asked, run) : knownToBundle(dataset, bundle);
    if (warning != null) {
      spec.commandLine().getErr().println("tonearm: warning: " + model + warning);
      spec.commandLine().getErr().flush();
    }
  }

  private static @Nullable String knownToRun(PreparedDataset dataset, ClipSet asked, Path run)
      throws IOException {
    Run made = Json.read(run.resolve(Trainer.RUN_FILE), Run.class);
    Path own = run.resolve(Trainer.SPLIT_FILE);
    if (!dataset.holds(made.genres(), made.dataDigest()) || !Files.exists(own)) {
      return null;
    }
    Set<Track> known =
        new HashSet<>(
            Split.read(own, dataset.catalog()).clips(dataset.catalog(), Side.TRAIN).tracks());
    long leaked = asked.tracks().stream().filter(known::contains).count();
    return leaked == 0
        ? null
        : " was trained on %d of these %s: the scores will be too good"
            .formatted(leaked, Text.count(asked.tracks().size(), "track"));
  }

  /** A split file is taken to be the bundle's own; a bundle does not tell which that was. */
  private @Nullable String knownToBundle(PreparedDataset dataset, Path bundle) throws IOException {
    ModelBundle.Description described = ModelBundle.describe(bundle);
    String digest = described.dataDigest();
    return digest == null || split.isFile() || !dataset.holds(described.genres(), digest)
        ? null
        : " was trained on tracks of this dataset; it is tested only by those that its own split"
            + " held out";
  }

  private int similarity(
      PreparedDataset dataset, List<SimilarityEvaluation.Fold> folds, Precision arithmetic)
      throws IOException, InterruptedException {
    Interruption.guard();
    SimilarityEvaluation.print(
        spec.commandLine().getOut(),
        SimilarityEvaluation.of(folds, dataset, arithmetic, Bootstrap.withSeed(BOOTSTRAP_SEED)),
        json);
    return Tonearm.OK;
  }

  /** Where clips are dealt, the rest of each track was trained on. */
  private void requireWholeTracks(ClipSet held, Path run) throws IOException {
    if (held.isEmpty() || !held.only().isEmpty()) {
      throw new IOException(run + " holds no whole tracks out on its " + side.label() + " side");
    }
  }

  private List<SimilarityEvaluation.Fold> folds(
      PreparedDataset dataset, SortedMap<Integer, Path> folders) throws IOException {
    List<SimilarityEvaluation.Fold> folds = new ArrayList<>();
    for (Map.Entry<Integer, Path> fold : folders.entrySet()) {
      Path folder = fold.getValue();
      ClipSet held = clips(dataset, folder, true);
      requireWholeTracks(held, folder);
      folds.add(
          new SimilarityEvaluation.Fold(
              fold.getKey(), folder.resolve(RunBundle.FOLDER), held.tracks()));
    }
    return folds;
  }

  private ClipSet clips(PreparedDataset dataset, Path run, boolean isRun) throws IOException {
    if (split.isGiven()) {
      return split.read(dataset.catalog(), 0).clips(dataset.catalog(), side);
    } else if (isRun) {
      Path own = run.resolve(Trainer.SPLIT_FILE);
      return Split.read(own, dataset.catalog()).clips(dataset.catalog(), side);
    }
    return ClipSet.all(dataset.catalog().usable());
  }
}
