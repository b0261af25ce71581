package tonearm.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import tonearm.provenance.AtomicFiles;

/** Figure 13: several runs epoch by epoch, from their {@code history.csv} files alone. */
public final class Comparison {
  /** The name of its files, without extension. */
  public static final String NAME = "13-comparison";

  /**
   * A run to compare.
   *
   * @param label what the legend calls it; each a different one
   * @param folder with {@code history.csv}
   */
  public record NamedRun(String label, Path folder) {}

  private final List<EpochTable> runs;
  private final Figure figure;

  private Comparison(List<EpochTable> runs) {
    this.runs = runs;
    this.figure = HistoryFigures.comparison(NAME, runs);
  }

  /**
   * Reads the histories.
   *
   * @param runs 1 to {@value HistoryFigures#MAX_RUNS}
   * @throws IOException if a history is missing or damaged; the message names the file
   * @throws IllegalArgumentException if there are too many runs, or two of one name
   */
  public static Comparison read(List<NamedRun> runs) throws IOException {
    List<EpochTable> tables = new ArrayList<>();
    for (NamedRun run : runs) {
      tables.add(EpochTable.read(run.folder().resolve(EpochTable.FILE), run.label()));
    }
    return new Comparison(tables);
  }

  /** The figure. */
  public Figure figure() {
    return figure;
  }

  /** The last and the best value of each run, one run a line, for people. */
  public String table() {
    StringBuilder text = new StringBuilder();
    int width = runs.stream().mapToInt(run -> run.name().length()).max().orElse(0);
    for (EpochTable run : runs) {
      double[] train = run.column("train_accuracy");
      double[] settled = run.settled("valid_accuracy");
      double[] valid = settled.length > 0 ? settled : run.column("valid_accuracy");
      text.append(
          String.format(
              Locale.ROOT,
              "%-" + Math.max(1, width) + "s  %3d epochs  training %s  validation %s, best %s%n",
              run.name(),
              run.epochs().length,
              percent(last(train)),
              percent(last(valid)),
              percent(DoubleStream.of(valid).filter(Double::isFinite).max().orElse(Double.NaN))));
    }
    return text.toString();
  }

  private static double last(double[] values) {
    return values.length == 0 ? Double.NaN : values[values.length - 1];
  }

  private static String percent(double share) {
    return Double.isFinite(share) ? String.format(Locale.ROOT, "%5.1f %%", 100 * share) : "-";
  }

  /** Writes the figure as SVG and PNG, and all values that are in it as CSV. */
  public void write(Path folder) throws IOException {
    figure.write(folder);
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
