package tonearm.dataset;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tonearm.audio.SoundFiles;

/**
 * What lies in a folder {@code <genre>/.../<file>}: every file that may be audio by the rule of
 * {@link SoundFiles}. A file that links put into several genres is in each of them; within one
 * genre it is met once. A link to the whole tree, or to a folder above itself, leads nowhere.
 *
 * @param files sorted by {@link Found#source}
 * @param genreFolders how many folders lie at the first level
 * @param passedOver how many files are no audio, or lie in no genre
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
    Collector collector = new Collector(root);
    int genreFolders = 0;
    for (Path child : children(root)) {
      if (Files.isDirectory(child)) {
        checkGenre(child);
        genreFolders++;
        SoundFiles genre = new SoundFiles();
        genre.leaveOut(root);
        genre.walk(child, collector);
      } else {
        collector.passedOver(child);
      }
    }
    collector.files.sort(Comparator.comparing(Found::source).thenComparing(Found::file));
    return new SourceTree(List.copyOf(collector.files), genreFolders, collector.passedOver);
  }

  static long modifiedNs(BasicFileAttributes attributes) {
    return attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
  }

  private static List<Path> children(Path root) throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> stream =
        Files.newDirectoryStream(root, p -> !p.getFileName().toString().startsWith("."))) {
      stream.forEach(children::add);
    }
    return children;
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

  private static final class Collector implements SoundFiles.Listener {
    private final Path root;
    private final List<Found> files = new ArrayList<>();
    private int passedOver;

    Collector(Path root) {
      this.root = root;
    }

    @Override
    public void found(Path file, BasicFileAttributes attributes) {
      add(file, attributes.size(), modifiedNs(attributes), null);
    }

    @Override
    public void unreadable(Path path, String cause) {
      add(path, 0, 0, cause);
    }

    @Override
    public void passedOver(Path file) {
      passedOver++;
    }

    private void add(Path file, long bytes, long modifiedNs, @Nullable String fault) {
      Path relative = root.relativize(file);
      String source = relative.toString().replace(File.separatorChar, '/');
      files.add(new Found(file, source, relative.getName(0).toString(), bytes, modifiedNs, fault));
    }
  }
}
