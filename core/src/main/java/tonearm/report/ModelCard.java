package tonearm.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Evaluation;
import tonearm.eval.Interval;
import tonearm.eval.Metrics;
import tonearm.eval.RunMetrics;
import tonearm.provenance.AtomicFiles;

/**
 * {@code MODEL_CARD.md}: what a model is, what it was trained on, how often it is right and where
 * it fails (Mitchell et al. 2019). Every figure comes from the run folder, so the card can be made
 * again from it; no model is loaded.
 */
public final class ModelCard {
  static final String UNCALIBRATED =
      "- It always answers one of its genres, also for speech, noise or music of none of them; the"
          + " probabilities are not calibrated.";

  /** Its last section. */
  static final String PROVENANCE = "## Provenance";

  /** What stands after the notes. */
  static final String TRAINING = "## Training";

  /** What stands there instead once it is. */
  static final String CALIBRATED =
      "- Speech, noise and music of none of its genres are answered `unknown` only where they leave"
          + " it unsure, are unlike its training, or like the sounds that are no music.";

  /** The same, where nothing told it what is no music. */
  static final String WITHOUT_SOUNDS =
      "- Speech, noise and music of none of its genres are answered `unknown` only where they leave"
          + " it unsure or are unlike its training.";

  /** The same, where confidence alone decides. */
  static final String BY_CONFIDENCE =
      "- Speech, noise and music of none of its genres are answered `unknown` only where they leave"
          + " it unsure.";

  /** One of these stands in every card with figures. */
  static final List<String> WHAT_IT_ANSWERS =
      List.of(UNCALIBRATED, CALIBRATED, WITHOUT_SOUNDS, BY_CONFIDENCE);

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What the run folder does not know of the model.
   *
   * @param name of the bundle
   * @param parameters all values, running statistics included
   * @param inputShape of one clip, for people
   * @param notes paragraphs in Markdown on data, licence and use; null for none
   */
  public record Facts(String name, long parameters, String inputShape, @Nullable String notes) {}

  private final Facts facts;
  private final JsonNode run;
  private final RunMetrics metrics;

  /** Of the run that tells what it is worth; {@code run} unless another does. */
  private final JsonNode judge;

  private ModelCard(Facts facts, JsonNode run, JsonNode judge, RunMetrics metrics) {
    this.facts = facts;
    this.run = run;
    this.judge = judge;
    this.metrics = metrics;
  }

  /**
   * Writes the card of a finished run.
   *
   * @param runFolder with {@code run.json} and {@code metrics.json}
   * @param card the file to write, moved into place
   * @throws IOException if either is missing or damaged
   */
  public static void write(Path runFolder, Facts facts, Path card) throws IOException {
    write(runFolder, runFolder, facts, card);
  }

  /**
   * As above, of a model that was trained on all there is.
   *
   * @param judgeFolder a cross-validation of the same recipe: the figures are of its networks
   */
  public static void write(Path runFolder, Path judgeFolder, Facts facts, Path card)
      throws IOException {
    JsonNode run = JSON.readTree(Files.readAllBytes(runFolder.resolve("run.json")));
    JsonNode judge = JSON.readTree(Files.readAllBytes(judgeFolder.resolve("run.json")));
    RunMetrics metrics = RunMetrics.read(judgeFolder.resolve(RunMetrics.FILE));
    AtomicFiles.writeString(card, new ModelCard(facts, run, judge, metrics).text());
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    text.append("# ").append(facts.name()).append("\n\n");
    appendSummary(text);
    if (facts.notes() != null) {
      text.append(facts.notes().strip()).append("\n\n");
    }
    appendRecipe(text);
    appendScores(text);
    Evaluation held = heldOut(metrics);
    if (held != null) {
      HeldOutSections.append(text, held);
    }
    appendProvenance(text);
    return text.toString();
  }

  /** The side nothing was fitted to: test where there is one, else validation. */
  static @Nullable Evaluation heldOut(RunMetrics metrics) {
    return metrics.test() != null ? metrics.test() : metrics.valid();
  }

