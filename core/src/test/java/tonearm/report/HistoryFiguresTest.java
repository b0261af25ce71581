package tonearm.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.eval.Bootstrap;
import tonearm.eval.ClipPrediction;
import tonearm.eval.ClipPredictions;
import tonearm.eval.RunMetrics;
import tonearm.report.Comparison.NamedRun;

/** Figures of epochs, from files of this and other versions. */
class HistoryFiguresTest {
  @TempDir private Path folder;

  private EpochTable table(String name, String... lines) throws IOException {
    Path csv = Files.write(folder.resolve(name + ".csv"), List.of(lines));
    return EpochTable.read(csv, name);
  }

  @Test
  void everyEpochIsADotInBothPanels() throws IOException {
    EpochTable run =
        table(
            "run",
            "epoch,train_loss,train_accuracy,valid_loss,valid_accuracy,mood",
            "1,2.3,0.1,2.4,0.1,good",
            "2,1.5,0.4,NaN,NaN,bad",
            "3,1.1,0.6,1.7,0.5,");
    Svg svg = Svg.of(HistoryFigures.history("h", "History", "nats", run, null));

    assertThat(svg.words())
        .contains("accuracy", "loss", "epoch", "nats", "training", "validation", "0 %", "100 %");
    assertThat(svg.dots(Palette.BLUE)).as("3 epochs, 2 panels, legend").isEqualTo(7);
    // An epoch without validation is a gap: two single points, each with a larger dot, a panel.
    assertThat(svg.dots(Palette.VERMILION)).isEqualTo(2 * 2 * 2 + 1);
  }

  @Test
  void settledValidationIsAColumnOrOnePoint() throws IOException {
    EpochTable plain =
        table("plain", "epoch,train_accuracy,valid_accuracy", "1,0.1,0.1", "2,0.4,0.3");
    Svg one =
        Svg.of(
            HistoryFigures.history(
                "h", "H", "nats", plain, new HistoryFigures.Settled(0.6, Double.NaN)));
    assertThat(one.words()).contains("validation of the finished weights, batch norm settled");

    EpochTable settled =
        table(
            "settled",
            "fold,epoch,valid_accuracy,settled_valid_accuracy",
            "0,1,0.1,0.2",
            "0,2,0.3,0.5");
    Svg line =
        Svg.of(
            HistoryFigures.history(
                "h", "H", "nats", settled, new HistoryFigures.Settled(0.6, 1.0)));
    assertThat(line.words())
        .contains("validation, batch norm settled")
        .doesNotContain("validation of the finished weights, batch norm settled");
  }

  @Test
  void foldsAreAveraged() throws IOException {
    EpochTable run =
        table(
            "cv",
            "fold,epoch,valid_accuracy,valid_loss",
            "1,1,0.2,NaN",
            "1,2,0.4,2",
            "2,1,0.4,3",
            "2,2,0.8,1",
            "1,3,0.5,1");
    assertThat(run.epochs()).containsExactly(1, 2, 3);
    assertThat(run.column("valid_accuracy"))
        .containsExactly(0.30000000000000004, 0.6000000000000001, 0.5);
    assertThat(run.column("valid_loss")).containsExactly(3, 1.5, 1);
  }

  @Test
  void damagedHistoriesAreNamed() throws IOException {
    assertThatIOException()
        .isThrownBy(() -> table("empty", "epoch,x"))
        .withMessageContaining("empty.csv has no epoch yet");
    assertThatIOException()
        .isThrownBy(() -> table("nothing"))
        .withMessageContaining("nothing.csv is empty");
    assertThatIOException()
        .isThrownBy(() -> table("words", "just text"))
        .withMessageContaining("words.csv is no history: it has no column \"epoch\"");
    assertThatIOException()
        .isThrownBy(() -> table("none", "a,b", "1,2"))
        .withMessageContaining("none.csv is no history: it has no column \"epoch\"");
    assertThatIOException()
        .isThrownBy(() -> table("odd", "epoch,x", "one,2"))
        .withMessageContaining("odd.csv is damaged: an epoch is no number");
    assertThatIOException()
        .isThrownBy(() -> EpochTable.read(folder.resolve("gone.csv"), "x"))
        .withMessageContaining("gone.csv");
    Path keras = Files.writeString(folder.resolve("k.json"), "{\"accuracy\":[0.1],\"loss\":[1,2]}");
    assertThatIOException()
        .isThrownBy(() -> EpochTable.readKeras(keras, "x"))
        .withMessageContaining("k.json");
  }

  private NamedRun run(String name, double growth) throws IOException {
    Path run = Files.createDirectories(folder.resolve("runs").resolve(name));
    List<String> lines =
        new ArrayList<>(List.of("epoch,train_accuracy,valid_accuracy,gradient_norm"));
    for (int e = 1; e <= 8; e++) {
      lines.add("%d,%s,%s,%s".formatted(e, 0.1 * e, 0.08 * e, Math.pow(growth, e)));
    }
    Files.write(run.resolve("history.csv"), lines);
    return new NamedRun(name, run);
  }

