package tonearm.terminal;

/**
 * Whether a person is watching; the launcher tells, since Java 17 cannot ask for one stream alone.
 */
public final class Terminal {
  private Terminal() {}

  /** Results go to a terminal, and the user has not asked for plain text (see no-color.org). */
  public static boolean coloursWanted() {
    return Boolean.getBoolean("tonearm.stdout.terminal") && System.getenv("NO_COLOR") == null;
  }

  /** Progress may be drawn on stderr. */
  public static boolean progressWanted() {
    return Boolean.getBoolean("tonearm.stderr.terminal");
  }
}
