package tonearm.cli;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tonearm.provenance.Provenance;
import tonearm.terminal.Text;

/**
 * Augmentation of sound beside augmentation of spectrograms: one JSON object, or the tables of
 * {@code docs/REPRODUCTION.md}.
 *
 * @param provenance version, date, Java, machine
 * @param closeness medians over the tracks; empty if not asked for
 * @param cost empty if not asked for
 */
record AugmentationReport(
    Provenance provenance,
    List<AugmentationCloseness.Row> closeness,
    List<AugmentationCost.Row> cost) {

  /** The tables as Markdown; ends with a line break. */
  String toMarkdown() {
    StringBuilder text = new StringBuilder();
    if (!closeness.isEmpty()) {
      int tracks = closeness.stream().mapToInt(AugmentationCloseness.Row::tracks).max().orElse(0);
      text.append("How close the spectrogram version comes to the waveform version: ")
          .append(tracks == 1 ? "one track" : "medians over " + Text.count(tracks, "track"))
          .append(".\n\n")
          .append(
              "| change | levels between | correlation, all rows | in the band | least of a track | as pictures")
          .append(" | mean error, dB | offset, dB |\n|---|---|--:|--:|--:|--:|--:|--:|\n");
      for (AugmentationCloseness.Row row : closeness) {
        text.append("| ")
            .append(
                String.join(
                    " | ",
                    row.change(),
                    row.interpolation(),
                    cell("%.3f", row.correlation()),
                    cell("%.3f", row.correlationInBand()),
                    cell("%.3f", row.least()),
                    cell("%.3f", row.asPictures()),
                    cell("%.2f", row.meanErrorDb()),
                    cell("%+.2f", row.offsetDb())))
            .append(" |\n");
      }
    }
    if (!cost.isEmpty()) {
      text.append(closeness.isEmpty() ? "" : "\n")
          .append("What the five clips of a 30-second track cost, on ")
          .append(provenance.machine().cpu())
          .append(", ")
          .append(Text.count(provenance.machine().cores(), "core"))
          .append(".\n\n")
          .append("| augmented | part | threads | ms a track | least | most | ")
          .append(AugmentationCost.EPOCH_TRACKS)
          .append(" tracks, s |\n|---|---|--:|--:|--:|--:|--:|\n");
      for (AugmentationCost.Row row : cost) {
        text.append("| ")
            .append(String.join(" | ", row.arm(), row.part(), "" + row.threads()))
            .append(" | ")
            .append(Text.figure(1000 * row.secondsPerTrack()))
            .append(" | ")
            .append(Text.figure(1000 * row.least()))
            .append(" | ")
            .append(Text.figure(1000 * row.most()))
            .append(" | ")
            .append(Text.figure(row.epochSeconds()))
            .append(" |\n");
      }
    }
    return text.toString();
  }

  private static String cell(String format, @Nullable Double figure) {
    return figure == null ? "" : String.format(Locale.ROOT, format, figure);
  }
}
