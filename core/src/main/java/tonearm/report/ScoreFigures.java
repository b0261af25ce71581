package tonearm.report;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tonearm.eval.ConfusionMatrix;
import tonearm.eval.Prediction;
import tonearm.eval.RunMetrics;
import tonearm.report.Pen.Anchor;
import tonearm.report.Pen.Entry;

/** Figures 9 to 11: what is taken for what, each genre's scores, and one song's answer. */
final class ScoreFigures {
  private static final double LABELS = 78;
  private static final String BOTH = "both";

  private ScoreFigures() {}

  /**
   * Clips of one part of the data.
   *
   * @param label what people call the part, such as "validation"
   */
  record Side(String label, ConfusionMatrix confusion) {
    String heading() {
      return String.format(
          Locale.ROOT,
          "%s: %,d clips, %.1f %% right, macro F1 %.3f",
          label,
          confusion.total(),
          100 * confusion.accuracy(),
          confusion.macroF1());
    }

    /** Of all clips, those rightly said to be of a genre or rightly said not to be. */
    double accuracy(int genre) {
      int wrong = 0;
      for (int other = 0; other < confusion.genres().size(); other++) {
        if (other != genre) {
          wrong += confusion.count(genre, other) + confusion.count(other, genre);
        }
      }
      return 1 - (double) wrong / confusion.total();
    }
  }

  /** Training, validation, both together, and test, as far as a run has them. */
  static List<Side> sides(RunMetrics metrics) {
    ConfusionMatrix train = metrics.train() == null ? null : metrics.train().clips().confusion();
    ConfusionMatrix valid = metrics.valid() == null ? null : metrics.valid().clips().confusion();
    List<Side> sides = new ArrayList<>(sides(train, valid));
    if (metrics.test() != null) {
      sides.add(new Side("test", metrics.test().clips().confusion()));
    }
    return sides;
  }

  static List<Side> sides(@Nullable ConfusionMatrix train, @Nullable ConfusionMatrix valid) {
    List<Side> sides = new ArrayList<>();
    if (train != null) {
      sides.add(new Side("training", train));
    }
    if (valid != null) {
      sides.add(new Side("validation", valid));
    }
    if (train != null && valid != null) {
      sides.add(new Side(BOTH, sum(train, valid)));
    }
    return sides;
  }

  /** Training and validation together, or the side there is; null without any. */
  static @Nullable ConfusionMatrix all(List<Side> sides) {
    for (Side side : sides) {
      if (side.label().equals(BOTH)) {
        return side.confusion();
      }
    }
    return sides.isEmpty() ? null : sides.get(0).confusion();
  }

  private static ConfusionMatrix sum(ConfusionMatrix a, ConfusionMatrix b) {
    int n = a.genres().size();
    List<List<Integer>> counts = new ArrayList<>();
    for (int t = 0; t < n; t++) {
      List<Integer> row = new ArrayList<>();
      for (int p = 0; p < n; p++) {
        row.add(a.count(t, p) + b.count(t, p));
      }
      counts.add(row);
    }
    return ConfusionMatrix.ofCounts(a.genres(), counts);
  }

  /** Figure 9, two matrices in a row. */
  static Figure confusion(String name, String title, List<Side> sides) {
    int lines = (sides.size() + 1) / 2;
    boolean hasRoom = sides.size() % 2 == 1;
    return new Figure(
        name,
        title,
        "Rows are the true genre, columns the predicted one. Numbers count clips; the colour is the"
            + " share of the true genre's clips.",
        Figure.PAGE_WIDTH,
        lines * 500 + (hasRoom ? 10 : 70),
        pen -> {
          for (int i = 0; i < sides.size(); i++) {
            matrix(pen, sides.get(i), 6 + i % 2 * 498, i / 2 * 500);
          }
          if (hasRoom) {
            shares(pen, 590, (lines - 1) * 500 + 120);
          } else {
            shares(pen, 90, lines * 500 + 12);
          }
        });
  }

