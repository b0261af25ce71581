package tonearm.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * Draws into a figure, in pixels from its upper left corner. Nothing is ever clipped: a clip's name
 * in an SVG differs from run to run, and figures are to be the same each time.
 */
final class Pen {
  /** Which point of a text its position means. */
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  /** Dashes of a line, by name, so that lines differ not by colour alone. */
  enum Dash {
    SOLID,
    DASHED,
    DOTTED;

    private BasicStroke stroke(double width) {
      float[] pattern =
          switch (this) {
            case SOLID -> null;
            case DASHED -> new float[] {6, 4};
            case DOTTED -> new float[] {1.5f, 3};
          };
      return new BasicStroke(
          (float) width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, pattern, 0);
    }
  }

  /** A line of a legend. */
  record Entry(String text, Color colour) {}

  private static final double LEGEND_SIZE = 12;

  private final Graphics2D graphics;

  Pen(Graphics2D graphics) {
    this.graphics = graphics;
  }

  void fill(Color colour, double x, double y, double width, double height) {
    graphics.setColor(colour);
    graphics.fill(new Rectangle2D.Double(x, y, width, height));
  }

  void frame(Color colour, double line, double x, double y, double width, double height) {
    graphics.setColor(colour);
    graphics.setStroke(Dash.SOLID.stroke(line));
    graphics.draw(new Rectangle2D.Double(x, y, width, height));
  }

  void line(Color colour, double width, double x1, double y1, double x2, double y2) {
    graphics.setColor(colour);
    graphics.setStroke(Dash.SOLID.stroke(width));
    graphics.draw(new Line2D.Double(x1, y1, x2, y2));
  }

  /** A line through points {@code x, y, x, y, ...}. */
  void polyline(Color colour, double width, Dash dash, double... points) {
    graphics.setColor(colour);
    graphics.setStroke(dash.stroke(width));
    graphics.draw(path(points));
  }

  /** A filled area with corners {@code x, y, x, y, ...}. */
  void polygon(Color colour, double... points) {
    Path2D path = path(points);
    path.closePath();
    graphics.setColor(colour);
    graphics.fill(path);
  }

  /** A line through points with a head at the last; the last stretch must be longer than that. */
  void arrow(Color colour, double width, Dash dash, double... points) {
    int n = points.length;
    double toX = points[n - 2];
    double toY = points[n - 1];
    double length = Math.hypot(toX - points[n - 4], toY - points[n - 3]);
    double ux = (toX - points[n - 4]) / length;
    double uy = (toY - points[n - 3]) / length;
    double head = 3 + 2 * width;
    double[] shaft = points.clone();
    shaft[n - 2] = toX - ux * head;
    shaft[n - 1] = toY - uy * head;
    polyline(colour, width, dash, shaft);
    double half = head * 0.55;
    double backX = toX - ux * head;
    double backY = toY - uy * head;
    polygon(
        colour,
        toX,
        toY,
        backX - uy * half,
        backY + ux * half,
        backX + uy * half,
        backY - ux * half);
  }

  void dot(Color colour, double x, double y, double radius) {
    graphics.setColor(colour);
    graphics.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
  }

  /** A text whose baseline is at {@code y}. */
  void text(String text, double x, double y, Anchor anchor, double size, Color colour) {
    text(text, x, y, anchor, size, colour, false);
  }

  /** A text whose baseline is at {@code y}, perhaps in bold. */
  void text(
      String words, double x, double y, Anchor anchor, double size, Color colour, boolean bold) {
    // A name may hold anything; an SVG with control characters is none.
    String text = words.replaceAll("\\p{Cntrl}", " ");
    if (text.isEmpty()) {
      return;
    }
    double width = Lettering.width(text, size, bold);
    double from =
        switch (anchor) {
          case START -> x;
          case MIDDLE -> x - width / 2;
          case END -> x - width;
        };
    graphics.setFont(Lettering.font(text, size, bold));
    graphics.setColor(colour);
    graphics.drawString(text, (float) from, (float) y);
  }

  /** A text that runs upwards; {@code x} is its baseline. */
  void upwards(String text, double x, double y, Anchor anchor, double size, Color colour) {
    AffineTransform before = graphics.getTransform();
    graphics.rotate(-Math.PI / 2, x, y);
    text(text, x, y, anchor, size, colour);
    graphics.setTransform(before);
  }

  /** A picture, stretched into a rectangle. */
  void image(BufferedImage image, double x, double y, double width, double height) {
    AffineTransform place = AffineTransform.getTranslateInstance(x, y);
    place.scale(width / image.getWidth(), height / image.getHeight());
    graphics.drawImage(image, place, null);
  }

  /**
   * Coloured squares with their meaning, side by side, in as many lines as it takes.
   *
   * @return the height of all lines
   */
  double legend(List<Entry> entries, double x, double y, double width) {
    double atX = x;
    double atY = y;
    for (Entry entry : entries) {
      double needs = 18 + Lettering.width(entry.text(), LEGEND_SIZE, false);
      if (atX > x && atX + needs > x + width) {
        atX = x;
        atY += 20;
      }
      fill(entry.colour(), atX, atY, 12, 12);
      frame(Palette.GREY, 0.5, atX, atY, 12, 12);
      text(entry.text(), atX + 18, atY + 10.5, Anchor.START, LEGEND_SIZE, Palette.BLACK);
      atX += needs + 22;
    }
    return atY + 20 - y;
  }

  private static Path2D path(double... points) {
    Path2D path = new Path2D.Double();
    path.moveTo(points[0], points[1]);
    for (int i = 2; i < points.length; i += 2) {
      path.lineTo(points[i], points[i + 1]);
    }
    return path;
  }
}
