package tonearm.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Prediction;
import tonearm.provenance.Provenance;
import tonearm.terminal.Text;

/**
 * What changes of a file that leave the music as it is do to answers.
 *
 * @param provenance who measured it
 * @param model whose answers
 * @param files how many were heard
 * @param known how many of them lie in a folder called by a genre of the model
 * @param rows a change each, and sums of kin
 */
record InvarianceReport(Provenance provenance, String model, int files, int known, List<Row> rows) {
  /**
   * A change.
   *
   * @param change in words
   * @param copies how many were answered
   * @param agreement share of copies with the genre of the original, unknown being one
   * @param meanChange mean absolute change of the probability of the original's most probable genre
   * @param maxChange the largest
   * @param unknown share of copies of unknown genre
   * @param accuracyBefore share of rightly answered originals among these whose genre is known;
   *     null if none is
   * @param accuracyAfter the same of the copies
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Row(
      String change,
      int copies,
      double agreement,
      double meanChange,
      double maxChange,
      double unknown,
      @Nullable Double accuracyBefore,
      @Nullable Double accuracyAfter) {}

  /**
   * An original and what became of its copies.
   *
   * @param truth its genre; null if that is not known
   * @param original the answer to it
   * @param copies the answers to these
   */
  record Song(@Nullable String truth, Prediction original, Map<Invariance, Prediction> copies) {}

  /** Sums up. */
  static InvarianceReport of(Provenance provenance, String model, List<Song> songs) {
    List<Row> rows = new ArrayList<>();
    for (Invariance change : Invariance.values()) {
      add(rows, change.label(), songs, List.of(change));
    }
    add(rows, "all lossy", songs, Invariance.codecs());
    add(rows, "16 to 96 kHz", songs, Invariance.usualRates());
    add(rows, "all other sample rates", songs, Invariance.rates());
    add(rows, "all changes", songs, List.of(Invariance.values()));
    int known = (int) songs.stream().filter(song -> song.truth() != null).count();
    return new InvarianceReport(provenance, model, songs.size(), known, rows);
  }

  private static void add(
      List<Row> rows, String label, List<Song> songs, List<Invariance> changes) {
    int copies = 0;
    int agreeing = 0;
    int unknown = 0;
    int known = 0;
    int rightBefore = 0;
    int rightAfter = 0;
    double sum = 0;
    double most = 0;
    for (Song song : songs) {
      EnumMap<Invariance, Prediction> wanted = new EnumMap<>(Invariance.class);
      wanted.putAll(song.copies());
      wanted.keySet().retainAll(changes);
      Prediction original = song.original();
      Prediction.Ranked best = original.top(1).get(0);
      for (Prediction copy : wanted.values()) {
        float now = Objects.requireNonNull(copy.probabilities()).getOrDefault(best.genre(), 0f);
        double change = Math.abs(now - best.probability());
        copies++;
        sum += change;
        most = Math.max(most, change);
        agreeing += Objects.equals(copy.genre(), original.genre()) ? 1 : 0;
        unknown += copy.isUnknown() ? 1 : 0;
        if (song.truth() != null) {
          known++;
          rightBefore += song.truth().equals(original.genre()) ? 1 : 0;
          rightAfter += song.truth().equals(copy.genre()) ? 1 : 0;
        }
      }
    }
    if (copies > 0) {
      rows.add(
          new Row(
              label,
              copies,
              (double) agreeing / copies,
              sum / copies,
              most,
              (double) unknown / copies,
              known == 0 ? null : (double) rightBefore / known,
              known == 0 ? null : (double) rightAfter / known));
    }
  }

  /** As a table in Markdown; ends with a line break. */
  String toMarkdown() {
    StringBuilder text = new StringBuilder();
    text.append(
        "Measured %s and %s: %s, %d of known genre.%n%n"
            .formatted(provenance.inWords(), model, Text.count(files, "file"), known));
    text.append(
        """
        | change | copies | same genre | mean change of probability | largest | unknown | right before | right after |
        |---|--:|--:|--:|--:|--:|--:|--:|
        """);
    for (Row row : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %d | %s | %.3f | %.3f | %s | %s | %s |%n",
              row.change(),
              row.copies(),
              percent(row.agreement()),
              row.meanChange(),
              row.maxChange(),
              percent(row.unknown()),
              percent(row.accuracyBefore()),
              percent(row.accuracyAfter())));
    }
    return text.toString();
  }

  private static String percent(@Nullable Double share) {
    return share == null ? "" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
