package tonearm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.features.FeatureConfig;
import tonearm.model.ModelBundle.Description;
import tonearm.model.ModelBundle.Score;
import tonearm.model.NetworkGraph.Weight;
import tonearm.provenance.Provenance;

/** What makes a network another one: whatever changes an answer, and nothing else. */
class NetworkDigestTest {
  @TempDir private Path folder;

  private static Description description(String name, List<String> genres, double clipSeconds) {
    return Description.of(
        name,
        ModelConfig.TINY_UNET,
        FeatureConfig.preset("gtzan-archive"),
        clipSeconds,
        genres,
        name.equals("scored") ? new Score("some", 0.5, 0.5) : null,
        Provenance.now(Map.of("from", name)));
  }

  private String digest(Description description, float firstWeight) throws IOException {
    Map<String, float[]> values = new HashMap<>();
    for (Weight weight : description.graph().weights()) {
      values.put(weight.name(), new float[Math.toIntExact(weight.size())]);
    }
    String first = description.graph().weights().get(0).name();
    Objects.requireNonNull(values.get(first))[0] = firstWeight;
    Path bundle = folder.resolve(description.name());
    ModelBundle.write(bundle, description, values);
    return ModelBundle.networkDigest(bundle);
  }

  @Test
  void onlyWhatDecidesAnswersCounts() throws IOException {
    List<String> genres = List.of("blues", "jazz");
    String plain = digest(description("plain", genres, 6), 1);
    assertThat(plain).matches("[0-9a-f]{64}");
    assertThat(digest(description("renamed", genres, 6), 1)).isEqualTo(plain);
    assertThat(digest(description("scored", genres, 6), 1)).isEqualTo(plain);

    Calibration calibration = new Calibration(0.8, 1.2, 0.3, null, null, null);
    Description calibrated = description("calibrated", genres, 6).withCalibration(calibration);
    String answering = digest(calibrated, 1);
    assertThat(answering).isNotEqualTo(plain);
    // A training that begins with it takes its weights and not its temperature.
    assertThat(ModelBundle.uncalibratedDigest(folder.resolve("calibrated"))).isEqualTo(plain);
    assertThat(ModelBundle.uncalibratedDigest(folder.resolve("plain"))).isEqualTo(plain);
    Calibration.Evidence evidence =
        new Calibration.Evidence(9, 0.1, 0.05, 0.02, "x", Provenance.now(Map.of()));
    Calibration known = new Calibration(0.8, 1.2, 0.3, null, null, evidence);
    assertThat(digest(calibrated.withCalibration(known), 1)).isEqualTo(answering);
    Calibration other = new Calibration(0.8, 1.2, 0.4, null, null, null);
    assertThat(digest(calibrated.withCalibration(other), 1)).isNotEqualTo(answering);

    assertThat(digest(description("trained", genres, 6), 2)).isNotEqualTo(plain);
    assertThat(digest(description("clips", genres, 5), 1)).isNotEqualTo(plain);
    assertThat(digest(description("names", List.of("blues", "swing"), 6), 1)).isNotEqualTo(plain);
    assertThatThrownBy(() -> ModelBundle.networkDigest(folder))
        .hasMessageContaining("is not a model bundle");
  }
}
