package tonearm.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Digest;

/**
 * Arrays of 32-bit numbers in the safetensors format: an 8-byte little-endian length, a JSON
 * header, then the values. It holds numbers and text, nothing that could be executed, and Python's
 * {@code safetensors} reads it as it is. The metadata carry a digest of the values under {@value
 * #DIGEST_KEY}, so that a damaged or altered file is refused.
 *
 * @param arrays by name, in the order of the file
 * @param metadata text by key
 */
public record Safetensors(Map<String, Array> arrays, Map<String, String> metadata) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_HEADER_BYTES = 4 << 20;
  private static final int ALIGNMENT = 8;
  private static final String DIGEST_KEY = "values_sha256";

  /**
   * One array.
   *
   * @param shape its axes
   * @param values row-major
   */
  public record Array(long[] shape, float[] values) {}

  /** Writes to a temporary name and moves it into place. */
  public void write(Path file) throws IOException {
    ObjectNode header = JSON.createObjectNode();
    ObjectNode meta = header.putObject("__metadata__");
    metadata.forEach(meta::put);
    meta.put(DIGEST_KEY, digest(arrays));
    long offset = 0;
    for (Map.Entry<String, Array> entry : arrays.entrySet()) {
      ObjectNode node = header.putObject(entry.getKey());
      node.put("dtype", "F32");
      for (long axis : entry.getValue().shape()) {
        node.withArray("shape").add(axis);
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

  private static byte[] padded(byte[] json) {
    int length = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] text = Arrays.copyOf(json, length);
    Arrays.fill(text, json.length, length, (byte) ' ');
    return text;
  }

  /** Reads the metadata alone, without the values. */
  public static Map<String, String> readMetadata(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return metadata(file, readHeader(file, channel));
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
      for (Map.Entry<String, JsonNode> entry : header.properties()) {
        if (entry.getKey().equals("__metadata__")) {
          continue;
        }
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
      String digest = metadata.remove(DIGEST_KEY);
      if (digest != null && !digest.equals(digest(arrays))) {
        throw new IOException(
            file + " is damaged or was altered: its weights do not match their checksum");
      }
      return new Safetensors(arrays, metadata);
    }
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
    long[] shape = new long[axes.size()];
    long values = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = axes.get(i).asLong(-1);
      if (shape[i] < 1 || shape[i] > Integer.MAX_VALUE || values > Integer.MAX_VALUE / shape[i]) {
        throw new IOException("%s: weight %s has the shape %s".formatted(file, name, axes));
      }
      values *= shape[i];
    }
    long from = node.path("data_offsets").path(0).asLong(-1);
    long to = node.path("data_offsets").path(1).asLong(-1);
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
    readFully(channel, bytes, start + from);
    float[] array = new float[(int) values];
    bytes.flip().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(array);
    return new Array(shape, array);
  }

  private static JsonNode readHeader(Path file, FileChannel channel) throws IOException {
    long size = channel.size();
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    if (size < 8) {
      throw new IOException(file + " is no model: it has only " + size + " bytes");
    }
    readFully(channel, length, 0);
    long bytes = length.getLong(0);
    if (bytes < 2 || bytes > MAX_HEADER_BYTES || bytes > size - 8) {
      throw new IOException(
          file
              + " is not a safetensors file, or truncated: its header would be "
              + bytes
              + " bytes");
    }
    ByteBuffer text = ByteBuffer.allocate((int) bytes);
    readFully(channel, text, 8);
    channel.position(8 + bytes);
    try {
      JsonNode header = JSON.readTree(text.array());
      if (header == null || !header.isObject()) {
        throw new IOException(file + " is not a safetensors file: its header is no JSON object");
      }
      return header;
    } catch (JsonProcessingException e) {
      throw new IOException(file + " is not a safetensors file: its header is no JSON", e);
    }
  }

  private static Map<String, String> metadata(Path file, JsonNode header) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : header.path("__metadata__").properties()) {
      if (!entry.getValue().isTextual()) {
        throw new IOException(file + ": metadata " + entry.getKey() + " is not text");
      }
      metadata.put(entry.getKey(), entry.getValue().asText());
    }
    return metadata;
  }

  private static void readFully(FileChannel channel, ByteBuffer into, long from)
      throws IOException {
    while (into.hasRemaining()) {
      if (channel.read(into, from + into.position()) < 0) {
        throw new IOException("the file ended while it was read");
      }
    }
  }
}
