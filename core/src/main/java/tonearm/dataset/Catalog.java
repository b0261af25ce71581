package tonearm.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tonearm.provenance.AtomicFiles;

/**
 * The index of a dataset, {@code tracks.csv}: which tracks there are, of which genre, which are the
 * same recording. Columns other than those written here are passed over, so that an index may carry
 * more. Column {@code reason} holds why a track has no picture ({@code status} is {@code error}) or
 * what is to be known of the picture it has ({@code ok}).
 */
public final class Catalog {
  private static final List<String> COLUMNS =
      List.of(
          "track",
          "genre",
          "source",
          "sha256",
          "sample_rate_hz",
          "duration_s",
          "db_min",
          "db_max",
          "duplicate_of",
          "status",
          "reason");

  private static final CsvMapper CSV =
      CsvMapper.csvBuilder().enable(CsvParser.Feature.TRIM_SPACES).build();

  private final Map<String, Track> tracks;
  private final List<String> genres;

  /**
   * @param tracks in the order of the index
   * @throws IllegalArgumentException if a name comes twice, or a track is marked as a duplicate of
   *     one that is not there or is a duplicate itself
   */
  public Catalog(List<Track> tracks) {
    this.tracks = new LinkedHashMap<>();
    for (Track track : tracks) {
      if (this.tracks.putIfAbsent(track.track(), track) != null) {
        throw new IllegalArgumentException("track " + track.track() + " is listed twice");
      }
    }
    for (Track track : tracks) {
      String of = track.duplicateOf();
      Track first = of == null ? track : this.tracks.get(of);
      if (first == null) {
        throw new IllegalArgumentException(
            track.track() + " is marked as a duplicate of " + of + ", which is not listed");
      }
      // Otherwise content() would part what belongs together, and a split could leak.
      if (of != null && first.duplicateOf() != null) {
        throw new IllegalArgumentException(
            "%s is marked as a duplicate of %s, itself a duplicate: name the first of them"
                .formatted(track.track(), of));
      }
    }
    this.genres = usable().stream().map(Track::genre).distinct().sorted().toList();
  }

  /** All tracks, also those that could not be prepared. */
  public List<Track> tracks() {
    return List.copyOf(tracks.values());
  }

  /** The tracks that can be trained on. */
  public List<Track> usable() {
    return tracks.values().stream().filter(Track::isUsable).toList();
  }

  /** The genres of usable tracks, sorted: a genre's index is its place here. */
  public List<String> genres() {
    return genres;
  }

  /**
   * The tracks of some genres. A recording that is there under another genre too is left out, so
   * that the parts of one catalogue share no recording.
   *
   * @param wanted at least one
   * @throws IllegalArgumentException if there is no usable track of one of them; the message lists
   *     the genres there are
   */
  public Catalog only(Collection<String> wanted) {
    for (String genre : wanted) {
      if (!genres.contains(genre)) {
        throw new IllegalArgumentException(
            "no usable track is of the genre '%s'; there are %s"
                .formatted(genre, String.join(", ", genres)));
      }
    }
    Set<String> elsewhere = new HashSet<>();
    for (Track track : tracks.values()) {
      if (!wanted.contains(track.genre())) {
        elsewhere.add(track.content());
      }
    }
    return new Catalog(
        tracks.values().stream()
            .filter(t -> wanted.contains(t.genre()) && !elsewhere.contains(t.content()))
            .toList());
  }

  /** The track of that name, or null. */
  public @Nullable Track find(String name) {
    return tracks.get(name);
  }

