package tonearm.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tonearm.provenance.Json;
import tonearm.provenance.Seeds;

class AugmentationTest {
  private static final int SIZE = 20;

  private static final int GOLDEN_HASH = 1281029961;

  private static float[] picture(Random random, int size) {
    float[] picture = new float[size * size];
    for (int i = 0; i < picture.length; i++) {
      picture[i] = random.nextFloat();
    }
    return picture;
  }

  private static float[] applied(Augmentation augmentation, float[] picture, long seed) {
    float[] changed = picture.clone();
    int size = (int) Math.sqrt(picture.length);
    augmentation.apply(changed, 0, size, size, new Seeds(seed).random("test"));
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
      augmentation.apply(pictures, size * size, size, size, new Seeds(seed).random("test"));
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

  private static Spectrogram clip(long seed, int bins, int frames) {
    Random random = new Random(seed);
    float[] values = new float[bins * frames];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(256);
    }
    return new Spectrogram(values, bins, frames);
  }

  private static float[] pictureOf(Augmentation augmentation, Spectrogram clip, long seed) {
    float[] picture = new float[SIZE * SIZE];
    augmentation.picture(clip, new ClipScaler(SIZE), picture, 0, new Seeds(seed).random("test"));
    return picture;
  }

  @Test
  void thePublishedRecipeDrawsWhatItAlwaysDrew() {
    Spectrogram clip = clip(6, 30, 17);
    for (long seed = 0; seed < 20; seed++) {
      float[] before = new float[SIZE * SIZE];
      new ClipScaler(SIZE).scale(clip, before, 0);
      Random random = new Seeds(seed).random("test");
      Augmentation.PUBLISHED.apply(before, 0, SIZE, SIZE, random);
      assertThat(pictureOf(Augmentation.PUBLISHED, clip, seed))
          .as("seed %d", seed)
          .isEqualTo(before);
    }
    // Found before there were further augmentations; a change of draws changes every training.
    float[] picture = applied(Augmentation.PUBLISHED, picture(new Random(1), SIZE), 3);
    assertThat(Arrays.hashCode(picture)).isEqualTo(GOLDEN_HASH);
  }

  @Test
  void aRecipeWrittenBeforeThereWasMoreReadsAndWritesAsItDid() throws IOException {
    String old =
        "{\"probability\":0.5,\"noise\":0.05,\"time_shift\":0.5,\"time_mask\":0.15,\"frequency_mask\":0.15}";
    assertThat(Json.fromText(old, Augmentation.class)).isEqualTo(Augmentation.PUBLISHED);
    assertThat(Json.toLine(Augmentation.PUBLISHED)).isEqualTo(old);
    String strong = Json.toLine(Augmentation.STRONG);
    assertThat(strong)
        .contains("\"time_stretch\":0.25", "\"pitch_shift_semitones\":2.0", "low_pass", "tilt");
    assertThat(Json.fromText(strong, Augmentation.class)).isEqualTo(Augmentation.STRONG);
    assertThatThrownBy(() -> Json.fromText(strong.replace("tilt", "tlt"), Augmentation.class))
        .hasMessageContaining("unknown key \"tlt\"");
    assertThatThrownBy(() -> Json.fromText(old.replace("noise", "tilt"), Augmentation.class))
        .hasMessageContaining("noise");
  }

  @Test
  void aStretchedClipIsAsWideAndMadeOfItsOwnFrames() {
    Spectrogram clip = clip(7, 4, 68);
    for (int frame = 0; frame < 68; frame++) {
      clip.values()[frame] = frame;
    }
    Spectrogram faster = Augmentation.stretched(clip, 1.25, 0.3);
    assertThat(faster.frames()).isEqualTo(68);
    // 54 frames, then from the start again.
    assertThat(faster.at(0, 53)).isEqualTo(66);
    assertThat(faster.at(0, 54)).isEqualTo(faster.at(0, 0));
    Spectrogram slower = Augmentation.stretched(clip, 0.8, 1);
    assertThat(slower.frames()).isEqualTo(68);
    assertThat(slower.at(0, 67)).isEqualTo(67);
    assertThat(slower.at(0, 0)).isEqualTo(14);
  }

