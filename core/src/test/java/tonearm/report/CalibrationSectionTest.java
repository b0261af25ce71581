package tonearm.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.eval.Bootstrap;
import tonearm.eval.ClipPrediction;
import tonearm.eval.ClipPredictions;
import tonearm.eval.Evaluation;

/** That a card's section is replaced, and nothing else of the card. */
class CalibrationSectionTest {
  private static final String NOTES =
      "## Calibration\n\nThe microphones' own.\n\n## Provenance\n\nA cellar.\n\n";

  @TempDir private Path folder;

  @Test
  void notesWithTheSameHeadingAreLeft() throws IOException {
    Path card = folder.resolve("MODEL_CARD.md");
    String before = "# A model\n\n| a | b |\n\n" + NOTES + ModelCard.TRAINING + "\n\nLong.\n\n";
    String after = ModelCard.PROVENANCE + "\n\nHere.\n";
    Files.writeString(card, before + after);
    assertThat(CalibrationSection.of(card)).isNull();

    CalibrationSection.put(card, "## Calibration\n\nT = 1.\n\n");
    assertThat(CalibrationSection.of(card)).contains("T = 1.").doesNotContain("microphones");
    CalibrationSection.put(card, "## Calibration\n\nT = 2.\n\n");

    assertThat(card).content().isEqualTo(before + "## Calibration\n\nT = 2.\n\n" + after);
  }

  @Test
  void theCardSaysOfTheRulesOnlyWhatTheSectionHas() throws IOException {
    Path card = folder.resolve("MODEL_CARD.md");
    Files.writeString(
        card, ModelCard.TRAINING + "\n\n" + ModelCard.UNCALIBRATED + "\n\n## Provenance\n");
    String sure = "## Calibration\n\nBelow 0.4 it is unknown.\n\n";
    String near = sure.strip() + " Farther than 2 (Mahalanobis distance by channel).\n\n";
    String all = near.strip() + " Nearer to one of 9 synthesised sounds that are no music.\n\n";
    for (String section : List.of(sure, near, all, sure)) {
      CalibrationSection.put(card, section);
      assertThat(Files.readString(card))
          .contains("leave it unsure")
          .doesNotContain("not calibrated")
          .matches(text -> text.contains("are unlike its training") == !section.equals(sure))
          .matches(text -> text.contains("like the sounds") == section.equals(all));
    }
  }

  @Test
  void aGenreThatWasNotHeldOutIsNotCalledWeak() {
    List<ClipPrediction> clips =
        List.of(
            new ClipPrediction("a", 0, 0, "valid", 0, new float[] {0.8f, 0.1f, 0.1f}),
            new ClipPrediction("b", 0, 0, "valid", 1, new float[] {0.8f, 0.1f, 0.1f}));
    StringBuilder text = new StringBuilder();
    HeldOutSections.append(
        text,
        Evaluation.of(
            new ClipPredictions(List.of("polka", "fado", "zydeco"), clips), Bootstrap.withSeed(1)));
    assertThat(text.toString())
        .contains("Weak genres (F1 below 0.6): fado (F1 0.00).")
        .contains("Not tested, since none of it is held out: zydeco.");
  }
}
