package tonearm.library;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Prediction;

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
  private final IndexedFiles files;
  private final StoredAnswers answers;

  private LibraryIndex(IndexSession session) {
    this.session = session;
    files = new IndexedFiles(session);
    answers = new StoredAnswers(session);
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
    return files.file(path);
  }

  /**
   * The answer to a content; null if there is none.
   *
   * @param path what the answer's path shall be
   */
  public @Nullable Stored answer(Hearing hearing, String sha256, String path) throws IOException {
    return answers.find(hearing, sha256, path);
  }

  /** The embedding of a content, by any sampling of a hearing's network; null if there is none. */
  public float @Nullable [] embedding(Hearing hearing, String sha256) throws IOException {
    return answers.embedding(hearing, sha256);
  }

  /**
   * Notes which content a path has. Where the index has the same content under a path that is gone,
   * the file was moved: that row goes with it.
   *
   * @return whether it was a move
   */
  public boolean putFile(Path path, FileState state, String sha256) throws IOException {
    return files.putFile(path, state, sha256);
  }

  /** Notes that a file is there but could not be read: it is listed, and tried again each time. */
  public void putTrouble(Path path, FileState state, String cause) throws IOException {
    files.putTrouble(path, state, cause);
  }

  /**
   * Stores an answer, or why there is none, in place of an earlier one.
   *
   * @param embedding of the sound; null if there is none
   */
  public void putAnswer(
      Hearing hearing, String sha256, Prediction prediction, float @Nullable [] embedding)
      throws IOException {
    answers.put(hearing, sha256, prediction, embedding);
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
    List<String> names = files.names(path, before);
    if (names.isEmpty()) {
      return;
    }
    List<String> about = new ArrayList<>(names);
    for (String content : List.of(before, after)) {
      about.add(IndexSession.filesOf(content));
      about.add(IndexSession.answersOf(content));
    }
    session.add(
        () -> {
          for (String name : names) {
            files.put(name, state, after, null);
          }
          if (!before.equals(after)) {
            answers.copy(before, after);
          }
        },
        about.toArray(String[]::new));
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
    answers.dropOrphans();
    flush();
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

  /** The present time, so. */
  static String now() {
    return time(Instant.now());
  }

  /** Commits what waits, and closes the file. */
  @Override
  public void close() throws IOException {
    session.close();
  }
}
