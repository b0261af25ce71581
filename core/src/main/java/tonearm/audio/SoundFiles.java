package tonearm.audio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds what may be heard in folders. The one rule of every command that looks into folders:
 *
 * <ul>
 *   <li>A file is <b>taken</b> if its first bytes are those of sound or film, whatever its name, or
 *       if its name ends as those of sound and film do, whatever its bytes: so a damaged song is
 *       reported and not lost.
 *   <li>Everything else is <b>passed over</b>: pictures, playlists, texts, databases, documents.
 *   <li>Hidden files and folders (their names begin with a dot) and files of 0 bytes are passed
 *       over, whatever they are.
 *   <li>What is no regular file (a pipe, a device, a link to nothing) is never opened. It is
 *       reported if its name promises sound.
 *   <li>Links are followed. What is reached twice through them is taken once, by its own path if
 *       that is in the folders too; a loop ends.
 * </ul>
 *
 * <p>Nothing is remembered of a file, only of folders and of what links lead to. One object walks
 * any number of folders, one after another, and takes nothing twice. Not thread-safe.
 */
public final class SoundFiles {
  private static final Set<String> ENDINGS =
      Set.of(
          ("aa3 aac ac3 adts aif aifc aiff alac amr ape asf au avi bwf caf dff divx dsf dts dtshd"
                  + " eac3 f4a f4v fla flac flv m2ts m4a m4b m4p m4r m4v mka mkv mlp mov mp+ mp1"
                  + " mp2 mp3 mp4 mpa mpc mpeg mpg mpga mpp oga ogg ogm ogv oma opus ra rf64 rm"
                  + " rmvb shn snd spx tak thd tta vob voc vqf w64 wav wave webm wma wmv wv xwma"
                  + " 3g2 3gp")
              .split(" "));

  private final Set<Object> walked = new HashSet<>();
  private final Set<Object> linked = new HashSet<>();

  /** Is told what is found, in an order that does not change from one walk to the next. */
  public interface Listener {
    /**
     * A file to be heard.
     *
     * @param attributes of the file itself, or of what a link leads to
     */
    void found(Path file, BasicFileAttributes attributes);

    /**
     * A folder that cannot be read, or what promises sound and is no regular file.
     *
     * @param cause for a person, without the path
     */
    void unreadable(Path path, String cause);

    /** A file that is no sound; hidden ones are not told. */
    default void passedOver(Path file) {}
  }

  /**
   * Marks a folder as known: links that lead back to it end there.
   *
   * @throws IOException if it cannot be read
   */
  public void leaveOut(Path folder) throws IOException {
    walked.add(key(folder, Files.readAttributes(folder, BasicFileAttributes.class)));
  }

  /**
   * Walks a folder and all below it.
   *
   * @param folder a folder or a link to one; may be hidden
   * @return false if an earlier walk has been there already, so that there is nothing to tell
   * @throws IOException if there is no such folder
   */
  public boolean walk(Path folder, Listener listener) throws IOException {
    Object key = key(folder, Files.readAttributes(folder, BasicFileAttributes.class));
    if (walked.contains(key)) {
      return false;
    }
    // Links come last, those to files at the very end: then it is known what has a path of its own.
    Deque<Path> folders = new ArrayDeque<>(List.of(folder));
    Deque<Path> linksToFolders = new ArrayDeque<>();
    List<Path> linksToFiles = new ArrayList<>();
    while (!folders.isEmpty() || !linksToFolders.isEmpty()) {
      Path next = folders.isEmpty() ? linksToFolders.removeFirst() : folders.removeLast();
      for (Path child : enter(next, listener)) {
        BasicFileAttributes attributes = attributes(child, listener);
        if (attributes == null) {
          continue;
        }
        if (attributes.isDirectory()) {
          folders.addLast(child);
        } else if (!attributes.isSymbolicLink()) {
          judge(child, attributes, listener);
        } else if (Files.isDirectory(child)) {
          linksToFolders.addLast(child);
        } else {
          linksToFiles.add(child);
        }
      }
    }
    for (Path link : linksToFiles) {
      follow(link, listener);
    }
    return true;
  }

  /** Whether a file's name ends as those of sound and film do. */
  static boolean nameIsOfSound(Path file) {
    Path last = file.getFileName();
    String name = last == null ? "" : last.toString();
    int dot = name.lastIndexOf('.');
    return dot >= 0 && ENDINGS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }

  private void follow(Path link, Listener listener) {
    BasicFileAttributes attributes;
    Path real;
    try {
      attributes = Files.readAttributes(link, BasicFileAttributes.class);
      real = link.toRealPath();
      if (hasOwnPath(real) || !linked.add(key(real, attributes))) {
        return;
      }
    } catch (IOException e) {
      report(link, "a link to nothing", listener);
      return;
    }
    judge(link, attributes, listener);
  }

  private boolean hasOwnPath(Path real) throws IOException {
    Path folder = real.getParent();
    return folder != null
        && !isHidden(real)
        && walked.contains(key(folder, Files.readAttributes(folder, BasicFileAttributes.class)));
  }

  private void judge(Path file, BasicFileAttributes attributes, Listener listener) {
    if (!attributes.isRegularFile()) {
      report(file, "not a regular file", listener);
    } else if (attributes.size() > 0 && (nameIsOfSound(file) || contentIsOfSound(file))) {
      listener.found(file, attributes);
    } else {
      listener.passedOver(file);
    }
  }

  private static void report(Path path, String cause, Listener listener) {
    if (nameIsOfSound(path)) {
      listener.unreadable(path, cause);
    } else {
      listener.passedOver(path);
    }
  }

  /** Whether there is a file of sound or film, by its name or its first bytes. */
  public static boolean isSound(Path file) {
    return Files.isRegularFile(file) && (nameIsOfSound(file) || contentIsOfSound(file));
  }

  private static boolean contentIsOfSound(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return Signatures.isSound(in.readNBytes(Signatures.HEAD_BYTES));
    } catch (IOException e) {
      return false; // by its name it is none either
    }
  }

  private List<Path> enter(Path folder, Listener listener) {
    List<Path> children = new ArrayList<>();
    try {
      Object key = key(folder, Files.readAttributes(folder, BasicFileAttributes.class));
      if (walked.add(key)) {
        try (DirectoryStream<Path> stream =
            Files.newDirectoryStream(folder, child -> !isHidden(child))) {
          stream.forEach(children::add);
        }
      }
    } catch (IOException e) {
      listener.unreadable(folder, cause(e));
    } catch (DirectoryIteratorException e) {
      listener.unreadable(folder, cause(e.getCause()));
    }
    Collections.sort(children);
    return children;
  }

  private static @Nullable BasicFileAttributes attributes(Path path, Listener listener) {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      report(path, cause(e), listener);
      return null;
    }
  }

  private static Object key(Path path, BasicFileAttributes attributes) throws IOException {
    Object key = attributes.fileKey();
    return key != null ? key : path.toRealPath(); // Windows has no keys
  }

  private static boolean isHidden(Path path) {
    Path name = path.getFileName();
    return name != null && name.toString().startsWith(".");
  }

  private static String cause(@Nullable Throwable e) {
    return e instanceof AccessDeniedException
        ? "permission denied"
        : e instanceof NoSuchFileException ? "gone while the folder was read" : String.valueOf(e);
  }
}
