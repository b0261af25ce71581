package tonearm.library;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An open index file: statements that are prepared once, writes that gather and are committed
 * together, reads that see them. Safe from any thread; one statement runs at a time.
 */
final class IndexSession implements AutoCloseable {
  /** Writes in one transaction. */
  private static final int BATCH = 64;

  private static final long BATCH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final IndexFile file;
  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private final List<Write> waiting = new ArrayList<>();

  /** What the waiting writes are about: reading one of these flushes first. */
  private final Set<String> touched = new HashSet<>();

  private long lastFlush = System.nanoTime();

  private IndexSession(IndexFile file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /** See {@link LibraryIndex#open}. */
  static IndexSession open(Path path) throws IOException {
    IndexFile file = new IndexFile(path);
    return new IndexSession(file, file.openOrCreate());
  }

  /** See {@link LibraryIndex#openExisting}. */
  static IndexSession openExisting(Path path) throws IOException {
    IndexFile file = new IndexFile(path);
    return new IndexSession(file, file.openExisting());
  }

  /** The files of a content, as something that is read or written. */
  static String filesOf(String sha256) {
    return "files of " + sha256;
  }

  /** The answers to a content, as something that is read or written. */
  static String answersOf(String sha256) {
    return "answers to " + sha256;
  }

  /** A write that waits for its transaction. */
  @FunctionalInterface
  interface Write {
    void run() throws SQLException;
  }

  /** Something that is read; null if it is not there. */
  @FunctionalInterface
  interface Read<T> {
    @Nullable T run() throws SQLException, IOException;
  }

  /**
   * Reads, after what waits to be written of this.
   *
   * @param of paths, {@link #filesOf} and {@link #answersOf} contents
   */
  synchronized <T> @Nullable T find(Set<String> of, Read<T> read) throws IOException {
    if (of.stream().anyMatch(touched::contains)) {
      flush();
    }
    try {
      return read.run();
    } catch (SQLException e) {
      throw file.inWords(e);
    }
  }

  /** Reads what is always there, after all that waits to be written. */
  synchronized <T> T read(Read<T> read) throws IOException {
    flush();
    return Objects.requireNonNull(find(Set.of(), read));
  }

  /**
   * Puts a write in line; all are committed after a second or when there are enough.
   *
   * @param about what it changes: paths, {@link #filesOf} and {@link #answersOf} contents
   */
  synchronized void add(Write write, String... about) throws IOException {
    waiting.add(write);
    touched.addAll(List.of(about));
    if (waiting.size() >= BATCH || System.nanoTime() - lastFlush >= BATCH_NANOS) {
      flush();
    }
  }

  /** Commits all that waits: it is on the disk when this returns. */
  synchronized void flush() throws IOException {
    lastFlush = System.nanoTime();
    if (waiting.isEmpty()) {
      return;
    }
    try (Statement transaction = connection.createStatement()) {
      transaction.execute("BEGIN IMMEDIATE");
      try {
        for (Write write : waiting) {
          write.run();
        }
        transaction.execute("COMMIT");
      } catch (SQLException e) {
        IndexFile.rollBack(transaction, e);
        throw e;
      }
    } catch (SQLException e) {
      throw file.inWords(e);
    } finally {
      // Also where it failed: who called is told, and would else be told of the same again.
      waiting.clear();
      touched.clear();
    }
  }

  /** For tests: writes that wait for their commit. */
  synchronized int waiting() {
    return waiting.size();
  }

  /** For tests: how long to wait for another's lock, in milliseconds. */
  synchronized void patience(int milliseconds) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = " + milliseconds);
    }
  }

  /** A statement that is prepared once, with its values; they are null, text, numbers or bytes. */
  PreparedStatement statement(String sql, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  /** A statement of its own, for rows that are read while others are asked for. */
  PreparedStatement ownStatement(String sql, List<?> values) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.size(); i++) {
      statement.setObject(i + 1, values.get(i));
    }
    return statement;
  }

  @Override
  public synchronized void close() throws IOException {
    try (Connection closing = connection) {
      flush();
      for (PreparedStatement statement : statements.values()) {
        statement.close();
      }
    } catch (SQLException e) {
      throw file.inWords(e);
    }
  }
}
