package tonearm.tags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tonearm.audio.AudioFingerprint;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;

/** Containers in their corners: what outgrows its place, what is damaged, what is refused. */
class TagContainersTest {
  private static final int RATE_HZ = 48_000;

  @TempDir private Path folder;

  private Path make(TestFormat format, Map<String, String> options) throws IOException {
    Path file = folder.resolve("song." + format.extension());
    float[] sound = TestAudio.noise(7, 0.5, RATE_HZ);
    return TestAudio.write(file, format, RATE_HZ, options, sound, sound);
  }

  /** Writes without the writer's checks. */
  private Path rewritten(Path file, TagField field, List<String> values) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".fresh");
    try (Source source = new Source(file);
        FileChannel out =
            FileChannel.open(
                fresh,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
      TaggedFiles.read(source).with(field, values).writeTo(out);
    }
    return fresh;
  }

  @ParameterizedTest
  @EnumSource(
      value = TestFormat.class,
      names = {"OGG_VORBIS", "OPUS", "FLAC", "AAC", "MP3", "WAV_S16", "AIFF"})
  void aFieldOfHundredThousandLettersFits(TestFormat format) throws IOException {
    // In Ogg the comments then take more pages than before, and those after them get new numbers.
    Path file = make(format, format == TestFormat.AAC ? Map.of("movflags", "faststart") : Map.of());
    AudioFingerprint before = AudioFingerprint.of(file);
    TagField own = new TagField("long");
    List<String> values = List.of("x".repeat(100_000), "y".repeat(70_000));

    Path grown = rewritten(file, own, values);

    assertThat(TagState.read(grown, own).values()).isEqualTo(values);
    assertThat(before.difference(AudioFingerprint.of(grown), Set.of("long"))).isNull();
    Path shrunk = rewritten(grown, own, List.of());
    assertThat(TagState.read(shrunk, own).values()).isEmpty();
    assertThat(before.difference(AudioFingerprint.of(shrunk), Set.of())).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "WAVPACK,WavPack files cannot be tagged",
    "TTA,TTA files cannot be tagged",
    "AU,AU files cannot be tagged",
    "CAF,CAF files cannot be tagged",
    "W64,W64 files cannot be tagged",
    "AC3,AC-3 files cannot be tagged",
    "MKA_FLAC,Matroska and WebM files cannot be tagged",
    "WEBM_OPUS,Matroska and WebM files cannot be tagged",
    "WMA,WMA and ASF files cannot be tagged"
  })
  void otherFormatsAreRefusedByName(TestFormat format, String message) throws IOException {
    Path file = make(format, Map.of());
    assertThatThrownBy(() -> TagState.read(file, TagField.GENRE))
        .isInstanceOf(TagException.class)
        .hasMessage(message);
  }

  @Test
  void oddMp4FilesAreRefused() throws IOException {
    Path fragmented = make(TestFormat.AAC, Map.of("movflags", "frag_keyframe+empty_moov"));
    assertThatThrownBy(() -> TagState.read(fragmented, TagField.GENRE))
        .hasMessageContaining("fragmented");
    byte[] bytes = Files.readAllBytes(make(TestFormat.AAC, Map.of()));
    Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(bytes, bytes.length - 100));
    assertThatThrownBy(() -> TagState.read(cut, TagField.GENRE)).hasMessageContaining("cut off");
  }

  /** Frames of MPEG audio make no MP3 of a film, which a tag before it would break. */
  @ParameterizedTest
  @CsvSource({
    "RIFF....AVI LIST,AVI films cannot be tagged",
    "'\0\0\u0001\u00ba',MPEG films cannot be tagged",
    "'\0\0\u0001\u00b3',MPEG films cannot be tagged"
  })
  void filmsWithFramesOfMp3InThemAreRefused(String start, String message) throws IOException {
    byte[] sound = Files.readAllBytes(make(TestFormat.MP3, Map.of()));
    Path film = folder.resolve("film");
    Files.write(film, start.getBytes(StandardCharsets.ISO_8859_1));
    Files.write(film, sound, StandardOpenOption.APPEND);
    assertThatThrownBy(() -> TagState.read(film, TagField.GENRE)).hasMessage(message);
  }

  @Test
  void aFilmIsTaggedToo() throws IOException {
    Path film = folder.resolve("film.mp4");
    TestAudio.writeFilm(film, RATE_HZ, TestAudio.tone(440, 2, RATE_HZ));
    AudioFingerprint before = AudioFingerprint.of(film);
    Path fresh = rewritten(film, TagField.GENRE, List.of("Jazz"));
    assertThat(TagState.read(fresh, TagField.GENRE).values()).containsExactly("Jazz");
    assertThat(before.difference(AudioFingerprint.of(fresh), Set.of("genre"))).isNull();
  }

  @Test
  void whatIsNoAudioIsRefused() throws IOException {
    for (String text :
        List.of("", "Dear diary", "#EXTM3U\na.mp3\n", "ID3", "fLaC", "OggS", "RIFF")) {
      Path file = Files.writeString(folder.resolve("text.mp3"), text);
      assertThatThrownBy(() -> TagState.read(file, TagField.GENRE))
          .as(text)
          .isInstanceOf(TagException.class);
    }
    assertThatThrownBy(() -> TagState.read(folder, TagField.GENRE)).hasMessageContaining("folder");
    assertThatThrownBy(() -> TagState.read(folder.resolve("none"), TagField.GENRE))
        .hasMessage("no such file");
  }

  @Test
  void aRecordingThatWasNotFinishedIsRefused() throws IOException {
    Path file = make(TestFormat.WAV_S16, Map.of());
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, 4, 8, (byte) 0);
    Files.write(file, bytes);
    assertThatThrownBy(() -> TagState.read(file, TagField.GENRE))
        .isInstanceOf(TagException.class)
        .hasMessageContaining("its length was left open");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a=b", "title", "ReplayGain_Track_Gain", "\u00fc", " x", "a\nb"})
  void fieldsThatMeanSomethingElseAreRefused(String name) {
    assertThatThrownBy(() -> new TagField(name)).isInstanceOf(IllegalArgumentException.class);
  }

  /** Whatever is done to a file: either its reason is told, or all the rest of it is kept. */
  @ParameterizedTest
  @EnumSource(
      value = TestFormat.class,
      names = {"MP3", "OGG_VORBIS", "OPUS", "FLAC", "AAC", "WAV_S16", "AIFF"})
  void damageIsToldAndNeverWritten(TestFormat format) throws IOException {
    Path whole = make(format, Map.of());
    if (format == TestFormat.MP3) {
      RichTags.prefix(whole, RichTags.id3(4, RichTags.latin("\0Rock")));
    } else if (format == TestFormat.WAV_S16 || format == TestFormat.AIFF) {
      RichTags.addChunk(whole, "ID3 ", RichTags.id3(3, RichTags.latin("\0(17)")));
    }
    byte[] bytes = Files.readAllBytes(whole);
    Random random = new Random(format.name().hashCode());
    int refused = 0;
    for (int round = 0; round < 80; round++) {
      byte[] damaged = bytes.clone();
      int region = round % 2 == 0 ? Math.min(800, bytes.length) : bytes.length;
      for (int i = 0; i <= random.nextInt(6); i++) {
        int at = random.nextInt(region);
        damaged[format == TestFormat.AAC ? bytes.length - 1 - at : at] = (byte) random.nextInt(256);
      }
      if (round % 10 == 9) {
        damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
      }
      Path file = Files.write(folder.resolve("damaged"), damaged);
      try (Source source = new Source(file)) {
        List<String> others = TaggedFiles.read(source).others(TagField.GENRE);
        Path fresh = rewritten(file, TagField.GENRE, List.of("Jazz"));
        try (Source again = new Source(fresh)) {
          TaggedFile read = TaggedFiles.read(again);
          assertThat(read.values(TagField.GENRE)).as("round %d", round).containsExactly("Jazz");
          assertThat(read.others(TagField.GENRE)).as("round %d", round).isEqualTo(others);
        }
      } catch (TagException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(1, 79);
  }
}
