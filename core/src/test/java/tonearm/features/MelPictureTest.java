package tonearm.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tonearm.dsp.MelFilterBank;
import tonearm.features.PictureConfig.Style;
import tonearm.provenance.Seeds;

/** Pictures of mel bands, scaled by quantiles. */
class MelPictureTest {
  private static final FeatureConfig FEATURES = FeatureConfig.preset("gtzan-archive");
  private static final PictureConfig CONFIG = new PictureConfig(64, 72, Style.MEL_STANDARD);
  private static final ClipScaler SCALER = ClipScaler.of(CONFIG, FEATURES);
  private static final int FRAMES = 69;

  private static Spectrogram noise(long seed) {
    Random random = new Random(seed);
    float[] values = new float[FEATURES.bins() * FRAMES];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (-60 + 12 * random.nextGaussian());
    }
    return new Spectrogram(values, FEATURES.bins(), FRAMES);
  }

  private static float[] scaled(Spectrogram clip) {
    float[] picture = new float[SCALER.length()];
    SCALER.scale(clip, picture, 0);
    return picture;
  }

  /** One loud row in silence. */
  private static Spectrogram tone(int row) {
    float[] values = new float[FEATURES.bins() * FRAMES];
    Arrays.fill(values, row * FRAMES, (row + 1) * FRAMES, 10f);
    return new Spectrogram(values, FEATURES.bins(), FRAMES);
  }

  private static int loudestRow(float[] levels) {
    int best = 0;
    for (int y = 1; y < 64; y++) {
      best = levels[y * 72] > levels[best * 72] ? y : best;
    }
    return best;
  }

  @Test
  void aToneLiesInTheBandOfItsMel() {
    for (int row : new int[] {1, 10, 50, 120, 300, 540}) {
      float[] levels = new float[SCALER.length()];
      SCALER.gather(tone(row), levels, 0, 1);
      double hz = (row + 0.5) / FEATURES.bins() * FEATURES.fMaxHz();
      double band = 64 * MelFilterBank.hzToMel(hz) / MelFilterBank.hzToMel(FEATURES.fMaxHz());
      assertThat(loudestRow(levels)).as("row %d", row).isEqualTo((int) band);
    }
  }

  @Test
  void gatheringKeepsTheMeanOfEachBand() {
    Spectrogram flat =
        new Spectrogram(new float[FEATURES.bins() * FRAMES], FEATURES.bins(), FRAMES);
    Arrays.fill(flat.values(), -42f);
    float[] levels = new float[SCALER.length()];
    for (double factor : new double[] {0.9, 1}) {
      SCALER.gather(flat, levels, 0, factor);
      for (float level : levels) {
        assertThat(level).isCloseTo(-42f, within(1e-3f));
      }
    }
  }

  @Test
  void anOctaveUpIsTwiceTheFrequency() {
    float[] levels = new float[SCALER.length()];
    SCALER.gather(tone(60), levels, 0, 2);
    float[] octave = new float[SCALER.length()];
    SCALER.gather(tone(120), octave, 0, 1);
    assertThat(Math.abs(loudestRow(levels) - loudestRow(octave))).isLessThanOrEqualTo(1);
  }

  @Test
  void whatAPitchShiftLeavesEmptyHasTheLowestLevel() {
    float[] levels = new float[SCALER.length()];
    SCALER.gather(noise(1), levels, 0, 0.5);
    float lowest = Float.POSITIVE_INFINITY;
    for (float level : levels) {
      lowest = Math.min(lowest, level);
    }
    assertThat(levels[63 * 72 + 10]).isEqualTo(lowest);
    assertThat(levels[10 * 72 + 10]).isGreaterThan(lowest);
  }

  @Test
  void columnsAreFramesAsTheyAre() {
    Spectrogram clip = noise(2);
    float[] levels = new float[SCALER.length()];
    SCALER.gather(clip, levels, 0, 1);
    // 72 columns of 69 frames: three frames come twice, none is a mix of two.
    int repeated = 0;
    for (int x = 1; x < 72; x++) {
      repeated += levels[x] == levels[x - 1] ? 1 : 0;
    }
    assertThat(repeated).isEqualTo(3);
  }

  @Test
  void neitherGainNorOffsetOfTheLevelsMatters() {
    Spectrogram clip = noise(3);
    float[] other = clip.values().clone();
    for (int i = 0; i < other.length; i++) {
      other[i] = 0.4f * other[i] + 130;
    }
    float[] expected = scaled(clip);
    float[] actual = scaled(new Spectrogram(other, clip.bins(), clip.frames()));
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(1e-4f));
    }
  }

  @Test
  void anEmptyBandHardlyMovesTheRest() {
    Spectrogram clip = noise(4);
    float[] cut = clip.values().clone();
    Arrays.fill(cut, 395 * FRAMES, cut.length, -190f); // nothing above 8 kHz
    float[] whole = scaled(clip);
    float[] picture = scaled(new Spectrogram(cut, clip.bins(), clip.frames()));
    double difference = 0;
    int top = (int) (64 * MelFilterBank.hzToMel(7900) / MelFilterBank.hzToMel(11025)) - 1;
    for (int i = 0; i < top * 72; i++) {
      difference += Math.abs(whole[i] - picture[i]);
    }
    assertThat(difference / (top * 72)).isLessThan(0.02);
    assertThat(picture[63 * 72]).isZero();
  }

  @Test
  void soundWithoutContrastIsTheMiddle() {
    Spectrogram flat =
        new Spectrogram(new float[FEATURES.bins() * FRAMES], FEATURES.bins(), FRAMES);
    assertThat(scaled(flat)).containsOnly(0.5f);
  }

  @Test
  void rowsThatAreMelBandsAlreadyStayWhereTheyAre() {
    FeatureConfig mel = FeatureConfig.preset("mel-128");
    ClipScaler scaler = ClipScaler.of(CONFIG, mel);
    float[] values = new float[128 * FRAMES];
    Arrays.fill(values, 100 * FRAMES, 101 * FRAMES, 10f);
    float[] levels = new float[scaler.length()];
    scaler.gather(new Spectrogram(values, 128, FRAMES), levels, 0, 1);
    assertThat(loudestRow(levels)).isEqualTo(50);
  }

  @Test
  void augmentedPicturesStayInRangeAndAreDecidedByTheSeed() {
    Spectrogram clip = noise(5);
    boolean changed = false;
    for (long seed = 0; seed < 40; seed++) {
      float[] first = new float[SCALER.length()];
      float[] second = new float[SCALER.length()];
      Augmentation.WIDE.picture(clip, SCALER, first, 0, new Seeds(seed).random("test"));
      Augmentation.WIDE.picture(clip, SCALER, second, 0, new Seeds(seed).random("test"));
      assertThat(first).isEqualTo(second);
      for (float value : first) {
        assertThat(value).isBetween(0f, 1f);
      }
      changed |= !Arrays.equals(first, scaled(clip));
    }
    assertThat(changed).isTrue();
  }

  @Test
  void cropsLieInTheTrackAtAnyPace() {
    Random random = new Random(6);
    boolean stretched = false;
    for (int round = 0; round < 500; round++) {
      int frames = 1 + random.nextInt(400);
      ClipGrid.Span span = Augmentation.WIDE.crop(frames, 68.9, random);
      assertThat(span.from()).isNotNegative();
      assertThat(span.to()).isLessThanOrEqualTo(frames);
      assertThat(span.frames()).isBetween(Math.min(frames, 55), 87);
      stretched |= span.frames() != 69;
    }
    assertThat(stretched).isTrue();
  }

  @Test
  void impossiblePicturesAreRefused() {
    assertThatThrownBy(() -> new PictureConfig(0, 3, Style.RANGE))
        .hasMessageContaining("1 to 2048 pixels a side, not 0 x 3");
    assertThatThrownBy(() -> new PictureConfig(3, 4000, Style.RANGE))
        .hasMessageContaining("not 3 x 4000");
  }
}
