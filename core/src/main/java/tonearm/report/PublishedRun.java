package tonearm.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
 * @param history of its 25 epochs; its loss has the L2 penalty in it
 * @param training its training clips, answered in evaluation mode
 * @param validation its validation clips
 * @param heldOut these clips and their tracks, {@value #CLIPS_PER_TRACK} clips in a row each; each
 *     clip's genre is taken as certain, so only clips and votes mean something; null if the clips
 *     do not go by fives
 */
record PublishedRun(
    EpochTable history,
    ConfusionMatrix training,
    ConfusionMatrix validation,
    @Nullable Evaluation heldOut) {
  /** Its folder beside the archive's pictures. */
  static final String FOLDER = "published-run";

  private static final int CLIPS_PER_TRACK = 5;

  private static final String HISTORY = "training_history.json";

  /**
   * The archive's genres in the order in which the published report names the run's numbers. Its
   * errors speak against that order ({@link GenreOrder}), so a reader can choose another.
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
    List<String> genres = checked(names);
    return new PublishedRun(
        EpochTable.readKeras(folder.resolve(HISTORY), "published run"),
        confusion(folder, "train", genres),
        confusion(folder, "valid", genres),
        heldOut(
            genres,
            Json.read(folder.resolve("true_valid.json"), int[].class),
            Json.read(folder.resolve("predicted_valid.json"), int[].class)));
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

  private static @Nullable Evaluation heldOut(List<String> genres, int[] truth, int[] predicted) {
    List<ClipPrediction> clips = new ArrayList<>();
    for (int i = 0; i < truth.length; i++) {
      int track = i / CLIPS_PER_TRACK;
      if (truth.length % CLIPS_PER_TRACK != 0 || truth[i] != truth[track * CLIPS_PER_TRACK]) {
        return null;
      }
      float[] certain = new float[genres.size()];
      certain[predicted[i]] = 1;
      clips.add(
          new ClipPrediction("track " + track, i % CLIPS_PER_TRACK, 0, "valid", truth[i], certain));
    }
    return clips.isEmpty()
        ? null
        : Evaluation.of(new ClipPredictions(genres, clips), Bootstrap.withSeed(1));
  }

  private static ConfusionMatrix confusion(Path folder, String side, List<String> genres)
      throws IOException {
    Path truth = folder.resolve("true_" + side + ".json");
    Path predicted = folder.resolve("predicted_" + side + ".json");
    try {
      return ConfusionMatrix.of(
          genres, Json.read(truth, int[].class), Json.read(predicted, int[].class));
    } catch (IllegalArgumentException e) {
      throw new IOException(predicted + ": " + e.getMessage(), e);
    }
  }
}
