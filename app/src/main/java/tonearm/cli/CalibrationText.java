package tonearm.cli;

import java.io.PrintWriter;
import java.util.Locale;
import tonearm.eval.CalibrationStudy;
import tonearm.eval.CalibrationStudy.Level;
import tonearm.eval.CalibrationStudy.Scores;
import tonearm.eval.CalibrationStudy.Threshold;

/** A calibration as the terminal shows it. */
final class CalibrationText {
  private CalibrationText() {}

  /** What was fitted, what it is worth, and what thresholds give. */
  static void print(PrintWriter text, CalibrateCommand.Outcome outcome) {
    CalibrationStudy study = outcome.study();
    text.printf(
        Locale.ROOT,
        "%-14s %11s   %-23s   %s%n",
        "",
        "temperature",
        "expected calibr. error",
        "negative log-likelihood");
    text.printf(
        Locale.ROOT,
        "%26s   %7s %7s %7s   %7s %7s %7s%n",
        "",
        "before",
        "after",
        "held out",
        "before",
        "after",
        "held out");
    print(text, "tracks", study.tracks());
    print(text, "clips", study.clips());
    text.printf(
        "held out: each of %d folds of tracks at the temperature fitted to the others%n%n",
        study.folds());
    text.printf(
        "%-12s %9s %9s %13s %13s%n",
        "confidence", "answered", "right", "right lost", "wrong caught");
    study.thresholds().forEach(threshold -> print(text, threshold));
    text.println();
    print(text, outcome.chosen());
    text.printf(
        Locale.ROOT,
        "unknown below %.2f: the highest at which at most %.1f %% of right tracks are lost; %.1f %% where"
            + " each fold has that of the others%n",
        study.unknownBelow(),
        100 * study.maxLost(),
        100 * study.lostHeldOut());
    text.printf(
        Locale.ROOT,
        "of a single clip below %.2f, by the same rule over right clips; %.1f %% where each fold has that"
            + " of the others%n",
        study.clipUnknownBelow(),
        100 * study.clipLostHeldOut());
    LikenessStudy likeness = outcome.likeness();
    if (likeness != null) {
      print(text, likeness);
    }
  }

  /** What a calibration is worth on answers that it was not fitted to. */
  static void print(PrintWriter text, CalibrationJudgement judgement) {
    text.printf(
        Locale.ROOT,
        "%-14s %11s   %-22s   %s%n",
        "",
        "temperature",
        "expected calibr. error",
        "negative log-likelihood");
    text.printf(
        Locale.ROOT, "%26s   %9s %9s   %9s %9s%n", "", "before", "after", "before", "after");
    print(text, "tracks", judgement.tracks());
    print(text, "clips", judgement.clips());
    text.printf(
        "%n%-12s %9s %9s %13s %13s%n",
        "confidence", "answered", "right", "right lost", "wrong caught");
    text.print("all         ");
    printRest(text, judgement.all());
    print(text, judgement.known());
  }

  private static void print(PrintWriter text, String what, CalibrationJudgement.Level level) {
    Scores before = level.before();
    Scores after = level.after();
    text.printf(
        Locale.ROOT,
        "%-6s %7d %11.3f   %7.1f %% %7.1f %%   %9.3f %9.3f%n",
        what,
        before.reliability().count(),
        level.temperature(),
        100 * before.reliability().expectedCalibrationError(),
        100 * after.reliability().expectedCalibrationError(),
        before.negativeLogLikelihood(),
        after.negativeLogLikelihood());
  }

  private static void print(PrintWriter text, LikenessStudy likeness) {
    Double honest = likeness.lostHeldOut();
    text.printf(
        Locale.ROOT,
        "unknown beyond a distance of %.2f from every genre%s: so are %.1f %% of %d right tracks (%s)%s%n",
        likeness.greatestDistance(),
        likeness.sounds() == 0
            ? ""
            : String.format(
                Locale.ROOT,
                ", or nearer to one of %d sounds that are no music",
                likeness.sounds()),
        100 * likeness.lost(),
        likeness.tracks(),
        likeness.judged(),
        honest == null
            ? ""
            : String.format(
                Locale.ROOT, "; %.1f %% where each fold has that of the others", 100 * honest));
    text.printf(
        Locale.ROOT,
        "of a single clip beyond %.2f: so are %.1f %% of %d right clips%n",
        likeness.greatestClipDistance(),
        100 * likeness.clipsLost(),
        likeness.clips());
    if (likeness.sounds() > 0) {
      text.printf(
          Locale.ROOT,
          "nearer to such a sound are %.1f %% of these tracks and %.1f %% of these clips%n",
          100 * likeness.noMusic(),
          100 * likeness.clipsNoMusic());
    }
    text.println("all rules together:");
    print(text, likeness.together());
  }

  private static void print(PrintWriter text, String what, Level level) {
    text.printf(
        Locale.ROOT,
        "%-6s %7d %11.3f   %5.1f %% %5.1f %% %6.1f %%   %7.3f %7.3f %8.3f%n",
        what,
        level.before().reliability().count(),
        level.temperature(),
        100 * level.before().reliability().expectedCalibrationError(),
        100 * level.after().reliability().expectedCalibrationError(),
        100 * level.heldOut().reliability().expectedCalibrationError(),
        level.before().negativeLogLikelihood(),
        level.after().negativeLogLikelihood(),
        level.heldOut().negativeLogLikelihood());
  }

  private static void print(PrintWriter text, Threshold threshold) {
    text.printf(Locale.ROOT, "%12.2f", threshold.confidence());
    printRest(text, threshold);
  }

  private static void printRest(PrintWriter text, Threshold threshold) {
    Double accuracy = threshold.accuracy();
    text.printf(
        Locale.ROOT,
        " %7.1f %% %9s %11.1f %% %11.1f %%%n",
        100 * threshold.coverage(),
        accuracy == null ? "" : String.format(Locale.ROOT, "%.1f %%", 100 * accuracy),
        100 * threshold.lost(),
        100 * threshold.caught());
  }
}
