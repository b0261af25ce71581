package tonearm.library;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tonearm.provenance.PathText;

/**
 * Which songs of an index are meant; all conditions hold together.
 *
 * @param genres any of these; any genre if empty
 * @param minConfidence at least this sure, 0 to 1; null for any
 * @param maxConfidence at most this sure, 0 to 1; null for any
 * @param since heard at this time or later; null for any
 * @param under in any of these folders or below, or the file itself; anywhere if empty
 * @param failed only files that could not be heard
 * @param model only what the model of this name said; null for what was said last by any
 */
public record LibraryFilter(
    List<String> genres,
    @Nullable Double minConfidence,
    @Nullable Double maxConfidence,
    @Nullable Instant since,
    List<Path> under,
    boolean failed,
    @Nullable String model) {
  /** Everything. */
  public static final LibraryFilter ALL =
      new LibraryFilter(List.of(), null, null, null, List.of(), false, null);

  public LibraryFilter {
    genres = List.copyOf(genres);
    under = List.copyOf(under);
    check("the least confidence", minConfidence);
    check("the highest confidence", maxConfidence);
    if (minConfidence != null && maxConfidence != null && minConfidence > maxConfidence) {
      throw new IllegalArgumentException(
          "nothing is at least %s and at most %s sure".formatted(minConfidence, maxConfidence));
    }
    if (failed && (!genres.isEmpty() || minConfidence != null || maxConfidence != null)) {
      throw new IllegalArgumentException(
          "files that could not be heard have neither genre nor confidence");
    }
  }

  private static void check(String what, @Nullable Double value) {
    if (value != null && !(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(what + " must be from 0 to 1, not " + value);
    }
  }

  /** The same, for other genres. */
  public LibraryFilter withGenres(List<String> others) {
    return new LibraryFilter(others, minConfidence, maxConfidence, since, under, failed, model);
  }

  /** A part of an SQL statement with the values of its question marks, in order. */
  record Sql(String text, List<Object> values) {}

  /**
   * Files {@code f} with the answer {@code a} of hearing {@code h} that was given last, as far as
   * they fit. A file that could not be read has no answer, but a trouble.
   */
  Sql from() {
    StringBuilder sql = new StringBuilder();
    List<Object> values = new ArrayList<>();
    sql.append(
        " FROM files f LEFT JOIN answers a ON a.id = (SELECT x.id FROM answers x JOIN hearings y ON"
            + " y.id = x.hearing_id WHERE x.sha256 = f.sha256");
    if (model != null) {
      sql.append(" AND y.model = ?");
      values.add(model);
    }
    sql.append(
        " ORDER BY x.analysed_at DESC, x.id DESC LIMIT 1) LEFT JOIN hearings h ON h.id ="
            + " a.hearing_id WHERE (a.id IS NOT NULL OR f.trouble IS NOT NULL)");
    if (!genres.isEmpty()) {
      sql.append(" AND a.genre IN (?").append(", ?".repeat(genres.size() - 1)).append(')');
      values.addAll(genres);
    }
    // Confidences are 32-bit floats: 0.7 of the user is the 0.7 that a network can say.
    if (minConfidence != null) {
      sql.append(" AND a.confidence >= ?");
      values.add((double) minConfidence.floatValue());
    }
    if (maxConfidence != null) {
      sql.append(" AND a.confidence <= ?");
      values.add((double) maxConfidence.floatValue());
    }
    if (since != null) {
      sql.append(" AND coalesce(a.analysed_at, f.seen_at) >= ?");
      values.add(LibraryIndex.time(since));
    }
    if (failed) {
      sql.append(" AND coalesce(a.status, 'error') = 'error'");
    }
    if (!under.isEmpty()) {
      Sql places = places();
      sql.append(" AND ").append(places.text());
      values.addAll(places.values());
    }
    return new Sql(sql.toString(), values);
  }

  /** Whether file {@code f} lies in one of the places; texts are compared byte by byte. */
  Sql places() {
    List<String> parts = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    for (Path place : under) {
      Path absolute = PathText.absolute(place);
      parts.add("f.path = ?");
      values.add(PathText.of(absolute));
      String text = absolute.toString();
      String separator = absolute.getFileSystem().getSeparator();
      for (String start :
          List.of(
              text.endsWith(separator) ? text : text + separator,
              PathText.addressOfFolder(absolute))) {
        parts.add("(f.path >= ? AND f.path < ?)");
        values.add(start);
        // The first text after all that begin so: the separator's successor in its place.
        int last = start.length() - 1;
        values.add(start.substring(0, last) + (char) (start.charAt(last) + 1));
      }
    }
    return new Sql("(" + String.join(" OR ", parts) + ")", values);
  }
}
