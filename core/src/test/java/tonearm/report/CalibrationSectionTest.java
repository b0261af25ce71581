package tonearm.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
