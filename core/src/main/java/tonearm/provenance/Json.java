package tonearm.provenance;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * JSON as every artefact of Tonearm has it: records, keys in snake_case, absent instead of null.
 * Reading is strict: unknown, repeated and missing keys are refused, and the message names the
 * file, the place and the cause.
 */
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .build();

  private Json() {}

  /** The value on several lines, for people; ends with a line break. */
  public static String toText(Object value) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("cannot be written as JSON: " + value.getClass(), e);
    }
  }

  /** The value on one line, without a line break: for JSON Lines. */
  public static String toLine(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("cannot be written as JSON: " + value.getClass(), e);
    }
  }

  /**
   * Reads one value.
   *
   * @throws IOException if the text is not a JSON value of this type; the message names the cause
   */
  public static <T> T fromText(String text, Class<T> type) throws IOException {
    return fromText("JSON", text, type);
  }

  /** Writes {@link #toText} atomically, see {@link AtomicFiles}. */
  public static void write(Path file, Object value) throws IOException {
    AtomicFiles.writeString(file, toText(value));
  }

  /**
   * Reads a file that {@link #write} wrote.
   *
   * @throws IOException if it cannot be read or is not a JSON value of this type; the message names
   *     the file and the cause
   */
  public static <T> T read(Path file, Class<T> type) throws IOException {
    String text;
    try {
      text = Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new IOException(file + ": is not a text in UTF-8", e);
    }
    return fromText(file.toString(), text, type);
  }

  /**
   * A value that two records do not share.
   *
   * @param name its keys from the outermost on, joined by dots
   * @param first the value in the first, as JSON; "none" if it has none
   * @param second the value in the second
   */
  public record Difference(String name, String first, String second) {
    /** Whether it is the value of this name or a part of it. */
    public boolean isBelow(String outer) {
      return name.equals(outer) || name.startsWith(outer + ".");
    }
  }

  /** What two records do not share, in the order of their keys; a list is one value. */
  public static List<Difference> differences(Object first, Object second) {
    List<Difference> differences = new ArrayList<>();
    differ("", MAPPER.valueToTree(first), MAPPER.valueToTree(second), differences);
    return differences;
  }

  private static void differ(String name, JsonNode first, JsonNode second, List<Difference> to) {
    if (first.isObject() && second.isObject()) {
      Set<String> keys = new LinkedHashSet<>();
      first.fieldNames().forEachRemaining(keys::add);
      second.fieldNames().forEachRemaining(keys::add);
      for (String key : keys) {
        differ(name.isEmpty() ? key : name + "." + key, first.path(key), second.path(key), to);
      }
    } else if (!first.equals(second)) {
      to.add(new Difference(name, inWords(first), inWords(second)));
    }
  }

  private static String inWords(JsonNode value) {
    return value.isMissingNode() ? "none" : value.isObject() ? "set" : toLine(value);
  }

  private static <T> T fromText(String source, String text, Class<T> type) throws IOException {
    if (text.isBlank()) {
      throw new IOException(source + ": is empty, where a JSON value was expected");
    }
    T value;
    try {
      value = MAPPER.readValue(text, type);
    } catch (JsonProcessingException e) {
      throw new IOException(source + at(e) + ": " + cause(e), e);
    }
    if (value == null) {
      throw new IOException(source + ": null stands where a value was expected");
    }
    return value;
  }

  /** Of a value that does not fit, Jackson knows where it ends but better: what it is a part of. */
  private static String at(JsonProcessingException e) {
    if (e instanceof JsonMappingException mapping) {
      return mapping.getPath().stream()
          .map(p -> p.getFieldName() == null ? "[" + p.getIndex() + "]" : p.getFieldName())
          .map(step -> ", in " + step)
          .collect(Collectors.joining());
    }
    return e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
  }

  private static String cause(JsonProcessingException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      String known =
          unknown.getKnownPropertyIds().stream()
              .map(String::valueOf)
              .sorted()
              .collect(Collectors.joining(", "));
      return "unknown key \"" + unknown.getPropertyName() + "\"; known are " + known;
    }
    if (e instanceof ValueInstantiationException
        && e.getCause() instanceof IllegalArgumentException refused) {
      return String.valueOf(refused.getMessage());
    }
    return e.getOriginalMessage();
  }
}
