package tonearm.train;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Split;
import tonearm.dataset.Split.Side;
import tonearm.dataset.Track;
import tonearm.eval.ClipPredictions;
import tonearm.eval.RunMetrics;
import tonearm.model.GenreNet;
import tonearm.model.LibTorch;
import tonearm.model.ModelConfig;
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Digest;
import tonearm.provenance.Json;
import tonearm.provenance.Provenance;

/**
 * Trains one recipe on each fold of a dataset, one after another, each in a run folder of its own
 * ({@code fold-1}, ...) as {@link Trainer} makes it, and gathers what the folds hold out: {@code
 * run.json}, {@code predictions.csv}, {@code metrics.json}, {@code history.csv}, {@code folds.csv}.
 * These are written anew after every fold, of all folds finished until then, so that a
 * cross-validation may be stopped, gone on with, and done in parts; what they hold of a fold whose
 * folder is gone stays, so that the parts may be done on several machines.
 */
public final class CrossValidation {
  /** Scores of each fold by itself. */
  public static final String FOLDS_FILE = "folds.csv";

  /** How the folders of folds begin; a number from 1 follows. */
  private static final String FOLD = "fold-";

  /** Hears of each fold; called on the thread that trains it. */
  public interface Listener {
    /** A fold begins, or goes on: who hears of its steps. */
    TrainingListener begins(int fold);

    /** A fold's network is finished and its folder whole but for what is added here. */
    void finished(Path folder, GenreNet net) throws IOException;

    /** Whether {@link #finished} has added all it wants to. */
    boolean isComplete(Path folder);

    /** A fold was finished before and is left as it is. */
    default void skipped(int fold) {}

    /** A fold could not be trained to its end; the others go on. */
    void failed(int fold, TrainingException cause);
  }

  /**
   * What came of it.
   *
   * @param failed folds that could not be trained to their end now
   * @param diverged those of them whose loss was no longer finite
   * @param scores of all finished folds, each side
   * @param metrics of all finished folds' held-out clips together; null if there are none
   */
  public record Result(
      List<Integer> failed,
      List<Integer> diverged,
      List<FoldScore> scores,
      @Nullable RunMetrics metrics) {
    public Result {
      failed = List.copyOf(failed);
      diverged = List.copyOf(diverged);
      scores = List.copyOf(scores);
    }
  }

  private final PreparedDataset dataset;
  private final List<Split> splits;
  private final Folds folds;
  private final ModelConfig model;
  private final TrainConfig config;
  private final Path folder;
  private final Listener listener;
  private final @Nullable Pretrained init;

  /**
   * @param splits one a fold, as {@code folds} says
   * @param folds the whole: without a fold of its own
   * @param folder made if it is not there
   */
  public CrossValidation(
      PreparedDataset dataset,
      List<Split> splits,
      Folds folds,
      ModelConfig model,
      TrainConfig config,
      Path folder,
      Listener listener) {
    this(dataset, splits, folds, model, config, folder, listener, null);
  }

  /**
   * As above, from a trained network on, anew in each fold.
   *
   * @param init what to begin with; null for chance
   */
  public CrossValidation(
      PreparedDataset dataset,
      List<Split> splits,
      Folds folds,
      ModelConfig model,
      TrainConfig config,
      Path folder,
      Listener listener,
      @Nullable Pretrained init) {
    if (splits.size() != folds.count() || folds.fold() != null) {
      throw new IllegalArgumentException(splits.size() + " splits are not " + folds);
    }
    this.dataset = dataset;
    this.splits = List.copyOf(splits);
    this.folds = folds;
    this.model = model;
    this.config = config;
    this.folder = folder;
    this.listener = listener;
    this.init = init;
  }

  /** Where a fold's run lies. */
  public static Path foldFolder(Path folder, int fold) {
    return folder.resolve(FOLD + fold);
  }

