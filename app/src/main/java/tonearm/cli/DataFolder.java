package tonearm.cli;

import java.nio.file.Path;
import java.util.Locale;

/** Where Tonearm keeps what belongs to a user and not to a project. */
final class DataFolder {
  private DataFolder() {}

  /**
   * The folder, which need not exist yet: {@code $XDG_DATA_HOME/tonearm}, by default {@code
   * ~/.local/share/tonearm} (XDG Base Directory Specification), and the usual places of macOS and
   * Windows. The system property {@code tonearm.data} names another.
   */
  static Path path() {
    String chosen = System.getProperty("tonearm.data");
    if (chosen != null) {
      return Path.of(chosen);
    }
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    Path home = Path.of(System.getProperty("user.home", "."));
    if (system.startsWith("mac")) {
      return home.resolve("Library/Application Support/tonearm");
    }
    boolean windows = system.startsWith("windows");
    String named = System.getenv(windows ? "LOCALAPPDATA" : "XDG_DATA_HOME");
    boolean usable = named != null && !named.isBlank() && Path.of(named).isAbsolute();
    Path base = usable ? Path.of(named) : home.resolve(windows ? "AppData/Local" : ".local/share");
    return base.resolve("tonearm");
  }
}
