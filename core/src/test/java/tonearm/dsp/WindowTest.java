package tonearm.dsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WindowTest {
  @ParameterizedTest
  @EnumSource
  void agreesWithScipy(Window window) {
    JsonNode golden = Golden.read("windows.json");
    JsonNode lengths = golden.at("/input/lengths");
    assertThat(lengths).isNotEmpty();
    for (int i = 0; i < lengths.size(); i++) {
      double[] expected = Golden.doubles(golden.at("/expected/" + window).get(i));
      assertThat(window.coefficients(lengths.get(i).intValue()))
          .containsExactly(expected, within(1e-15));
    }
  }

  @Test
  void symmetricIsZeroAtBothEndsAndPeriodicAtTheFirstOnly() {
    double[] symmetric = Window.HANN_SYMMETRIC.coefficients(2048);
    double[] periodic = Window.HANN_PERIODIC.coefficients(2048);
    assertThat(symmetric[0]).isZero();
    assertThat(symmetric[2047]).isCloseTo(0, within(1e-15));
    assertThat(periodic[0]).isZero();
    assertThat(periodic[2047]).isGreaterThan(1e-6);
    assertThat(periodic[1024]).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void refusesNoSamples(Window window) {
    assertThatThrownBy(() -> window.coefficients(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0");
  }
}
