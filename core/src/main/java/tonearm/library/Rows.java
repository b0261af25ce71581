package tonearm.library;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Prediction;
import tonearm.provenance.Json;

/** What stands in the index's cells, as Java has it. */
final class Rows {
  private Rows() {}

  /**
   * The answer in a row.
   *
   * @param row its first cells: status, probabilities, duration_s, clips, warnings, error, model,
   *     genre
   * @throws IOException if the cells cannot be an answer
   */
  static Prediction prediction(String path, ResultSet row) throws SQLException, IOException {
    try {
      if (!"ok".equals(row.getString(1))) {
        return Prediction.error(path, text(row, 6));
      }
      Map<String, Float> probabilities = probabilities(text(row, 2));
      float[] values = new float[probabilities.size()];
      int i = 0;
      for (float value : probabilities.values()) {
        values[i++] = value;
      }
      Prediction prediction =
          Prediction.ok(
              path,
              List.copyOf(probabilities.keySet()),
              values,
              row.getDouble(3),
              row.getInt(4),
              text(row, 7));
      if (Prediction.UNKNOWN.equals(row.getString(8))
          && !probabilities.containsKey(Prediction.UNKNOWN)) {
        prediction = prediction.asUnknown();
      }
      List<String> warnings = texts(row.getString(5));
      return warnings == null ? prediction : prediction.withWarnings(warnings);
    } catch (IllegalArgumentException | NullPointerException e) {
      throw new IOException("the index has an answer that cannot be: " + e.getMessage(), e);
    }
  }

  /** Genre to probability, in the order of the text. */
  static Map<String, Float> probabilities(String json) throws IOException {
    Map<String, Float> probabilities = new LinkedHashMap<>();
    Map<?, ?> read = Json.fromText(json, LinkedHashMap.class);
    for (Map.Entry<?, ?> entry : read.entrySet()) {
      if (!(entry.getValue() instanceof Number number)) {
        throw new IOException("the index has a probability that is no number: " + entry);
      }
      probabilities.put(String.valueOf(entry.getKey()), number.floatValue());
    }
    return probabilities;
  }

  /** A list of texts; null if there is none. */
  static @Nullable List<String> texts(@Nullable String json) throws IOException {
    if (json == null) {
      return null;
    }
    List<String> texts = new ArrayList<>();
    List<?> read = Json.fromText(json, List.class);
    for (Object text : read) {
      texts.add(String.valueOf(text));
    }
    return texts;
  }

  private static String text(ResultSet row, int column) throws SQLException {
    return Objects.requireNonNull(row.getString(column), "an empty cell");
  }
}
