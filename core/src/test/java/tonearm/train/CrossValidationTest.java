package tonearm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.dataset.ClipSet;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Protocol;
import tonearm.dataset.Split;
import tonearm.dataset.Split.Side;
import tonearm.dataset.Track;
import tonearm.eval.ClipPrediction;
import tonearm.eval.ClipPredictions;
import tonearm.eval.Evaluation;
import tonearm.eval.RunMetrics;
import tonearm.features.ClipGrid;
import tonearm.model.GenreNet;
import tonearm.model.ModelConfig;
import tonearm.provenance.Json;

/** Folds, one after another, in parts, and after a kill. */
class CrossValidationTest {
  private static final int FOLDS = 3;
  private static final Set<Integer> ALL = Set.of(1, 2, 3);

  @TempDir static Path data;
  private static PreparedDataset dataset = unwritten();

  @TempDir Path folder;

  private final CountDownLatch running = new CountDownLatch(1);

  @SuppressWarnings("NullAway") // made before the first test
  private static PreparedDataset unwritten() {
    return null;
  }

  @BeforeAll
  static void write() throws IOException {
    dataset = TinyData.write(data);
  }

  private static final List<String> HEARD = new ArrayList<>();

  static CrossValidation.Listener listener(IntFunction<TrainingListener> steps) {
    HEARD.clear();
    return new CrossValidation.Listener() {
      @Override
      public TrainingListener begins(int fold) {
        HEARD.add("begins " + fold);
        return steps.apply(fold);
      }

      @Override
      public void finished(Path folder, GenreNet net) throws IOException {
        Files.writeString(folder.resolve("bundle"), Long.toString(net.graph().parameters()));
      }

      @Override
      public boolean isComplete(Path folder) {
        return Files.exists(folder.resolve("bundle"));
      }

      @Override
      public void skipped(int fold) {
        HEARD.add("skipped " + fold);
      }

      @Override
      public void failed(int fold, TrainingException cause) {
        HEARD.add("failed " + fold + ": " + cause.getMessage());
      }
    };
  }

  private static List<Split> splits(PreparedDataset dataset, Protocol protocol) throws IOException {
    ClipGrid grid = ClipGrid.of(dataset.features(), TinyData.recipe(1).clipSeconds());
    return protocol.splits(dataset, grid, FOLDS, 4, data);
  }

  static CrossValidation crossValidation(
      PreparedDataset dataset,
      Protocol protocol,
      Path folder,
      int epochs,
      CrossValidation.Listener listener)
      throws IOException {
    return new CrossValidation(
        dataset,
        splits(dataset, protocol),
        new Folds(protocol, FOLDS, 4, null),
        ModelConfig.TINY_UNET,
        TinyData.recipe(epochs),
        folder,
        listener);
  }

  private CrossValidation.Result run(Protocol protocol, int epochs, Set<Integer> only)
      throws Exception {
    return crossValidation(
            dataset, protocol, folder, epochs, listener(fold -> TrainingListener.SILENT))
        .run(new TreeSet<>(only), 1, Files.exists(folder.resolve(Trainer.RUN_FILE)));
  }

