package tonearm.features;

import java.util.List;

/**
 * What one file sounds like.
 *
 * @param spectrogram levels of what was heard in dB, {@linkplain FrontEnd#floored floored}
 * @param sampleRateHz the file's own, samples a second
 * @param durationS seconds heard, more than 0
 * @param warnings what a listener should know though the file could be read, such as "truncated:
 *     ..."; mostly empty
 */
public record Analysis(
    Spectrogram spectrogram, int sampleRateHz, double durationS, List<String> warnings) {
  public Analysis {
    warnings = List.copyOf(warnings);
    if (!(durationS > 0) || sampleRateHz < 1) {
      throw new IllegalArgumentException(
          "sound of " + durationS + " s at " + sampleRateHz + " Hz cannot be heard");
    }
  }
}
