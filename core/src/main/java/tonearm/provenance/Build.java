package tonearm.provenance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Which Tonearm this is.
 *
 * @param version Maven's version, such as {@code 0.1.0}
 * @param gitCommit the commit it was built from, or null where the build was not told
 */
public record Build(String version, @Nullable String gitCommit) {
  private static final String RESOURCE = "/tonearm/version.properties";

  /**
   * The running build.
   *
   * @throws IllegalStateException if the version file is missing or was not filled in by Maven
   */
  public static Build current() {
    Properties properties = new Properties();
    try (InputStream in = Build.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing from the class path");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE, e);
    }
    String version = properties.getProperty("version", "");
    if (version.isBlank() || version.startsWith("${")) {
      throw new IllegalStateException(
          RESOURCE + " has no version: it was built without Maven's resource filtering");
    }
    String commit = properties.getProperty("git_commit", "");
    return new Build(version, commit.isBlank() || commit.startsWith("${") ? null : commit);
  }
}
