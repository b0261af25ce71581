package tonearm.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.audio.AudioDecoder;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;

class FileAnalyserTest {
  private static final FeatureConfig FEATURES = FeatureConfig.preset("gtzan-archive");

  @TempDir Path folder;

  private Path noise(double seconds, int rateHz) throws IOException {
    return TestAudio.write(
        folder.resolve("noise.wav"),
        TestFormat.WAV_S16,
        rateHz,
        TestAudio.noise(1, seconds, rateHz));
  }

  @Test
  void aFileIsWhatDecoderAndFrontEndMakeOfIt() throws IOException {
    Path file = noise(4, 44100);
    Analysis analysis = new FileAnalyser(FEATURES).analyse(file);
    FrontEnd frontEnd = new FrontEnd(FEATURES);
    Spectrogram expected =
        frontEnd.floored(frontEnd.spectrogram(AudioDecoder.decode(file, FEATURES.sampleRateHz())));
    assertThat(analysis.spectrogram().values()).isEqualTo(expected.values());
    assertThat(analysis.spectrogram().frames()).isEqualTo(expected.frames());
    assertThat(analysis.sampleRateHz()).isEqualTo(44100);
    assertThat(analysis.durationS()).isEqualTo(4);
    assertThat(analysis.warnings()).isEmpty();
  }

  @Test
  void aLongFileIsHeardInPart() throws IOException {
    Path file = noise(4, 22050);
    Analysis whole = new FileAnalyser(FEATURES).analyse(file);
    Analysis part = new FileAnalyser(FEATURES, 2).analyse(file);
    int frames = new FrontEnd(FEATURES).frames(44100);
    assertThat(part.spectrogram().frames()).isEqualTo(frames);
    assertThat(part.durationS()).isEqualTo(2);
    assertThat(part.warnings()).containsExactly("longer than 2 s: the rest is not heard");
    assertThat(part.spectrogram().at(100, 5)).isEqualTo(whole.spectrogram().at(100, 5));
    Analysis exact = new FileAnalyser(FEATURES, 4).analyse(file);
    assertThat(exact.spectrogram().values()).isEqualTo(whole.spectrogram().values());
    assertThat(exact.warnings()).isEmpty();
  }

  @Test
  void whatCannotBeHeardIsSaidWithoutThePath() throws IOException {
    Path silent =
        TestAudio.write(
            folder.resolve("mute.wav"), TestFormat.WAV_S16, 22050, TestAudio.silence(1, 22050));
    assertThatThrownBy(() -> new FileAnalyser(FEATURES).analyse(silent))
        .isInstanceOf(IOException.class)
        .hasMessage("silent throughout: every sample is 0");
    Path text = Files.writeString(folder.resolve("text.mp3"), "a letter");
    assertThatThrownBy(() -> new FileAnalyser(FEATURES).analyse(text))
        .hasMessage("no audio stream: the file is text");
  }

  @Test
  void picturesThatMemoryCannotHoldAreRefusedBeforehand() {
    assertThatThrownBy(() -> new FileAnalyser(FEATURES, 1e6)).hasMessageContaining("levels");
    assertThatThrownBy(() -> new FileAnalyser(FEATURES, 0)).hasMessageContaining("levels");
    assertThatThrownBy(() -> new FileAnalyser(FEATURES, Double.NaN)).hasMessageContaining("levels");
  }
}
