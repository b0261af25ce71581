package tonearm.infer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tonearm.audio.AudioDecoder;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;
import tonearm.eval.Prediction;
import tonearm.eval.Prediction.Segment;
import tonearm.features.ClipGrid;
import tonearm.features.Spectrogram;
import tonearm.model.LibTorch;

/** That an excerpt is some of a song's clips, and what is said of a song beside its genre. */
class ExcerptTest {
  private static final ClassifyOptions TIMELINE = ClassifyOptions.DEFAULT.withTimeline(true);

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
    classifier = LoudModel.load(LoudModel.write(shared.resolve("bundle")));
  }

  @AfterAll
  static void close() {
    classifier.close();
  }

  private static Prediction whole(Path file) {
    Prediction answer = classifier.classify(file, TIMELINE).prediction();
    assertThat(answer.error()).isNull();
    return answer;
  }

  private static Prediction excerpt(Path file, int clips) {
    Prediction answer = classifier.classify(file, TIMELINE.withExcerpt(clips)).prediction();
    assertThat(answer.error()).isNull();
    return answer;
  }

  private static List<Segment> timeline(Prediction prediction) {
    return Objects.requireNonNull(prediction.timeline());
  }

  private static float high(Segment segment) {
    return Objects.requireNonNull(segment.probabilities().get("high"));
  }

  private static void assertSameClips(Prediction whole, Prediction excerpt, int wanted) {
    int all = timeline(whole).size();
    int[] expected = ClipGrid.spread(all, wanted);
    assertThat(excerpt.clips()).isEqualTo(expected.length);
    double sum = 0;
    for (int i = 0; i < expected.length; i++) {
      Segment there = timeline(whole).get(expected[i]);
      Segment here = timeline(excerpt).get(i);
      assertThat(here.startS()).isCloseTo(there.startS(), within(0.15));
      // The song's last clip ends with it, and the length that a file tells may be a little off.
      double tolerance = expected[i] == all - 1 ? 0.03 : 1e-5;
      assertThat(high(here))
          .as("clip %d", expected[i])
          .isCloseTo(high(there), within((float) tolerance));
      sum += high(here);
    }
    assertThat(Objects.requireNonNull(excerpt.probabilities()).get("high"))
        .isCloseTo((float) (sum / expected.length), within(1e-5f));
    assertThat(excerpt.durationS())
        .isCloseTo(Objects.requireNonNull(whole.durationS()), within(0.1));
  }

  @ParameterizedTest
  @EnumSource(names = {"WAV_S16", "FLAC", "MP3", "OGG_VORBIS", "AAC", "ALAC"})
  void anExcerptIsSomeOfTheSongsOwnClips(TestFormat format) throws IOException {
    float[] sound = LoudModel.song(34);
    Path file = TestAudio.write(folder.resolve("a"), format, LoudModel.RATE_HZ, sound, sound);
    Prediction whole = whole(file);
    assertThat(whole.clips()).isEqualTo(6);
    for (int wanted : new int[] {1, 2, 5, 6}) {
      assertSameClips(whole, excerpt(file, wanted), wanted);
    }
  }

  /** No length is told, so that the song is read twice. */
  @Test
  void aSongOfUnknownLengthIsSpreadOverToo() throws IOException {
    Path file = folder.resolve("a.wav");
    TestAudio.write(file, TestFormat.WAV_F32, LoudModel.RATE_HZ, LoudModel.song(40));
    Prediction whole = whole(file);
    ClassifyOptions three = TIMELINE.withExcerpt(3);
    Answer answer =
        classifier.classify(
            file, (path, rateHz) -> new LoudModel.Samples(LoudModel.song(40)), three);
    assertSameClips(whole, answer.prediction(), 3);
  }

  /** The header promises more than there is: what is there is spread over, and it is told. */
  @ParameterizedTest
  @EnumSource(names = {"WAV_S16", "FLAC", "MP3"})
  void aFileThatWasCutShortIsSpreadOverAsFarAsItGoes(TestFormat format) throws IOException {
    Path file = folder.resolve("a");
    TestAudio.write(file, format, LoudModel.RATE_HZ, LoudModel.song(60));
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    Prediction whole = whole(file);
    Prediction excerpt = excerpt(file, 3);
    assertSameClips(whole, excerpt, 3);
    assertThat(whole.warnings()).first().asString().startsWith("truncated");
    assertThat(excerpt.warnings()).isEqualTo(whole.warnings());
  }

  /** A header that claims a day of sound must cost neither memory nor time. */
  @Test
  void anAbsurdLengthIsNotBelieved() throws IOException {
    Path file = folder.resolve("a.wav");
    TestAudio.write(file, TestFormat.WAV_S16, LoudModel.RATE_HZ, LoudModel.song(30));
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at + 8 < 200; at++) {
      if (new String(bytes, at, 4, ISO_8859_1).equals("data")) {
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at + 4, 0xF0000000);
      }
    }
    Files.write(file, bytes);
    assertSameClips(whole(file), excerpt(file, 2), 2);
  }

  /** What is silent where it was looked at may not be silent elsewhere. */
  @Test
  void ifTheExcerptIsSilentTheWholeIsHeard() throws IOException {
    float[] sound = new float[60 * LoudModel.RATE_HZ];
    System.arraycopy(LoudModel.song(10), 0, sound, 0, 10 * LoudModel.RATE_HZ);
    Path file = folder.resolve("a.wav");
    TestAudio.write(file, TestFormat.WAV_S16, LoudModel.RATE_HZ, sound);
    assertThat(excerpt(file, 2).clips()).isEqualTo(10);
    Arrays.fill(sound, 0);
    TestAudio.write(file, TestFormat.WAV_S16, LoudModel.RATE_HZ, sound);
    assertThat(classifier.classify(file, TIMELINE.withExcerpt(2)).prediction().error())
        .startsWith("silent throughout");
  }

  /** As before a hidden track. */
  @Test
  void longSilenceAfterASongChangesNothingOfItsAnswer() throws IOException {
    float[] song = LoudModel.song(23.5);
    Path alone = folder.resolve("alone.wav");
    TestAudio.write(
        alone,
        TestFormat.WAV_S16,
        LoudModel.RATE_HZ,
        Arrays.copyOf(song, 24 * LoudModel.RATE_HZ + 2048));
    Path hidden = folder.resolve("hidden.wav");
    TestAudio.write(
        hidden, TestFormat.WAV_S16, LoudModel.RATE_HZ, Arrays.copyOf(song, 5 * song.length));
    ClassifyOptions asked = TIMELINE.withEmbedding(true);
    Answer expected = classifier.classify(alone, asked);
    Answer answer = classifier.classify(hidden, asked);

    assertThat(expected.prediction().clips()).isEqualTo(4);
    assertThat(answer.prediction().clips()).isEqualTo(20);
    float high = high(answer.prediction().probabilities());
    assertThat(high).isCloseTo(high(expected.prediction().probabilities()), within(1e-5f));
    List<Segment> timeline = timeline(answer.prediction());
    assertThat(timeline.subList(4, 20))
        .allSatisfy(segment -> assertThat(high(segment.probabilities())).isEqualTo(0.5f));
    assertThat(high(timeline.get(3).probabilities())).isNotEqualTo(0.5f);
    float[] direction = Objects.requireNonNull(answer.embedding());
    float[] alike = Objects.requireNonNull(expected.embedding());
    double cosine = 0;
    for (int i = 0; i < direction.length; i++) {
      cosine += direction[i] * alike[i];
    }
    assertThat(cosine).isGreaterThan(0.9999);
    // Of the three clips in the middle of three equal parts only the first is of the song.
    assertThat(high(excerpt(hidden, 3).probabilities()))
        .isCloseTo(high(timeline.get(3).probabilities()), within(1e-5f));
  }

  private static float high(@Nullable Map<String, Float> probabilities) {
    return Objects.requireNonNull(Objects.requireNonNull(probabilities).get("high"));
  }

  @Test
  void anEmptySongAndAMissingOneAreErrors() throws IOException {
    ClassifyOptions two = TIMELINE.withExcerpt(2);
    Answer empty =
        classifier.classify(
            Path.of("empty"), (path, rateHz) -> new LoudModel.Samples(new float[0]), two);
    assertThat(empty.prediction().error()).contains("no sound");
    assertThat(classifier.classify(folder.resolve("x"), two).prediction().error())
        .isEqualTo("no such file");
  }

  @ParameterizedTest
  @CsvSource({
    "5, 1, 2",
    "5, 2, 1 3",
    "5, 3, 0 2 4",
    "5, 5, 0 1 2 3 4",
    "5, 9, 0 1 2 3 4",
    "40, 3, 6 20 33"
  })
  void clipsAreSpreadEvenly(int clips, int wanted, String expected) {
    assertThat(ClipGrid.spread(clips, wanted))
        .containsExactly(Arrays.stream(expected.split(" ")).mapToInt(Integer::parseInt).toArray());
  }

  @Test
  void onlyPossibleExcerpts() throws IOException {
    assertThatIllegalArgumentException().isThrownBy(() -> TIMELINE.withExcerpt(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> TIMELINE.withExcerpt(1001));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                classifier.classify(
                    "a", new LoudModel.Samples(LoudModel.song(7)), TIMELINE.withExcerpt(1)))
        .withMessageContaining("an excerpt needs a file");
  }

  /** By hand: the mean over the clips of each clip's own features, made one long. */
  @Test
  void theEmbeddingIsTheDirectionOfTheMeanOfTheClipsFeatures() throws IOException {
    ClassifyOptions embedding = ClassifyOptions.DEFAULT.withEmbedding(true);
    Path file = folder.resolve("a.wav");
    TestAudio.write(file, TestFormat.WAV_F32, LoudModel.RATE_HZ, LoudModel.song(30));
    float[] song = Objects.requireNonNull(classifier.classify(file, embedding).embedding());
    double[] mean = new double[song.length];
    Pooled pooled = new Pooled();
    classifier.hear(file, AudioDecoder::open, embedding, pooled);
    for (float[] features : pooled.features) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += features[i] / pooled.features.size();
      }
    }
    assertThat(pooled.features).hasSize(5);
    double length = 0;
    double squares = 0;
    for (int i = 0; i < mean.length; i++) {
      length += mean[i] * mean[i];
      squares += song[i] * song[i];
    }
    assertThat(squares).isCloseTo(1, within(1e-6));
    for (int i = 0; i < mean.length; i++) {
      assertThat((double) song[i]).isCloseTo(mean[i] / Math.sqrt(length), within(1e-5));
    }
    assertThat(classifier.classify(file, ClassifyOptions.DEFAULT).embedding()).isNull();
    assertThat(classifier.classify(folder.resolve("x"), embedding).embedding()).isNull();
    assertThat(song).hasSize(classifier.model().model().graph(2).featureMap().shape().channels());
  }

  private static final class Pooled implements SongReader.ClipSink {
    private final List<float[]> features = new ArrayList<>();

    @Override
    public void clip(Spectrogram levels, double startSeconds, boolean isSilent) {
      float[] picture = classifier.newPicture();
      classifier.draw(levels, picture);
      features.add(classifier.ask(List.of(picture)).features()[0]);
    }

    @Override
    public void restart() {
      features.clear();
    }
  }
}
