package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Protocol;
import tonearm.dataset.Split;
import tonearm.dataset.Split.Side;
import tonearm.eval.RunMetrics;
import tonearm.features.ClipGrid;
import tonearm.model.GenreNet;
import tonearm.provenance.Json;
import tonearm.terminal.Interruption;
import tonearm.terminal.Interruption.Stopped;
import tonearm.terminal.Progress;
import tonearm.terminal.Text;
import tonearm.train.CrossValidation;
import tonearm.train.FoldScore;
import tonearm.train.Folds;
import tonearm.train.Pretrained;
import tonearm.train.Run;
import tonearm.train.TrainConfig;
import tonearm.train.Trainer;
import tonearm.train.TrainingException;
import tonearm.train.TrainingListener;

@Command(
    name = "crossval",
    mixinStandardHelpOptions = true,
    description = {
      "Tells what a recipe is worth: trains it once for each fold, on all others.",
      "RUN/fold-1 and so on are runs as of tonearm train; RUN itself gathers what they hold out."
          + " Stopped at any time, the same command with --resume goes on; it may be done in parts"
          + " with --only-folds.",
      "With --init it is a trained network that is taught, anew in each fold: an honest figure for"
          + " your own genres where there are few tracks. DATA may be a folder of music, as for"
          + " train."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tonearm crossval ~/datasets/mine --model tonearm-base --out runs/folds",
      "  tonearm crossval ~/datasets/mine --init tonearm-base --out runs/taught",
      "  tonearm crossval ~/datasets/mine --model narrow-unet --protocol clip --out runs/leaking",
      "  tonearm crossval ~/datasets/mine --model narrow-unet --folds 10 --only-folds 1,2 --out runs/ten"
    })
final class CrossvalCommand implements Callable<Integer> {
  private static final int DEFAULT_FOLDS = 5;
  private static final int MAX_PARALLEL = 64;

