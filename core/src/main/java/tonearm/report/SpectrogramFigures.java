package tonearm.report;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tonearm.features.Augmentation;
import tonearm.features.ClipGrid;
import tonearm.features.ClipScaler;
import tonearm.features.FeatureConfig;
import tonearm.features.Spectrogram;
import tonearm.provenance.Seeds;
import tonearm.report.Pen.Anchor;

/** Figures 3, 5, 6, 7 and 12: what is seen of sound, and what augmentation makes of it. */
final class SpectrogramFigures {
  private static final double SHOWN_SECONDS = 30;
  private static final int DRAWS = 12;

  private static final int COLOURS = 128;
  private static final String BEYOND =
      " Levels beyond the colour bar, a hundredth of them below, take its end colours.";

  private SpectrogramFigures() {}

  /**
   * The sound that figures 5 to 7 show.
   *
   * @param name what people call it
   * @param levels of the whole sound
   * @param unit of the levels, such as "dB"
   * @param features how the levels were made
   */
  record Example(String name, Spectrogram levels, String unit, FeatureConfig features) {}

  /** Figure 3: five genres a line, all in the same colours. */
  static Figure means(MeanSpectrograms means, FeatureConfig features) {
    List<String> genres = means.names();
    int lines = (genres.size() + 4) / 5;
    double[] range = range(means);
    return new Figure(
        "03-mean-spectrograms",
        "The mean spectrogram of each genre",
        "Each track is standardised by the mean and standard deviation of its own levels, then the"
            + " tracks of a genre are averaged. The colours are the same in all panels."
            + BEYOND,
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
                image(mean.levels(), means.rows(), means.columns(), range[0], range[1]);
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
            hertz(panel, features, g % 5 == 0 ? "Hz" : "", g % 5 == 0);
          }
          colourBar(pen, 916, 32, (lines - 1) * 250 + 180, range, "standard deviations");
        });
  }

  private static double[] range(MeanSpectrograms means) {
    return range(
        means.genres().values().stream().flatMapToDouble(m -> Arrays.stream(m.levels())).toArray());
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

  /** Figure 5: one sound's spectrogram, its first half minute. */
  static Figure example(Example example) {
    int frames =
        Math.min(
            example.levels().frames(),
            Math.max(1, (int) (SHOWN_SECONDS * example.features().framesPerSecond())));
    Spectrogram shown = example.levels().columns(0, frames);
    double[] range = range(doubles(shown.values()));
    return new Figure(
        "05-spectrogram",
        "A spectrogram: " + example.name(),
        "Time to the right, frequency upwards; the brighter, the louder. "
            + (frames < example.levels().frames() ? "The first half minute." : "All of it.")
            + BEYOND,
        Figure.PAGE_WIDTH,
        440,
        pen -> {
          Panel panel =
              new Panel(
                  pen,
                  76,
                  36,
                  800,
                  345,
                  Scale.linear(0, frames / example.features().framesPerSecond()),
                  Scale.linear(0, 1));
          pen.image(
              image(doubles(shown.values()), shown.bins(), frames, range[0], range[1]),
              panel.left(),
              panel.top(),
              panel.width(),
              panel.height());
          panel.border();
          panel.title(ScoreFigures.shortened(example.name(), Panel.TITLE_SIZE, 700));
          panel.xAxis("s", 8);
          hertz(panel, example.features(), "Hz", true);
          colourBar(pen, 896, 36, 345, range, example.unit());
        });
  }

  /** A clip as a network takes it, and what is done to it. */
  private record Picture(String title, String detail, float[] values) {}

  /**
   * Figure 6: the picture of one clip, and each augmentation by itself. Of a dozen draws the one
   * that changes most is shown, as a weak one shows nothing.
   */
  static Figure augmentations(
      Example example, Augmentation augmentation, int size, double clipSeconds, long seed) {
    float[] picture = picture(example, size, clipSeconds);
    List<Picture> pictures = new ArrayList<>();
    pictures.add(new Picture("as it is", "", picture));
    pictures.add(
        new Picture(
            "noise",
            "standard deviation up to " + augmentation.noise(),
            strongest(
                picture, new Augmentation(1, augmentation.noise(), 0, 0, 0), size, seed, "noise")));
    pictures.add(
        new Picture(
            "time shift",
            "circular, up to %s of the width either way".formatted(augmentation.timeShift()),
            strongest(
                picture,
                new Augmentation(1, 0, augmentation.timeShift(), 0, 0),
                size,
                seed,
                "shift")));
    pictures.add(
        new Picture(
            "time mask",
            "up to %s of the width".formatted(augmentation.timeMask()),
            strongest(
                picture,
                new Augmentation(1, 0, 0, augmentation.timeMask(), 0),
                size,
                seed,
                "time-mask")));
    pictures.add(
        new Picture(
            "frequency mask",
            "up to %s of the height".formatted(augmentation.frequencyMask()),
            strongest(
                picture,
                new Augmentation(1, 0, 0, 0, augmentation.frequencyMask()),
                size,
                seed,
                "frequency-mask")));
    return pictures(
        "06-augmentations",
        "The augmentations of the spectrogram, one by one: " + example.name(),
        "A clip of "
            + Scale.label(clipSeconds)
            + " s as the network takes it, and the same clip with each augmentation by itself. Masks"
            + " take the picture's mean."
            + BEYOND,
        pictures,
        example.features(),
        size,
        clipSeconds);
  }

  /** Figure 7: the picture of one clip, and all augmentations together. */
  static Figure combined(
      Example example, Augmentation augmentation, int size, double clipSeconds, long seed) {
    float[] picture = picture(example, size, clipSeconds);
    Augmentation all =
        new Augmentation(
            1,
            augmentation.noise(),
            augmentation.timeShift(),
            augmentation.timeMask(),
            augmentation.frequencyMask());
    return pictures(
        "07-all-augmentations",
        "All augmentations combined: " + example.name(),
        "The same clip as it is, and with all four augmentations, in two draws. In training each is"
            + " applied with probability "
            + augmentation.probability()
            + "."
            + BEYOND,
        List.of(
            new Picture("as it is", "", picture),
            new Picture(
                "all combined", "one draw", strongest(picture, all, size, seed, "combined")),
            new Picture(
                "all combined",
                "another draw",
                strongest(picture, all, size, seed, "combined-again"))),
        example.features(),
        size,
        clipSeconds);
  }

  private static float[] picture(Example example, int size, double clipSeconds) {
    ClipGrid grid = ClipGrid.of(example.features(), clipSeconds);
    List<ClipGrid.Span> spans = grid.spans(example.levels().frames());
    ClipGrid.Span middle = spans.get(spans.size() / 2);
    Spectrogram clip = grid.padded(example.levels().columns(middle.from(), middle.to()));
    float[] picture = new float[size * size];
    new ClipScaler(size).scale(clip, picture, 0);
    return picture;
  }

  private static float[] strongest(
      float[] picture, Augmentation augmentation, int size, long seed, String what) {
    float[] best = picture;
    double most = -1;
    for (int draw = 0; draw < DRAWS; draw++) {
      float[] changed = picture.clone();
      augmentation.apply(changed, 0, size, new Seeds(seed).random("figure-" + what, draw));
      double difference = 0;
      for (int i = 0; i < picture.length; i++) {
        difference += Math.abs(changed[i] - picture[i]);
      }
      if (difference > most) {
        most = difference;
        best = changed;
      }
    }
    return best;
  }

  private static Figure pictures(
      String name,
      String title,
      String caption,
      List<Picture> pictures,
      FeatureConfig features,
      int size,
      double clipSeconds) {
    int lines = (pictures.size() + 2) / 3;
    double[] range = range(doubles(pictures.get(0).values()));
    return new Figure(
        name,
        title,
        caption,
        Figure.PAGE_WIDTH,
        lines * 340 + 14,
        pen -> {
          for (int i = 0; i < pictures.size(); i++) {
            Picture picture = pictures.get(i);
            Panel panel =
                new Panel(
                    pen,
                    74 + i % 3 * 282,
                    42 + i / 3 * 340,
                    252,
                    252,
                    Scale.linear(0, clipSeconds),
                    Scale.linear(0, 1));
            pen.image(
                image(doubles(picture.values()), size, size, range[0], range[1]),
                panel.left(),
                panel.top(),
                panel.width(),
                panel.height());
            panel.border();
            pen.text(
                picture.title(),
                panel.left(),
                panel.top() - (picture.detail().isEmpty() ? 8 : 22),
                Anchor.START,
                13,
                Palette.BLACK,
                true);
            pen.text(
                picture.detail(), panel.left(), panel.top() - 7, Anchor.START, 10.5, Palette.GREY);
            panel.xAxis(i + 3 >= pictures.size() ? "s" : "", 6);
            hertz(panel, features, i % 3 == 0 ? "Hz" : "", i % 3 == 0);
          }
          colourBar(pen, 914, 42, (lines - 1) * 340 + 252, range, "value of the picture");
        });
  }

  /** Frequencies at the left side, where the features have them. */
  private static void hertz(Panel panel, FeatureConfig features, String title, boolean labelled) {
    List<Double> ticks = new ArrayList<>();
    double[] candidates =
        features.grid() == FeatureConfig.Grid.MEL
            ? new double[] {250, 500, 1000, 2000, 4000, 8000, 16000}
            : Scale.linear(0, features.fMaxHz()).ticks(5).stream().mapToDouble(t -> t).toArray();
    for (double hz : candidates) {
      if (hz >= features.fMinHz() && hz <= features.fMaxHz()) {
        ticks.add(hz);
      }
    }
    double[] places = ticks.stream().mapToDouble(features::heightOf).toArray();
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

  private static void colourBar(
      Pen pen, double x, double y, double height, double[] range, String unit) {
    int steps = COLOURS;
    for (int i = 0; i < steps; i++) {
      double from = y + height * (1 - (i + 1.0) / steps);
      double overlap = i == 0 ? 0 : 0.5;
      pen.fill(Palette.viridis(i / (steps - 1.0)), x, from, 16, height / steps + overlap);
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
  private static double[] range(double[] levels) {
    double[] sorted = Arrays.stream(levels).filter(Double::isFinite).sorted().toArray();
    if (sorted.length == 0) {
      return new double[] {0, 1};
    }
    double low = sorted[sorted.length / 100];
    double high = sorted[sorted.length - 1 - sorted.length / 1000];
    return high > low ? new double[] {low, high} : new double[] {low, low + 1};
  }

  private static double[] doubles(float[] values) {
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