  private static void matrix(Pen pen, Side side, double left, double top) {
    ConfusionMatrix confusion = side.confusion();
    List<String> genres = confusion.genres();
    int n = genres.size();
    double edge = 400.0 / n;
    double x0 = left + LABELS;
    double y0 = top + 36;
    pen.text(side.heading(), x0, top + 22, Anchor.START, 13, Palette.BLACK, true);
    double[][] shares = confusion.rowNormalised();
    for (int t = 0; t < n; t++) {
      for (int p = 0; p < n; p++) {
        Color colour = Palette.blues(shares[t][p]);
        pen.fill(colour, x0 + p * edge, y0 + t * edge, edge, edge);
        int count = confusion.count(t, p);
        double size = Math.min(12, edge * 0.32);
        if (count > 0 && size >= 5) {
          pen.text(
              Integer.toString(count),
              x0 + (p + 0.5) * edge,
              y0 + (t + 0.5) * edge + size * 0.36,
              Anchor.MIDDLE,
              size,
              Palette.textOn(colour));
        }
      }
    }
    pen.frame(Palette.GREY, 1, x0, y0, 400, 400);
    genreLabels(pen, genres, x0, y0, edge);
  }

  /** Names at the left of the rows and below the columns of a square of cells. */
  static void genreLabels(Pen pen, List<String> genres, double x0, double y0, double edge) {
    int n = genres.size();
    double size = Math.min(11.5, Math.max(6, edge * 0.6));
    int every = (int) Math.max(1, Math.ceil(7 / edge));
    boolean isSteep =
        genres.stream().anyMatch(genre -> Lettering.width(genre, size, false) > edge - 2);
    for (int g = 0; g < n; g += every) {
      String genre = shortened(genres.get(g), size, LABELS - 10);
      double middle = (g + 0.5) * edge;
      pen.text(genre, x0 - 6, y0 + middle + size * 0.36, Anchor.END, size, Palette.BLACK);
      if (isSteep) {
        pen.upwards(
            genre, x0 + middle + size * 0.36, y0 + n * edge + 6, Anchor.END, size, Palette.BLACK);
      } else {
        pen.text(genre, x0 + middle, y0 + n * edge + 16, Anchor.MIDDLE, size, Palette.BLACK);
      }
    }
  }

  /** A name cut to the room there is, with an ellipsis. */
  static String shortened(String name, double size, double room) {
    if (Lettering.width(name, size, false) <= room) {
      return name;
    }
    int end = name.length();
    while (end > 1 && Lettering.width(name.substring(0, end) + "…", size, false) > room) {
      end = name.offsetByCodePoints(end, -1);
    }
    return name.substring(0, end) + "…";
  }

  /** The colours of shares from 0 to 1. */
  private static void shares(Pen pen, double x, double y) {
    for (int i = 0; i < 100; i++) {
      pen.fill(Palette.blues(i / 99.0), x + i * 3, y, 300 - i * 3, 14); // no seams
    }
    pen.frame(Palette.GREY, 1, x, y, 300, 14);
    for (int tick = 0; tick <= 100; tick += 25) {
      pen.text(tick + " %", x + tick * 3, y + 28, Anchor.MIDDLE, 11, Palette.BLACK);
    }
    pen.text(
        "of the true genre's clips (row); columns are predicted",
        x,
        y + 48,
        Anchor.START,
        12,
        Palette.BLACK);
  }

  private static final List<Entry> MEASURES =
      List.of(
          new Entry("precision", Palette.BLUE),
          new Entry("recall", Palette.ORANGE),
          new Entry("F1", Palette.GREEN),
          new Entry("accuracy", new Color(0xAAAAAA)));

  /** Figure 10, a row of bars for each part of the data. */
  static Figure scores(String name, String title, List<Side> sides) {
    return new Figure(
        name,
        title,
        "Precision: of the clips taken for a genre, those that are of it. Recall: of the clips of a"
            + " genre, those taken for it. F1: their harmonic mean. Accuracy: of all clips, those"
            + " rightly taken for the genre or rightly not; it is high for every genre, since most"
            + " clips are of another.",
        Figure.PAGE_WIDTH,
        sides.size() * 250 + 36,
        pen -> {
          for (int i = 0; i < sides.size(); i++) {
            bars(pen, sides.get(i), 48 + i * 250);
          }
          pen.legend(MEASURES, 60, sides.size() * 250 + 8, 900);
        });
  }

