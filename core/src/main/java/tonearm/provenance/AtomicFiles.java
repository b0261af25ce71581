package tonearm.provenance;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Files that are there whole or not at all: written under a temporary, hidden name ({@code
 * .tmp-...}) in the same folder, forced to the disk, then moved into place. A reader never meets
 * half a file, and a crash or an exception leaves the old one as it was.
 *
 * <p>Missing parent folders are made. A symbolic link is followed, not replaced. What exists and is
 * neither file nor folder, such as {@code /dev/stdout} or a pipe, is written to directly.
 */
public final class AtomicFiles {
  /** How the names of temporary files begin: what a killed process leaves behind. */
  public static final String TEMPORARY_PREFIX = ".tmp-";

  private static final int MAX_EXTENSION = 16;

  /** Names of files that are open already. */
  private static final List<String> OPEN_FILES =
      List.of("/dev/stdout", "/dev/stderr", "/dev/fd", "/proc/self/fd");

  /** Temporary files of this process that are not in place yet. */
  private static final Set<Path> UNFINISHED = ConcurrentHashMap.newKeySet();

  private AtomicFiles() {}

  /** Writes the content of a file to a stream, which it need not close. */
  @FunctionalInterface
  public interface StreamContent {
    /** Writes everything; an exception abandons the file. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** Writes the content of a file by its path, for libraries that open files themselves. */
  @FunctionalInterface
  public interface PathContent {
    /** Creates the file and writes everything; an exception abandons it. */
    void writeTo(Path temporary) throws IOException;
  }

  /**
   * Writes a file through a buffered stream.
   *
   * @param target the file to make or replace; not a folder
   * @throws IOException if it cannot be written; the target is then as it was
   */
  public static void write(Path target, StreamContent content) throws IOException {
    if (isSpecial(target) || isOpenFile(target)) {
      // What stands there already, such as others' output in a redirected stdout, stays.
      OpenOption[] how =
          isOpenFile(target)
              ? new OpenOption[] {StandardOpenOption.WRITE, StandardOpenOption.APPEND}
              : new OpenOption[0];
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target, how))) {
        content.writeTo(out);
      }
    } else {
      writeVia(target, temporary -> stream(temporary, target, content));
    }
  }

  /** Writes a text in UTF-8, as {@link #write}. */
  public static void writeString(Path target, String text) throws IOException {
    write(target, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Writes a file by a temporary path that has the target's extension, if that is of at most
   * {@value #MAX_EXTENSION} characters; else its name is not the target's, so that a target's name
   * may be as long as the file system allows. The temporary file does not exist yet.
   *
   * @param target the file to make or replace; not a folder
   * @throws IOException if it cannot be written; the target is then as it was
   */
  public static void writeVia(Path target, PathContent content) throws IOException {
    if (Files.isDirectory(target)) {
      throw new FileSystemException(target.toString(), null, "is a folder, not a file");
    }
    if (isSpecial(target)) {
      content.writeTo(target);
      return;
    }
    Path destination = Files.isSymbolicLink(target) ? followed(target) : target.toAbsolutePath();
    Path folder = destination.resolveSibling("");
    createFolders(folder);
    // Not Files.createTempFile: its files are readable by their owner only, and so would stay.
    Path temporary =
        destination.resolveSibling(
            TEMPORARY_PREFIX + UUID.randomUUID() + extension(destination.getFileName().toString()));
    UNFINISHED.add(temporary);
    try {
      content.writeTo(temporary);
      force(temporary);
      move(temporary, destination);
    } finally {
      Files.deleteIfExists(temporary);
      UNFINISHED.remove(temporary);
    }
  }

  /**
   * Makes a folder and those above it, if they are not there.
   *
   * <p>A link to a folder is one. {@code Files.createDirectories} of Java 17 took it for a file in
   * the way until 17.0.14.
   */
  public static void createFolders(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder);
    }
  }

  /** Deletes what is being written: for a process that ends at once, on Ctrl-C. */
  public static void deleteUnfinished() {
    for (Path temporary : UNFINISHED) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException e) {
        // Nobody is left to be told; its name says that it may be deleted.
      }
    }
  }

  private static void stream(Path file, Path target, StreamContent content) throws IOException {
    try (OutputStream out =
        new BufferedOutputStream(new NamedOutput(Files.newOutputStream(file), target))) {
      content.writeTo(out);
    }
  }

  /** A full disk is told without the file by Java; here with it. */
  private static final class NamedOutput extends FilterOutputStream {
    private final Path target;

    NamedOutput(OutputStream out, Path target) {
      super(out);
      this.target = target;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (ClosedByInterruptException | InterruptedIOException e) {
        throw e; // not a failure: callers go by the type
      } catch (IOException e) {
        throw new IOException(target + " cannot be written: " + e.getMessage(), e);
      }
    }
  }

  /** What libraries tell a format by: the dot and what follows it, or nothing. */
  private static String extension(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0 || name.length() - dot > MAX_EXTENSION ? "" : name.substring(dot);
  }

  private static Path followed(Path link) throws IOException {
    Path to = link.toAbsolutePath().resolveSibling(Files.readSymbolicLink(link));
    return Files.exists(to) ? to.toRealPath() : to;
  }

  private static boolean isSpecial(Path target) {
    return Files.exists(target) && !Files.isRegularFile(target) && !Files.isDirectory(target);
  }

  /** Whether it names a file that this process has open already: {@code /dev/stdout}. */
  private static boolean isOpenFile(Path target) {
    Path absolute = target.toAbsolutePath().normalize();
    return OPEN_FILES.stream().anyMatch(absolute::startsWith) && Files.exists(absolute);
  }

  /** Without this, a power cut may leave the new name with an empty content. */
  private static void force(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      // Some network file systems; a plain replacement is the best that they offer.
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
