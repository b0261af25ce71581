package tonearm.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.audio.AudioDecoder;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;
import tonearm.eval.Occlusion;
import tonearm.eval.Prediction;
import tonearm.features.ClipGrid;
import tonearm.features.FeatureConfig;
import tonearm.features.FrontEnd;
import tonearm.infer.Explainer.Explanation;
import tonearm.model.GenreNet;
import tonearm.model.LibTorch;
import tonearm.model.ModelBundle;
import tonearm.model.ModelConfig;
import tonearm.model.ModelConfig.Activation;
import tonearm.model.NetworkGraph.Weight;
import tonearm.model.Precision;
import tonearm.provenance.Provenance;
import tonearm.provenance.Seeds;

/** That what an answer hangs on is found: by a network that looks at one spot, and nowhere else. */
class ExplainerTest {
  private static final FeatureConfig FEATURES = FeatureConfig.preset("gtzan-archive");
  private static final int RATE_HZ = FEATURES.sampleRateHz();
  private static final ModelConfig MODEL =
      new ModelConfig("one-spot", 64, 4, List.of(4), 4, List.of(4), Activation.RELU, false, 0);

  /** Side of the map that the answer is made from. */
  private static final int MAP = 16;

  /** The spot: these patches of the eight bands and six steps hold all of its cells. */
  private static final int BAND = 5;

  private static final int STEP = 2;

  @TempDir private static Path shared;
  @TempDir private Path folder;
  private static Classifier classifier = emptyUntilBefore();

  @SuppressWarnings("NullAway")
  private static Classifier emptyUntilBefore() {
    return null;
  }

  @BeforeAll
  static void load() throws IOException {
    LibTorch.load(1);
    Path bundle = shared.resolve("bundle");
    ModelBundle.Description description =
        ModelBundle.Description.of(
            "one-spot",
            MODEL,
            FEATURES,
            ClipGrid.DEFAULT_CLIP_SECONDS,
            List.of("quiet", "spot"),
            null,
            Provenance.now(Map.of()));
    try (GenreNet net = GenreNet.create(MODEL.graph(2), new Seeds(1))) {
      ModelBundle.write(bundle, description, oneSpot(net));
    }
    classifier = Classifier.load(bundle, Precision.FP32);
  }

  @AfterAll
  static void close() {
    classifier.close();
  }

  /**
   * Every kernel hands the sum of what comes in on to its first channel, as it is; the U-Net's
   * deeper stage says nothing. So the last map is the picture made smaller, and the logit of "spot"
   * is the sum of its four cells in the spot.
   */
  private static Map<String, float[]> oneSpot(GenreNet net) {
    Map<String, float[]> values = net.values();
    for (Weight weight : net.graph().weights()) {
      float[] value = Objects.requireNonNull(values.get(weight.name()));
      Arrays.fill(value, 0);
      long[] shape = weight.shape();
      if (shape.length == 4 && !weight.name().contains(".up.")) {
        boolean isTransposed = weight.name().startsWith("unet.out");
        int in = (int) (isTransposed ? shape[0] : shape[1]);
        for (int i = 0; i < in; i++) {
          long kernel = isTransposed ? i * shape[1] : i;
          value[(int) (9 * kernel + 4)] = 1;
        }
      } else if (weight.name().equals("head.dense.weight")) {
        int size = value.length / 2;
        for (int y = 2 * BAND; y < 2 * BAND + 2; y++) {
          for (int x = 6; x < 8; x++) {
            value[size + y * MAP + x] = 1; // of the first channel
          }
        }
      }
    }
    return values;
  }

  private Path song(double seconds) throws IOException {
    float[] noise = TestAudio.noise(11, seconds, RATE_HZ);
    return TestAudio.write(folder.resolve("song.wav"), TestFormat.WAV_S16, RATE_HZ, noise);
  }

  private static Prediction answer(Path song, int excerpt) {
    Prediction answer =
        classifier
            .classify(song, ClassifyOptions.DEFAULT.withTimeline(true).withExcerpt(excerpt))
            .prediction();
    assertThat(answer.error()).isNull();
    return answer;
  }

  private static Explanation explained(Path song, Prediction answer) throws IOException {
    return new Explainer(classifier).explain(song, AudioDecoder::open, answer, () -> false);
  }

