package tonearm.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.dataset.PreparedDataset;
import tonearm.features.Augmentation;
import tonearm.features.ClipScaler;
import tonearm.features.FeatureConfig;
import tonearm.features.Spectrogram;
import tonearm.report.SpectrogramFigures.Example;

/** Figures 3, 5 to 7 and 12. */
class SpectrogramFiguresTest {
  @TempDir private Path folder;

  @Test
  void aMeanShowsWhereAGenreIsLoud() throws IOException {
    PreparedDataset data = FakeRun.dataset(folder, 4);
    MeanSpectrograms means = MeanSpectrograms.of(data);

    assertThat(means.names()).containsExactly("high", "low", "middle");
    assertThat(means.rows()).isEqualTo(FakeRun.BINS);
    for (String genre : means.names()) {
      MeanSpectrograms.Mean mean = means.genres().getOrDefault(genre, none());
      // The first of "low" is there twice; a duplicate does not count.
      assertThat(mean.tracks()).isEqualTo(4);
      int loudest = 0;
      for (int row = 1; row < means.rows(); row++) {
        if (mean.levels()[row * means.columns()] > mean.levels()[loudest * means.columns()]) {
          loudest = row;
        }
      }
      assertThat(loudest).as(genre).isEqualTo(FakeRun.loudRow(genre));
    }
    // Tracks are shorter than half a minute: no column is made up.
    double seconds = FakeRun.FRAMES / FakeRun.FEATURES.framesPerSecond();
    assertThat(means.columns() * means.columnSeconds())
        .isCloseTo(seconds, within(means.columnSeconds()));
    for (MeanSpectrograms.Mean mean : means.genres().values()) {
      assertThat(mean.levels()).doesNotContain(Double.NaN);
    }
  }

  @Test
  void offsetAndGainOfATracksLevelsDoNotMatter() throws IOException {
    MeanSpectrograms plain = MeanSpectrograms.of(FakeRun.dataset(folder.resolve("a"), 1));
    MeanSpectrograms loud = MeanSpectrograms.of(FakeRun.dataset(folder.resolve("b"), 1, 0.5f, 40));
    for (String genre : plain.names()) {
      double[] a = plain.genres().getOrDefault(genre, none()).levels();
      double[] b = loud.genres().getOrDefault(genre, none()).levels();
      assertThat(b).containsExactly(a, within(0.03)); // half as many grey levels
    }
  }

  private static MeanSpectrograms.Mean none() {
    return new MeanSpectrograms.Mean(0, new double[0]);
  }

  @Test
  void meansAreReadBackAsTheyWere() throws IOException {
    MeanSpectrograms means = MeanSpectrograms.of(FakeRun.dataset(folder, 2));
    Path csv = folder.resolve("means.csv");
    means.write(csv);
    MeanSpectrograms again = MeanSpectrograms.read(csv);

    assertThat(again.columnSeconds()).isEqualTo(means.columnSeconds());
    assertThat(again.names()).isEqualTo(means.names());
    for (String genre : means.names()) {
      assertThat(again.genres().getOrDefault(genre, none()).levels())
          .containsExactly(means.genres().getOrDefault(genre, none()).levels());
      for (String other : means.names()) {
        assertThat(again.distance(genre, other)).isEqualTo(means.distance(genre, other));
      }
    }
    assertThat(MeanFigures.means(again, FakeRun.FEATURES).toSvg())
        .isEqualTo(MeanFigures.means(means, FakeRun.FEATURES).toSvg());

    Files.writeString(csv, "genre,tracks,row,0\nblues,x\n");
    assertThatIOException()
        .isThrownBy(() -> MeanSpectrograms.read(csv))
        .withMessageContaining("means.csv");
    Files.writeString(csv, "a,b\n");
    assertThatIOException()
        .isThrownBy(() -> MeanSpectrograms.read(csv))
        .withMessageContaining("holds no mean spectrograms");
  }

  @Test
  void distancesAreThoseOfTheMeans() throws IOException {
    MeanSpectrograms means = MeanSpectrograms.of(FakeRun.dataset(folder, 4));
    // "high" lies beside "middle" in the rows it shares; all three lie apart.
    for (String genre : means.names()) {
      assertThat(means.distance(genre, genre)).isZero();
      for (String other : means.names()) {
        assertThat(means.distance(genre, other)).isEqualTo(means.distance(other, genre));
        if (!other.equals(genre)) {
          assertThat(means.distance(genre, other)).isPositive();
        }
      }
    }
    Svg svg = Svg.of(MeanFigures.distances(means));
    String shown = "%.2f".formatted(means.distance("high", "low"));
    assertThat(svg.words()).contains(shown, "nearest pairs").containsAll(means.names());
    assertThat(svg.words().stream().filter(w -> w.matches("\\d\\.\\d\\d"))).hasSize(6);

    Path csv = folder.resolve("distances.csv");
    means.writeDistances(csv);
    List<String> lines = Files.readAllLines(csv);
    assertThat(lines).hasSize(4).first().isEqualTo("genre,high,low,middle");
    assertThat(lines.get(1)).startsWith("high,0.0000,");
  }

  @Test
  void aDistanceIsTheRootOfTheMeanSquaredDifference() throws IOException {
    Path csv = folder.resolve("two.csv");
    Files.writeString(
        csv,
        """
        genre,tracks,row,0.000000,0.500000,1.000000
        a,1,0,1,2,
        b,1,0,4,-2,
        """);
    MeanSpectrograms two = MeanSpectrograms.read(csv);
    assertThat(two.distance("a", "b")).isCloseTo(Math.sqrt((9 + 16) / 2.0), within(1e-12));
  }

