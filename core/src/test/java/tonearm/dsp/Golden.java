package tonearm.dsp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** Expected values made by {@code golden/generate.py}. */
public final class Golden {
  private Golden() {}

  /** A golden file, with its input, expected values and the versions that made it. */
  public static JsonNode read(String name) {
    String resource = "/golden/" + name;
    try (InputStream file = Golden.class.getResourceAsStream(resource)) {
      return new ObjectMapper().readTree(Objects.requireNonNull(file, resource));
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }

  /** A JSON array of numbers. */
  public static double[] doubles(JsonNode array) {
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).doubleValue();
    }
    return values;
  }
}
