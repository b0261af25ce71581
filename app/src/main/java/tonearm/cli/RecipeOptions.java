package tonearm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tonearm.dataset.ClipStream.Crops;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Split;
import tonearm.features.Augmentation;
import tonearm.model.ModelConfig;
import tonearm.model.ModelConfig.Activation;
import tonearm.model.Precision;
import tonearm.provenance.Json;
import tonearm.provenance.Machine;
import tonearm.train.FineTuning;
import tonearm.train.Pretrained;
import tonearm.train.Refinements;
import tonearm.train.Run;
import tonearm.train.TrainConfig;

/** Network and recipe of a training; the same words for every command that trains. */
final class RecipeOptions {
  private static final String AUTO = "auto";

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description =
          "The architecture; see tonearm models. Or a JSON file that holds one, as \"model\" in a"
              + " run's run.json. Default: that of --init.")
  private @Nullable String model;

  @Option(
      names = "--init",
      paramLabel = "NAME|DIR",
      description =
          "Begin with this trained model instead of chance: its name, its folder, or that of the run"
              + " that made it. The last layer is drawn anew, unless the genres are the very same;"
              + " the recipe fits how many clips there are.")
  private @Nullable String init;

  @Option(
      names = "--backbone-rate",
      paramLabel = "X",
      description =
          "With --init: part of the learning rate by which all layers but the last move, 0 to 1; 0"
              + " keeps them as they are. Default: 0.1.")
  private @Nullable Double backboneRate;

  private @Nullable Pretrained pretrained;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description =
          "Times through the training clips. Default: 25; tonearm-base: 50; with --init by how many"
              + " clips there are, 8 to 60.")
  private @Nullable Integer epochs;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Clips a step. Default: 32; with --init by how many clips there are, 8 to 32.")
  private @Nullable Integer batchSize;

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      description = "Of Adam, at its highest. Default: 0.001; tonearm-base: 0.002.")
  private @Nullable Double learningRate;

  @Option(
      names = "--l2",
      paramLabel = "X",
      description = "Weight of the penalty on kernels; 0: none. Default: 0.001; tonearm-base: 0.")
  private @Nullable Double l2;

  @Option(
      names = "--weight-decay",
      paramLabel = "X",
      description =
          "What kernels lose of themselves in a step, times the learning rate. Default: 0;"
              + " tonearm-base: 0.05.")
  private @Nullable Double weightDecay;

  @Option(
      names = "--mixup",
      paramLabel = "X",
      description =
          "Mix clips two by two, by a beta distribution of this parameter; 0: never. Default: 0;"
              + " tonearm-base: 0.5.")
  private @Nullable Double mixup;

  @Option(
      names = "--label-smoothing",
      paramLabel = "X",
      description = "Part of the target that all genres share. Default: 0; tonearm-base: 0.1.")
  private @Nullable Double labelSmoothing;

  @Option(
      names = "--weight-average",
      paramLabel = "X",
      description =
          "Keep the average of the weights over time, so much of it at each step; 0: keep the last"
              + " step's. Default: 0; tonearm-base: 0.995.")
  private @Nullable Double weightAverage;

  @Option(
      names = "--crops",
      paramLabel = "grid|random",
      description =
          "Where training clips lie: as those that are answered, or anywhere in a track. Default:"
              + " grid; tonearm-base: random.")
  private @Nullable Crops crops;

  @Option(
      names = "--activation",
      paramLabel = "relu|prelu|keras_prelu",
      description =
          "After convolutions. prelu learns a slope a channel from 0.25 on, as PyTorch does;"
              + " keras_prelu one for each place of each channel from 0 on, as Keras does. Default:"
              + " the architecture's own.")
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
      paramLabel = "none|published|strong|wide",
      description =
          "How training clips are changed at random: not at all; noise, time shift and masks; these"
              + " and time stretch, pitch shift, low-pass and tilt; wide: the same kinds without"
              + " time shift, at strengths of its own. Or a JSON file, as \"augmentation\" in run.json. Default: published;"
              + " tonearm-base: wide.")
  private @Nullable String augmentation;

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

  /** What decides every random choice. */
  long seed() {
    return seed;
  }

  /**
   * The trained network to begin with; null for chance.
   *
   * @throws IOException if there is no such model, or it is damaged
   */
  @Nullable Pretrained init() throws IOException {
    if (init == null && backboneRate != null) {
      throw new IllegalArgumentException("--backbone-rate goes with --init only");
    }
    if (init != null && pretrained == null) {
      pretrained =
          Pretrained.load(Models.find(init), or(backboneRate, Pretrained.DEFAULT_BACKBONE_RATE));
    }
    return pretrained;
  }

  /**
   * The network.
   *
   * @throws IOException if it is to be read from a file and cannot be
   */
  ModelConfig architecture() throws IOException {
    Pretrained from = init();
    if (from == null && model == null) {
      throw new IllegalArgumentException(
          "which network? --model names an architecture, --init a trained model to begin with");
    }
    ModelConfig named = model == null ? null : named(model);
    ModelConfig taught = from == null ? null : from.description().model();
    if (named != null && taught != null && !named.equals(taught)) {
      throw new IllegalArgumentException(
          "--model %s is not the network of --init %s, which is %s: leave --model out"
              .formatted(
                  model,
                  init,
                  named.architecture().equals(taught.architecture())
                      ? taught.architecture() + " with other values"
                      : taught.architecture()));
    }
    ModelConfig plain = Objects.requireNonNull(taught == null ? named : taught);
    ModelConfig asked =
        plain.with(
            activation == null ? plain.activation() : activation,
            plain.batchNorm() && !noBatchNorm,
            dropout == null ? plain.dropout() : dropout);
    if (taught != null
        && !asked.equals(taught.with(taught.activation(), taught.batchNorm(), asked.dropout()))) {
      throw new IllegalArgumentException(
          "with --init the network is that of "
              + init
              + "; of its ingredients only --dropout can be changed");
    }
    return asked;
  }

  private static ModelConfig named(String nameOrFile) throws IOException {
    return isFile(nameOrFile)
        ? read(nameOrFile, ModelConfig.class)
        : ModelConfig.preset(nameOrFile);
  }

  /** Length of a clip, which decides where a split by clip deals, seconds. */
  double clipSeconds() throws IOException {
    Pretrained from = init();
    return from == null
        ? TrainConfig.recipeOf(architecture().architecture(), seed, Precision.FP32, 1).clipSeconds()
        : from.description().clipSeconds();
  }

  /** How many clips there are to train on, as far as the recipe hangs on it: with --init. */
  int clips(PreparedDataset dataset, Split split) throws IOException {
    return init() == null ? 1 : FineTuning.clips(dataset, split, clipSeconds());
  }

  /**
   * Looks at all that is asked for, before anything is done that takes its time.
   *
   * @throws IOException if a file that is named cannot be read
   */
  void check() throws IOException {
    config(null, null, 1);
  }

  private static boolean isFile(String nameOrFile) {
    return nameOrFile.endsWith(".json");
  }

  private static <T> T read(String file, Class<T> type) throws IOException {
    Path path = Path.of(file);
    if (!Files.exists(path)) {
      throw new IOException(file + ": no such file");
    }
    return Json.read(path, type);
  }

  /**
   * The recipe: the architecture's own, or with --init that of {@link FineTuning}, but for what is
   * asked for.
   *
   * @param before the run that is gone on with, which decides what would depend on this machine;
   *     null if none is
   * @param defaultThreads unless --threads says otherwise; null for all cores
   * @param clips as {@link #clips} counts them
   * @throws IOException if the augmentation is to be read from a file and cannot be
   */
  TrainConfig config(@Nullable Run before, @Nullable Integer defaultThreads, int clips)
      throws IOException {
    Precision arithmetic =
        before != null && precision.equals(AUTO)
            ? before.training().precision()
            : Precision.of(precision, Machine.current().hasBf16());
    int cores =
        before == null
            ? or(defaultThreads, Runtime.getRuntime().availableProcessors())
            : before.training().threads();
    TrainConfig own =
        TrainConfig.recipeOf(
            architecture().architecture(), seed, arithmetic, threads == null ? cores : threads);
    Pretrained from = init();
    if (from != null) {
      own = FineTuning.recipe(own, from.description(), clips);
    }
    return new TrainConfig(
        or(epochs, own.epochs()),
        or(batchSize, own.batchSize()),
        or(learningRate, own.learningRate()),
        or(l2, own.l2()),
        own.clipSeconds(),
        augmentation(own),
        seed,
        arithmetic,
        own.threads(),
        refinements(own));
  }

  private Augmentation augmentation(TrainConfig own) throws IOException {
    if (noAugmentation) {
      return Augmentation.NONE;
    } else if (augmentation == null) {
      return own.augmentation();
    }
    return isFile(augmentation)
        ? read(augmentation, Augmentation.class)
        : Augmentation.preset(augmentation);
  }

  private @Nullable Refinements refinements(TrainConfig own) {
    boolean asked =
        weightDecay != null
            || mixup != null
            || labelSmoothing != null
            || weightAverage != null
            || crops != null;
    Refinements of = own.refinements();
    if (!asked) {
      return of;
    }
    Refinements plain = of == null ? Refinements.NONE : of;
    return new Refinements(
        plain.warmUp(),
        or(weightDecay, plain.weightDecay()),
        or(mixup, plain.mixup()),
        or(labelSmoothing, plain.labelSmoothing()),
        or(weightAverage, plain.averaging()),
        crops == null ? plain.randomCrops() : crops == Crops.RANDOM);
  }

  private static <T> T or(@Nullable T asked, T own) {
    return asked == null ? own : asked;
  }
}
