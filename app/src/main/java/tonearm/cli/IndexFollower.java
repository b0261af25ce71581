package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import tonearm.library.LibraryIndex;
import tonearm.library.LibraryIndex.FileState;
import tonearm.tags.TagWriter;

/**
 * Tells the index of files whose tags are changed: their sound is the same, so they need not be
 * heard again. That the index fails costs no tag.
 */
final class IndexFollower implements TagWriter.Changes, AutoCloseable {
  private final PrintWriter err;
  private @Nullable LibraryIndex index;

  private IndexFollower(@Nullable LibraryIndex index, PrintWriter err) {
    this.index = index;
    this.err = err;
  }

  /**
   * Opens the index, if there is one.
   *
   * @param named the one that the user named; null for the usual one
   * @throws IOException if the user named one that cannot be used
   */
  static IndexFollower open(@Nullable Path named, PrintWriter err) throws IOException {
    if (named != null) {
      return new IndexFollower(LibraryIndex.openExisting(named), err);
    }
    IndexFollower follower = new IndexFollower(null, err);
    Path usual = DataFolder.index();
    if (Files.exists(usual)) {
      try {
        follower.index = LibraryIndex.openExisting(usual);
      } catch (IOException e) {
        follower.lose(e);
      }
    }
    return follower;
  }

  @Override
  public synchronized void changed(Path file, String sha256Before, String sha256After) {
    if (index == null) {
      return;
    }
    try {
      FileState state = FileState.of(Files.readAttributes(file, BasicFileAttributes.class));
      index.carryOver(file, sha256Before, state, sha256After);
    } catch (IOException e) {
      lose(e);
    }
  }

  private void lose(IOException e) {
    index = null;
    err.println(
        "tonearm: warning: "
            + Text.oneLine(Tonearm.message(e))
            + "; files whose tags are changed will be heard again");
  }

  @Override
  public synchronized void close() {
    try (LibraryIndex closing = index) {
      // only closed
    } catch (IOException e) {
      lose(e);
    }
  }
}
