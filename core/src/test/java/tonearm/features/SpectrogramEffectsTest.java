package tonearm.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tonearm.audio.Audio;
import tonearm.audio.TestAudio;
import tonearm.dsp.WaveformEffects;
import tonearm.features.SpectrogramEffects.Interpolation;

class SpectrogramEffectsTest {
  private static final int RATE_HZ = 22050;
  private static final FrontEnd FRONT_END = new FrontEnd(FeatureConfig.preset("gtzan-archive"));

  private static Spectrogram random(Random random, int bins, int frames) {
    float[] values = new float[bins * frames];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(5, 256);
    }
    return new Spectrogram(values, bins, frames);
  }

  /** The loudest row of a frame. */
  private static int peak(Spectrogram levels, int frame) {
    int peak = 0;
    for (int bin = 1; bin < levels.bins(); bin++) {
      peak = levels.at(bin, frame) > levels.at(peak, frame) ? bin : peak;
    }
    return peak;
  }

  private static Spectrogram levels(float[] samples) {
    return FRONT_END.floored(FRONT_END.spectrogram(new Audio(samples, RATE_HZ)));
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsChangedByNothing(Interpolation interpolation) {
    Spectrogram levels = random(new Random(1), 13, 9);
    assertThat(SpectrogramEffects.timeStretch(levels, 1, interpolation).values())
        .isEqualTo(levels.values());
    assertThat(SpectrogramEffects.pitchShift(levels, 0, interpolation).values())
        .isEqualTo(levels.values());
  }

  @ParameterizedTest
  @EnumSource
  void anOctaveUpIsEveryRowAtTwiceItsHeight(Interpolation interpolation) {
    float[] column = new float[40];
    column[5] = 100;
    Spectrogram up =
        SpectrogramEffects.pitchShift(new Spectrogram(column, 40, 1), 12, interpolation);
    // Row 5 stands for 5 to 6, so now for 10 to 12.
    assertThat(up.at(10, 0) + up.at(11, 0)).isGreaterThanOrEqualTo(150);
    assertThat(up.at(8, 0)).isZero();
    assertThat(up.at(13, 0)).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void theBandThatFallsEmptyIsAsSilence(Interpolation interpolation) {
    for (long seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      Spectrogram levels = random(random, random.nextInt(2, 60), random.nextInt(1, 9));
      double semitones = -12 * random.nextDouble();
      Spectrogram down = SpectrogramEffects.pitchShift(levels, semitones, interpolation);
      float silence = Float.MAX_VALUE;
      for (float level : levels.values()) {
        silence = Math.min(silence, level);
      }
      double full = levels.bins() * Math.pow(2, semitones / 12);
      for (int bin = 0; bin < levels.bins(); bin++) {
        boolean empty = bin + 0.5 >= full;
        for (int frame = 0; frame < levels.frames(); frame++) {
          if (empty) {
            assertThat(down.at(bin, frame)).as("seed %d", seed).isEqualTo(silence);
          } else {
            assertThat(down.at(bin, frame)).as("seed %d", seed).isBetween(silence - 0.01f, 256f);
          }
        }
      }
    }
  }

  @Test
  void nearestFramesAreFramesOfTheSourceInTheirOrder() {
    for (long seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      Spectrogram levels = random(random, 2, random.nextInt(1, 80));
      for (int frame = 0; frame < levels.frames(); frame++) {
        levels.values()[frame] = frame;
      }
      double rate = Math.pow(3, 2 * random.nextDouble() - 1);
      Spectrogram other = SpectrogramEffects.timeStretch(levels, rate, Interpolation.NEAREST);
      assertThat(other.frames())
          .as("seed %d", seed)
          .isEqualTo((int) Math.max(1, Math.rint(levels.frames() / rate)));
      int before = -1;
      for (int t = 0; t < other.frames(); t++) {
        int source = (int) other.at(0, t);
        assertThat((double) source)
            .as("seed %d", seed)
            .isCloseTo((t + 0.5) * rate - 0.5, within(0.5 + rate));
        assertThat(source).as("seed %d", seed).isBetween(before, levels.frames() - 1);
        assertThat(other.at(1, t)).as("seed %d", seed).isEqualTo(levels.at(1, source));
        before = source;
      }
    }
  }

  @Test
  void linearFramesOfARampAreTheRamp() {
    float[] ramp = new float[50];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = i + 0.5f;
    }
    Spectrogram slower =
        SpectrogramEffects.timeStretch(new Spectrogram(ramp, 1, 50), 0.8, Interpolation.LINEAR);
    for (int t = 1; t < slower.frames() - 1; t++) {
      assertThat((double) slower.at(0, t)).isCloseTo((t + 0.5) * 0.8, within(1e-4));
    }
  }

  @ParameterizedTest
  @EnumSource
  void itIsWhereTheWaveformVersionPutsIt(Interpolation interpolation) {
    // A tone, then another: frequencies and the moment of change both tell.
    List<Float> samples = new ArrayList<>();
    for (double hz : new double[] {1000, 3000}) {
      for (float value : TestAudio.tone(hz, 3, RATE_HZ)) {
        samples.add(value);
      }
    }
    float[] sound = new float[samples.size()];
    for (int i = 0; i < sound.length; i++) {
      sound[i] = samples.get(i);
    }
    Spectrogram plain = levels(sound);

    Spectrogram expected = levels(WaveformEffects.pitchShift(sound, 4));
    Spectrogram actual = SpectrogramEffects.pitchShift(plain, 4, interpolation);
    assertThat(actual.frames()).isEqualTo(expected.frames());
    for (int frame : new int[] {5, 15, 50, 60}) {
      assertThat(peak(actual, frame))
          .as("frame %d", frame)
          .isCloseTo(peak(expected, frame), within(1));
    }

    expected = levels(WaveformEffects.timeStretch(sound, 0.8));
    actual = SpectrogramEffects.timeStretch(plain, 0.8, interpolation);
    assertThat(actual.frames()).isCloseTo(expected.frames(), within(1));
    for (int frame = 0; frame < Math.min(actual.frames(), expected.frames()); frame++) {
      boolean changing = Math.abs(frame - expected.frames() / 2) <= 2;
      if (!changing) {
        assertThat(peak(actual, frame)).as("frame %d", frame).isEqualTo(peak(expected, frame));
      }
    }
  }

  @Test
  void impossibleStrengthsAreRefused() {
    Spectrogram levels = random(new Random(2), 3, 3);
    for (double rate : new double[] {0, -1, 1e-9, Double.NaN}) {
      assertThatThrownBy(() -> SpectrogramEffects.timeStretch(levels, rate, Interpolation.NEAREST))
          .hasMessageContaining("rate");
    }
    assertThatThrownBy(
            () -> SpectrogramEffects.pitchShift(levels, Double.NaN, Interpolation.LINEAR))
        .hasMessageContaining("semitones");
  }
}
