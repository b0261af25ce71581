package tonearm.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tonearm.audio.Audio;
import tonearm.dsp.Decibels;

class FrontEndTest {
  private static final FrontEnd ARCHIVE = new FrontEnd(FeatureConfig.preset("gtzan-archive"));
  private static final FrontEnd MEL = new FrontEnd(FeatureConfig.preset("mel-128"));
  private static final List<FrontEnd> BOTH = List.of(ARCHIVE, MEL);

  @Test
  void aWholeTrackOfTheArchiveHas344Frames() {
    assertThat(ARCHIVE.frames(661_794)).isEqualTo(344);
    assertThat(MEL.frames(661_794)).isEqualTo(1293);
  }

  @Test
  void framesBeginAtOneSampleAndGrowByHops() {
    assertThat(ARCHIVE.frames(0)).isZero();
    assertThat(ARCHIVE.frames(1)).isEqualTo(1);
    assertThat(ARCHIVE.frames(2048)).isEqualTo(1);
    assertThat(ARCHIVE.frames(2048 + 1919)).isEqualTo(1);
    assertThat(ARCHIVE.frames(2048 + 1920)).isEqualTo(2);
    assertThat(MEL.frames(0)).isZero();
    assertThat(MEL.frames(1)).isEqualTo(1);
    assertThat(MEL.frames(511)).isEqualTo(1);
    assertThat(MEL.frames(512)).isEqualTo(2);
    assertThatThrownBy(() -> MEL.frames(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> MEL.frames(Long.MAX_VALUE)).isInstanceOf(ArithmeticException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 100, 1024, 2047, 2048, 2049, 5000})
  void aShortSoundIsItselfFollowedByZeros(int length) {
    float[] samples = noise(length, 5);
    for (FrontEnd frontEnd : BOTH) {
      Spectrogram actual = frontEnd.spectrogram(audio(samples));
      assertThat(actual.frames()).isEqualTo(frontEnd.frames(length));
      Spectrogram padded = frontEnd.spectrogram(audio(Arrays.copyOf(samples, length + 8192)));
      assertThat(actual.values()).containsExactly(padded.columns(0, actual.frames()).values());
    }
  }

  @Test
  void aSinePeaksInItsRowAndItsBand() {
    double hz = 3000;
    float[] samples = new float[22050];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (0.5 * Math.sin(2 * Math.PI * hz * i / 22050));
    }
    assertThat(loudest(ARCHIVE.spectrogram(audio(samples)), 3))
        .isCloseTo((int) (hz / 11025 * 544), within(1));
    // Slaney: mel(3000) = 30.98 of 50.24; band b is centred on (b + 1) of 129 steps.
    assertThat(loudest(MEL.spectrogram(audio(samples)), 10)).isEqualTo(79);
  }

  @Test
  void densitySumsToTheMeanSquareOfNoise() {
    FeatureConfig archive = FeatureConfig.preset("gtzan-archive");
    FeatureConfig everyBin =
        new FeatureConfig(
            "every-bin",
            22050,
            2048,
            512,
            archive.window(),
            false,
            archive.scaling(),
            archive.grid(),
            1025,
            0,
            11025,
            200);
    float[] samples = noise(22050 * 4, 11);
    double meanSquare = 0;
    for (float sample : samples) {
      meanSquare += (double) sample * sample / samples.length;
    }
    Spectrogram spectrogram = new FrontEnd(everyBin).spectrogram(audio(samples));
    double power = 0;
    for (float db : spectrogram.values()) {
      power += Math.pow(10, db / 10) * (22050 / 2048.0) / spectrogram.frames();
    }
    assertThat(power).isCloseTo(meanSquare, within(0.03 * meanSquare));
  }

  @Test
  void silenceIsConstantAndFinite() {
    for (FrontEnd frontEnd : BOTH) {
      Spectrogram raw = frontEnd.spectrogram(audio(new float[22050]));
      assertThat(raw.values()).containsOnly(Decibels.SILENCE_DB);
      assertThat(frontEnd.floored(raw).values()).containsOnly(Decibels.SILENCE_DB);
    }
  }

  @Test
  void silenceInsideASongDoesNotStretchItsRange() {
    float[] loud = noise(60_000, 3);
    float[] broken = loud.clone();
    Arrays.fill(broken, 20_000, 40_000, 0);
    for (FrontEnd frontEnd : BOTH) {
      Spectrogram raw = frontEnd.spectrogram(audio(broken));
      Spectrogram floored = frontEnd.floored(raw);
      assertThat(range(raw)).isGreaterThan(300);
      // A frame that only touches the sound with the window's thin end may be very quiet.
      assertThat(range(floored)).isLessThan(frontEnd.config().dynamicRangeDb() + 1e-3);
      int sounding = frontEnd.frames(20_000) - 3;
      assertThat(floored.columns(0, sounding).values())
          .containsExactly(frontEnd.spectrogram(audio(loud)).columns(0, sounding).values());
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0.001f, 0.37f, 1.9f, 1000f})
  void gainShiftsEveryLevelAndChangesNothingElse(float gain) {
    float[] samples = noise(30_000, 17);
    Arrays.fill(samples, 9_000, 15_000, 0);
    float[] scaled = samples.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= gain;
    }
    float shift = (float) (20 * Math.log10(gain));
    for (FrontEnd frontEnd : BOTH) {
      float[] a = frontEnd.floored(frontEnd.spectrogram(audio(samples))).values();
      float[] b = frontEnd.floored(frontEnd.spectrogram(audio(scaled))).values();
      for (int i = 0; i < a.length; i++) {
        // The quietest bins carry the rounding of the scaled samples themselves.
        assertThat(b[i] - a[i]).isCloseTo(shift, within(0.01f));
      }
    }
  }

  @Test
  void oneFrontEndServesManyThreads() {
    Audio audio = audio(noise(40_000, 23));
    for (FrontEnd frontEnd : BOTH) {
      float[] alone = frontEnd.spectrogram(audio).values();
      assertThat(
              IntStream.range(0, 16)
                  .parallel()
                  .mapToObj(i -> frontEnd.spectrogram(audio).values())
                  .toList())
          .allSatisfy(values -> assertThat(values).containsExactly(alone));
    }
  }

  @Test
  void refusesAnotherRateNoSamplesAndNumbersThatAreNone() {
    assertThatThrownBy(() -> MEL.spectrogram(new Audio(new float[100], 44100)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("44100")
        .hasMessageContaining("22050");
    assertThatThrownBy(() -> MEL.spectrogram(audio(new float[0])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no samples");
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      float[] samples = noise(22050, 2);
      samples[12_000] = bad;
      for (FrontEnd frontEnd : BOTH) {
        assertThatThrownBy(() -> frontEnd.spectrogram(audio(samples)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("not a finite number");
      }
    }
  }

  private static Audio audio(float[] samples) {
    return new Audio(samples, 22050);
  }

  private static float[] noise(int length, long seed) {
    Random random = new Random(seed);
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = (float) (0.1 * random.nextGaussian());
    }
    return samples;
  }

  private static int loudest(Spectrogram spectrogram, int frame) {
    int best = 0;
    for (int bin = 1; bin < spectrogram.bins(); bin++) {
      if (spectrogram.at(bin, frame) > spectrogram.at(best, frame)) {
        best = bin;
      }
    }
    return best;
  }

  private static double range(Spectrogram spectrogram) {
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (float value : spectrogram.values()) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    return (double) max - min;
  }
}
