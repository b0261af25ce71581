package tonearm.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import tonearm.eval.ConfusionMatrix;
import tonearm.eval.Prediction;
import tonearm.report.ScoreFigures.Side;

/** Figures 9 to 11 show the numbers that they are of. */
class ScoreFiguresTest {
  private static final List<String> GENRES = List.of("blues", "jazz", "rock");
  private static final ConfusionMatrix TRAIN =
      ConfusionMatrix.ofCounts(
          GENRES, List.of(List.of(81, 12, 7), List.of(6, 90, 4), List.of(15, 0, 85)));
  private static final ConfusionMatrix VALID =
      ConfusionMatrix.ofCounts(
          GENRES, List.of(List.of(11, 5, 4), List.of(3, 16, 1), List.of(0, 2, 18)));

  @Test
  void bothTogetherIsTheSum() {
    List<Side> sides = ScoreFigures.sides(TRAIN, VALID);

    assertThat(sides).extracting(Side::label).containsExactly("training", "validation", "both");
    assertThat(sides.get(2).confusion().counts().get(0)).containsExactly(92, 17, 11);
    assertThat(ScoreFigures.sides(null, VALID))
        .extracting(Side::label)
        .containsExactly("validation");
  }

  @Test
  void theMatrixHasACellForEachPairColouredByItsShare() {
    Svg svg =
        Svg.of(ScoreFigures.confusion("m", "Confusion", List.of(new Side("validation", VALID))));

    assertThat(svg.words())
        .contains("validation: 60 clips, 75.0 % right, macro F1 0.743")
        .contains("11", "5", "4", "3", "16", "1", "2", "18")
        .doesNotContain("0")
        .contains("0 %", "100 %");
    for (String genre : GENRES) {
      assertThat(svg.words()).as("as row and column").filteredOn(genre::equals).hasSize(2);
    }
    double edge = 400.0 / 3;
    int cells = 0;
    for (int t = 0; t < 3; t++) {
      for (int p = 0; p < 3; p++) {
        Color colour = Palette.blues(VALID.rowNormalised()[t][p]);
        cells +=
            (int)
                svg.rects(colour).stream()
                    .filter(r -> Math.abs(r.width() - edge) < 1e-3)
                    .filter(r -> Math.abs(r.height() - edge) < 1e-3)
                    .filter(near(t, p, edge))
                    .count();
      }
    }
    assertThat(cells).isEqualTo(9);
  }

  private static java.util.function.Predicate<Svg.Rect> near(int t, int p, double edge) {
    double left = 6 + 78 + p * edge;
    double top = 36 + t * edge;
    return r -> Math.abs(r.x() - left) < 1e-3 && Math.abs(r.y() - top) < 1e-3;
  }

  @Test
  void manyGenresStillFit() {
    List<String> many = new ArrayList<>();
    List<List<Integer>> counts = new ArrayList<>();
    for (int g = 0; g < 60; g++) {
      many.add("genre with a long name " + g);
      List<Integer> row = new ArrayList<>(java.util.Collections.nCopies(60, 1));
      row.set(g, 20);
      counts.add(row);
    }
    List<Side> sides =
        ScoreFigures.sides(
            ConfusionMatrix.ofCounts(many, counts), ConfusionMatrix.ofCounts(many, counts));
    Svg confusion = Svg.of(ScoreFigures.confusion("m", "Many", sides));
    Svg scores = Svg.of(ScoreFigures.scores("s", "Many", sides));
    assertThat(confusion.texts()).allMatch(t -> t.x() >= 0 && t.x() <= Figure.PAGE_WIDTH);
    assertThat(scores.texts()).allMatch(t -> t.x() >= 0 && t.x() <= Figure.PAGE_WIDTH);
  }

  @Test
  void eachGenreHasFourBarsOfTheRightHeight() {
    List<Side> sides = ScoreFigures.sides(TRAIN, VALID);
    Svg svg = Svg.of(ScoreFigures.scores("s", "Scores", sides));

    assertThat(svg.words()).contains("precision", "recall", "F1", "accuracy");
    List<Svg.Rect> f1 = svg.rects(Palette.GREEN);
    assertThat(f1).as("a bar a genre and side, and the legend").hasSize(3 * 3 + 1);
    for (int s = 0; s < 3; s++) {
      ConfusionMatrix confusion = sides.get(s).confusion();
      for (int g = 0; g < 3; g++) {
        assertThat(f1.get(3 * s + g).height()).isCloseTo(160 * confusion.f1(g), within(1e-3));
        assertThat(svg.words()).contains(shortDecimal(confusion.recall(g)));
      }
    }
    assertThat(svg.rects(Palette.BLUE)).hasSize(10);
    assertThat(svg.rects(Palette.ORANGE)).hasSize(10);
  }

  private static String shortDecimal(double value) {
    return String.format(Locale.ROOT, "%.2f", value).replaceFirst("^0", "");
  }

  @Test
  void accuracyOfAGenreCountsWhatIsRightlyNotOfIt() {
    // Of 60 clips, blues is wrongly left out 9 times and wrongly given 3 times.
    assertThat(new Side("validation", VALID).accuracy(0)).isCloseTo(48 / 60.0, within(1e-12));
  }

  @Test
  void theAnswerRanksGenresAndShowsEachClip() {
    float[] first = {0.2f, 0.7f, 0.1f};
    float[] second = {0.4f, 0.5f, 0.1f};
    Prediction answer =
        Prediction.ok("music/Take Five.mp3", GENRES, new float[] {0.3f, 0.6f, 0.1f}, 12, 2, "m")
            .withTimeline(
                List.of(
                    Prediction.Segment.of(0, 6, GENRES, first),
                    Prediction.Segment.of(6, 12, GENRES, second)));
    Svg svg = Svg.of(ScoreFigures.answer(answer, "jazz"));

    assertThat(svg.words())
        .contains("Take Five.mp3 (labelled jazz)")
        .containsSubsequence("jazz", "60.0 %", "blues", "30.0 %", "rock", "10.0 %");
    assertThat(svg.rects(Palette.BLUE)).singleElement().satisfies(r -> width(r, 0.6));
    assertThat(svg.rects(Palette.SKY)).hasSize(2).first().satisfies(r -> width(r, 0.3));
    assertThat(svg.dots(Palette.BLACK)).as("3 genres of 2 clips").isEqualTo(6);

    Svg plain =
        Svg.of(
            ScoreFigures.answer(
                Prediction.ok("x", GENRES, new float[] {0.3f, 0.6f, 0.1f}, 12, 2, "m"), null));
    assertThat(plain.dots(Palette.BLACK)).isZero();
    assertThat(plain.words()).contains("x");
  }

  private static void width(Svg.Rect bar, double probability) {
    assertThat(bar.width()).isCloseTo(740 * probability, within(1e-3));
  }
}
