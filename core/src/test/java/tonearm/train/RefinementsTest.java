package tonearm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.dataset.ClipStream.Batch;
import tonearm.dataset.PreparedDataset;
import tonearm.eval.ClipPredictions;
import tonearm.eval.RunMetrics;
import tonearm.features.Augmentation;
import tonearm.features.PictureConfig;
import tonearm.features.PictureConfig.Style;
import tonearm.model.GenreNet;
import tonearm.model.ModelConfig;
import tonearm.model.ModelConfig.Activation;
import tonearm.model.PooledDesign;
import tonearm.model.Precision;
import tonearm.provenance.Json;
import tonearm.provenance.Seeds;

/** What a recipe does beyond the published one. */
class RefinementsTest {
  private static final int GENRES = 3;
  private static final Refinements ALL = new Refinements(0.2, 0.01, 0.3, 0.1, 0.9, true);

  /** As tonearm-base, in small. */
  private static final ModelConfig SMALL =
      new ModelConfig(
          "small",
          16,
          4,
          List.of(4),
          8,
          List.of(4, 8),
          Activation.RELU,
          true,
          0.2,
          null,
          new PooledDesign(new PictureConfig(16, 24, Style.MEL_STANDARD), 1));

  @TempDir Path folder;

  private static Batch batch(int n) {
    Random random = new Random(1);
    float[] pictures = new float[n * 6];
    int[] genres = new int[n];
    for (int i = 0; i < pictures.length; i++) {
      pictures[i] = random.nextFloat();
    }
    for (int i = 0; i < n; i++) {
      genres[i] = random.nextInt(GENRES);
    }
    return new Batch(pictures, genres, java.util.Collections.nCopies(n, "t"), new int[n]);
  }

  @Test
  void theRateRisesToItsFullValueAndFallsToNothing() {
    assertThat(ALL.rate(0)).isCloseTo(0.04, within(1e-9));
    assertThat(ALL.rate(0.2)).isEqualTo(1);
    assertThat(ALL.rate(0.6)).isCloseTo(0.5, within(1e-9));
    assertThat(ALL.rate(1)).isCloseTo(0, within(1e-9));
    double before = 0;
    for (double part = 0; part < 0.2; part += 0.01) {
      assertThat(ALL.rate(part)).isGreaterThan(before);
      before = ALL.rate(part);
    }
  }

  @Test
  void mixedClipsKeepTheLargerShareOfThemselvesAndTargetsFollowPictures() {
    Batch batch = batch(40);
    Mixup.Mixed mixed = new Mixup(ALL, GENRES).mix(batch, new Random(2));
    int changed = 0;
    for (int i = 0; i < batch.size(); i++) {
      float sum = 0;
      for (int g = 0; g < GENRES; g++) {
        float target = mixed.targets()[i * GENRES + g];
        assertThat(target).isBetween(0f, 1f);
        sum += target;
        if (g != batch.genres()[i]) {
          assertThat(target).isLessThanOrEqualTo(mixed.targets()[i * GENRES + batch.genres()[i]]);
        }
      }
      assertThat(sum).isCloseTo(1, within(1e-5f));
      changed += mixed.pictures()[i * 6] == batch.pictures()[i * 6] ? 0 : 1;
    }
    assertThat(changed).isGreaterThan(20);
    // With one number a picture, what was mixed in can be told from the target.
    Batch two = new Batch(new float[] {0, 1}, new int[] {0, 1}, List.of("a", "b"), new int[2]);
    Refinements plain = new Refinements(0.2, 0, 0.3, 0, 0, false);
    for (int seed = 0; seed < 20; seed++) {
      Mixup.Mixed pair = new Mixup(plain, 2).mix(two, new Random(seed));
      assertThat(pair.pictures()[0]).isCloseTo(pair.targets()[1], within(1e-6f));
      assertThat(pair.pictures()[1]).isCloseTo(pair.targets()[3], within(1e-6f));
    }
  }

  @Test
  void withoutMixingOnlyTargetsAreSmoothed() {
    Batch batch = batch(5);
    Refinements smooth = new Refinements(0.2, 0, 0, 0.3, 0, false);
    Mixup.Mixed mixed = new Mixup(smooth, GENRES).mix(batch, new Random(3));
    assertThat(mixed.pictures()).isEqualTo(batch.pictures());
    assertThat(mixed.targets()[batch.genres()[0]]).isCloseTo(0.8f, within(1e-6f));
    Mixup.Mixed alone = new Mixup(ALL, GENRES).mix(batch(1), new Random(3));
    assertThat(alone.pictures()).as("one clip has no other").hasSize(6);
  }