  @Test
  void runsAreComparedInOneFigure() throws IOException {
    List<NamedRun> runs = List.of(run("by clip", 1.1), run("by track", 1.2), run("filtered", 3));
    Comparison comparison = Comparison.read(runs);
    comparison.write(folder);
    Svg svg = Svg.of(comparison.figure());

    assertThat(svg.words())
        .contains("by clip", "by track", "filtered")
        .contains("validation accuracy", "training accuracy", "gradient norm (log scale)")
        .doesNotContain("validation loss", "largest gradient norm");
    for (int r = 0; r < 3; r++) {
      assertThat(svg.dots(Palette.series(r))).as("8 epochs, 3 panels, legend").isEqualTo(25);
    }
    assertThat(Files.readAllLines(folder.resolve("13-comparison.csv")))
        .hasSize(1 + 3 * 8 * 3)
        .contains("\"by track\",2,train_accuracy,0.2");
    assertThat(folder.resolve("13-comparison.png")).isNotEmptyFile();
    assertThat(comparison.table())
        .contains("| filtered | 8 | not finished |")
        .doesNotContain("standard deviation");
    assertThat(folder.resolve("13-comparison.md")).hasContent(comparison.table());
  }

  @Test
  void finishedRunsAreComparedByTheirMetricsAndRepetitionsAveraged() throws IOException {
    List<NamedRun> runs = new ArrayList<>();
    for (String name : List.of("seed 1", "seed 2")) {
      runs.add(new NamedRun(name, FakeRun.write(folder.resolve(name), "digest")));
    }
    // The other is all right, by another seed.
    Path other = runs.get(1).folder();
    replace(other.resolve("run.json"), "\"seed\" : 5", "\"seed\" : 6");
    ClipPredictions said = ClipPredictions.read(other.resolve(ClipPredictions.FILE));
    List<ClipPrediction> right = new ArrayList<>();
    for (ClipPrediction clip : said.clips()) {
      float[] sure = new float[said.genres().size()];
      sure[clip.trueGenre()] = 1;
      right.add(
          new ClipPrediction(
              clip.track(), clip.clip(), clip.fold(), clip.split(), clip.trueGenre(), sure));
    }
    ClipPredictions allRight = new ClipPredictions(said.genres(), right);
    allRight.write(other.resolve(ClipPredictions.FILE));
    RunMetrics.of(allRight, Bootstrap.withSeed(1)).write(other.resolve(RunMetrics.FILE));
    String side =
        "66.7 % (66.7 to 66.7) | 100.0 % (100.0 to 100.0) | 100.0 % (100.0 to 100.0) |"
            + " 0.667 (0.400 to 0.667) | 1.000 (1.000 to 1.000) |";
    assertThat(Comparison.read(runs).table())
        .contains("| seed 1 | 2 | training | 100.0 %", "| seed 1 | 2 | validation | " + side)
        .contains(
            "| mean of 2 ± standard deviation |  | validation | 83.3 ± 23.6 % | 100.0 ± 0.0 %");

    // A clip in three of every track was wrong before: the same gain in every resample.
    int clips = said.ofSplit("valid").clips().size();
    assertThat(Comparison.read(runs).table())
        .contains(
            "| held out, in points | clips right | tracks right, mean of their clips |"
                + " clips right, of those that both hold out |",
            "| seed 2 against seed 1 | +33.3 (+33.3 to +33.3) | +0.0 (+0.0 to +0.0) |"
                + " +33.3 (+33.3 to +33.3), "
                + clips
                + " clips |");

    // Another precision rounds otherwise, which is said.
    Path run = other.resolve("run.json");
    replace(run, "\"FP32\"", "\"BF16\"");
    assertThat(Comparison.read(runs).table())
        .contains("| mean of 2 ± standard deviation, in bf16 and fp32 |  | validation | 83.3");

    // Fewer tracks to train on, or longer, are other questions.
    replace(run, "\"train_tracks\" : 6", "\"train_tracks\" : 3");
    assertThat(Comparison.read(runs).table()).doesNotContain("standard deviation");
    replace(run, "\"train_tracks\" : 3", "\"train_tracks\" : 6");
    assertThat(Comparison.read(runs).table()).contains("standard deviation");
    replace(run, "\"epochs\" : 2", "\"epochs\" : 3");
    assertThat(Comparison.read(runs).table()).doesNotContain("standard deviation");

    // Of other data, a track of the same name is another track.
    replace(run, "\"digest\"", "\"another\"");
    assertThat(Comparison.read(runs).table()).doesNotContain("against");
  }

  private static void replace(Path file, String part, String by) throws IOException {
    String text = Files.readString(file);
    assertThat(text).contains(part);
    Files.writeString(file, text.replace(part, by));
  }

