package tonearm.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tonearm.audio.Audio;
import tonearm.audio.TestAudio;
import tonearm.features.PictureConfig.Style;

class FrequencyAxisTest {
  /** A tone is brightest in the row that the axis says, whatever the features and the picture. */
  @ParameterizedTest
  @CsvSource({
    "gtzan-archive, RANGE, 256",
    "gtzan-archive, MEL_STANDARD, 64",
    "mel-128, RANGE, 64",
    "mel-128, MEL_STANDARD, 64"
  })
  void aToneLiesWhereTheAxisSays(String preset, Style style, int height) {
    FeatureConfig features = FeatureConfig.preset(preset);
    PictureConfig picture = new PictureConfig(height, 72, style);
    ClipScaler scaler = ClipScaler.of(picture, features);
    FrequencyAxis axis = picture.axis(features);
    assertThat(scaler.axis(features)).isEqualTo(axis);
    for (double hz : new double[] {700, 1500, 3000, 7000}) {
      float[] tone = TestAudio.tone(hz, 6, features.sampleRateHz());
      Spectrogram levels =
          new FrontEnd(features).spectrogram(new Audio(tone, features.sampleRateHz()));
      float[] values = new float[picture.length()];
      scaler.scale(levels, values, 0);
      int brightest = 0;
      for (int row = 1; row < height; row++) {
        if (values[row * 72 + 36] > values[brightest * 72 + 36]) {
          brightest = row;
        }
      }
      // Rows of bands are as wide as several; a tone may fall on the edge between two.
      assertThat(axis.heightOf(hz) * height)
          .as("%s Hz in %s", hz, picture)
          .isBetween(brightest - 0.6, brightest + 1.6);
    }
  }

  @Test
  void heightsAndFrequenciesAreEachOthersInverse() {
    long seed = 8;
    Random random = new Random(seed);
    for (int round = 0; round < 100; round++) {
      double low = random.nextInt(4) * 400.0;
      FrequencyAxis axis =
          new FrequencyAxis(random.nextBoolean(), low, low + 100 + random.nextInt(20_000));
      double height = random.nextDouble();
      assertThat(axis.heightOf(axis.hzAt(height)))
          .as("seed %d, round %d, %s", seed, round, axis)
          .isCloseTo(height, within(1e-9));
      assertThat(axis.hzAt(0)).isCloseTo(axis.lowHz(), within(1e-6));
      assertThat(axis.hzAt(1)).isCloseTo(axis.highHz(), within(1e-6));
    }
  }

  @Test
  void anAxisRunsUpwards() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FrequencyAxis(true, 100, 100))
        .withMessageContaining("from 100.0 to 100.0 Hz");
  }
}
