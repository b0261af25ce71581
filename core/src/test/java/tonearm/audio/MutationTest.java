package tonearm.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of damaged files, decoded in a JVM of its own: it does not crash, hang or grow. {@code
 * -Dtonearm.mutations=1000000 -Dtonearm.mutations.seconds=3600} look further, and {@code
 * -Dtonearm.mutations.first=N} begins elsewhere, such as at the number that a failure names.
 */
class MutationTest {
  private static final long FIRST = Long.getLong("tonearm.mutations.first", 0);
  private static final long COUNT = Long.getLong("tonearm.mutations", 5000);

  /** A slow machine looks at fewer rather than keep everyone waiting. */
  private static final long SECONDS = Long.getLong("tonearm.mutations.seconds", 25);

  private static final Pattern RESULT =
      Pattern.compile("mutations (\\d+) heard (\\d+) growth_kib (-?\\d+) slowest_ms (\\d+) (\\d+)");

  /**
   * A leak of even 16 KiB a file would come to 80 MB; the heap of {@code -Xmx64m} may still grow.
   */
  private static final long MAX_GROWTH_KIB = 48 << 10;

  @TempDir Path folder;

  @Test
  @Timeout(value = 2, unit = java.util.concurrent.TimeUnit.HOURS)
  void noMutationCrashesHangsOrLeaks() throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-Xms64m",
                    "-XX:+AlwaysPreTouch",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:ErrorFile=" + folder.resolve("crash"),
                    "-cp",
                    System.getProperty("java.class.path"),
                    MutationRun.class.getName(),
                    folder.toString(),
                    Long.toString(FIRST),
                    Long.toString(FIRST + COUNT),
                    Long.toString(SECONDS)))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int status = process.waitFor();
    String said = Files.readString(output, StandardCharsets.UTF_8);
    Path number = folder.resolve("number");
    long last = Files.exists(number) ? ByteBuffer.wrap(Files.readAllBytes(number)).getLong() : -1;
    assertThat(status).as("mutation %d: %s", last, said).isZero();
    Matcher result = RESULT.matcher(said);
    assertThat(result.find()).as(said).isTrue();
    System.out.println(result.group());
    assertThat(Long.parseLong(result.group(1))).as("looked at").isGreaterThan(200);
    assertThat(Long.parseLong(result.group(2))).as("still heard").isPositive();
    assertThat(Long.parseLong(result.group(3))).as("growth").isLessThan(MAX_GROWTH_KIB);
  }
}
