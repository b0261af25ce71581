package tonearm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.dataset.ClipStream;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Split;
import tonearm.dataset.Split.Side;
import tonearm.eval.ClipPredictions;
import tonearm.eval.Evaluation;
import tonearm.eval.RunMetrics;
import tonearm.features.Augmentation;
import tonearm.model.GenreNet;
import tonearm.model.ModelConfig;
import tonearm.model.Precision;
import tonearm.model.Safetensors;
import tonearm.provenance.Seeds;

class TrainerTest {
  @TempDir static Path data;
  private static PreparedDataset dataset = unwritten();

  @TempDir Path folder;

  @SuppressWarnings("NullAway") // made before the first test
  private static PreparedDataset unwritten() {
    return null;
  }

  @BeforeAll
  static void write() throws IOException {
    dataset = TinyData.write(data);
  }

  private static Split split() {
    return TinyData.split(dataset);
  }

  private Trainer trainer(TrainConfig config, TrainingListener listener) {
    return new Trainer(dataset, split(), ModelConfig.TINY_UNET, config, folder, listener);
  }

  private void train(TrainConfig config, boolean resume) throws Exception {
    trainer(config, TrainingListener.SILENT).train(resume).close();
  }

  private static TrainConfig withRate(int epochs, int batchSize, double rate) {
    return new TrainConfig(
        epochs, batchSize, rate, 1e-4, 2, Augmentation.NONE, 5, Precision.FP32, 1);
  }

  /** Interrupts the training thread itself, as the command line does on Ctrl-C. */
  private static class Interrupting implements TrainingListener {
    int stepsAfter;
    boolean interrupted;

    void interrupt() {
      interrupted = true;
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void itLearnsAndTheFinishedRunHoldsItsPredictions() throws Exception {
    Split split = withTestSide(split());
    List<Integer> evaluated = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void step(int epoch, int clips, int allClips, double loss) {
            // Of tracks of 18 s, not of the archive's 30: the learning rate goes by it.
            assertThat(allClips).isEqualTo(3 * split.tracks(dataset.catalog(), Side.TRAIN).size());
          }

          @Override
          public void evaluating(int clipsDone, int allClips) {
            assertThat(allClips).isGreaterThanOrEqualTo(clipsDone);
            evaluated.add(clipsDone);
          }
        };
    TrainConfig recipe = TinyData.recipe(8);
    Trainer trainer = new Trainer(dataset, split, ModelConfig.TINY_UNET, recipe, folder, listener);
    trainer.train(false).close();

    RunMetrics metrics = RunMetrics.read(folder.resolve(RunMetrics.FILE));
    Evaluation valid = Objects.requireNonNull(metrics.valid());
    assertThat(valid.clips().accuracy()).isGreaterThanOrEqualTo(0.9);
    assertThat(metrics.train()).isNotNull();
    assertThat(metrics.test()).isNotNull();
    assertThat(valid.bootstrap().seed()).isEqualTo(recipe.seed());

    ClipPredictions predictions = ClipPredictions.read(folder.resolve(ClipPredictions.FILE));
    assertThat(predictions.genres()).isEqualTo(dataset.catalog().genres());
    assertThat(predictions.clips()).hasSize(3 * dataset.catalog().usable().size());
    for (Side side : Side.values()) {
      assertThat(predictions.ofSplit(side.label()).clips())
          .hasSize(3 * split.tracks(dataset.catalog(), side).size())
          .allMatch(clip -> clip.fold() == 0);
    }
    assertThat(evaluated).isSorted().endsWith(predictions.clips().size());

    List<EpochRecord> history = History.read(folder);
    assertThat(history).hasSize(8);
    for (EpochRecord record : history) {
      assertThat(record.fold()).isZero();
      assertThat(record.gradientNormMax()).isGreaterThan(record.gradientNorm());
    }
    assertThat(history.get(7).settledValidAccuracy()).isEqualTo(valid.clips().accuracy());
    // The last epoch's figure is of the same weights and clips as the evaluation's.
    assertThat(history.get(7).validAccuracy()).isEqualTo(valid.clips().accuracy());
  }

