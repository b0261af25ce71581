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

  private static List<Float> axis(int channels, int which, float length) {
    List<Float> axis = new java.util.ArrayList<>(Collections.nCopies(channels, 0f));
    axis.set(which, length);
    return axis;
  }

  /** As many means as genres, each along an axis of its own; one direction along the last axis. */
  private static Likeness likeness(int genres, int channels) {
    List<List<Float>> means = new java.util.ArrayList<>();
    for (int g = 0; g < genres; g++) {
      means.add(axis(channels, g, 1));
    }
    return new Likeness(
        0.5, null, means, List.of(axis(channels, channels - 1, 1)), List.of(0.25), 4, null);
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
            0.2,
            likeness(2, CHANNELS),
            new Calibration.Evidence(9, 0.1, 0.05, 0.02, "x", Provenance.now(Map.of())));

    ModelBundle.calibrate(bundle, calibration);

    Description after = ModelBundle.load(bundle).description();
    assertThat(after).isEqualTo(before.withCalibration(calibration));
    assertThat(after.withCalibration(null)).isEqualTo(before);
    assertThat(Safetensors.valuesDigest(bundle.resolve(ModelBundle.WEIGHTS_FILE)))
        .isEqualTo(weights);
    ModelBundle.calibrate(bundle, new Calibration(1, 1, null, null, null, null));
    assertThat(ModelBundle.describe(bundle).calibration())
        .isEqualTo(new Calibration(1, 1, null, null, null, null));
  }

  @Test
  void whatDoesNotFitChangesNothing() throws IOException {
    Path bundle = bundle();
    byte[] before = Files.readAllBytes(bundle.resolve(ModelBundle.WEIGHTS_FILE));
    for (Likeness wrong : List.of(likeness(3, CHANNELS), likeness(2, CHANNELS + 1))) {
      assertThatThrownBy(
              () -> ModelBundle.calibrate(bundle, new Calibration(1, 1, 0.3, null, wrong, null)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("class means, but the model 2 genres");
    }
    assertThatThrownBy(
            () ->
                ModelBundle.calibrate(
                    folder.resolve("none"), new Calibration(1, 1, 0.3, null, null, null)))
        .hasMessageContaining("is not a model bundle");
    assertThat(Files.readAllBytes(bundle.resolve(ModelBundle.WEIGHTS_FILE))).isEqualTo(before);
    assertThatThrownBy(
            () ->
                description("unknown", "jazz")
                    .withCalibration(new Calibration(1, 1, 0.3, null, null, null)))
        .hasMessageContaining("cannot be calibrated");
  }

  @Test
  void valuesThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new Calibration(0, 1, null, null, null, null))
        .hasMessage("temperature must be 0.05 to 20.0, not 0.0");
    assertThatThrownBy(() -> new Calibration(1, Double.NaN, null, null, null, null))
        .hasMessageContaining("clipTemperature");
    assertThatThrownBy(() -> new Calibration(1, 1, 1.5, null, null, null))
        .hasMessageContaining("unknownBelow must be 0 to 1, not 1.5");
    assertThatThrownBy(() -> new Calibration(1, 1, 0.5, -0.1, null, null))
        .hasMessageContaining("clipUnknownBelow must be 0 to 1, not -0.1");
    List<List<Float>> means = List.of(axis(3, 0, 1));
    List<List<Float>> along = List.of(axis(3, 1, 1));
    assertThatThrownBy(() -> new Likeness(0, null, means, along, List.of(1.0), 1, null))
        .hasMessageContaining("greatestDistance must be more than 0, not 0");
    assertThatThrownBy(() -> new Likeness(1, null, means, along, List.of(), 1, null))
        .hasMessageContaining("each of 1 directions needs a variance");
    assertThatThrownBy(() -> new Likeness(1, null, means, along, List.of(1.0), 0, null))
        .hasMessageContaining("and so do the others");
    assertThatThrownBy(
            () -> new Likeness(1, null, means, List.of(axis(3, 1, 2)), List.of(1.0), 1, null))
        .hasMessageContaining("length 1, not 3 and 2.0");
    assertThatThrownBy(
            () ->
                new Likeness(
                    1, null, List.of(axis(3, 0, 1), axis(2, 0, 1)), along, List.of(1.0), 1, null))
        .hasMessageContaining("of one dimension");
    assertThatThrownBy(() -> Json.fromText("{\"temperature\":1}", Calibration.class))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("clip_temperature");
  }

  @Test
  void theDistanceIsMahalanobissToTheNearestGenre() {
    Likeness likeness = likeness(2, 3);
    assertThat(likeness.distance(new float[] {1, 0, 0})).isZero();
    // From the first mean 0.5 along the direction, of variance 0.25, and 0.5 beside it, of 4.
    assertThat(likeness.distance(new float[] {1.5f, 0, 0.5f}))
        .isCloseTo(Math.sqrt((0.25 / 0.25 + 0.25 / 4) / 3), within(1e-6));
    assertThat(likeness.distance(new float[] {0, 1, 1}))
        .isCloseTo(Math.sqrt(1 / 0.25 / 3), within(1e-6));
  }

  @Test
  void whatIsNearerToASoundThatIsNoMusicThanToAnyGenreIsUnlike() {
    Likeness likeness = likeness(2, 3).withLimits(100, null);
    float[] song = {0.4f, 0, 0.6f};
    assertThat(likeness.isUnlike(song, 2)).isFalse();
    Likeness compared = likeness.withNoMusic(List.of(axis(3, 1, 9), axis(3, 2, 1)));
    assertThat(compared.isUnlike(song, 2)).isTrue();
    assertThat(compared.isUnlike(song, 1)).as("of one clip too").isTrue();
    assertThat(compared.isUnlike(new float[] {0.9f, 0, 0.1f}, 2)).isFalse();
    assertThat(compared.distance(song)).as("is that to genres").isEqualTo(likeness.distance(song));
    assertThatThrownBy(() -> likeness.withNoMusic(List.of(axis(2, 0, 1))))
        .hasMessageContaining("must be of 3 channels");
  }
}
