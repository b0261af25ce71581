package tonearm.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import tonearm.dataset.ClipStream.Crops;
import tonearm.features.Augmentation;
import tonearm.features.ClipGrid;
import tonearm.model.ModelConfig;
import tonearm.model.Precision;

/**
 * A training recipe. The defaults are the published run's where it tells them, Keras's where it
 * does not.
 *
 * @param epochs times through the training clips, 1 to 10000; default 25
 * @param batchSize clips a step, 1 to 4096; default 32
 * @param learningRate of Adam, more than 0; default 0.001
 * @param l2 weight of the penalty {@code l2 * sum(kernel^2)} that is added to the loss, as Keras
 *     has it; at least 0; default 0.001
 * @param clipSeconds length of a clip, more than 0; default 6
 * @param augmentation of the training clips; default {@link Augmentation#PUBLISHED}
 * @param seed decides initial weights, order, augmentation and dropout; default 1
 * @param precision arithmetic; default bf16 where the CPU has it
 * @param threads cores of one operation, at least 1; results repeat bit for bit only for one number
 * @param refinements what the published recipe does not do; null to leave it all
 */
public record TrainConfig(
    @JsonProperty(required = true) int epochs,
    @JsonProperty(required = true) int batchSize,
    @JsonProperty(required = true) double learningRate,
    @JsonProperty(required = true) double l2,
    @JsonProperty(required = true) double clipSeconds,
    @JsonProperty(required = true) Augmentation augmentation,
    @JsonProperty(required = true) long seed,
    @JsonProperty(required = true) Precision precision,
    @JsonProperty(required = true) int threads,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Refinements refinements) {

  /** A recipe without refinements. */
  public TrainConfig(
      int epochs,
      int batchSize,
      double learningRate,
      double l2,
      double clipSeconds,
      Augmentation augmentation,
      long seed,
      Precision precision,
      int threads) {
    this(
        epochs,
        batchSize,
        learningRate,
        l2,
        clipSeconds,
        augmentation,
        seed,
        precision,
        threads,
        null);
  }

  /** Times through the training clips unless someone chooses otherwise. */
  public static final int DEFAULT_EPOCHS = 25;

  private static final int BASE_EPOCHS = 50;
  private static final int BASE_BATCH_SIZE = 32;
  private static final double BASE_LEARNING_RATE = 0.002;

  /** Clips a step unless someone chooses otherwise. */
  public static final int DEFAULT_BATCH_SIZE = 32;

  /** Adam's rate unless someone chooses otherwise. */
  public static final double DEFAULT_LEARNING_RATE = 0.001;

  /** Weight of the penalty unless someone chooses otherwise. */
  public static final double DEFAULT_L2 = 0.001;

  /**
   * The recipe that goes with an architecture; all but {@code tonearm-base} are trained as the
   * published run was.
   *
   * @param architecture name of the preset
   */
  public static TrainConfig recipeOf(
      String architecture, long seed, Precision precision, int threads) {
    boolean base = architecture.equals(ModelConfig.TONEARM_BASE.architecture());
    return new TrainConfig(
        base ? BASE_EPOCHS : DEFAULT_EPOCHS,
        base ? BASE_BATCH_SIZE : DEFAULT_BATCH_SIZE,
        base ? BASE_LEARNING_RATE : DEFAULT_LEARNING_RATE,
        base ? 0 : DEFAULT_L2,
        ClipGrid.DEFAULT_CLIP_SECONDS,
        base ? Augmentation.WIDE : Augmentation.PUBLISHED,
        seed,
        precision,
        threads,
        base ? Refinements.BASE : null);
  }

  public TrainConfig {
    require(epochs >= 1 && epochs <= 10_000, "epochs", "from 1 to 10000", epochs);
    require(batchSize >= 1 && batchSize <= 4096, "batchSize", "from 1 to 4096", batchSize);
    require(
        learningRate > 0 && Double.isFinite(learningRate), "learningRate", "above 0", learningRate);
    require(l2 >= 0 && Double.isFinite(l2), "l2", "at least 0", l2);
    require(clipSeconds > 0 && clipSeconds <= 600, "clipSeconds", "in (0, 600]", clipSeconds);
    require(threads >= 1 && threads <= 1024, "threads", "from 1 to 1024", threads);
  }

  /**
   * Whether both can be {@link FineTuning}'s recipe, one for up to twice as many clips as the
   * other: epochs and batch differ by no more than that, the average of the weights as it will.
   */
  boolean isFittedAs(TrainConfig other) {
    return isWithinTwice(epochs, other.epochs)
        && isWithinTwice(batchSize, other.batchSize)
        && isAveraged() == other.isAveraged()
        && unfitted().equals(other.unfitted());
  }

  private static boolean isWithinTwice(int a, int b) {
    return Math.max(a, b) <= 2 * Math.min(a, b) + 1; // epochs are rounded down
  }

  private boolean isAveraged() {
    return refinements != null && refinements.averaging() > 0;
  }

  private TrainConfig unfitted() {
    return new TrainConfig(
        1,
        1,
        learningRate,
        l2,
        clipSeconds,
        augmentation,
        0,
        precision,
        1,
        refinements == null ? null : refinements.withoutAveraging());
  }

  /** The same but for the seed and the cores. */
  TrainConfig withoutChance() {
    return new TrainConfig(
        epochs,
        batchSize,
        learningRate,
        l2,
        clipSeconds,
        augmentation,
        0,
        precision,
        1,
        refinements);
  }

  /** Where training clips lie. */
  Crops crops() {
    return refinements != null && refinements.randomCrops() ? Crops.RANDOM : Crops.GRID;
  }

  private static void require(boolean holds, String name, String limit, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " must be " + limit + ", not " + value);
    }
  }
}