  /** As training writes it, with norms that explode and one run that broke off early. */
  @Test
  void aComparisonHoldsExplodingNormsAndEndsInItsPage() throws IOException {
    List<NamedRun> runs = new ArrayList<>();
    for (int r = 0; r < 4; r++) {
      Path run = Files.createDirectories(folder.resolve("exploding").resolve("run " + r));
      List<String> lines =
          new ArrayList<>(
              List.of(
                  "fold,epoch,train_loss,penalty,train_accuracy,valid_loss,valid_accuracy,"
                      + "settled_valid_loss,settled_valid_accuracy,gradient_norm,gradient_norm_max,"
                      + "clips_per_s,seconds"));
      for (int e = 1; e <= (r == 3 ? 7 : 100); e++) {
        boolean isBroken = r == 3 && e == 7;
        lines.add(
            "0,%d,1,%s,0.5,%s,%s,%s,%s,%s,%s,100,10"
                .formatted(
                    e,
                    isBroken ? "NaN" : "0.1",
                    isBroken ? "NaN" : "1.5",
                    isBroken ? "NaN" : "0.4",
                    isBroken ? "NaN" : "1.4",
                    isBroken ? "NaN" : "0.5",
                    r == 3 ? Math.pow(10, 2 * e) : 1,
                    r == 3 ? Math.pow(10, 2.5 * e) : 2));
      }
      Files.write(run.resolve("history.csv"), lines);
      runs.add(new NamedRun("a run with quite a long name, number " + r, run));
    }
    Comparison comparison = Comparison.read(runs);
    Svg svg = Svg.of(comparison.figure());

    assertThat(svg.words())
        .contains("validation accuracy, batch norm settled", "training accuracy")
        .contains("gradient norm (log scale)", "largest gradient norm (log scale)", "1e10")
        .contains("a run with quite a long name, number 3");
    assertThat(svg.dots(Palette.series(3)))
        .as("6 epochs of validation, 7 of the others")
        .isEqualTo(6 + 7 + 6 + 7 + 7 + 1);
    assertThat(comparison.table())
        .contains("number 3 | 7 | diverged |", "number 2 | 100 | not finished");
    comparison.write(folder);
    BufferedImage page = ImageIO.read(folder.resolve("13-comparison.png").toFile());
    for (int y = 0; y < page.getHeight(); y++) {
      assertThat(page.getRGB(0, y)).as("nothing is cut off, row %d", y).isEqualTo(-1);
      assertThat(page.getRGB(page.getWidth() - 1, y)).as("row %d", y).isEqualTo(-1);
    }
  }

  @Test
  void aPanelSaysWhereRunsHaveNotAllOfIt() throws IOException {
    EpochTable old = table("old", "epoch,train_accuracy,valid_accuracy", "1,0.1,0.1", "2,0.4,0.3");
    EpochTable young =
        table(
            "young",
            "epoch,train_accuracy,valid_accuracy,settled_valid_accuracy,gradient_norm",
            "1,0.1,0.1,0.2,3",
            "2,0.3,0.2,0.4,4");
    assertThat(Svg.of(HistoryFigures.comparison("c", List.of(old, young))).words())
        .contains(
            "training accuracy",
            "validation accuracy, batch norm not settled",
            "gradient norm, not of every run");
    assertThat(Svg.of(HistoryFigures.comparison("c", List.of(young))).words())
        .contains("validation accuracy, batch norm settled", "gradient norm");
  }

  @Test
  void whatCannotBeComparedIsRefused() throws IOException {
    NamedRun run = run("twin", 1.1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Comparison.read(List.of(run, run)))
        .withMessageContaining("different names");
    List<EpochTable> nine = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      nine.add(new EpochTable("run " + i, Map.of("epoch", new double[] {1})));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HistoryFigures.comparison("c", nine))
        .withMessageContaining("from 1 to 8");
  }

  @Test
  void axesHaveRoundNumbers() {
    assertThat(Scale.linear(0, 25).ticks(6)).containsExactly(0.0, 5.0, 10.0, 15.0, 20.0, 25.0);
    assertThat(Scale.linear(-2.3, 1.2).ticks(6))
        .contains(0.0)
        .allMatch(t -> 1 / t != Double.NEGATIVE_INFINITY);
    assertThat(new Scale(1, 1000, true).ticks(4)).contains(1.0, 10.0, 100.0, 1000.0);
    assertThat(Scale.upTo(3.2).high()).isEqualTo(3.5);
    assertThat(Scale.upTo(Double.NaN).high()).isEqualTo(1);
    assertThat(Scale.label(0.30000000000000004)).isEqualTo("0.3");
    assertThat(Scale.label(12000)).isEqualTo("12000");
    assertThat(Scale.label(2.5e8)).isEqualTo("2.5e8");
    assertThat(Scale.label(1e-6)).isEqualTo("1e-6");
    assertThat(Scale.label(0.0004)).isEqualTo("0.0004");
    assertThat(new Scale(0.5, 3e20, true).ticks(5)).hasSizeBetween(5, 10).contains(1e15);
    assertThatIllegalArgumentException().isThrownBy(() -> Scale.linear(1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Scale(0, 1, true));
  }
}
