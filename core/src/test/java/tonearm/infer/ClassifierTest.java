package tonearm.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tonearm.audio.Audio;
import tonearm.audio.AudioException;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;
import tonearm.dataset.ClipSet;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Preparer;
import tonearm.eval.ClipPrediction;
import tonearm.eval.Prediction;
import tonearm.eval.Prediction.Segment;
import tonearm.features.ClipGrid;
import tonearm.features.ClipScaler;
import tonearm.features.FeatureConfig;
import tonearm.features.FrontEnd;
import tonearm.features.Spectrogram;
import tonearm.model.GenreNet;
import tonearm.model.LibTorch;
import tonearm.model.ModelBundle;
import tonearm.model.Precision;

/** That a file is answered clip by clip by the rules that training has. */
class ClassifierTest {
  private static final FeatureConfig FEATURES = FeatureConfig.preset("gtzan-archive");
  private static final int RATE_HZ = FEATURES.sampleRateHz();
  private static final double CLIP_S = ClipGrid.DEFAULT_CLIP_SECONDS;

  private static final ClassifyOptions TIMELINE = ClassifyOptions.DEFAULT.withTimeline(true);

  @TempDir private static Path shared;
  private static Path bundle = Path.of("set before all");

  @TempDir private Path folder;

  @BeforeAll
  static void makeBundle() throws IOException {
    // One thread: with more, a machine busy with other work spends the test's time in waiting.
    LibTorch.load(1);
    bundle = LoudModel.write(shared.resolve("bundle"));
  }

  private static Prediction classify(float[] sound, Precision precision) throws IOException {
    try (Classifier classifier = Classifier.load(bundle, precision)) {
      return classifier.classify("song", new LoudModel.Samples(sound), TIMELINE).prediction();
    }
  }

  private static List<Segment> timeline(Prediction prediction) {
    return Objects.requireNonNull(prediction.timeline());
  }