  private static Split withTestSide(Split split) {
    Map<String, Side> sides = new LinkedHashMap<>(split.sides());
    int valid = 0;
    for (Map.Entry<String, Side> side : sides.entrySet()) {
      if (side.getValue() == Side.VALID && valid++ % 4 == 0) {
        side.setValue(Side.TEST);
      }
    }
    return new Split(sides);
  }

  @Test
  void oneSeedOneResultBitForBitAndResumingAFinishedRunOnlyEvaluates() throws Exception {
    train(TinyData.recipe(2), false);
    byte[] predictions = Files.readAllBytes(folder.resolve(ClipPredictions.FILE));
    byte[] metrics = Files.readAllBytes(folder.resolve(RunMetrics.FILE));
    byte[] checkpoint = Files.readAllBytes(Checkpoint.file(folder));
    Files.delete(folder.resolve(ClipPredictions.FILE));
    Files.delete(folder.resolve(RunMetrics.FILE));
    TrainingListener noSteps =
        new TrainingListener() {
          @Override
          public void step(int epoch, int clips, int allClips, double loss) {
            throw new AssertionError("nothing is left to train");
          }
        };
    trainer(TinyData.recipe(2), noSteps).train(true).close();
    assertThat(folder.resolve(ClipPredictions.FILE)).hasBinaryContent(predictions);
    assertThat(folder.resolve(RunMetrics.FILE)).hasBinaryContent(metrics);
    assertThat(Checkpoint.file(folder)).hasBinaryContent(checkpoint);

    Path second = folder.resolve("second");
    new Trainer(
            dataset,
            split(),
            ModelConfig.TINY_UNET,
            TinyData.recipe(2),
            second,
            TrainingListener.SILENT)
        .train(false)
        .close();
    assertThat(Checkpoint.file(second)).hasBinaryContent(checkpoint);
    assertThat(second.resolve(ClipPredictions.FILE)).hasBinaryContent(predictions);

    // Without its network it would be trained anew, and nobody has asked for that.
    Files.delete(Checkpoint.file(folder));
    assertThatThrownBy(() -> train(TinyData.recipe(2), true))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("is finished, but its network is gone");
    assertThat(folder.resolve(ClipPredictions.FILE)).hasBinaryContent(predictions);
  }

  /** Whoever looks, and settles statistics to look, leaves the training as it would have been. */
  @Test
  void watchingDoesNotChangeWhatIsLearnt() throws Exception {
    train(TinyData.recipe(2), false);
    Map<String, Side> unwatched = new LinkedHashMap<>();
    split()
        .sides()
        .forEach(
            (track, side) -> {
              if (side == Side.TRAIN) {
                unwatched.put(track, side);
              }
            });
    Path blind = folder.resolve("blind");
    new Trainer(
            dataset,
            new Split(unwatched),
            ModelConfig.TINY_UNET,
            TinyData.recipe(2),
            blind,
            TrainingListener.SILENT)
        .train(false)
        .close();
    assertThat(Checkpoint.file(blind)).hasSameBinaryContentAs(Checkpoint.file(folder));
    assertThat(History.read(blind))
        .allMatch(r -> Double.isNaN(r.settledValidAccuracy()) && Double.isNaN(r.validLoss()));
  }

  @Test
  void withoutBatchNormThereIsNothingToSettle() throws Exception {
    ModelConfig bare = ModelConfig.TINY_UNET.with(ModelConfig.Activation.RELU, false, 0.2);
    new Trainer(dataset, split(), bare, TinyData.recipe(1), folder, TrainingListener.SILENT)
        .train(false)
        .close();
    EpochRecord record = History.read(folder).get(0);
    assertThat(record.settledValidLoss()).isEqualTo(record.validLoss());
    assertThat(record.settledValidAccuracy()).isEqualTo(record.validAccuracy());
  }

