package tonearm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.features.FeatureConfig;
import tonearm.model.Calibration.Likeness;
import tonearm.model.ModelBundle.Description;
import tonearm.model.NetworkGraph.Weight;
import tonearm.provenance.Json;
import tonearm.provenance.Provenance;

class CalibrationTest {
  private static final int CHANNELS =
      ModelConfig.TINY_UNET.graph(2).featureMap().shape().channels();

  @TempDir private Path folder;

  private static Description description(String... genres) {
    return Description.of(
        "tiny",
        ModelConfig.TINY_UNET,
        FeatureConfig.preset("gtzan-archive"),
        6,
        List.of(genres),
        null,
        Provenance.now(Map.of("data_digest", "d")));
  }

  /** As many means of length 1 as genres, each along an axis of its own. */
  private static Likeness likeness(int genres, int channels) {
    List<List<Float>> means = new java.util.ArrayList<>();
    for (int g = 0; g < genres; g++) {
      List<Float> mean = new java.util.ArrayList<>(Collections.nCopies(channels, 0f));
      mean.set(g, 1f);
      means.add(mean);
    }
    return new Likeness(0.5, means);
  }

  private Path bundle() throws IOException {
    Description description = description("blues", "jazz");
    Map<String, float[]> values = new HashMap<>();
    float next = 0;
    for (Weight weight : description.graph().weights()) {
      float[] value = new float[Math.toIntExact(weight.size())];
      for (int i = 0; i < value.length; i++) {
        value[i] = next += 0.001f;
      }
      values.put(weight.name(), value);
    }
    ModelBundle.write(folder, description, values);
    return folder;
  }

  @Test
  void aBundleKeepsEverythingElse() throws IOException {
    Path bundle = bundle();
    Description before = ModelBundle.describe(bundle);
    String weights = Safetensors.valuesDigest(bundle.resolve(ModelBundle.WEIGHTS_FILE));
    Calibration calibration =
        new Calibration(
            0.8,
            1.2,
            0.3,
            likeness(2, CHANNELS),
            new Calibration.Evidence(9, 0.1, 0.05, 0.02, "x", Provenance.now(Map.of())));

    ModelBundle.calibrate(bundle, calibration);

    Description after = ModelBundle.load(bundle).description();
    assertThat(after).isEqualTo(before.withCalibration(calibration));
    assertThat(after.withCalibration(null)).isEqualTo(before);
    assertThat(Safetensors.valuesDigest(bundle.resolve(ModelBundle.WEIGHTS_FILE)))
        .isEqualTo(weights);
    ModelBundle.calibrate(bundle, new Calibration(1, 1, null, null, null));
    assertThat(ModelBundle.describe(bundle).calibration())
        .isEqualTo(new Calibration(1, 1, null, null, null));
  }

  @Test
  void whatDoesNotFitChangesNothing() throws IOException {
    Path bundle = bundle();
    byte[] before = Files.readAllBytes(bundle.resolve(ModelBundle.WEIGHTS_FILE));
    for (Likeness wrong : List.of(likeness(3, CHANNELS), likeness(2, CHANNELS + 1))) {
      assertThatThrownBy(
              () -> ModelBundle.calibrate(bundle, new Calibration(1, 1, 0.3, wrong, null)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("class means, but the model 2 genres");
    }
    assertThatThrownBy(
            () ->
                ModelBundle.calibrate(
                    folder.resolve("none"), new Calibration(1, 1, 0.3, null, null)))
        .hasMessageContaining("is not a model bundle");
    assertThat(Files.readAllBytes(bundle.resolve(ModelBundle.WEIGHTS_FILE))).isEqualTo(before);
    assertThatThrownBy(
            () ->
                description("unknown", "jazz")
                    .withCalibration(new Calibration(1, 1, 0.3, null, null)))
        .hasMessageContaining("cannot be calibrated");
  }

  @Test
  void valuesThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new Calibration(0, 1, null, null, null))
        .hasMessage("temperature must be 0.05 to 20.0, not 0.0");
    assertThatThrownBy(() -> new Calibration(1, Double.NaN, null, null, null))
        .hasMessageContaining("clipTemperature");
    assertThatThrownBy(() -> new Calibration(1, 1, 1.5, null, null))
        .hasMessageContaining("unknownBelow must be 0 to 1, not 1.5");
    assertThatThrownBy(() -> new Likeness(2, List.of())).hasMessageContaining("-1 to 1, not 2");
    assertThatThrownBy(() -> new Likeness(0, List.of(List.of(1f, 1f))))
        .hasMessageContaining("of length 1, not of 2");
    assertThatThrownBy(() -> Json.fromText("{\"temperature\":1}", Calibration.class))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("clip_temperature");
  }

  @Test
  void theNearestMeanCounts() {
    Likeness likeness = likeness(2, 3);
    assertThat(likeness.cosine(new float[] {0.6f, 0.8f, 0})).isCloseTo(0.8, within(1e-6));
    assertThat(likeness.cosine(new float[] {0, 0, 1})).isZero();
    assertThat(likeness.cosine(new float[] {-1, 0, 0})).isZero();
  }
}
