package tonearm.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Where Tonearm keeps what belongs to a user and not to a project. */
final class DataFolder {
  private static final String INDEX = "library.db";

  private DataFolder() {}

  /**
   * The folder, which need not exist yet: {@code $XDG_DATA_HOME/tonearm}, by default {@code
   * ~/.local/share/tonearm} (XDG Base Directory Specification), and the usual places of macOS and
   * Windows. The system property {@code tonearm.data} names another.
   */
  static Path path() {
    String chosen = System.getProperty("tonearm.data");
    return chosen != null && !chosen.isBlank()
        ? Path.of(chosen)
        : of(
            System.getProperty("os.name", ""),
            System.getenv(),
            Path.of(System.getProperty("user.home", ".")));
  }

  /** The index of the user's library, unless they name another. */
  static Path index() {
    return path().resolve(INDEX);
  }

  /** The folder on any machine; see {@link #path}. */
  static Path of(String osName, Map<String, String> environment, Path home) {
    String system = osName.toLowerCase(Locale.ROOT);
    if (system.startsWith("mac")) {
      return home.resolve("Library/Application Support/tonearm");
    }
    boolean windows = system.startsWith("windows");
    String named = environment.get(windows ? "LOCALAPPDATA" : "XDG_DATA_HOME");
    // The specification has relative paths passed over.
    boolean usable = named != null && !named.isBlank() && Path.of(named).isAbsolute();
    Path base = usable ? Path.of(named) : home.resolve(windows ? "AppData/Local" : ".local/share");
    return base.resolve("tonearm");
  }
}
