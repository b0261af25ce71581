package tonearm.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import tonearm.provenance.Json;
import tonearm.terminal.Text;

/**
 * What became of one file's tags. One JSON object a line.
 *
 * @param path as it was given, or found
 * @param field name of the field
 * @param before what the field said; null if the file could not be read
 * @param after what it says now, or would say; as {@code before} where nothing changes
 * @param genre the answer's most probable genre, as the model calls it, or that it is unknown; null
 *     if nobody asked
 * @param confidence its probability
 * @param warnings null if there are none
 * @param error why it could not be done, or is left; null if there is nothing to say
 */
record TagReport(
    String path,
    Status status,
    String field,
    @Nullable List<String> before,
    @Nullable List<String> after,
    @Nullable String genre,
    @Nullable Float confidence,
    @Nullable List<String> warnings,
    @Nullable String error) {
  /** What became of it. */
  enum Status {
    @JsonProperty("written")
    WRITTEN("changed"),
    @JsonProperty("planned")
    PLANNED("would change"),
    @JsonProperty("kept")
    KEPT("already with a genre"),
    @JsonProperty("same")
    SAME("saying so already"),
    @JsonProperty("unsure")
    UNSURE("below the least confidence"),
    @JsonProperty("unknown")
    UNKNOWN("of unknown genre"),
    @JsonProperty("never_made")
    NEVER_MADE("never changed"),
    @JsonProperty("error")
    ERROR("failed");

    private final String words;

    Status(String words) {
      this.words = words;
    }
  }

  static TagReport error(String path, String field, String error) {
    return new TagReport(path, Status.ERROR, field, null, null, null, null, null, error);
  }

  TagReport withWarning(@Nullable String warning) {
    if (warning == null) {
      return this;
    }
    List<String> all = new ArrayList<>(warnings == null ? List.of() : warnings);
    all.add(warning);
    return new TagReport(path, status, field, before, after, genre, confidence, all, error);
  }

  String toJson() {
    return Json.toLine(this) + "\n";
  }

  /** For people: the file and its changed values; nothing if nothing changes. */
  String toDiff(boolean colours) {
    if ((status != Status.WRITTEN && status != Status.PLANNED) || before == null || after == null) {
      return "";
    }
    StringBuilder text = new StringBuilder(Text.oneLine(path));
    if (genre != null && confidence != null) {
      text.append(paint("  " + genre + " " + Text.percent(confidence), "90", colours));
    }
    text.append('\n');
    for (String value : before) {
      if (!after.contains(value)) {
        text.append(paint("- " + Text.oneLine(value), "90", colours)).append('\n');
      }
    }
    for (String value : after) {
      String line = Text.oneLine(value);
      text.append(before.contains(value) ? "  " + line : paint("+ " + line, "1;34", colours))
          .append('\n');
    }
    return text.toString();
  }

  private static String paint(String text, String colour, boolean colours) {
    return colours ? "\u001b[" + colour + "m" + text + "\u001b[0m" : text;
  }

  /** How many files had which end. */
  static final class Counts {
    private final Map<Status, Integer> counts = new EnumMap<>(Status.class);

    void add(TagReport report) {
      counts.merge(report.status, 1, Integer::sum);
    }

    int of(Status status) {
      return counts.getOrDefault(status, 0);
    }

    int all() {
      return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** In words: {@code 3 would change, 1 already with a genre}. */
    @Override
    public String toString() {
      StringJoiner words = new StringJoiner(", ");
      counts.forEach(
          (status, count) -> words.add(String.format(Locale.ROOT, "%d %s", count, status.words)));
      return words.toString();
    }
  }
}
