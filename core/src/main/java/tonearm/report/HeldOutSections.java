package tonearm.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tonearm.eval.ConfusionMatrix;
import tonearm.eval.Evaluation;
import tonearm.eval.Metrics;

/** What a model card says of the tracks that were held out, after the overall figures. */
final class HeldOutSections {
  /** A genre whose F1 on held-out clips is below this is named as a weakness. */
  private static final double WEAK_F1 = 0.6;

  /** Genres taken for another at least this often are named. */
  private static final double OFTEN = 0.15;

  private HeldOutSections() {}

  /** By genre, the weaknesses, and the confusion matrix. */
  static void append(StringBuilder text, Evaluation held) {
    appendGenres(text, held);
    appendWeaknesses(text, held);
    appendConfusion(text, held);
  }

  private static void appendGenres(StringBuilder text, Evaluation held) {
    ModelCard.line(text, "## By genre, on clips held out");
    text.append('\n');
    ModelCard.line(text, "| genre | precision | recall | F1 | clips | tracks right |");
    ModelCard.line(text, "|---|---|---|---|---|---|");
    for (Map.Entry<String, Metrics.OfGenre> entry : held.clips().perGenre().entrySet()) {
      Metrics.OfGenre g = entry.getValue();
      Metrics.OfGenre tracks = held.tracks().perGenre().get(entry.getKey());
      ModelCard.line(
          text,
          "| %s | %.2f | %.2f | %.2f | %d | %s |",
          entry.getKey(),
          g.precision(),
          g.recall(),
          g.f1(),
          g.support(),
          tracks == null
              ? ""
              : Math.round(tracks.recall() * tracks.support()) + " of " + tracks.support());
    }
    text.append('\n');
  }

  private static void appendWeaknesses(StringBuilder text, Evaluation held) {
    ConfusionMatrix confusion = held.clips().confusion();
    List<String> genres = confusion.genres();
    List<String> weak = new ArrayList<>();
    List<String> untested = new ArrayList<>();
    for (int i = 0; i < genres.size(); i++) {
      if (confusion.support(i) == 0) {
        untested.add(genres.get(i));
      } else if (confusion.f1(i) < WEAK_F1) {
        weak.add(String.format(Locale.ROOT, "%s (F1 %.2f)", genres.get(i), confusion.f1(i)));
      }
    }
    List<double[]> mistakes = new ArrayList<>();
    double[][] rates = confusion.rowNormalised();
    for (int i = 0; i < rates.length; i++) {
      for (int j = 0; j < rates.length; j++) {
        if (i != j && rates[i][j] >= OFTEN) {
          mistakes.add(new double[] {rates[i][j], i, j});
        }
      }
    }
    mistakes.sort(Comparator.comparingDouble((double[] m) -> -m[0]));
    ModelCard.line(text, "## Known weaknesses");
    text.append('\n');
    ModelCard.line(
        text,
        "- Weak genres (F1 below %.1f): %s.",
        WEAK_F1,
        weak.isEmpty() ? "none" : String.join(", ", weak));
    if (!untested.isEmpty()) {
      ModelCard.line(
          text, "- Not tested, since none of it is held out: %s.", String.join(", ", untested));
    }
    for (double[] m : mistakes) {
      ModelCard.line(
          text,
          "- %.0f %% of %s clips are taken for %s.",
          100 * m[0],
          genres.get((int) m[1]),
          genres.get((int) m[2]));
    }
    ModelCard.line(text, ModelCard.UNCALIBRATED);
    text.append('\n');
  }

  private static void appendConfusion(StringBuilder text, Evaluation held) {
    ConfusionMatrix confusion = held.clips().confusion();
    ModelCard.line(text, "## Confusion of clips held out");
    text.append('\n');
    ModelCard.line(text, "Rows are true, columns are predicted.");
    text.append('\n');
    ModelCard.line(text, "| | %s |", String.join(" | ", confusion.genres()));
    ModelCard.line(text, "|---%s|", "|---".repeat(confusion.genres().size()));
    for (int i = 0; i < confusion.genres().size(); i++) {
      StringBuilder row = new StringBuilder("| " + confusion.genres().get(i) + " |");
      for (int count : confusion.counts().get(i)) {
        row.append(' ').append(count == 0 ? "" : Integer.toString(count)).append(" |");
      }
      ModelCard.line(text, "%s", row);
    }
    text.append('\n');
  }
}
