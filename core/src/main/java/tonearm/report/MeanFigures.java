package tonearm.report;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tonearm.features.FeatureConfig;
import tonearm.report.Pen.Anchor;

/** Figures 3 and 12: the mean spectrogram of each genre, and how far they lie apart. */
final class MeanFigures {
  private MeanFigures() {}

  /** Figure 3: five genres a line, all in the same colours. */
  static Figure means(MeanSpectrograms means, FeatureConfig features) {
    List<String> genres = means.names();
    int lines = (genres.size() + 4) / 5;
    double[] range =
        HeatMap.range(
            means.genres().values().stream()
                .flatMapToDouble(m -> Arrays.stream(m.levels()))
                .toArray());
    return new Figure(
        "03-mean-spectrograms",
        "The mean spectrogram of each genre",
        "Each track is standardised by the mean and standard deviation of its own levels, then the"
            + " tracks of a genre are averaged. The colours are the same in all panels."
            + HeatMap.BEYOND,
        Figure.PAGE_WIDTH,
        lines * 250 + 8,
        pen -> {
          for (int g = 0; g < genres.size(); g++) {
            MeanSpectrograms.Mean mean = means.genres().get(genres.get(g));
            if (mean == null) {
              continue;
            }
            Panel panel =
                new Panel(
                    pen,
                    74 + g % 5 * 167,
                    32 + g / 5 * 250,
                    152,
                    180,
                    Scale.linear(0, means.columns() * means.columnSeconds()),
                    Scale.linear(0, 1));
            BufferedImage image =
                HeatMap.image(mean.levels(), means.rows(), means.columns(), range[0], range[1]);
            pen.image(image, panel.left(), panel.top(), panel.width(), panel.height());
            panel.border();
            pen.text(
                ScoreFigures.shortened(genres.get(g), 13, 100),
                panel.left(),
                panel.top() - 7,
                Anchor.START,
                13,
                Palette.BLACK,
                true);
            pen.text(
                mean.tracks() + " tracks",
                panel.left() + panel.width(),
                panel.top() - 7,
                Anchor.END,
                10.5,
                Palette.GREY);
            boolean isLast = g + 5 >= genres.size();
            panel.xAxis(isLast ? "s" : "", 3);
            HeatMap.hertz(panel, features.axis(), g % 5 == 0 ? "Hz" : "", g % 5 == 0);
          }
          HeatMap.colourBar(pen, 916, 32, (lines - 1) * 250 + 180, range, "standard deviations");
        });
  }

  /** Figure 12: how far the means lie apart, with the nearest genre of each row marked. */
  static Figure distances(MeanSpectrograms means) {
    List<String> genres = means.names();
    int n = genres.size();
    double edge = 460.0 / n;
    double largest = 0;
    for (String a : genres) {
      for (String b : genres) {
        largest = Math.max(largest, means.distance(a, b));
      }
    }
    double most = largest > 0 ? largest : 1;
    return new Figure(
        "12-genre-distances",
        "How far the genres' mean spectrograms lie apart",
        "Root of the mean squared difference of two genres' mean spectrograms, in standard"
            + " deviations of a track's levels. The nearest genre of each row is framed.",
        Figure.PAGE_WIDTH,
        570,
        pen -> {
          double x0 = 92;
          double y0 = 16;
          for (int a = 0; a < n; a++) {
            String nearest = n > 1 ? means.nearest(genres.get(a)).get(0) : "";
            for (int b = 0; b < n; b++) {
              double distance = means.distance(genres.get(a), genres.get(b));
              Color colour = a == b ? Palette.FAINT : Palette.viridis(1 - distance / most);
              pen.fill(colour, x0 + b * edge, y0 + a * edge, edge, edge);
              double size = Math.min(12, edge * 0.3);
              if (a != b && size >= 5) {
                pen.text(
                    String.format(Locale.ROOT, "%.2f", distance),
                    x0 + (b + 0.5) * edge,
                    y0 + (a + 0.5) * edge + size * 0.36,
                    Anchor.MIDDLE,
                    size,
                    Palette.textOn(colour));
              }
            }
            int at = genres.indexOf(nearest);
            if (at >= 0) {
              pen.frame(
                  Palette.VERMILION,
                  2.5,
                  x0 + at * edge + 2,
                  y0 + a * edge + 2,
                  edge - 4,
                  edge - 4);
            }
          }
          pen.frame(Palette.GREY, 1, x0, y0, 460, 460);
          ScoreFigures.genreLabels(pen, genres, x0, y0, edge);
          pairs(pen, means, 640, 34);
        });
  }

  /** The nearest and the farthest pairs, written out. */
  private static void pairs(Pen pen, MeanSpectrograms means, double x, double y) {
    List<String[]> pairs = new ArrayList<>();
    List<String> genres = means.names();
    for (int a = 0; a < genres.size(); a++) {
      for (int b = a + 1; b < genres.size(); b++) {
        pairs.add(new String[] {genres.get(a), genres.get(b)});
      }
    }
    pairs.sort((p, q) -> Double.compare(means.distance(p[0], p[1]), means.distance(q[0], q[1])));
    int shown = Math.min(8, pairs.size());
    double at = list(pen, "nearest pairs", pairs.subList(0, shown), means, x, y);
    if (pairs.size() > 2 * shown) {
      List<String[]> farthest = pairs.subList(pairs.size() - shown, pairs.size());
      list(pen, "farthest pairs", farthest, means, x, at + 24);
    }
  }

  private static double list(
      Pen pen, String heading, List<String[]> pairs, MeanSpectrograms means, double x, double y) {
    pen.text(heading, x, y, Anchor.START, 14, Palette.BLACK, true);
    double at = y;
    for (String[] pair : pairs) {
      at += 21;
      String names = ScoreFigures.shortened(pair[0] + " – " + pair[1], 12.5, 240);
      pen.text(names, x, at, Anchor.START, 12.5, Palette.BLACK);
      String distance = String.format(Locale.ROOT, "%.3f", means.distance(pair[0], pair[1]));
      pen.text(distance, x + 310, at, Anchor.END, 12.5, Palette.BLACK);
    }
    return at + 12;
  }
}
