package tonearm.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tonearm.eval.CalibrationStudy;
import tonearm.eval.CalibrationStudy.Level;
import tonearm.model.Calibration.Likeness;
import tonearm.provenance.AtomicFiles;

/** What a bundle's card says of its calibration: put into a card that is there already. */
public final class CalibrationSection {
  private static final String HEADING = "## Calibration\n";
  private static final String NEXT = "\n## ";

  // What tells which rules a section has.
  private static final String DISTANCE = "Mahalanobis distance";
  private static final String NO_MUSIC = "synthesised sounds that are no music";

  private CalibrationSection() {}

  /**
   * Puts the section into a card, in place of an earlier one; the rest stays. Nothing happens if
   * there is no card.
   *
   * @param card the file
   * @param chosen what the threshold for unknown genres gives
   * @param likeness how far a song may be from the training; null if that is not looked at
   */
  public static void put(
      Path card,
      CalibrationStudy study,
      CalibrationStudy.Threshold chosen,
      @Nullable Likeness likeness)
      throws IOException {
    if (Files.notExists(card)) {
      return;
    }
    put(card, section(study, chosen, likeness));
  }

  /** The section of a card; null if it has none, or there is no card. */
  public static @Nullable String of(Path card) throws IOException {
    if (Files.notExists(card)) {
      return null;
    }
    String text = Files.readString(card);
    int at = start(text);
    int end = text.indexOf(NEXT, at);
    return at < 0 ? null : (end < 0 ? text.substring(at) + "\n" : text.substring(at, end + 1));
  }

  /** Puts a section that {@link #of} gave into a card that is there, in place of an earlier one. */
  public static void put(Path card, String section) throws IOException {
    String text = Files.readString(card);
    for (String other : ModelCard.WHAT_IT_ANSWERS) {
      text = text.replace(other, whatItAnswers(section));
    }
    int at = start(text);
    if (at >= 0) {
      int end = text.indexOf(NEXT, at);
      text = text.substring(0, at) + section + (end < 0 ? "" : text.substring(end + 1));
    } else {
      // Before how the model came about, which ends every card of Tonearm's.
      int provenance = text.lastIndexOf("\n" + ModelCard.PROVENANCE);
      text =
          provenance < 0
              ? text.stripTrailing() + "\n\n" + section
              : text.substring(0, provenance + 1) + section + text.substring(provenance + 1);
    }
    AtomicFiles.writeString(card, text.stripTrailing() + "\n");
  }

  /** What else but its genres the model answers, as far as the section's rules go. */
  private static String whatItAnswers(String section) {
    if (section.contains(NO_MUSIC)) {
      return ModelCard.CALIBRATED;
    }
    return section.contains(DISTANCE) ? ModelCard.WITHOUT_SOUNDS : ModelCard.BY_CONFIDENCE;
  }

  /** Where the section begins; below 0 if there is none. Notes, which come first, may have one. */
  private static int start(String card) {
    int before = card.indexOf("\n" + HEADING, card.lastIndexOf("\n" + ModelCard.TRAINING));
    return before < 0 ? -1 : before + 1;
  }

  private static String section(
      CalibrationStudy study, CalibrationStudy.Threshold chosen, @Nullable Likeness likeness) {
    StringBuilder text = new StringBuilder(HEADING);
    text.append(
        """

        Probabilities are calibrated by temperature on tracks that were held out. The expected \
        calibration error after it is that of tracks that the temperature was not fitted to.

        | | count | temperature | error before | after |
        |---|---|---|---|---|
        """);
    row(text, "songs", study.tracks());
    row(text, "clips", study.clips());
    text.append(
        String.format(
            Locale.ROOT,
            "%nA song of two clips or more of confidence below %.2f is answered `unknown`: of the tracks held out %.1f %%,"
                + " of those rightly answered %.1f %%, of those wrongly answered %.1f %%.",
            chosen.confidence(),
            100 * (1 - chosen.coverage()),
            100 * chosen.lost(),
            100 * chosen.caught()));
    text.append(
        String.format(
            Locale.ROOT,
            " Where a single clip was heard, the limit is %.2f.",
            study.clipUnknownBelow()));
    if (likeness != null) {
      text.append(
          String.format(
              Locale.ROOT,
              " Unknown is also a song of two clips or more whose embedding lies farther than %.2f from every"
                  + " genre ("
                  + DISTANCE
                  + " by channel, 1 is usual)",
              likeness.greatestDistance()));
      Double ofClip = likeness.greatestClipDistance();
      if (ofClip != null) {
        text.append(
            String.format(Locale.ROOT, ", and one of a single clip farther than %.2f", ofClip));
      }
      int sounds = likeness.noMusic().size();
      text.append(
          sounds == 0
              ? "."
              : String.format(
                  Locale.ROOT,
                  ". So is what lies nearer to one of %d " + NO_MUSIC + " than to any genre.",
                  sounds));
    }
    return text.append("\n\n").toString();
  }

  private static void row(StringBuilder text, String what, Level level) {
    text.append(
        String.format(
            Locale.ROOT,
            "| %s | %d | %.2f | %.1f %% | %.1f %% |%n",
            what,
            level.before().reliability().count(),
            level.temperature(),
            100 * level.before().reliability().expectedCalibrationError(),
            100 * level.heldOut().reliability().expectedCalibrationError()));
  }
}
