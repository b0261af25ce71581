package tonearm.report;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import tonearm.features.FrequencyAxis;
import tonearm.report.Pen.Anchor;

/** Levels as colours: the picture, its axis of frequencies, and the bar that tells the colours. */
final class HeatMap {
  private static final int COLOURS = 128;
  static final String BEYOND =
      " Levels beyond the colour bar, a hundredth of them below, take its end colours.";

  private HeatMap() {}

  /** Frequencies at the left side, where the picture has them. */
  static void hertz(Panel panel, FrequencyAxis axis, String title, boolean labelled) {
    List<Double> ticks = new ArrayList<>();
    double[] candidates =
        axis.mel()
            ? new double[] {250, 500, 1000, 2000, 4000, 8000, 16000}
            : Scale.linear(0, axis.highHz()).ticks(5).stream().mapToDouble(t -> t).toArray();
    for (double hz : candidates) {
      if (hz >= axis.lowHz() && hz <= axis.highHz()) {
        ticks.add(hz);
      }
    }
    double[] places = ticks.stream().mapToDouble(axis::heightOf).toArray();
    panel.yAxis(
        title,
        places,
        place -> {
          for (int i = 0; labelled && i < places.length; i++) {
            if (places[i] == place) {
              return String.format(Locale.ROOT, "%,.0f", ticks.get(i));
            }
          }
          return "";
        });
  }

  static void colourBar(Pen pen, double x, double y, double height, double[] range, String unit) {
    colourBar(pen, x, y, height, range, unit, Palette::viridis);
  }

  /**
   * The bar that tells the colours.
   *
   * @param colours of amounts from 0, the low end of {@code range}, to 1, its high end
   */
  static void colourBar(
      Pen pen,
      double x,
      double y,
      double height,
      double[] range,
      String unit,
      DoubleFunction<Color> colours) {
    int steps = COLOURS;
    for (int i = 0; i < steps; i++) {
      // Each reaches to the top, so that there are no seams.
      pen.fill(colours.apply(i / (steps - 1.0)), x, y, 16, height * (1 - (double) i / steps));
    }
    pen.frame(Palette.GREY, 1, x, y, 16, height);
    Scale scale = Scale.linear(range[0], range[1]);
    double widest = 0;
    for (double tick : scale.ticks(6)) {
      double at = y + height * (1 - scale.part(tick));
      pen.line(Palette.GREY, 1, x + 16, at, x + 20, at);
      String label = Scale.label(tick);
      widest = Math.max(widest, Lettering.width(label, 11, false));
      pen.text(label, x + 23, at + 4, Anchor.START, 11, Palette.BLACK);
    }
    pen.upwards(unit, x + 40 + widest, y + height / 2, Anchor.MIDDLE, 12, Palette.BLACK);
  }

  /**
   * The levels of the darkest and the brightest colour: all but a hundredth at the low end, where
   * silence and what lies above a recording's band would take half of the colours, and a thousandth
   * at the high end.
   */
  static double[] range(double[] levels) {
    double[] sorted = Arrays.stream(levels).filter(Double::isFinite).sorted().toArray();
    if (sorted.length == 0) {
      return new double[] {0, 1};
    }
    double low = sorted[sorted.length / 100];
    double high = sorted[sorted.length - 1 - sorted.length / 1000];
    return high > low ? new double[] {low, high} : new double[] {low, low + 1};
  }

  static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  /** Levels as colours, row 0 at the bottom; what is no number is grey. */
  static BufferedImage image(double[] levels, int rows, int columns, double low, double high) {
    BufferedImage image = new BufferedImage(columns, rows, BufferedImage.TYPE_INT_RGB);
    int[] colours = new int[COLOURS];
    for (int i = 0; i < colours.length; i++) {
      colours[i] = Palette.viridis(i / (COLOURS - 1.0)).getRGB();
    }
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        double level = levels[row * columns + column];
        double part = Math.min(1, Math.max(0, (level - low) / (high - low)));
        int rgb =
            Double.isNaN(level)
                ? Palette.PALE.getRGB()
                : colours[(int) Math.round((COLOURS - 1) * part)];
        image.setRGB(column, rows - 1 - row, rgb);
      }
    }
    return image;
  }
}
