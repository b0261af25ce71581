package tonearm.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tonearm.library.LibraryIndex.FileState;
import tonearm.library.LibraryIndex.KnownFile;
import tonearm.provenance.PathText;

/** The files of an index: paths, the state they were met in, and their contents by SHA-256. */
final class IndexedFiles {
  private final IndexSession session;

  IndexedFiles(IndexSession session) {
    this.session = session;
  }

  /** As {@link LibraryIndex#file}. */
  @Nullable KnownFile file(Path path) throws IOException {
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

  /** As {@link LibraryIndex#putFile}. */
  boolean putFile(Path path, FileState state, String sha256) throws IOException {
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
                        LibraryIndex.now(),
                        from)
                    .executeUpdate(),
            text,
            from,
            IndexSession.filesOf(sha256));
        return true;
      }
      session.add(() -> put(text, state, sha256, null), text, IndexSession.filesOf(sha256));
      return false;
    }
  }

  private @Nullable String vanished(String sha256, String text) throws IOException {
    return session.find(
        Set.of(IndexSession.filesOf(sha256)),
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

  /** As {@link LibraryIndex#putTrouble}. */
  void putTrouble(Path path, FileState state, String cause) throws IOException {
    String text = PathText.of(PathText.absolute(path));
    session.add(() -> put(text, state, null, cause), text);
  }

  /**
   * Notes a file; within a write of the session's.
   *
   * @param text its path as the index has it
   * @param sha256 its content; null if it could not be read
   * @param trouble why not; null if it could
   */
  void put(String text, FileState state, @Nullable String sha256, @Nullable String trouble)
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
            LibraryIndex.now())
        .executeUpdate();
  }

  /**
   * What the index calls a file, which may be the names of links to it. Of a copy that it does not
   * know, the given name; none if it does not know the content.
   */
  List<String> names(Path path, String sha256) throws IOException {
    List<String> names = new ArrayList<>();
    Path absolute = PathText.absolute(path);
    boolean isKnown =
        Boolean.TRUE.equals(
            session.find(
                Set.of(IndexSession.filesOf(sha256)),
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
}
