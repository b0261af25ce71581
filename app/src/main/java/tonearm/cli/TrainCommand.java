package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Split;
import tonearm.eval.RunMetrics;
import tonearm.model.GenreNet;
import tonearm.model.ModelBundle;
import tonearm.model.ModelConfig;
import tonearm.provenance.Json;
import tonearm.terminal.Interruption;
import tonearm.terminal.Interruption.Stopped;
import tonearm.terminal.Progress;
import tonearm.terminal.Text;
import tonearm.train.Pretrained;
import tonearm.train.Run;
import tonearm.train.TrainConfig;
import tonearm.train.Trainer;
import tonearm.train.TrainingException;

@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Trains a network on a prepared dataset, or on a folder of music, SRC/<genre>/<file>, which is"
          + " prepared in RUN/data first.",
      "With --init it is a trained network that is taught your own genres, for which some tracks of"
          + " each are enough. Mixup, weight decay, smoothing, crops and augmentation are then as for"
          + " tonearm-base unless given; epochs, batch and averaging fit the number of clips.",
      "After each epoch the folder is whole: stopped at any time, the same command with --resume goes"
          + " on. At the end RUN/model is a bundle for tonearm classify --model RUN/model."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tonearm train ~/Music/by-genre --init tonearm-base --out mine",
      "  tonearm train ~/datasets/mine --model tonearm-base --out runs/first",
      "  tonearm train ~/datasets/mine --model tonearm-base --out runs/first --resume"
    })
final class TrainCommand implements Callable<Integer> {
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

  @Mixin private SplitOptions split;

  @Mixin private RecipeOptions recipe;

  @Option(names = "--resume", description = "Go on with the run in RUN.")
  private boolean resume;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "What the bundle is called. Default: the architecture's name; with --init that of the run"
              + " folder.")
  private @Nullable String name;

  @Option(
      names = "--notes",
      paramLabel = "FILE",
      description = "Markdown for the model card: what the data are, their licence, intended use.")
  private @Nullable Path notes;

  @Option(
      names = "--measured-by",
      paramLabel = "RUN",
      description =
          "A cross-validation of the same recipe on the same data: what the bundle and its card say"
              + " it is worth. For --all-tracks.")
  private @Nullable Path measuredBy;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TrainCommand() {}

  @Override
  public Integer call() throws IOException, TrainingException, InterruptedException {
    if (split.isContradiction()) {
      throw new ParameterException(
          spec.commandLine(),
          "only one of --split, --split-seed and --all-tracks can decide the split");
    }
    recipe.check();
    ModelConfig architecture = recipe.architecture();
    Pretrained init = recipe.init();
    Run before = Files.exists(runFile()) && resume ? Json.read(runFile(), Run.class) : null;
    String noteText = notes == null ? null : Text.read(notes);
    if (measuredBy != null) {
      RunBundle.readMeasured(measuredBy); // told before an hour's training, not after it
    }
    PrintWriter err = spec.commandLine().getErr();
    Interruption.guard();
    TrainingData opened = TrainingData.open(data, selection, out, before != null, init, err);
    PreparedDataset dataset = opened.dataset();
    Split sides = split.read(opened.whole(), dataset, recipe.seed());
    if (sides.isByClip()) {
      throw new IOException(
          "the split deals clips, not tracks, so that a song is on both sides; only tonearm crossval"
              + " --protocol clip trains on such");
    }
    sides = selection.limit(sides, dataset.catalog(), recipe.seed());
    TrainConfig config = recipe.config(before, null, recipe.clips(dataset, sides));
    if (measuredBy != null) {
      RunBundle.requireMeasures(
          measuredBy, Run.ofRecipe(dataset, sides, architecture, config, init), out); // likewise
    }
    try (Progress progress = new Progress("Training", 1, " clips")) {
      Trainer trainer =
          new Trainer(
              dataset,
              sides,
              architecture,
              config,
              out,
              new TrainingProgress(progress, err, config.epochs(), ""),
              init);
      if (resume && trainer.isFinished() && hasItsBundle(architecture, init)) {
        err.println("tonearm: " + out + " is finished already");
        printScores();
        return opened.status();
      }
      try (GenreNet net = trainer.train(resume)) {
        RunBundle.write(out, net, bundleName(init), noteText, measuredBy);
      }
    } catch (InterruptedException e) {
      throw new Stopped("stopped; go on with the same command and --resume", e);
    }
    printScores();
    return opened.status();
  }

  /** Whether the bundle is there, whole, and as this command would write it. */
  private boolean hasItsBundle(ModelConfig architecture, @Nullable Pretrained init) {
    if (!RunBundle.isIn(out) || notes != null || measuredBy != null) {
      return false;
    }
    String wanted = bundleName(init);
    try {
      String called = ModelBundle.load(out.resolve(RunBundle.FOLDER)).description().name();
      return called.equals(wanted == null ? architecture.architecture() : wanted);
    } catch (IOException e) {
      return false; // damaged: it is made anew
    }
  }

  /** A network that was taught other genres is another model; one by chance is its architecture. */
  private @Nullable String bundleName(@Nullable Pretrained init) {
    if (name != null || init == null) {
      return name;
    }
    Path folder = out.toAbsolutePath().normalize().getFileName();
    return folder == null ? null : folder.toString();
  }

  private Path runFile() {
    return out.resolve(Trainer.RUN_FILE);
  }

  private void printScores() throws IOException {
    PrintWriter written = spec.commandLine().getOut();
    RunMetrics metrics = RunMetrics.read(out.resolve(RunMetrics.FILE));
    ReportCommand.print(written, "training", metrics.train());
    ReportCommand.print(written, "validation", metrics.valid());
    ReportCommand.print(written, "test", metrics.test());
    written.println("bundle: " + out.resolve(RunBundle.FOLDER));
  }
}