  /**
   * Reads {@code tracks.csv}.
   *
   * @throws IOException if a row lacks a name or genre, a number is none, or rows contradict each
   *     other; the message names file and line
   */
  public static Catalog read(Path csv) throws IOException {
    List<Track> tracks = new ArrayList<>();
    CsvSchema schema = CsvSchema.emptySchema().withHeader();
    int line = 1;
    try (MappingIterator<Map<String, String>> rows =
        CSV.readerForMapOf(String.class).with(schema).readValues(csv.toFile())) {
      while (rows.hasNextValue()) {
        line = rows.getCurrentLocation().getLineNr();
        tracks.add(fromRow(rows.nextValue()));
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(csv + ", line " + line + ": " + e.getMessage(), e);
    } catch (JsonProcessingException e) {
      int at = e.getLocation() == null ? line : Math.max(1, e.getLocation().getLineNr());
      throw new IOException(csv + ", line " + at + " is not CSV: " + e.getOriginalMessage(), e);
    } catch (CharConversionException e) {
      throw new IOException(csv + ", after line " + line + ": is not a text in UTF-8", e);
    }
    try {
      return new Catalog(tracks);
    } catch (IllegalArgumentException e) {
      throw new IOException(csv + ": " + e.getMessage(), e);
    }
  }

  private static Track fromRow(Map<String, String> row) {
    String status = text(row, "status");
    String reason = text(row, "reason");
    if (status != null && !status.equals("ok") && !status.equals("error")) {
      throw new IllegalArgumentException("status must be ok or error, not " + status);
    }
    boolean failed = "error".equals(status) || "0".equals(row.get("has_spectrogram"));
    if (failed && reason == null) {
      reason = "no spectrogram";
    }
    double sampleRateHz = number(row, "sample_rate_hz", 0);
    if (sampleRateHz != (int) sampleRateHz) {
      throw new IllegalArgumentException("sample_rate_hz is not a whole number: " + sampleRateHz);
    }
    return new Track(
        required(row, "track"),
        required(row, "genre"),
        text(row, "source"),
        text(row, "sha256"),
        (int) sampleRateHz,
        number(row, "duration_s", 0),
        number(row, "db_min", Double.NaN),
        number(row, "db_max", Double.NaN),
        text(row, "duplicate_of"),
        failed ? reason : null,
        failed ? null : reason);
  }

  private static String required(Map<String, String> row, String column) {
    String value = text(row, column);
    if (value == null) {
      throw new IllegalArgumentException("no value in column " + column);
    }
    return value;
  }

  private static @Nullable String text(Map<String, String> row, String column) {
    String value = row.get(column);
    return value == null || value.isEmpty() ? null : value;
  }

  private static double number(Map<String, String> row, String column, double otherwise) {
    String value = text(row, column);
    if (value == null) {
      return otherwise;
    }
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(column + " is not a number: " + value, e);
    }
  }

  /** Writes {@code tracks.csv} to a temporary name and moves it into place. */
  public void write(Path csv) throws IOException {
    CsvSchema.Builder schema = CsvSchema.builder().setUseHeader(true);
    COLUMNS.forEach(schema::addColumn);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Track track : tracks.values()) {
      rows.add(toRow(track));
    }
    AtomicFiles.write(csv, out -> CSV.writer(schema.build()).writeValue(out, rows));
  }

  private static Map<String, Object> toRow(Track track) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("track", track.track());
    row.put("genre", track.genre());
    putUnless(row, "source", track.source(), track.source() == null);
    putUnless(row, "sha256", track.sha256(), track.sha256() == null);
    putUnless(row, "sample_rate_hz", track.sampleRateHz(), track.sampleRateHz() == 0);
    putUnless(row, "duration_s", track.durationS(), track.durationS() == 0);
    putUnless(row, "db_min", track.dbMin(), Double.isNaN(track.dbMin()));
    putUnless(row, "db_max", track.dbMax(), Double.isNaN(track.dbMax()));
    putUnless(row, "duplicate_of", track.duplicateOf(), track.duplicateOf() == null);
    row.put("status", track.isUsable() ? "ok" : "error");
    String reason = track.isUsable() ? track.note() : track.reason();
    putUnless(row, "reason", reason, reason == null);
    return row;
  }

  private static void putUnless(
      Map<String, Object> row, String column, @Nullable Object value, boolean unknown) {
    row.put(column, unknown || value == null ? "" : value);
  }
}
