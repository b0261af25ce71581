package tonearm.tags;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tonearm.audio.AudioFingerprint;
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Digest;

/**
 * Changes the field of a file, and nothing else of it. A copy beside the file gets the new tags and
 * is compared with the original by two readers that know nothing of each other: FFmpeg for every
 * packet of sound and picture and all tags it knows, and this package for the bytes of every other
 * item. Only then it is moved into the original's place. Whatever goes wrong before that, a full
 * disk or a kill too, leaves the original as it was.
 *
 * <p>Owner, group, permissions and extended attributes are kept. Safe from several threads for
 * different files.
 */
public final class TagWriter {
  /** Places at which a test may look, or fail. */
  enum Step {
    COPIED,
    TAGGED,
    VERIFIED,
    NOTED,
    MOVED
  }

  /**
   * A change that was made.
   *
   * @param file the file itself, links followed
   * @param sha256Before digest of the whole file as it was
   * @param sha256After digest of the whole file as it is now
   * @param bytes its size now
   * @param modified when it was last changed, as the disk says now
   */
  public record Written(
      Path file, String sha256Before, String sha256After, long bytes, FileTime modified) {}

  /** Called at each step; may throw. */
  @FunctionalInterface
  interface Watcher {
    void at(Step step, Path file) throws IOException;
  }

  private final TagJournal journal;
  private final boolean preserveTimes;
  private final Watcher watcher;

  /**
   * A writer.
   *
   * @param journal where every change is noted, so that it can be taken back
   * @param preserveTimes whether a file keeps the time of its last change
   */
  public TagWriter(TagJournal journal, boolean preserveTimes) {
    this(journal, preserveTimes, (step, file) -> {});
  }

  TagWriter(TagJournal journal, boolean preserveTimes, Watcher watcher) {
    this.journal = journal;
    this.preserveTimes = preserveTimes;
    this.watcher = watcher;
  }

  /**
   * Writes other values into the field.
   *
   * @param state the file as it was when that was decided
   * @param values none to take the field away
   * @return what was made of the file
   * @throws IOException if that could not be done; the file is then as it was and the message says
   *     why
   */
  public Written write(TagState state, List<String> values) throws IOException {
    return write(state, values, null);
  }

  /**
   * As {@link #write(TagState, List)}.
   *
   * @param undoes the journal's entry that is taken back, or null
   */
  Written write(TagState state, List<String> values, TagJournal.@Nullable Entry undoes)
      throws IOException {
    requireWritable(state.file());
    TagJournal.Entry[] noted = new TagJournal.Entry[1];
    Written[] made = new Written[1];
    try {
      AtomicFiles.writeVia(
          state.file(),
          temporary -> {
            prepare(state, values, temporary);
            watcher.at(Step.VERIFIED, state.file());
            noted[0] =
                journal.begin(
                    state.file(),
                    state.field(),
                    state.values(),
                    values,
                    Digest.ofFile(state.file()),
                    Digest.ofFile(temporary),
                    undoes);
            watcher.at(Step.NOTED, state.file());
            if (preserveTimes) {
              Files.setLastModifiedTime(temporary, state.modified());
            }
            // Before it is moved: afterwards somebody else may change it.
            made[0] = made(state.file(), noted[0], temporary);
            state.requireUnchanged();
          });
    } catch (IOException e) {
      if (noted[0] != null) {
        try {
          journal.drop(noted[0]);
        } catch (IOException second) {
          e.addSuppressed(second); // --undo finds out by the file itself
        }
      }
      throw worded(e, state.file());
    }
    watcher.at(Step.MOVED, state.file());
    try {
      journal.confirm(noted[0]);
    } catch (IOException e) {
      throw new TagException("changed, but " + e.getMessage());
    }
    return made[0];
  }

