package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of the run that is shipped, from a copy of its folder. */
class CliReportTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path SHIPPED = ROOT.resolve("docs/runs/reference-unet");

  @TempDir private Path folder;
  private Path run = Path.of("set before each");

  @BeforeEach
  void copyTheRun() throws IOException {
    run = Files.createDirectories(folder.resolve("reference"));
    for (String file :
        List.of("run.json", "history.csv", "predictions.csv", "mean-spectrograms.csv")) {
      Files.copy(SHIPPED.resolve(file), run.resolve(file));
    }
  }

  @Test
  void theShippedRunGivesAllFiguresWithItsSong() throws IOException {
    Cli cli = Cli.run("report", run, "--song", ROOT.resolve("samples/twelve-bar-blues.mp3"));

    assertThat(cli.status()).as(cli.err()).isZero();
    assertThat(cli.err()).isEmpty();
    assertThat(cli.lines().get(cli.lines().size() - 1))
        .isEqualTo("report: " + run.resolve("report/report.html") + ", 12 figures");
    assertThat(cli.out()).contains("validation clips", "63.6 % right");
    assertThat(cli.lines())
        .contains(
            "this run, 25 epochs           first     last   least and most of the last 10",
            "  training clips right       23.0 %   74.4 %   66.0 to 74.4 %",
            "  validation clips right     10.0 %   36.8 %   11.8 to 53.7 %",
            "  penalty by L2                1.29     0.34   0.29 to 0.34");
    assertThat(run.resolve("report/09-confusion.svg"))
        .content()
        .contains("validation: 900 clips, 63.6 % right, macro F1 0.640");
    assertThat(run.resolve("report/11-answer.png")).isNotEmptyFile();
    assertThat(run.resolve("metrics.json"))
        .hasSameTextualContentAs(SHIPPED.resolve("metrics.json"));
  }

  @Test
  void whatIsNotMadeIsToldAndNoFailure() throws IOException {
    Files.delete(run.resolve("mean-spectrograms.csv"));
    Path out = folder.resolve("out");
    Cli cli = Cli.run("report", run, "-o", out);

    assertThat(cli.status()).as(cli.err()).isZero();
    assertThat(cli.messages())
        .hasSize(2)
        .allMatch(line -> line.startsWith("tonearm: not made: figures "));
    assertThat(out.resolve("report.html")).isNotEmptyFile();
    assertThat(out.resolve("MODEL_CARD.md")).isNotEmptyFile();
    assertThat(run.resolve("report")).doesNotExist();
  }

  @Test
  void runsAreComparedByTheirNamesOrLabels() throws IOException {
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.writeString(
        other.resolve("history.csv"), "epoch,train_accuracy,valid_accuracy\n1,0.3,0.2\n");
    Path out = folder.resolve("comparison");

    Cli named = Cli.run("report", run, other, "--compare", out);
    assertThat(named.status()).as(named.err()).isZero();
    assertThat(named.lines())
        .hasSize(5)
        .contains(
            "| reference | 25 | not finished | | | | | |",
            "| other | 1 | not finished | | | | | |");
    assertThat(out.resolve("13-comparison.svg")).content().contains(">reference<", ">other<");
    assertThat(out.resolve("13-comparison.png")).isNotEmptyFile();

    Cli labelled = Cli.run("report", run, other, "--compare", out, "--labels", "ReLU,PReLU");
    assertThat(labelled.status()).as(labelled.err()).isZero();
    assertThat(out.resolve("13-comparison.svg")).content().contains(">ReLU<", ">PReLU<");
  }

  @Test
  void wrongUsageIsTold() throws IOException {
    Path out = folder.resolve("out");
    Cli.run("report").assertFails(2, "RUN");
    Cli.run("report", run, run).assertFails(2, "one RUN", "--compare");
    Cli.run("report", run, run, "--compare", out).assertFails(2, "different names");
    Cli.run("report", run, "--labels", "a").assertFails(2, "--labels");
    Cli.run("report", run, "--compare", out, "--labels", "a,b").assertFails(2, "2 --labels for 1");
    Cli.run("report", run, "--compare", out, "--song", "x").assertFails(2, "--compare takes");
    Cli.run("report", folder, "--compare", out).assertFails(1, "history.csv");
    Cli.run("report", folder.resolve("none")).assertFails(1, "run.json");
    Path empty = Files.createFile(Files.createDirectory(folder.resolve("cut")).resolve("run.json"));
    Cli.run("report", empty.resolveSibling("")).assertFails(1, empty + ": is empty");
    Path song = Files.createFile(folder.resolve("song.mp3"));
    Cli.run("report", song).assertFails(1, song + ": is a file, where a folder is needed");
    Cli.run("report", run, song, "--compare", out)
        .assertFails(1, song + ": is a file, where a folder is needed");
    Cli.run("report", run, "--song", folder.resolve("none.mp3")).assertFails(1, "none.mp3");
    Cli.run("report", run, "--song", folder).assertFails(1, folder + ": is a folder, not a song");
    Cli.run("report", run, "--data", folder).assertFails(1, folder + " is not a prepared dataset");
    Cli.run("report", run, "--published", folder).assertFails(1, "training_history.json");
    Cli.run("report", run, "--published", folder, "--published-genres", "pop,rock")
        .assertFails(2, "the published run's genres are blues,classical", "in some order");
    Cli.run("report", run, "--published-genres", "pop").assertFails(2, "--published");
    Cli.run("report", run, "--compare", out, "--published-genres", "pop")
        .assertFails(2, "--compare takes runs and --labels only");
    Cli.run("report", run, "--compare", out, "--name", "x").assertFails(2, "--compare takes runs");
    Cli.run("report", run, "--learning-curve", out, "--measured-by", run)
        .assertFails(2, "--learning-curve takes runs only");
    Cli.run("report", run, "--bundle", run, "--measured-by", run, "--compare", out)
        .assertFails(2, "--bundle takes one RUN");
    assertThat(out).doesNotExist();
  }
}
