package tonearm.cli;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Evaluation;
import tonearm.eval.GenreOrder;
import tonearm.eval.Interval;
import tonearm.eval.Metrics;
import tonearm.terminal.Text;

/** How often a model is right, as the terminal shows it. */
final class ScoreTable {
  private ScoreTable() {}

  /** Three levels of one side, each with its interval. */
  static String of(String side, Evaluation evaluation) {
    StringBuilder text = new StringBuilder();
    text.append(row(side + " clips", evaluation.clips()));
    text.append(row(side + " tracks", evaluation.tracks()));
    text.append(row(side + " tracks, by vote", evaluation.tracksMajorityVote()));
    return text.toString();
  }

  /** Clips and votes of answers that are genres and no probabilities. */
  static String ofVotes(String side, Evaluation evaluation) {
    return row(side + " clips", evaluation.clips())
        + row(side + " tracks, by vote", evaluation.tracksMajorityVote());
  }

  /** F1 of each genre at clip level, a bar each. */
  static String byGenre(Evaluation evaluation) {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, Metrics.OfGenre> entry : evaluation.clips().perGenre().entrySet()) {
      Metrics.OfGenre g = entry.getValue();
      text.append(
          String.format(
              Locale.ROOT,
              "  %-12s precision %.2f  recall %.2f  F1 %.2f  %s%n",
              entry.getKey(),
              g.precision(),
              g.recall(),
              g.f1(),
              Text.bar(g.f1(), 20)));
    }
    return text.toString();
  }

  /** How well the published run's genres are named; another order if that is far better. */
  static String ofOrder(GenreOrder order, @Nullable GenreOrder heldOut) {
    String named =
        "Under its names for the genres the published run's errors correlate with this run's by "
            + asNamed(order);
    if (heldOut != null) {
      named += "By the clips alone that both hold out it is " + asNamed(heldOut);
    }
    return order.isDoubtful()
        ? named
            + String.format(
                Locale.ROOT,
                "The best of all has %.2f, the next %.2f; by classes: %s%n",
                order.correlation(),
                order.next(),
                String.join(",", order.likeliest()))
        : named;
  }

  private static String asNamed(GenreOrder order) {
    return String.format(
        Locale.ROOT,
        "%.2f; %,d of %,d other orders of the names do better, %.2f %%.%n",
        order.asNamed(),
        order.better(),
        order.orders() - 1,
        100.0 * order.better() / (order.orders() - 1));
  }

  private static String row(String what, Metrics m) {
    return String.format(
        Locale.ROOT,
        "%-26s %5d  %5.1f %% right%s  macro F1 %.3f%n",
        what,
        m.count(),
        100 * m.accuracy(),
        interval(m.accuracyInterval()),
        m.macroF1());
  }

  private static String interval(@Nullable Interval i) {
    return i == null
        ? ""
        : String.format(Locale.ROOT, " (%.1f to %.1f)", 100 * i.low(), 100 * i.high());
  }
}
