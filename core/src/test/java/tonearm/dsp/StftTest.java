package tonearm.dsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StftTest {
  @Test
  void agreesWithLibrosa() {
    JsonNode golden = Golden.read("spectra.json");
    double[] samples16 = Golden.doubles(golden.at("/input/samples16"));
    JsonNode expected = golden.at("/expected/stftPower");
    int nFft = expected.get("nFft").intValue();
    int hop = expected.get("hopLength").intValue();
    // librosa's centring: half a frame of zeros on either side.
    float[] padded = new float[samples16.length + nFft];
    for (int i = 0; i < samples16.length; i++) {
      padded[nFft / 2 + i] = (float) (samples16[i] / 32768);
    }
    Stft stft = new Stft(Window.HANN_PERIODIC.coefficients(nFft));
    double[] power = new double[stft.bins()];
    JsonNode frames = expected.get("frames");
    assertThat(frames).isNotEmpty();
    double worst = 0;
    for (int i = 0; i < frames.size(); i++) {
      stft.power(padded, frames.get(i).intValue() * hop, power);
      double[] librosa = Golden.doubles(expected.get("power").get(i));
      // Relative errors mean something only above the rounding noise of the frame's energy.
      double floor = 1e-20 * Arrays.stream(librosa).sum();
      for (int bin = 0; bin < power.length; bin++) {
        worst = Math.max(worst, Math.abs(power[bin] - librosa[bin]) / (librosa[bin] + floor));
      }
    }
    assertThat(worst).as("relative error").isLessThan(1e-8);
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 100, 2048, 16384})
  void keepsTheEnergyOfTheFrame(int nFft) {
    long seed = 41;
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      double[] window = random.doubles(nFft).toArray();
      float[] samples = new float[nFft + 5];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = (float) random.nextGaussian();
      }
      double energy = 0;
      for (int i = 0; i < nFft; i++) {
        energy += Math.pow(samples[5 + i] * window[i], 2);
      }
      Stft stft = new Stft(window);
      double[] power = new double[stft.bins()];
      stft.power(samples, 5, power);
      double sum = power[0] + power[nFft / 2];
      for (int bin = 1; bin < nFft / 2; bin++) {
        sum += 2 * power[bin];
      }
      // Parseval: the two-sided powers sum to nFft times the energy.
      assertThat(sum / nFft)
          .as("seed %d, round %d", seed, round)
          .isCloseTo(energy, within(1e-12 * energy));
    }
  }

  @Test
  void aSineStandsInItsOwnBinAndItsTwoNeighbours() {
    int nFft = 2048;
    int k = 93;
    float[] samples = new float[nFft];
    for (int i = 0; i < nFft; i++) {
      samples[i] = (float) Math.cos(2 * Math.PI * k * i / nFft + 0.3);
    }
    Stft stft = new Stft(Window.HANN_PERIODIC.coefficients(nFft));
    double[] power = new double[stft.bins()];
    stft.power(samples, 0, power);
    // A Hann window's transform is nFft/2 at its centre and half that on either side.
    double peak = Math.pow(nFft / 4.0, 2);
    assertThat(power[k]).isCloseTo(peak, within(1e-4 * peak));
    assertThat(power[k - 1]).isCloseTo(peak / 4, within(1e-4 * peak));
    assertThat(power[k + 1]).isCloseTo(peak / 4, within(1e-4 * peak));
    power[k] = power[k - 1] = power[k + 1] = 0;
    assertThat(Arrays.stream(power).max().orElseThrow()).isLessThan(1e-10 * peak);
  }

  @Test
  void anImpulseIsFlatAndSilenceIsZero() {
    double[] flat = new double[64];
    Arrays.fill(flat, 1);
    Stft stft = new Stft(flat);
    double[] power = new double[33];
    float[] samples = new float[64];
    stft.power(samples, 0, power);
    assertThat(power).containsOnly(0);
    samples[17] = 0.5f;
    stft.power(samples, 0, power);
    for (double p : power) {
      assertThat(p).isCloseTo(0.25, within(1e-15));
    }
  }

  @Test
  void refusesAnOddOrEmptyWindowAndAFrameThatLiesOutside() {
    assertThatThrownBy(() -> new Stft(new double[7]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("7");
    assertThatThrownBy(() -> new Stft(new double[0])).isInstanceOf(IllegalArgumentException.class);
    Stft stft = new Stft(new double[16]);
    assertThatThrownBy(() -> stft.power(new float[16], 1, new double[9]))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> stft.power(new float[16], 0, new double[8]))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
