package tonearm.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tonearm.eval.ClipPrediction;
import tonearm.eval.ClipPredictions;
import tonearm.eval.Prediction;
import tonearm.eval.RunMetrics;
import tonearm.features.Augmentation;
import tonearm.features.FeatureConfig;
import tonearm.model.ModelConfig;
import tonearm.provenance.Json;

/**
 * What a report takes from a run folder. Further keys in {@code run.json} are none of its business.
 *
 * @param folder where it lies
 * @param description {@code run.json} as it is
 * @param model the network
 * @param features of its clips
 * @param genres in order
 * @param augmentation of the training clips
 * @param clipSeconds length of a clip
 * @param seed of the run
 */
record RunFolder(
    Path folder,
    JsonNode description,
    ModelConfig model,
    FeatureConfig features,
    List<String> genres,
    Augmentation augmentation,
    double clipSeconds,
    long seed) {
  static final String DESCRIPTION = "run.json";

  /**
   * Reads {@code run.json}.
   *
   * @throws IOException if it is missing or damaged; the message names it
   */
  static RunFolder read(Path folder) throws IOException {
    Path file = folder.resolve(DESCRIPTION);
    JsonNode run = Json.read(file, JsonNode.class);
    JsonNode training = run.path("training");
    List<String> genres = new ArrayList<>();
    run.path("genres").forEach(genre -> genres.add(genre.asText()));
    if (genres.size() < 2) {
      throw new IOException(file + ": it names " + genres.size() + " genres; a run has 2 or more");
    }
    double clipSeconds = training.path("clip_seconds").asDouble();
    if (!(clipSeconds > 0)) {
      throw new IOException(file + ": clip_seconds must be more than 0, not " + clipSeconds);
    }
    return new RunFolder(
        folder,
        run,
        part(file, run.path("model"), "model", ModelConfig.class),
        part(file, run.path("features"), "features", FeatureConfig.class),
        List.copyOf(genres),
        part(file, training.path("augmentation"), "training.augmentation", Augmentation.class),
        clipSeconds,
        training.path("seed").asLong());
  }

  private static <T> T part(Path file, JsonNode node, String key, Class<T> type)
      throws IOException {
    if (!node.isObject()) {
      throw new IOException(file + ": it has no " + key);
    }
    try {
      return Json.fromText(node.toString(), type);
    } catch (IOException e) {
      throw new IOException(file + ", in " + key + ": " + e.getMessage(), e);
    }
  }

  /** The numbers of the run; null if it is not finished. */
  @Nullable RunMetrics metrics() throws IOException {
    Path file = folder.resolve(RunMetrics.FILE);
    return Files.exists(file) ? RunMetrics.read(file) : null;
  }

  /** The history of the run; null if it has none. */
  @Nullable EpochTable history() throws IOException {
    Path file = folder.resolve(EpochTable.FILE);
    return Files.exists(file) ? EpochTable.read(file, "run") : null;
  }

  /** The answer for one track, and what it is labelled as. */
  record Answer(Prediction prediction, String trueGenre) {}

  /**
   * The first track that was held out, or else trained on, as an example; null without predictions.
   */
  @Nullable Answer example() throws IOException {
    Path file = folder.resolve(ClipPredictions.FILE);
    if (!Files.exists(file)) {
      return null;
    }
    ClipPredictions all = ClipPredictions.read(file);
    for (String side : List.of("test", "valid", "train")) {
      List<ClipPrediction> clips = all.ofSplit(side).clips();
      if (!clips.isEmpty()) {
        return answer(all.genres(), clips);
      }
    }
    return null;
  }

  private Answer answer(List<String> genres, List<ClipPrediction> clips) {
    ClipPrediction first = clips.get(0);
    List<float[]> probabilities = new ArrayList<>();
    List<Prediction.Segment> timeline = new ArrayList<>();
    for (ClipPrediction clip : clips) {
      if (clip.track().equals(first.track()) && clip.fold() == first.fold()) {
        double start = clip.clip() * clipSeconds;
        probabilities.add(clip.probabilities());
        timeline.add(
            Prediction.Segment.of(start, start + clipSeconds, genres, clip.probabilities()));
      }
    }
    Prediction prediction =
        Prediction.ok(
                first.track(),
                genres,
                Prediction.meanOfProbabilities(probabilities),
                timeline.size() * clipSeconds,
                timeline.size(),
                model.architecture())
            .withTimeline(timeline);
    return new Answer(prediction, genres.get(first.trueGenre()));
  }
}
