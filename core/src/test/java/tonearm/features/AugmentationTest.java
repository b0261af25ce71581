package tonearm.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tonearm.provenance.Seeds;

class AugmentationTest {
  private static final int SIZE = 20;

  private static float[] picture(Random random, int size) {
    float[] picture = new float[size * size];
    for (int i = 0; i < picture.length; i++) {
      picture[i] = random.nextFloat();
    }
    return picture;
  }

  private static float[] applied(Augmentation augmentation, float[] picture, long seed) {
    float[] changed = picture.clone();
    augmentation.apply(changed, 0, (int) Math.sqrt(picture.length), new Seeds(seed).random("test"));
    return changed;
  }

  private static float mean(float[] picture) {
    double sum = 0;
    for (float value : picture) {
      sum += value;
    }
    return (float) (sum / picture.length);
  }

  @Test
  void noneChangesNothing() {
    float[] picture = picture(new Random(1), SIZE);
    for (long seed = 0; seed < 20; seed++) {
      assertThat(applied(Augmentation.NONE, picture, seed)).isEqualTo(picture);
    }
  }

  @Test
  void timeShiftMovesWholeColumnsInACircle() {
    float[] picture = picture(new Random(2), SIZE);
    Augmentation shift = new Augmentation(1, 0, 0.5, 0, 0);
    boolean moved = false;
    for (long seed = 0; seed < 50; seed++) {
      float[] shifted = applied(shift, picture, seed);
      int by = 0;
      while (by < SIZE && shifted[by] != picture[0]) {
        by++;
      }
      moved |= by > 0;
      for (int y = 0; y < SIZE; y++) {
        for (int x = 0; x < SIZE; x++) {
          assertThat(shifted[y * SIZE + (x + by) % SIZE])
              .as("seed %d", seed)
              .isEqualTo(picture[y * SIZE + x]);
        }
      }
    }
    assertThat(moved).isTrue();
  }

  @Test
  void aTimeMaskIsABlockOfColumnsAtThePicturesMean() {
    assertMasks(new Augmentation(1, 0, 0, 0.25, 0), true);
  }

  @Test
  void aFrequencyMaskIsABlockOfRowsAtThePicturesMean() {
    assertMasks(new Augmentation(1, 0, 0, 0, 0.25), false);
  }

  private static void assertMasks(Augmentation augmentation, boolean columns) {
    float[] picture = picture(new Random(3), SIZE);
    float mean = mean(picture);
    int widest = 0;
    for (long seed = 0; seed < 200; seed++) {
      float[] masked = applied(augmentation, picture, seed);
      int first = -1;
      int last = -1;
      for (int line = 0; line < SIZE; line++) {
        boolean hit = false;
        for (int i = 0; i < SIZE; i++) {
          int at = columns ? i * SIZE + line : line * SIZE + i;
          hit |= masked[at] != picture[at];
        }
        if (hit) {
          first = first < 0 ? line : first;
          last = line;
        }
      }
      int width = first < 0 ? 0 : last - first + 1;
      assertThat(width).as("seed %d", seed).isLessThanOrEqualTo(SIZE / 4);
      widest = Math.max(widest, width);
      for (int line = first; width > 0 && line <= last; line++) {
        for (int i = 0; i < SIZE; i++) {
          int at = columns ? i * SIZE + line : line * SIZE + i;
          assertThat(masked[at]).as("seed %d", seed).isEqualTo(mean);
        }
      }
    }
    assertThat(widest).isEqualTo(SIZE / 4);
  }

  @Test
  void noiseIsWhiteAndOfTheStatedStrength() {
    int size = 200;
    float[] picture = new float[size * size];
    Arrays.fill(picture, 0.5f);
    Augmentation.addNoise(picture, 0, picture.length, 0.05, new Seeds(4).random("test"));
    double sum = 0;
    double squares = 0;
    double neighbours = 0;
    for (int i = 0; i < picture.length; i++) {
      double d = picture[i] - 0.5;
      sum += d;
      squares += d * d;
      neighbours += i == 0 ? 0 : d * (picture[i - 1] - 0.5);
    }
    assertThat(sum / picture.length).isCloseTo(0, within(0.001));
    assertThat(Math.sqrt(squares / picture.length)).isCloseTo(0.05, within(0.001));
    assertThat(neighbours / squares).as("correlation").isCloseTo(0, within(0.02));
  }

  @Test
  void anyPictureKeepsItsRangeAndItsNeighbours() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int size = random.nextInt(1, 40);
      Augmentation augmentation =
          new Augmentation(
              random.nextDouble(),
              random.nextDouble(),
              random.nextDouble() / 2,
              random.nextDouble(),
              random.nextDouble());
      float[] pictures = new float[3 * size * size];
      Arrays.fill(pictures, 9);
      System.arraycopy(picture(random, size), 0, pictures, size * size, size * size);
      augmentation.apply(pictures, size * size, size, new Seeds(seed).random("test"));
      for (int i = 0; i < pictures.length; i++) {
        boolean inside = i / (size * size) == 1;
        assertThat(pictures[i])
            .as("seed %d, %s", seed, augmentation)
            .isBetween(inside ? 0f : 9f, inside ? 1f : 9f);
      }
    }
  }

  @Test
  void theSameDrawsGiveTheSamePictureAndOthersAnother() {
    float[] picture = picture(new Random(5), SIZE);
    Augmentation always = new Augmentation(1, 0.05, 0.5, 0.15, 0.15);
    assertThat(applied(always, picture, 1)).isEqualTo(applied(always, picture, 1));
    assertThat(applied(always, picture, 2)).isNotEqualTo(applied(always, picture, 1));
  }

  @Test
  void impossibleStrengthsAreRefused() {
    assertThatThrownBy(() -> new Augmentation(1.1, 0, 0, 0, 0)).hasMessageContaining("probability");
    assertThatThrownBy(() -> new Augmentation(1, -1, 0, 0, 0)).hasMessageContaining("noise");
    assertThatThrownBy(() -> new Augmentation(1, 0, 0.6, 0, 0)).hasMessageContaining("timeShift");
    assertThatThrownBy(() -> new Augmentation(1, 0, 0, 2, 0)).hasMessageContaining("timeMask");
    assertThatThrownBy(() -> new Augmentation(1, 0, 0, 0, Double.NaN))
        .hasMessageContaining("frequencyMask");
  }
}