  @Test
  void everyClipIsHeldOutOnceAndTheScoresAreThoseOfTheFolds() throws Exception {
    for (Protocol protocol : List.of(Protocol.TRACK, Protocol.CLIP)) {
      folder = Files.createDirectory(folder.resolve(protocol.label()));
      CrossValidation.Result result = run(protocol, 1, ALL);
      assertThat(result.failed()).isEmpty();
      assertThat(result.scores()).hasSize(2 * FOLDS);

      ClipPredictions gathered = ClipPredictions.read(folder.resolve(ClipPredictions.FILE));
      assertThat(gathered.clips()).hasSize(3 * dataset.catalog().usable().size());
      Set<String> seen = new HashSet<>();
      List<Split> splits = splits(dataset, protocol);
      for (ClipPrediction clip : gathered.clips()) {
        assertThat(clip.split()).isEqualTo("valid");
        assertThat(seen.add(clip.track() + "/" + clip.clip())).isTrue();
        Track track = Objects.requireNonNull(dataset.catalog().find(clip.track()));
        ClipSet held = splits.get(clip.fold() - 1).clips(dataset.catalog(), Side.VALID);
        assertThat(held.tracks()).contains(track);
        assertThat(held.has(track, clip.clip())).isTrue();
      }
      for (int fold = 1; fold <= FOLDS; fold++) {
        Path own = CrossValidation.foldFolder(folder, fold);
        RunMetrics metrics = RunMetrics.read(own.resolve(RunMetrics.FILE));
        Evaluation valid = Objects.requireNonNull(metrics.valid());
        FoldScore score = result.scores().get(2 * fold - 1);
        assertThat(score.fold()).isEqualTo(fold);
        assertThat(score.side()).isEqualTo("valid");
        assertThat(score.clipAccuracy()).isEqualTo(valid.clips().accuracy());
        assertThat(gathered.ofFold(fold).clips())
            .isEqualTo(
                ClipPredictions.read(own.resolve(ClipPredictions.FILE)).ofSplit("valid").clips());
        Run run = Json.read(own.resolve(Trainer.RUN_FILE), Run.class);
        assertThat(run.folds()).isEqualTo(new Folds(protocol, FOLDS, 4, fold));
      }
      double mean =
          result.scores().stream()
              .filter(s -> s.side().equals("valid"))
              .mapToDouble(s -> s.clipAccuracy() * s.clips())
              .sum();
      Evaluation pooled = Objects.requireNonNull(Objects.requireNonNull(result.metrics()).valid());
      assertThat(pooled.clips().accuracy() * pooled.clips().count()).isCloseTo(mean, within(1e-6));
      assertThat(History.read(folder).stream().map(EpochRecord::fold)).containsExactly(1, 2, 3);
      assertThat(Files.readAllLines(folder.resolve(CrossValidation.FOLDS_FILE)))
          .hasSize(1 + 2 * FOLDS)
          .first()
          .isEqualTo(
              "fold,side,clips,tracks,clip_accuracy,track_accuracy,vote_accuracy,clip_macro_f1");
    }
  }

  @Test
  void itMayBeDoneInPartsAndWhatIsFinishedIsLeft() throws Exception {
    assertThat(run(Protocol.TRACK, 1, Set.of(2)).scores()).hasSize(2);
    byte[] second = Files.readAllBytes(folder.resolve("fold-2/predictions.csv"));
    assertThat(folder.resolve("fold-1")).doesNotExist();

    Files.delete(folder.resolve("fold-2/bundle")); // killed before it was written
    run(Protocol.TRACK, 1, Set.of(2));
    assertThat(HEARD).containsExactly("begins 2");
    assertThat(folder.resolve("fold-2/bundle")).exists();

    assertThat(run(Protocol.TRACK, 1, ALL).scores()).hasSize(6);
    assertThat(HEARD).containsExactly("begins 1", "skipped 2", "begins 3");
    assertThat(folder.resolve("fold-2/predictions.csv")).hasBinaryContent(second);

    // Whoever needs the room may throw networks away; their answers are not trained for again.
    Files.delete(folder.resolve("fold-2/bundle"));
    Files.delete(Checkpoint.file(folder.resolve("fold-2")));
    assertThat(run(Protocol.TRACK, 1, ALL).scores()).hasSize(6);
    assertThat(HEARD).containsExactly("skipped 1", "skipped 2", "skipped 3");
  }

