package tonearm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Split;
import tonearm.features.Augmentation;
import tonearm.features.FeatureConfig;
import tonearm.model.GenreNet;
import tonearm.model.LibTorch;
import tonearm.model.ModelBundle;
import tonearm.model.ModelBundle.Description;
import tonearm.model.ModelConfig;
import tonearm.model.NetworkGraph.Weight;
import tonearm.provenance.Provenance;
import tonearm.provenance.Seeds;

/** A trained network as the beginning of a training. */
class PretrainedTest {
  private static final ModelConfig MODEL = ModelConfig.TINY_UNET;
  private static final List<String> OLD = List.of("jingles", "waltzes");

  /** One cycle, decaying kernels, averaged weights: all that meets the two rates. */
  private static final TrainConfig RECIPE =
      new TrainConfig(
          2,
          4,
          3e-3,
          0,
          2,
          Augmentation.NONE,
          5,
          tonearm.model.Precision.FP32,
          1,
          new Refinements(0.2, 0.05, 0.3, 0.1, 0.8, true));

  @TempDir static Path shared;
  private static Map<String, float[]> learnt = Map.of();

  @TempDir Path folder;

  @BeforeAll
  static void writeBundle() throws IOException {
    LibTorch.load(1);
    TinyData.write(shared.resolve("data"));
    learnt = write(shared.resolve("bundle"), 3, description(OLD, TinyData.FEATURES, 2));
  }

  private static Description description(
      List<String> genres, FeatureConfig features, double clipSeconds) {
    Provenance provenance = Provenance.now(Map.of(ModelBundle.DATA_DIGEST, "some data"));
    return Description.of("old", MODEL, features, clipSeconds, genres, null, provenance);
  }

  /** Weights drawn by a seed, statistics no new network has. */
  private static Map<String, float[]> write(Path bundle, long seed, Description description)
      throws IOException {
    try (GenreNet net = GenreNet.create(description.graph(), new Seeds(seed))) {
      Map<String, float[]> values = new LinkedHashMap<>(net.values());
      net.statistics()
          .forEach(
              (name, statistics) -> {
                for (int i = 0; i < statistics.length; i++) {
                  statistics[i] += 0.01f * (i + 1);
                }
                values.put(name, statistics);
              });
      ModelBundle.write(bundle, description, values);
      return values;
    }
  }

  private static PreparedDataset data() throws IOException {
    return PreparedDataset.open(shared.resolve("data"));
  }

  private static Pretrained pretrained(double rate) throws IOException {
    return Pretrained.load(shared.resolve("bundle"), rate);
  }

  private static boolean isHead(String name) {
    return name.startsWith("head.dense.");
  }

  @Test
  void theBackboneIsTheBundlesAndTheHeadIsDrawnByTheSeed() throws IOException {
    Pretrained init = pretrained(0.1);
    List<String> genres = List.of("high", "low", "middle");
    try (GenreNet one = init.network(MODEL.graph(3), genres, new Seeds(1));
        GenreNet same = init.network(MODEL.graph(3), genres, new Seeds(1));
        GenreNet other = init.network(MODEL.graph(3), genres, new Seeds(2))) {
      for (Weight weight : MODEL.graph(3).weights()) {
        String name = weight.name();
        assertThat(one.values().get(name)).as(name).isEqualTo(same.values().get(name));
        if (isHead(name)) {
          assertThat(one.values().get(name)).hasSize((int) weight.size());
        } else {
          assertThat(one.values().get(name)).as(name).isEqualTo(learnt.get(name));
          assertThat(other.values().get(name)).as(name).isEqualTo(learnt.get(name));
        }
      }
      assertThat(one.values().get("head.dense.weight"))
          .isNotEqualTo(other.values().get("head.dense.weight"));
    }
  }

  @Test
  void ofTheVerySameGenresTheHeadIsKeptToo() throws IOException {
    try (GenreNet net = pretrained(0.1).network(MODEL.graph(2), OLD, new Seeds(1))) {
      learnt.forEach((name, values) -> assertThat(net.values().get(name)).isEqualTo(values));
    }
    try (GenreNet net =
        pretrained(0.1).network(MODEL.graph(2), List.of("jingles", "polkas"), new Seeds(1))) {
      assertThat(net.values().get("head.dense.weight"))
          .isNotEqualTo(learnt.get("head.dense.weight"));
    }
  }

  private Map<String, float[]> train(
      Path run, @Nullable Pretrained init, boolean resume, TrainingListener listener)
      throws Exception {
    PreparedDataset dataset = data();
    Split split = TinyData.split(dataset);
    try (GenreNet net =
        new Trainer(dataset, split, MODEL, RECIPE, run, listener, init).train(resume)) {
      return net.values();
    }
  }