  /** Where the archive has its lists. */
  private static final String LISTS = "splits";

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "DATA",
      description =
          "A prepared dataset; see tonearm prepare. Or a folder of music with a folder for each"
              + " genre.")
  private Path data;

  @Option(names = "--out", paramLabel = "RUN", required = true, description = "The run folder.")
  private Path out;

  @Mixin private DataOptions selection;

  @Mixin private RecipeOptions recipe;

  @Option(
      names = "--protocol",
      paramLabel = "track|clip|fault-filtered",
      defaultValue = "track",
      converter = ProtocolOfLabel.class,
      description =
          "track: whole tracks are dealt, exact duplicates together. clip: clips are dealt whatever"
              + " their track, so a song is on both sides; shows how much that flatters."
              + " fault-filtered: one division by lists, tested once at the end. Default:"
              + " ${DEFAULT-VALUE}.")
  private Protocol protocol;

  @Option(
      names = "--folds",
      paramLabel = "K",
      description = "How many folds, at least 2. Default: 5; fault-filtered has 1.")
  private @Nullable Integer folds;

  @Option(
      names = "--only-folds",
      paramLabel = "N",
      split = ",",
      description = "Train only these, from 1. Default: all.")
  private List<Integer> onlyFolds = List.of();

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Folds trained at the same time, each with --threads cores, which is 1 then unless given."
              + " Small networks use two cores better so. Default: ${DEFAULT-VALUE}.")
  private int parallel;

  @Option(
      names = "--split-seed",
      paramLabel = "N",
      description = "Deals the folds. Default: that of --seed.")
  private @Nullable Long splitSeed;

  @Option(
      names = "--lists",
      paramLabel = "DIR",
      description =
          "Where fault-filtered finds train_filtered.txt, valid_filtered.txt and"
              + " test_filtered.txt. Default: DATA/splits.")
  private @Nullable Path lists;

  @Option(names = "--resume", description = "Go on with the folds in RUN.")
  private boolean resume;

  @Option(names = "--json", description = "One JSON object: metrics, and the scores of each fold.")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  CrossvalCommand() {}

  /** What {@code --json} prints. */
  private record Outcome(
      Folds folds, List<Integer> failed, List<FoldScore> byFold, @Nullable RunMetrics metrics) {}

  @Override
  public Integer call() throws IOException, TrainingException, InterruptedException {
    int count = folds == null ? (protocol.hasFolds() ? DEFAULT_FOLDS : 1) : folds;
    SortedSet<Integer> chosen = chosen(count);
    Path runFile = out.resolve(Trainer.RUN_FILE);
    Run before = Files.exists(runFile) && resume ? Json.read(runFile, Run.class) : null;
    if (parallel < 1 || parallel > MAX_PARALLEL) {
      throw new ParameterException(
          spec.commandLine(), "--parallel must be from 1 to " + MAX_PARALLEL + ", not " + parallel);
    }
    recipe.check();
    Pretrained init = recipe.init();
    PrintWriter err = spec.commandLine().getErr();
    Interruption.guard();
    TrainingData opened = TrainingData.open(data, selection, out, before != null, init, err);
    PreparedDataset dataset = opened.dataset();
    long dealt = splitSeed == null ? recipe.seed() : splitSeed;
    List<Split> splits = new ArrayList<>();
    for (Split split :
        protocol.splits(
            dataset,
            ClipGrid.of(dataset.features(), recipe.clipSeconds()),
            count,
            dealt,
            lists == null ? data.resolve(LISTS) : lists)) {
      splits.add(selection.limit(split, dataset.catalog(), recipe.seed()));
    }
    // One recipe for all folds, of which none has many more clips than another.
    TrainConfig config =
        recipe.config(before, parallel == 1 ? null : 1, recipe.clips(dataset, splits.get(0)));
    Folds whole = new Folds(protocol, count, dealt, null);
    CrossValidation.Result result;
    try (Progress progress = new Progress("Training", 1, " clips")) {
      result =
          new CrossValidation(
                  dataset,
                  splits,
                  whole,
                  recipe.architecture(),
                  config,
                  out,
                  new FoldWatch(progress, err, count, config.epochs()),
                  init)
              .run(chosen, parallel, resume);
    } catch (InterruptedException e) {
      throw new Stopped("stopped; go on with the same command and --resume", e);
    }
    print(result, whole);
    if (result.failed().isEmpty()) {
      return opened.status();
    }
    return result.diverged().equals(result.failed()) ? Tonearm.DIVERGED : Tonearm.FAILED;
  }

  private SortedSet<Integer> chosen(int count) {
    SortedSet<Integer> chosen = new TreeSet<>(onlyFolds);
    if (chosen.isEmpty()) {
      for (int fold = 1; fold <= count; fold++) {
        chosen.add(fold);
      }
    }
    for (int fold : chosen) {
      if (fold < 1 || fold > count) {
        throw new ParameterException(
            spec.commandLine(), "--only-folds must be from 1 to " + count + ", not " + fold);
      }
    }
    return chosen;
  }

  /** What a person or a log sees of the folds, and the bundle that each leaves. */
  private static final class FoldWatch implements CrossValidation.Listener {
    private final Progress progress;
    private final PrintWriter err;
    private final int count;
    private final int epochs;

    FoldWatch(Progress progress, PrintWriter err, int count, int epochs) {
      this.epochs = epochs;
      this.progress = progress;
      this.err = err;
      this.count = count;
    }

    private String label(int fold) {
      return "fold " + fold + "/" + count;
    }

    @Override
    public TrainingListener begins(int fold) {
      return new TrainingProgress(progress, err, epochs, label(fold) + ", ");
    }

    @Override
    public void finished(Path folder, GenreNet net) throws IOException {
      RunBundle.write(folder, net, null, null, null);
    }

    @Override
    public boolean isComplete(Path folder) {
      return RunBundle.isIn(folder);
    }

    @Override
    public void skipped(int fold) {
      err.println(label(fold) + ": finished before");
    }

    @Override
    public void failed(int fold, TrainingException cause) {
      err.println("tonearm: " + label(fold) + ": " + Text.oneLine(Tonearm.message(cause)));
    }
  }

  private void print(CrossValidation.Result result, Folds whole) {
    PrintWriter written = spec.commandLine().getOut();
    if (json) {
      written.print(
          Json.toText(new Outcome(whole, result.failed(), result.scores(), result.metrics())));
      written.flush();
      return;
    }
    for (FoldScore s : result.scores()) {
      written.printf(
          Locale.ROOT,
          "fold %-2d %-5s %6d clips  %5.1f %% right  %5d tracks  %5.1f %% right, by vote %5.1f %%%n",
          s.fold(),
          s.side(),
          s.clips(),
          100 * s.clipAccuracy(),
          s.tracks(),
          100 * s.trackAccuracy(),
          100 * s.voteAccuracy());
    }
    for (Side side : Side.values()) {
      List<FoldScore> of =
          result.scores().stream().filter(s -> s.side().equals(side.label())).toList();
      if (of.size() > 1) {
        written.printf(
            Locale.ROOT,
            "mean of %d folds, %-5s  clips %s  tracks %s  by vote %s%n",
            of.size(),
            side.label(),
            spread(of, FoldScore::clipAccuracy),
            spread(of, FoldScore::trackAccuracy),
            spread(of, FoldScore::voteAccuracy));
      }
    }
    RunMetrics metrics = result.metrics();
    if (metrics != null) {
      ReportCommand.print(written, "held out", metrics.valid());
      ReportCommand.print(written, "test", metrics.test());
    }
    written.flush();
  }

  /** Mean and standard deviation over folds (n - 1), in percent. */
  private static String spread(List<FoldScore> scores, ToDoubleFunction<FoldScore> of) {
    double mean = scores.stream().mapToDouble(of).average().orElse(Double.NaN);
    double squares = 0;
    for (FoldScore score : scores) {
      squares += Math.pow(of.applyAsDouble(score) - mean, 2);
    }
    double deviation = Math.sqrt(squares / (scores.size() - 1));
    return String.format(Locale.ROOT, "%.1f +- %.1f %%", 100 * mean, 100 * deviation);
  }

  /** A protocol by the name that files and the command line have for it. */
  static final class ProtocolOfLabel implements ITypeConverter<Protocol> {
    @Override
    public Protocol convert(String text) {
      List<String> labels = new ArrayList<>();
      for (Protocol protocol : Protocol.values()) {
        if (protocol.label().equals(text)) {
          return protocol;
        }
        labels.add(protocol.label());
      }
      throw new TypeConversionException(
          "'" + text + "' is no protocol; there are " + String.join(", ", labels));
    }
  }
}
