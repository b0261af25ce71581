package tonearm.report;

import de.erichseifert.vectorgraphics2d.Document;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferInt;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import tonearm.provenance.AtomicFiles;

/**
 * One figure, drawn by one piece of code as SVG for the page and as PNG for everything else. The
 * same numbers give the same bytes.
 *
 * @param name of its files, without extension; a plain name
 * @param title what it shows, one line
 * @param caption what a reader needs to know to read it, one or more sentences
 * @param width in pixels, at least 1; a page shows 1000 well
 * @param height in pixels, at least 1
 * @param painter draws it; may be called more than once
 */
public record Figure(
    String name, String title, String caption, int width, int height, Painter painter) {
  /** Pixels of the PNG for one of the figure: sharp on today's screens and in print. */
  static final int PNG_SCALE = 2;

  /** Width that figures have, in pixels. */
  static final int PAGE_WIDTH = 1000;

  /** Draws a figure. */
  @FunctionalInterface
  interface Painter {
    void paint(Pen pen);
  }

  /**
   * The figure as a standalone SVG document; its texts are texts.
   *
   * @throws UncheckedIOException if this Java can draw no text
   */
  public String toSvg() {
    VectorGraphics2D graphics = new VectorGraphics2D();
    new Pen(graphics).fill(Palette.WHITE, 0, 0, width, height);
    paint(graphics);
    Document document =
        new SVGProcessor().getDocument(graphics.getCommands(), new PageSize(0, 0, width, height));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      document.writeTo(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String svg =
        bytes
            .toString(StandardCharsets.UTF_8)
            .replaceAll("\\R", "\n")
            // Who lacks DejaVu Sans gets Verdana, of nearly the same widths, or what there is.
            .replaceAll(
                "font-family:&quot;[^&]*&quot;", "font-family:'DejaVu Sans',Verdana,sans-serif");
    int body = svg.indexOf('>', svg.indexOf("<svg ")) + 1;
    // The writer leaves out its default size of letters, which is not that of a page around it, and
    // counts on every space.
    return svg.substring(0, body - 1)
        + " font-size=\"12px\" xml:space=\"preserve\" role=\"img\">\n  <title>"
        + Markup.escaped(title)
        + "</title>\n  <desc>"
        + Markup.escaped(caption)
        + "</desc>"
        + svg.substring(body);
  }

  /**
   * The figure as PNG, {@value #PNG_SCALE} times its size.
   *
   * @throws UncheckedIOException if this Java can draw no text
   */
  public byte[] toPng() {
    BufferedImage image =
        new BufferedImage(width * PNG_SCALE, height * PNG_SCALE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Palette.WHITE);
    graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    graphics.scale(PNG_SCALE, PNG_SCALE);
    paint(graphics);
    graphics.dispose();
    try {
      return Pngs.encode(image);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes {@code NAME.svg} and {@code NAME.png} into a folder, each whole or not at all. */
  public void write(Path folder) throws IOException {
    String svg = toSvg();
    byte[] png = toPng();
    AtomicFiles.writeString(folder.resolve(name + ".svg"), svg);
    AtomicFiles.write(folder.resolve(name + ".png"), out -> out.write(png));
  }

  private void paint(Graphics2D graphics) {
    painter.paint(new Pen(graphics));
  }

  /** PNG files as small as can be without loss: with a palette where 256 colours are enough. */
  private static final class Pngs {
    private static final int MAX_PALETTE = 256;

    private Pngs() {}

    static byte[] encode(BufferedImage image) throws IOException {
      ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
        ImageWriteParam smallest = writer.getDefaultWriteParam();
        smallest.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        smallest.setCompressionQuality(0f);
        writer.setOutput(out);
        writer.write(null, new IIOImage(withPalette(image), null, null), smallest);
      } finally {
        writer.dispose();
      }
      return bytes.toByteArray();
    }

    /** The colours there are, sorted; some of them if there are more than a palette holds. */
    private static int[] colours(int[] pixels) {
      int[] colours = new int[MAX_PALETTE + 1];
      int n = 0;
      int last = 0;
      for (int i = 0; i < pixels.length && n <= MAX_PALETTE; i++) {
        if (i > 0 && pixels[i] == last) {
          continue;
        }
        last = pixels[i];
        int at = Arrays.binarySearch(colours, 0, n, last);
        if (at < 0) {
          System.arraycopy(colours, -at - 1, colours, -at, n + at + 1);
          colours[-at - 1] = last;
          n++;
        }
      }
      return Arrays.copyOf(colours, n);
    }

    private static BufferedImage withPalette(BufferedImage image) {
      int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
      int[] colours = colours(pixels);
      if (colours.length > MAX_PALETTE) {
        return image;
      }
      IndexColorModel palette =
          new IndexColorModel(8, colours.length, colours, 0, false, -1, DataBuffer.TYPE_BYTE);
      BufferedImage indexed =
          new BufferedImage(
              image.getWidth(), image.getHeight(), BufferedImage.TYPE_BYTE_INDEXED, palette);
      byte[] places = ((DataBufferByte) indexed.getRaster().getDataBuffer()).getData();
      for (int i = 0; i < pixels.length; i++) {
        places[i] = (byte) Arrays.binarySearch(colours, pixels[i]);
      }
      return indexed;
    }
  }
}
