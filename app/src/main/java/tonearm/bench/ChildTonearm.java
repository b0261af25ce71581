package tonearm.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tonearm as a process of its own, started as a user starts it, under watch. */
final class ChildTonearm {
  private static final int POLL_MS = 10;
  private static final int STDERR_SHOWN = 2000;

  private ChildTonearm() {}

  /**
   * How a process went.
   *
   * @param seconds from before its start until after its end
   * @param peakBytes the most memory that was resident at once, files it maps included; empty where
   *     the system does not tell (other than Linux)
   * @param stdout what it wrote there
   */
  record Outcome(double seconds, OptionalLong peakBytes, String stdout) {}

  /**
   * Runs the launcher.
   *
   * @param folder for its output, kept while it runs
   * @param nativeCache where the native libraries are unpacked; null for the user's usual place
   * @param arguments the command and its options
   * @throws IOException if it cannot be started or fails; the message has what it said on stderr
   */
  static Outcome run(Path folder, @Nullable Path nativeCache, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("tonearm.home", "."), "tonearm").toString());
    command.addAll(arguments);
    Path stdout = folder.resolve("stdout");
    Path stderr = folder.resolve("stderr");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(stdout.toFile()).redirectError(stderr.toFile());
    if (nativeCache != null) {
      // The java command itself reads this; quotes keep a path with spaces together.
      builder
          .environment()
          .put("JDK_JAVA_OPTIONS", "\"-Dorg.bytedeco.javacpp.cachedir=" + nativeCache + "\"");
    }
    long start = System.nanoTime();
    Process process = builder.start();
    try {
      OptionalLong peak = OptionalLong.empty();
      Path status = Path.of("/proc", Long.toString(process.pid()), "status");
      do {
        OptionalLong now = highWater(status);
        peak = now.isPresent() ? now : peak;
      } while (!process.waitFor(POLL_MS, TimeUnit.MILLISECONDS));
      double seconds = (System.nanoTime() - start) / 1e9;
      if (process.exitValue() != 0) {
        throw new IOException(
            String.join(" ", command)
                + " ended with status "
                + process.exitValue()
                + ": "
                + tail(Files.readString(stderr, StandardCharsets.UTF_8)));
      }
      return new Outcome(seconds, peak, Files.readString(stdout, StandardCharsets.UTF_8));
    } finally {
      process.destroy();
    }
  }

  private static String tail(String text) {
    String stripped = text.strip();
    return stripped.substring(Math.max(0, stripped.length() - STDERR_SHOWN));
  }

  /** The kernel keeps the peak, so a reading misses only what grew after it. */
  private static OptionalLong highWater(Path status) {
    try {
      for (String line : Files.readAllLines(status, StandardCharsets.ISO_8859_1)) {
        if (line.startsWith("VmHWM:")) {
          String kib = line.substring("VmHWM:".length()).replace("kB", "").strip();
          return OptionalLong.of(1024 * Long.parseLong(kib));
        }
      }
    } catch (IOException e) {
      // No such file system, or the process has just ended.
      return OptionalLong.empty();
    }
    return OptionalLong.empty();
  }
}
