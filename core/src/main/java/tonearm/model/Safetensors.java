package tonearm.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Digest;

/**
 * Arrays of 32-bit numbers in the safetensors format: an 8-byte little-endian length, a JSON
 * header, then the values. It holds numbers and text, nothing that could be executed, and Python's
 * {@code safetensors} reads it as it is. The metadata carry a digest of the values under {@value
 * #DIGEST_KEY} and one of everything else under {@value #HEADER_DIGEST_KEY}, so that a damaged or
 * altered file is refused; files without them, made elsewhere, are read too.
 *
 * @param arrays by name, in the order of the file
 * @param metadata text by key, without the digests
 */
public record Safetensors(Map<String, Array> arrays, Map<String, String> metadata) {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final int MAX_HEADER_BYTES = 4 << 20;
  private static final int MAX_VALUES = Integer.MAX_VALUE / 4;
  private static final int ALIGNMENT = 8;
  private static final String METADATA = "__metadata__";
  private static final String DIGEST_KEY = "values_sha256";
  private static final String HEADER_DIGEST_KEY = "header_sha256";

  /**
   * One array.
   *
   * @param shape its axes, each at least 1; none for a single number
   * @param values row-major, as many as the axes' product
   */
  public record Array(long[] shape, float[] values) {}

  /**
   * Writes to a temporary name and moves it into place.
   *
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    ObjectNode header = JSON.createObjectNode();
    ObjectNode meta = header.putObject(METADATA);
    // Sorted, since the order of Map.of changes with every JVM: same content, same bytes.
    new TreeMap<>(metadata).forEach(meta::put);
    meta.put(DIGEST_KEY, digest(arrays));
    meta.put(HEADER_DIGEST_KEY, headerDigest(arrays, metadata));
    long offset = 0;
    for (Map.Entry<String, Array> entry : arrays.entrySet()) {
      ObjectNode node = header.putObject(entry.getKey());
      node.put("dtype", "F32");
      ArrayNode shape = node.putArray("shape");
      for (long axis : entry.getValue().shape()) {
        shape.add(axis);
      }
      node.withArray("data_offsets").add(offset);
      offset += 4L * entry.getValue().values().length;
      node.withArray("data_offsets").add(offset);
    }
    byte[] text = padded(JSON.writeValueAsBytes(header));
    AtomicFiles.write(
        file,
        out -> {
          ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
          out.write(length.putLong(text.length).array());
          out.write(text);
          for (Array array : arrays.values()) {
            out.write(bytes(array));
          }
        });
  }

  private static byte[] bytes(Array array) {
    ByteBuffer bytes =
        ByteBuffer.allocate(4 * array.values().length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(array.values());
    return bytes.array();
  }

  private static String digest(Map<String, Array> arrays) {
    Map<String, String> digests = new LinkedHashMap<>();
    arrays.forEach((name, array) -> digests.put(name, Digest.ofBytes(bytes(array))));
    return Digest.ofEntries(digests);
  }

  /** Over shapes and metadata, each under a name of its own. */
  private static String headerDigest(Map<String, Array> arrays, Map<String, String> metadata) {
    Map<String, String> digests = new LinkedHashMap<>();
    arrays.forEach(
        (name, array) -> digests.put("shape " + name, ofText(Arrays.toString(array.shape()))));
    metadata.forEach((key, text) -> digests.put("text " + key, ofText(text)));
    return Digest.ofEntries(digests);
  }

