package tonearm.library;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import tonearm.provenance.AtomicFiles;

/**
 * The SQLite file of an index: opened, checked, brought to the present format; and what SQLite says
 * in words for the person who owns it.
 *
 * <p>The journal is a write-ahead log: a reader that stands still ({@code library list | less})
 * does not hold up a run that writes, and the other way round. Where the file system cannot do that
 * (some network drives), SQLite stays with its rollback journal. Either way each commit is forced
 * to disk ({@code synchronous=FULL}), and a kill at any point leaves the last commit.
 */
final class IndexFile {
  /** SQLite's mark of whose file it is: "TONE". */
  static final int APPLICATION_ID = 0x544F4E45;

  /** How long to wait for another Tonearm's transaction, which takes far less. */
  private static final int PATIENCE_MS = 20_000;

  /** An embedding takes 2 kB: of the default pages of 4 kB, nearly half would stay empty. */
  private static final int PAGE_BYTES = 16_384;

  /**
   * What to do to come from each format to the next; from format 0, an empty file, to 1, and so on.
   * A step is never changed after a release: a new one is added.
   */
  private static final List<List<String>> STEPS =
      List.of(
          List.of(
              """
              CREATE TABLE hearings(
                id INTEGER PRIMARY KEY,
                model TEXT NOT NULL,
                network TEXT NOT NULL,
                sampling TEXT NOT NULL,
                genres TEXT NOT NULL,
                UNIQUE(model, network, sampling)) STRICT
              """,
              """
              CREATE TABLE files(
                id INTEGER PRIMARY KEY,
                path TEXT NOT NULL UNIQUE,
                size_bytes INTEGER NOT NULL,
                mtime_ns INTEGER NOT NULL,
                sha256 TEXT,
                trouble TEXT,
                seen_at TEXT NOT NULL,
                CHECK (sha256 IS NULL OR trouble IS NULL)) STRICT
              """,
              "CREATE INDEX files_sha256 ON files(sha256)",
              """
              CREATE TABLE answers(
                id INTEGER PRIMARY KEY,
                sha256 TEXT NOT NULL,
                hearing_id INTEGER NOT NULL REFERENCES hearings(id),
                status TEXT NOT NULL CHECK (status IN ('ok', 'error')),
                genre TEXT,
                confidence REAL,
                probabilities TEXT,
                duration_s REAL,
                clips INTEGER,
                warnings TEXT,
                error TEXT,
                analysed_at TEXT NOT NULL,
                tonearm TEXT NOT NULL,
                UNIQUE(sha256, hearing_id)) STRICT
              """,
              """
              CREATE TABLE embeddings(
                answer_id INTEGER PRIMARY KEY REFERENCES answers(id) ON DELETE CASCADE,
                hearing_id INTEGER NOT NULL,
                vector BLOB NOT NULL) STRICT
              """,
              """
              CREATE VIEW songs AS
                SELECT f.path, f.size_bytes, f.mtime_ns, f.sha256, h.model, h.network, h.sampling,
                  a.status, a.genre, a.confidence, a.probabilities, a.duration_s, a.clips, a.warnings,
                  a.error, a.analysed_at, a.tonearm, e.vector AS embedding
                FROM files f
                JOIN answers a ON a.sha256 = f.sha256
                JOIN hearings h ON h.id = a.hearing_id
                LEFT JOIN embeddings e ON e.answer_id = a.id
              """));

  private final Path file;
  private final List<List<String>> steps;

  IndexFile(Path file) {
    this(file, STEPS);
  }

  /** With other steps than the present ones, as an older or newer Tonearm has them. */
  IndexFile(Path file, List<List<String>> steps) {
    this.file = file;
    this.steps = steps;
  }

  /** The steps of this Tonearm. */
  static List<List<String>> steps() {
    return STEPS;
  }

