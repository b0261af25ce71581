package tonearm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tonearm.model.Safetensors.Array;

class SafetensorsTest {
  @TempDir Path folder;
  private Path file;
  private final Safetensors written = small();

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("w.safetensors");
    written.write(file);
  }

  private static Safetensors small() {
    Map<String, Array> arrays = new LinkedHashMap<>();
    arrays.put("b.weight", new Array(new long[] {2, 3}, new float[] {1, -2, 3.5f, 0, 1e-40f, 6}));
    arrays.put("a.bias", new Array(new long[] {1}, new float[] {Float.MIN_VALUE}));
    arrays.put("scalar", new Array(new long[] {}, new float[] {7}));
    return new Safetensors(arrays, Map.of("epoch", "3", "name", "h\u00e9"));
  }

  private static void assertSame(Safetensors actual, Safetensors expected) {
    assertThat(actual.arrays().keySet()).containsExactlyElementsOf(expected.arrays().keySet());
    expected
        .arrays()
        .forEach(
            (name, array) -> {
              Array read = Objects.requireNonNull(actual.arrays().get(name));
              assertThat(read.shape()).isEqualTo(array.shape());
              assertThat(read.values()).isEqualTo(array.values());
            });
    assertThat(actual.metadata()).containsAllEntriesOf(expected.metadata());
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    Safetensors read = Safetensors.read(file);
    assertSame(read, written);
    assertThat(read.metadata()).isEqualTo(written.metadata());
    assertThat(Safetensors.readMetadata(file)).isEqualTo(written.metadata());
  }

  /**
   * Byte by byte what Python's safetensors expects: length, JSON from '{' on, values from 8k on.
   */
  @Test
  void theLayoutIsTheFormats() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) buffer.getLong(0);
    assertThat(length % 8).isZero();
    assertThat(bytes[8]).isEqualTo((byte) '{');
    String header = new String(bytes, 8, length, StandardCharsets.UTF_8);
    assertThat(header)
        .startsWith("{\"__metadata__\":{")
        .contains("\"b.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}")
        .contains("\"a.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[24,28]}")
        .contains("\"scalar\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[28,32]}");
    assertThat(header.stripTrailing()).endsWith("}");
    assertThat(bytes).hasSize(8 + length + 32);
    assertThat(buffer.getFloat(8 + length + 8)).isEqualTo(3.5f);
    assertThat(buffer.getFloat(8 + length + 28)).isEqualTo(7f);
  }

  @Test
  void aFileCutAnywhereIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (int percent = 0; percent < 100; percent += 10) {
      Files.write(file, Arrays.copyOf(bytes, bytes.length * percent / 100));
      assertRefused("");
    }
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
    assertRefused("is truncated: weight scalar ends at byte 32 of 31");
    Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
    assertRefused("is damaged: 33 bytes of weights, but its header describes 32");
  }

  /** Either refused, or the flip did no harm, as in the name under which a digest is kept. */
  @Test
  void noFlippedBitChangesWhatIsRead() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int refused = 0;
    for (int at = 0; at < bytes.length; at++) {
      byte[] flipped = bytes.clone();
      flipped[at] ^= (byte) (1 << (at % 8));
      Files.write(file, flipped);
      try {
        assertSame(Safetensors.read(file), written);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining(file.toString());
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(bytes.length - 32);
  }

  @Test
  void foreignFilesAreRefused() throws IOException {
    Files.writeString(file, "This is a letter, and no network at all.");
    assertRefused("is not a safetensors file");
    Files.write(file, new byte[] {'P', 'K', 3, 4, 20, 0, 0, 0, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8});
    assertRefused("is not a safetensors file");
    Files.write(file, new byte[0]);
    assertRefused("it has only 0 bytes");
    Files.write(file, ByteBuffer.allocate(100).putLong(0, -1).array());
    assertRefused("its header would be -1 bytes");
    Files.write(
        file, ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN).putLong(1L << 40).array());
    assertRefused("its header would be 1099511627776 bytes");
    assertThatThrownBy(() -> Safetensors.read(folder.resolve("none")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1, 2]                                                  | its header is no JSON object",
        "{'a'}                                                   | its header is no JSON",
        "{} {}                                                   | its header is no JSON",
        "{'a':{'dtype':'F16','shape':[2],'data_offsets':[0,8]}}  | weight a is of type \"F16\"",
        "{'a':{'shape':[2],'data_offsets':[0,8]}}                | weight a is of type",
        "{'a':{'dtype':'F32','data_offsets':[0,8]}}              | weight a has no shape",
        "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}} | weight a has the shape [-2]",
        "{'a':{'dtype':'F32','shape':[0],'data_offsets':[0,0]}}  | weight a has the shape [0]",
        "{'a':{'dtype':'F32','shape':[2.5],'data_offsets':[0,8]}}| weight a has the shape [2.5]",
        "{'a':{'dtype':'F32','shape':['2'],'data_offsets':[0,8]}}| weight a has the shape",
        "{'a':{'dtype':'F32','shape':[65536,65536],'data_offsets':[0,8]}} | weight a has the shape",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}}  | weight a lies at 0 to 4",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}} | weight a lies at 4 to 12",
        "{'a':{'dtype':'F32','shape':[2]}}                       | weight a lies at -1 to -1",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | weight b lies at 0 to 8",
        "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}} | weight a ends at byte 16 of 8",
        "{'a':7}                                                 | weight a is of type",
        "{'__metadata__':{'k':1},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | metadata k is not text",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | its header is no JSON",
      })
  void wrongHeadersAreRefused(String header, String message) throws IOException {
    writeRaw(header.strip().replace('\'', '"'), 8);
    assertRefused(message);
  }

  @Test
  void keysMayComeInAnyOrderAndWithoutDigests() throws IOException {
    writeRaw(
        "{\"z\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        8);
    assertThat(Safetensors.read(file).arrays().keySet()).containsExactly("a", "z");
    assertThat(Safetensors.read(file).metadata()).isEmpty();
  }

  private void writeRaw(String header, int values) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + values);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text);
    Files.write(file, bytes.array());
  }

  private void assertRefused(String message) {
    try {
      Safetensors.read(file);
    } catch (IOException e) {
      assertThat(e).hasMessageContaining(file.toString()).hasMessageContaining(message);
      assertThat(e.getMessage()).doesNotContain("\n");
      return;
    }
    fail("read what should have been refused with: " + message);
  }
}
