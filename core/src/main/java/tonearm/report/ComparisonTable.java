package tonearm.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Evaluation;
import tonearm.eval.Interval;
import tonearm.eval.Metrics;
import tonearm.eval.RunMetrics;
import tonearm.provenance.Json;

/**
 * What runs are worth side by side, as a Markdown table. Every figure is of the finished network,
 * answering clips as they are, from {@code metrics.json}: a history's training accuracy is with the
 * dropout and augmentation of its run, so that runs which differ in these cannot be compared by it.
 *
 * <p>Runs of one recipe that differ by chance alone, as seeds and splits do, get their mean and
 * standard deviation in a last row.
 */
final class ComparisonTable {
  private static final String HEAD =
      """
      | run | epochs | side | clips right | tracks right, mean of their clips | by vote | macro F1 of clips | of tracks |
      |---|--:|---|---|---|---|---|---|
      """;

  private static final String PRECISION = "precision";

  /** What makes two runs repetitions of one another, but for the numbers of their tracks. */
  private static final List<String> RECIPE =
      List.of("model", "training", "features", "genres", "data_digest", "init");

  /**
   * Of the network it began with, what it was called decides nothing. Precision rounds otherwise,
   * as threads do; the row of means names it where it differs.
   */
  private static final List<String> CHANCE = List.of("seed", "threads", "name", PRECISION);

  /** As much as numbers of tracks may differ where the split alone does. */
  private static final double ALIKE = 0.02;

  private ComparisonTable() {}

  /**
   * The table.
   *
   * @param runs folders with {@code metrics.json}, if they are finished
   * @param histories of these
   * @throws IOException if a file is damaged; the message names it
   */
  static String of(List<Comparison.NamedRun> runs, List<EpochTable> histories) throws IOException {
    StringBuilder text = new StringBuilder(HEAD);
    Map<String, List<Evaluation>> all = new LinkedHashMap<>();
    for (int i = 0; i < runs.size(); i++) {
      Map<String, Evaluation> sides = sides(runs.get(i).folder());
      double[] epochs = histories.get(i).epochs();
      String last = Scale.label(epochs[epochs.length - 1]);
      String name = runs.get(i).label().replace("|", "\\|");
      if (sides.isEmpty()) {
        text.append("| ").append(name).append(" | ").append(last);
        text.append(histories.get(i).isBrokenOff() ? " | diverged" : " | not finished");
        text.append(" | | | | | |\n");
      }
      for (Map.Entry<String, Evaluation> side : sides.entrySet()) {
        Evaluation e = side.getValue();
        text.append(
            row(
                name,
                last,
                side.getKey(),
                share(e.clips()),
                share(e.tracks()),
                share(e.tracksMajorityVote()),
                macroF1(e.clips()),
                macroF1(e.tracks())));
        all.computeIfAbsent(side.getKey(), key -> new ArrayList<>()).add(e);
      }
    }
    if (runs.size() > 1 && areRepetitions(runs)) {
      String name = "mean of " + runs.size() + " ± standard deviation" + mixture(runs);
      all.forEach((side, some) -> text.append(mean(name, side, some, runs.size())));
    }
    return text.toString();
  }

  private static String row(String... cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }

  private static Map<String, Evaluation> sides(Path run) throws IOException {
    Path file = run.resolve(RunMetrics.FILE);
    Map<String, Evaluation> sides = new LinkedHashMap<>();
    if (Files.exists(file)) {
      RunMetrics metrics = RunMetrics.read(file);
      put(sides, "training", metrics.train());
      put(sides, "validation", metrics.valid());
      put(sides, "test", metrics.test());
    }
    return sides;
  }

  private static void put(Map<String, Evaluation> sides, String side, @Nullable Evaluation of) {
    if (of != null) {
      sides.put(side, of);
    }
  }

  private static String share(Metrics metrics) {
    return inInterval("%.1f %%", 100, metrics.accuracy(), "%.1f", metrics.accuracyInterval());
  }

  private static String macroF1(Metrics metrics) {
    return inInterval("%.3f", 1, metrics.macroF1(), "%.3f", metrics.macroF1Interval());
  }

  private static String inInterval(
      String format, double unit, double value, String bounds, @Nullable Interval interval) {
    String shown = String.format(Locale.ROOT, format, unit * value);
    return interval == null
        ? shown
        : String.format(
            Locale.ROOT,
            "%s (" + bounds + " to " + bounds + ")",
            shown,
            unit * interval.low(),
            unit * interval.high());
  }

  /** The precisions, if runs differ in it. */
  private static String mixture(List<Comparison.NamedRun> runs) throws IOException {
    Set<String> precisions = new TreeSet<>();
    for (Comparison.NamedRun run : runs) {
      JsonNode described = Json.read(run.folder().resolve(RunFolder.DESCRIPTION), JsonNode.class);
      precisions.add(described.at("/training/" + PRECISION).asText().toLowerCase(Locale.ROOT));
    }
    return precisions.size() > 1 ? ", in " + String.join(" and ", precisions) : "";
  }

  private static String mean(String name, String side, List<Evaluation> some, int runs) {
    if (some.size() < runs) {
      return "";
    }
    return row(
        name,
        "",
        side,
        spread(some, e -> 100 * e.clips().accuracy(), "%.1f ± %.1f %%"),
        spread(some, e -> 100 * e.tracks().accuracy(), "%.1f ± %.1f %%"),
        spread(some, e -> 100 * e.tracksMajorityVote().accuracy(), "%.1f ± %.1f %%"),
        spread(some, e -> e.clips().macroF1(), "%.3f ± %.3f"),
        spread(some, e -> e.tracks().macroF1(), "%.3f ± %.3f"));
  }

  /** Mean and sample standard deviation. */
  private static String spread(
      List<Evaluation> some, ToDoubleFunction<Evaluation> value, String format) {
    double mean = some.stream().mapToDouble(value).average().orElse(Double.NaN);
    double squares =
        some.stream().mapToDouble(e -> Math.pow(value.applyAsDouble(e) - mean, 2)).sum();
    return String.format(Locale.ROOT, format, mean, Math.sqrt(squares / (some.size() - 1)));
  }

  private static boolean areRepetitions(List<Comparison.NamedRun> runs) throws IOException {
    JsonNode first = null;
    for (Comparison.NamedRun run : runs) {
      Path file = run.folder().resolve(RunFolder.DESCRIPTION);
      if (!Files.exists(file)) {
        return false;
      }
      JsonNode described = Json.read(file, JsonNode.class);
      if (first == null) {
        first = described;
      } else if (!recipe(described).equals(recipe(first))
          || !areAlike(described, first, "train_tracks")
          || !areAlike(described, first, "valid_tracks")) {
        return false;
      }
    }
    return true;
  }

  private static List<JsonNode> recipe(JsonNode run) {
    List<JsonNode> recipe = new ArrayList<>();
    for (String key : RECIPE) {
      JsonNode part = run.path(key).deepCopy();
      if (part instanceof ObjectNode object) {
        object.remove(CHANCE);
      }
      recipe.add(part);
    }
    recipe.add(run.path("folds").path("protocol"));
    recipe.add(run.path("folds").path("count"));
    recipe.add(BooleanNode.valueOf(run.path("folds").has("fold")));
    return recipe;
  }

  private static boolean areAlike(JsonNode a, JsonNode b, String key) {
    int one = a.path(key).asInt();
    int other = b.path(key).asInt();
    return Math.abs(one - other) <= ALIKE * Math.max(one, other);
  }
}
