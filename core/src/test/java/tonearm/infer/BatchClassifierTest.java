package tonearm.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tonearm.audio.AudioException;
import tonearm.audio.AudioSource;
import tonearm.audio.AudioStream;
import tonearm.eval.Prediction.Segment;
import tonearm.infer.BatchClassifier.Settings;
import tonearm.infer.BatchClassifier.Song;
import tonearm.infer.BatchClassifier.Summary;
import tonearm.model.LibTorch;
import tonearm.model.Precision;

/** That many files are answered as each alone is, and that no file can spoil it for the others. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BatchClassifierTest {
  private static final ClassifyOptions ALL = new ClassifyOptions(true, 0, true);

  @TempDir private static Path shared;
  private static Path bundle = Path.of("set before all");
  private static Classifier classifier = emptyUntilBefore();

  @SuppressWarnings("NullAway")
  private static Classifier emptyUntilBefore() {
    return null;
  }

  @BeforeAll
  static void load() throws IOException {
    LibTorch.load(1);
    bundle = LoudModel.write(shared.resolve("bundle"));
    classifier = LoudModel.load(bundle);
  }

  @AfterAll
  static void close() {
    classifier.close();
  }

  /** A song of as many seconds as its name says. */
  private static AudioStream bySeconds(Path path, int rateHz) {
    return new LoudModel.Samples(
        LoudModel.song(Double.parseDouble(path.toString().split("s", 2)[0])));
  }

  private record Named(Path path) implements Song {}

  private static List<Named> songs(String... names) {
    return List.of(names).stream().map(name -> new Named(Path.of(name))).toList();
  }

  private static Settings settings(int jobs) {
    return Settings.of(jobs, ALL);
  }

  private static Settings timeout(int jobs, int millis) {
    return new Settings(jobs, Duration.ofMillis(millis), true, ClassifyOptions.DEFAULT);
  }

  /** What came of a batch. */
  private record Outcome(List<Answer> answers, Summary summary) {
    List<String> paths() {
      return answers.stream().map(a -> a.prediction().path()).toList();
    }

    @Nullable String error(int i) {
      return answers.get(i).prediction().error();
    }
  }

  private static Outcome run(AudioSource source, Settings settings, List<? extends Song> songs)
      throws IOException {
    List<Answer> answers = new ArrayList<>();
    Summary summary =
        new BatchClassifier(classifier, source, settings)
            .run(songs.iterator(), (song, answer) -> answers.add(answer));
    assertThat(summary.songs()).isEqualTo(answers.size());
    return new Outcome(answers, summary);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void answersAreThoseOfEachFileAlone(int jobs) throws IOException {
    // 1 to 17 clips a song, so that batches of 16 begin and end everywhere.
    List<Named> songs = songs("0.5s", "30s", "7s", "102s", "13s", "6s-b", "33.5s", "20s", "6s-c");

    Outcome batch = run(BatchClassifierTest::bySeconds, settings(jobs), songs);

    assertThat(batch.paths()).isEqualTo(songs.stream().map(s -> s.path().toString()).toList());
    assertThat(batch.summary().answered()).isEqualTo(songs.size());
    for (int i = 0; i < songs.size(); i++) {
      assertSame(batch.answers().get(i), alone(songs.get(i), classifier), 1e-5);
    }
  }

  private static Answer alone(Named song, Classifier by) {
    return by.classify(song.path(), BatchClassifierTest::bySeconds, ALL);
  }

  /** bf16 rounds to 8 bits; what batch a clip is in must not show beyond that. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void theBatchSizeDoesNotShow(Precision precision) throws IOException {
    List<Named> songs = songs("24s", "6s", "42s");
    try (Classifier own = Classifier.load(bundle, precision)) {
      List<Answer> answers = new ArrayList<>();
      new BatchClassifier(own, BatchClassifierTest::bySeconds, settings(2))
          .run(songs.iterator(), (song, answer) -> answers.add(answer));
      double tolerance = precision == Precision.FP32 ? 1e-5 : 5e-3;
      for (int i = 0; i < songs.size(); i++) {
        assertSame(answers.get(i), alone(songs.get(i), own), tolerance);
      }
    }
  }

  private static void assertSame(Answer one, Answer other, double tolerance) {
    assertThat(one.prediction().error()).isNull();
    assertThat(one.prediction().clips()).isEqualTo(other.prediction().clips());
    assertThat(one.prediction().durationS()).isEqualTo(other.prediction().durationS());
    List<Segment> ones = Objects.requireNonNull(one.prediction().timeline());
    List<Segment> others = Objects.requireNonNull(other.prediction().timeline());
    assertThat(ones).hasSameSizeAs(others);
    for (int i = 0; i < ones.size(); i++) {
      assertThat(ones.get(i).startS()).isEqualTo(others.get(i).startS());
      assertThat(ones.get(i).probabilities().get("high"))
          .isCloseTo(
              Objects.requireNonNull(others.get(i).probabilities().get("high")),
              within((float) tolerance));
    }
    float[] embedding = Objects.requireNonNull(one.embedding());
    assertThat(embedding)
        .containsExactly(Objects.requireNonNull(other.embedding()), within((float) tolerance));
  }

  @Test
  void answersComeInTheOrderOfTheSongs() throws IOException {
    CountDownLatch othersAreOpen = new CountDownLatch(3);
    AudioSource source =
        (path, rateHz) -> {
          if (path.toString().contains("slow")) {
            await(othersAreOpen);
          } else {
            othersAreOpen.countDown();
          }
          return bySeconds(path, rateHz);
        };
    Settings settings = new Settings(2, Duration.ofMinutes(1), true, ClassifyOptions.DEFAULT);

    Outcome batch = run(source, settings, songs("6s-slow", "6s-b", "6s-c", "6s-d"));

    assertThat(batch.paths()).containsExactly("6s-slow", "6s-b", "6s-c", "6s-d");
  }

  @Test
  void answersComeAsTheyAreReadyWhereOrderDoesNotMatter() throws IOException {
    CountDownLatch othersAreAnswered = new CountDownLatch(3);
    AudioSource source =
        (path, rateHz) -> {
          if (path.toString().contains("slow")) {
            await(othersAreAnswered);
          }
          return bySeconds(path, rateHz);
        };
    Settings settings = new Settings(2, Duration.ofMinutes(1), false, ClassifyOptions.DEFAULT);
    List<String> paths = new ArrayList<>();

    new BatchClassifier(classifier, source, settings)
        .run(
            songs("6s-slow", "6s-b", "6s-c", "6s-d").iterator(),
            (song, answer) -> {
              paths.add(answer.prediction().path());
              othersAreAnswered.countDown();
            });

    assertThat(paths).hasSize(4).endsWith("6s-slow");
  }

  private static void await(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true; // as native code would: it does not notice
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Three threads, and more files than that which never let go of theirs. */
  @Test
  void aDecoderThatDoesNotComeBackCostsItsFileOnly() throws IOException {
    CountDownLatch never = new CountDownLatch(1);
    AudioSource source =
        (path, rateHz) -> {
          if (path.toString().contains("hang")) {
            await(never);
            throw new AudioException("let go at last");
          }
          return bySeconds(path, rateHz);
        };
    List<Named> songs =
        songs("hang1", "6s", "hang2", "hang3", "hang4", "7s", "hang5", "8s", "0.5s");
    try {
      Outcome batch = run(source, timeout(3, 300), songs);

      assertThat(batch.summary().answered()).isEqualTo(4);
      assertThat(batch.summary().failed()).isEqualTo(5);
      for (int i = 0; i < songs.size(); i++) {
        assertThat(batch.error(i))
            .isEqualTo(
                songs.get(i).path().toString().contains("hang") ? "took longer than 0.3 s" : null);
      }
    } finally {
      never.countDown();
    }
  }

  @Test
  void whateverIsWrongWithAFileIsItsAnswer() throws IOException {
    AtomicInteger closed = new AtomicInteger();
    AudioSource source =
        (path, rateHz) ->
            switch (path.toString()) {
              case "io" -> throw new AudioException("no song");
              case "bug" -> throw new IllegalStateException("a bug");
              case "memory" -> throw new OutOfMemoryError("no heap");
              default -> new Breaking(LoudModel.song(20), path.toString().equals("late"), closed);
            };
    List<Named> songs = songs("io", "good1", "bug", "good2", "late", "memory", "good3");

    Outcome batch = run(source, settings(2), songs);

    assertThat(batch.error(0)).isEqualTo("no song");
    assertThat(batch.error(2)).contains("please report", "a bug");
    assertThat(batch.error(4)).isEqualTo("it breaks off");
    assertThat(batch.error(5)).isEqualTo("it needs more memory than there is");
    for (int good : new int[] {1, 3, 6}) {
      assertThat(batch.answers().get(good).isOk()).isTrue();
    }
    assertThat(closed).hasValue(4);
  }

  /** It is not of one file: the batch ends with it, and does not wait for what cannot come. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  @Timeout(60)
  void whatIsWrongWithTheWholeProcessEndsIt(int jobs) {
    AudioSource source =
        (path, rateHz) -> {
          if (path.toString().equals("broken")) {
            throw new UnsatisfiedLinkError("no room to unpack it");
          }
          return bySeconds(path, rateHz);
        };
    List<String> answered = new ArrayList<>();
    BatchClassifier batch = new BatchClassifier(classifier, source, settings(jobs));
    List<Named> songs = songs("20s", "broken", "7s", "8s");
    assertThatThrownBy(
            () ->
                batch.run(songs.iterator(), (song, answer) -> answered.add(song.path().toString())))
        .isInstanceOf(UnsatisfiedLinkError.class)
        .hasMessage("no room to unpack it");
    assertThat(answered).doesNotContain("broken");
  }

  private static final class Breaking implements AudioStream {
    private final LoudModel.Samples samples;
    private final boolean breaks;
    private final AtomicInteger closed;
    private int reads;

    Breaking(float[] samples, boolean breaks, AtomicInteger closed) {
      this.samples = new LoudModel.Samples(samples);
      this.breaks = breaks;
      this.closed = closed;
    }

    @Override
    public int sampleRateHz() {
      return LoudModel.RATE_HZ;
    }

    @Override
    public int read(float[] buffer, int offset, int length) throws IOException {
      if (breaks && ++reads > 300) {
        throw new AudioException("it breaks off");
      }
      return samples.read(buffer, offset, length);
    }

    @Override
    public List<String> warnings() {
      return List.of();
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  @Test
  void whatIsKnownIsNotHeardAgain() throws IOException {
    Answer earlier = Answer.error("b", "known to fail");
    record Known(Path path, @Nullable Answer answer) implements Song {
      @Override
      public @Nullable Answer known() throws IOException {
        if (path.toString().equals("c")) {
          throw new AudioException("cannot be hashed");
        }
        return answer;
      }
    }
    List<Known> songs =
        List.of(
            new Known(Path.of("6s"), null),
            new Known(Path.of("b"), earlier),
            new Known(Path.of("c"), null));
    Map<Song, Answer> answers = new HashMap<>();
    new BatchClassifier(classifier, BatchClassifierTest::bySeconds, settings(2))
        .run(songs.iterator(), answers::put);
    assertThat(Objects.requireNonNull(answers.get(songs.get(0))).isOk()).isTrue();
    assertThat(answers).containsEntry(songs.get(1), earlier);
    assertThat(Objects.requireNonNull(answers.get(songs.get(2))).prediction().error())
        .isEqualTo("cannot be hashed");
  }

  /** A song that is slow to come holds others back in bounds. */
  @Test
  void songsAreTakenOnlyAsFarAheadAsTheWindow() throws IOException {
    int count = 5 * BatchRun.WINDOW;
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger given = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch full = new CountDownLatch(BatchRun.WINDOW - 1);
    record Numbered(int number, Path path, CountDownLatch full) implements Song {
      @Override
      public Answer known() {
        if (number == 0) {
          await(full);
        }
        full.countDown();
        return Answer.error(path.toString(), "known");
      }
    }
    Iterator<Numbered> songs =
        IntStream.range(0, count)
            .mapToObj(
                i -> {
                  most.accumulateAndGet(asked.incrementAndGet() - given.get(), Math::max);
                  return new Numbered(i, Path.of("a" + i), full);
                })
            .iterator();
    new BatchClassifier(classifier, BatchClassifierTest::bySeconds, settings(2))
        .run(songs, (song, answer) -> assertThat(song.number()).isEqualTo(given.getAndIncrement()));
    assertThat(given).hasValue(count);
    assertThat(most.get()).isBetween(BatchRun.WINDOW, BatchRun.WINDOW + 2);
  }

  @Test
  void cancelFinishesWhatIsInHand() throws IOException {
    AtomicInteger begun = new AtomicInteger();
    BatchClassifier[] batch = new BatchClassifier[1];
    AudioSource source =
        (path, rateHz) -> {
          if (begun.incrementAndGet() == 5) {
            batch[0].cancel();
          }
          return bySeconds(path, rateHz);
        };
    batch[0] = new BatchClassifier(classifier, source, settings(2));
    List<Named> many = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      many.add(new Named(Path.of("6s-" + i)));
    }
    List<String> answered = new ArrayList<>();
    Summary summary =
        batch[0].run(
            many.iterator(),
            (song, answer) -> {
              assertThat(answer.isOk()).isTrue();
              answered.add(song.path().toString());
            });
    assertThat(summary.cancelled()).isTrue();
    assertThat(answered).hasSizeBetween(5, 6).hasSize(begun.get());
    assertThat(answered)
        .isEqualTo(many.subList(0, begun.get()).stream().map(s -> s.path().toString()).toList());
  }

  @Test
  void anInterruptCancels() throws IOException {
    Thread.currentThread().interrupt();
    Outcome batch = run(BatchClassifierTest::bySeconds, settings(1), songs("6s", "6s-b"));
    assertThat(batch.summary().cancelled()).isTrue();
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void aSinkThatCannotTakeMoreEndsIt() {
    AtomicInteger begun = new AtomicInteger();
    AudioSource source =
        (path, rateHz) -> {
          begun.incrementAndGet();
          return bySeconds(path, rateHz);
        };
    List<Named> many = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      many.add(new Named(Path.of("6s-" + i)));
    }
    assertThatThrownBy(
            () ->
                new BatchClassifier(classifier, source, settings(2))
                    .run(
                        many.iterator(),
                        (song, answer) -> {
                          throw new IOException("the disk is full");
                        }))
        .isInstanceOf(IOException.class)
        .hasMessage("the disk is full");
    assertThat(begun.get()).isLessThan(150);
  }

  @Test
  void songsThatCannotBeListedEndIt() {
    Iterator<Named> broken =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return true;
          }

          @Override
          public Named next() {
            throw new IllegalStateException("the folder is gone");
          }
        };
    assertThatThrownBy(
            () ->
                new BatchClassifier(classifier, BatchClassifierTest::bySeconds, settings(2))
                    .run(broken, (song, answer) -> {}))
        .hasMessage("the folder is gone");
  }

  @Test
  void onlySensibleSettings() {
    assertThatIllegalArgumentException().isThrownBy(() -> settings(0));
    assertThatIllegalArgumentException().isThrownBy(() -> timeout(1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> timeout(1, -1));
    assertThat(BatchClassifier.networkThreads(1000)).isEqualTo(1);
  }
}
