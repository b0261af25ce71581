package tonearm.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whether two files hold the same packets and tags. */
class AudioFingerprintTest {
  private static final int RATE_HZ = 48_000;

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(
      value = TestFormat.class,
      names = {"MP3", "FLAC", "AAC", "OGG_VORBIS", "OPUS", "WAV_S16", "AIFF"})
  void oneChangedByteOfSoundIsSeen(TestFormat format) throws IOException {
    Path file = folder.resolve("a");
    float[] sound = TestAudio.noise(3, 1, RATE_HZ);
    TestAudio.write(file, format, RATE_HZ, sound, sound);
    AudioFingerprint whole = AudioFingerprint.of(file);
    assertThat(whole.streams()).hasSize(1).first().asString().contains(" packets, ");
    assertThat(whole.difference(AudioFingerprint.of(file), Set.of())).isNull();
    byte[] bytes = Files.readAllBytes(file);

    bytes[bytes.length / 2] ^= 1;

    AudioFingerprint changed = AudioFingerprint.of(Files.write(folder.resolve("b"), bytes));
    assertThat(whole.difference(changed, Set.of())).contains("sound");
  }

  @Test
  void tagsAreComparedByName() {
    AudioFingerprint a =
        new AudioFingerprint("mp3", List.of("x"), Map.of("title", "t", "stream 0:genre", "Rock"));
    AudioFingerprint b =
        new AudioFingerprint("mp3", List.of("x"), Map.of("title", "t", "stream 0:genre", "Jazz"));
    assertThat(a.difference(b, Set.of("genre"))).isNull();
    assertThat(a.difference(b, Set.of("title"))).contains("stream 0:genre");
    AudioFingerprint less = new AudioFingerprint("mp3", List.of("x"), Map.of());
    assertThat(a.difference(less, Set.of("genre"))).contains("title");
    assertThat(less.difference(a, Set.of("genre"))).contains("title");
    assertThat(a.difference(new AudioFingerprint("ogg", List.of("x"), a.tags()), Set.of()))
        .contains("format");
  }

  @Test
  void whatIsNoAudioIsRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("a.mp3"), "no music at all\n");
    assertThatThrownBy(() -> AudioFingerprint.of(text)).isInstanceOf(AudioException.class);
    assertThatThrownBy(() -> AudioFingerprint.of(folder)).isInstanceOf(AudioException.class);
  }
}
