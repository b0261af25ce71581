package tonearm.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tonearm.dsp.Golden;

class ClipScalerTest {
  private static float[] scaled(Spectrogram clip, int size) {
    float[] picture = new float[size * size];
    new ClipScaler(size).scale(clip, picture, 0);
    return picture;
  }

  private static Spectrogram random(Random random, int bins, int frames) {
    float[] values = new float[bins * frames];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(256);
    }
    return new Spectrogram(values, bins, frames);
  }

  @Test
  void picturesAreThoseOfPillow() {
    for (JsonNode clip : Golden.read("clips.json").get("clips")) {
      JsonNode input = clip.get("input");
      double[] levels = Golden.doubles(input.get("levels"));
      float[] values = new float[levels.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) levels[i];
      }
      int bins = input.get("bins").intValue();
      int frames = input.get("frames").intValue();
      float[] actual = scaled(new Spectrogram(values, bins, frames), input.get("size").intValue());
      double[] expected = Golden.doubles(clip.get("expected"));
      assertThat(actual).hasSize(expected.length);
      for (int i = 0; i < expected.length; i++) {
        assertThat((double) actual[i])
            .as("%d x %d, value %d", bins, frames, i)
            .isCloseTo(expected[i], within(1e-5));
      }
    }
  }

  @Test
  void neitherGainNorOffsetOfTheLevelsMatters() {
    long seed = 3;
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      Spectrogram clip = random(random, random.nextInt(1, 40), random.nextInt(2, 40));
      float gain = 0.1f + random.nextFloat();
      float offset = 100 * random.nextFloat() - 150;
      float[] other = clip.values().clone();
      for (int i = 0; i < other.length; i++) {
        other[i] = gain * other[i] + offset;
      }
      float[] a = scaled(clip, 16);
      float[] b = scaled(new Spectrogram(other, clip.bins(), clip.frames()), 16);
      for (int i = 0; i < a.length; i++) {
        assertThat(a[i]).isBetween(0f, 1f);
        assertThat(b[i]).as("seed %d, round %d", seed, round).isCloseTo(a[i], within(1e-4f));
      }
    }
  }

  @Test
  void aClipWithoutContrastIsBlackAndOnlyItsPlaceIsWritten() {
    float[] values = new float[12];
    Arrays.fill(values, -400);
    float[] pictures = new float[3 * 16];
    Arrays.fill(pictures, 7);
    new ClipScaler(4).scale(new Spectrogram(values, 3, 4), pictures, 16);
    for (int i = 0; i < pictures.length; i++) {
      assertThat(pictures[i]).isEqualTo(i >= 16 && i < 32 ? 0 : 7);
    }
  }

  @Test
  void aClipOfThePicturesOwnSizeIsOnlyStretchedToItsRange() {
    Spectrogram clip = random(new Random(4), 16, 16);
    float max = 0;
    float min = 255;
    for (float value : clip.values()) {
      max = Math.max(max, value);
      min = Math.min(min, value);
    }
    float[] picture = scaled(clip, 16);
    for (int i = 0; i < picture.length; i++) {
      assertThat(picture[i]).isCloseTo((clip.values()[i] - min) / (max - min), within(1e-6f));
    }
  }

  @Test
  void aPictureOfNoPixelsIsRefused() {
    assertThatThrownBy(() -> new ClipScaler(0))
        .hasMessageContaining("1 to 2048 pixels a side, not 0 x 0");
  }

  @Test
  void aFactorOfFrequenciesIsMoreThanNothing() {
    Spectrogram clip = random(new Random(5), 8, 8);
    float[] picture = new float[16];
    for (double factor : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new ClipScaler(4).scale(clip, picture, 0, factor))
          .hasMessageContaining("frequencyFactor must be more than 0");
    }
    new ClipScaler(4).scale(clip, picture, 0, 1);
    assertThat(picture).isEqualTo(scaled(clip, 4));
  }
}
