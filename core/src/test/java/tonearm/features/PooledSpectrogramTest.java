package tonearm.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PooledSpectrogramTest {
  private static final FeatureConfig FEATURES = FeatureConfig.preset("gtzan-archive");

  private static PooledSpectrogram picture(int rows, int maxColumns) {
    return new PooledSpectrogram(FEATURES, FEATURES.axis(), rows, maxColumns);
  }

  @Test
  void aShortSongIsShownFrameByFrame() {
    PooledSpectrogram pooled = picture(FEATURES.bins(), 16);
    Random random = new Random(2);
    float[][] frames = new float[9][FEATURES.bins()];
    for (float[] frame : frames) {
      for (int bin = 0; bin < frame.length; bin++) {
        frame[bin] = -100 * random.nextFloat();
      }
      pooled.add(frame);
    }
    Spectrogram levels = pooled.levels();
    assertThat(levels.frames()).isEqualTo(9);
    assertThat(pooled.framesPerColumn()).isEqualTo(1);
    for (int frame = 0; frame < 9; frame++) {
      for (int bin = 0; bin < FEATURES.bins(); bin++) {
        assertThat(levels.at(bin, frame)).isCloseTo(frames[frame][bin], within(1e-3f));
      }
    }
  }

  /** Each column is the mean power of its frames, however often columns were joined. */
  @Test
  void aLongSongHasNoMoreColumnsThanItMay() {
    for (int frames : new int[] {16, 17, 100, 1000, 12_345}) {
      PooledSpectrogram pooled = picture(4, 16);
      float[] frame = new float[FEATURES.bins()];
      for (int t = 0; t < frames; t++) {
        Arrays.fill(frame, (float) (10 * Math.log10(1 + t)));
        pooled.add(frame);
      }
      Spectrogram levels = pooled.levels();
      assertThat(levels.frames()).as("of %d frames", frames).isBetween(8, 16);
      assertThat(pooled.frames()).isEqualTo(frames);
      int each = pooled.framesPerColumn();
      for (int column = 0; column < levels.frames(); column++) {
        int from = column * each;
        int to = Math.min(frames, from + each);
        double mean = (from + 1 + to) / 2.0;
        assertThat(Math.pow(10, levels.at(2, column) / 10))
            .as("column %d of %d frames", column, frames)
            .isCloseTo(mean, within(1e-4 * mean));
      }
    }
  }

  @Test
  void rowsAreGatheredOnThePicturesAxis() {
    FrequencyAxis mel = new FrequencyAxis(true, 0, FEATURES.fMaxHz());
    PooledSpectrogram pooled = new PooledSpectrogram(FEATURES, mel, 40, 4);
    float[] frame = new float[FEATURES.bins()];
    Arrays.fill(frame, -400); // digital silence does not pull a mean of powers down
    int bin = (int) (3000 / FEATURES.fMaxHz() * FEATURES.bins());
    frame[bin] = 0;
    pooled.add(frame);
    Spectrogram levels = pooled.levels();
    int loud = (int) (mel.heightOf(3000) * 40);
    assertThat(levels.at(loud, 0)).isGreaterThan(-20);
    assertThat(levels.at(loud - 2, 0)).isEqualTo(-400);
    assertThat(levels.at(loud + 2, 0)).isEqualTo(-400);
  }

  @Test
  void whatCannotBeAPictureIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> picture(0, 16));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> picture(3, 15))
        .withMessageContaining("even number of columns, not 3 x 15");
    assertThatIllegalStateException().isThrownBy(() -> picture(3, 16).levels());
  }
}
