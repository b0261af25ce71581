package tonearm.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Bootstrap;
import tonearm.eval.ClipPredictions;
import tonearm.eval.Difference;
import tonearm.provenance.Json;

/**
 * By how much runs are more often right than the first of them, as a Markdown table, from their
 * {@code predictions.csv}. Two intervals that overlap say little about a difference, least of all
 * where both are over the same tracks; this says it.
 *
 * <p>What was held out is the test side of a run that has one, else its validation side.
 */
final class DifferenceTable {
  private static final String HEAD =
      """
      | held out, in points | clips right | tracks right, mean of their clips | clips right, of those that both hold out |
      |---|---|---|---|
      """;

  /** Decides the draws, whatever the runs' own seeds. */
  private static final Bootstrap BOOTSTRAP = Bootstrap.withSeed(1);

  private DifferenceTable() {}

  /**
   * The table.
   *
   * @param runs folders with {@code predictions.csv}, if they are finished
   * @return empty if the first is not finished, or no other is that had the same data and genres
   * @throws IOException if a file is damaged; the message names it
   */
  static String of(List<Comparison.NamedRun> runs) throws IOException {
    Comparison.NamedRun first = runs.get(0);
    ClipPredictions base = heldOut(first.folder());
    if (base == null) {
      return "";
    }
    String data = dataOf(first.folder());
    StringBuilder rows = new StringBuilder();
    for (Comparison.NamedRun run : runs.subList(1, runs.size())) {
      ClipPredictions said = heldOut(run.folder());
      if (said != null
          && said.genres().equals(base.genres())
          && dataOf(run.folder()).equals(data)) {
        rows.append(row(run.label() + " against " + first.label(), said, base));
      }
    }
    return rows.isEmpty() ? "" : HEAD + rows;
  }

  private static String row(String name, ClipPredictions one, ClipPredictions other) {
    ClipPredictions shared = Difference.shared(one, other);
    String ofShared = "none";
    if (!shared.clips().isEmpty()) {
      Difference alike = Difference.ofClips(shared, Difference.shared(other, one), BOOTSTRAP);
      ofShared = points(alike) + ", " + alike.count().one() + " clips";
    }
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %s |\n",
        name.replace("|", "\\|"),
        points(Difference.ofClips(one, other, BOOTSTRAP)),
        points(Difference.ofTracks(one, other, BOOTSTRAP)),
        ofShared);
  }

  private static String points(Difference difference) {
    return String.format(
        Locale.ROOT,
        "%+.1f (%+.1f to %+.1f)",
        100 * difference.share(),
        100 * difference.interval().low(),
        100 * difference.interval().high());
  }

  /** Null if the run is not finished, or nothing was held out. */
  private static @Nullable ClipPredictions heldOut(Path run) throws IOException {
    Path file = run.resolve(ClipPredictions.FILE);
    if (!Files.exists(file)) {
      return null;
    }
    ClipPredictions all = ClipPredictions.read(file);
    ClipPredictions test = all.ofSplit("test");
    ClipPredictions side = test.clips().isEmpty() ? all.ofSplit("valid") : test;
    return side.clips().isEmpty() ? null : side;
  }

  /** Which data it was; names of tracks mean nothing beyond. */
  private static String dataOf(Path run) throws IOException {
    Path file = run.resolve(RunFolder.DESCRIPTION);
    return Files.exists(file) ? Json.read(file, JsonNode.class).path("data_digest").asText() : "";
  }
}
