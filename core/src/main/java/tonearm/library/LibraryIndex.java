package tonearm.library;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Prediction;
import tonearm.provenance.Build;
import tonearm.provenance.Json;
import tonearm.provenance.PathText;

/**
 * An index that is open. Files point to contents by SHA-256, answers belong to a content and a
 * {@link Hearing}.
 *
 * <p>Writes gather and are committed together, 64 at a time or what came within a second, and at
 * the end: a kill loses those at most and leaves a sound file. Between commits nothing is locked,
 * so several Tonearms may work on one index. Safe from any thread.
 */
public final class LibraryIndex implements AutoCloseable {
  /** As text, so that it sorts by time and any SQLite tool can read it. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /**
   * By what a file is taken to be unchanged.
   *
   * @param sizeBytes its size
   * @param mtimeNs when it was last modified, in nanoseconds since 1970 as far as the disk knows
   */
  public record FileState(long sizeBytes, long mtimeNs) {
    /** The state of attributes that were read. */
    public static FileState of(BasicFileAttributes attributes) {
      return new FileState(
          attributes.size(), attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
    }
  }

  /**
   * What the index knows of a path.
   *
   * @param state when it was last looked into
   * @param sha256 its content then; null if it could not be read
   */
  public record KnownFile(FileState state, @Nullable String sha256) {}

  /**
   * An answer that is stored.
   *
   * @param prediction with the given path
   * @param analysedAt when it was heard
   */
  public record Stored(Prediction prediction, Instant analysedAt) {}

  private final IndexSession session;

  private LibraryIndex(IndexSession session) {
    this.session = session;
  }

  /**
   * Opens an index to add to, and makes it if there is none.
   *
   * @throws IOException if it cannot be: not an index, of a newer Tonearm, read-only, in use
   */
  public static LibraryIndex open(Path path) throws IOException {
    return new LibraryIndex(IndexSession.open(path));
  }

  /**
   * Opens an index that must be there, to look into it; where it may be written, it may also be
   * changed.
   *
   * @throws IOException as {@link #open}, and if there is none
   */
  public static LibraryIndex openExisting(Path path) throws IOException {
    return new LibraryIndex(IndexSession.openExisting(path));
  }

  /** What is known of a path; null if nothing. */
  public @Nullable KnownFile file(Path path) throws IOException {
    String text = PathText.of(PathText.absolute(path));
    return session.find(
        Set.of(text),
        () -> {
          PreparedStatement find =
              session.statement(
                  "SELECT size_bytes, mtime_ns, sha256 FROM files WHERE path = ?", text);
          try (ResultSet row = find.executeQuery()) {
            return row.next()
                ? new KnownFile(new FileState(row.getLong(1), row.getLong(2)), row.getString(3))
                : null;
          }
        });
  }

  /**
   * The answer to a content; null if there is none.
   *
   * @param path what the answer's path shall be
   */
  public @Nullable Stored answer(Hearing hearing, String sha256, String path) throws IOException {
    return session.find(
        Set.of(sha256),
        () -> {
          PreparedStatement find =
              session.statement(
                  "SELECT a.status, a.probabilities, a.duration_s, a.clips, a.warnings, a.error,"
                      + " h.model, a.genre, a.analysed_at FROM answers a JOIN hearings h ON h.id ="
                      + " a.hearing_id WHERE a.sha256 = ? AND h.model = ? AND h.network = ? AND"
                      + " h.sampling = ?",
                  sha256,
                  hearing.model(),
                  hearing.network(),
                  hearing.sampling());
          try (ResultSet row = find.executeQuery()) {
            return row.next()
                ? new Stored(Rows.prediction(path, row), Instant.parse(row.getString(9)))
                : null;
          }
        });
  }

  /** The embedding of a content, by any sampling of a hearing's network; null if there is none. */
  public float @Nullable [] embedding(Hearing hearing, String sha256) throws IOException {
    return session.find(
        Set.of(sha256),
        () -> {
          PreparedStatement find =
              session.statement(
                  "SELECT e.vector FROM answers a JOIN hearings h ON h.id = a.hearing_id JOIN"
                      + " embeddings e ON e.answer_id = a.id WHERE a.sha256 = ? AND h.model = ? AND"
                      + " h.network = ? ORDER BY h.sampling = ? DESC, a.id LIMIT 1",
                  sha256,
                  hearing.model(),
                  hearing.network(),
                  hearing.sampling());
          try (ResultSet row = find.executeQuery()) {
            return row.next() ? floats(row.getBytes(1)) : null;
          }
        });
  }