  private static String ofText(String text) {
    return Digest.ofBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] padded(byte[] json) {
    int length = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] text = Arrays.copyOf(json, length);
    Arrays.fill(text, json.length, length, (byte) ' ');
    return text;
  }

  /**
   * Reads the metadata alone, without the values and so without checking digests.
   *
   * @throws IOException if it is not a safetensors file; the message names the file and the cause
   */
  public static Map<String, String> readMetadata(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      Map<String, String> metadata = metadata(file, readHeader(file, channel));
      metadata.keySet().removeAll(Set.of(DIGEST_KEY, HEADER_DIGEST_KEY));
      return metadata;
    }
  }

  /**
   * The digest of all names and values, without reading them where the file tells it.
   *
   * @throws IOException if it is not a safetensors file; the message names the file and the cause
   */
  public static String valuesDigest(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      String told = metadata(file, readHeader(file, channel)).get(DIGEST_KEY);
      return told == null ? digest(read(file).arrays()) : told;
    }
  }

  /**
   * Reads a whole file.
   *
   * @throws IOException if it is not a safetensors file of 32-bit floats, is cut short or carries
   *     more than its header says; the message names the file and the cause
   */
  public static Safetensors read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      JsonNode header = readHeader(file, channel);
      long start = channel.position();
      long size = Files.size(file) - start;
      Map<String, Array> arrays = new LinkedHashMap<>();
      long expected = 0;
      for (Map.Entry<String, JsonNode> entry : inOrderOfOffsets(header)) {
        Array array = readArray(file, channel, start, expected, size, entry);
        arrays.put(entry.getKey(), array);
        expected += 4L * array.values().length;
      }
      if (expected != size) {
        throw new IOException(
            "%s is damaged: %d bytes of weights, but its header describes %d"
                .formatted(file, size, expected));
      }
      Map<String, String> metadata = metadata(file, header);
      String ofValues = metadata.remove(DIGEST_KEY);
      String ofHeader = metadata.remove(HEADER_DIGEST_KEY);
      requireDigest(file, "weights", ofValues, () -> digest(arrays));
      requireDigest(file, "header", ofHeader, () -> headerDigest(arrays, metadata));
      return new Safetensors(arrays, metadata);
    }
  }

  private static void requireDigest(
      Path file, String part, @Nullable String written, Supplier<String> actual)
      throws IOException {
    if (written != null && !written.equals(actual.get())) {
      throw new IOException(
          "%s is damaged or was altered: its %s and their checksum differ".formatted(file, part));
    }
  }

  /** The format leaves the order of the header's keys open. */
  private static List<Map.Entry<String, JsonNode>> inOrderOfOffsets(JsonNode header) {
    return header.properties().stream()
        .filter(entry -> !entry.getKey().equals(METADATA))
        .sorted(Comparator.comparingLong(entry -> offset(entry.getValue(), 0)))
        .toList();
  }

  /** Where an array begins (0) or ends (1), in bytes after the header; -1 if that is no number. */
  private static long offset(JsonNode array, int which) {
    return whole(array.path("data_offsets").path(which));
  }

  private static long whole(JsonNode number) {
    return number.isIntegralNumber() && number.canConvertToLong() ? number.asLong() : -1;
  }

  private static Array readArray(
      Path file,
      FileChannel channel,
      long start,
      long expectedOffset,
      long size,
      Map.Entry<String, JsonNode> entry)
      throws IOException {
    String name = entry.getKey();
    JsonNode node = entry.getValue();
    if (!node.path("dtype").asText().equals("F32")) {
      throw new IOException(
          "%s: weight %s is of type %s, not F32".formatted(file, name, node.path("dtype")));
    }
    JsonNode axes = node.path("shape");
    if (!axes.isArray()) {
      throw new IOException("%s: weight %s has no shape".formatted(file, name));
    }
    long[] shape = new long[axes.size()];
    long values = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = whole(axes.get(i));
      if (shape[i] < 1 || values > MAX_VALUES / shape[i]) {
        throw new IOException("%s: weight %s has the shape %s".formatted(file, name, axes));
      }
      values *= shape[i];
    }
    long from = offset(node, 0);
    long to = offset(node, 1);
    if (from != expectedOffset || to - from != 4 * values) {
      throw new IOException(
          "%s: weight %s lies at %d to %d, where %d values were expected from %d"
              .formatted(file, name, from, to, values, expectedOffset));
    }
    if (to > size) {
      throw new IOException(
          "%s is truncated: weight %s ends at byte %d of %d".formatted(file, name, to, size));
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) (4 * values)).order(ByteOrder.LITTLE_ENDIAN);
    readFully(file, channel, bytes, start + from);
    float[] array = new float[(int) values];
    bytes.flip().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(array);
    return new Array(shape, array);
  }

  private static JsonNode readHeader(Path file, FileChannel channel) throws IOException {
    long size = channel.size();
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    if (size < 8) {
      throw new IOException(
          file + " is not a safetensors file, or truncated: it has only " + size + " bytes");
    }
    readFully(file, channel, length, 0);
    long bytes = length.getLong(0);
    if (bytes < 2 || bytes > MAX_HEADER_BYTES || bytes > size - 8) {
      throw new IOException(
          file
              + " is not a safetensors file, or truncated: its header would be "
              + bytes
              + " bytes");
    }
    ByteBuffer text = ByteBuffer.allocate((int) bytes);
    readFully(file, channel, text, 8);
    channel.position(8 + bytes);
    try {
      JsonNode header = JSON.readTree(text.array());
      if (header == null || !header.isObject()) {
        throw new IOException(file + " is not a safetensors file: its header is no JSON object");
      }
      return header;
    } catch (JsonProcessingException | CharConversionException e) {
      throw new IOException(file + " is not a safetensors file: its header is no JSON", e);
    }
  }

  private static Map<String, String> metadata(Path file, JsonNode header) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : header.path(METADATA).properties()) {
      if (!entry.getValue().isTextual()) {
        throw new IOException(file + ": metadata " + entry.getKey() + " is not text");
      }
      metadata.put(entry.getKey(), entry.getValue().asText());
    }
    return metadata;
  }

  private static void readFully(Path file, FileChannel channel, ByteBuffer into, long from)
      throws IOException {
    while (into.hasRemaining()) {
      if (channel.read(into, from + into.position()) < 0) {
        throw new IOException(file + " ended while it was read");
      }
    }
  }
}
