package tonearm.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class OcclusionTest {
  @Test
  void aWeightCountsHalvingsOfTheOdds() {
    float[] shown = {0.8f, 0.1f, 0.1f}; // odds of 4
    assertThat(Occlusion.weight(shown, new float[] {0.5f, 0.4f, 0.1f}, 0))
        .isCloseTo(2, within(1e-5f));
    assertThat(Occlusion.weight(shown, shown, 1)).isZero();
    assertThat(Occlusion.weight(new float[] {0.5f, 0.5f}, new float[] {0.8f, 0.2f}, 0))
        .isCloseTo(-2, within(1e-5f));
  }

  /** Where a probability is 1 as far as floats can tell, the others still differ. */
  @Test
  void sureAnswersHaveWeightsToo() {
    float[] shown = {1, 1e-8f};
    float[] hidden = {1, 4e-8f};
    assertThat(Occlusion.weight(shown, hidden, 0)).isCloseTo(2, within(1e-4f));
    assertThat(Occlusion.weight(new float[] {1, 0}, new float[] {0, 1}, 0)).isFinite();
  }

  @Test
  void patchesHaveTheirPlaces() {
    Occlusion clip = new Occlusion(6, 12, 2, 3, new float[] {1, 2, 3, 4, 5, 6});
    assertThat(clip.weight(0, 2)).isEqualTo(3);
    assertThat(clip.weight(1, 0)).isEqualTo(4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Occlusion(6, 12, 2, 3, new float[5]))
        .withMessageContaining("5 weights are not 2 x 3 patches");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Occlusion(6, 6, 1, 1, new float[1]))
        .withMessageContaining("no length");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Occlusion(0, 6, 1, 1, new float[] {Float.NaN}))
        .withMessageContaining("NaN");
  }
}
