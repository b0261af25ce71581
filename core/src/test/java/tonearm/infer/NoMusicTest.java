package tonearm.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tonearm.dsp.Stft;
import tonearm.dsp.Window;
import tonearm.infer.NoMusic.Kind;
import tonearm.model.LibTorch;
import tonearm.model.Precision;

/** Sounds that are no music, and where a network puts them. */
class NoMusicTest {
  private static final int RATE_HZ = 8000;

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource
  void soundsAreLoudFiniteAndEachItsOwn(Kind kind) {
    List<float[]> sounds = new ArrayList<>();
    for (int number = 0; number < NoMusic.OF_EACH; number++) {
      float[] sound = kind.sound(number, RATE_HZ * 3, RATE_HZ);
      assertThat(sound).hasSize(RATE_HZ * 3);
      float most = 0;
      for (float sample : sound) {
        assertThat(Float.isFinite(sample)).isTrue();
        most = Math.max(most, Math.abs(sample));
      }
      assertThat(most).as("%s %d", kind, number).isEqualTo(0.5f);
      sounds.forEach(other -> assertThat(Arrays.equals(other, sound)).isFalse());
      sounds.add(sound);
      assertThat(kind.sound(number, RATE_HZ * 3, RATE_HZ)).isEqualTo(sound);
    }
  }

  /** The share of a sound's power below and above a frequency is what its kind says. */
  @Test
  void aHumIsLowAndNoiseIsFromHissToRumble() {
    for (int number = 0; number < NoMusic.OF_EACH; number++) {
      assertThat(below(1000, Kind.HUM.sound(number, RATE_HZ * 2, RATE_HZ))).isGreaterThan(0.8);
    }
    double least = 1;
    double most = 0;
    for (int number = 0; number < NoMusic.OF_EACH; number++) {
      double low = below(1000, Kind.NOISE.sound(number, RATE_HZ * 2, RATE_HZ));
      least = Math.min(least, low);
      most = Math.max(most, low);
    }
    assertThat(least).as("near white, of which a quarter lies there").isBetween(0.1, 0.5);
    assertThat(most).as("a rumble").isGreaterThan(0.8);
  }

  private static double below(double hz, float[] sound) {
    Stft stft = new Stft(Window.HANN_SYMMETRIC.coefficients(512));
    double[] power = new double[stft.bins()];
    double low = 0;
    double all = 0;
    for (int start = 0; start + stft.nFft() <= sound.length; start += stft.nFft()) {
      stft.power(sound, start, power);
      for (int bin = 0; bin < power.length; bin++) {
        low += bin * (double) RATE_HZ / stft.nFft() < hz ? power[bin] : 0;
        all += power[bin];
      }
    }
    return low / all;
  }

  @Test
  void aNetworkPutsEachSomewhereOfItsOwn() throws IOException, InterruptedException {
    LibTorch.load(1);
    List<Integer> told = new ArrayList<>();
    List<float[]> places =
        NoMusic.embeddings(
            LoudModel.write(folder.resolve("bundle")),
            Precision.FP32,
            (done, all) -> {
              told.add(done);
              assertThat(all).isEqualTo(NoMusic.count());
            });
    assertThat(places).hasSize(NoMusic.count());
    assertThat(told).hasSize(NoMusic.count()).endsWith(NoMusic.count());
    for (float[] place : places) {
      double squares = 0;
      for (float value : place) {
        squares += value * value;
      }
      assertThat(squares).isBetween(0.999, 1.001);
    }
    assertThat(places.stream().map(Arrays::hashCode).distinct().count())
        .as("different sounds are told apart")
        .isGreaterThan(NoMusic.count() / 2);
  }

  @Test
  void canBeInterrupted() throws IOException {
    LibTorch.load(1);
    Path bundle = LoudModel.write(folder.resolve("bundle"));
    List<Integer> told = new ArrayList<>();
    assertThatThrownBy(
            () ->
                NoMusic.embeddings(
                    bundle,
                    Precision.FP32,
                    (done, all) -> {
                      told.add(done);
                      Thread.currentThread().interrupt();
                    }))
        .isInstanceOf(InterruptedException.class);
    assertThat(told).containsExactly(1);
  }
}
