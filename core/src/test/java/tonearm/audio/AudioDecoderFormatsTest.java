package tonearm.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every format gives back the sound that went in. */
class AudioDecoderFormatsTest {
  private static final int RATE = 48000;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(TestFormat.class)
  void aToneSurvivesEveryFormat(TestFormat format) throws IOException {
    float[] sound = TestAudio.tone(997, 1.3, RATE);
    Heard heard = Heard.of(write(format, RATE, sound));

    assertThat(heard.sampleRateHz()).isEqualTo(RATE);
    assertThat(heard.warnings()).isEmpty();
    if (format.isLossless()) {
      assertThat(heard.samples().length).isEqualTo(sound.length);
      assertCloseTo(heard.samples(), sound, Math.pow(2, -Math.min(format.bits(), 24)));
    } else {
      // Formats without a length field may keep the encoder's delay and fill up its last frame.
      assertThat(heard.samples().length).isBetween(sound.length - 1152, sound.length + 1536);
      double amplitude = TestAudio.amplitude(heard.samples(), 997, RATE);
      assertThat(amplitude).isCloseTo(0.5, within(0.03));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"MP3", "OGG_VORBIS", "OPUS", "WEBM_OPUS", "ALAC"})
  void formatsThatTellTheirLengthAreExactAndInPlace(TestFormat format) throws IOException {
    // A click in silence shows both a delay and a lost beginning.
    float[] sound = TestAudio.silence(1, RATE);
    sound[12345] = 0.9f;
    Heard heard = Heard.of(write(format, RATE, sound));
    assertThat(heard.samples().length).isEqualTo(sound.length);
    assertThat(indexOfLoudest(heard.samples())).isCloseTo(12345, within(1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 100, 4097})
  void fewSamplesAreNotLost(int count) throws IOException {
    float[] sound = new float[count];
    Arrays.fill(sound, 0.25f);
    for (TestFormat format : new TestFormat[] {TestFormat.WAV_S16, TestFormat.WAV_F32}) {
      Path file = write(format, RATE, sound);
      assertThat(Heard.of(file).samples()).containsExactly(sound);
      assertThat(Heard.of(file, 22050).samples()).hasSize((int) Math.ceil(count * 22050.0 / RATE));
    }
  }

  @Test
  void silenceIsExactlySilent() throws IOException {
    for (TestFormat format : new TestFormat[] {TestFormat.WAV_S16, TestFormat.FLAC}) {
      Heard heard = Heard.of(write(format, 44100, TestAudio.silence(0.5, 44100)), 22050);
      assertThat(heard.samples().length).isEqualTo(11025);
      assertThat(heard.samples()).containsOnly(0f);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8000, 11025, 16000, 22050, 32000, 44100, 96000, 192000, 384000})
  void ratesFrom8To384Kilohertz(int rate) throws IOException {
    float[] sound = TestAudio.tone(1000, 0.5, rate);
    Path file = write(TestFormat.WAV_S16, rate, sound);
    assertThat(Heard.of(file).samples().length).isEqualTo(sound.length);
    Heard heard = Heard.of(file, 22050);
    assertThat(heard.samples().length).isEqualTo((int) Math.ceil(sound.length * 22050.0 / rate));
    assertThat(TestAudio.amplitude(heard.samples(), 1000, 22050)).isCloseTo(0.5, within(0.001));
  }

  @ParameterizedTest
  @EnumSource(names = {"WAV_S16", "WAV_S24", "WAV_F32", "FLAC", "WAVPACK"})
  void monoIsTheMeanOfTheChannels(TestFormat format) throws IOException {
    for (int channels : new int[] {2, 3, 6, 8}) {
      float[][] sound = new float[channels][];
      float[] mean = new float[1000];
      for (int c = 0; c < channels; c++) {
        sound[c] = TestAudio.noise(c, 1000.0 / RATE, RATE);
        for (int i = 0; i < mean.length; i++) {
          mean[i] += sound[c][i] / channels;
        }
      }
      assertCloseTo(Heard.of(write(format, RATE, sound)).samples(), mean, 0x1p-15);
    }
  }

  /** Several frames of it, of noise and of silence, so that every branch of the coder is taken. */
  @Test
  void monkeysAudioIsExactWhateverTheSound() throws IOException {
    float[] left = TestAudio.noise(5, 4, RATE);
    float[] right = TestAudio.tone(330, 4, RATE);
    for (int i = 0; i < left.length; i++) {
      left[i] = i / RATE == 1 ? 0 : i % 997 == 0 ? 1 : left[i] / (1 + i / RATE);
    }
    float[] mean = new float[left.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (left[i] + right[i]) / 2;
    }
    assertCloseTo(Heard.of(write(TestFormat.APE, RATE, left)).samples(), left, 0x1p-15);
    assertCloseTo(Heard.of(write(TestFormat.APE, RATE, left, right)).samples(), mean, 0x1p-15);
  }

  @Test
  void oppositeChannelsCancel() throws IOException {
    float[] left = TestAudio.noise(7, 0.2, RATE);
    float[] right = new float[left.length];
    for (int i = 0; i < left.length; i++) {
      right[i] = -left[i];
    }
    Heard heard = Heard.of(write(TestFormat.WAV_F32, RATE, left, right));
    assertThat(heard.samples()).containsOnly(0f);
  }

  @Test
  void samplesThatAreNoNumbersCountAsZero() throws IOException {
    float[] sound = TestAudio.tone(440, 0.5, RATE);
    sound[100] = Float.NaN;
    sound[200] = Float.POSITIVE_INFINITY;
    sound[300] = Float.NEGATIVE_INFINITY;
    for (TestFormat format : new TestFormat[] {TestFormat.WAV_F32, TestFormat.WAV_F64}) {
      Path file = write(format, RATE, sound);
      Heard own = Heard.of(file);
      assertThat(own.warnings()).containsExactly("3 samples were not finite and are taken as 0");
      assertThat(own.samples()[100]).isZero();
      assertThat(own.samples()[200]).isZero();
      assertThat(own.samples()[201]).isEqualTo(sound[201]);
      for (float sample : Heard.of(file, 22050).samples()) {
        assertThat(sample).isFinite().isBetween(-1f, 1f);
      }
    }
  }

  @Test
  void hugeSamplesStayFinite() throws IOException {
    float[] sound = TestAudio.noise(3, 0.1, RATE);
    for (int i = 0; i < sound.length; i++) {
      sound[i] = sound[i] < 0 ? -Float.MAX_VALUE : Float.MAX_VALUE;
    }
    Heard heard = Heard.of(write(TestFormat.WAV_F32, RATE, sound), 22050);
    for (float sample : heard.samples()) {
      assertThat(sample).isFinite();
    }
    assertThat(heard.warnings()).singleElement().asString().contains("not finite");
  }

  @ParameterizedTest
  @CsvSource({"mp4,AAC", "mov,ALAC", "matroska,FLAC", "avi,MP3", "mpegts,MP2", "asf,WMA"})
  void theSoundOfAFilmIsHeard(String container, TestFormat codec) throws IOException {
    float[] sound = TestAudio.tone(700, 2, RATE);
    Path film = folder.resolve("film");
    TestAudio.writeFilm(film, container, codec, RATE, sound);
    Heard heard = Heard.of(film);
    assertThat(heard.warnings()).isEmpty();
    assertThat(heard.samples().length).isBetween(sound.length - 2048, sound.length + 2048);
    assertThat(TestAudio.amplitude(heard.samples(), 700, RATE)).isCloseTo(0.5, within(0.03));
  }

  @Test
  void aRateThatChangesOnTheWayIsFollowed() throws IOException {
    Path first = write(TestFormat.MP2, 48000, TestAudio.tone(1000, 1, 48000));
    byte[] start = Files.readAllBytes(first);
    float[] low = TestAudio.tone(1000, 1, 32000);
    byte[] end = Files.readAllBytes(write(TestFormat.MP2, 32000, low, low));
    Path both = folder.resolve("both.mp2");
    Files.write(both, start);
    Files.write(both, end, StandardOpenOption.APPEND);

    for (int rate : new int[] {22050, 48000}) {
      Heard heard = Heard.of(both, rate);
      assertThat(heard.samples().length / (double) rate).isCloseTo(2, within(0.1));
      float[] last = Arrays.copyOfRange(heard.samples(), rate * 6 / 5, rate * 9 / 5);
      assertThat(TestAudio.amplitude(last, 1000, rate)).isCloseTo(0.5, within(0.01));
    }
  }

  @Test
  void coverArtIsNotHeard() throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(300, 300, BufferedImage.TYPE_INT_RGB), "png", png);
    byte[] kind = "\0image/png\0\3\0".getBytes(StandardCharsets.ISO_8859_1);
    int frameBytes = kind.length + png.size();
    int tagBytes = 10 + frameBytes;
    ByteBuffer tag = ByteBuffer.allocate(10 + tagBytes);
    tag.put("ID3\3\0\0".getBytes(StandardCharsets.ISO_8859_1));
    for (int shift = 21; shift >= 0; shift -= 7) {
      tag.put((byte) (tagBytes >> shift & 0x7F));
    }
    tag.put("APIC".getBytes(StandardCharsets.ISO_8859_1)).putInt(frameBytes).putShort((short) 0);
    tag.put(kind).put(png.toByteArray());

