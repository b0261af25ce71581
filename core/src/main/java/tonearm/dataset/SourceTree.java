package tonearm.dataset;

import java.io.File;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What lies in a folder {@code <genre>/.../<file>}: every file that may be audio. Symbolic links
 * are followed; a link to a folder above itself is passed over. Hidden files and folders are not
 * looked at, and files whose names say that they are something else are counted only.
 *
 * @param files sorted by {@link Found#source}
 * @param genreFolders how many folders lie at the first level
 * @param passedOver how many files are no audio by their names, or lie in no genre
 */
record SourceTree(List<Found> files, int genreFolders, int passedOver) {
  /**
   * A file that may be audio.
   *
   * @param source path relative to the tree, with {@code /}
   * @param bytes its size
   * @param modifiedNs when it was last changed, in nanoseconds since 1970
   * @param fault why it cannot be read, if that is known already
   */
  record Found(
      Path file,
      String source,
      String genre,
      long bytes,
      long modifiedNs,
      @Nullable String fault) {}

  static SourceTree walk(Path root) throws IOException {
    Visitor visitor = new Visitor(root);
    Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, visitor);
    visitor.files.sort(Comparator.comparing(Found::source).thenComparing(Found::file));
    return new SourceTree(List.copyOf(visitor.files), visitor.genreFolders, visitor.passedOver);
  }

  static long modifiedNs(BasicFileAttributes attributes) {
    return attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
  }

  private static final class Visitor extends SimpleFileVisitor<Path> {
    private final Path root;
    private final List<Found> files = new ArrayList<>();
    private int genreFolders;
    private int passedOver;

    Visitor(Path root) {
      this.root = root;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      if (folder.equals(root)) {
        return FileVisitResult.CONTINUE;
      }
      if (isHidden(folder)) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      if (isAtFirstLevel(folder)) {
        checkGenre(folder);
        genreFolders++;
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (isHidden(file)) {
        return FileVisitResult.CONTINUE;
      }
      if (isAtFirstLevel(file) || Companions.isCompanion(file)) {
        passedOver++;
      } else if (attributes.isSymbolicLink()) {
        add(file, attributes, "a link to nothing");
      } else {
        add(file, attributes, attributes.isRegularFile() ? null : "not a regular file");
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException cause) throws IOException {
      if (file.equals(root)) {
        throw cause;
      }
      if (!(cause instanceof FileSystemLoopException) && !isHidden(file)) {
        addUnreadable(file, cause);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException cause)
        throws IOException {
      if (cause != null && folder.equals(root)) {
        throw cause;
      }
      if (cause != null) {
        addUnreadable(folder, cause);
      }
      return FileVisitResult.CONTINUE;
    }

    private void add(Path file, BasicFileAttributes attributes, @Nullable String fault) {
      files.add(
          new Found(
              file, source(file), genre(file), attributes.size(), modifiedNs(attributes), fault));
    }

    private void addUnreadable(Path file, IOException cause) throws IOException {
      if (isAtFirstLevel(file)) {
        checkGenre(file);
        genreFolders++;
      }
      String fault =
          cause instanceof AccessDeniedException ? "permission denied" : String.valueOf(cause);
      files.add(new Found(file, source(file), genre(file), 0, 0, fault));
    }

    private boolean isAtFirstLevel(Path path) {
      return root.equals(path.getParent());
    }

    private String source(Path path) {
      return root.relativize(path).toString().replace(File.separatorChar, '/');
    }

    private String genre(Path path) {
      return root.relativize(path).getName(0).toString();
    }

    private static boolean isHidden(Path path) {
      return path.getFileName().toString().startsWith(".");
    }

    private static void checkGenre(Path folder) throws IOException {
      String genre = folder.getFileName().toString();
      String fault = genre.indexOf('\uFFFD') >= 0 ? "is not text in this locale" : null;
      if (fault == null) {
        fault = Track.faultOfName(genre);
      }
      if (fault != null) {
        throw new IOException(folder + " cannot be a genre: its name " + fault + "; rename it");
      }
    }
  }
}
