package tonearm.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tonearm.features.Augmentation;
import tonearm.features.ClipGrid;
import tonearm.model.ModelConfig;
import tonearm.model.ModelConfig.Activation;
import tonearm.model.Precision;
import tonearm.provenance.Machine;
import tonearm.train.Run;
import tonearm.train.TrainConfig;

/** Network and recipe of a training; the same words for every command that trains. */
final class RecipeOptions {
  private static final String AUTO = "auto";

  @Option(
      names = "--model",
      paramLabel = "NAME",
      required = true,
      description = "The architecture; see tonearm models.")
  private String model;

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
      description = "Weight of the penalty on kernels; 0: none. Default: ${DEFAULT-VALUE}.")
  private double l2;

  @Option(
      names = "--activation",
      paramLabel = "relu|prelu",
      description = "After convolutions. Default: the architecture's own.")
  private @Nullable Activation activation;

  @Option(names = "--no-batch-norm", description = "Leave batch normalisation out.")
  private boolean noBatchNorm;

  @Option(
      names = "--dropout",
      paramLabel = "X",
      description = "Rate of every dropout; 0: none. Default: the architecture's own.")
  private @Nullable Double dropout;

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

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  RecipeOptions() {}

  /** Times through the training clips. */
  int epochs() {
    return epochs;
  }

  /** What decides every random choice. */
  long seed() {
    return seed;
  }

  /** The network. */
  ModelConfig architecture() {
    ModelConfig preset = ModelConfig.preset(model);
    return preset.with(
        activation == null ? preset.activation() : activation,
        preset.batchNorm() && !noBatchNorm,
        dropout == null ? preset.dropout() : dropout);
  }

  /**
   * The recipe.
   *
   * @param before the run that is gone on with, which decides what would depend on this machine;
   *     null if none is
   */
  TrainConfig config(@Nullable Run before) {
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
}