  @Test
  void itGoesOnFromTheSmallFilesOfAnotherMachine() throws Exception {
    Path parts = Files.createDirectory(folder.resolve("parts"));
    Path whole = Files.createDirectory(folder.resolve("whole"));
    folder = whole;
    run(Protocol.TRACK, 1, ALL);
    folder = parts;
    run(Protocol.TRACK, 1, Set.of(1, 2));
    try (Stream<Path> files = Files.walk(folder.resolve("fold-1"))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    Files.createDirectory(folder.resolve("fold-1")); // begun again, and not finished

    assertThat(run(Protocol.TRACK, 1, Set.of(3)).scores()).hasSize(6);
    assertThat(HEARD).containsExactly("begins 3");
    for (String file : List.of("predictions.csv", "metrics.json", "folds.csv")) {
      assertThat(folder.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
    }
    assertThat(History.read(folder).stream().map(EpochRecord::fold)).containsExactly(1, 2, 3);

    run(Protocol.TRACK, 1, Set.of(1));
    assertThat(HEARD).containsExactly("begins 1");
    assertThat(folder.resolve("predictions.csv"))
        .hasSameBinaryContentAs(whole.resolve("predictions.csv"));
  }

  @Test
  void whatAnotherCrossValidationGatheredIsNotMixedIn() throws Exception {
    run(Protocol.TRACK, 1, Set.of(1));
    Files.delete(folder.resolve(Trainer.RUN_FILE));
    try (Stream<Path> files = Files.walk(folder.resolve("fold-1"))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    assertThatThrownBy(() -> run(Protocol.TRACK, 1, Set.of(2)))
        .isInstanceOf(TrainingException.class)
        .hasMessage(folder + " has a folds.csv but no run.json: whose is it?");
  }

  @Test
  void aDamagedTableOfScoresIsNamed() throws Exception {
    run(Protocol.TRACK, 1, Set.of(1));
    Path scores = folder.resolve(CrossValidation.FOLDS_FILE);
    Files.writeString(scores, "fold,side\none,valid\n");
    assertThatThrownBy(() -> run(Protocol.TRACK, 1, Set.of(2)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(scores + " is damaged: ");
  }

  @Test
  void killedInItsSecondFoldItEndsBitForBitAsOneThatWasNot() throws Exception {
    Path killed = folder.resolve("killed");
    Path whole = folder.resolve("whole");
    Process process =
        ForkedRun.startUntil("holding", data.toString(), killed.toString(), "crossval", "hold");
    process.destroyForcibly(); // SIGKILL
    process.waitFor();
    assertThat(folder.resolve("killed/fold-1/metrics.json")).exists();
    assertThat(folder.resolve("killed/fold-2/metrics.json")).doesNotExist();
    for (Path run : List.of(killed, whole)) {
      process = ForkedRun.startUntil("done", data.toString(), run.toString(), "crossval");
      assertThat(process.waitFor()).isZero();
    }
    for (String file : List.of("predictions.csv", "metrics.json", "folds.csv")) {
      assertThat(killed.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
    }
    for (int fold = 1; fold <= FOLDS; fold++) {
      assertThat(Checkpoint.file(CrossValidation.foldFolder(killed, fold)))
          .hasSameBinaryContentAs(Checkpoint.file(CrossValidation.foldFolder(whole, fold)));
    }
  }

  @Test
  void foldsSideBySideAreThoseOneAfterAnother() throws Exception {
    Path serial = Files.createDirectory(folder.resolve("serial"));
    Path parallel = Files.createDirectory(folder.resolve("parallel"));
    for (Path run : List.of(serial, parallel)) {
      crossValidation(dataset, Protocol.TRACK, run, 2, listener(fold -> TrainingListener.SILENT))
          .run(new TreeSet<>(ALL), run.equals(serial) ? 1 : 2, false);
    }
    for (String file : List.of("predictions.csv", "metrics.json", "folds.csv")) {
      assertThat(parallel.resolve(file)).hasSameBinaryContentAs(serial.resolve(file));
    }
  }

  @Test
  void anInterruptEndsAllFoldsSideBySide() throws Exception {
    CrossValidation cross =
        crossValidation(
            dataset,
            Protocol.TRACK,
            folder,
            500,
            listener(
                fold ->
                    new TrainingListener() {
                      @Override
                      public void epoch(EpochRecord record) {
                        running.countDown();
                      }
                    }));
    AtomicReference<Throwable> end = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                cross.run(new TreeSet<>(ALL), 2, false);
              } catch (Exception e) {
                end.set(e);
              }
            });
    thread.start();
    running.await();
    thread.interrupt();
    thread.join();
    assertThat(end.get()).isInstanceOf(InterruptedException.class);
    assertThat(
            Checkpoint.exists(CrossValidation.foldFolder(folder, 1))
                || Checkpoint.exists(CrossValidation.foldFolder(folder, 2)))
        .isTrue();
  }

  @Test
  void aFoldThatDivergesIsToldAndTheOthersGoOn() throws Exception {
    TrainConfig t = TinyData.recipe(1);
    TrainConfig absurd =
        new TrainConfig(1, 4, 1e30, t.l2(), t.clipSeconds(), t.augmentation(), 5, t.precision(), 1);
    CrossValidation.Result result =
        new CrossValidation(
                dataset,
                splits(dataset, Protocol.TRACK),
                new Folds(Protocol.TRACK, FOLDS, 4, null),
                ModelConfig.TINY_UNET,
                absurd,
                folder,
                listener(fold -> TrainingListener.SILENT))
            .run(new TreeSet<>(ALL), 1, false);
    assertThat(result.failed()).containsExactly(1, 2, 3);
    assertThat(result.diverged()).containsExactly(1, 2, 3);
    assertThat(result.metrics()).isNull();
    assertThat(HEARD.stream().filter(h -> h.startsWith("failed")).collect(Collectors.toList()))
        .hasSize(3)
        .allMatch(h -> h.contains("the loss is no longer finite in epoch 1"));
  }

  @Test
  void anotherCrossValidationIsRefused() throws Exception {
    run(Protocol.TRACK, 1, Set.of(1));
    assertThatThrownBy(
            () ->
                crossValidation(
                        dataset,
                        Protocol.TRACK,
                        folder,
                        1,
                        listener(fold -> TrainingListener.SILENT))
                    .run(new TreeSet<>(ALL), 1, false))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("holds a run already: go on with --resume");
    for (Protocol protocol : List.of(Protocol.CLIP, Protocol.TRACK)) {
      int epochs = protocol == Protocol.CLIP ? 1 : 2;
      assertThatThrownBy(() -> run(protocol, epochs, ALL))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("holds another run")
          .hasMessageContaining(
              protocol == Protocol.CLIP
                  ? "folds.protocol is \"track\" there and \"clip\" here"
                  : "training.epochs is 1 there and 2 here");
    }
    Files.delete(folder.resolve(Trainer.RUN_FILE));
    assertThatThrownBy(() -> run(Protocol.TRACK, 1, ALL))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("has folds but no run.json");
  }

  @Test
  void aFinishedFoldOfAnotherRecipeIsNotTakenForOneOfThis() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    Path mine = Files.createDirectory(folder.resolve("mine"));
    folder = other;
    run(Protocol.TRACK, 2, Set.of(2));
    folder = mine;
    run(Protocol.TRACK, 1, Set.of(1));
    byte[] gathered = Files.readAllBytes(mine.resolve("predictions.csv"));
    Files.move(other.resolve("fold-2"), mine.resolve("fold-2"));
    assertThatThrownBy(() -> run(Protocol.TRACK, 1, Set.of(3)))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining(mine.resolve("fold-2") + " holds another run")
        .hasMessageContaining("training.epochs is 2 there and 1 here");
    assertThat(mine.resolve("predictions.csv")).hasBinaryContent(gathered);

    Files.move(mine.resolve("fold-1"), mine.resolve("first"));
    Files.delete(mine.resolve(Trainer.RUN_FILE));
    assertThatThrownBy(() -> run(Protocol.TRACK, 2, ALL))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("has folds but no run.json");
  }

  @Test
  void divisionsThatAreNoneAreRefused() {
    assertThatThrownBy(() -> Protocol.TRACK.splits(dataset, new ClipGrid(20), 1, 1, data))
        .hasMessageContaining("at least 2 folds, not 1");
    assertThatThrownBy(() -> Protocol.FAULT_FILTERED.splits(dataset, new ClipGrid(20), 5, 1, data))
        .hasMessageContaining("has no folds, so not 5");
    assertThatThrownBy(() -> Protocol.FAULT_FILTERED.splits(dataset, new ClipGrid(20), 1, 1, data))
        .hasMessageContaining("no such file");
    assertThatThrownBy(() -> new Folds(Protocol.CLIP, 3, 1, 4)).hasMessage("fold 4 of 3 is none");
  }
}
