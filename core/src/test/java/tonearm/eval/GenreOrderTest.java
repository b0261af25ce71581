package tonearm.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tonearm.provenance.Json;

class GenreOrderTest {
  private static final List<String> NAMES = List.of("blues", "country", "jazz", "metal");

  /** Rows and columns as in {@link #NAMES}; no two confusions alike. */
  private static final int[][] COUNTS = {
    {80, 12, 7, 1},
    {20, 60, 15, 5},
    {9, 3, 88, 0},
    {2, 4, 6, 88},
  };

  private static ConfusionMatrix matrix(List<String> names, int... order) {
    List<List<Integer>> rows = new ArrayList<>();
    for (int t : order) {
      List<Integer> row = new ArrayList<>();
      for (int p : order) {
        row.add(COUNTS[t][p]);
      }
      rows.add(row);
    }
    return ConfusionMatrix.ofCounts(names, rows);
  }

  @Test
  void rightNamesAreNotDoubted() {
    ConfusionMatrix right = matrix(NAMES, 0, 1, 2, 3);
    GenreOrder order = GenreOrder.of(right, right).orElseThrow();
    assertThat(order.isDoubtful()).isFalse();
    assertThat(order.likeliest()).isEqualTo(NAMES);
    assertThat(order.correlation()).isCloseTo(1, within(1e-9));
    assertThat(order.asNamed()).isCloseTo(1, within(1e-9));
    assertThat(order.next()).isLessThan(0.99);
    assertThat(order.orders()).isEqualTo(24);
  }

  /** Classes were metal, blues, jazz, country, and were called by the alphabet. */
  @Test
  void wrongNamesAreFoundOutWhateverTheOrderOfTheOthers() {
    ConfusionMatrix wrong = matrix(NAMES, 3, 0, 2, 1);
    ConfusionMatrix right = matrix(List.of("jazz", "country", "metal", "blues"), 2, 1, 3, 0);
    GenreOrder order = GenreOrder.of(wrong, right).orElseThrow();
    assertThat(order.isDoubtful()).isTrue();
    assertThat(order.likeliest()).containsExactly("metal", "blues", "jazz", "country");
    assertThat(order.correlation()).isCloseTo(1, within(1e-9));
    // Pearson's, by hand over the twelve pairs.
    assertThat(order.asNamed()).isCloseTo(pearson(wrong, matrix(NAMES, 0, 1, 2, 3)), within(1e-9));
    assertThat(order.better()).isBetween(1, 23);
  }

  @Test
  void whatCannotBeComparedIsNot() {
    ConfusionMatrix some = matrix(NAMES, 0, 1, 2, 3);
    assertThat(GenreOrder.of(some, matrix(List.of("a", "b", "c", "d"), 0, 1, 2, 3))).isEmpty();
    int[] perfect = {0, 1, 2, 3};
    assertThat(GenreOrder.of(some, ConfusionMatrix.of(NAMES, perfect, perfect))).isEmpty();
    int[] two = {0, 1};
    ConfusionMatrix small = ConfusionMatrix.of(List.of("a", "b"), two, two);
    assertThat(GenreOrder.of(small, small)).isEmpty();
    int[] truth = {0, 0, 1, 1, 2, 2};
    ConfusionMatrix withoutMetal = ConfusionMatrix.of(NAMES, truth, new int[] {0, 1, 1, 2, 2, 0});
    assertThat(GenreOrder.of(some, withoutMetal)).as("nothing is known of metal").isEmpty();
  }

  private static double pearson(ConfusionMatrix a, ConfusionMatrix b) {
    double[][] x = a.rowNormalised();
    double[][] y = b.rowNormalised();
    double n = 0;
    double sumX = 0;
    double sumY = 0;
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < x.length; j++) {
        if (i != j) {
          double u = Math.sqrt(x[i][j]);
          double v = Math.sqrt(y[i][j]);
          n++;
          sumX += u;
          sumY += v;
          xx += u * u;
          yy += v * v;
          xy += u * v;
        }
      }
    }
    return (n * xy - sumX * sumY) / Math.sqrt((n * xx - sumX * sumX) * (n * yy - sumY * sumY));
  }

  /** Two networks of other kinds, whose names are right: so much is to be expected. */
  @Test
  void rightNamesOfTwoNetworksFitBest() throws IOException {
    GenreOrder order =
        GenreOrder.of(ours("reference-unet"), ours("tonearm-base-folds")).orElseThrow();
    assertThat(order.isDoubtful()).isFalse();
    assertThat(order.better()).isZero();
    assertThat(order.asNamed()).isEqualTo(order.correlation()).isBetween(0.685, 0.695);
  }

  private static ConfusionMatrix ours(String run) throws IOException {
    Path file = Path.of("../docs/runs").resolve(run).resolve(ClipPredictions.FILE);
    return Evaluation.of(ClipPredictions.read(file), Bootstrap.withSeed(1)).clips().confusion();
  }

  /** docs/REPRODUCTION.md tells what follows from this. */
  @Tag("gtzan")
  @Test
  void errorsOfThePublishedRunFitAnotherOrderThanTheAlphabet() throws IOException {
    Path published =
        Path.of(System.getProperty("tonearm.gtzan", "../../shared/gtzan")).resolve("published-run");
    assumeTrue(Files.isDirectory(published), "no published run at " + published);
    ConfusionMatrix ours = ours("reference-unet");
    ConfusionMatrix theirs =
        ConfusionMatrix.of(
            ours.genres(), labels(published, "true"), labels(published, "predicted"));

    GenreOrder order = GenreOrder.of(theirs, ours).orElseThrow();
    assertThat(order.likeliest())
        .containsExactly(
            "pop",
            "metal",
            "disco",
            "blues",
            "reggae",
            "classical",
            "rock",
            "hiphop",
            "country",
            "jazz");
    assertThat(order.orders()).isEqualTo(3_628_800);
    assertThat(order.asNamed()).isNegative();
    assertThat(order.correlation()).isBetween(0.6, 0.75).isGreaterThan(order.next());
    assertThat(order.better()).isGreaterThan(order.orders() / 2);
  }

  private static int[] labels(Path published, String which) throws IOException {
    int[] train = Json.read(published.resolve(which + "_train.json"), int[].class);
    int[] valid = Json.read(published.resolve(which + "_valid.json"), int[].class);
    return IntStream.concat(Arrays.stream(train), Arrays.stream(valid)).toArray();
  }
}
