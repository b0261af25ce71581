package tonearm.report;

import java.awt.Color;
import java.util.List;
import java.util.Locale;
import tonearm.eval.CalibrationStudy;
import tonearm.eval.CalibrationStudy.Level;
import tonearm.eval.CalibrationStudy.Scores;
import tonearm.eval.Reliability;
import tonearm.report.Pen.Anchor;
import tonearm.report.Pen.Dash;
import tonearm.report.Pen.Entry;

/**
 * The reliability diagram of a calibration (DeGroot &amp; Fienberg 1983; Guo et al. 2017): for
 * tracks and for clips, before and after, how often answers of about one confidence are right, and
 * how many there are.
 */
public final class ReliabilityFigure {
  private static final String NAME = "reliability";
  private static final double WIDTH = 400;
  private static final double HEIGHT = 250;
  private static final double COUNTS_HEIGHT = 70;
  private static final double ROW = 460;
  private static final double TICK_SIZE = 9;

  private static final Color SURER = Palette.lighter(Palette.VERMILION, 0.45);
  private static final Color LESS_SURE = Palette.lighter(Palette.GREEN, 0.45);

  private ReliabilityFigure() {}

  /**
   * Draws it.
   *
   * @return named {@code reliability}
   */
  public static Figure of(CalibrationStudy study) {
    return new Figure(
        NAME,
        "How often answers of about one confidence are right",
        String.format(
            Locale.ROOT,
            "Bars: share of right answers in %d bins of equal width. On the dashed line they would be"
                + " right as often as they say; the gap to it, weighed by the number of answers below,"
                + " is the expected calibration error (ECE). After: each of %d folds of tracks at the"
                + " temperature fitted to the others.",
            Reliability.BINS,
            study.folds()),
        Figure.PAGE_WIDTH,
        (int) (2 * ROW + 30),
        pen -> {
          row(pen, "tracks", study.tracks(), 0);
          row(pen, "clips", study.clips(), ROW);
          pen.legend(
              List.of(
                  new Entry("right", Palette.SKY),
                  new Entry("surer than right", SURER),
                  new Entry("less sure than right", LESS_SURE)),
              70,
              2 * ROW,
              Figure.PAGE_WIDTH - 140);
        });
  }

  private static void row(Pen pen, String what, Level level, double top) {
    diagram(pen, what + ", before", level.before(), 70, top + 46);
    diagram(
        pen,
        String.format(Locale.ROOT, "%s, after, temperature %.2f", what, level.temperature()),
        level.heldOut(),
        70 + WIDTH + 90,
        top + 46);
  }

  private static void diagram(Pen pen, String title, Scores scores, double left, double top) {
    Reliability reliability = scores.reliability();
    Scale unit = Scale.linear(0, 1);
    Panel panel = new Panel(pen, left, top, WIDTH, HEIGHT, unit, unit);
    panel.title(title);
    pen.text(
        String.format(
            Locale.ROOT,
            "ECE %.1f %%, NLL %.3f, right %.1f %%",
            100 * reliability.expectedCalibrationError(),
            scores.negativeLogLikelihood(),
            100 * reliability.accuracy()),
        left,
        top - 26,
        Anchor.START,
        11,
        Palette.GREY);
    panel.grid(5);
    for (Reliability.Bin bin : reliability.bins()) {
      Double confidence = bin.confidence();
      Double accuracy = bin.accuracy();
      if (confidence == null || accuracy == null) {
        continue;
      }
      double x = panel.atX(bin.from()) + 1;
      double width = panel.atX(bin.to()) - x - 1;
      pen.fill(Palette.SKY, x, panel.atY(accuracy), width, panel.bottom() - panel.atY(accuracy));
      double high = Math.max(confidence, accuracy);
      double low = Math.min(confidence, accuracy);
      pen.fill(
          confidence > accuracy ? SURER : LESS_SURE,
          x,
          panel.atY(high),
          width,
          panel.atY(low) - panel.atY(high));
      pen.line(Palette.BLACK, 1.5, x, panel.atY(accuracy), x + width, panel.atY(accuracy));
    }
    pen.polyline(
        Palette.GREY, 1.2, Dash.DASHED, panel.atX(0), panel.atY(0), panel.atX(1), panel.atY(1));
    panel.border();
    panel.yAxis("right", 5);
    counts(pen, reliability, left, panel.bottom() + 16);
  }

  private static void counts(Pen pen, Reliability reliability, double left, double top) {
    int most = reliability.bins().stream().mapToInt(Reliability.Bin::count).max().orElse(1);
    // Room above the highest bar for its number.
    Panel panel =
        new Panel(
            pen,
            left,
            top,
            WIDTH,
            COUNTS_HEIGHT,
            Scale.linear(0, 1),
            Scale.linear(0, Math.max(1, most) * 1.25));
    for (Reliability.Bin bin : reliability.bins()) {
      double x = panel.atX(bin.from()) + 1;
      double width = panel.atX(bin.to()) - x - 1;
      double y = panel.atY(bin.count());
      pen.fill(Palette.PALE, x, y, width, panel.bottom() - y);
      if (bin.count() > 0) {
        pen.text(
            Integer.toString(bin.count()),
            x + width / 2,
            y - 2,
            Anchor.MIDDLE,
            TICK_SIZE,
            Palette.BLACK);
      }
    }
    panel.border();
    panel.xAxis("confidence", 5);
    pen.upwards("answers", left - 36, top + COUNTS_HEIGHT / 2, Anchor.MIDDLE, 12, Palette.BLACK);
  }
}