  /**
   * Opens the file for reading and writing, and makes it if it is not there.
   *
   * @throws IOException in words, if it is no index, of a newer Tonearm, or cannot be written
   */
  Connection openOrCreate() throws IOException {
    if (Files.exists(file)) {
      requireReadable();
      if (!Files.isWritable(file)) {
        throw new IOException(file + ": the index cannot be written: it is read-only");
      }
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null && !Files.isWritable(folder)) {
        throw new IOException(file + ": the index cannot be written: its folder is read-only");
      }
    } else {
      makeFolder();
    }
    return connect(false);
  }

  /** Opens the file for reading, or for writing too where it may be written; never makes it. */
  Connection openExisting() throws IOException {
    if (!Files.exists(file)) {
      throw new IOException(
          file + ": there is no index yet; \"tonearm classify -r FOLDER\" makes one");
    }
    requireReadable();
    Path folder = file.toAbsolutePath().getParent();
    boolean mayWrite = Files.isWritable(file) && (folder == null || Files.isWritable(folder));
    return connect(!mayWrite);
  }

  private void requireReadable() throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + " is a folder, not an index");
    } else if (!Files.isRegularFile(file)) {
      throw new IOException(file + " is not a regular file, so not an index");
    } else if (!Files.isReadable(file)) {
      throw new IOException(file + ": the index cannot be read: permission denied");
    }
  }

  private void makeFolder() throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException(file + " is a folder, not an index");
    }
    try {
      AtomicFiles.createFolders(folder);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(
          file + ": the index cannot be made: " + e.getFile() + " is a file, not a folder", e);
    } catch (IOException e) {
      throw new IOException(file + ": the index cannot be made: no folder can be made there", e);
    }
    if (!Files.isWritable(folder)) {
      throw new IOException(file + ": the index cannot be made: its folder is read-only");
    }
  }

  private Connection connect(boolean readOnly) throws IOException {
    try {
      Connection connection = connection(readOnly, false);
      try {
        return checked(connection, readOnly);
      } catch (SQLException e) {
        connection.close();
        if (readOnly && !Files.exists(Path.of(file + "-wal"))) {
          // In a folder that cannot be written, a write-ahead log cannot even be looked for. There
          // is
          // none, and nobody who could write one: the file may be read as it stands.
          Connection still = connection(true, true);
          try {
            return checked(still, true);
          } catch (SQLException | IOException again) {
            still.close();
            throw again;
          }
        }
        throw e;
      } catch (IOException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw inWords(e);
    }
  }

  private Connection connection(boolean readOnly, boolean immutable) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(readOnly);
    config.setBusyTimeout(PATIENCE_MS);
    // As an address, so that no character of the name is taken for a parameter.
    String address = file.toAbsolutePath().toUri().toString().replaceFirst("^file:/+", "file:/");
    return JDBC.createConnection(
        "jdbc:sqlite:" + address + (immutable ? "?immutable=1" : ""), config.toProperties());
  }

  private Connection checked(Connection connection, boolean readOnly)
      throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      int format = format(statement);
      if (format < steps.size() && readOnly) {
        throw new IOException(
            file
                + (format == 0 ? " is empty, so no index" : " is an index of an older format")
                + ", and it is read-only");
      }
      if (!readOnly) {
        prepare(statement, format);
        migrate(statement);
      }
      return connection;
    }
  }

  /** The file's format, 0 for an empty file. */
  private int format(Statement statement) throws SQLException, IOException {
    int owner;
    int format;
    int tables;
    // At one stroke: another first run may be making the tables at this moment.
    try (ResultSet row =
        statement.executeQuery(
            "SELECT (SELECT count(*) FROM sqlite_master),"
                + " (SELECT application_id FROM pragma_application_id),"
                + " (SELECT user_version FROM pragma_user_version)")) {
      tables = row.getInt(1);
      owner = row.getInt(2);
      format = row.getInt(3);
    }
    if (owner != APPLICATION_ID && (owner != 0 || format != 0 || tables != 0)) {
      throw new IOException(file + " is a database, but not an index of Tonearm");
    }
    if (format > steps.size()) {
      throw new IOException(
          "%s was written by a newer Tonearm: its format is %d, and this one knows those up to %d; update Tonearm or choose another --index"
              .formatted(file, format, steps.size()));
    }
    return format;
  }

  private static void prepare(Statement statement, int format) throws SQLException {
    if (format == 0) {
      statement.execute("PRAGMA page_size = " + PAGE_BYTES);
    }
    turnToWriteAheadLog(statement);
    statement.execute("PRAGMA synchronous = FULL");
    statement.execute("PRAGMA foreign_keys = ON");
  }

  /**
   * SQLite does not wait here: of several first runs at once each reads the file before it asks to
   * have it alone, and rather than let them wait for one another for ever it refuses them at once.
   */
  private static void turnToWriteAheadLog(Statement statement) throws SQLException {
    long end = System.nanoTime() + PATIENCE_MS * 1_000_000L;
    while (true) {
      try {
        statement.execute("PRAGMA journal_mode = WAL");
        return;
      } catch (SQLException e) {
        boolean busy = e instanceof SQLiteException sqlite && isBusy(sqlite.getResultCode());
        if (!busy || System.nanoTime() > end || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        LockSupport.parkNanos(10_000_000L);
      }
    }
  }

  private static boolean isBusy(SQLiteErrorCode code) {
    String name = code.name();
    return name.startsWith("SQLITE_BUSY") || name.startsWith("SQLITE_LOCKED");
  }

  private void migrate(Statement statement) throws SQLException, IOException {
    if (format(statement) == steps.size()) {
      return;
    }
    statement.execute("BEGIN IMMEDIATE");
    try {
      // Again, now that nobody else may write: two first runs may have started at once.
      for (int format = format(statement); format < steps.size(); format++) {
        for (String sql : steps.get(format)) {
          statement.execute(sql);
        }
      }
      statement.execute("PRAGMA application_id = " + APPLICATION_ID);
      statement.execute("PRAGMA user_version = " + steps.size());
      statement.execute("COMMIT");
    } catch (SQLException | IOException e) {
      IndexFile.rollBack(statement, e);
      throw e;
    }
  }

  /** Gives a transaction up, unless SQLite did so itself, as it does where the disk is full. */
  static void rollBack(Statement statement, Exception why) {
    try {
      statement.execute("ROLLBACK");
    } catch (SQLException none) {
      why.addSuppressed(none); // what was met first is what to tell
    }
  }

  /** What SQLite met, in words. */
  IOException inWords(SQLException e) {
    SQLiteErrorCode code =
        e instanceof SQLiteException sqlite
            ? sqlite.getResultCode()
            : SQLiteErrorCode.getErrorCode(e.getErrorCode());
    String name = code.name();
    String cause;
    if (isBusy(code)) {
      cause = ": another Tonearm is writing to the index; try again when it is done";
    } else if (name.startsWith("SQLITE_NOTADB")) {
      cause = " is not an index: it is no SQLite file";
    } else if (name.startsWith("SQLITE_CORRUPT")) {
      cause = ": the index is damaged; move it away, and the next run makes a new one";
    } else if (name.startsWith("SQLITE_READONLY") || name.startsWith("SQLITE_PERM")) {
      cause = ": the index cannot be written: it is read-only";
    } else if (name.startsWith("SQLITE_FULL")) {
      cause = ": the index cannot be written: the disk is full";
    } else if (name.startsWith("SQLITE_CANTOPEN")) {
      cause = ": the index cannot be opened";
    } else if (name.startsWith("SQLITE_IOERR")) {
      cause = ": the index cannot be read or written: the disk fails, is full or is gone";
    } else {
      cause = ": the index fails: " + e.getMessage();
    }
    return new IOException(file + cause, e);
  }
}
