package tonearm.features;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import tonearm.audio.AudioDecoder;
import tonearm.dsp.MelFilterBank;
import tonearm.dsp.Window;
import tonearm.provenance.Json;

/**
 * How samples become a spectrogram. A model answers rightly only on the features it was trained on,
 * so this record travels in every prepared dataset and every model bundle. There are no defaults
 * but the {@linkplain #preset presets}.
 *
 * @param name what people call it, not blank; for them only, the other components decide
 * @param sampleRateHz samples a second of the audio, 1000 to 768000; other audio is resampled first
 * @param nFft samples in a frame, even, 16 to 65536
 * @param hopLength samples from the start of one frame to that of the next, 1 to {@code nFft}
 * @param window taper of a frame
 * @param centered true: frame t is centred on sample {@code t * hopLength}, and the sound continues
 *     as zeros at both ends (librosa's {@code center=True, pad_mode="constant"}). False: frame t
 *     starts there, and a rest too short for a frame is dropped
 * @param scaling unit of the powers, before their level in dB is taken
 * @param grid what a row of the spectrogram stands for
 * @param bins number of rows, at least 1; for a linear grid at most {@code nFft / 2 + 1}
 * @param fMinHz lowest frequency; 0 for a linear grid
 * @param fMaxHz highest frequency, more than {@code fMinHz}, at most half the sample rate; exactly
 *     that for a linear grid
 * @param dynamicRangeDb how far under a clip's loudest level its lowest may lie, in dB, more than 0
 *     and finite; see {@link FrontEnd#floored}
 */