  private static Written made(Path file, TagJournal.Entry entry, Path temporary)
      throws IOException {
    BasicFileAttributes now = Files.readAttributes(temporary, BasicFileAttributes.class);
    return new Written(
        file, entry.sha256Before(), entry.sha256After(), now.size(), now.lastModifiedTime());
  }

  private void prepare(TagState state, List<String> values, Path temporary) throws IOException {
    Path original = state.file();
    state.requireUnchanged();
    AudioFingerprint before = AudioFingerprint.of(original);
    // With all its attributes, those that Java has no name for (ACLs) included.
    Files.copy(original, temporary, StandardCopyOption.COPY_ATTRIBUTES);
    watcher.at(Step.COPIED, temporary);
    List<String> others;
    try (Source source = new Source(original);
        FileChannel out =
            FileChannel.open(
                temporary, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
      TaggedFile tags = TaggedFiles.read(source);
      if (!tags.values(state.field()).equals(state.values())) {
        throw new TagException("somebody else changed it meanwhile: not touched");
      }
      others = tags.others(state.field());
      tags.with(state.field(), values).writeTo(out);
    }
    Files.setLastModifiedTime(temporary, FileTime.fromMillis(System.currentTimeMillis()));
    watcher.at(Step.TAGGED, temporary);
    verify(state, values, others, before, temporary);
    requireSameOwner(original, temporary);
  }

  /** The new file must say the new values, and else be the old one. */
  private static void verify(
      TagState state,
      List<String> values,
      List<String> others,
      AudioFingerprint before,
      Path temporary)
      throws IOException {
    String problem = null;
    try (Source source = new Source(temporary)) {
      TaggedFile tags = TaggedFiles.read(source);
      if (!tags.values(state.field()).equals(values)) {
        problem = "the field would read " + tags.values(state.field());
      } else if (!tags.others(state.field()).equals(others)) {
        problem = "another tag would change too";
      }
    }
    if (problem == null) {
      problem =
          before.difference(
              AudioFingerprint.of(temporary),
              Set.of(state.field().name().toLowerCase(Locale.ROOT)));
    }
    if (problem != null) {
      throw new TagException("checked before it was replaced, and left as it was: " + problem);
    }
  }

  private static void requireWritable(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    boolean locked = !Files.isWritable(file);
    if (!locked && view != null) {
      // An administrator may write anything; but who took the right away meant it.
      Set<PosixFilePermission> allowed = view.readAttributes().permissions();
      locked =
          !allowed.contains(PosixFilePermission.OWNER_WRITE)
              && !allowed.contains(PosixFilePermission.GROUP_WRITE)
              && !allowed.contains(PosixFilePermission.OTHERS_WRITE);
    }
    if (locked) {
      throw new TagException("it is write-protected");
    }
  }

  private static void requireSameOwner(Path original, Path temporary) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(original, PosixFileAttributeView.class);
    if (view == null) {
      return;
    }
    PosixFileAttributes old = view.readAttributes();
    PosixFileAttributes fresh =
        Files.getFileAttributeView(temporary, PosixFileAttributeView.class).readAttributes();
    if (!old.owner().equals(fresh.owner())
        || !old.group().equals(fresh.group())
        || !old.permissions().equals(fresh.permissions())) {
      throw new TagException("its owner and permissions could not be kept: not touched");
    }
  }

  /** How many names a file has: the others keep the old tags. */
  public static int names(TagState state) {
    try {
      return Files.getAttribute(state.file(), "unix:nlink") instanceof Integer links ? links : 1;
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return 1; // a file system without
    }
  }

  private static IOException worded(IOException e, Path file) {
    if (e instanceof AccessDeniedException denied) {
      boolean itself = file.toString().equals(denied.getFile());
      return new TagException(
          itself ? "permission denied" : "its folder cannot be written to: permission denied");
    }
    if (e instanceof FileSystemException system && system.getReason() != null) {
      return new TagException("not changed: " + system.getReason());
    }
    return e;
  }
}
