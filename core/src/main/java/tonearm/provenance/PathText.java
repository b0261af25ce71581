package tonearm.provenance;

import java.io.IOException;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Paths as the index and the journal of tags keep them: absolute, and so written that the very same
 * file is found again. That is the path's own text, whatever is in it. Only a name that is no text
 * (bytes that are not UTF-8, from an old disk) is kept as a {@code file:} address, which spells its
 * bytes out.
 */
public final class PathText {
  private static final String ADDRESS = "file:";

  private PathText() {}

  /**
   * Absolute, without {@code .} and {@code ..}. Links are kept, since their names are what the user
   * knows; but what stands before {@code ..} is resolved, since the folder above a link's target is
   * not the one above the link.
   */
  public static Path absolute(Path path) {
    Path absolute = path.toAbsolutePath();
    Path folder = absolute.getParent();
    Path name = absolute.getFileName();
    for (Path part : absolute) {
      if (part.toString().equals("..") && folder != null && name != null) {
        try {
          return folder.toRealPath().resolve(name).normalize();
        } catch (IOException e) {
          break; // there is no such folder: its name is as good as any
        }
      }
    }
    return absolute.normalize();
  }

  /** The text of a path that {@link #absolute} gave. */
  public static String of(Path absolute) {
    String text = absolute.toString();
    try {
      return Path.of(text).equals(absolute) ? text : absolute.toUri().toString();
    } catch (InvalidPathException e) {
      return absolute.toUri().toString();
    }
  }

  /** The path of such a text. */
  public static Path path(String text) {
    return text.startsWith(ADDRESS) ? Path.of(URI.create(text)) : Path.of(text);
  }

  /** How a folder's address begins those of what lies in it; ends with a slash. */
  public static String addressOfFolder(Path absolute) {
    String address = absolute.toUri().toString();
    return address.endsWith("/") ? address : address + "/";
  }
}