  @Test
  void theAverageFollowsTheWeightsAndSwappingTwiceChangesNothing() {
    try (GenreNet net = GenreNet.create(SMALL.graph(GENRES), new Seeds(1));
        WeightAverage average = new WeightAverage(net, 0.5)) {
      float[] start = average.values();
      fill(net, 1);
      for (int i = 0; i < 20; i++) {
        average.add(net);
      }
      assertThat(average.values()[0]).isCloseTo(1f, within(1e-4f));
      assertThat(start[0]).isNotEqualTo(1f);
      fill(net, 3);
      average.swap(net);
      assertThat(average.values()).containsOnly(3f);
      average.swap(net);
      assertThat(average.values()[0]).isCloseTo(1f, within(1e-4f));
    }
  }

  private static void fill(GenreNet net, double value) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard off = new NoGradGuard()) {
      net.trained().fill_(new Scalar(value));
    }
  }

  private static TrainConfig recipe(int epochs, Refinements refinements) {
    return new TrainConfig(
        epochs, 8, 0.01, 0, 2, Augmentation.WIDE, 5, Precision.FP32, 1, refinements);
  }

  private static void train(
      PreparedDataset data, Path run, TrainConfig config, TrainingListener hears) throws Exception {
    new Trainer(data, TinyData.split(data), SMALL, config, run, hears).train(true).close();
  }

  @Test
  void aRefinedRunLearnsAndItsTestedWeightsAreTheAverage() throws Exception {
    PreparedDataset data = TinyData.write(folder.resolve("data"));
    Path run = folder.resolve("run");
    train(data, run, recipe(12, ALL), TrainingListener.SILENT);
    RunMetrics metrics = RunMetrics.read(run.resolve(RunMetrics.FILE));
    assertThat(Objects.requireNonNull(metrics.valid()).clips().accuracy()).isGreaterThan(0.9);
    assertThat(Json.read(run.resolve("run.json"), Run.class).training().refinements())
        .isEqualTo(ALL);
  }

  @Test
  void aRefinedRunCutOffAfterAnEpochEndsBitForBitAsOneThatWasNot() throws Exception {
    PreparedDataset data = TinyData.write(folder.resolve("data"));
    Path whole = folder.resolve("whole");
    Path cut = folder.resolve("cut");
    train(data, whole, recipe(3, ALL), TrainingListener.SILENT);
    TrainingListener stops =
        new TrainingListener() {
          @Override
          public void epoch(EpochRecord record) {
            if (record.epoch() == 2) {
              throw new IllegalStateException("cut");
            }
          }
        };
    assertThatThrownBy(() -> train(data, cut, recipe(3, ALL), stops)).hasMessage("cut");
    train(data, cut, recipe(3, ALL), TrainingListener.SILENT);
    assertThat(Checkpoint.file(cut)).hasSameBinaryContentAs(Checkpoint.file(whole));
    assertThat(cut.resolve(ClipPredictions.FILE))
        .hasSameBinaryContentAs(whole.resolve(ClipPredictions.FILE));
  }

  @Test
  void otherRefinementsAreAnotherRun() throws Exception {
    PreparedDataset data = TinyData.write(folder.resolve("data"));
    Path run = folder.resolve("run");
    train(data, run, recipe(1, ALL), TrainingListener.SILENT);
    assertThatThrownBy(() -> train(data, run, recipe(1, Refinements.NONE), TrainingListener.SILENT))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining(": training.refinements.weight_decay is 0.01 there and 0.0 here; ");
    assertThat(Files.exists(run.resolve(RunMetrics.FILE))).isTrue();
  }

  @Test
  void valuesOutOfBoundsAreRefused() {
    assertThatThrownBy(() -> new Refinements(1, 0, 0, 0, 0, false)).hasMessageContaining("warmUp");
    assertThatThrownBy(() -> new Refinements(0, -1, 0, 0, 0, false))
        .hasMessageContaining("weightDecay");
    assertThatThrownBy(() -> new Refinements(0, 0, 2, 0, 0, false)).hasMessageContaining("mixup");
    assertThatThrownBy(() -> new Refinements(0, 0, 1e-9, 0, 0, false))
        .hasMessageContaining("mixup must be 0, or from 0.001 to 1, not 1.0E-9");
    assertThatThrownBy(() -> new Refinements(0, 0, 0, 1, 0, false))
        .hasMessageContaining("labelSmoothing");
    assertThatThrownBy(() -> new Refinements(0, 0, 0, 0, 1, false))
        .hasMessageContaining("averaging");
  }
}
