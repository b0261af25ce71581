package tonearm.library;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Prediction;
import tonearm.library.LibraryIndex.Stored;
import tonearm.provenance.Build;
import tonearm.provenance.Json;

/** The answers of an index: each belongs to a content and a {@link Hearing}. */
final class StoredAnswers {
  private final IndexSession session;

  StoredAnswers(IndexSession session) {
    this.session = session;
  }

  /** As {@link LibraryIndex#answer}. */
  @Nullable Stored find(Hearing hearing, String sha256, String path) throws IOException {
    return session.find(
        Set.of(IndexSession.answersOf(sha256)),
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

  /** As {@link LibraryIndex#embedding}. */
  float @Nullable [] embedding(Hearing hearing, String sha256) throws IOException {
    return session.find(
        Set.of(IndexSession.answersOf(sha256)),
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

  /** As {@link LibraryIndex#putAnswer}. */
  void put(Hearing hearing, String sha256, Prediction prediction, float @Nullable [] embedding)
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
                  LibraryIndex.now(),
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
        IndexSession.answersOf(sha256));
  }

  /**
   * Gives another content the answers of one, where it has none; within a write of the session's.
   */
  void copy(String before, String after) throws SQLException {
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
  }

  /** As {@link LibraryIndex#dropOrphans}. */
  void dropOrphans() throws IOException {
    session.add(
        () ->
            session
                .statement(
                    "DELETE FROM answers WHERE NOT EXISTS (SELECT 1 FROM files WHERE files.sha256 ="
                        + " answers.sha256)")
                .executeUpdate());
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
}