    Path plain = write(TestFormat.MP3, 44100, TestAudio.tone(440, 1, 44100));
    Path covered = folder.resolve("covered.mp3");
    Files.write(covered, tag.array());
    Files.write(covered, Files.readAllBytes(plain), StandardOpenOption.APPEND);
    Heard heard = Heard.of(covered);
    assertThat(heard.warnings()).isEmpty();
    assertThat(heard.samples()).isEqualTo(Heard.of(plain).samples());
  }

  @Test
  void theContentDecidesNotTheName() throws IOException {
    float[] sound = TestAudio.tone(440, 0.3, RATE);
    Path file = TestAudio.write(folder.resolve("song.txt"), TestFormat.FLAC, RATE, sound);
    assertThat(Heard.of(file).samples().length).isEqualTo(sound.length);
    Path other = TestAudio.write(folder.resolve("song.m3u8"), TestFormat.MP3, RATE, sound);
    assertThat(Heard.of(other).samples().length).isEqualTo(sound.length);
  }

  @Test
  void anIndexAtEitherEndIsFound() throws IOException {
    float[] sound = TestAudio.noise(9, 2, 44100);
    float[] atEnd = Heard.of(write(TestFormat.AAC, 44100, sound)).samples();
    Path front = folder.resolve("front.m4a");
    TestAudio.write(front, TestFormat.AAC, 44100, Map.of("movflags", "faststart"), sound);
    assertThat(Heard.of(front).samples()).containsExactly(atEnd);
  }

  private Path write(TestFormat format, int rate, float[]... channels) throws IOException {
    Path file = folder.resolve("a." + format.extension());
    return TestAudio.write(file, format, rate, channels);
  }

  private static void assertCloseTo(float[] actual, float[] expected, double tolerance) {
    assertThat(actual.length).isEqualTo(expected.length);
    for (int i = 0; i < actual.length; i++) {
      if (Math.abs(actual[i] - expected[i]) > tolerance) {
        assertThat((double) actual[i]).as("sample %d", i).isCloseTo(expected[i], within(tolerance));
      }
    }
  }

  private static int indexOfLoudest(float[] samples) {
    int loudest = 0;
    for (int i = 0; i < samples.length; i++) {
      if (Math.abs(samples[i]) > Math.abs(samples[loudest])) {
        loudest = i;
      }
    }
    return loudest;
  }
}
