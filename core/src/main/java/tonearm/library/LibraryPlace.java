package tonearm.library;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the index lies unless the user names a file: in the user's data folder. */
public final class LibraryPlace {
  private static final String FILE = "library.db";

  private LibraryPlace() {}

  /**
   * The place on this machine: {@code $XDG_DATA_HOME/tonearm/library.db}, by default {@code
   * ~/.local/share/tonearm/library.db}; on macOS {@code ~/Library/Application
   * Support/tonearm/library.db}; on Windows {@code %LOCALAPPDATA%\tonearm\library.db}. The system
   * property {@code tonearm.data}, a folder, goes before all.
   */
  public static Path onThisMachine() {
    String chosen = System.getProperty("tonearm.data");
    return chosen != null && !chosen.isBlank()
        ? Path.of(chosen).resolve(FILE)
        : of(System.getProperty("os.name", ""), System.getenv(), userHome());
  }

  private static Path userHome() {
    return Path.of(System.getProperty("user.home", "."));
  }

  /** The place on any machine; see {@link #onThisMachine}. */
  static Path of(String system, Map<String, String> environment, Path home) {
    String name = system.toLowerCase(Locale.ROOT);
    if (name.startsWith("windows")) {
      Path data = absolute(environment.get("LOCALAPPDATA"));
      Path folder = data == null ? home.resolve("AppData").resolve("Local") : data;
      return folder.resolve("tonearm").resolve(FILE);
    } else if (name.startsWith("mac")) {
      Path folder = home.resolve("Library").resolve("Application Support");
      return folder.resolve("tonearm").resolve(FILE);
    }
    Path data = absolute(environment.get("XDG_DATA_HOME"));
    Path folder = data == null ? home.resolve(".local").resolve("share") : data;
    return folder.resolve("tonearm").resolve(FILE);
  }

  /** The XDG Base Directory Specification has relative paths passed over. */
  private static @Nullable Path absolute(@Nullable String value) {
    if (value == null || value.isBlank()) {
      return null;
    }
    Path path = Path.of(value);
    return path.isAbsolute() ? path : null;
  }
}