  private static void bars(Pen pen, Side side, double top) {
    ConfusionMatrix confusion = side.confusion();
    List<String> genres = confusion.genres();
    int n = genres.size();
    Panel panel = new Panel(pen, 60, top, 925, 160, Scale.linear(0, n), Scale.linear(0, 1));
    pen.text(side.heading(), 60, top - 24, Anchor.START, Panel.TITLE_SIZE, Palette.BLACK, true);
    panel.grid(5);
    panel.yAxis("", 5);
    double slot = 925.0 / n;
    double bar = slot * 0.8 / MEASURES.size();
    for (int g = 0; g < n; g++) {
      double[] values = {
        confusion.precision(g), confusion.recall(g), confusion.f1(g), side.accuracy(g)
      };
      for (int m = 0; m < values.length; m++) {
        double x = 60 + g * slot + slot * 0.1 + m * bar;
        double height = 160 * values[m];
        pen.fill(MEASURES.get(m).colour(), x, panel.bottom() - height, bar - 1, height);
        if (bar >= 17) {
          pen.text(
              twoDigits(values[m]),
              x + bar / 2,
              panel.bottom() - height - 3,
              Anchor.MIDDLE,
              10.5,
              Palette.BLACK);
        }
      }
      String genre = shortened(genres.get(g), 12, Math.max(20, slot - 4));
      pen.text(genre, 60 + (g + 0.5) * slot, panel.bottom() + 18, Anchor.MIDDLE, 12, Palette.BLACK);
    }
    pen.line(Palette.GREY, 1, 60, panel.bottom(), 985, panel.bottom());
  }

  /** As short as can be, since four such stand side by side: .92, or 1 for all but 1. */
  private static String twoDigits(double share) {
    String text = String.format(Locale.ROOT, "%.2f", share);
    return text.startsWith("1") ? "1" : text.substring(1);
  }

  /**
   * Figure 11: one song's probabilities, the most probable first, and each clip's as a dot.
   *
   * @param answer with probabilities; a dot for each segment if it has a timeline
   * @param trueGenre what the song is labelled as; null if unknown
   */
  static Figure answer(Prediction answer, @Nullable String trueGenre) {
    List<Prediction.Ranked> ranked = answer.top(Integer.MAX_VALUE);
    String song = answer.path().replaceFirst(".*[/\\\\]", "");
    boolean hasClips = answer.timeline() != null;
    return new Figure(
        "11-answer",
        "The answer for one song: " + song,
        "Bars are the mean over the song's clips"
            + (hasClips ? ", dots its single clips." : ".")
            + (trueGenre == null ? "" : " It is labelled " + trueGenre + "."),
        Figure.PAGE_WIDTH,
        96 + 32 * ranked.size(),
        pen -> {
          Panel panel =
              new Panel(
                  pen,
                  150,
                  40,
                  740,
                  32.0 * ranked.size(),
                  Scale.linear(0, 1),
                  Scale.linear(0, ranked.size()));
          panel.title(
              shortened(song, Panel.TITLE_SIZE, 500)
                  + (trueGenre == null ? "" : " (labelled " + trueGenre + ")"));
          for (double tick : panel.x().ticks(5)) {
            double x = panel.atX(tick);
            pen.line(Palette.PALE, 0.7, x, 40, x, panel.bottom());
          }
          for (int i = 0; i < ranked.size(); i++) {
            answerRow(pen, panel, answer, ranked.get(i), 40 + 32 * i, i == 0);
          }
          panel.border();
          panel.xAxis("probability", 5);
        });
  }

  private static void answerRow(
      Pen pen, Panel panel, Prediction answer, Prediction.Ranked row, double y, boolean isFirst) {
    double end = panel.atX(row.probability());
    Color colour = isFirst ? Palette.BLUE : Palette.SKY;
    pen.fill(colour, panel.left(), y + 5, end - panel.left(), 22);
    if (answer.timeline() != null) {
      for (Prediction.Segment clip : answer.timeline()) {
        Map<String, Float> probabilities = clip.probabilities();
        double x = panel.atX(probabilities.getOrDefault(row.genre(), 0f));
        pen.dot(Palette.WHITE, x, y + 16, 4);
        pen.dot(Palette.BLACK, x, y + 16, 3);
      }
    }
    pen.text(
        shortened(row.genre(), 13, 130),
        panel.left() - 8,
        y + 21,
        Anchor.END,
        13,
        Palette.BLACK,
        isFirst);
    pen.text(
        String.format(Locale.ROOT, "%.1f %%", 100 * row.probability()),
        panel.left() + panel.width() + 66,
        y + 21,
        Anchor.END,
        12,
        Palette.BLACK);
  }
}
