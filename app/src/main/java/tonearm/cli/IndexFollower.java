package tonearm.cli;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tonearm.library.LibraryIndex;
import tonearm.library.LibraryIndex.FileState;
import tonearm.tags.TagWriter.Written;

/**
 * Tells the index of files whose tags were changed: other bytes, the same sound, nothing to hear
 * again. An index that fails costs no tags. Safe from any thread.
 */
final class IndexFollower {
  private final @Nullable LibraryIndex index;
  private boolean isBehind;

  /**
   * @param index null if there is none to tell
   */
  IndexFollower(@Nullable LibraryIndex index) {
    this.index = index;
  }

  /**
   * Tells of a change.
   *
   * @return the first time that the index fails, the cause for a person; else null
   */
  synchronized @Nullable String follow(Written made) {
    if (index == null || isBehind) {
      return null;
    }
    try {
      FileState state = new FileState(made.bytes(), made.modified().to(TimeUnit.NANOSECONDS));
      index.carryOver(made.file(), made.sha256Before(), state, made.sha256After());
      return null;
    } catch (IOException e) {
      isBehind = true;
      return "the index does not follow from here on: " + Tonearm.message(e);
    }
  }

  /** Whether the index failed: it does not know all that was changed. */
  synchronized boolean isBehind() {
    return isBehind;
  }
}