  private void appendSummary(StringBuilder text) {
    JsonNode features = run.path("features");
    line(
        text,
        "Tells which of %d genres a piece of music is: %s.",
        run.path("genres").size(),
        String.join(", ", names(run.path("genres"))));
    text.append('\n');
    line(text, "| | |");
    line(text, "|---|---|");
    line(
        text,
        "| network | `%s`, %,d parameters |",
        string(run, "model", "architecture"),
        facts.parameters());
    line(
        text,
        "| input | clips of %s s as pictures of %s, each scaled to [0, 1] by its own %s |",
        number(run, "training", "clip_seconds"),
        facts.inputShape(),
        picture());
    line(
        text,
        "| features | `%s`: %d Hz, nFft %d, hop %d, %d bins |",
        features.path("name").asText(),
        features.path("sample_rate_hz").asInt(),
        features.path("n_fft").asInt(),
        features.path("hop_length").asInt(),
        features.path("bins").asInt());
    line(text, "| answer | a probability for each genre, the mean over a song's clips |");
    text.append('\n');
  }

  private String picture() {
    return run.path("model").path("pooled").path("picture").path("style").asText().startsWith("MEL")
        ? "quantiles, rows gathered into mel bands"
        : "minimum and maximum";
  }

  private void appendRecipe(StringBuilder text) {
    JsonNode training = run.path("training");
    JsonNode augmentation = training.path("augmentation");
    line(text, TRAINING);
    text.append('\n');
    line(text, "| | |");
    line(text, "|---|---|");
    line(text, "| tracks | %s |", division(run));
    line(
        text,
        "| recipe | %d epochs, batch %d, Adam at %s, L2 %s on kernels, dropout %s |",
        training.path("epochs").asInt(),
        training.path("batch_size").asInt(),
        training.path("learning_rate").asText(),
        training.path("l2").asText(),
        run.path("model").path("dropout").asText());
    appendRefinements(text, training);
    JsonNode init = run.path("init");
    if (init.isObject()) {
      line(
          text,
          "| begun with | the trained network of `%s` (`%s`); but for the last layer it moved at %s of the"
              + " learning rate |",
          init.path("name").asText(),
          init.path("network").asText().replaceFirst("(?<=.{12}).*", "…"),
          init.path("backbone_rate").asText());
    }
    line(
        text,
        "| augmentation | each with probability %s: noise to %s, time shift to %s of the width, time mask"
            + " to %s, frequency mask to %s%s |",
        augmentation.path("probability").asText(),
        augmentation.path("noise").asText(),
        augmentation.path("time_shift").asText(),
        augmentation.path("time_mask").asText(),
        augmentation.path("frequency_mask").asText(),
        furtherAugmentation(augmentation));
    line(
        text,
        "| weights | %s%s; no epoch was chosen by its validation score |",
        training.path("refinements").path("averaging").asDouble() > 0
            ? "averaged over time up to the last epoch"
            : "of the last epoch",
        run.path("model").path("batch_norm").asBoolean()
            ? ", batch norm's statistics taken anew from them"
            : "");
    line(
        text,
        "| seed, precision | %s, %s |",
        training.path("seed").asText(),
        training.path("precision").asText().toLowerCase(Locale.ROOT));
    text.append('\n');
  }

  private static void appendRefinements(StringBuilder text, JsonNode training) {
    JsonNode refined = training.path("refinements");
    if (refined.isObject()) {
      line(
          text,
          "| beyond that | learning rate in one cycle, weight decay %s, mixup %s, label smoothing %s,"
              + " weights averaged at %s, clips from %s |",
          refined.path("weight_decay").asText(),
          refined.path("mixup").asText(),
          refined.path("label_smoothing").asText(),
          refined.path("averaging").asText(),
          refined.path("random_crops").asBoolean() ? "anywhere in a track" : "the grid");
    }
  }

  /** What a recipe has beyond the published four; a key is absent where it is off. */
  private static String furtherAugmentation(JsonNode augmentation) {
    StringBuilder text = new StringBuilder();
    Map<String, String> words = new LinkedHashMap<>();
    words.put("time_stretch", ", time stretch to 1 + %s either way");
    words.put("pitch_shift_semitones", ", pitch shift to %s semitones");
    words.put("low_pass", ", low-pass to %s of the height");
    words.put("tilt", ", tilt to %s");
    words.forEach(
        (key, phrase) -> {
          if (augmentation.path(key).asDouble() != 0) {
            text.append(phrase.formatted(augmentation.path(key).asText()));
          }
        });
    return text.toString();
  }

