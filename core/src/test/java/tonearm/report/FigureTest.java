package tonearm.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.report.Pen.Anchor;

/** One drawing, as SVG and as PNG. */
class FigureTest {
  @TempDir private Path folder;

  private static Figure figure(String text) {
    return new Figure(
        "plain",
        "A <title> & more",
        "Read \"it\" so.",
        200,
        100,
        pen -> {
          pen.fill(Palette.BLUE, 10, 20, 30, 40);
          pen.text(text, 100, 90, Anchor.MIDDLE, 12, Palette.BLACK);
        });
  }

  /**
   * In a page, what an SVG does not say is taken from the page: letters grew out of their places.
   */
  @Test
  void thePageAroundItDoesNotChangeItsTexts() {
    assertThat(figure("a   b").toSvg())
        .containsPattern("<svg [^>]* font-size=\"12px\" xml:space=\"preserve\"");
  }

  @Test
  void textsAreTextsAndSaySoToScreenReaders() {
    Svg svg = Svg.of(figure("R&B <3 3×3"));

    assertThat(svg.words()).containsExactly("R&B <3 3×3");
    assertThat(svg.content("title")).isEqualTo("A <title> & more");
    assertThat(svg.content("desc")).isEqualTo("Read \"it\" so.");
    assertThat(svg.attribute("role")).isEqualTo("img");
    assertThat(svg.texts().get(0).style()).contains("'DejaVu Sans',Verdana,sans-serif");
    assertThat(svg.rects(Palette.BLUE))
        .singleElement()
        .satisfies(
            r ->
                assertThat(List.of(r.x(), r.y(), r.width(), r.height()))
                    .containsExactly(10.0, 20.0, 30.0, 40.0));
  }

  @Test
  void namesWithControlCharactersDoNotBreakTheDocument() {
    assertThat(Svg.of(figure("a\u0007b\nc")).words()).containsExactly("a b c");
  }

  @Test
  void thePngHasTheSameDrawingAtTwiceTheSize() throws IOException {
    BufferedImage png = ImageIO.read(new ByteArrayInputStream(figure("Text").toPng()));

    assertThat(png.getWidth()).isEqualTo(200 * Figure.PNG_SCALE);
    assertThat(png.getHeight()).isEqualTo(100 * Figure.PNG_SCALE);
    assertThat(new Color(png.getRGB(2 * 25, 2 * 40))).isEqualTo(Palette.BLUE);
    assertThat(new Color(png.getRGB(2 * 45, 2 * 40))).isEqualTo(Color.WHITE);
    assertThat(darkPixels(png, 2 * 80, 2 * 70)).as("letters around the middle").isPositive();
    assertThat(png.getColorModel()).as("few colours").isInstanceOf(IndexColorModel.class);
  }

  private static int darkPixels(BufferedImage image, int fromX, int fromY) {
    int dark = 0;
    for (int y = fromY; y < image.getHeight(); y++) {
      for (int x = fromX; x < image.getWidth() - fromX; x++) {
        dark += new Color(image.getRGB(x, y)).getGreen() < 100 ? 1 : 0;
      }
    }
    return dark;
  }

  @Test
  void manyColoursAreKeptAsTheyAre() throws IOException {
    Figure colourful =
        new Figure(
            "many",
            "",
            "",
            20,
            20,
            pen -> {
              for (int x = 0; x < 20; x++) {
                for (int y = 0; y < 20; y++) {
                  pen.fill(new Color(x, y, 9), x, y, 1, 1);
                }
              }
            });
    BufferedImage png = ImageIO.read(new ByteArrayInputStream(colourful.toPng()));
    for (int x = 0; x < 20; x++) {
      for (int y = 0; y < 20; y++) {
        assertThat(new Color(png.getRGB(2 * x, 2 * y))).isEqualTo(new Color(x, y, 9));
      }
    }
  }

  @Test
  void theSameNumbersGiveTheSameBytes() throws IOException {
    Path again = folder.resolve("again");
    figure("Text").write(folder);
    figure("Text").write(again);

    for (String file : List.of("plain.svg", "plain.png")) {
      assertThat(folder.resolve(file)).hasBinaryContent(Files.readAllBytes(again.resolve(file)));
    }
  }

  @Test
  void lettersFallBackWhereTheFontLacksThem() {
    assertThat(Lettering.width("民謡", 12, false)).isPositive();
    assertThat(Svg.of(figure("民謡")).words()).containsExactly("民謡");
    assertThat(ScoreFigures.shortened("a very long name of a genre", 12, 60)).endsWith("…");
    assertThat(ScoreFigures.shortened("short", 12, 60)).isEqualTo("short");
  }

  /** As on a machine that has a JDK and nothing else. */
  @Test
  void textIsDrawnWhereTheSystemHasNoFonts() throws Exception {
    Path none = folder.resolve("fonts.conf");
    Files.writeString(
        none, "<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"fonts.dtd\"><fontconfig/>");
    Path log = folder.resolve("log");
    ProcessBuilder java =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djava.awt.headless=true",
            "-Duser.home=" + folder,
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Alone.class.getName(),
            folder.toString());
    java.environment().put("FONTCONFIG_FILE", none.toString());
    java.environment().put("XDG_CACHE_HOME", folder.toString());
    java.redirectErrorStream(true).redirectOutput(log.toFile());
    Process process = java.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();

    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    BufferedImage png = ImageIO.read(new File(folder.toFile(), "plain.png"));
    assertThat(darkPixels(png, 2 * 80, 2 * 70)).isPositive();
    assertThat(folder.resolve("plain.png")).hasBinaryContent(figure("Text").toPng());
  }

  /** Draws a figure in a JVM of its own. */
  static final class Alone {
    private Alone() {}

    public static void main(String[] arguments) throws IOException {
      figure("Text").write(Path.of(arguments[0]));
    }
  }
}