  private static float[] answer(Segment segment) {
    return new float[] {
      Objects.requireNonNull(segment.probabilities().get("high")),
      Objects.requireNonNull(segment.probabilities().get("low"))
    };
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void aFileIsAnsweredAsItsPreparedPictureIs(Precision precision) throws Exception {
    Path music = folder.resolve("music");
    for (String genre : List.of("high", "low")) {
      Path file = Files.createDirectories(music.resolve(genre)).resolve("a.wav");
      float[] sound = LoudModel.song(genre.equals("low") ? 30 : 33.5);
      TestAudio.write(file, TestFormat.WAV_F32, RATE_HZ, sound);
    }
    Path data = folder.resolve("data");
    new Preparer(FEATURES).prepare(music, data, Preparer.Listener.NONE);
    PreparedDataset dataset = PreparedDataset.open(data);

    List<ClipPrediction> prepared =
        DatasetAnswers.of(
                bundle,
                dataset,
                ClipSet.all(dataset.catalog().usable()),
                "all",
                precision,
                (done, all) -> {})
            .clips();

    // Pictures keep 8 bits of a level. Measured: at most 3.2e-4 apart in fp32, 1.9e-3 in bf16,
    // where the answers to the clips themselves are up to 2.4e-2 apart.
    double tolerance = precision == Precision.FP32 ? 1e-3 : 5e-3;
    double worst = 0;
    double spread = 0;
    int compared = 0;
    try (Classifier classifier = Classifier.load(bundle, precision)) {
      for (String genre : List.of("high", "low")) {
        Prediction heard =
            classifier.classify(music.resolve(genre + "/a.wav"), TIMELINE).prediction();
        List<ClipPrediction> clips =
            prepared.stream().filter(c -> c.track().startsWith(genre)).toList();
        assertThat(heard.error()).isNull();
        assertThat(clips).hasSameSizeAs(timeline(heard));
        for (int i = 0; i < clips.size(); i++) {
          assertThat(clips.get(i).clip()).isEqualTo(i);
          float[] one = answer(timeline(heard).get(i));
          float[] other = clips.get(i).probabilities();
          worst = Math.max(worst, Math.abs(one[0] - other[0]));
          spread = Math.max(spread, Math.abs(one[0] - answer(timeline(heard).get(0))[0]));
          compared++;
        }
      }
    }
    assertThat(compared).isEqualTo(11);
    assertThat(worst).isLessThan(tolerance);
    assertThat(spread).as("clips differ, or the comparison says nothing").isGreaterThan(3 * worst);
  }

  @ParameterizedTest
  @CsvSource({"6, 1", "8.9, 1", "9.1, 2", "30, 5", "32.9, 5", "33.5, 6", "36, 6"})
  void aSongHasTheseManyClips(double seconds, int clips) throws IOException {
    assertThat(classify(LoudModel.song(seconds), Precision.FP32).clips()).isEqualTo(clips);
  }

  @Test
  void aSongHasAsManyClipsAsTheGridSaysForAnyLength() throws IOException {
    ClipGrid grid = ClipGrid.of(FEATURES, CLIP_S);
    FrontEnd frontEnd = new FrontEnd(FEATURES);
    float[] longest = LoudModel.song(40);
    try (Classifier classifier = Classifier.load(bundle, Precision.FP32)) {
      // A step that shares no factor with the hop, so that all phases of it come up.
      for (int samples = 2_000; samples <= longest.length; samples += 40_009) {
        float[] sound = Arrays.copyOf(longest, samples);
        Prediction answer =
            classifier.classify("song", new LoudModel.Samples(sound), TIMELINE).prediction();
        int frames = frontEnd.frames(samples);
        assertThat(answer.clips()).as("%d samples", samples).isEqualTo(grid.spans(frames).size());
        assertThat(timeline(answer)).hasSize(grid.spans(frames).size());
        assertThat(answer.durationS()).isEqualTo((double) samples / RATE_HZ);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 2, 5.5})
  void aSongShorterThanAClipIsRepeatedUntilItIsOne(double seconds) throws IOException {
    float[] sound = LoudModel.song(seconds);
    FrontEnd frontEnd = new FrontEnd(FEATURES);
    ClipGrid grid = ClipGrid.of(FEATURES, CLIP_S);

    Prediction answer = classify(sound, Precision.FP32);

    assertThat(answer.clips()).isEqualTo(1);
    Segment only = timeline(answer).get(0);
    assertThat(only.startS()).isZero();
    assertThat(only.endS()).isEqualTo((double) sound.length / RATE_HZ);
    // The same repetition, made by hand.
    Spectrogram raw = frontEnd.spectrogram(new Audio(sound, RATE_HZ));
    int width = grid.span(0).frames();
    float[] values = new float[raw.bins() * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = raw.at(i / width, i % width % raw.frames());
    }
    float[] picture = new float[32 * 32];
    new ClipScaler(32)
        .scale(frontEnd.floored(new Spectrogram(values, raw.bins(), width)), picture, 0);
    try (GenreNet net = ModelBundle.load(bundle).network()) {
      float[] expected = net.probabilities(picture, 1, Precision.FP32)[0];
      assertThat(answer(only)).containsExactly(expected, within(1e-5f));
    }
  }

  @Test
  void segmentsStandInTheOrderOfTimeAcrossBatches() throws IOException {
    double seconds = 20 * CLIP_S + 4;

    List<Segment> timeline = timeline(classify(LoudModel.song(seconds), Precision.FP32));

    assertThat(timeline).hasSize(21);
    for (int i = 0; i < 20; i++) {
      assertThat(timeline.get(i).startS()).isEqualTo(i * CLIP_S);
      assertThat(timeline.get(i).endS()).isEqualTo((i + 1) * CLIP_S);
    }
    // The rest of 4 s is heard as the song's last 6 s.
    assertThat(timeline.get(20).startS()).isCloseTo(seconds - CLIP_S, within(1e-3));
    assertThat(timeline.get(20).endS()).isCloseTo(seconds, within(1e-3));
  }

  @Test
  void aClipIsAnsweredTheSameWhereverItStands() throws IOException {
    // 17 clips: one full batch of 16, and one that is alone in the next.
    float[] song = LoudModel.song(17 * CLIP_S);
    List<Segment> all = timeline(classify(song, Precision.FP32));
    int from = (int) (16 * CLIP_S * RATE_HZ);

    Prediction alone = classify(Arrays.copyOfRange(song, from, song.length), Precision.FP32);

    // Not exactly the same frames: a clip's length is no whole number of them.
    assertThat(answer(timeline(alone).get(0))).containsExactly(answer(all.get(16)), within(0.02f));
    float sum = 0;
    for (Segment segment : all) {
      sum += answer(segment)[0];
    }
    Prediction whole = classify(song, Precision.FP32);
    assertThat(Objects.requireNonNull(whole.probabilities()).get("high"))
        .isCloseTo(sum / all.size(), within(1e-5f));
  }

  @Test
  void silenceIsNoSong() throws IOException {
    assertThatThrownBy(() -> classify(TestAudio.silence(13, RATE_HZ), Precision.FP32))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("silent throughout");
    float[] late = TestAudio.silence(13, RATE_HZ);
    late[late.length / 2] = 0.1f;
    assertThat(classify(late, Precision.FP32).clips()).isEqualTo(2);
    assertThatThrownBy(() -> classify(new float[0], Precision.FP32))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("no sound");
  }

  @Test
  void whatIsWrongWithAFileIsAnAnswer() throws IOException {
    try (Classifier classifier = Classifier.load(bundle, Precision.FP32)) {
      Path missing = folder.resolve("missing.mp3");
      assertThat(classifier.classify(missing, ClassifyOptions.DEFAULT).prediction().error())
          .isEqualTo("no such file");
      Path loop = folder.resolve("loop");
      Files.createSymbolicLink(loop, loop.getFileName());
      assertThat(classifier.classify(loop, ClassifyOptions.DEFAULT).prediction().error())
          .doesNotContain(folder.toString())
          .contains("symbolic links");
    }
  }
}
