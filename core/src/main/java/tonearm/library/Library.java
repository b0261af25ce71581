package tonearm.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Prediction;
import tonearm.library.LibraryFilter.Sql;
import tonearm.provenance.PathText;

/**
 * The library as its owner sees it: songs with what was last said of them, listed, summed up and
 * forgotten. Rows are read one by one, so memory does not grow with the library.
 */
public final class Library {
  private static final String CELLS =
      "a.status, a.probabilities, a.duration_s, a.clips, a.warnings, a.error, h.model, a.genre,"
          + " f.path, f.trouble, h.network, h.sampling, f.sha256, f.size_bytes, f.mtime_ns, a.analysed_at,"
          + " f.seen_at, a.tonearm";

  private final LibraryIndex index;

  /**
   * @param index stays open as long as this is used; closed by the caller
   */
  public Library(LibraryIndex index) {
    this.index = index;
  }

  /** Takes songs one by one. */
  @FunctionalInterface
  public interface Visitor {
    /** One song. */
    void visit(LibraryEntry entry) throws IOException;
  }

  /** Every song that fits, sorted by path, byte by byte. */
  public void forEach(LibraryFilter filter, Visitor visitor) throws IOException {
    Sql from = filter.from();
    index
        .session()
        .read(
            () -> {
              String sql = "SELECT " + CELLS + from.text() + " ORDER BY f.path";
              try (PreparedStatement statement = index.session().ownStatement(sql, from.values());
                  ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                  visitor.visit(entry(row));
                }
              }
              return true;
            });
  }

  private static LibraryEntry entry(ResultSet row) throws SQLException, IOException {
    String path = row.getString(9);
    String trouble = row.getString(10);
    Prediction said =
        trouble == null ? Rows.prediction(path, row) : Prediction.error(path, trouble);
    String analysed = row.getString(16);
    return new LibraryEntry(
        path,
        said.status(),
        said.genre(),
        said.confidence(),
        said.nearest(),
        said.probabilities(),
        said.durationS(),
        said.clips(),
        row.getString(7),
        said.warnings(),
        said.error(),
        row.getString(11),
        row.getString(12),
        row.getString(13),
        row.getLong(14),
        row.getLong(15),
        analysed == null ? row.getString(17) : analysed,
        row.getString(18));
  }

  /** Every genre that a model in the index can answer, in the models' own order. */
  public List<String> genres() throws IOException {
    return index
        .session()
        .read(
            () -> {
              Set<String> genres = new LinkedHashSet<>();
              try (PreparedStatement statement =
                      index
                          .session()
                          .ownStatement("SELECT genres FROM hearings ORDER BY id", List.of());
                  ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                  List<String> some = Rows.texts(row.getString(1));
                  genres.addAll(some == null ? List.of() : some);
                }
              }
              return List.copyOf(genres);
            });
  }

  /** What the songs that fit add up to. */
  public LibraryStats stats(LibraryFilter filter) throws IOException {
    Sql from = filter.from();
    return index
        .session()
        .read(
            () -> {
              List<LibraryStats.OfGenre> genres = new ArrayList<>();
              String byGenre =
                  "SELECT a.genre, count(*), sum(a.confidence >= ?), sum(a.duration_s) / 3600,"
                      + " avg(a.confidence)"
                      + from.text()
                      + " AND a.status = 'ok' GROUP BY a.genre ORDER BY 2 DESC, 1";
              List<Object> values = new ArrayList<>(from.values());
              values.add(0, (double) (float) LibraryStats.SURE);
              long songs = 0;
              double hours = 0;
              double confidence = 0;
              try (PreparedStatement statement = index.session().ownStatement(byGenre, values);
                  ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                  LibraryStats.OfGenre genre =
                      new LibraryStats.OfGenre(
                          row.getString(1),
                          row.getLong(2),
                          row.getLong(3),
                          row.getDouble(4),
                          row.getDouble(5));
                  genres.add(genre);
                  songs += genre.songs();
                  hours += genre.hours();
                  confidence += genre.meanConfidence() * genre.songs();
                }
              }
              Map<String, Long> failures =
                  counts(
                      "SELECT coalesce(f.trouble, a.error), count(*)"
                          + from.text()
                          + " AND coalesce(a.status, 'error') = 'error' GROUP BY 1 ORDER BY 2 DESC, 1",
                      from.values());
              Map<String, Long> models =
                  counts(
                      "SELECT h.model, count(*)"
                          + from.text()
                          + " AND a.status = 'ok' GROUP BY 1 ORDER BY 2 DESC, 1",
                      from.values());
              long failed = failures.values().stream().mapToLong(Long::longValue).sum();
              double mean = songs == 0 ? 0 : confidence / songs;
              return new LibraryStats(songs, hours, mean, genres, failed, failures, models);
            });
  }

  private Map<String, Long> counts(String sql, List<Object> values) throws SQLException {
    Map<String, Long> counts = new LinkedHashMap<>();
    try (PreparedStatement statement = index.session().ownStatement(sql, values);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        counts.put(row.getString(1), row.getLong(2));
      }
    }
    return counts;
  }

  /**
   * Forgets files and what was said of them, as if they had never been heard. The files themselves
   * are not touched.
   *
   * @param under those in these folders or below, or these themselves; all if empty
   * @param which of these
   * @return how many
   */
  public long forget(List<Path> under, Which which) throws IOException {
    boolean failed = which == Which.FAILED;
    LibraryFilter filter = new LibraryFilter(List.of(), null, null, null, under, failed, null);
    Sql places = under.isEmpty() ? new Sql("1", List.of()) : filter.places();
    Sql from =
        failed ? filter.from() : new Sql(" FROM files f WHERE " + places.text(), places.values());
    String sql = "SELECT f.path" + from.text();
    // Not "not exists": what cannot be looked at may still be there.
    Predicate<Path> gone = which == Which.MISSING ? Files::notExists : file -> true;
    List<String> paths =
        index
            .session()
            .read(
                () -> {
                  List<String> found = new ArrayList<>();
                  try (PreparedStatement statement =
                          index.session().ownStatement(sql, from.values());
                      ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                      if (gone.test(PathText.path(row.getString(1)))) {
                        found.add(row.getString(1));
                      }
                    }
                  }
                  return found;
                });
    index.forget(paths);
    return paths.size();
  }

  /** Which files to forget. */
  public enum Which {
    /** All. */
    ALL,
    /** Those that could not be heard. */
    FAILED,
    /** Those that are no longer there. */
    MISSING
  }

  /**
   * A path under which a content still lies.
   *
   * @return the first that exists, by path; null if none does
   */
  static @Nullable Path living(LibraryIndex index, String sha256) throws IOException {
    return index
        .session()
        .find(
            Set.of(IndexSession.filesOf(sha256)),
            () -> {
              String sql = "SELECT path FROM files WHERE sha256 = ? ORDER BY path";
              try (ResultSet row = index.session().statement(sql, sha256).executeQuery()) {
                while (row.next()) {
                  Path path = PathText.path(row.getString(1));
                  if (Files.exists(path)) {
                    return path;
                  }
                }
                return null;
              }
            });
  }
}
