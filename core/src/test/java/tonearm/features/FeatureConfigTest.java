package tonearm.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
  }

  @Test
  void jsonIsReadableAndHoldsNothingElse() {
    assertThat(FeatureConfig.preset("gtzan-archive").toJson().replace(System.lineSeparator(), "\n"))
        .isEqualTo(
            """
            {
              "name" : "gtzan-archive",
              "sample_rate_hz" : 22050,
              "n_fft" : 2048,
              "hop_length" : 1920,
              "window" : "HANN_SYMMETRIC",
              "centered" : false,
              "scaling" : "DENSITY",
              "grid" : "LINEAR",
              "bins" : 544,
              "f_min_hz" : 0.0,
              "f_max_hz" : 11025.0,
              "dynamic_range_db" : 200.0
            }
            """);
  }

  @Test
  void anUnknownPresetIsAnsweredWithTheNames() {
    assertThatThrownBy(() -> FeatureConfig.preset("mel"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no features are called \"mel\"; there are gtzan-archive, mel-128");
  }

  @ParameterizedTest
  @CsvSource({
    "'\"n_fft\" : 2048', '\"n_fft\" : 2047', 'nFft must be even'",
    "'\"n_fft\" : 2048', '\"n_fft\" : null', 'n_fft'",
    "'\"n_fft\" : 2048', '\"n_fft\" : 2048.5', '2048.5'",
    "'\"n_fft\" : 2048,', '', 'n_fft'",
    "'\"n_fft\" : 2048', '\"n_fft\" : 2048, \"n_fft\" : 1', 'n_fft'",
    "'\"hop_length\" : 1920', '\"hop_length\" : 2049', 'hopLength must be 1 to nFft (2048), not 2049'",
    "'\"sample_rate_hz\" : 22050', '\"sample_rate_hz\" : 0', 'sampleRateHz must be 1000 to 768000, not 0'",
    "'\"bins\" : 544', '\"bins\" : 1026', 'bins must be 1 to nFft / 2 + 1 (1025), not 1026'",
    "'\"f_min_hz\" : 0.0', '\"f_min_hz\" : 20', 'fMinHz must be 0 for a linear grid'",
    "'\"f_max_hz\" : 11025.0', '\"f_max_hz\" : 8000', 'fMaxHz must be half of sampleRateHz'",
    "'\"dynamic_range_db\" : 200.0', '\"dynamic_range_db\" : 0', 'dynamicRangeDb must be more than 0'",
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
    "'\"f_min_hz\" : 0.0', '\"f_min_hz\" : 11025', 'fMinHz'",
    "'\"f_max_hz\" : 11025.0', '\"f_max_hz\" : 11026', 'fMaxHz'",
    "'\"f_max_hz\" : 11025.0', '\"f_max_hz\" : 0', 'fMaxHz'",
    "'\"bins\" : 128', '\"bins\" : 0', 'bins'",
    "'\"bins\" : 128', '\"bins\" : 2000000000', 'bins must be 1 to nFft / 2 + 1 (1025)'",
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
