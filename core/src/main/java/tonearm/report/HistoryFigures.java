package tonearm.report;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tonearm.report.Panel.Series;
import tonearm.report.Pen.Anchor;
import tonearm.report.Pen.Dash;

/** Figure 8, one run epoch by epoch, and several runs side by side. */
public final class HistoryFigures {
  private static final double[] PERCENT_TICKS = {0, 0.2, 0.4, 0.6, 0.8, 1};

  /** Runs at most in one figure: as many as there are colours to tell apart. */
  public static final int MAX_RUNS = 8;

  private static final List<Dash> DASHES = List.of(Dash.SOLID, Dash.DASHED, Dash.DOTTED);

  private HistoryFigures() {}

  /**
   * Accuracy and loss of a run.
   *
   * @param name of the figure's files
   * @param title what the figure is called
   * @param lossLabel what the loss is, for its axis
   * @param settled what the finished weights are worth on validation clips; null if unknown
   */
  static Figure history(
      String name, String title, String lossLabel, EpochTable run, @Nullable Settled settled) {
    return new Figure(
        name,
        title,
        "Training values are means over an epoch while the weights moved, with dropout and"
            + " augmentation; validation values are of the weights at its end.",
        Figure.PAGE_WIDTH,
        400,
        pen -> {
          List<Series> accuracy = lines(run, "accuracy");
          List<Series> loss = lines(run, "loss");
          if (settled != null && run.settled("valid_accuracy").length == 0) {
            accuracy.add(point(run, settled.accuracy()));
            loss.add(point(run, settled.loss()));
          }
          panel(pen, "accuracy", "clips right", 74, 400, run, accuracy, true);
          panel(pen, "loss", lossLabel, 570, 400, run, loss, false);
          Panel.legend(pen, accuracy, 74, 388);
        });
  }

  /** Of the finished weights, with the batch norm's statistics settled. */
  record Settled(double accuracy, double loss) {}

  private static Series point(EpochTable run, double value) {
    double[] epochs = run.epochs();
    return new Series(
        "validation of the finished weights, batch norm settled",
        Palette.GREEN,
        Dash.SOLID,
        new double[] {epochs[epochs.length - 1]},
        new double[] {value});
  }

  private static List<Series> lines(EpochTable run, String measure) {
    List<Series> lines = new ArrayList<>();
    add(lines, run, "training", Palette.BLUE, Dash.SOLID, run.column("train_" + measure));
    add(lines, run, "validation", Palette.VERMILION, Dash.DASHED, run.column("valid_" + measure));
    add(
        lines,
        run,
        "validation, batch norm settled",
        Palette.GREEN,
        Dash.SOLID,
        run.settled("valid_" + measure));
    return lines;
  }

  private static void add(
      List<Series> lines, EpochTable run, String name, Color colour, Dash dash, double[] values) {
    if (values.length > 0) {
      lines.add(new Series(name, colour, dash, run.epochs(), values));
    }
  }

  private static void panel(
      Pen pen,
      String title,
      String axis,
      double left,
      double width,
      EpochTable run,
      List<Series> lines,
      boolean isShare) {
    Scale y = isShare ? Scale.linear(0, 1) : Scale.upTo(largest(lines));
    Panel panel = new Panel(pen, left, 36, width, 280, epochScale(List.of(run)), y);
    frame(panel, title, axis, isShare);
    lines.forEach(panel::line);
  }

  private static void frame(Panel panel, String title, String axis, boolean isShare) {
    panel.grid(5);
    panel.border();
    panel.title(title);
    panel.xAxis("epoch", 6);
    if (isShare) {
      panel.yAxis(axis, PERCENT_TICKS, tick -> Math.round(100 * tick) + " %");
    } else {
      panel.yAxis(axis, 5);
    }
  }

  private static Scale epochScale(List<EpochTable> runs) {
    double last = runs.stream().flatMapToDouble(r -> Arrays.stream(r.epochs())).max().orElse(1);
    return Scale.linear(0, Math.max(2, last));
  }

  private static double largest(List<Series> lines) {
    return lines.stream()
        .flatMapToDouble(line -> Arrays.stream(line.ys()))
        .filter(Double::isFinite)
        .max()
        .orElse(1);
  }

  /** One quantity of several runs. */
  private record Measure(String title, String axis, String column, boolean isShare) {}

  private static final List<Measure> MEASURES =
      List.of(
          new Measure("validation accuracy", "clips right", "valid_accuracy", true),
          new Measure("training accuracy", "clips right", "train_accuracy", true),
          new Measure("validation loss", "nats", "valid_loss", false),
          new Measure("gradient norm", "mean over the epoch's steps", "gradient_norm", false),
          new Measure(
              "largest gradient norm", "of any step in the epoch", "gradient_norm_max", false));

