package tonearm.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import tonearm.eval.Occlusion;
import tonearm.eval.Prediction;
import tonearm.eval.Prediction.Segment;
import tonearm.features.FrequencyAxis;
import tonearm.features.Spectrogram;

/** What the picture of a song's answer shows. */
class SongFigureTest {
  private static final List<String> GENRES = List.of("blues", "jazz", "pop");
  private static final FrequencyAxis MEL = new FrequencyAxis(true, 0, 11025);
  private static final FrequencyAxis LINEAR = new FrequencyAxis(false, 0, 11025);

  private static Spectrogram levels(int columns) {
    float[] values = new float[20 * columns];
    Arrays.fill(values, -70);
    values[0] = -20;
    values[1] = -90;
    return new Spectrogram(values, 20, columns);
  }

  private static Prediction song(String path, int clips) {
    List<Segment> timeline = new ArrayList<>();
    for (int i = 0; i < clips; i++) {
      timeline.add(Segment.of(6 * i, 6 * i + 6, GENRES, new float[] {0.5f, 0.3f, 0.2f}));
    }
    return Prediction.ok(path, GENRES, new float[] {0.5f, 0.3f, 0.2f}, 6 * clips, clips, "tiny")
        .withTimeline(timeline);
  }

  /** One patch, the third of four from below and the second of three in time, has a weight. */
  private static Occlusion clip(double start, float weight) {
    float[] weights = new float[12];
    weights[2 * 3 + 1] = weight;
    return new Occlusion(start, start + 6, 4, 3, weights);
  }

  private static Figure figure(Prediction song, FrequencyAxis axis, Occlusion... clips) {
    return SongFigure.of(song, "blues", levels(60), axis, List.of(clips));
  }

