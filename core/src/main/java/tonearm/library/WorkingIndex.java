package tonearm.library;

import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An index as long as it works: a full disk must not cost a night's answers. After the first
 * failure it knows nothing and keeps nothing. Safe from any thread.
 */
final class WorkingIndex {
  private final @Nullable LibraryIndex index;
  private final Consumer<String> onFailure;
  private volatile boolean failed;

  /**
   * @param index null for none
   * @param onFailure told the cause once
   */
  WorkingIndex(@Nullable LibraryIndex index, Consumer<String> onFailure) {
    this.index = index;
    this.onFailure = onFailure;
  }

  /** What is looked for; null if it is not there. */
  @FunctionalInterface
  interface Search<T> {
    @Nullable T in(LibraryIndex open) throws IOException;
  }

  /** What is done. */
  @FunctionalInterface
  interface Use {
    void of(LibraryIndex open) throws IOException;
  }

  /** Whether there is one. */
  boolean isThere() {
    return index != null && !failed;
  }

  void use(Use use) {
    find(
        open -> {
          use.of(open);
          return null;
        });
  }

  <T> @Nullable T find(Search<T> search) {
    if (index == null || failed) {
      return null;
    }
    try {
      return search.in(index);
    } catch (IOException e) {
      synchronized (this) {
        if (!failed) {
          failed = true;
          onFailure.accept(String.valueOf(e.getMessage()));
        }
      }
      return null;
    }
  }
}
