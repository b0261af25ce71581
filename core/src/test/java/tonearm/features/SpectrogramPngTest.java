package tonearm.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpectrogramPngTest {
  @TempDir private Path folder;

  @Test
  void turnsBackIntoItsPixels() throws IOException {
    long seed = 3;
    Random random = new Random(seed);
    float[] values = new float[37 * 53];
    for (int i = 0; i < values.length; i++) {
      values[i] = -150 + 130 * random.nextFloat();
    }
    Path png = folder.resolve("a.png");
    SpectrogramPng.Range range = SpectrogramPng.write(new Spectrogram(values, 37, 53), png);
    float[] sorted = values.clone();
    Arrays.sort(sorted);
    assertThat(range).isEqualTo(new SpectrogramPng.Range(sorted[0], sorted[sorted.length - 1]));
    Spectrogram read = SpectrogramPng.read(png);
    assertThat(read.bins()).isEqualTo(37);
    assertThat(read.frames()).isEqualTo(53);
    for (int i = 0; i < values.length; i++) {
      double pixel = 255.0 * (values[i] - range.dbMin()) / (range.dbMax() - range.dbMin());
      assertThat(Math.abs(read.values()[i] - pixel)).as("seed %d", seed).isLessThan(0.5001);
    }
  }

  @Test
  void theTopRowIsTheHighestFrequencyAndTheFirstColumnTheEarliest() throws IOException {
    Path png = folder.resolve("a.png");
    SpectrogramPng.write(new Spectrogram(new float[] {-10, -20, -30, -110}, 2, 2), png);
    BufferedImage image = ImageIO.read(png.toFile());
    assertThat(image.getRaster().getSample(0, 1, 0)).isEqualTo(255);
    assertThat(image.getRaster().getSample(1, 1, 0)).isEqualTo(230);
    assertThat(image.getRaster().getSample(0, 0, 0)).isEqualTo(204);
    assertThat(image.getRaster().getSample(1, 0, 0)).isZero();
  }

  @Test
  void aConstantIsBlack() throws IOException {
    Path png = folder.resolve("a.png");
    float[] values = new float[6];
    Arrays.fill(values, -400);
    assertThat(SpectrogramPng.write(new Spectrogram(values, 2, 3), png))
        .isEqualTo(new SpectrogramPng.Range(-400, -400));
    assertThat(SpectrogramPng.read(png).values()).containsOnly(0);
  }

  @Test
  void replacesAPictureAndLeavesNothingElseBehind() throws IOException {
    Path png = folder.resolve("a.png");
    Files.writeString(png, "old");
    SpectrogramPng.write(new Spectrogram(new float[] {1, 2}, 1, 2), png);
    assertThat(SpectrogramPng.read(png).values()).containsExactly(0, 255);
    assertThatThrownBy(
            () ->
                SpectrogramPng.write(
                    new Spectrogram(new float[] {Float.NaN}, 1, 1), folder.resolve("b.png")))
        .isInstanceOf(IllegalArgumentException.class);
    Files.createDirectories(folder.resolve("c.png/full"));
    assertThatThrownBy(
            () ->
                SpectrogramPng.write(
                    new Spectrogram(new float[] {1}, 1, 1), folder.resolve("c.png")))
        .isInstanceOf(IOException.class);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(png, folder.resolve("c.png"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_USHORT_GRAY,
        BufferedImage.TYPE_BYTE_BINARY,
        BufferedImage.TYPE_BYTE_INDEXED
      })
  void refusesAPictureThatIsNot8BitGrey(int type) throws IOException {
    Path png = folder.resolve("foreign.png");
    ImageIO.write(new BufferedImage(4, 4, type), "png", png.toFile());
    assertThatThrownBy(() -> SpectrogramPng.read(png))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("foreign.png")
        .hasMessageContaining("8-bit grey");
  }

  @Test
  void refusesWhatIsNoPictureOrBroken() throws IOException {
    assertThatThrownBy(() -> SpectrogramPng.read(folder.resolve("none.png")))
        .isInstanceOf(NoSuchFileException.class);
    Path text = Files.writeString(folder.resolve("text.png"), "no picture at all");
    assertThatThrownBy(() -> SpectrogramPng.read(text))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("text.png");
    Path empty = Files.createFile(folder.resolve("empty.png"));
    assertThatThrownBy(() -> SpectrogramPng.read(empty)).isInstanceOf(IOException.class);
    Path whole = folder.resolve("whole.png");
    float[] values = new float[10_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = new Random(i).nextFloat();
    }
    SpectrogramPng.write(new Spectrogram(values, 100, 100), whole);
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = Files.write(folder.resolve("cut.png"), Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> SpectrogramPng.read(cut))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cut.png");
  }
}
