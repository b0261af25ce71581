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
import tonearm.model.ModelConfig;
import tonearm.provenance.Json;
import tonearm.train.Run;
import tonearm.train.TrainConfig;
import tonearm.train.Trainer;
import tonearm.train.TrainingException;

@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Trains a network on a prepared dataset, in a run folder.",
      "After each epoch the folder is whole: stopped at any time, the same command with --resume goes"
          + " on. At the end RUN/model is a bundle for tonearm classify --model RUN/model."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tonearm train ~/datasets/mine --model reference-unet --out runs/first",
      "  tonearm train ~/datasets/mine --model reference-unet --out runs/first --resume"
    })
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DATA", description = "A prepared dataset; see tonearm prepare.")
  private Path data;

  @Option(names = "--out", paramLabel = "RUN", required = true, description = "The run folder.")
  private Path out;

  @Mixin private SplitOptions split;

  @Mixin private RecipeOptions recipe;

  @Option(names = "--resume", description = "Go on with the run in RUN.")
  private boolean resume;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What the bundle is called. Default: the architecture's name.")
  private @Nullable String name;

  @Option(
      names = "--notes",
      paramLabel = "FILE",
      description = "Markdown for the model card: what the data are, their licence, intended use.")
  private @Nullable Path notes;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TrainCommand() {}

  @Override
  public Integer call() throws IOException, TrainingException, InterruptedException {
    if (split.isContradiction()) {
      throw new ParameterException(
          spec.commandLine(), "--split and --split-seed cannot both decide the split");
    }
    ModelConfig architecture = recipe.architecture();
    Run before = Files.exists(runFile()) && resume ? Json.read(runFile(), Run.class) : null;
    TrainConfig config = recipe.config(before);
    String noteText = notes == null ? null : Text.read(notes);
    PreparedDataset dataset = PreparedDataset.open(data);
    Split sides = split.read(dataset.catalog(), recipe.seed());
    if (sides.isByClip()) {
      throw new IOException(
          "the split deals clips, not tracks, so that a song is on both sides; only tonearm crossval"
              + " --protocol clip trains on such");
    }
    PrintWriter err = spec.commandLine().getErr();
    Interruption.guard();
    try (Progress progress = new Progress("Training", 1, " clips")) {
      Trainer trainer =
          new Trainer(
              dataset,
              sides,
              architecture,
              config,
              out,
              new TrainingProgress(progress, err, config.epochs(), ""));
      try (GenreNet net = trainer.train(resume)) {
        RunBundle.write(out, net, name, noteText);
      }
    } catch (InterruptedException e) {
      err.println("tonearm: stopped; go on with the same command and --resume");
      throw e;
    }
    printScores();
    return Tonearm.OK;
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