  @Test
  void theSpotThatTheAnswerHangsOnIsFound() throws IOException {
    Path song = song(34);
    Prediction answer = answer(song, ClassifyOptions.WHOLE);
    assertThat(answer.genre()).isEqualTo("spot");

    Explanation why = explained(song, answer);

    assertThat(why.genre()).isEqualTo("spot");
    assertThat(why.axis().highHz()).isEqualTo(11025);
    // Frame by frame.
    assertThat(why.levels().frames()).isEqualTo(new FrontEnd(FEATURES).frames(34L * RATE_HZ));
    List<Prediction.Segment> timeline = Objects.requireNonNull(answer.timeline());
    assertThat(why.occlusions()).hasSize(6);
    for (int i = 0; i < 6; i++) {
      Occlusion clip = why.occlusions().get(i);
      assertThat(clip.startS()).isEqualTo(timeline.get(i).startS());
      assertThat(clip.endS()).isEqualTo(timeline.get(i).endS());
      assertThat(clip.bands()).isEqualTo(Explainer.BANDS);
      assertThat(clip.steps()).isEqualTo(Explainer.STEPS);
      for (int band = 0; band < clip.bands(); band++) {
        for (int step = 0; step < clip.steps(); step++) {
          float weight = clip.weight(band, step);
          if (band == BAND && step == STEP) {
            assertThat(weight).as("clip %d", i).isGreaterThan(0.1f);
          } else {
            assertThat(weight).as("clip %d: %d, %d", i, band, step).isCloseTo(0, within(1e-4f));
          }
        }
      }
    }
  }

  @Test
  void ofALongSongTwelveClipsAreLookedInto() throws IOException {
    Path song = song(300);
    Prediction answer = answer(song, ClassifyOptions.WHOLE);
    List<Prediction.Segment> timeline = Objects.requireNonNull(answer.timeline());
    assertThat(timeline).hasSize(50);

    Explanation why = explained(song, answer);

    assertThat(why.levels().frames()).isBetween(800, 1600);
    assertThat(why.occlusions())
        .extracting(Occlusion::startS)
        .containsExactlyElementsOf(
            Arrays.stream(ClipGrid.spread(50, 12))
                .mapToObj(i -> timeline.get(i).startS())
                .toList());
    // The same clips as were heard, to the last frame.
    assertThat(why.occlusions()).allMatch(clip -> clip.weight(BAND, STEP) > 0.1f);
  }

  @Test
  void ofAnExcerptTheClipsThatWereHeardAreLookedInto() throws IOException {
    Path song = song(60);
    Prediction answer = answer(song, 3);
    Explanation why = explained(song, answer);

    assertThat(why.occlusions())
        .extracting(Occlusion::startS)
        .containsExactlyElementsOf(
            Objects.requireNonNull(answer.timeline()).stream()
                .map(Prediction.Segment::startS)
                .toList());
  }

  /** It is repeated until it fills a clip; the spot is hidden wherever its moment comes again. */
  @Test
  void aShortSoundIsHiddenEachTimeThatItComes() throws IOException {
    Path song = song(2.05);
    Explanation why = explained(song, answer(song, ClassifyOptions.WHOLE));

    Occlusion clip = why.occlusions().get(0);
    assertThat(clip.endS()).isCloseTo(2.05, within(1e-3));
    assertThat(why.levels().frames()).isLessThan(24);
    // The spot is from 2.25 to 3 s, which is from 0.2 to 0.95 s of the sound: steps 0 to 2.
    for (int step = 0; step < clip.steps(); step++) {
      boolean isIn = step <= 2;
      assertThat(Math.abs(clip.weight(BAND, step)) > 1e-3).as("step %d", step).isEqualTo(isIn);
    }
  }

  @Test
  void whatCannotBeExplainedIsRefused() throws IOException {
    Path song = song(12);
    Prediction answer = answer(song, ClassifyOptions.WHOLE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> explained(song, answer.withTimeline(null)))
        .withMessageContaining("with its timeline");
    assertThatExceptionOfType(InterruptedIOException.class)
        .isThrownBy(
            () -> new Explainer(classifier).explain(song, AudioDecoder::open, answer, () -> true));
    Prediction longer = answer(song(30), ClassifyOptions.WHOLE);
    song(1);
    Explanation rest =
        explained(song, answer(song, ClassifyOptions.WHOLE)); // the file as it is now
    assertThat(rest.occlusions()).hasSize(1);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> explained(song, longer))
        .withMessageContaining("sounds otherwise");
  }
}
