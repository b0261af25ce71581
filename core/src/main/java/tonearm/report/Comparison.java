package tonearm.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tonearm.provenance.AtomicFiles;

/**
 * Figure 13: several runs epoch by epoch, from their {@code history.csv} files, and what they are
 * worth in the end, from their {@code metrics.json}.
 */
public final class Comparison {
  /** The name of its files, without extension. */
  public static final String NAME = "13-comparison";

  /**
   * A run to compare.
   *
   * @param label what the legend calls it; each a different one
   * @param folder with {@code history.csv}; finished, if it has {@code metrics.json} too
   */
  public record NamedRun(String label, Path folder) {}

  private final List<EpochTable> runs;
  private final String table;
  private final Figure figure;

  private Comparison(List<EpochTable> runs, String table) {
    this.runs = runs;
    this.table = table;
    this.figure = HistoryFigures.comparison(NAME, runs);
  }

  /**
   * Reads the histories.
   *
   * @param runs 1 to {@value HistoryFigures#MAX_RUNS}
   * @throws IOException if a history is missing or a file damaged; the message names the file
   * @throws IllegalArgumentException if there are too many runs, or two of one name
   */
  public static Comparison read(List<NamedRun> runs) throws IOException {
    List<EpochTable> tables = new ArrayList<>();
    for (NamedRun run : runs) {
      tables.add(EpochTable.read(run.folder().resolve(EpochTable.FILE), run.label()));
    }
    String differences = DifferenceTable.of(runs);
    String table = ComparisonTable.of(runs, tables);
    return new Comparison(tables, differences.isEmpty() ? table : table + "\n" + differences);
  }

  /** The figure. */
  public Figure figure() {
    return figure;
  }

  /**
   * What the finished runs are worth, and by how much more or less than the first, as Markdown
   * tables; see {@link ComparisonTable} and {@link DifferenceTable}.
   */
  public String table() {
    return table;
  }

  /** Writes the figure as SVG and PNG, and all values that are in it as CSV. */
  public void write(Path folder) throws IOException {
    figure.write(folder);
    AtomicFiles.writeString(folder.resolve(NAME + ".md"), table);
    StringBuilder csv = new StringBuilder("run,epoch,measure,value\n");
    for (EpochTable run : runs) {
      double[] epochs = run.epochs();
      run.columns()
          .forEach(
              (column, values) -> {
                for (int i = 0; i < values.length && !column.equals("epoch"); i++) {
                  if (Double.isFinite(values[i])) {
                    csv.append('"').append(run.name().replace("\"", "\"\"")).append("\",");
                    csv.append(Scale.label(epochs[i])).append(',').append(column).append(',');
                    csv.append(values[i]).append('\n');
                  }
                }
              });
    }
    AtomicFiles.writeString(folder.resolve(NAME + ".csv"), csv.toString());
  }
}
