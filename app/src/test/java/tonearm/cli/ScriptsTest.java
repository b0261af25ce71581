package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The scripts of docs/ that train for hours, with a launcher that only writes down what it is
 * asked: what they ask for exists, in an order that works.
 */
@Timeout(60)
class ScriptsTest {
  private static final Path DOCS = Path.of("..", "docs").toAbsolutePath().normalize();

  /** Leaves in each run folder as much as the scripts look for. */
  private static final String LAUNCHER =
      """
      #!/bin/sh
      printf '%s\\t' "$@" >>"$ASKED"
      echo >>"$ASKED"
      case $1 in models)
        echo "  narrow-unet   1 parameters"
        echo "  reference-unet   1 parameters" ;;
      esac
      before=
      for word in "$@"; do
        if [ "$before" = --out ]; then
          mkdir -p "$word/fold-1"
          touch "$word/metrics.json" "$word/fold-1/metrics.json"
          printf '  "epochs" : 8,\\n  "batch_size" : 16,\\n' >"$word/run.json"
          printf '  "learning_rate" : 0.001,\\n  "averaging" : 0.9,\\n' >>"$word/run.json"
        fi
        before=$word
      done
      case "$*" in *"${FAILS:-nothing of the kind}"*) exit "$STATUS" ;; esac
      """;

  @TempDir private Path folder;

  @BeforeEach
  void shell() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no shell");
    Path launcher = Files.writeString(folder.resolve("launcher"), LAUNCHER);
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    Files.createDirectories(folder.resolve("data/splits"));
    Files.createFile(folder.resolve("data/splits/test_filtered.txt"));
    Files.createFile(asked());
  }

  private Path asked() {
    return folder.resolve("asked");
  }

  /** Runs a script to its end; what it says is on stdout and stderr together. */
  private int run(Map<String, String> environment, String script, String... arms) throws Exception {
    List<String> command = new ArrayList<>(List.of("sh", DOCS.resolve(script).toString()));
    command.add(folder.resolve("data").toString());
    command.add(folder.resolve("out").toString());
    command.addAll(List.of(arms));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("TONEARM", folder.resolve("launcher").toString());
    builder.environment().put("ASKED", asked().toString());
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(folder.resolve("said").toFile());
    Process process = builder.start();
    assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private String said() throws IOException {
    return Files.readString(folder.resolve("said"));
  }

  private List<List<String>> commands() throws IOException {
    return Files.readAllLines(asked()).stream().map(line -> List.of(line.split("\t"))).toList();
  }

  private void assertAllExist() throws IOException {
    for (List<String> command : commands()) {
      assertThatCode(() -> Tonearm.commandLine().parseArgs(command.toArray(String[]::new)))
          .as(String.join(" ", command))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void theReproductionAsksForWhatThereIs() throws Exception {
    assertThat(run(Map.of("FASTER", "--threads 1"), "reproduction.sh")).as(said()).isZero();
    assertAllExist();
    List<String> lines = Files.readAllLines(asked());
    assertThat(lines).filteredOn(line -> line.startsWith("crossval")).hasSize(4 + 4 + 1);
    assertThat(lines)
        .filteredOn(line -> line.startsWith("train"))
        .as("the recipe itself is asked for by two arms")
        .hasSize(6 + 6 + 3)
        .allMatch(line -> line.contains("--threads\t1"));
    assertThat(lines)
        .filteredOn(line -> line.contains("--compare"))
        .as("protocols, unregularised, ingredients, activations, seeds, and leaking beside a seed")
        .hasSize(6);
    assertThat(lines).filteredOn(line -> line.contains("--side\ttrain")).hasSize(1);
  }

  @Test
  void ownGenresAskForWhatThereIs() throws Exception {
    assertThat(run(Map.of("SEEDS", "1 2"), "own-genres.sh")).as(said()).isZero();
    assertAllExist();
    assertThat(Files.readAllLines(asked()))
        .filteredOn(line -> line.startsWith("crossval"))
        .as("3 numbers of tracks, 2 seeds, taught and from scratch")
        .hasSize(12)
        .anyMatch(line -> line.contains("--epochs\t16\t--batch-size\t16"));
  }

  @Test
  void whatIsMisspeltIsToldBeforeAnythingIsTrained() throws Exception {
    assertThat(run(Map.of(), "reproduction.sh", "protocols", "ingredents")).isEqualTo(2);
    assertThat(said()).contains("no arm is called ingredents");
    assertThat(run(Map.of("LARGE", "refrence-unet"), "reproduction.sh")).isEqualTo(2);
    assertThat(said()).contains("no network is called refrence-unet");
    Files.delete(folder.resolve("data/splits/test_filtered.txt"));
    assertThat(run(Map.of(), "reproduction.sh")).isEqualTo(2);
    assertThat(said()).contains("lacks the fault-filtered lists");
    assertThat(commands()).allMatch(command -> command.equals(List.of("models")));
  }

  @Test
  void aDivergedTrainingIsAnAnswerAndAnyOtherFailureAnEnd() throws Exception {
    Map<String, String> diverges = Map.of("FAILS", "--activation", "STATUS", "3");
    assertThat(run(diverges, "reproduction.sh", "activations")).as(said()).isZero();
    assertThat(said()).contains("out/prelu diverged", "out/keras-prelu-no-batch-norm diverged");
    assertThat(Files.readString(asked())).contains("--compare");
    Files.writeString(asked(), "");
    assertThat(run(Map.of(), "reproduction.sh", "activations")).as(said()).isZero();
    assertThat(said()).contains("out/prelu diverged before");
    assertThat(Files.readString(asked())).as("not begun again").doesNotContain("--activation");

    Map<String, String> fails = Map.of("FAILS", "--activation", "STATUS", "1");
    for (String run : List.of("prelu", "prelu-no-batch-norm")) {
      Files.delete(folder.resolve("out").resolve(run).resolve("diverged"));
    }
    Files.writeString(asked(), "");
    assertThat(run(fails, "reproduction.sh", "activations")).isEqualTo(1);
    assertThat(Files.readString(asked())).doesNotContain("--compare");
  }
}
