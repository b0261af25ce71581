package tonearm.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tonearm.eval.Prediction;
import tonearm.terminal.Text;

/** How answers are written down. */
interface PredictionFormat {
  /** What comes before the first answer; empty or ended by a line break. */
  String header();

  /** One answer, ended by a line break. */
  String format(Prediction prediction);

  /** One JSON object a line. */
  static PredictionFormat json() {
    return new PredictionFormat() {
      @Override
      public String header() {
        return "";
      }

      @Override
      public String format(Prediction prediction) {
        return prediction.toJson().strip() + "\n";
      }
    };
  }

  /**
   * RFC 4180, one row a file.
   *
   * @param genres of the model, a column each
   */
  static PredictionFormat csv(List<String> genres) {
    return new CsvRows(genres);
  }

  /**
   * JAMS, one object a line.
   *
   * @param genres of the model
   * @param clipSeconds length of its clips
   */
  static PredictionFormat jams(List<String> genres, double clipSeconds) {
    return new JamsFormat(genres, clipSeconds);
  }

  /**
   * For people: the likeliest genres, a bar each.
   *
   * @param top how many genres
   */
  static PredictionFormat table(int top, boolean colours) {
    return new Table(top, colours);
  }

  /** See {@link #csv}. */
  record CsvRows(List<String> genres) implements PredictionFormat {
    private static final CsvMapper CSV = new CsvMapper();

    @Override
    public String header() {
      List<String> names =
          new ArrayList<>(
              List.of("path", "status", "genre", "confidence", "duration_s", "clips", "model"));
      genres.forEach(genre -> names.add("p_" + genre));
      names.add("warnings");
      names.add("error");
      return row(names);
    }

    @Override
    public String format(Prediction p) {
      List<Object> row = new ArrayList<>();
      boolean ok = p.status() == Prediction.Status.OK;
      row.add(p.path());
      row.add(ok ? "ok" : "error");
      for (Object value :
          new Object[] {p.genre(), p.confidence(), p.durationS(), p.clips(), p.model()}) {
        row.add(value == null ? "" : value);
      }
      Map<String, Float> probabilities = p.probabilities();
      for (String genre : genres) {
        Float value = probabilities == null ? null : probabilities.get(genre);
        row.add(value == null ? "" : value);
      }
      row.add(p.warnings() == null ? "" : String.join("; ", p.warnings()));
      row.add(p.error() == null ? "" : p.error());
      return row(row);
    }

    private static String row(List<?> values) {
      try {
        return CSV.writer(CsvSchema.emptySchema().withLineSeparator("\r\n"))
            .writeValueAsString(values);
      } catch (JsonProcessingException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** See {@link #table}. */
  record Table(int top, boolean colours) implements PredictionFormat {
    private static final int BAR_WIDTH = 40;
    // Blue and grey: told apart with any kind of colour vision, and on light and dark ground.
    private static final String STRONG = "\u001b[1;34m";
    private static final String FAINT = "\u001b[90m";
    private static final String PLAIN = "\u001b[0m";

    @Override
    public String header() {
      return "";
    }

    @Override
    public String format(Prediction p) {
      StringBuilder text = new StringBuilder();
      if (p.status() == Prediction.Status.ERROR) {
        // The reason goes to stderr with all other trouble; see ClassifyCommand.
        return "";
      }
      double seconds = p.durationS() == null ? 0 : p.durationS();
      int clips = p.clips() == null ? 0 : p.clips();
      text.append(Text.oneLine(p.path()));
      text.append(faint("  " + Text.duration(seconds) + ", " + Text.count(clips, "clip")))
          .append('\n');
      if (p.isUnknown()) {
        boolean isNear = p.nearest() != null && !p.nearest().isEmpty();
        text.append(strong("  " + p.genre())).append(isNear ? ", nearest:\n" : "\n");
      }
      List<Prediction.Ranked> ranked = ranked(p);
      int width = ranked.stream().mapToInt(r -> r.genre().length()).max().orElse(0);
      for (int i = 0; i < ranked.size(); i++) {
        Prediction.Ranked r = ranked.get(i);
        String bar = Text.bar(r.probability(), BAR_WIDTH);
        String line =
            String.format(
                Locale.ROOT,
                "  %-" + Math.max(1, width) + "s %5s  %s",
                r.genre(),
                Text.percent(r.probability()),
                bar);
        text.append(i == 0 && !p.isUnknown() ? strong(line) : line).append('\n');
      }
      appendTimeline(text, p);
      return text.append('\n').toString();
    }

    /** The likeliest; of an unknown genre none that is no likelier than chance. */
    private List<Prediction.Ranked> ranked(Prediction p) {
      List<Prediction.Ranked> nearest = p.nearest();
      return nearest != null && nearest.size() < Math.min(top, Prediction.NEAREST)
          ? nearest
          : p.top(top);
    }

    private static void appendTimeline(StringBuilder text, Prediction p) {
      if (p.timeline() == null) {
        return;
      }
      for (Prediction.Segment segment : p.timeline()) {
        Map.Entry<String, Float> best =
            segment.probabilities().entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow();
        text.append(
            String.format(
                Locale.ROOT,
                "  %7s to %7s  %5s  %s%n",
                Text.duration(segment.startS()),
                Text.duration(segment.endS()),
                Text.percent(best.getValue()),
                best.getKey()));
      }
    }

    private String strong(String text) {
      return colours ? STRONG + text + PLAIN : text;
    }

    private String faint(String text) {
      return colours ? FAINT + text + PLAIN : text;
    }
  }
}