  private Map<String, float[]> train(String run, Pretrained init) throws Exception {
    return train(folder.resolve(run), init, false, TrainingListener.SILENT);
  }

  /** Mean distance from the bundle's weights, running statistics not counted. */
  private static double moved(Map<String, float[]> values) {
    double sum = 0;
    long count = 0;
    for (Weight weight : MODEL.graph(3).weights()) {
      if (!isHead(weight.name()) && weight.kind().isTrained()) {
        float[] now = Objects.requireNonNull(values.get(weight.name()));
        float[] then = Objects.requireNonNull(learnt.get(weight.name()));
        for (int i = 0; i < now.length; i++) {
          sum += Math.abs(now[i] - then[i]);
          count++;
        }
      }
    }
    return sum / count;
  }

  @Test
  void theBackboneMovesLessTheLowerItsRateAndNotAtAllAtNone() throws Exception {
    double whole = moved(train("whole", pretrained(1)));
    double tenth = moved(train("tenth", pretrained(0.1)));
    Map<String, float[]> frozen = train("frozen", pretrained(0));
    assertThat(whole).isPositive();
    assertThat(tenth).isBetween(0.05 * whole, 0.2 * whole);
    for (Weight weight : MODEL.graph(3).weights()) {
      if (!isHead(weight.name()) && weight.kind().isTrained()) {
        assertThat(frozen.get(weight.name())).isEqualTo(learnt.get(weight.name()));
      }
    }
    try (GenreNet drawn =
        pretrained(0).network(MODEL.graph(3), data().catalog().genres(), new Seeds(5))) {
      assertThat(frozen.get("head.dense.weight"))
          .isNotEqualTo(drawn.values().get("head.dense.weight"));
    }
  }

