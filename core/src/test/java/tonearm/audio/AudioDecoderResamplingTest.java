package tonearm.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds resampling to the figures that {@link AudioDecoder} states. */
class AudioDecoderResamplingTest {
  private static final int TARGET = 22050;

  @ParameterizedTest
  @ValueSource(ints = {44100, 48000, 96000})
  void thePassBandIsFlat(int rate) {
    for (double share = 0.02; share <= 0.88; share += 0.02) {
      assertThat(gainDb(rate, TARGET, share * TARGET / 2))
          .as("%.2f", share)
          .isCloseTo(0, within(0.01));
    }
    assertThat(gainDb(rate, TARGET, 0.90 * TARGET / 2)).isCloseTo(-0.12, within(0.01));
    assertThat(gainDb(rate, TARGET, 0.94 * TARGET / 2)).isCloseTo(-6, within(0.1));
  }

  @ParameterizedTest
  @ValueSource(ints = {44100, 48000, 96000})
  void nothingFoldsBack(int rate) {
    for (double share = 1.0005; share * TARGET < rate; share += 0.0137) {
      assertThat(gainDb(rate, TARGET, share * TARGET / 2)).as("%.4f", share).isLessThan(-94);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "44100,22050",
    "48000,22050",
    "16000,22050",
    "96000,22050",
    "11127,22050",
    "22050,44100",
    "22050,48000",
    "8000,384000",
    "384000,8000",
    "44100,44099"
  })
  void aToneComesOutAsTheSameToneInPlace(int from, int to) {
    double hertz = 997;
    Audio out = convert(tone(hertz, from, 1.5), from, to);
    double error = 0;
    int edge = to / 10;
    for (int i = edge; i < out.samples().length - edge; i++) {
      double difference = out.samples()[i] - Math.sin(2 * Math.PI * hertz * i / to);
      error += difference * difference;
    }
    error /= out.samples().length - 2 * edge;
    assertThat(10 * Math.log10(2 * error)).isLessThan(-100);
  }

  @ParameterizedTest
  @CsvSource({
    "44100,22050",
    "48000,22050",
    "16000,22050",
    "22050,44100",
    "7919,22050",
    "8000,384000"
  })
  void theLengthIsRoundedUp(int from, int to) {
    for (int count : new int[] {0, 1, 2, 3, 100, 1001, 44100}) {
      assertThat(convert(new float[count], from, to).samples().length)
          .as("%d samples", count)
          .isEqualTo((int) Math.ceil((double) count * to / from));
    }
  }

  @ParameterizedTest
  @CsvSource({"767999,1000", "768000,1000", "1000,768000"})
  void theFarthestRatesWork(int from, int to) {
    Audio out = convert(tone(100, from, 0.3), from, to);
    assertThat(out.samples().length).isBetween((int) (0.3 * to) - 1, (int) (0.3 * to) + 1);
    assertThat(TestAudio.amplitude(out.samples(), 100, to)).isCloseTo(1, within(0.01));
  }

  @Test
  void aShortSoundIsNotLost() {
    // One sample at twice the rate: the filter's own shape, with the sample itself on top.
    float[] up = convert(new float[] {1}, 22050, 44100).samples();
    assertThat(up[0]).isCloseTo(1, within(0.001f));
    assertThat(convert(new float[] {1}, 44100, 22050).samples()[0])
        .isCloseTo(0.47f, within(0.001f));
  }

  @Test
  void theSameRateIsTheSameSound() {
    Audio audio = new Audio(new float[] {1, 2, 3}, 22050);
    assertThat(AudioDecoder.resample(audio, 22050)).isSameAs(audio);
  }

  @Test
  void silenceStaysExactlySilent() {
    assertThat(convert(new float[50_000], 44100, 22050).samples()).containsOnly(0f);
  }

  private static double gainDb(int from, int to, double hertz) {
    Audio out = convert(tone(hertz, from, 0.6), from, to);
    double power = 0;
    int edge = to / 10;
    float[] middle = Arrays.copyOfRange(out.samples(), edge, out.samples().length - edge);
    for (float sample : middle) {
      power += (double) sample * sample;
    }
    return 10 * Math.log10(2 * power / middle.length + 1e-20);
  }

  private static Audio convert(float[] samples, int from, int to) {
    Audio out = AudioDecoder.resample(new Audio(samples, from), to);
    assertThat(out.sampleRateHz()).isEqualTo(to);
    return out;
  }

  private static float[] tone(double hertz, int rate, double seconds) {
    float[] samples = new float[(int) (seconds * rate)];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) Math.sin(2 * Math.PI * hertz * i / rate);
    }
    return samples;
  }
}
