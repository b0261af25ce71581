package tonearm.report;

import java.awt.Color;
import java.util.Arrays;
import java.util.function.DoubleFunction;
import tonearm.report.Pen.Anchor;
import tonearm.report.Pen.Dash;

/**
 * A rectangle with numbers at its sides, and what is drawn in it.
 *
 * @param x what runs to the right
 * @param y what runs upwards
 */
record Panel(Pen pen, double left, double top, double width, double height, Scale x, Scale y) {
  static final double TITLE_SIZE = 14;
  private static final double TICK_SIZE = 11;
  private static final double AXIS_SIZE = 12;

  /** A line in a panel; a NaN interrupts it. */
  record Series(String name, Color colour, Dash dash, double[] xs, double[] ys) {}

  double bottom() {
    return top + height;
  }

  double atX(double value) {
    return left + width * x.part(value);
  }

  double atY(double value) {
    return top + height * (1 - y.part(value));
  }

  void title(String title) {
    pen.text(title, left, top - 10, Anchor.START, TITLE_SIZE, Palette.BLACK, true);
  }

  void border() {
    pen.frame(Palette.GREY, 1, left, top, width, height);
  }

  /** Faint lines at the ticks of the vertical axis. */
  void grid(int about) {
    for (double tick : y.ticks(about)) {
      pen.line(Palette.PALE, 0.7, left, atY(tick), left + width, atY(tick));
    }
  }

  void xAxis(String title, int about) {
    for (double tick : x.ticks(about)) {
      double at = atX(tick);
      pen.line(Palette.GREY, 1, at, bottom(), at, bottom() + 4);
      pen.text(Scale.label(tick), at, bottom() + 16, Anchor.MIDDLE, TICK_SIZE, Palette.BLACK);
    }
    pen.text(title, left + width / 2, bottom() + 33, Anchor.MIDDLE, AXIS_SIZE, Palette.BLACK);
  }

  void yAxis(String title, int about) {
    yAxis(title, y.ticks(about).stream().mapToDouble(t -> t).toArray(), Scale::label);
  }

  /** The vertical axis with labels of the caller's. */
  void yAxis(String title, double[] ticks, DoubleFunction<String> label) {
    double widest = 0;
    for (double tick : ticks) {
      String text = label.apply(tick);
      widest = Math.max(widest, Lettering.width(text, TICK_SIZE, false));
      pen.line(Palette.GREY, 1, left - 4, atY(tick), left, atY(tick));
      pen.text(text, left - 7, atY(tick) + 4, Anchor.END, TICK_SIZE, Palette.BLACK);
    }
    if (!title.isEmpty()) {
      pen.upwards(
          title, left - 16 - widest, top + height / 2, Anchor.MIDDLE, AXIS_SIZE, Palette.BLACK);
    }
  }

  void line(Series series) {
    int n = Math.min(series.xs().length, series.ys().length);
    double[] stretch = new double[2 * n];
    int length = 0;
    for (int i = 0; i <= n; i++) {
      boolean drawable = i < n && Double.isFinite(series.ys()[i]) && !isBelow(series.ys()[i]);
      if (drawable) {
        stretch[length++] = atX(series.xs()[i]);
        stretch[length++] = atY(series.ys()[i]);
      } else if (length > 0) {
        draw(series, Arrays.copyOf(stretch, length));
        length = 0;
      }
    }
  }

  private boolean isBelow(double value) {
    return y.logarithmic() && !(value > 0);
  }

  private void draw(Series series, double[] points) {
    if (points.length > 2) {
      pen.polyline(series.colour(), 2, series.dash(), points);
    } else {
      pen.dot(series.colour(), points[0], points[1], 4.5);
    }
    if (points.length <= 120) {
      for (int i = 0; i < points.length; i += 2) {
        pen.dot(series.colour(), points[i], points[i + 1], 2.2);
      }
    }
  }

  /** What the lines mean: a piece of each with its name, from left to right. */
  static void legend(Pen pen, Iterable<Series> lines, double x, double y) {
    double at = x;
    for (Series line : lines) {
      pen.polyline(line.colour(), 2, line.dash(), at, y - 4, at + 26, y - 4);
      pen.dot(line.colour(), at + 13, y - 4, 2.2);
      pen.text(line.name(), at + 32, y, Anchor.START, AXIS_SIZE, Palette.BLACK);
      at += 56 + Lettering.width(line.name(), AXIS_SIZE, false);
    }
  }
}