  /**
   * Several runs in one figure: accuracy in validation and training, validation loss, and the norm
   * of the gradients, each as far as the runs have it; a title says where not all have. Validation
   * is with the batch norm settled where all runs have that, and else with none settled.
   *
   * @param name of the figure's files
   * @param runs 1 to {@value #MAX_RUNS}, each with a name of its own
   * @throws IllegalArgumentException if there are none or too many, or two of one name
   */
  public static Figure comparison(String name, List<EpochTable> runs) {
    if (runs.isEmpty() || runs.size() > MAX_RUNS) {
      throw new IllegalArgumentException(
          "from 1 to " + MAX_RUNS + " runs can be compared, not " + runs.size());
    }
    if (runs.stream().map(EpochTable::name).distinct().count() < runs.size()) {
      throw new IllegalArgumentException(
          "the runs need different names: " + runs.stream().map(EpochTable::name).toList());
    }
    List<Measure> there =
        MEASURES.stream()
            .filter(m -> runs.stream().anyMatch(r -> r.column(m.column()).length > 0))
            .toList();
    int lines = (there.size() + 1) / 2;
    boolean hasRoom = there.size() % 2 == 1;
    int legendHeight = hasRoom ? 0 : 22 * runs.size() + 16;
    return new Figure(
        name,
        "Runs epoch by epoch: " + String.join(", ", runs.stream().map(EpochTable::name).toList()),
        "Training accuracy is the mean over an epoch while the weights moved, with dropout and"
            + " augmentation; validation is of the weights at its end. The gradient's norm is that"
            + " of the cross-entropy. Of a cross-validation the values are means over its folds.",
        Figure.PAGE_WIDTH,
        lines * 350 + legendHeight,
        pen -> {
          for (int i = 0; i < there.size(); i++) {
            measure(pen, there.get(i), runs, 74 + i % 2 * 496, 36 + i / 2 * 350);
          }
          for (int r = 0; r < runs.size(); r++) {
            double x = hasRoom ? 570 : 74;
            double y = (hasRoom ? (lines - 1) * 350 + 46 : lines * 350 + 14) + 22 * r;
            Series key = series(runs, r, new double[0]);
            Panel.legend(pen, List.of(key), x, y);
          }
        });
  }

  private static Series series(List<EpochTable> runs, int r, double[] values) {
    Dash dash = DASHES.get(r % DASHES.size());
    return new Series(runs.get(r).name(), Palette.series(r), dash, runs.get(r).epochs(), values);
  }

  private static void measure(
      Pen pen, Measure measure, List<EpochTable> runs, double left, double top) {
    boolean settled = runs.stream().allMatch(r -> r.settled(measure.column()).length > 0);
    List<Series> lines = new ArrayList<>();
    for (int r = 0; r < runs.size(); r++) {
      EpochTable run = runs.get(r);
      double[] values = settled ? run.settled(measure.column()) : run.column(measure.column());
      if (values.length > 0) {
        lines.add(series(runs, r, values));
      }
    }
    Scale wide = measure.isShare() ? Scale.linear(0, 1) : wideScale(lines);
    Panel panel =
        new Panel(pen, left, top, 400, 250, epochScale(runs), wide == null ? scale(lines) : wide);
    String title = measure.title() + state(settled, measure, runs) + reach(measure, runs);
    frame(
        panel,
        wide != null && wide.logarithmic() ? title + " (log scale)" : title,
        measure.axis(),
        measure.isShare());
    lines.forEach(panel::line);
    if (lines.isEmpty()) {
      pen.text("no values", left + 200, top + 125, Anchor.MIDDLE, 12, Palette.GREY);
    }
  }

  /** Unsettled values are called so where a reader may take them for settled ones. */
  private static String state(boolean settled, Measure measure, List<EpochTable> runs) {
    if (settled) {
      return ", batch norm settled";
    }
    boolean some = runs.stream().anyMatch(r -> r.settled(measure.column()).length > 0);
    return some ? ", batch norm not settled" : "";
  }

  /** Lest one looks for the line of a run that has no such measure. */
  private static String reach(Measure measure, List<EpochTable> runs) {
    boolean ofAll = runs.stream().allMatch(r -> r.column(measure.column()).length > 0);
    return ofAll ? "" : ", not of every run";
  }

  private static Scale scale(List<Series> lines) {
    return Scale.upTo(largest(lines));
  }

  /** A logarithmic scale where the values span a factor of 30 or more, as exploding ones do. */
  private static @Nullable Scale wideScale(List<Series> lines) {
    double largest = largest(lines);
    double smallest =
        lines.stream()
            .flatMapToDouble(line -> Arrays.stream(line.ys()))
            .filter(v -> Double.isFinite(v) && v > 0)
            .min()
            .orElse(0);
    if (!(smallest > 0 && largest / smallest >= 30)) {
      return null;
    }
    return new Scale(smallest / 1.3, largest * 1.3, true);
  }
}
