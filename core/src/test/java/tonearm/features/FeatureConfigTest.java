package tonearm.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureConfigTest {
  @ParameterizedTest
  @ValueSource(strings = {"gtzan-archive", "mel-128"})
  void jsonTurnsBackIntoTheSame(String name) throws Exception {
    FeatureConfig config = FeatureConfig.preset(name);
    assertThat(FeatureConfig.fromJson(config.toJson())).isEqualTo(config);
    // Inside a larger document another mapper reads it.
    assertThat(new ObjectMapper().readValue(config.toJson(), FeatureConfig.class))
        .isEqualTo(config);
  }

  @Test
  void jsonIsReadableAndHoldsNothingElse() {
    assertThat(FeatureConfig.preset("gtzan-archive").toJson().replace(System.lineSeparator(), "\n"))
        .isEqualTo(
            """
            {
              "name" : "gtzan-archive",
              "sampleRateHz" : 22050,
              "nFft" : 2048,
              "hopLength" : 1920,
              "window" : "HANN_SYMMETRIC",
              "centered" : false,
              "scaling" : "DENSITY",
              "grid" : "LINEAR",
              "bins" : 544,
              "fMinHz" : 0.0,
              "fMaxHz" : 11025.0,
              "dynamicRangeDb" : 200.0
            }""");
  }

  @Test
  void anUnknownPresetIsAnsweredWithTheNames() {
    assertThatThrownBy(() -> FeatureConfig.preset("mel"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no features are called \"mel\"; there are gtzan-archive, mel-128");
  }

  @ParameterizedTest
  @CsvSource({
    "'\"nFft\" : 2048', '\"nFft\" : 2047', 'nFft must be even'",
    "'\"nFft\" : 2048', '\"nFft\" : null', 'nFft'",
    "'\"nFft\" : 2048', '\"nFft\" : 2048.5', '2048.5'",
    "'\"nFft\" : 2048,', '', 'nFft'",
    "'\"nFft\" : 2048', '\"nFft\" : 2048, \"n_fft\" : 1', 'n_fft'",
    "'\"hopLength\" : 1920', '\"hopLength\" : 2049', 'hopLength must be 1 to nFft (2048), not 2049'",
    "'\"sampleRateHz\" : 22050', '\"sampleRateHz\" : 0', 'sampleRateHz must be 1 to 768000, not 0'",
    "'\"bins\" : 544', '\"bins\" : 1026', 'bins must be 1 to nFft / 2 + 1 (1025), not 1026'",
    "'\"fMinHz\" : 0.0', '\"fMinHz\" : 20', 'fMinHz must be 0 for a linear grid'",
    "'\"fMaxHz\" : 11025.0', '\"fMaxHz\" : 8000', 'fMaxHz must be half of sampleRateHz'",
    "'\"dynamicRangeDb\" : 200.0', '\"dynamicRangeDb\" : 0', 'dynamicRangeDb must be more than 0'",
    "'\"name\" : \"gtzan-archive\"', '\"name\" : \" \"', 'name must be not blank'",
    "'\"LINEAR\"', '\"BARK\"', 'BARK'",
    "'\"LINEAR\"', 'null', 'grid must be LINEAR or MEL, not null'",
    "'}', '} {}', 'railing'",
    "'{', '[', 'not a feature configuration'",
  })
  void refusesWhatItCannotHold(String good, String bad, String message) {
    String json = FeatureConfig.preset("gtzan-archive").toJson();
    assertThat(json).contains(good);
    assertThatThrownBy(() -> FeatureConfig.fromJson(json.replace(good, bad)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "'\"fMinHz\" : 0.0', '\"fMinHz\" : 11025', 'fMinHz'",
    "'\"fMaxHz\" : 11025.0', '\"fMaxHz\" : 11026', 'fMaxHz'",
    "'\"fMaxHz\" : 11025.0', '\"fMaxHz\" : 0', 'fMaxHz'",
    "'\"bins\" : 128', '\"bins\" : 0', 'bins'",
  })
  void refusesMelLimitsOutOfBounds(String good, String bad, String message) {
    String json = FeatureConfig.preset("mel-128").toJson();
    assertThat(json).contains(good);
    assertThatThrownBy(() -> FeatureConfig.fromJson(json.replace(good, bad)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void knowsItsFrameRate() {
    assertThat(FeatureConfig.preset("gtzan-archive").framesPerSecond())
        .isCloseTo(11.484, within(0.001));
  }
}
