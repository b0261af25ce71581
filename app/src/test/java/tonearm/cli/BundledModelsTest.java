package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tonearm.eval.Evaluation;
import tonearm.eval.Interval;
import tonearm.eval.Metrics;
import tonearm.eval.Prediction;
import tonearm.eval.RunMetrics;
import tonearm.infer.Answer;
import tonearm.infer.Classifier;
import tonearm.infer.ClassifyOptions;
import tonearm.model.Calibration;
import tonearm.model.ModelBundle;
import tonearm.model.Precision;
import tonearm.provenance.Digest;

/** What is said of the models that come with Tonearm is what their runs found. */
class BundledModelsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path RUNS = ROOT.resolve("docs/runs");

  @TempDir private Path folder;

  private static Path bundle(String name) {
    return ROOT.resolve("models").resolve(name);
  }

  private static Evaluation heldOut(String run) throws IOException {
    return Objects.requireNonNull(
        RunMetrics.read(RUNS.resolve(run).resolve("metrics.json")).valid());
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static String interval(Metrics metrics) {
    Interval interval = Objects.requireNonNull(metrics.accuracyInterval());
    return String.format(
        Locale.ROOT, "(%.1f to %.1f)", 100 * interval.low(), 100 * interval.high());
  }

  @ParameterizedTest
  @CsvSource({"tonearm-base, tonearm-base-folds", "reference-unet, reference-unet"})
  void theScoreIsThatOfTheRun(String name, String run) throws IOException {
    Evaluation held = heldOut(run);
    ModelBundle.Score score = Objects.requireNonNull(ModelBundle.describe(bundle(name)).score());
    assertThat(score.clips()).isEqualTo(held.clips().accuracy());
    assertThat(score.tracks()).isEqualTo(held.tracks().accuracy());
    String both =
        "right on %s of clips, %s of tracks"
            .formatted(percent(score.clips()), percent(score.tracks()));
    Cli.atHome(
        ROOT, () -> assertThat(Cli.run("models").lines()).anyMatch(line -> line.contains(both)));

    String readme =
        Files.readString(ROOT.resolve("README.md"))
            .lines()
            .filter(line -> line.startsWith("| `" + name + "`") && line.contains("parameters"))
            .findFirst()
            .orElseThrow();
    assertThat(readme)
        .contains(percent(held.clips().accuracy()), interval(held.clips()))
        .contains(percent(held.tracks().accuracy()), interval(held.tracks()));
    assertThat(bundle(name).resolve(ModelBundle.CARD_FILE))
        .content()
        .contains(percent(held.clips().accuracy()), percent(held.tracks().accuracy()));
  }

  @Test
  void theDefaultIsSmallAndItsPageTellsItsWorth() throws IOException {
    long bytes;
    try (Stream<Path> files = Files.list(bundle(Models.DEFAULT))) {
      bytes = files.mapToLong(file -> file.toFile().length()).sum();
    }
    assertThat(bytes).isLessThanOrEqualTo(8_000_000);
    String page = Files.readString(ROOT.resolve("docs/MODEL.md"));
    for (String run : new String[] {"tonearm-base-folds", "tonearm-base-folds-4-to-10"}) {
      Evaluation held = heldOut(run);
      for (Metrics metrics :
          new Metrics[] {held.clips(), held.tracks(), held.tracksMajorityVote()}) {
        assertThat(page).contains(percent(metrics.accuracy()), interval(metrics));
      }
    }
    for (int seed = 1; seed <= 3; seed++) {
      Path run = RUNS.resolve("tonearm-base-fault-filtered/seed-" + seed + "/metrics.json");
      Evaluation test = Objects.requireNonNull(RunMetrics.read(run).test());
      assertThat(page).contains(percent(test.tracks().accuracy()), interval(test.tracks()));
    }
  }

  /** docs/REPRODUCTION.md: the lower half of the U carries nothing. */
  @Test
  void noAnswerOfReferenceUnetHangsOnTheLowerHalfOfItsU() throws IOException {
    ModelBundle bundle = ModelBundle.load(bundle("reference-unet"));
    Map<String, float[]> without = new LinkedHashMap<>(bundle.values());
    for (String layer :
        List.of(
            "encoder128.conv1",
            "encoder128.conv2",
            "bottleneck.conv",
            "decoder128.up",
            "decoder128.conv1",
            "decoder128.conv2")) {
      float[] kernel = Objects.requireNonNull(without.get(layer + ".weight"));
      without.put(layer + ".weight", new float[kernel.length]);
    }
    ModelBundle.write(folder, bundle.description(), without);
    Path song = ROOT.resolve("samples/twelve-bar-blues.mp3");
    ClassifyOptions options = ClassifyOptions.DEFAULT.withTimeline(true);
    try (Classifier whole = Classifier.load(bundle("reference-unet"), Precision.FP32);
        Classifier half = Classifier.load(folder, Precision.FP32)) {
      List<Prediction.Segment> expected = clips(whole.classify(song, options));
      List<Prediction.Segment> found = clips(half.classify(song, options));
      assertThat(found).hasSameSizeAs(expected).hasSizeGreaterThan(4);
      for (int clip = 0; clip < found.size(); clip++) {
        Map<String, Float> of = expected.get(clip).probabilities();
        found
            .get(clip)
            .probabilities()
            .forEach((genre, p) -> assertThat(p).isCloseTo(of.get(genre), within(1e-5f)));
      }
    }
  }

  private static List<Prediction.Segment> clips(Answer answer) {
    return Objects.requireNonNull(answer.prediction().timeline(), answer.toString());
  }

  @Test
  void theCalibrationStandsOnTheFoldsThatAreHere() throws IOException {
    Calibration calibration =
        Objects.requireNonNull(ModelBundle.describe(bundle(Models.DEFAULT)).calibration());
    Calibration.Evidence evidence = Objects.requireNonNull(calibration.evidence());
    assertThat(evidence.predictionsSha256())
        .isEqualTo(Digest.ofFile(RUNS.resolve("tonearm-base-folds/predictions.csv")));
    assertThat(evidence.tracks()).isEqualTo(900);
    assertThat(Files.readString(ROOT.resolve("docs/MODEL.md")))
        .contains(percent(evidence.errorBefore()), percent(evidence.errorAfter()))
        .contains(String.format(Locale.ROOT, "T = %.3f", calibration.temperature()));
  }
}
