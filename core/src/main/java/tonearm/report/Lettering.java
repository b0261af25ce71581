package tonearm.report;

import java.awt.Font;
import java.awt.FontFormatException;
import java.awt.font.FontRenderContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The letters of all figures: DejaVu Sans, which comes with Tonearm, so that figures look the same
 * on every machine and need no font installed.
 */
final class Lettering {
  /** Where text is measured: antialiased, at fractions of a pixel. */
  static final FontRenderContext MEASURE = new FontRenderContext(null, true, true);

  private static final String RESOURCE = "DejaVuSans.ttf";

  /** Where the JDK looks for a description of the system's fonts before it asks fontconfig. */
  private static final String JDK_FONT_FILE = "sun.awt.fontconfig";

  private static @Nullable Font loaded;
  private static boolean systemHasFonts = true;

  private Lettering() {}

  /**
   * The font to write a text in. Letters that DejaVu Sans lacks, such as Chinese ones, are left to
   * the system's fonts where it has any.
   *
   * @param size in pixels of the figure
   * @throws UncheckedIOException if this Java can draw no text at all
   */
  static Font font(String text, double size, boolean bold) {
    Font own = plain();
    Font base =
        own.canDisplayUpTo(text) < 0 || !systemHasFonts
            ? own
            : new Font(Font.SANS_SERIF, Font.PLAIN, 1);
    return base.deriveFont(bold ? Font.BOLD : Font.PLAIN, (float) size);
  }

  /** Width of a text in pixels of the figure. */
  static double width(String text, double size, boolean bold) {
    return text.isEmpty() ? 0 : font(text, size, bold).getStringBounds(text, MEASURE).getWidth();
  }

  private static synchronized Font plain() {
    if (loaded == null) {
      try {
        loaded = load();
      } catch (IOException e) {
        throw new UncheckedIOException(e.getMessage(), e);
      }
    }
    return loaded;
  }

  /**
   * A JDK without fontconfig, or on a system without any font, refuses even a font that is handed
   * to it, unless it finds a file that describes the system's fonts. One that names none will do.
   */
  private static Font load() throws IOException {
    try {
      return create();
    } catch (IOException e) {
      if (System.getProperty(JDK_FONT_FILE) != null) {
        throw e;
      }
      systemHasFonts = false;
      Path file = Files.createTempFile("tonearm-fonts", ".properties");
      file.toFile().deleteOnExit();
      Files.writeString(file, "version=1\nsequence.allfonts=default\n");
      System.setProperty(JDK_FONT_FILE, file.toString());
      return create();
    }
  }

  /** The JDK's ways to say that it cannot are many. */
  private static Font create() throws IOException {
    try (InputStream file = Lettering.class.getResourceAsStream(RESOURCE)) {
      if (file == null) {
        throw new IOException("Tonearm's jar is damaged: it has no " + RESOURCE);
      }
      return Font.createFont(Font.TRUETYPE_FONT, file);
    } catch (FontFormatException | InternalError | LinkageError | RuntimeException e) {
      throw new IOException("this Java cannot draw text: " + e, e);
    }
  }
}