  /**
   * The folders of a cross-validation's folds by their numbers, in order; none if it is no
   * cross-validation.
   */
  public static SortedMap<Integer, Path> foldFolders(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return new TreeMap<>(); // the name of a model
    }
    SortedMap<Integer, Path> folds = new TreeMap<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, FOLD + "*")) {
      for (Path entry : entries) {
        String number = entry.getFileName().toString().substring(FOLD.length());
        if (number.matches("[0-9]{1,4}") && Files.isDirectory(entry)) {
          folds.put(Integer.valueOf(number), entry);
        }
      }
    }
    return folds;
  }

  /**
   * Trains the folds that are not finished.
   *
   * @param only which folds, from 1; the others are left as they are
   * @param parallel how many folds are trained at the same time, at least 1
   * @param resume go on with what is in the folder
   * @throws TrainingException if the folder holds another cross-validation
   * @throws IOException if data cannot be read or results cannot be written
   * @throws InterruptedException if the thread was interrupted; it can be resumed
   */
  public Result run(SortedSet<Integer> only, int parallel, boolean resume)
      throws IOException, TrainingException, InterruptedException {
    openFolder(resume);
    SortedMap<Integer, TrainingException> failed =
        Collections.synchronizedSortedMap(new TreeMap<>());
    if (parallel == 1) {
      for (int fold : only) {
        train(fold, failed);
      }
    } else {
      LibTorch.load(config.threads());
      FoldThreads.run(only, parallel, fold -> train(fold, failed));
    }
    List<Integer> diverged =
        failed.entrySet().stream()
            .filter(entry -> entry.getValue() instanceof DivergedException)
            .map(Map.Entry::getKey)
            .toList();
    return new Result(List.copyOf(failed.keySet()), diverged, gather(), metrics());
  }

  private void train(int fold, Map<Integer, TrainingException> failed)
      throws IOException, InterruptedException {
    Path own = foldFolder(folder, fold);
    // Of a finished fold the network may be gone, and with it what it could be finished from.
    if (RunHome.isFinished(own) && (listener.isComplete(own) || !Checkpoint.exists(own))) {
      listener.skipped(fold);
      return;
    }
    Trainer trainer =
        new Trainer(
            dataset,
            splits.get(fold - 1),
            model,
            config,
            own,
            listener.begins(fold),
            init,
            folds.part(fold));
    try (GenreNet net = trainer.train(true)) {
      listener.finished(own, net);
    } catch (TrainingException e) {
      listener.failed(fold, e);
      failed.put(fold, e);
    }
    gather();
  }

  private void openFolder(boolean resume) throws IOException, TrainingException {
    if (init != null) {
      init.requireFits(model, config, dataset);
    }
    Path runFile = folder.resolve(Trainer.RUN_FILE);
    boolean there = Files.exists(runFile);
    if (there && !resume) {
      throw new TrainingException(
          folder + " holds a run already: go on with --resume, or choose another folder");
    }
    SortedMap<Integer, Path> begun = foldFolders(folder);
    begun.values().removeIf(own -> Files.notExists(own.resolve(Trainer.RUN_FILE)));
    if (!there && !begun.isEmpty()) {
      throw new TrainingException(
          folder + " has folds but no " + Trainer.RUN_FILE + ", so it cannot be told what of");
    }
    for (String gathered : List.of(FOLDS_FILE, ClipPredictions.FILE, RunMetrics.FILE)) {
      if (!there && Files.exists(folder.resolve(gathered))) {
        throw new TrainingException(
            folder + " has a " + gathered + " but no " + Trainer.RUN_FILE + ": whose is it?");
      }
    }
    Run run = describe();
    if (!there) {
      AtomicFiles.createFolders(folder);
      Json.write(runFile, run);
    } else {
      RunHome.requireSame(run, Json.read(runFile, Run.class), folder);
    }
    for (Map.Entry<Integer, Path> fold : begun.headMap(folds.count() + 1).entrySet()) {
      // A finished one is not opened again, and what it says is gathered as this recipe's.
      Run own = Json.read(fold.getValue().resolve(Trainer.RUN_FILE), Run.class);
      RunHome.requireSame(part(run, fold.getKey()), own, fold.getValue());
    }
  }

  /** What the run of a fold is of. */
  private Run part(Run whole, int fold) {
    Split split = splits.get(fold - 1);
    return new Run(
        model,
        config,
        whole.features(),
        whole.genres(),
        split.clips(dataset.catalog(), Side.TRAIN).tracks().size(),
        split.clips(dataset.catalog(), Side.VALID).tracks().size(),
        whole.dataDigest(),
        split.digest(),
        folds.part(fold),
        whole.init(),
        whole.provenance());
  }

  private Run describe() throws IOException {
    Map<String, String> digests = new TreeMap<>();
    Map<Side, Set<String>> tracks = new EnumMap<>(Side.class);
    for (int fold = 1; fold <= splits.size(); fold++) {
      Split split = splits.get(fold - 1);
      digests.put("fold-" + fold, split.digest());
      for (Side side : Side.values()) {
        for (Track track : split.tracks(dataset.catalog(), side)) {
          tracks.computeIfAbsent(side, s -> new HashSet<>()).add(track.track());
        }
      }
    }
    return new Run(
        model,
        config,
        dataset.features(),
        dataset.catalog().genres(),
        tracks.getOrDefault(Side.TRAIN, Set.of()).size(),
        tracks.getOrDefault(Side.VALID, Set.of()).size(),
        dataset.digest(),
        Digest.ofEntries(digests),
        folds,
        init == null ? null : init.init(),
        Provenance.now(Map.of()));
  }

  /** Writes what all finished folds say together, and returns their scores. */
  private synchronized List<FoldScore> gather() throws IOException {
    FoldRecords records = FoldRecords.gather(folder, splits.size());
    records.write(folder, dataset.catalog().genres(), config.seed());
    return records.scores();
  }

  private @Nullable RunMetrics metrics() throws IOException {
    Path file = folder.resolve(RunMetrics.FILE);
    return Files.exists(file) ? RunMetrics.read(file) : null;
  }
}