  /**
   * Notes which content a path has. Where the index has the same content under a path that is gone,
   * the file was moved: that row goes with it.
   *
   * @return whether it was a move
   */
  public boolean putFile(Path path, FileState state, String sha256) throws IOException {
    Path absolute = PathText.absolute(path);
    String text = PathText.of(absolute);
    // Nobody may write between the look for a vanished file and the move.
    synchronized (session) {
      String from = file(absolute) == null ? vanished(sha256, text) : null;
      if (from != null) {
        session.add(
            () ->
                session
                    .statement(
                        "UPDATE files SET path = ?, size_bytes = ?, mtime_ns = ?, seen_at = ? WHERE"
                            + " path = ?",
                        text,
                        state.sizeBytes(),
                        state.mtimeNs(),
                        now(),
                        from)
                    .executeUpdate(),
            text,
            from,
            sha256);
        return true;
      }
      session.add(() -> upsertFile(text, state, sha256, null), text, sha256);
      return false;
    }
  }

  private @Nullable String vanished(String sha256, String text) throws IOException {
    return session.find(
        Set.of(sha256),
        () -> {
          PreparedStatement find =
              session.statement(
                  "SELECT path FROM files WHERE sha256 = ? AND path <> ?", sha256, text);
          try (ResultSet rows = find.executeQuery()) {
            while (rows.next()) {
              // Not "not exists": what cannot be looked at may still be there.
              if (Files.notExists(PathText.path(rows.getString(1)))) {
                return rows.getString(1);
              }
            }
            return null;
          }
        });
  }

  /** Notes that a file is there but could not be read: it is listed, and tried again each time. */
  public void putTrouble(Path path, FileState state, String cause) throws IOException {
    String text = PathText.of(PathText.absolute(path));
    session.add(() -> upsertFile(text, state, null, cause), text);
  }

  private void upsertFile(
      String text, FileState state, @Nullable String sha256, @Nullable String trouble)
      throws SQLException {
    session
        .statement(
            "INSERT INTO files(path, size_bytes, mtime_ns, sha256, trouble, seen_at) VALUES(?, ?,"
                + " ?, ?, ?, ?) ON CONFLICT(path) DO UPDATE SET size_bytes = excluded.size_bytes,"
                + " mtime_ns = excluded.mtime_ns, sha256 = excluded.sha256, trouble ="
                + " excluded.trouble, seen_at = excluded.seen_at",
            text,
            state.sizeBytes(),
            state.mtimeNs(),
            sha256,
            trouble,
            now())
        .executeUpdate();
  }

  /**
   * Stores an answer, or why there is none, in place of an earlier one.
   *
   * @param embedding of the sound; null if there is none
   */
  public void putAnswer(
      Hearing hearing, String sha256, Prediction prediction, float @Nullable [] embedding)
      throws IOException {
    byte[] vector = embedding == null ? null : bytes(embedding);
    session.add(
        () -> {
          long id = hearingId(hearing);
          session
              .statement(
                  "INSERT INTO answers(sha256, hearing_id, status, genre, confidence,"
                      + " probabilities, duration_s, clips, warnings, error, analysed_at, tonearm)"
                      + " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(sha256,"
                      + " hearing_id) DO UPDATE SET status = excluded.status, genre ="
                      + " excluded.genre, confidence = excluded.confidence, probabilities ="
                      + " excluded.probabilities, duration_s = excluded.duration_s, clips ="
                      + " excluded.clips, warnings = excluded.warnings, error = excluded.error,"
                      + " analysed_at = excluded.analysed_at, tonearm = excluded.tonearm",
                  sha256,
                  id,
                  prediction.status() == Prediction.Status.OK ? "ok" : "error",
                  prediction.genre(),
                  prediction.confidence(),
                  json(prediction.probabilities()),
                  prediction.durationS(),
                  prediction.clips(),
                  json(prediction.warnings()),
                  prediction.error(),
                  now(),
                  Build.current().version())
              .executeUpdate();
          String answer = "SELECT id FROM answers WHERE sha256 = ? AND hearing_id = ?";
          if (vector == null) {
            session
                .statement("DELETE FROM embeddings WHERE answer_id = (" + answer + ")", sha256, id)
                .executeUpdate();
          } else {
            session
                .statement(
                    "INSERT OR REPLACE INTO embeddings(answer_id, hearing_id, vector) SELECT id, ?,"
                        + " ? FROM answers WHERE sha256 = ? AND hearing_id = ?",
                    id,
                    vector,
                    sha256,
                    id)
                .executeUpdate();
          }
        },
        sha256);
  }

