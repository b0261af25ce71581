package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tonearm.bench.BenchReport;
import tonearm.bench.Measurement;
import tonearm.bench.Measurement.Table;
import tonearm.provenance.Json;
import tonearm.terminal.Interruption;

/** That the benchmarks work and are written down rightly; how fast anything is, is not tested. */
class BenchCommandTest {
  @TempDir private Path folder;

  /** The command waits for its work when the JVM is told to end; here the JVM ends with it done. */
  @AfterAll
  static void commandsAreOver() {
    Interruption.finished();
  }

  @Test
  void decodingAndFeaturesAreMeasured() throws IOException {
    Path file = folder.resolve("bench.json");

    int status =
        run("bench", "--quick", "--runs", "1", "--only", "decode,features", "--json", "-o", file);

    assertThat(status).isZero();
    List<Measurement> found = Json.read(file, BenchReport.class).measurements();
    assertThat(found).hasSize(6).allMatch(m -> m.table() == Table.SOUND && m.median() > 0);
    assertThat(found).filteredOn(m -> m.unit().equals("ratio")).hasSize(2);
  }

  @Test
  void wrongUsageChangesNothing() throws IOException {
    Path file = folder.resolve("bench.md");
    Files.writeString(file, "before");

    assertThat(run("bench", "--only", "train-bf8", "-o", file)).isEqualTo(2);
    assertThat(run("bench", "--quick", "--update", file)).isEqualTo(2);
    assertThat(run("bench", "--update", file)).isEqualTo(1);
    assertThat(Files.readString(file)).isEqualTo("before");
  }

  private static int run(Object... arguments) {
    String home = System.setProperty("tonearm.home", "..");
    try {
      CommandLine line = Tonearm.commandLine();
      StringWriter said = new StringWriter();
      line.setOut(new PrintWriter(said)).setErr(new PrintWriter(said));
      String[] words = new String[arguments.length];
      for (int i = 0; i < words.length; i++) {
        words[i] = arguments[i].toString();
      }
      return line.execute(words);
    } finally {
      if (home == null) {
        System.clearProperty("tonearm.home");
      } else {
        System.setProperty("tonearm.home", home);
      }
    }
  }
}
