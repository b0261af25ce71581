package tonearm.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;
import tonearm.dataset.Track;
import tonearm.eval.Prediction;
import tonearm.eval.Temperature;
import tonearm.model.Calibration;
import tonearm.model.Calibration.Likeness;
import tonearm.model.LibTorch;
import tonearm.model.ModelBundle;

/** What a calibration makes of an answer, and when a song is unknown. */
class KnowingTest {
  private static final ClassifyOptions ALL =
      ClassifyOptions.DEFAULT.withTimeline(true).withEmbedding(true);
  private static final float[] SONG = LoudModel.song(20);

  @TempDir private static Path shared;
  private static Path bundle = Path.of("set before all");
  private static Answer plain = Answer.error("none", "set before all");

  @TempDir private Path folder;

  @BeforeAll
  static void makeBundle() throws IOException {
    LibTorch.load(1);
    bundle = LoudModel.write(shared.resolve("bundle"));
    plain = classify(bundle, SONG);
  }

  private static Answer classify(Path model, float[] sound) throws IOException {
    try (Classifier classifier = LoudModel.load(model)) {
      return classifier.classify("song", new LoudModel.Samples(sound), ALL);
    }
  }

  private Path calibrated(double temperature, @Nullable Double below, @Nullable Likeness likeness)
      throws IOException {
    Path own = LoudModel.write(folder.resolve("calibrated"));
    ModelBundle.calibrate(own, new Calibration(temperature, 3, below, likeness, null));
    return own;
  }

  private static float[] values(@Nullable Map<String, Float> probabilities) {
    List<Float> all = List.copyOf(Objects.requireNonNull(probabilities).values());
    return new float[] {all.get(0), all.get(1)};
  }

  @Test
  void songAndClipsHaveTemperaturesOfTheirOwn() throws IOException {
    Answer answer = classify(calibrated(0.5, 0.0, null), SONG);

    Prediction before = plain.prediction();
    Prediction after = answer.prediction();
    assertThat(after.genre()).isEqualTo(before.genre());
    assertThat(values(after.probabilities()))
        .containsExactly(Temperature.apply(values(before.probabilities()), 0.5), within(1e-6f));
    List<Prediction.Segment> clips = Objects.requireNonNull(before.timeline());
    for (int i = 0; i < clips.size(); i++) {
      assertThat(values(Objects.requireNonNull(after.timeline()).get(i).probabilities()))
          .containsExactly(
              Temperature.apply(values(clips.get(i).probabilities()), 3), within(1e-6f));
    }
    assertThat(answer.embedding()).isEqualTo(plain.embedding());
  }

  @Test
  void aSongOfOneClipIsAnsweredAsThatClip() throws IOException {
    Prediction after = classify(calibrated(0.5, 0.0, null), LoudModel.song(5)).prediction();
    assertThat(after.clips()).isEqualTo(1);
    assertThat(after.probabilities())
        .isEqualTo(Objects.requireNonNull(after.timeline()).get(0).probabilities());
  }

  @Test
  void belowTheThresholdTheGenreIsUnknown() throws IOException {
    float confidence = Objects.requireNonNull(plain.prediction().confidence());
    assertThat(classify(calibrated(1, (double) confidence, null), SONG).prediction().isUnknown())
        .isFalse();
    Prediction unknown = classify(calibrated(1, confidence + 1e-4, null), SONG).prediction();
    assertThat(unknown.genre()).isEqualTo(Prediction.UNKNOWN);
    assertThat(unknown.confidence()).isEqualTo(confidence);
    assertThat(unknown.probabilities()).isEqualTo(plain.prediction().probabilities());
    assertThat(Objects.requireNonNull(unknown.nearest()).get(0).genre())
        .isEqualTo(plain.prediction().genre());
  }

