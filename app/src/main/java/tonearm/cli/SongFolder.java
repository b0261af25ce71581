package tonearm.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Digest;
import tonearm.provenance.PathText;

/**
 * Where {@code classify --jams -o FOLDER/} and {@code --plot FOLDER} write: files {@code
 * <song>.jams} or {@code <song>.png} for each song, whole or not at all. Folders below the deepest
 * one that holds all that was named are made again in it, so no two songs have the same place.
 */
final class SongFolder {
  /** File systems allow 255; an ending must fit too. */
  private static final int MAX_NAME_BYTES = 250;

  private final Path folder;
  private final Path base;

  /**
   * @param folder is made if it is not there
   * @param paths what was named on the command line, at least one
   */
  SongFolder(Path folder, List<Path> paths) {
    this.folder = folder;
    Path common = holder(paths.get(0));
    for (Path path : paths) {
      Path holder = holder(path);
      Path parent = common.getParent();
      while (!holder.startsWith(common) && parent != null) {
        common = parent;
        parent = common.getParent();
      }
    }
    base = common;
  }

  /** Whether {@code -o} names a folder to write into: it is one, or ends as one does. */
  static boolean isMeant(String output) {
    return output.endsWith("/") || output.endsWith("\\") || Files.isDirectory(Path.of(output));
  }

  /**
   * Where something of a song's goes.
   *
   * @param ending what is added to the song's whole name, at most five letters: {@code ".png"}
   */
  Path file(Path song, String ending) {
    Path relative = base.relativize(normal(song));
    String name = text(relative.getFileName());
    return folder.resolve(relative).resolveSibling(fitting(name) + ending);
  }

  /** Writes a song's text. */
  void write(Path song, String ending, String text) throws IOException {
    AtomicFiles.writeString(file(song, ending), text);
  }

  /** A name that is no text in UTF-8 is spelt out, or two of them could look the same. */
  private static String text(Path name) {
    String text = PathText.of(name);
    if (text.equals(name.toString())) {
      return text;
    }
    String spelt = text.substring(text.lastIndexOf('/') + 1);
    return spelt + mark(spelt); // another song may be called what this one is spelt like
  }

  private static String fitting(String name) {
    if (bytes(name) <= MAX_NAME_BYTES) {
      return name;
    }
    String mark = mark(name);
    String start = name;
    while (bytes(start + mark) > MAX_NAME_BYTES) {
      start = start.substring(0, start.offsetByCodePoints(start.length(), -1));
    }
    return start + mark;
  }

  private static String mark(String name) {
    return "~" + Digest.ofBytes(name.getBytes(StandardCharsets.UTF_8)).substring(0, 8);
  }

  private static int bytes(String name) {
    return name.getBytes(StandardCharsets.UTF_8).length;
  }

  private static Path holder(Path path) {
    Path normal = normal(path);
    Path parent = normal.getParent();
    return Files.isDirectory(path) || parent == null ? normal : parent;
  }

  private static Path normal(Path path) {
    return path.toAbsolutePath().normalize();
  }
}