  private static BufferedImage png(Figure figure) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(figure.toPng()));
  }

  /** Colour at a part of the spectrogram's width and height, from its lower left corner. */
  private static Color at(BufferedImage image, double right, double up) {
    int x = (int) (2 * (76 + 800 * right));
    int y = (int) (2 * (84 + 330 * (1 - up)));
    return new Color(image.getRGB(x, y));
  }

  private static boolean isGrey(Color c) {
    return c.getRed() == c.getGreen() && c.getGreen() == c.getBlue();
  }

  @Test
  void itTellsTheSongItsAnswerAndWhatTheAxesAre() {
    Figure figure = figure(song("a/b.mp3", 2), LINEAR, clip(0, 2), clip(6, 1));
    Svg svg = Svg.of(figure);
    assertThat(svg.words())
        .contains("b.mp3", "blues, 50 %", "0:12, 2 clips, tiny")
        .contains("blues 50 %", "jazz 30 %", "pop 20 %")
        .contains("Hz", "2,000", "10,000", "dB", "halvings of the odds", "probability", "s")
        .contains("0", "2", "12")
        .noneMatch(word -> word.contains("others") || word.contains("Black bars"));
    assertThat(svg.content("title")).isEqualTo("b.mp3: blues, 50 %");
    assertThat(svg.content("desc")).contains("each of 12 patches of a clip was hidden");
    assertThat(Svg.of(figure(song("a.mp3", 2), MEL, clip(0, 2))).words())
        .contains("250", "500", "4,000", "8,000")
        .doesNotContain("10,000");
  }

  @Test
  void whatSpeaksForTheAnswerIsOrangeAndWhatSpeaksAgainstItBlue() throws IOException {
    BufferedImage image = png(figure(song("a.mp3", 2), LINEAR, clip(0, 2), clip(6, -2)));
    // The middle of the patch in the first clip, and in the second.
    Color first = at(image, 0.25, 2.5 / 4);
    Color second = at(image, 0.75, 2.5 / 4);
    assertThat(first.getRed()).isGreaterThan(first.getBlue() + 60);
    assertThat(second.getBlue()).isGreaterThan(second.getRed() + 60);
    // Everywhere else, from the middles of the neighbours on, there is only ink.
    for (double up : new double[] {0.1, 0.3, 0.95}) {
      assertThat(isGrey(at(image, 0.25, up))).as("at %s", up).isTrue();
    }
    for (double right : new double[] {0.05, 0.45, 0.55, 0.95}) {
      assertThat(isGrey(at(image, right, 2.5 / 4))).as("at %s", right).isTrue();
    }
  }

  @Test
  void theProbabilitiesOfClipsStandOnEachOther() {
    Prediction song = song("a.mp3", 4);
    Svg svg = Svg.of(figure(song, LINEAR, clip(0, 1)));
    // Of each clip, and the square in the legend.
    for (int g = 0; g < 3; g++) {
      Color colour = new Color[] {Palette.FOR, Palette.GREEN, Palette.PURPLE}[g];
      double high = new double[] {0.5, 0.8, 1}[g] * 120;
      List<Svg.Rect> rects = svg.rects(colour).stream().filter(rect -> rect.width() > 100).toList();
      assertThat(rects).hasSize(4);
      assertThat(rects).allMatch(rect -> Math.abs(rect.height() - high) < 0.1);
      assertThat(rects).allMatch(rect -> Math.abs(rect.width() - 200) < 0.1);
    }
  }

  @Test
  void clipsThatWereLookedIntoAreMarkedUnlessAllWere() {
    Figure some = figure(song("a.mp3", 30), LINEAR, clip(12, 1), clip(60, 1));
    List<Svg.Rect> marks = Svg.of(some).rects(Palette.BLACK);
    assertThat(marks).hasSize(2);
    assertThat(marks.get(1).x()).isCloseTo(76 + 800 / 3.0, within(0.1));
    assertThat(some.caption()).contains("the 2 of 30 clips that were looked into");
    // 3 minutes: clock times, every half minute.
    assertThat(Svg.of(some).words()).contains("0:00", "0:30", "3:00", "min:s");
    assertThat(Svg.of(figure(song("a.mp3", 1), LINEAR, clip(0, 1))).rects(Palette.BLACK)).isEmpty();
  }

  @Test
  void aDayOfSoundIsDrawnWithAsManyMarksAsAPictureHolds() {
    Prediction song = song("a.mp3", 14_400);
    Svg svg = Svg.of(figure(song, LINEAR, clip(12, 1)));
    assertThat(svg.rects(Palette.FOR).size()).isBetween(200, 402);
    assertThat(svg.words()).contains("h:min:s", "12:00:00").hasSizeLessThan(60);
  }

  @Test
  void whereThereAreNoClipsItIsBare() {
    Prediction excerpt =
        song("a.mp3", 4)
            .withTimeline(
                List.of(
                    Segment.of(0, 6, GENRES, new float[] {1, 0, 0}),
                    Segment.of(12, 18, GENRES, new float[] {1, 0, 0})));
    Figure figure = figure(excerpt, LINEAR, clip(0, 1), clip(12, 1));
    assertThat(figure.caption()).contains("Where it is bare, no clip was heard");
    assertThat(figure(song("a.mp3", 4), LINEAR, clip(0, 1)).caption()).doesNotContain("bare");
    List<Svg.Rect> drawn =
        Svg.of(figure).rects(Palette.FOR).stream().filter(r -> r.width() > 100).toList();
    assertThat(drawn).extracting(Svg.Rect::x).containsExactly(76.0, 476.0);
  }

  @Test
  void manyGenresShareAColour() {
    List<String> many = List.of("a", "b", "c", "d", "e", "f", "g");
    float[] even = {0.2f, 0.15f, 0.15f, 0.15f, 0.15f, 0.1f, 0.1f};
    Prediction song =
        Prediction.ok("x", many, even, 6, 1, "m")
            .withTimeline(List.of(Segment.of(0, 6, many, even)));
    Figure figure = SongFigure.of(song, "a", levels(3), MEL, List.of());
    assertThat(Svg.of(figure).words())
        .contains("a 20 %", "e 15 %", "2 others 20 %")
        .doesNotContain("halvings of the odds");
  }

  @Test
  void silenceAndOddNamesAreDrawnToo() throws IOException {
    float[] silence = new float[40];
    Arrays.fill(silence, -400);
    Prediction song = song("a/<&\"'\u0001" + "x".repeat(300) + "\n.mp3", 1);
    Figure figure =
        SongFigure.of(song, "jazz", new Spectrogram(silence, 20, 2), MEL, List.of(clip(0, 0)));
    assertThat(Svg.of(figure).words())
        .anyMatch(word -> word.startsWith("<&\"' xxx") && word.endsWith("…"));
    assertThat(isGrey(at(png(figure), 0.5, 0.5))).isTrue();
  }

  @Test
  void anAnswerThatNamesNoGenreTellsTheNearest() {
    Prediction song = song("a.mp3", 1).asUnknown();
    Figure figure = SongFigure.of(song, "blues", levels(3), MEL, List.of(clip(0, 1)));
    assertThat(figure.title()).isEqualTo("a.mp3: unknown (nearest: blues, 50 %)");
    List<String> two = List.of("blues", "jazz");
    float[] even = {0.5f, 0.5f};
    Prediction silence =
        Prediction.ok("a.mp3", two, even, 6, 1, "m")
            .withTimeline(List.of(Segment.of(0, 6, two, even)))
            .asUnknown();
    assertThat(SongFigure.of(silence, "blues", levels(3), MEL, List.of()).title())
        .isEqualTo("a.mp3: unknown");
  }
}
