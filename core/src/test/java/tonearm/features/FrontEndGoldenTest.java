package tonearm.features;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tonearm.audio.Audio;
import tonearm.dsp.Golden;

/** The presets against librosa and SciPy. */
class FrontEndGoldenTest {
  private static JsonNode golden;
  private static Audio audio;

  @BeforeAll
  static void read() {
    golden = Golden.read("spectra.json");
    double[] samples16 = Golden.doubles(golden.at("/input/samples16"));
    float[] samples = new float[samples16.length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (samples16[i] / 32768);
    }
    audio = new Audio(samples, golden.at("/input/sampleRateHz").intValue());
  }

  @Test
  void archiveRowsAreScipysDensities() {
    FrontEnd frontEnd = new FrontEnd(FeatureConfig.preset("gtzan-archive"));
    assertAgree(frontEnd.spectrogram(audio), golden.at("/expected/gtzanArchive"));
  }

  @Test
  void melBandsAreLibrosasRawAndFloored() {
    FrontEnd frontEnd = new FrontEnd(FeatureConfig.preset("mel-128"));
    Spectrogram raw = frontEnd.spectrogram(audio);
    assertAgree(raw, golden.at("/expected/mel128/raw"));
    assertAgree(frontEnd.floored(raw), golden.at("/expected/mel128/floored"));
  }

  private static void assertAgree(Spectrogram actual, JsonNode frames) {
    assertThat(actual.frames()).isEqualTo(frames.size());
    double worst = 0;
    for (int frame = 0; frame < actual.frames(); frame++) {
      double[] expected = Golden.doubles(frames.get(frame));
      assertThat(actual.bins()).isEqualTo(expected.length);
      for (int bin = 0; bin < actual.bins(); bin++) {
        worst = Math.max(worst, Math.abs(actual.at(bin, frame) - expected[bin]));
      }
    }
    // A float of -150 dB is exact to 8e-6.
    assertThat(worst).as("greatest difference in dB").isLessThan(2e-5);
  }
}