  /**
   * Which tracks trained and which are asked about, and whether the latter's songs were heard.
   *
   * @param run a {@code run.json}
   */
  static String division(JsonNode run) {
    JsonNode folds = run.path("folds");
    String protocol = folds.path("protocol").asText();
    String what =
        "%d to train, %d to validate"
            .formatted(run.path("train_tracks").asInt(), run.path("valid_tracks").asInt());
    if (folds.path("count").asInt() > 1) {
      String which =
          folds.has("fold") ? "fold " + folds.path("fold").asInt() + " of" : "in turn, in";
      what += ", %s %d by %s".formatted(which, folds.path("count").asInt(), protocol);
    }
    return what
        + (protocol.equals("clip")
            ? "; a track's clips are on both sides, so these figures say nothing of unknown tracks"
            : "; exact duplicates on one side");
  }

  private void appendScores(StringBuilder text) {
    line(text, "## How often it is right");
    text.append('\n');
    if (!judge.equals(run)) {
      line(
          text,
          "This model was trained on all tracks, so nothing is left to test it on. The figures are those"
              + " of %s of the same recipe, %s about tracks that it was not trained on.",
          networks() == 1 ? "another network" : networks() + " networks",
          networks() == 1 ? "asked" : "each asked");
      text.append('\n');
    }
    line(text, "95 %% intervals by bootstrap over tracks.");
    text.append('\n');
    line(
        text, "| tracks | level | count | accuracy | 95 %% interval | macro F1 | 95 %% interval |");
    line(text, "|---|---|---|---|---|---|---|");
    appendScore(text, "training", metrics.train());
    appendScore(text, "validation", metrics.valid());
    appendScore(text, "test", metrics.test());
    text.append('\n');
  }

  /** A cross-validation may have been done in part: each fold holds out as many tracks. */
  private int networks() {
    Evaluation held = heldOut(metrics);
    int of = judge.path("valid_tracks").asInt();
    int count = Math.max(1, judge.path("folds").path("count").asInt());
    return held == null || of == 0 || count == 1
        ? count
        : (int) Math.rint((double) count * held.tracks().count() / of);
  }

  private static void appendScore(
      StringBuilder text, String side, @Nullable Evaluation evaluation) {
    if (evaluation == null) {
      return;
    }
    appendLevel(text, side, "clips", evaluation.clips());
    appendLevel(text, side, "tracks, mean of probabilities", evaluation.tracks());
    appendLevel(text, side, "tracks, majority vote", evaluation.tracksMajorityVote());
  }

  private static void appendLevel(StringBuilder text, String side, String level, Metrics m) {
    line(
        text,
        "| %s | %s | %d | %.1f %% | %s | %.3f | %s |",
        side,
        level,
        m.count(),
        100 * m.accuracy(),
        percent(m.accuracyInterval()),
        m.macroF1(),
        interval(m.macroF1Interval()));
  }

  private void appendProvenance(StringBuilder text) {
    JsonNode provenance = run.path("provenance");
    line(text, PROVENANCE);
    text.append('\n');
    line(text, "| | |");
    line(text, "|---|---|");
    line(
        text,
        "| made by | Tonearm %s, Java %s |",
        provenance.path("tonearm_version").asText(),
        provenance.path("java_version").asText());
    line(
        text,
        "| made on | %s, %s |",
        provenance.path("machine").path("cpu").asText(),
        provenance.path("machine").path("os").asText());
    line(text, "| started | %s |", provenance.path("created").asText());
    line(text, "| data digest | `%s` |", run.path("data_digest").asText());
    line(text, "| split digest | `%s` |", run.path("split_digest").asText());
  }

  private static List<String> names(JsonNode array) {
    List<String> names = new ArrayList<>();
    array.forEach(name -> names.add(name.asText()));
    return names;
  }

  private static String string(JsonNode node, String key, String inner) {
    return node.path(key).path(inner).asText();
  }

  private static String number(JsonNode node, String key, String inner) {
    double value = node.path(key).path(inner).asDouble();
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private static String percent(@Nullable Interval i) {
    return i == null
        ? ""
        : String.format(Locale.ROOT, "%.1f to %.1f %%", 100 * i.low(), 100 * i.high());
  }

  private static String interval(@Nullable Interval i) {
    return i == null ? "" : String.format(Locale.ROOT, "%.3f to %.3f", i.low(), i.high());
  }

  /** Adds a line; per cent signs in it are doubled, as {@link String#format} takes them. */
  static void line(StringBuilder text, String format, @Nullable Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
