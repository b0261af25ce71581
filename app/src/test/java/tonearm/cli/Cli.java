package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * One command, run in this process.
 *
 * @param status exit status
 * @param out what went to stdout
 * @param err what went to stderr
 */
record Cli(int status, String out, String err) {
  /** The system property that names the user's data folder. */
  static final String DATA = "tonearm.data";

  /**
   * Runs a command and checks what holds for all: no stack trace, ever. It finds the user's data
   * folder empty, and what it leaves there is deleted.
   */
  static Cli run(Object... arguments) {
    Path data = Path.of(System.getProperty("java.io.tmpdir"), "tonearm-data-" + UUID.randomUUID());
    String before = System.getProperty(DATA);
    if (before != null) {
      return runHere(arguments); // the test has a folder of its own
    }
    System.setProperty(DATA, data.toString());
    try {
      return runHere(arguments);
    } finally {
      System.clearProperty(DATA);
      delete(data);
    }
  }

  /** Does something as if Tonearm were installed in a folder, where its models lie. */
  static void atHome(Path home, Runnable work) {
    String before = System.setProperty("tonearm.home", home.toString());
    try {
      work.run();
    } finally {
      if (before == null) {
        System.clearProperty("tonearm.home");
      } else {
        System.setProperty("tonearm.home", before);
      }
    }
  }

  private static void delete(Path folder) {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Cli runHere(Object... arguments) {
    CommandLine line = Tonearm.commandLine();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int status = line.execute(Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new));
    Cli cli = new Cli(status, out.toString(), err.toString());
    assertThat(cli.err + cli.out)
        .as("what %s says", Arrays.toString(arguments))
        .doesNotContain("Exception", "\tat ", "at tonearm");
    return cli;
  }

  /** The lines of stdout. */
  List<String> lines() {
    return out.lines().toList();
  }

  /** The lines of stderr. */
  List<String> messages() {
    return err.lines().toList();
  }

  /** Checks that the command failed with one line on stderr and nothing else. */
  void assertFails(int expectedStatus, String... words) {
    assertThat(status).as("status with %s", err).isEqualTo(expectedStatus);
    assertThat(messages()).first().asString().startsWith("tonearm: ").contains(words);
    // Wrong usage also says where to read on.
    assertThat(messages()).hasSizeLessThanOrEqualTo(expectedStatus == 2 ? 2 : 1);
    assertThat(out).isEmpty();
  }
}
