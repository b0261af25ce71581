package tonearm.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigestTest {
  private static final String OF_ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  private static final String OF_NOTHING =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  @TempDir Path folder;

  @Test
  void theStandardsOwnExamples() throws IOException {
    assertThat(Digest.ofBytes("abc".getBytes(StandardCharsets.UTF_8))).isEqualTo(OF_ABC);
    assertThat(Digest.ofBytes(new byte[0])).isEqualTo(OF_NOTHING);
    assertThat(Digest.ofFile(Files.writeString(folder.resolve("abc"), "abc"))).isEqualTo(OF_ABC);
  }

  @Test
  void aFileLongerThanTheBufferIsReadToItsEnd() throws IOException {
    byte[] bytes = new byte[200_001];
    new Seeds(1).random("digest").nextBytes(bytes);
    Path file = Files.write(folder.resolve("long"), bytes);
    assertThat(Digest.ofFile(file)).isEqualTo(Digest.ofBytes(bytes));
  }

  /** Expected: Python's hashlib over the sorted lines, as the Javadoc's shell command prints. */
  @Test
  void aFolderHasOneDigestWhateverTheOrder() {
    String ofX = Digest.ofBytes(new byte[] {'x'});
    Map<String, String> forwards = new LinkedHashMap<>();
    forwards.put("a", OF_ABC);
    forwards.put("b/c.png", OF_NOTHING);
    forwards.put("é", ofX);
    Map<String, String> backwards = new LinkedHashMap<>();
    backwards.put("é", ofX);
    backwards.put("b/c.png", OF_NOTHING);
    backwards.put("a", OF_ABC);
    assertThat(Digest.ofEntries(forwards))
        .isEqualTo("425ed24da148683ea81edcc7993ca048f21621fcf8db5f86886048d02933efd8")
        .isEqualTo(Digest.ofEntries(backwards));
    assertThat(Digest.ofEntries(Map.of())).isEqualTo(OF_NOTHING);
  }

  @Test
  void aChangedNameIsAChangedFolder() {
    assertThat(Digest.ofEntries(Map.of("a", OF_ABC)))
        .isNotEqualTo(Digest.ofEntries(Map.of("b", OF_ABC)));
  }

  @Test
  void whatIsNoDigestIsRefused() {
    assertThatThrownBy(() -> Digest.ofEntries(Map.of("a", "ABC")))
        .hasMessage("the digest of \"a\" must be 64 hexadecimal digits, not ABC");
    assertThatThrownBy(() -> Digest.ofEntries(Map.of("a\nb", OF_ABC)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
