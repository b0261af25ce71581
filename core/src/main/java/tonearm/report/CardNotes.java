package tonearm.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The notes in a card that is there already, so that a card made anew can keep them. */
public final class CardNotes {
  private CardNotes() {}

  /**
   * What stands between the first table of a card that {@link ModelCard#write} wrote and its
   * section on the training.
   *
   * @return null if there are no notes, or there is no such card
   */
  public static @Nullable String of(Path card) throws IOException {
    if (Files.notExists(card)) {
      return null;
    }
    List<String> lines = Files.readAllLines(card);
    int end = lines.lastIndexOf(ModelCard.TRAINING);
    int from = 0;
    while (from < lines.size() && !lines.get(from).startsWith("|")) {
      from++;
    }
    while (from < lines.size() && lines.get(from).startsWith("|")) {
      from++;
    }
    String notes = from < end ? String.join("\n", lines.subList(from, end)).strip() : "";
    return notes.isEmpty() ? null : notes;
  }
}
