package tonearm.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tonearm.audio.SoundWriter.Format;

/** That what a benchmark hears is what it wrote. */
class SoundWriterTest {
  private static final int RATE_HZ = 44100;

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource
  void whatIsWrittenIsHeard(Format format) throws IOException {
    float[] left = TestAudio.tone(440, 2, RATE_HZ);
    // FFmpeg's own Vorbis encoder makes little of channels that differ as much as two tones.
    int rightHz = format == Format.OGG_VORBIS ? 440 : 1000;
    float[] right = TestAudio.tone(rightHz, 2, RATE_HZ);
    Path file = folder.resolve("a." + format.extension());

    SoundWriter.write(file, format, RATE_HZ, left, right);

    Heard heard = Heard.of(file);
    assertThat(heard.sampleRateHz()).isEqualTo(RATE_HZ);
    assertThat(heard.warnings()).isEmpty();
    assertThat(heard.samples().length / (double) RATE_HZ).isCloseTo(2, within(0.05));
    // Mono is the mean of both channels, and each has a tone of amplitude 0.5.
    double expected = rightHz == 440 ? 0.5 : 0.25;
    for (int frequencyHz : new int[] {440, rightHz}) {
      assertThat(TestAudio.amplitude(heard.samples(), frequencyHz, RATE_HZ))
          .isCloseTo(expected, within(0.02));
    }
  }

  @Test
  void whatCannotBeWrittenIsTold() {
    float[] sound = TestAudio.tone(440, 1, RATE_HZ);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> SoundWriter.write(folder.resolve("a"), Format.WAV, RATE_HZ, sound, new float[1]));
    assertThatThrownBy(
            () -> SoundWriter.write(folder.resolve("no/a"), Format.WAV, RATE_HZ, sound, sound))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be written");
    assertThatThrownBy(() -> SoundWriter.write(folder, Format.M4A_AAC, 44101, sound, sound))
        .isInstanceOf(IOException.class);
  }
}
