package tonearm.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tonearm.bench.Measurement.Table;
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Machine;
import tonearm.provenance.Provenance;
import tonearm.terminal.Text;

/**
 * What was measured, and where: one JSON object, or the tables of {@code docs/BENCHMARKS.md}.
 *
 * @param provenance version, date, Java, machine
 * @param measurements in the order of the tables
 */
public record BenchReport(Provenance provenance, List<Measurement> measurements) {
  private static final String BEGIN = "<!-- bench:begin -->";
  private static final String END = "<!-- bench:end -->";

  /** The tables as Markdown; ends with a line break. */
  public String toMarkdown() {
    StringBuilder text = new StringBuilder();
    Machine machine = provenance.machine();
    text.append(
        "Measured %s on Java %s (%s), %s, %s, %s%s.%n"
            .formatted(
                provenance.inWords(),
                provenance.javaVersion(),
                provenance.javaVendor(),
                machine.os(),
                machine.cpu(),
                Text.count(machine.cores(), "core"),
                machine.cpuFlags().isEmpty() ? "" : ", " + String.join(" ", machine.cpuFlags())));
    for (Table table : Table.values()) {
      List<Measurement> rows = measurements.stream().filter(m -> m.table() == table).toList();
      if (!rows.isEmpty()) {
        text.append("\n### ").append(table.title()).append("\n\n");
        text.append("| what | median | least | most | unit | runs |\n");
        text.append("|---|--:|--:|--:|---|--:|\n");
        rows.forEach(row -> append(text, row));
      }
    }
    return text.toString();
  }

  private static void append(StringBuilder text, Measurement row) {
    text.append("| ")
        .append(row.name().replace("|", "\\|"))
        .append(" | ")
        .append(Text.figure(row.median()))
        .append(" | ")
        .append(Text.figure(row.least()))
        .append(" | ")
        .append(Text.figure(row.most()))
        .append(" | ")
        .append(row.unit())
        .append(" | ")
        .append(row.runs())
        .append(" |\n");
  }

  /**
   * Checks that {@link #update} will find its place.
   *
   * @throws IOException if the file cannot be read or lacks a marker
   */
  public static void requireMarkers(Path document) throws IOException {
    updated(document, "");
  }

  /** Puts the tables between the markers of a document; the rest stays as it is. */
  public void update(Path document) throws IOException {
    AtomicFiles.writeString(document, updated(document, toMarkdown()));
  }

  private static String updated(Path document, String tables) throws IOException {
    String text = Files.readString(document);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END, Math.max(0, begin));
    if (begin < 0 || end < 0) {
      throw new IOException(
          document
              + ": the tables go between the lines "
              + BEGIN
              + " and "
              + END
              + ", in this order");
    }
    return text.substring(0, begin + BEGIN.length()) + "\n" + tables + text.substring(end);
  }
}