  @Test
  void everyGenreHasAPanelWithHertzAndSeconds() throws IOException {
    MeanSpectrograms means = MeanSpectrograms.of(FakeRun.dataset(folder, 4));
    Svg svg = Svg.of(MeanFigures.means(means, FakeRun.FEATURES));

    assertThat(svg.count("image")).isEqualTo(3);
    assertThat(svg.words())
        .containsAll(means.names())
        .contains("Hz", "s", "4 tracks", "1,000", "3,000", "standard deviations");
  }

  @Test
  void highFrequenciesAreAtTheTop() {
    double[] levels = {0, 0, 0, 1, 1, 1}; // row 0 quiet, row 1 loud, three columns
    BufferedImage image = HeatMap.image(levels, 2, 3, 0, 1);

    assertThat(image.getWidth()).isEqualTo(3);
    assertThat(new Color(image.getRGB(1, 0))).isEqualTo(Palette.viridis(1));
    assertThat(new Color(image.getRGB(1, 1))).isEqualTo(Palette.viridis(0));
    assertThat(new Color(HeatMap.image(new double[] {Double.NaN}, 1, 1, 0, 1).getRGB(0, 0)))
        .isEqualTo(Palette.PALE);
  }

  @Test
  void viridisGrowsLighterFromEndToEnd() {
    double before = -1;
    for (int i = 0; i <= 100; i++) {
      Color c = Palette.viridis(i / 100.0);
      double light = 0.299 * c.getRed() + 0.587 * c.getGreen() + 0.114 * c.getBlue();
      assertThat(light).as("at %s", i).isGreaterThan(before);
      before = light;
    }
  }

  private static Example example(int frames) {
    float[] levels = new float[FakeRun.BINS * frames];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = -90 + 50f * (i % frames) / frames + i / frames % 7;
    }
    return new Example(
        "tone.wav", new Spectrogram(levels, FakeRun.BINS, frames), "dB", FakeRun.FEATURES);
  }

  @Test
  void aSoundHasAxesAndAtMostHalfAMinute() {
    Svg all = Svg.of(SpectrogramFigures.example(example(FakeRun.FRAMES)));
    assertThat(all.count("image")).isEqualTo(1);
    assertThat(all.words()).contains("tone.wav", "Hz", "s", "dB", "-60", "3,000");
    assertThat(all.content("desc")).contains("All of it.");

    int minute = (int) (60 * FakeRun.FEATURES.framesPerSecond());
    Svg half = Svg.of(SpectrogramFigures.example(example(minute)));
    assertThat(half.content("desc")).contains("The first half minute.");
    assertThat(half.words()).contains("25").doesNotContain("40");
  }

  @Test
  void eachAugmentationHasAPanelBesideTheOriginal() {
    Example sound = example(FakeRun.FRAMES);
    Svg four =
        Svg.of(
            SpectrogramFigures.augmentations(
                sound, Augmentation.PUBLISHED, new ClipScaler(32), 2, 1));
    assertThat(four.count("image")).isEqualTo(5);
    assertThat(four.words())
        .contains("as it is", "noise", "time shift", "time mask", "frequency mask")
        .contains("standard deviation up to 0.05")
        .doesNotContain("pitch shift");

    Svg all =
        Svg.of(
            SpectrogramFigures.augmentations(sound, Augmentation.STRONG, new ClipScaler(32), 2, 1));
    assertThat(all.count("image")).isEqualTo(9);
    assertThat(all.words()).contains("time stretch", "pitch shift", "low-pass", "tilt");
  }

  @Test
  void augmentedPanelsDifferFromTheOriginal() throws IOException {
    Example sound = example(FakeRun.FRAMES);
    Figure figure =
        SpectrogramFigures.combined(sound, Augmentation.PUBLISHED, new ClipScaler(32), 2, 1);
    BufferedImage png = ImageIO.read(new ByteArrayInputStream(figure.toPng()));
    int same = 0;
    int cells = 0;
    for (int y = 60; y < 280; y += 4) {
      for (int x = 4; x < 250; x += 4) {
        int plain = png.getRGB(2 * (74 + x), 2 * y);
        same += plain == png.getRGB(2 * (74 + 282 + x), 2 * y) ? 1 : 0;
        cells++;
      }
    }
    assertThat((double) same / cells).isLessThan(0.6);
    assertThat(figure.toSvg())
        .isEqualTo(
            SpectrogramFigures.combined(sound, Augmentation.PUBLISHED, new ClipScaler(32), 2, 1)
                .toSvg());
  }

  @Test
  void frequenciesStandWhereTheirRowsAre() {
    FeatureConfig linear = FeatureConfig.preset("gtzan-archive");
    assertThat(linear.axis().heightOf(0)).isZero();
    assertThat(linear.axis().heightOf(11025)).isEqualTo(1);
    FeatureConfig mel = FeatureConfig.preset("mel-128");
    // Slaney's scale: 1000 Hz is 15 mel, 11025 Hz is 49.91; 128 bands share it with two halves.
    double top = 15 + Math.log(11.025) / (Math.log(6.4) / 27);
    double expected = (15 / top * 129 - 0.5) / 128;
    assertThat(mel.axis().heightOf(1000)).isCloseTo(expected, within(1e-9));
    assertThat(mel.axis().heightOf(8000)).isGreaterThan(mel.axis().heightOf(4000)).isLessThan(1);
  }
}
