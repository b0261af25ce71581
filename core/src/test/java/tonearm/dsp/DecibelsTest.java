package tonearm.dsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DecibelsTest {
  @Test
  void isTenTimesTheDecimalLogarithm() {
    assertThat(Decibels.fromPower(1)).isZero();
    assertThat(Decibels.fromPower(100)).isEqualTo(20);
    assertThat(Decibels.fromPower(0.5)).isCloseTo(-3.0103f, within(1e-5f));
    assertThat(Decibels.fromPower(1e-39)).isEqualTo(-390);
  }

  @Test
  void staysFiniteForSilenceAndShowsNaN() {
    assertThat(Decibels.fromPower(0)).isEqualTo(Decibels.SILENCE_DB);
    assertThat(Decibels.fromPower(1e-41)).isEqualTo(Decibels.SILENCE_DB);
    assertThat(Decibels.fromPower(Double.NaN)).isNaN();
  }

  @Test
  void silenceReadsAsTheQuietestSound() {
    float[] db = {Decibels.SILENCE_DB, -60, -20, -50};
    Decibels.raiseToFloor(db, 80);
    assertThat(db).containsExactly(-60, -60, -20, -50);
  }

  @Test
  void nothingLiesLowerThanTheRange() {
    float[] db = {Decibels.SILENCE_DB, -300, -20, -50};
    Decibels.raiseToFloor(db, 80);
    assertThat(db).containsExactly(-100, -100, -20, -50);
  }

  @Test
  void onlySilenceStaysSilence() {
    float[] db = {Decibels.SILENCE_DB, Decibels.SILENCE_DB};
    Decibels.raiseToFloor(db, 80);
    assertThat(db).containsOnly(Decibels.SILENCE_DB);
    Decibels.raiseToFloor(new float[0], 80);
  }

  @Test
  void refusesARangeOfNothing() {
    assertThatThrownBy(() -> Decibels.raiseToFloor(new float[1], 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rangeDb");
    assertThatThrownBy(() -> Decibels.raiseToFloor(new float[1], Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
