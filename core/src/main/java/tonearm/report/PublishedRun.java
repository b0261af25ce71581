package tonearm.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Bootstrap;
import tonearm.eval.ClipPrediction;
import tonearm.eval.ClipPredictions;
import tonearm.eval.ConfusionMatrix;
import tonearm.eval.Evaluation;
import tonearm.eval.GenreOrder;
import tonearm.provenance.Json;

/**
 * The published run that {@code reference-unet} reproduces: its history, and the true and predicted
 * genre of each clip, as numbers. Its figures are drawn from these anew.
 *
 * @param classes what its numbers stand for, from 0 on
 * @param history of its 25 epochs; its loss has the L2 penalty in it
 * @param training its training clips, answered in evaluation mode
 * @param validation its validation clips
 * @param heldOut these clips and their tracks, {@value #CLIPS_PER_TRACK} clips in a row each; each
 *     clip's genre is taken as certain, so only clips and votes mean something; null if the clips
 *     do not go by fives
 */
record PublishedRun(
    List<String> classes,
    EpochTable history,
    ConfusionMatrix training,
    ConfusionMatrix validation,
    @Nullable Evaluation heldOut) {
  /** Its folder beside the archive's pictures. */
  static final String FOLDER = "published-run";

  private static final int CLIPS_PER_TRACK = 5;

  private static final String HISTORY = "training_history.json";

  /**
   * The archive's genres in the order in which the published report names the run's numbers, and in
   * which they are shown. Its errors fit another order better ({@link GenreOrder}), so a reader can
   * say which number is what.
   */
  private static final List<String> GENRES =
      Stream.of("blues classical country disco hiphop jazz metal pop reggae rock".split(" ", -1))
          .toList();

  /** Whether a folder holds it. */
  static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(HISTORY));
  }

  /**
   * Reads it.
   *
   * @param folder with {@code training_history.json}, {@code true_train.json}, {@code
   *     predicted_train.json}, {@code true_valid.json} and {@code predicted_valid.json}
   * @param names what its classes are called, in order; as the report does if empty
   * @throws IOException if one is missing or damaged; the message names it
   * @throws IllegalArgumentException as {@link #checked}
   */
  static PublishedRun read(Path folder, List<String> names) throws IOException {
    List<String> classes = checked(names);
    return new PublishedRun(
        classes,
        EpochTable.readKeras(folder.resolve(HISTORY), "published run"),
        confusion(folder, "train", classes),
        confusion(folder, "valid", classes),
        heldOut(
            labels(folder.resolve("true_valid.json"), classes),
            labels(folder.resolve("predicted_valid.json"), classes)));
  }

  /** A file's numbers as places in {@link #GENRES}; what is no class stays, to be told of. */
  private static int[] labels(Path file, List<String> classes) throws IOException {
    int[] numbers = Json.read(file, int[].class);
    return Arrays.stream(numbers)
        .map(k -> k < 0 || k >= classes.size() ? k : GENRES.indexOf(classes.get(k)))
        .toArray();
  }

  /**
   * Names of its classes, the report's own if empty.
   *
   * @throws IllegalArgumentException if they are not the archive's genres
   */
  static List<String> checked(List<String> names) {
    List<String> genres = names.isEmpty() ? GENRES : names;
    if (genres.size() != GENRES.size() || !Set.copyOf(genres).equals(Set.copyOf(GENRES))) {
      throw new IllegalArgumentException(
          "the published run's genres are " + String.join(",", GENRES) + ", in some order");
    }
    return genres;
  }

  /**
   * How well the names of its genres fit, told by the errors of another run.
   *
   * @return with names for its numbers from 0 on, null if that cannot be told
   */
  @Nullable GenreOrder order(ConfusionMatrix known) {
    ConfusionMatrix both =
        Objects.requireNonNull(ScoreFigures.all(ScoreFigures.sides(training, validation)));
    return GenreOrder.of(both, known).map(this::byNumber).orElse(null);
  }

  /** The same by its validation clips alone. */
  @Nullable GenreOrder heldOutOrder(ConfusionMatrix known) {
    return GenreOrder.of(validation, known).map(this::byNumber).orElse(null);
  }

  private GenreOrder byNumber(GenreOrder order) {
    return new GenreOrder(
        classes.stream().map(name -> order.likeliest().get(GENRES.indexOf(name))).toList(),
        order.correlation(),
        order.next(),
        order.asNamed(),
        order.better(),
        order.orders());
  }

  private static @Nullable Evaluation heldOut(int[] truth, int[] predicted) {
    List<ClipPrediction> clips = new ArrayList<>();
    for (int i = 0; i < truth.length; i++) {
      int track = i / CLIPS_PER_TRACK;
      if (truth.length % CLIPS_PER_TRACK != 0 || truth[i] != truth[track * CLIPS_PER_TRACK]) {
        return null;
      }
      float[] certain = new float[GENRES.size()];
      certain[predicted[i]] = 1;
      clips.add(
          new ClipPrediction("track " + track, i % CLIPS_PER_TRACK, 0, "valid", truth[i], certain));
    }
    return clips.isEmpty()
        ? null
        : Evaluation.of(new ClipPredictions(GENRES, clips), Bootstrap.withSeed(1));
  }

  private static ConfusionMatrix confusion(Path folder, String side, List<String> classes)
      throws IOException {
    Path truth = folder.resolve("true_" + side + ".json");
    Path predicted = folder.resolve("predicted_" + side + ".json");
    try {
      return ConfusionMatrix.of(GENRES, labels(truth, classes), labels(predicted, classes));
    } catch (IllegalArgumentException e) {
      throw new IOException(predicted + ": " + e.getMessage(), e);
    }
  }
}
