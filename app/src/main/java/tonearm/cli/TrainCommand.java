package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
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
import tonearm.eval.Evaluation;
import tonearm.eval.RunMetrics;
import tonearm.features.Augmentation;
import tonearm.features.ClipGrid;
import tonearm.model.GenreNet;
import tonearm.model.ModelBundle;
import tonearm.model.ModelBundle.Description;
import tonearm.model.ModelConfig;
import tonearm.model.Precision;
import tonearm.provenance.Json;
import tonearm.provenance.Machine;
import tonearm.report.ModelCard;
import tonearm.train.EpochRecord;
import tonearm.train.Run;
import tonearm.train.TrainConfig;
import tonearm.train.Trainer;
import tonearm.train.TrainingException;
import tonearm.train.TrainingListener;

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
  /** The bundle's folder in a run folder. */
  static final String BUNDLE = "model";

  private static final String AUTO = "auto";

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DATA", description = "A prepared dataset; see tonearm prepare.")
  private Path data;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      required = true,
      description = "The architecture; see tonearm models.")
  private String model;

  @Option(names = "--out", paramLabel = "RUN", required = true, description = "The run folder.")
  private Path out;

  @Mixin private SplitOptions split;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "" + TrainConfig.DEFAULT_EPOCHS,
      description = "Times through the training clips. Default: ${DEFAULT-VALUE}.")
  private int epochs;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "" + TrainConfig.DEFAULT_BATCH_SIZE,
      description = "Clips a step. Default: ${DEFAULT-VALUE}.")
  private int batchSize;

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      defaultValue = "" + TrainConfig.DEFAULT_LEARNING_RATE,
      description = "Of Adam. Default: ${DEFAULT-VALUE}.")
  private double learningRate;

  @Option(
      names = "--l2",
      paramLabel = "X",
      defaultValue = "" + TrainConfig.DEFAULT_L2,
      description = "Weight of the penalty on kernels. Default: ${DEFAULT-VALUE}.")
  private double l2;

  @Option(
      names = "--augmentation",
      paramLabel = "none|published|strong",
      defaultValue = "published",
      description =
          "How training clips are changed at random: not at all; noise, time shift and masks; these"
              + " and time stretch, pitch shift, low-pass and tilt. Default: ${DEFAULT-VALUE}.")
  private String augmentation;

  @Option(names = "--no-augmentation", description = "The same as --augmentation none.")
  private boolean noAugmentation;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Decides initial weights, order, augmentation, dropout, and the split unless one is given."
              + " Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--precision",
      paramLabel = "auto|bf16|fp32",
      defaultValue = AUTO,
      description = "Arithmetic. Default: bf16 where the CPU has it, the run's own with --resume.")
  private String precision;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Cores to use. Default: all. Results repeat bit for bit with fp32 and 1.")
  private @Nullable Integer threads;

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
    ModelConfig architecture = ModelConfig.preset(model);
    Run before = Files.exists(runFile()) && resume ? Json.read(runFile(), Run.class) : null;
    TrainConfig config = config(before);
    String noteText = notes == null ? null : Text.read(notes);
    PreparedDataset dataset = PreparedDataset.open(data);
    Split sides = split.read(dataset.catalog(), seed);
    PrintWriter err = spec.commandLine().getErr();
    Interruption.guard();
    try (Progress progress = new Progress("Training", 1, " clips")) {
      Trainer trainer =
          new Trainer(dataset, sides, architecture, config, out, listener(progress, err));
      try (GenreNet net = trainer.train(resume)) {
        writeBundle(net, noteText);
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

  /** The recipe; what would depend on this machine is taken from the run that is gone on with. */
  private TrainConfig config(@Nullable Run before) {
    Precision arithmetic =
        before != null && precision.equals(AUTO)
            ? before.training().precision()
            : Precision.of(precision, Machine.current().hasBf16());
    int cores =
        before == null ? Runtime.getRuntime().availableProcessors() : before.training().threads();
    return new TrainConfig(
        epochs,
        batchSize,
        learningRate,
        l2,
        ClipGrid.DEFAULT_CLIP_SECONDS,
        noAugmentation ? Augmentation.NONE : Augmentation.preset(augmentation),
        seed,
        arithmetic,
        threads == null ? cores : threads);
  }

  private void writeBundle(GenreNet net, @Nullable String noteText) throws IOException {
    Run run = Json.read(runFile(), Run.class);
    RunMetrics metrics = RunMetrics.read(out.resolve(RunMetrics.FILE));
    Evaluation held = metrics.test() == null ? metrics.valid() : metrics.test();
    ModelBundle.Score score =
        held == null
            ? null
            : new ModelBundle.Score(
                Text.count(held.tracks().count(), "track") + " held out by track, last epoch",
                held.clips().accuracy(),
                held.tracks().accuracy());
    String bundleName = name == null ? run.model().architecture() : name;
    Description description =
        Description.of(
            bundleName,
            run.model(),
            run.features(),
            run.training().clipSeconds(),
            run.genres(),
            score,
            run.provenance());
    Path bundle = out.resolve(BUNDLE);
    ModelBundle.write(bundle, description, net.values());
    ModelCard.Facts facts = ReportCommand.facts(run, bundleName, noteText);
    ModelCard.write(out, facts, bundle.resolve(ModelBundle.CARD_FILE));
  }

  private void printScores() throws IOException {
    PrintWriter written = spec.commandLine().getOut();
    RunMetrics metrics = RunMetrics.read(out.resolve(RunMetrics.FILE));
    ReportCommand.print(written, "training", metrics.train());
    ReportCommand.print(written, "validation", metrics.valid());
    ReportCommand.print(written, "test", metrics.test());
    written.println("bundle: " + out.resolve(BUNDLE));
  }

  private TrainingListener listener(Progress progress, PrintWriter err) {
    return new TrainingListener() {
      @Override
      public void step(int epoch, int clips, int allClips, double loss) {
        // One bar over all epochs, so that its remaining time is that of the whole run.
        long all = (long) epochs * allClips;
        progress.to((long) (epoch - 1) * allClips + clips, all);
        progress.note(String.format(Locale.ROOT, "epoch %d, loss %.3f", epoch, loss));
      }

      @Override
      public void epoch(EpochRecord r) {
        err.printf(
            Locale.ROOT,
            "epoch %d/%d  train: loss %.3f, %.1f %% right  valid: loss %.3f, %.1f %% right  %.1f"
                + " clips/s, %.0f s%n",
            r.epoch(),
            epochs,
            r.trainLoss(),
            100 * r.trainAccuracy(),
            r.validLoss(),
            100 * r.validAccuracy(),
            r.clipsPerS(),
            r.seconds());
      }

      @Override
      public void settling(int batches, int allBatches) {
        progress.to(batches, allBatches);
        progress.note("settling batch norm");
      }

      @Override
      public void evaluating(int clipsDone, int allClips) {
        progress.to(clipsDone, allClips);
        progress.note("evaluating");
      }
    };
  }
}
