package tonearm.dsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MelFilterBankTest {
  @Test
  void agreesWithLibrosaInEveryWeight() {
    JsonNode banks = Golden.read("mel-banks.json").get("banks");
    assertThat(banks).hasSize(3);
    for (JsonNode golden : banks) {
      MelFilterBank bank = bank(golden.get("input"));
      assertThat(bank.bands()).isEqualTo(golden.get("expected").size());
      double worst = 0;
      for (int band = 0; band < bank.bands(); band++) {
        JsonNode row = golden.get("expected").get(band);
        double[] weights = Golden.doubles(row.get("weights"));
        int first = row.get("first").intValue();
        for (int bin = 0; bin < bank.bins(); bin++) {
          int i = bin - first;
          double expected = i >= 0 && i < weights.length ? weights[i] : 0;
          worst = Math.max(worst, Math.abs(bank.weight(band, bin) - expected));
        }
      }
      assertThat(worst).as("absolute error for %s", golden.get("input")).isLessThan(1e-9);
    }
  }

  @Test
  void gathersAsTheWeightsSay() {
    long seed = 7;
    Random random = new Random(seed);
    MelFilterBank bank = new MelFilterBank(22050, 2048, 128, 0, 11025);
    double[] power = random.doubles(bank.bins()).toArray();
    double[] bands = new double[128];
    bank.apply(power, bands);
    for (int band = 0; band < 128; band++) {
      double expected = 0;
      for (int bin = 0; bin < bank.bins(); bin++) {
        expected += bank.weight(band, bin) * power[bin];
      }
      assertThat(bands[band]).as("seed %d, band %d", seed, band).isCloseTo(expected, within(1e-14));
    }
  }

  @Test
  void whiteNoiseIsLevelAcrossBands() {
    MelFilterBank bank = new MelFilterBank(48000, 16384, 40, 0, 20000);
    double[] power = new double[bank.bins()];
    java.util.Arrays.fill(power, 1);
    double[] bands = new double[40];
    bank.apply(power, bands);
    for (double band : bands) {
      // A triangle of area 1 Hz/Hz, sampled every 48000/16384 Hz.
      assertThat(band).isCloseTo(16384 / 48000.0, within(0.01));
    }
  }

  @Test
  void theScaleIsLinearBelow1000HzAndTurnsBack() {
    assertThat(MelFilterBank.hzToMel(500)).isCloseTo(7.5, within(1e-12));
    assertThat(MelFilterBank.hzToMel(6400)).isCloseTo(42, within(1e-12));
    for (double hz = 0; hz < 24000; hz += 37.3) {
      assertThat(MelFilterBank.melToHz(MelFilterBank.hzToMel(hz))).isCloseTo(hz, within(1e-8));
    }
  }

  @Test
  void refusesBandsThatWouldBeEmptyAndLimitsOutOfOrder() {
    assertThatThrownBy(() -> new MelFilterBank(22050, 256, 128, 0, 11025))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("larger nFft");
    assertThatThrownBy(() -> new MelFilterBank(22050, 2048, 40, 0, 11026))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("11026");
    assertThatThrownBy(() -> new MelFilterBank(22050, 2048, 40, 500, 500))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new MelFilterBank(22050, 2048, 40, Double.NaN, 500))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new MelFilterBank(22050, 2048, 0, 0, 500))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static MelFilterBank bank(JsonNode input) {
    return new MelFilterBank(
        input.get("sampleRateHz").intValue(),
        input.get("nFft").intValue(),
        input.get("bands").intValue(),
        input.get("fMinHz").doubleValue(),
        input.get("fMaxHz").doubleValue());
  }
}