  @Test
  void aPitchShiftMovesTheEdgesOfTheRows() {
    float[] values = new float[80 * 2];
    Arrays.fill(values, 20 * 2, 22 * 2, 1f);
    Spectrogram clip = new Spectrogram(values, 80, 2);
    float[] plain = new float[40 * 40];
    float[] up = new float[40 * 40];
    float[] down = new float[40 * 40];
    ClipScaler scaler = new ClipScaler(40);
    scaler.scale(clip, plain, 0);
    scaler.scale(clip, up, 0, 2);
    scaler.scale(clip, down, 0, 0.5);
    assertThat(centre(plain)).isCloseTo(10.5, within(0.01));
    assertThat(centre(up)).isCloseTo(21, within(0.01));
    assertThat(centre(down)).isCloseTo(5.25, within(0.05));
    assertThat(Arrays.copyOfRange(down, 20 * 40, 40 * 40)).containsOnly(0f);
  }

  /** The height around which a picture's levels lie, in rows. */
  private static double centre(float[] picture) {
    int size = (int) Math.sqrt(picture.length);
    double sum = 0;
    double moment = 0;
    for (int i = 0; i < picture.length; i++) {
      sum += picture[i];
      int row = i / size;
      moment += picture[i] * (row + 0.5);
    }
    return moment / sum;
  }

  @Test
  void lowPassSilencesTheTopAndTiltRaisesIt() {
    float[] picture = picture(new Random(8), SIZE);
    float[] low = picture.clone();
    Augmentation.silenceTop(low, 0, SIZE, SIZE, 5, 0);
    assertThat(Arrays.copyOf(low, 15 * SIZE)).isEqualTo(Arrays.copyOf(picture, 15 * SIZE));
    assertThat(Arrays.copyOfRange(low, 15 * SIZE, SIZE * SIZE)).containsOnly(0f);
    float[] tilted = new float[SIZE * SIZE];
    Arrays.fill(tilted, 0.5f);
    Augmentation.tilt(tilted, 0, SIZE, SIZE, 0.2);
    assertThat(tilted[0]).isCloseTo(0.405f, within(1e-5f));
    assertThat(tilted[SIZE * SIZE - 1]).isCloseTo(0.595f, within(1e-5f));
  }

  @Test
  void eachOfTheStrongOnesChangesPicturesAndKeepsTheirRange() {
    Spectrogram clip = clip(9, 50, 30);
    float[] plain = pictureOf(Augmentation.NONE, clip, 0);
    for (Augmentation alone :
        new Augmentation[] {
          new Augmentation(1, 0, 0, 0, 0, 1, 0, 0, 0),
          new Augmentation(1, 0, 0, 0, 0, 0, 12, 0, 0),
          new Augmentation(1, 0, 0, 0, 0, 0, 0, 1, 0),
          new Augmentation(1, 0, 0, 0, 0, 0, 0, 0, 1),
          Augmentation.STRONG
        }) {
      int changed = 0;
      for (long seed = 0; seed < 60; seed++) {
        float[] picture = pictureOf(alone, clip, seed);
        changed += Arrays.equals(picture, plain) ? 0 : 1;
        for (float value : picture) {
          assertThat(value).as("%s, seed %d", alone, seed).isBetween(0f, 1f);
        }
        assertThat(pictureOf(alone, clip, seed)).isEqualTo(picture);
      }
      assertThat(changed).as(alone.toString()).isGreaterThan(50);
    }
  }

  @Test
  void aPitchShiftNeedsALinearAxis() {
    Augmentation.STRONG.requireFits(FeatureConfig.preset("gtzan-archive"));
    Augmentation.PUBLISHED.requireFits(FeatureConfig.preset("mel-128"));
    assertThatThrownBy(() -> Augmentation.STRONG.requireFits(FeatureConfig.preset("mel-128")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"mel-128\" have mel bands");
  }

  @Test
  void presetsGoByName() {
    assertThat(Augmentation.presetNames()).containsExactly("none", "published", "strong", "wide");
    assertThat(Augmentation.preset("none")).isEqualTo(Augmentation.NONE);
    assertThat(Augmentation.preset("published")).isEqualTo(Augmentation.PUBLISHED);
    assertThat(Augmentation.preset("strong")).isEqualTo(Augmentation.STRONG);
    assertThatThrownBy(() -> Augmentation.preset("loud"))
        .hasMessage("no augmentation is called 'loud'; there are none, published, strong, wide");
  }
}
