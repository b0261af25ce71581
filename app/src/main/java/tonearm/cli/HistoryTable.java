package tonearm.cli;

import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.Locale;
import tonearm.report.EpochTable;

/** Where a training began, ended, and moved at its end, as the terminal shows it. */
final class HistoryTable {
  /** As many epochs at the end tell how far values move from one to the next. */
  private static final int LAST = 10;

  private HistoryTable() {}

  /**
   * A line each for what the history has of accuracy and loss: in the first epoch, in the last, and
   * the least and most of the last ten.
   *
   * @param name whose history it is
   */
  static String of(String name, EpochTable history) {
    int epochs = history.epochs().length;
    return String.format(
            Locale.ROOT,
            "%-26s %8s %8s   least and most of the last %d%n",
            name + ", " + epochs + (epochs == 1 ? " epoch" : " epochs"),
            "first",
            "last",
            Math.min(LAST, epochs))
        + share("training clips right", history.column("train_accuracy"))
        + share("validation clips right", history.column("valid_accuracy"))
        + share("  the same, settled", history.settled("valid_accuracy"))
        + number("training loss", history.column("train_loss"))
        + number("penalty by L2", history.column("penalty"))
        + number("validation loss", history.column("valid_loss"))
        + number("  the same, settled", history.settled("valid_loss"));
  }

  private static String share(String what, double[] values) {
    return row(what, Arrays.stream(values).map(v -> 100 * v).toArray(), "%.1f", " %");
  }

  private static String number(String what, double[] values) {
    return row(what, values, "%.2f", "");
  }

  private static String row(String what, double[] values, String format, String unit) {
    if (values.length == 0) {
      return "";
    }
    DoubleSummaryStatistics end =
        Arrays.stream(values)
            .skip(Math.max(0, values.length - LAST))
            .filter(Double::isFinite)
            .summaryStatistics();
    String range =
        end.getCount() == 0
            ? ""
            : shown(end.getMin(), format) + " to " + shown(end.getMax(), format) + unit;
    return String.format(
        Locale.ROOT,
        "  %-24s %8s %8s   %s%n",
        what,
        shown(values[0], format) + unit,
        shown(values[values.length - 1], format) + unit,
        range);
  }

  /** A training that diverged has no number in its last epoch. */
  private static String shown(double value, String format) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "none";
  }
}