public record FeatureConfig(
    @JsonProperty(required = true) String name,
    @JsonProperty(required = true) int sampleRateHz,
    @JsonProperty(required = true) int nFft,
    @JsonProperty(required = true) int hopLength,
    @JsonProperty(required = true) Window window,
    @JsonProperty(required = true) boolean centered,
    @JsonProperty(required = true) Scaling scaling,
    @JsonProperty(required = true) Grid grid,
    @JsonProperty(required = true) int bins,
    @JsonProperty(required = true) double fMinHz,
    @JsonProperty(required = true) double fMaxHz,
    @JsonProperty(required = true) double dynamicRangeDb) {

  /** The unit of a power. */
  public enum Scaling {
    /**
     * Power spectral density, in squared amplitude per Hz: {@code |X|^2 / (sampleRateHz *
     * sum(window^2))}, doubled but at 0 Hz and half the sample rate, for the negative frequencies
     * ({@code scipy.signal.spectrogram(scaling="density", detrend=False)}, matplotlib's {@code
     * specgram}).
     */
    DENSITY,
    /** {@code |X|^2} as it is ({@code librosa.feature.melspectrogram(power=2)}). */
    POWER
  }

  /** What the rows are. */
  public enum Grid {
    /** Row r is the one FFT bin {@code floor((r + 0.5) * (nFft / 2 + 1) / bins)}. */
    LINEAR,
    /** Row r is band r of a Slaney mel filter bank. */
    MEL
  }

  /**
   * The archive's own pictures ({@code docs}: GTZAN at 22050 Hz, 11.5 frames a second). Their
   * levels span 153 to 195 dB a track (12 whole tracks measured), so a range of 200 dB leaves them
   * alone.
   */
  private static final FeatureConfig GTZAN_ARCHIVE =
      new FeatureConfig(
          "gtzan-archive",
          22050,
          2048,
          1920,
          Window.HANN_SYMMETRIC,
          false,
          Scaling.DENSITY,
          Grid.LINEAR,
          544,
          0,
          11025,
          200);

  /** librosa's mel spectrogram, all defaults, and {@code power_to_db}'s 80 dB. */
  private static final FeatureConfig MEL_128 =
      new FeatureConfig(
          "mel-128",
          22050,
          2048,
          512,
          Window.HANN_PERIODIC,
          true,
          Scaling.POWER,
          Grid.MEL,
          128,
          0,
          11025,
          80);

  private static final List<FeatureConfig> PRESETS = List.of(GTZAN_ARCHIVE, MEL_128);

  public FeatureConfig {
    check(name != null && !name.isBlank(), "name", name, "not blank");
    check(window != null, "window", window, "one of the known windows");
    check(scaling != null, "scaling", scaling, "DENSITY or POWER");
    check(grid != null, "grid", grid, "LINEAR or MEL");
    check(
        sampleRateHz >= AudioDecoder.MIN_RATE_HZ && sampleRateHz <= AudioDecoder.MAX_RATE_HZ,
        "sampleRateHz",
        sampleRateHz,
        AudioDecoder.MIN_RATE_HZ + " to " + AudioDecoder.MAX_RATE_HZ);
    check(nFft >= 16 && nFft <= 65536 && nFft % 2 == 0, "nFft", nFft, "even and 16 to 65536");
    check(hopLength >= 1 && hopLength <= nFft, "hopLength", hopLength, "1 to nFft (" + nFft + ")");
    check(
        dynamicRangeDb > 0 && Double.isFinite(dynamicRangeDb),
        "dynamicRangeDb",
        dynamicRangeDb,
        "more than 0");
    double nyquist = sampleRateHz / 2.0;
    int fftBins = nFft / 2 + 1;
    if (grid == Grid.LINEAR) {
      check(bins >= 1 && bins <= fftBins, "bins", bins, "1 to nFft / 2 + 1 (" + fftBins + ")");
      check(fMinHz == 0, "fMinHz", fMinHz, "0 for a linear grid");
      check(
          fMaxHz == nyquist,
          "fMaxHz",
          fMaxHz,
          "half of sampleRateHz for a linear grid: " + nyquist);
    } else {
      // A filter bank of more bands than the transform has would not be wrong, but could be vast.
      check(bins >= 1 && bins <= fftBins, "bins", bins, "1 to nFft / 2 + 1 (" + fftBins + ")");
      check(fMinHz >= 0 && fMinHz < nyquist, "fMinHz", fMinHz, "0 to less than " + nyquist);
      check(
          fMaxHz > fMinHz && fMaxHz <= nyquist,
          "fMaxHz",
          fMaxHz,
          "more than fMinHz (" + fMinHz + ") and at most half of sampleRateHz (" + nyquist + ")");
    }
  }

  /**
   * A configuration by its name.
   *
   * @param name {@code gtzan-archive} (544 linear rows, 11.5 frames a second, as GTZAN's archived
   *     pictures) or {@code mel-128} (128 mel bands, 43 frames a second, as librosa's defaults)
   * @throws IllegalArgumentException if there is none of that name; the message lists them
   */
  public static FeatureConfig preset(String name) {
    for (FeatureConfig preset : PRESETS) {
      if (preset.name.equals(name)) {
        return preset;
      }
    }
    throw new IllegalArgumentException(
        "no features are called \"" + name + "\"; there are " + String.join(", ", presetNames()));
  }

  /** The names that {@link #preset} knows. */
  public static List<String> presetNames() {
    return PRESETS.stream().map(FeatureConfig::name).collect(Collectors.toUnmodifiableList());
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IllegalArgumentException if a key is unknown, missing or out of bounds, or the text is
   *     no JSON; the message says which
   */
  public static FeatureConfig fromJson(String json) {
    try {
      return Json.fromText(json, FeatureConfig.class);
    } catch (IOException e) {
      throw new IllegalArgumentException("not a feature configuration: " + e.getMessage(), e);
    }
  }

  /** This configuration as one indented JSON object, its keys the components in snake_case. */
  public String toJson() {
    return Json.toText(this);
  }

  /** Columns a second: {@code sampleRateHz / hopLength}. */
  public double framesPerSecond() {
    return (double) sampleRateHz / hopLength;
  }

  /** Which frequencies the rows stand for. */
  public FrequencyAxis axis() {
    if (grid == Grid.LINEAR) {
      return new FrequencyAxis(false, 0, fMaxHz);
    }
    double low = MelFilterBank.hzToMel(fMinHz);
    double band = (MelFilterBank.hzToMel(fMaxHz) - low) / (bins + 1);
    // Band r peaks one band's step above the one below it, the lowest a step above fMinHz.
    return new FrequencyAxis(
        true,
        MelFilterBank.melToHz(low + 0.5 * band),
        MelFilterBank.melToHz(low + (bins + 0.5) * band));
  }

  private static void check(boolean holds, String key, Object value, String limit) {
    if (!holds) {
      throw new IllegalArgumentException(key + " must be " + limit + ", not " + value);
    }
  }
}
