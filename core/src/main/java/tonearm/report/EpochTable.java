package tonearm.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.RuntimeJsonMappingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How a training went, epoch by epoch, as figures need it: numbers by the name of their column.
 * Columns that are not known here are kept, and absent ones are no fault. Of a cross-validation's
 * history the values are means over the folds.
 *
 * @param name what a legend calls the run
 * @param columns by name, as many values in each; what is no number is NaN
 */
public record EpochTable(String name, Map<String, double[]> columns) {
  /** Its usual name in a run folder. */
  public static final String FILE = "history.csv";

  private static final String EPOCH = "epoch";
  private static final String FOLD = "fold";

  public EpochTable {
    columns = new LinkedHashMap<>(columns);
    if (columns.values().stream().mapToInt(c -> c.length).distinct().count() > 1) {
      throw new IllegalArgumentException("the columns of " + name + " are not equally long");
    }
  }

  /**
   * Reads a {@code history.csv}.
   *
   * @param csv with a header that has {@code epoch}, and at least one row
   * @param name what a legend calls the run
   * @throws IOException if it cannot be read or is no such file; the message names the file
   */
  public static EpochTable read(Path csv, String name) throws IOException {
    if (Files.size(csv) == 0) {
      throw new IOException(csv + " is empty");
    }
    List<Map<String, String>> rows = new ArrayList<>();
    boolean isHistory;
    try (InputStream in = Files.newInputStream(csv);
        MappingIterator<Map<String, String>> lines =
            new CsvMapper()
                .readerForMapOf(String.class)
                .with(CsvSchema.emptySchema().withHeader())
                .readValues(in)) {
      rows.addAll(lines.readAll());
      isHistory = ((CsvSchema) lines.getParserSchema()).column(EPOCH) != null;
    } catch (JsonProcessingException e) {
      throw new IOException(csv + " is damaged: " + e.getOriginalMessage(), e);
    } catch (RuntimeJsonMappingException | CharConversionException e) {
      throw new IOException(csv + " is damaged: " + e.getMessage(), e);
    }
    if (!isHistory) {
      throw new IOException(csv + " is no history: it has no column \"" + EPOCH + "\"");
    }
    if (rows.isEmpty()) {
      throw new IOException(csv + " has no epoch yet");
    }
    Map<String, double[]> columns = new LinkedHashMap<>();
    for (String column : rows.get(0).keySet()) {
      columns.put(column, rows.stream().mapToDouble(row -> number(row.get(column))).toArray());
    }
    double[] folds = columns.remove(FOLD);
    double[] epochs = columns.getOrDefault(EPOCH, new double[0]);
    if (!Arrays.stream(epochs).allMatch(Double::isFinite)) {
      throw new IOException(csv + " is damaged: an epoch is no number");
    }
    boolean hasFolds = folds != null && Arrays.stream(folds).distinct().count() > 1;
    return new EpochTable(name, hasFolds ? meanOverFolds(columns) : columns);
  }

  /** One row an epoch from the rows of all folds: the mean of those that got so far. */
  private static Map<String, double[]> meanOverFolds(Map<String, double[]> rows) {
    double[] epochOfRow = rows.getOrDefault(EPOCH, new double[0]);
    double[] epochs = Arrays.stream(epochOfRow).distinct().sorted().toArray();
    Map<String, double[]> means = new LinkedHashMap<>();
    rows.forEach(
        (column, values) -> {
          double[] mean = new double[epochs.length];
          for (int e = 0; e < epochs.length; e++) {
            double epoch = epochs[e];
            mean[e] =
                IntStream.range(0, values.length)
                    .filter(row -> epochOfRow[row] == epoch && Double.isFinite(values[row]))
                    .mapToDouble(row -> values[row])
                    .average()
                    .orElse(Double.NaN);
          }
          means.put(column, mean);
        });
    return means;
  }

  /**
   * Reads a history as Keras gives it: JSON with the arrays {@code accuracy}, {@code loss}, {@code
   * val_accuracy} and {@code val_loss}.
   *
   * @throws IOException if it cannot be read or is no such file; the message names the file
   */
  public static EpochTable readKeras(Path json, String name) throws IOException {
    JsonNode tree;
    try {
      tree = new ObjectMapper().readTree(Files.readAllBytes(json));
    } catch (JsonProcessingException e) {
      throw new IOException(json + " is damaged: " + e.getOriginalMessage(), e);
    }
    Map<String, String> names =
        Map.of(
            "accuracy", "train_accuracy",
            "loss", "train_loss",
            "val_accuracy", "valid_accuracy",
            "val_loss", "valid_loss");
    Map<String, double[]> columns = new LinkedHashMap<>();
    int epochs = tree.path("accuracy").size();
    double[] epoch = new double[epochs];
    for (int i = 0; i < epochs; i++) {
      epoch[i] = i + 1;
    }
    columns.put(EPOCH, epoch);
    for (Map.Entry<String, String> entry : names.entrySet()) {
      JsonNode values = tree.path(entry.getKey());
      if (values.size() != epochs || epochs == 0) {
        throw new IOException(
            json + " is no history: \"" + entry.getKey() + "\" has " + values.size() + " values");
      }
      double[] column = new double[epochs];
      for (int i = 0; i < epochs; i++) {
        column[i] = values.get(i).asDouble(Double.NaN);
      }
      columns.put(entry.getValue(), column);
    }
    return new EpochTable(name, columns);
  }

  private static double number(@Nullable String cell) {
    try {
      return cell == null || cell.isBlank() ? Double.NaN : Double.parseDouble(cell);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** The numbers of the epochs, from 1. */
  public double[] epochs() {
    return column(EPOCH);
  }

  /** Whether training diverged in its last epoch, so that this one has no penalty to tell. */
  boolean isBrokenOff() {
    double[] penalties = columns.get("penalty");
    return penalties != null && Double.isNaN(penalties[penalties.length - 1]);
  }

  /** The values of a column; none if it is not there or holds no number. */
  public double[] column(String column) {
    double[] values = columns.get(column);
    return values == null || !hasNumbers(values) ? new double[0] : values;
  }

  /**
   * The validation column with the batch norm's statistics settled, if the run has it: one that
   * names both {@code settled} and the plain column.
   */
  public double[] settled(String column) {
    for (Map.Entry<String, double[]> entry : columns.entrySet()) {
      String key = entry.getKey();
      if (key.contains("settled") && key.contains(column) && hasNumbers(entry.getValue())) {
        return entry.getValue();
      }
    }
    return new double[0];
  }

  private static boolean hasNumbers(double[] values) {
    for (double value : values) {
      if (Double.isFinite(value)) {
        return true;
      }
    }
    return false;
  }
}