  /** One step an epoch: its mean and its largest norm are that of the one gradient. */
  @Test
  void theGradientsNormIsThatOfTheGradient() throws Exception {
    TrainConfig config = withRate(1, 4096, 1e-3);
    train(config, false);
    Seeds seeds = new Seeds(config.seed());
    double squares = 0;
    try (GenreNet net =
            GenreNet.create(ModelConfig.TINY_UNET.graph(dataset.catalog().genres().size()), seeds);
        ClipStream stream =
            new RunClips(dataset, ModelConfig.TINY_UNET, config)
                .shuffled(split().clips(dataset.catalog(), Side.TRAIN), seeds, 1)) {
      net.seedDropout(seeds.derive("dropout", 1));
      TrainingStep.gather(net, Objects.requireNonNull(stream.next()), config.precision());
      float[] gradients = new float[(int) net.gradients().numel()];
      new FloatPointer(net.gradients().data_ptr()).get(gradients);
      for (float gradient : gradients) {
        squares += (double) gradient * gradient;
      }
    }
    EpochRecord record = History.read(folder).get(0);
    assertThat(record.gradientNorm()).isCloseTo(Math.sqrt(squares), withinPercentage(0.01));
    assertThat(record.gradientNormMax()).isEqualTo(record.gradientNorm());
  }

  @Test
  void aHistoryOlderThanAColumnIsReadAndTheColumnUnknown() throws IOException {
    Files.writeString(
        folder.resolve(History.FILE),
        "epoch,train_loss,penalty,train_accuracy,valid_loss,valid_accuracy,gradient_norm,"
            + "clips_per_s,seconds\n1,2.5,0.1,0.25,2.25,0.5,3.5,100,7\n");
    EpochRecord record = History.read(folder).get(0);
    assertThat(record.fold()).isZero();
    assertThat(record.validAccuracy()).isEqualTo(0.5);
    assertThat(record.gradientNorm()).isEqualTo(3.5);
    assertThat(record.seconds()).isEqualTo(7);
    assertThat(record.settledValidAccuracy()).isNaN();
    assertThat(record.gradientNormMax()).isNaN();
  }

  @Test
  void anInterruptEndsItWithinAStepAndItCanBeResumed() throws Exception {
    Interrupting listener =
        new Interrupting() {
          @Override
          public void step(int epoch, int clips, int allClips, double loss) {
            stepsAfter += interrupted ? 1 : 0;
            if (epoch == 2 && !interrupted) {
              interrupt();
            }
          }
        };
    assertThatThrownBy(() -> trainer(TinyData.recipe(2), listener).train(false))
        .isInstanceOf(InterruptedException.class)
        .hasMessageContaining("--resume");
    assertThat(Thread.interrupted()).isFalse();
    assertThat(listener.stepsAfter).isZero();
    assertThat(History.read(folder)).hasSize(1);
    train(TinyData.recipe(2), true);
    assertThat(History.read(folder)).hasSize(2);
  }

  /** Where the flag is met by a file being written, Java answers with an exception of its own. */
  @Test
  void anInterruptWhileFilesAreWrittenIsAnInterruptToo() throws Exception {
    Interrupting listener =
        new Interrupting() {
          @Override
          public void evaluating(int clipsDone, int allClips) {
            if (clipsDone == 3 * dataset.catalog().usable().size()) {
              interrupt();
            }
          }
        };
    assertThatThrownBy(() -> trainer(TinyData.recipe(1), listener).train(false))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
    try (var files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("run.json", "split.csv", "history.csv", "checkpoint");
    }
    train(TinyData.recipe(1), true);
    assertThat(folder.resolve(RunMetrics.FILE)).exists();
  }

  @Test
  void anAbsurdRateEndsInEpoch1WithNothingKeptButWhatItCameTo() throws Exception {
    assertThatThrownBy(() -> train(withRate(3, 4, 1e30), false))
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("no longer finite in epoch 1 (nothing was learnt yet)");
    assertThat(Checkpoint.exists(folder)).isFalse();
    assertThat(History.read(folder)).hasSize(1);
    EpochRecord broken = History.read(folder).get(0);
    assertThat(broken.epoch()).isEqualTo(1);
    assertThat(broken.gradientNorm()).as("of the steps that were finite").isPositive();
    assertThat(broken.gradientNormMax()).isGreaterThanOrEqualTo(broken.gradientNorm());
    assertThat(broken.validAccuracy()).isNaN();
    assertThatThrownBy(() -> train(withRate(3, 4, 1e30), true))
        .as("begun again, not gone on with")
        .isInstanceOf(DivergedException.class);
    assertThat(History.read(folder)).hasSize(1);
  }

