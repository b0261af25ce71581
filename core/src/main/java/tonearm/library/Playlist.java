package tonearm.library;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tonearm.provenance.PathText;

/**
 * Lines of an extended M3U playlist in UTF-8 (M3U8): {@code #EXTM3U}, then for each song {@code
 * #EXTINF:seconds,name} and its path.
 */
public final class Playlist {
  /** The first line. */
  public static final String HEADER = "#EXTM3U\n";

  /** What the names of playlists end with. */
  public static final String EXTENSION = ".m3u8";

  private Playlist() {}

  /**
   * The lines of one song.
   *
   * @param song its file, absolute
   * @param durationS length of its sound in seconds, 0 or more
   * @param relativeTo folder of the playlist, absolute, if the path shall be relative to it; null
   *     for an absolute path
   * @return null if a playlist cannot name the file: its path has a line break or is no text
   */
  public static @Nullable String lines(Path song, double durationS, @Nullable Path relativeTo) {
    String path = written(song, relativeTo);
    if (path == null) {
      return null;
    }
    Path name = song.getFileName();
    String title = name == null ? "" : name.toString();
    int dot = title.lastIndexOf('.');
    return String.format(
            Locale.ROOT,
            "#EXTINF:%d,%s%n%s%n",
            Math.round(durationS),
            dot > 0 ? title.substring(0, dot) : title,
            path)
        .replace("\r\n", "\n");
  }

  private static @Nullable String written(Path song, @Nullable Path relativeTo) {
    Path path = song;
    if (relativeTo != null && java.util.Objects.equals(song.getRoot(), relativeTo.getRoot())) {
      path = relativeTo.relativize(song);
    }
    String text = path.toString();
    boolean isText = PathText.of(song).equals(song.toString());
    if (!isText || text.chars().anyMatch(c -> c == '\n' || c == '\r')) {
      return null;
    }
    // Players take a line that begins with # for a comment.
    return text.startsWith("#") ? "." + song.getFileSystem().getSeparator() + text : text;
  }

  /**
   * File names for the playlists of these genres: a genre's own, without what a file name cannot
   * have. Of genres whose names would then be the same, in a file system that ignores case too, all
   * but the first get a number.
   *
   * @return in the order of {@code genres}
   */
  public static Map<String, String> fileNames(List<String> genres) {
    Map<String, String> names = new LinkedHashMap<>();
    Set<String> taken = new HashSet<>();
    for (String genre : genres) {
      String plain = plain(genre);
      String name = plain;
      for (int number = 2; !taken.add(name.toLowerCase(Locale.ROOT)); number++) {
        name = plain + " " + number;
      }
      names.put(genre, name + EXTENSION);
    }
    return names;
  }

  private static String plain(String genre) {
    String name = genre.replaceAll("[\\\\/:*?\"<>|\\p{Cntrl}]", "_");
    return name.startsWith(".") ? "_" + name : name;
  }
}