  /**
   * Tonearm itself has changed a file but not its sound, as when tags are written: all answers to
   * the old content hold for the new one, and nothing need be heard again. Nothing happens if the
   * index does not know the old content.
   *
   * @param path any name of the file; all that the index knows it under are brought up to date
   * @param before the content it had
   * @param state what it is like now
   * @param after the content it has now
   */
  public void carryOver(Path path, String before, FileState state, String after)
      throws IOException {
    List<String> names = names(path, before);
    if (names.isEmpty()) {
      return;
    }
    List<String> about = new ArrayList<>(names);
    about.addAll(List.of(before, after));
    session.add(
        () -> {
          for (String name : names) {
            upsertFile(name, state, after, null);
          }
          if (before.equals(after)) {
            return;
          }
          session
              .statement(
                  "INSERT OR IGNORE INTO answers(sha256, hearing_id, status, genre, confidence,"
                      + " probabilities, duration_s, clips, warnings, error, analysed_at, tonearm)"
                      + " SELECT ?, hearing_id, status, genre, confidence, probabilities,"
                      + " duration_s, clips, warnings, error, analysed_at, tonearm FROM answers"
                      + " WHERE sha256 = ?",
                  after,
                  before)
              .executeUpdate();
          session
              .statement(
                  "INSERT OR IGNORE INTO embeddings(answer_id, hearing_id, vector) SELECT b.id,"
                      + " b.hearing_id, e.vector FROM answers a JOIN embeddings e ON e.answer_id ="
                      + " a.id JOIN answers b ON b.hearing_id = a.hearing_id AND b.sha256 = ? WHERE"
                      + " a.sha256 = ?",
                  after,
                  before)
              .executeUpdate();
        },
        about.toArray(String[]::new));
  }

  /**
   * What the index calls a file, which may be the names of links to it. Of a copy that it does not
   * know, the given name; none if it does not know the content.
   */
  private List<String> names(Path path, String sha256) throws IOException {
    List<String> names = new ArrayList<>();
    Path absolute = PathText.absolute(path);
    boolean isKnown =
        Boolean.TRUE.equals(
            session.find(
                Set.of(sha256),
                () -> {
                  PreparedStatement find =
                      session.statement("SELECT path FROM files WHERE sha256 = ?", sha256);
                  boolean isAny = false;
                  try (ResultSet rows = find.executeQuery()) {
                    while (rows.next()) {
                      isAny = true;
                      String name = rows.getString(1);
                      if (isSameFile(PathText.path(name), absolute)) {
                        names.add(name);
                      }
                    }
                  }
                  return isAny;
                }));
    if (isKnown && names.isEmpty()) {
      names.add(PathText.of(absolute));
    }
    return names;
  }

  private static boolean isSameFile(Path a, Path b) {
    try {
      return Files.isSameFile(a, b);
    } catch (IOException e) {
      return false; // gone, so it is a copy that was
    }
  }

  /** Forgets these files, as the index writes their paths, and answers that nothing else has. */
  void forget(List<String> paths) throws IOException {
    for (String path : paths) {
      session.add(
          () -> session.statement("DELETE FROM files WHERE path = ?", path).executeUpdate(), path);
    }
    dropOrphans();
  }

  /** Lets go of answers to contents that no file has any more. */
  public void dropOrphans() throws IOException {
    session.add(
        () ->
            session
                .statement(
                    "DELETE FROM answers WHERE NOT EXISTS (SELECT 1 FROM files WHERE files.sha256 ="
                        + " answers.sha256)")
                .executeUpdate());
    flush();
  }

  private long hearingId(Hearing hearing) throws SQLException {
    session
        .statement(
            "INSERT OR IGNORE INTO hearings(model, network, sampling, genres) VALUES(?, ?, ?, ?)",
            hearing.model(),
            hearing.network(),
            hearing.sampling(),
            json(hearing.genres()))
        .executeUpdate();
    PreparedStatement find =
        session.statement(
            "SELECT id FROM hearings WHERE model = ? AND network = ? AND sampling = ?",
            hearing.model(),
            hearing.network(),
            hearing.sampling());
    try (ResultSet row = find.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /** What Library and SimilarSongs read with. */
  IndexSession session() {
    return session;
  }

  /** Commits all that waits: it is on the disk when this returns. */
  public void flush() throws IOException {
    session.flush();
  }

  /** Present or given time as the index writes it. */
  static String time(Instant instant) {
    return TIME.format(instant);
  }

  private static String now() {
    return time(Instant.now());
  }

  private static @Nullable String json(@Nullable Object value) {
    return value == null ? null : Json.toLine(value);
  }

  private static byte[] bytes(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  static float[] floats(byte[] bytes) {
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  /** Commits what waits, and closes the file. */
  @Override
  public void close() throws IOException {
    session.close();
  }
}