  /** One step an epoch and nobody watching: the first epoch's weights are large, but numbers. */
  @Test
  void anAbsurdRateLaterKeepsTheLastCheckpoint() throws Exception {
    Map<String, Side> all = new LinkedHashMap<>();
    split().sides().forEach((track, side) -> all.put(track, Side.TRAIN));
    Trainer trainer =
        new Trainer(
            dataset,
            new Split(all),
            ModelConfig.TINY_UNET,
            withRate(3, 4096, 1e10),
            folder,
            TrainingListener.SILENT);
    assertThatThrownBy(() -> trainer.train(false))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("in epoch 2 (the checkpoint of epoch 1 is kept), in its first step");
    assertThat(Safetensors.read(Checkpoint.file(folder)).metadata()).containsEntry("epoch", "1");
    assertThat(History.read(folder)).hasSize(2);
    EpochRecord broken = History.read(folder).get(1);
    assertThat(broken.epoch()).isEqualTo(2);
    assertThat(broken.gradientNorm()).as("of no step").isNaN();
  }

  @Test
  void aFolderWithARunIsRefusedWithoutResumeAndAnotherRunWithIt() throws Exception {
    train(TinyData.recipe(1), false);
    refused(() -> train(TinyData.recipe(1), false), "holds a run already: go on with --resume");
    refused(
        () -> train(TinyData.recipe(2), true),
        "holds another run, which --resume cannot go on with: training.epochs is 1 there and 2 here");
    Split other = Split.stratified(dataset.catalog(), 0.5, 9);
    Trainer otherSplit =
        new Trainer(
            dataset,
            other,
            ModelConfig.TINY_UNET,
            TinyData.recipe(1),
            folder,
            TrainingListener.SILENT);
    refused(() -> otherSplit.train(true), "another run", "split_digest differs");
    assertThat(folder.resolve(".split-now.csv")).doesNotExist();
    Files.delete(folder.resolve(Trainer.RUN_FILE));
    refused(() -> train(TinyData.recipe(1), true), "has a checkpoint but no run.json");
    refused(() -> train(TinyData.recipe(1), false), "has a checkpoint but no run.json");
  }

  @Test
  void anotherDatasetIsRefused(@TempDir Path otherData) throws Exception {
    train(TinyData.recipe(1), false);
    PreparedDataset other = TinyData.write(otherData);
    Path png = PreparedDataset.picture(otherData, other.catalog().usable().get(0));
    Path another = PreparedDataset.picture(otherData, other.catalog().usable().get(1));
    Files.copy(another, png, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Trainer trainer =
        new Trainer(
            other,
            split(),
            ModelConfig.TINY_UNET,
            TinyData.recipe(1),
            folder,
            TrainingListener.SILENT);
    refused(() -> trainer.train(true), "another run", ": data_digest differs");
  }

  @Test
  void oneGenreIsNotEnough() {
    Map<String, Side> sides = new LinkedHashMap<>();
    sides.put("low.00000", Side.TRAIN);
    Trainer trainer =
        new Trainer(
            dataset,
            new Split(sides),
            ModelConfig.TINY_UNET,
            TinyData.recipe(1),
            folder,
            TrainingListener.SILENT);
    refused(() -> trainer.train(false), "at least 2 genres, but the split has 1 tracks of 1");
    assertThat(folder).isEmptyDirectory();
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String... words) {
    assertThatThrownBy(call).isInstanceOf(TrainingException.class).message().contains(words);
  }

  @Test
  void epochsKeepNoNativeMemory() throws Exception {
    List<Long> pointers = new ArrayList<>();
    List<Long> bytes = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void epoch(EpochRecord record) {
            pointers.add(Pointer.totalCount());
            bytes.add(Pointer.physicalBytes());
          }
        };
    try (GenreNet net = trainer(withRate(10, 16, 1e-3), listener).train(false)) {
      assertThat(net.isFinite()).isTrue();
    }
    assertThat(pointers.get(9)).isLessThanOrEqualTo(pointers.get(1));
    assertThat(bytes.get(9) - bytes.get(3)).isLessThan(64L << 20);
  }
}
