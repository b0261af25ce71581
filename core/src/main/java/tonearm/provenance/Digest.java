package tonearm.provenance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits: what {@code sha256sum} prints, so that
 * every digest in an artefact can be checked without Tonearm.
 */
public final class Digest {
  private static final int BUFFER_BYTES = 1 << 16;

  private Digest() {}

  /**
   * The digest of a file's content, streamed: memory use does not grow with the file.
   *
   * @throws IOException if the file cannot be read
   */
  public static String ofFile(Path file) throws IOException {
    MessageDigest sha256 = sha256();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      int read;
      while ((read = in.read(buffer)) >= 0) {
        sha256.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  /** The digest of bytes in memory. */
  public static String ofBytes(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  /**
   * One digest for many named things, such as the files of a folder, whatever the order they were
   * found in: the digest of the lines {@code <digest> <name>\n} sorted by the names' UTF-8 bytes.
   * For a folder whose names are relative paths with {@code /}, it is what this prints:
   *
   * <pre>{@code
   * find . -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum
   * }</pre>
   *
   * @param digestByName name to digest; names without line breaks, digests of 64 lower-case
   *     hexadecimal digits; may be empty
   * @throws IllegalArgumentException naming the entry that is not so
   */
  public static String ofEntries(Map<String, String> digestByName) {
    List<String> names =
        digestByName.keySet().stream()
            .sorted((a, b) -> Arrays.compareUnsigned(utf8(a), utf8(b)))
            .toList();
    MessageDigest sha256 = sha256();
    for (String name : names) {
      String digest = digestByName.get(name);
      if (name.isEmpty() || name.indexOf('\n') >= 0) {
        throw new IllegalArgumentException(
            "a digest's name must be one non-empty line, not \"" + name + "\"");
      }
      if (digest == null || !isDigest(digest)) {
        throw new IllegalArgumentException(
            "the digest of \"" + name + "\" must be 64 hexadecimal digits, not " + digest);
      }
      sha256.update(utf8(digest + "  " + name + "\n"));
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  /** Whether a text has the form of the digests made here. */
  public static boolean isDigest(String text) {
    return text.length() == 64
        && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
