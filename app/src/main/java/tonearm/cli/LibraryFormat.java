package tonearm.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Prediction.Status;
import tonearm.library.LibraryEntry;
import tonearm.provenance.Json;
import tonearm.terminal.Text;

/** How songs of an index are written down. */
interface LibraryFormat {
  /** What comes before the first song; empty or ended by a line break. */
  String header();

  /** One song, ended by a line break. */
  String format(LibraryEntry song);

  /** One JSON object a line. */
  static LibraryFormat json() {
    return new LibraryFormat() {
      @Override
      public String header() {
        return "";
      }

      @Override
      public String format(LibraryEntry song) {
        return Json.toLine(song) + "\n";
      }
    };
  }

  /**
   * RFC 4180, one row a song.
   *
   * @param genres of all models in the index, a column each
   */
  static LibraryFormat csv(List<String> genres) {
    return new CsvRows(genres);
  }

  /** For people: one line a song. */
  static LibraryFormat table() {
    return new LibraryFormat() {
      @Override
      public String header() {
        return "";
      }

      @Override
      public String format(LibraryEntry song) {
        Float confidence = song.confidence();
        Double seconds = song.durationS();
        if (song.status() == Status.ERROR || confidence == null || seconds == null) {
          return String.format(
              Locale.ROOT,
              "failed  %s: %s%n",
              Text.oneLine(song.path()),
              Text.oneLine(String.valueOf(song.error())));
        }
        return String.format(
            Locale.ROOT,
            "%5s  %-12s %8s  %s%n",
            Text.percent(confidence),
            song.genre(),
            Text.duration(seconds),
            Text.oneLine(song.path()));
      }
    };
  }

  /** See {@link #csv}. */
  record CsvRows(List<String> genres) implements LibraryFormat {
    private static final CsvMapper CSV = new CsvMapper();

    @Override
    public String header() {
      List<String> names =
          new ArrayList<>(
              List.of("path", "status", "genre", "confidence", "duration_s", "clips", "model"));
      genres.forEach(genre -> names.add("p_" + genre));
      names.addAll(
          List.of(
              "warnings",
              "error",
              "network",
              "sampling",
              "sha256",
              "size_bytes",
              "mtime_ns",
              "analysed_at",
              "tonearm"));
      return row(names);
    }

    @Override
    public String format(LibraryEntry song) {
      List<Object> row = new ArrayList<>();
      row.add(song.path());
      row.add(song.status() == Status.OK ? "ok" : "error");
      row.add(cell(song.genre()));
      row.add(cell(song.confidence()));
      row.add(cell(song.durationS()));
      row.add(cell(song.clips()));
      row.add(cell(song.model()));
      Map<String, Float> probabilities = song.probabilities();
      for (String genre : genres) {
        row.add(cell(probabilities == null ? null : probabilities.get(genre)));
      }
      List<String> warnings = song.warnings();
      row.add(warnings == null ? "" : String.join("; ", warnings));
      row.add(cell(song.error()));
      row.add(cell(song.network()));
      row.add(cell(song.sampling()));
      row.add(cell(song.sha256()));
      row.add(song.sizeBytes());
      row.add(song.mtimeNs());
      row.add(song.analysedAt());
      row.add(cell(song.tonearm()));
      return row(row);
    }

    private static Object cell(@Nullable Object value) {
      return value == null ? "" : value;
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
}