  @Test
  void aSongUnlikeTheTrainingIsUnknownHoweverSure() throws IOException {
    float[] embedding = Objects.requireNonNull(plain.embedding());
    List<Float> same = new ArrayList<>();
    for (float value : embedding) {
      same.add(value);
    }
    List<Float> elsewhere = new ArrayList<>(Collections.nCopies(embedding.length, 0f));
    elsewhere.set(0, 1f);
    double there = embedding[0];

    Likeness near = new Likeness(0.99, List.of(elsewhere, same));
    assertThat(classify(calibrated(1, null, near), SONG).prediction().isUnknown()).isFalse();
    Likeness far = new Likeness(Math.min(1, there + 0.01), List.of(elsewhere, elsewhere));
    assertThat(classify(calibrated(1, null, far), SONG).prediction().isUnknown()).isTrue();
  }

  @Test
  void silenceIsUnknownWithAWarningAndNothingNear() throws IOException {
    Path model = calibrated(0.5, null, null);
    Answer silence = classify(model, TestAudio.silence(13, LoudModel.RATE_HZ));
    assertSilent(silence);
    assertThat(silence.prediction().clips()).isEqualTo(2);
    Path file = folder.resolve("silent.wav");
    TestAudio.write(
        file, TestFormat.WAV_S16, LoudModel.RATE_HZ, TestAudio.silence(30, LoudModel.RATE_HZ));
    try (Classifier classifier = LoudModel.load(model)) {
      assertSilent(classifier.classify(file, ALL));
      assertSilent(classifier.classify(file, ALL.withExcerpt(2)));
    }
    assertThatThrownBy(() -> classify(model, new float[0])).hasMessageContaining("no sound");
  }

  private static void assertSilent(Answer answer) {
    Prediction said = answer.prediction();
    assertThat(said.genre()).isEqualTo(Prediction.UNKNOWN);
    assertThat(said.nearest()).isEmpty();
    assertThat(values(said.probabilities())).containsExactly(0.5f, 0.5f);
    assertThat(values(Objects.requireNonNull(said.timeline()).get(0).probabilities()))
        .containsExactly(0.5f, 0.5f);
    assertThat(said.warnings()).hasSize(1);
    assertThat(Objects.requireNonNull(said.warnings()).get(0)).startsWith("silent throughout");
    assertThat(answer.embedding()).isNull();
  }

  @Test
  void classMeansAndCosinesAreThoseOfThePlane() {
    List<Track> tracks =
        List.of(
            Track.named("a.1", "a", null),
            Track.named("a.2", "a", null),
            Track.named("b.1", "b", null),
            Track.named("b.2", "b", null));
    Map<String, float[]> embeddings =
        Map.of(
            "a.1", new float[] {5, 0},
            "a.2", new float[] {0, 0.1f},
            "b.1", new float[] {-1, 0},
            "b.2", new float[] {-2, 0});
    List<String> genres = List.of("a", "b");
    float half = (float) Math.sqrt(0.5);

    assertThat(LikenessFit.classMeans(genres, embeddings, tracks))
        .containsExactly(List.of(half, half), List.of(-1f, 0f));
    // A track does not count for its own mean: a.1 has only a.2, at a right angle, and b.
    assertThat(LikenessFit.cosines(genres, embeddings, tracks, tracks))
        .containsExactly(new double[] {0, 0, 1, 1}, within(1e-7));
    assertThat(LikenessFit.cosines(genres, embeddings, tracks.subList(0, 3), tracks.subList(3, 4)))
        .containsExactly(new double[] {1}, within(1e-7));
    assertThatThrownBy(() -> LikenessFit.classMeans(genres, embeddings, tracks.subList(0, 2)))
        .hasMessageContaining("no tracks of genre b");
  }

  @Test
  void theLeastCosineLosesNoMoreThanItMay() {
    double[] cosines = {0.9, 0.5, 0.7, 0.8, 0.6, 0.95, 0.85, 0.75, 0.65, 0.55};
    assertThat(LikenessFit.least(cosines, 0)).isEqualTo(0.5);
    assertThat(LikenessFit.least(cosines, 0.19)).isEqualTo(0.55);
    assertThat(LikenessFit.least(cosines, 0.2)).isEqualTo(0.6);
    assertThat(LikenessFit.least(new double[] {0.12345}, 0.5)).isEqualTo(0.123);
  }
}
