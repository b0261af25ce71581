package tonearm.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.eval.ClipPrediction;
import tonearm.eval.ClipPredictions;
import tonearm.features.Augmentation;
import tonearm.model.ModelConfig;
import tonearm.provenance.Json;

/** How often runs are right by how many tracks they were trained on. */
class LearningCurveTest {
  private static final int HELD_OUT = 20;

  @TempDir private Path folder;

  /** A run that has the first {@code right} of its tracks right. */
  private Path run(String name, int perGenre, boolean taught, int right, Map<String, ?> more)
      throws IOException {
    Path run = Files.createDirectories(folder.resolve(name));
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("model", ModelConfig.TINY_UNET);
    description.put(
        "training", Map.of("clip_seconds", 2.0, "augmentation", Augmentation.PUBLISHED));
    description.put("features", FakeRun.FEATURES);
    description.put("genres", List.of("fado", "polka"));
    description.put("train_tracks", 2 * perGenre);
    if (taught) {
      description.put("init", Map.of("name", "base", "network", "00", "backbone_rate", 0.1));
    }
    description.putAll(more);
    Json.write(run.resolve("run.json"), description);
    List<ClipPrediction> clips = new ArrayList<>();
    for (int t = 0; t < HELD_OUT; t++) {
      float p = t < right ? 0.9f : 0.1f;
      float[] answer = t % 2 == 0 ? new float[] {p, 1 - p} : new float[] {1 - p, p};
      clips.add(new ClipPrediction("t" + t, 0, 0, "valid", t % 2, answer));
      // Training clips are none of its business.
      clips.add(new ClipPrediction("x" + t, 0, 0, "train", t % 2, answer));
    }
    new ClipPredictions(List.of("fado", "polka"), clips).write(run.resolve(ClipPredictions.FILE));
    return run;
  }

  @Test
  void runsOfOneKindAreGatheredAndComparedTrackByTrack() throws IOException {
    LearningCurve curve =
        LearningCurve.read(
            List.of(
                run("a", 10, false, 8, Map.of()),
                run("b", 10, false, 12, Map.of()),
                run("c", 50, false, 15, Map.of()),
                run("d", 10, true, 14, Map.of()),
                run("e", 10, true, 14, Map.of())));

    assertThat(curve.table().lines().toList())
        .hasSize(4)
        .satisfies(
            lines -> {
              assertThat(lines.get(0)).startsWith("fado, polka: 20 tracks held out");
              assertThat(lines.get(1))
                  .startsWith("from base      10 tracks a genre   70.0 % (")
                  .contains("2 runs 70.0 to 70.0", "+20.0 (", ") against from scratch");
              assertThat(lines.get(2))
                  .startsWith("from scratch   10 tracks a genre   50.0 % (")
                  .endsWith("2 runs 40.0 to 60.0");
              assertThat(lines.get(3)).startsWith("from scratch   50 tracks a genre   75.0 % (");
            });
    Svg svg = Svg.of(curve.figure());
    assertThat(svg.words())
        .contains("from base", "from scratch", "10", "50", "100 %", "20 tracks held out")
        .doesNotContain("20");

    curve.write(folder.resolve("curve"));
    List<String> rows = Files.readAllLines(folder.resolve("curve/14-learning-curve.csv"));
    assertThat(rows).hasSize(4);
    assertThat(rows.get(1)).startsWith("\"from base\",10,2,20,0.7000,").contains(",0.2000,");
    assertThat(rows.get(2)).startsWith("\"from scratch\",10,2,20,0.5000,").endsWith(",,,");
    assertThat(folder.resolve("curve/14-learning-curve.png")).isNotEmptyFile();
  }

  /** The gain is of each track: where all moved alike it is surer than either figure. */
  @Test
  void aGainOnEveryTrackIsSure() throws IOException {
    LearningCurve curve =
        LearningCurve.read(
            List.of(run("a", 10, false, 0, Map.of()), run("b", 10, true, HELD_OUT, Map.of())));
    assertThat(curve.table()).contains("+100.0 (+100.0 to +100.0)");
  }

  @Test
  void ofACrossValidationTheFoldsTellHowManyTrained() throws IOException {
    Path run =
        run(
            "folds",
            99,
            false,
            10,
            Map.of("folds", Map.of("protocol", "track", "count", 2, "seed", 1)));
    Files.writeString(
        run.resolve("folds.csv"),
        "fold,side,clips,tracks\n1,train,60,20\n1,valid,30,10\n2,train,66,22\n2,valid,30,10\n");
    assertThat(LearningCurve.read(List.of(run)).table()).contains(" 11 tracks a genre ");
  }

  @Test
  void whatCannotBeComparedIsRefused() throws IOException {
    Path one = run("one", 10, false, 8, Map.of());
    Path genres = run("genres", 10, false, 8, Map.of("genres", List.of("fado", "tango")));
    assertThatThrownBy(() -> LearningCurve.read(List.of(one, genres)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("genres is of the genres [fado, tango]");
    Path tracks = run("tracks", 10, false, 8, Map.of());
    ClipPredictions all = ClipPredictions.read(tracks.resolve(ClipPredictions.FILE));
    new ClipPredictions(all.genres(), all.clips().subList(2, all.clips().size()))
        .write(tracks.resolve(ClipPredictions.FILE));
    assertThatThrownBy(() -> LearningCurve.read(List.of(one, tracks)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not hold out the same tracks");
    Files.delete(tracks.resolve(ClipPredictions.FILE));
    assertThatThrownBy(() -> LearningCurve.read(List.of(tracks)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not finished");
  }
}