  @Test
  void aRunThatWasStoppedEndsBitForBitAsOneThatWasNot() throws Exception {
    Path stopped = folder.resolve("stopped");
    TrainingListener stopping =
        new TrainingListener() {
          @Override
          public void epoch(EpochRecord record) {
            Thread.currentThread().interrupt();
          }
        };
    assertThatThrownBy(() -> train(stopped, pretrained(0.1), false, stopping))
        .isInstanceOf(InterruptedException.class);
    assertThat(History.read(stopped)).hasSize(1);
    train(stopped, pretrained(0.1), true, TrainingListener.SILENT);
    Path whole = folder.resolve("whole");
    train(whole, pretrained(0.1), false, TrainingListener.SILENT);
    assertThat(Checkpoint.file(stopped)).hasSameBinaryContentAs(Checkpoint.file(whole));
    for (String file : List.of("predictions.csv", "metrics.json")) {
      assertThat(stopped.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
    }
    assertThat(whole.resolve(Trainer.RUN_FILE))
        .content()
        .contains("\"init\"", "\"name\" : \"old\"", "\"backbone_rate\" : 0.1")
        .contains(ModelBundle.networkDigest(shared.resolve("bundle")));
  }

  @Test
  void aRunIsNotGoneOnWithFromAnotherBeginning() throws Exception {
    Path run = folder.resolve("run");
    train(run, pretrained(0.1), false, TrainingListener.SILENT);
    Path other = folder.resolve("other");
    write(other, 4, description(OLD, TinyData.FEATURES, 2));
    assertThatThrownBy(() -> train(run, Pretrained.load(other, 0.1), true, TrainingListener.SILENT))
        .isInstanceOf(TrainingException.class)
        .hasMessageEndingWith(": init.network differs");
    assertThatThrownBy(() -> train(run, pretrained(0.2), true, TrainingListener.SILENT))
        .isInstanceOf(TrainingException.class)
        .hasMessageEndingWith(": init.backbone_rate is 0.1 there and 0.2 here");
    assertThatThrownBy(() -> train(run, null, true, TrainingListener.SILENT))
        .isInstanceOf(TrainingException.class)
        .hasMessageEndingWith(": init is set there and none here");
    // The same network in another place is the same.
    Path copy = Files.createDirectory(folder.resolve("copy"));
    Files.copy(
        shared.resolve("bundle").resolve(ModelBundle.WEIGHTS_FILE),
        copy.resolve(ModelBundle.WEIGHTS_FILE));
    train(run, Pretrained.load(copy, 0.1), true, TrainingListener.SILENT);
  }

  @Test
  void whatDoesNotFitIsRefusedBeforeAnythingIsWritten() throws Exception {
    Path mel = folder.resolve("mel");
    write(mel, 3, description(OLD, FeatureConfig.preset("mel-128"), 2));
    refused(mel, MODEL, TrainingException.class, "tonearm prepare --features mel-128");
    Path longer = folder.resolve("longer");
    write(longer, 3, description(OLD, TinyData.FEATURES, 3));
    refused(longer, MODEL, TrainingException.class, "clips of 3.0 s");
    ModelConfig bare = MODEL.with(MODEL.activation(), false, 0.2);
    refused(shared.resolve("bundle"), bare, IllegalArgumentException.class, "but for dropout");
    assertThatThrownBy(() -> pretrained(1.5)).hasMessageContaining("from 0 to 1, not 1.5");
  }

  private void refused(Path bundle, ModelConfig model, Class<?> kind, String message)
      throws IOException {
    Pretrained init = Pretrained.load(bundle, 0.1);
    PreparedDataset dataset = data();
    Path run = folder.resolve("refused");
    Trainer trainer =
        new Trainer(
            dataset, TinyData.split(dataset), model, RECIPE, run, TrainingListener.SILENT, init);
    assertThatThrownBy(() -> trainer.train(false)).isInstanceOf(kind).hasMessageContaining(message);
    assertThat(run).doesNotExist();
  }

  @Test
  void theRecipeFitsHowManyClipsThereAre() {
    Description from = description(OLD, FeatureConfig.preset("gtzan-archive"), 6);
    TrainConfig own = TrainConfig.recipeOf("tonearm-base", 7, tonearm.model.Precision.FP32, 2);
    int last = Integer.MAX_VALUE;
    for (int clips : new int[] {1, 20, 50, 150, 750, 5_000, 40_000}) {
      TrainConfig recipe = FineTuning.recipe(own, from, clips);
      int steps = recipe.epochs() * ((clips + recipe.batchSize() - 1) / recipe.batchSize());
      assertThat(recipe.epochs()).as("%d clips", clips).isBetween(8, Math.min(60, last));
      assertThat(recipe.batchSize()).isBetween(8, 32);
      last = recipe.epochs();
      Refinements refined = Objects.requireNonNull(recipe.refinements());
      // What the average forgets in a step, over all steps: it has forgotten its beginning.
      assertThat((1 - refined.averaging()) * steps).as("%d clips", clips).isGreaterThan(10);
      assertThat(recipe.learningRate()).isEqualTo(own.learningRate());
      assertThat(recipe.seed()).isEqualTo(7);
      assertThat(recipe.threads()).isEqualTo(2);
      assertThat(recipe.augmentation()).isEqualTo(Augmentation.WIDE);
    }
    assertThat(FineTuning.recipe(own, from, 50).batchSize()).isEqualTo(8);
    assertThat(FineTuning.recipe(own, from, 5_000).batchSize()).isEqualTo(32);
    // A pitch shift moves linear rows only.
    Description mel = description(OLD, FeatureConfig.preset("mel-128"), 6);
    Augmentation melAugmentation = FineTuning.recipe(own, mel, 50).augmentation();
    melAugmentation.requireFits(mel.features());
    assertThat(melAugmentation.timeStretch()).isEqualTo(Augmentation.WIDE.timeStretch());
    // The published recipe has no refinements, but few tracks need them.
    TrainConfig plain = TrainConfig.recipeOf("tiny-unet", 7, tonearm.model.Precision.FP32, 2);
    TrainConfig taught = FineTuning.recipe(plain, from, 50);
    assertThat(taught.refinements()).isNotNull();
    assertThat(taught.l2()).isZero();
  }

  /** A fold of a cross-validation has fewer clips, and tells what all of them are worth. */
  @Test
  void aRecipeFittedToFewerClipsIsTheSame() {
    Description from = description(OLD, FeatureConfig.preset("gtzan-archive"), 6);
    TrainConfig own = TrainConfig.recipeOf("tonearm-base", 7, tonearm.model.Precision.FP32, 2);
    TrainConfig other = TrainConfig.recipeOf("tiny-unet", 7, tonearm.model.Precision.FP32, 2);
    for (int clips : new int[] {50, 149, 1050, 4500}) {
      TrainConfig all = FineTuning.recipe(own, from, clips);
      TrainConfig fold = FineTuning.recipe(own, from, clips / 2);
      assertThat(all.withoutChance()).isNotEqualTo(fold.withoutChance());
      assertThat(all.isFittedAs(fold)).isTrue();
      assertThat(all.isFittedAs(FineTuning.recipe(other, from, clips))).isFalse();
    }
    assertThat(FineTuning.recipe(own, from, 4500).isFittedAs(FineTuning.recipe(own, from, 200)))
        .isFalse();
  }

  @Test
  void clipsAreCountedFromThePicturesThemselves() throws IOException {
    PreparedDataset dataset = data();
    Split split = TinyData.split(dataset);
    int tracks = split.tracks(dataset.catalog(), Split.Side.TRAIN).size();
    assertThat(FineTuning.clips(dataset, split, 2)).isEqualTo(3 * tracks);
    Split fewer = split.withTrainingTracks(dataset.catalog(), 1, 1);
    assertThat(FineTuning.clips(dataset, fewer, 2)).isEqualTo(3 * 3);
  }
}
