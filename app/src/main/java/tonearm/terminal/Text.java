package tonearm.terminal;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Words and numbers as the terminal shows them. */
public final class Text {
  private static final String[] EIGHTHS = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

  private Text() {}

  /** Line breaks and other control characters made visible, so that one message is one line. */
  public static String oneLine(String text) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        line.append("\\n");
      } else if (c == '\r') {
        line.append("\\r");
      } else if (c == '\t') {
        line.append("\\t");
      } else if (Character.isISOControl(c)) {
        line.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        line.append(c);
      }
    }
    return line.toString();
  }

  /**
   * A horizontal bar, {@code part} (0 to 1) of {@code width} characters long, to an eighth of one.
   */
  public static String bar(double part, int width) {
    int eighths = (int) Math.round(part * width * 8);
    return "█".repeat(eighths / 8) + EIGHTHS[eighths % 8];
  }

  /**
   * Reads a text file that the user named.
   *
   * @throws IOException if it is no file or no text; the message names the file, which those of the
   *     JDK do not
   */
  public static String read(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + " is a folder, not a text file");
    }
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new IOException(file + " is not a text in UTF-8", e);
    }
  }

  /** Minutes and seconds, or hours too: {@code 3:04}, {@code 1:02:03}. */
  public static String duration(double seconds) {
    long whole = Math.round(seconds);
    long hours = whole / 3600;
    long minutes = whole / 60 % 60;
    return hours > 0
        ? String.format(Locale.ROOT, "%d:%02d:%02d", hours, minutes, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d", minutes, whole % 60);
  }

  /** A number of something: {@code 1 clip}, {@code 5 clips}. */
  public static String count(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  /** A part as a percentage of two or three digits: {@code 62 %}. */
  public static String percent(double part) {
    return Math.round(100 * part) + " %";
  }

  /** Three digits that count: more would not be the same the next time. */
  public static String figure(double value) {
    if (Double.isNaN(value)) {
      return "n/a";
    }
    double size = Math.abs(value);
    int decimals = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
