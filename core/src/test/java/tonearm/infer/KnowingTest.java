package tonearm.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
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
import tonearm.provenance.Seeds;

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
    ModelBundle.calibrate(own, new Calibration(temperature, 3, below, null, likeness, null));
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
  void aSingleClipHasALeastConfidenceOfItsOwn() throws IOException {
    Path strict = LoudModel.write(folder.resolve("strict"));
    ModelBundle.calibrate(strict, new Calibration(1, 3, 0.0, 1.0, null, null));
    assertThat(classify(strict, LoudModel.song(5)).prediction().isUnknown()).isTrue();
    assertThat(classify(strict, SONG).prediction().isUnknown()).isFalse();
    // Without one it is that of songs.
    Calibration old = new Calibration(1, 3, 0.4, null, null, null);
    assertThat(old.leastConfidence(1)).isEqualTo(0.4);
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

    Likeness near = likeness(0.01, elsewhere, same);
    assertThat(classify(calibrated(1, null, near), SONG).prediction().isUnknown()).isFalse();
    // The origin lies at distance 1 of it, whose square is divided among the channels.
    double there = Math.sqrt(1.0 / embedding.length);
    Likeness just = likeness(there + 1e-3, elsewhere, elsewhere);
    assertThat(classify(calibrated(1, null, just), SONG).prediction().isUnknown()).isFalse();
    Path far = calibrated(1, null, likeness(there - 1e-3, elsewhere, elsewhere));
    assertThat(classify(far, SONG).prediction().isUnknown()).isTrue();
    // One clip alone lies farther from everything, and has a limit of its own or none.
    float[] short5 = LoudModel.song(5);
    assertThat(classify(far, short5).prediction().isUnknown()).isFalse();
    Likeness strict = just.withLimits(there + 1e-3, there - 1e-3);
    assertThat(classify(calibrated(1, null, strict), short5).prediction().isUnknown()).isTrue();
    assertThat(classify(calibrated(1, null, strict), SONG).prediction().isUnknown()).isFalse();
  }

  private static Likeness likeness(double greatest, List<Float> one, List<Float> other) {
    return new Likeness(greatest, null, List.of(one, other), List.of(), List.of(), 1, null);
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

  /** Embeddings about two means that scatter much along one axis and little along the others. */
  private static Map<String, float[]> embeddings(List<Track> tracks, int channels) {
    Random random = new Seeds(5).random("embeddings");
    Map<String, float[]> embeddings = new HashMap<>();
    for (Track track : tracks) {
      float[] embedding = new float[channels];
      embedding[0] = track.genre().equals("a") ? 1 : 0;
      embedding[1] = track.genre().equals("a") ? 0 : 1;
      for (int c = 2; c < channels; c++) {
        embedding[c] = (float) ((c == 2 ? 0.2 : 0.01) * random.nextGaussian());
      }
      embeddings.put(track.track(), embedding);
    }
    return embeddings;
  }

  private static List<Track> tracks(int each) {
    List<Track> tracks = new ArrayList<>();
    for (int i = 0; i < each; i++) {
      tracks.add(Track.named("a." + i, "a", null));
      tracks.add(Track.named("b." + i, "b", null));
    }
    return tracks;
  }

  @Test
  void theFitFindsTheMeansAndTheStrongestDirection() {
    List<Track> tracks = tracks(200);
    Map<String, float[]> embeddings = embeddings(tracks, 6);
    List<String> genres = List.of("a", "b");

    Likeness likeness = LikenessFit.of(genres, embeddings, tracks);

    assertThat(likeness.classMeans().get(0).get(0)).isCloseTo(0.98f, within(0.01f));
    assertThat(likeness.classMeans().get(1).get(1)).isCloseTo(0.98f, within(0.01f));
    assertThat(likeness.directions()).hasSize(3);
    assertThat(Math.abs(likeness.directions().get(0).get(2))).isCloseTo(1, within(0.01f));
    assertThat(likeness.variances().get(0)).isCloseTo(0.9 * 0.036, within(0.006));
    assertThat(likeness.variances()).isSortedAccordingTo(Comparator.reverseOrder());
    // Shrinking leaves the training itself a little nearer than 1.
    assertThat(
            tracks.stream()
                .mapToDouble(
                    track ->
                        LikenessFit.distance(
                            likeness, Objects.requireNonNull(embeddings.get(track.track()))))
                .map(d -> d * d)
                .average()
                .orElseThrow())
        .isBetween(0.2, 1.0);
    // As far as that along the strong direction is usual; beside it, it is not.
    float[] usual = {1, 0, 0.2f, 0, 0, 0};
    float[] odd = {1, 0, 0, 0, 0, 0.2f};
    assertThat(likeness.distance(odd)).isGreaterThan(2 * likeness.distance(usual));
    assertThat(LikenessFit.of(genres, embeddings, tracks)).isEqualTo(likeness);
  }

  @Test
  void whatCannotBeFittedIsTold() {
    List<Track> tracks = tracks(2);
    Map<String, float[]> embeddings = embeddings(tracks, 4);
    assertThatThrownBy(() -> LikenessFit.of(List.of("a", "b", "c"), embeddings, tracks))
        .hasMessageContaining("no tracks of genre c");
    assertThatThrownBy(() -> LikenessFit.of(List.of("a"), embeddings, tracks))
        .hasMessageContaining("b.0 is of genre b, which is not among [a]");
    assertThatThrownBy(() -> LikenessFit.of(List.of("a", "b"), embeddings, tracks.subList(0, 2)))
        .hasMessageContaining("all alike");
    assertThatThrownBy(() -> LikenessFit.of(List.of("a", "b"), Map.of(), tracks))
        .hasMessageContaining("a.0 has no clips");
  }

  @Test
  void theGreatestDistanceLosesNoMoreThanItMay() {
    double[] distances = {0.9, 0.5, 0.7, 0.8, 0.6, 0.95, 0.85, 0.75, 0.65, 0.555};
    assertThat(LikenessFit.greatest(distances, 0)).isEqualTo(0.95);
    assertThat(LikenessFit.greatest(distances, 0.1)).isEqualTo(0.9);
    assertThat(LikenessFit.greatest(distances, 0.19)).isEqualTo(0.9);
    assertThat(LikenessFit.greatest(new double[] {1.2345}, 0.5)).isEqualTo(1.24);
  }
}
