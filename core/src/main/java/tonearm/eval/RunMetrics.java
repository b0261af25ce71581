package tonearm.eval;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tonearm.provenance.Json;

/**
 * What a run's model is worth on each side of its split: the {@code metrics.json} of a run folder.
 * Sides are never mixed, and a side without tracks is absent.
 *
 * @param train the clips it was fitted to, as they are, without augmentation: an upper bound, not a
 *     promise
 * @param valid the clips watched while it was trained
 * @param test the clips looked at once
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunMetrics(
    @Nullable Evaluation train, @Nullable Evaluation valid, @Nullable Evaluation test) {
  /** Its name in a run folder. */
  public static final String FILE = "metrics.json";

  /**
   * Evaluates every split named {@code train}, {@code valid} or {@code test} by itself.
   *
   * @param predictions of one run
   * @param bootstrap how to draw the intervals
   * @throws IllegalArgumentException if a split has another name
   */
  public static RunMetrics of(ClipPredictions predictions, Bootstrap bootstrap) {
    for (ClipPrediction clip : predictions.clips()) {
      switch (clip.split()) {
        case "train", "valid", "test" -> {}
        default ->
            throw new IllegalArgumentException(
                "a split is train, valid or test, not \"%s\" as of clip %d of %s"
                    .formatted(clip.split(), clip.clip(), clip.track()));
      }
    }
    return new RunMetrics(
        evaluation(predictions.ofSplit("train"), bootstrap),
        evaluation(predictions.ofSplit("valid"), bootstrap),
        evaluation(predictions.ofSplit("test"), bootstrap));
  }

  private static @Nullable Evaluation evaluation(ClipPredictions side, Bootstrap bootstrap) {
    return side.clips().isEmpty() ? null : Evaluation.of(side, bootstrap);
  }

  /** Writes the file, whole or not at all. */
  public void write(Path file) throws IOException {
    Json.write(file, this);
  }

  /**
   * Reads a file that {@link #write} wrote.
   *
   * @throws IOException if it cannot be read or is not such a file; the message names the cause
   */
  public static RunMetrics read(Path file) throws IOException {
    return Json.read(file, RunMetrics.class);
  }
}
