package tonearm.tags;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.gagravarr.opus.OpusFile;
import org.jaudiotagger.audio.AudioFile;
import org.jaudiotagger.audio.AudioFileIO;
import org.jaudiotagger.audio.wav.WavOptions;
import org.jaudiotagger.tag.FieldKey;
import org.jaudiotagger.tag.Tag;
import org.jaudiotagger.tag.TagField;
import org.jaudiotagger.tag.TagOptionSingleton;
import org.jaudiotagger.tag.images.StandardArtwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tonearm.audio.Audio;
import tonearm.audio.AudioDecoder;
import tonearm.audio.AudioFingerprint;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;

/** Every format that the documents promise: written by us, read by others, and nothing lost. */
class TagFormatsTest {
  private static final Logger JAUDIOTAGGER = Logger.getLogger("org.jaudiotagger");
  private static final tonearm.tags.TagField OWN = new tonearm.tags.TagField("TONEARM_GENRE");

  @TempDir private Path folder;
  private TagJournal journal;

  /** A kind of file with the tags that people's files have. */
  enum Kind {
    MP3_BARE(TestFormat.MP3),
    MP3_ID3_3(TestFormat.MP3),
    MP3_ID3_4(TestFormat.MP3),
    MP2(TestFormat.MP2),
    AAC_ADTS(TestFormat.AAC_ADTS),
    FLAC(TestFormat.FLAC),
    FLAC_24(TestFormat.FLAC_24),
    OGG_VORBIS(TestFormat.OGG_VORBIS),
    OPUS(TestFormat.OPUS),
    M4A_AAC(TestFormat.AAC),
    M4A_ALAC(TestFormat.ALAC),
    M4A_INDEX_FIRST(TestFormat.AAC),
    AIFF(TestFormat.AIFF),
    AIFF_ID3(TestFormat.AIFF),
    WAV_BARE(TestFormat.WAV_S16),
    WAV_INFO(TestFormat.WAV_S24),
    WAV_ID3(TestFormat.WAV_F32),
    WAV_BOTH(TestFormat.WAV_U8);

    final TestFormat format;

    Kind(TestFormat format) {
      this.format = format;
    }
  }

  @SuppressWarnings("NullAway.Init") // before each
  TagFormatsTest() {}

  @BeforeEach
  void open() throws IOException {
    JAUDIOTAGGER.setLevel(Level.OFF);
    journal = TagJournal.open(folder.resolve("journal.jsonl"));
  }

  @AfterEach
  void close() throws IOException {
    journal.close();
  }

  private Path make(Kind kind) throws IOException {
    Path file = folder.resolve(kind + "." + kind.format.extension());
    int rateHz = kind.format == TestFormat.OPUS ? 48_000 : 44_100;
    Map<String, String> options =
        kind == Kind.M4A_INDEX_FIRST ? Map.of("movflags", "faststart") : Map.of();
    float[] left = TestAudio.noise(3, 1, rateHz);
    float[] right = TestAudio.tone(440, 1, rateHz);
    TestAudio.write(file, kind.format, rateHz, options, left, right);
    byte[] info =
        RichTags.latin("INFOINAM\u0004\0\0\0Tit\0IGNR\u0005\0\0\0Rock\0\0ISFT\u0003\0\0\0me\0\0");
    byte[] rock = RichTags.latin("\0Rock\0Pop");
    switch (kind) {
      case MP3_BARE -> RichTags.prefix(file, new byte[0]);
      case MP3_ID3_3 -> {
        RichTags.prefix(file, RichTags.id3(3, RichTags.latin("\0(17)")));
        byte[] old = java.util.Arrays.copyOf(RichTags.latin("TAGold"), 128);
        old[127] = 8;
        Files.write(file, RichTags.join(Files.readAllBytes(file), old));
      }
      case MP3_ID3_4 -> RichTags.prefix(file, RichTags.id3(4, rock));
      case FLAC, OGG_VORBIS -> addByJaudiotagger(file);
      case OPUS ->
          RichTags.addOpusComments(
              file,
              List.of(
                  new String[] {"Genre", "Rock"},
                  new String[] {"ARTIST", "First"},
                  new String[] {"artist", "Second"},
                  new String[] {"R128_TRACK_GAIN", "-100"}));
      case M4A_AAC ->
          RichTags.addItems(
              file,
              RichTags.box("\u00a9nam", RichTags.data(1, "T\u00eftle".getBytes(UTF_8))),
              RichTags.box(
                  "\u00a9ART",
                  RichTags.join(
                      RichTags.data(1, RichTags.latin("First")),
                      RichTags.data(1, RichTags.latin("Second")))),
              RichTags.box("gnre", RichTags.data(0, new byte[] {0, 18})),
              RichTags.box("covr", RichTags.data(14, RichTags.PICTURE)),
              RichTags.own("MusicBrainz Artist Id", "id1", "id2"),
              RichTags.own("iTunNORM", " 00000"),
              RichTags.box("trkn", RichTags.data(0, new byte[] {0, 0, 0, 1, 0, 2, 0, 0})));
      case AIFF_ID3 -> RichTags.addChunk(file, "ID3 ", RichTags.id3(3, rock));
      case WAV_ID3 -> RichTags.addChunk(file, "id3 ", RichTags.id3(4, rock));
      case WAV_INFO -> RichTags.addChunk(file, "LIST", info);
      case WAV_BOTH -> {
        RichTags.addChunk(file, "LIST", info);
        RichTags.addChunk(file, "id3 ", RichTags.id3(3, rock));
        RichTags.addChunk(file, "cue ", new byte[28]);
      }
      default -> {}
    }
    return file;
  }

  private static void addByJaudiotagger(Path file) throws IOException {
    try {
      AudioFile audio = AudioFileIO.read(file.toFile());
      Tag tag = audio.getTagOrCreateAndSetDefault();
      tag.addField(FieldKey.GENRE, "Rock");
      tag.addField(FieldKey.ARTIST, "First");
      tag.addField(FieldKey.ARTIST, "Second");
      tag.addField(FieldKey.TITLE, "T\u00eftle");
      StandardArtwork cover = new StandardArtwork();
      cover.setBinaryData(RichTags.PICTURE);
      cover.setMimeType("image/png");
      cover.setPictureType(3);
      tag.addField(cover);
      audio.commit();
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void onlyTheGenreChangesAndOthersReadIt(Kind kind) throws Exception {
    Path file = make(kind);
    byte[] bytes = Files.readAllBytes(file);
    Audio sound = AudioDecoder.decode(file, 44_100);
    AudioFingerprint seen = AudioFingerprint.of(file);
    List<String> fields = otherFields(file);
    TagState state = TagState.read(file, tonearm.tags.TagField.GENRE);
    List<String> before = state.values();
    assertThat(before).isEqualTo(genresOf(kind));

    TagWriter writer = new TagWriter(journal, false);
    List<String> genres = List.of("Hip-Hop", "Caf\u00e9 del Mar \uD83C\uDFB7", "17 Hippies");
    writer.write(state, genres);

    assertThat(TagState.read(file, tonearm.tags.TagField.GENRE).values()).isEqualTo(genres);
    assertThat(AudioDecoder.decode(file, 44_100).samples()).isEqualTo(sound.samples());
    assertThat(seen.difference(AudioFingerprint.of(file), Set.of("genre"))).isNull();
    assertThat(otherFields(file)).isEqualTo(fields);
    assertThat(genresByOthers(file)).contains("Hip-Hop");
    if (kind.format != TestFormat.MP2 && kind.format != TestFormat.AAC_ADTS) {
      // Of several data boxes jaudiotagger reads the first.
      assertThat(genresByOthers(file))
          .isEqualTo(kind.name().startsWith("M4A") ? genres.subList(0, 1) : genres);
    }

    state = TagState.read(file, tonearm.tags.TagField.GENRE);
    writer.write(state, before);
    assertThat(TagState.read(file, tonearm.tags.TagField.GENRE).values()).isEqualTo(before);
    assertThat(otherFields(file)).isEqualTo(fields);
    if (Set.of(Kind.MP3_BARE, Kind.MP2, Kind.AAC_ADTS, Kind.AIFF, Kind.WAV_BARE).contains(kind)) {
      assertThat(Files.readAllBytes(file)).as("bit for bit as before").isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aFieldOfOnesOwnLeavesTheGenre(Kind kind) throws Exception {
    Path file = make(kind);
    Audio sound = AudioDecoder.decode(file, 44_100);
    List<String> genres = genresOf(kind);
    TagState state = TagState.read(file, OWN);
    assertThat(state.values()).isEmpty();

    new TagWriter(journal, false).write(state, List.of("Jazz", "Blues"));

    assertThat(TagState.read(file, OWN).values()).containsExactly("Jazz", "Blues");
    assertThat(TagState.read(file, new tonearm.tags.TagField("tonearm_genre")).values()).hasSize(2);
    assertThat(TagState.read(file, tonearm.tags.TagField.GENRE).values()).isEqualTo(genres);
    assertThat(AudioDecoder.decode(file, 44_100).samples()).isEqualTo(sound.samples());

    new TagWriter(journal, false).write(TagState.read(file, OWN), List.of());
    assertThat(TagState.read(file, OWN).values()).isEmpty();
    assertThat(TagState.read(file, tonearm.tags.TagField.GENRE).values()).isEqualTo(genres);
  }

  private static List<String> genresOf(Kind kind) {
    return switch (kind) {
      case MP3_ID3_3, FLAC, OGG_VORBIS, OPUS, M4A_AAC, WAV_INFO -> List.of("Rock");
      case MP3_ID3_4, AIFF_ID3, WAV_ID3, WAV_BOTH -> List.of("Rock", "Pop");
      default -> List.of();
    };
  }

  /**
   * What another library reads of all fields but the genre; nothing where none knows the format.
   */
  private static List<String> otherFields(Path file) throws Exception {
    String name = file.toString();
    if (name.endsWith(".opus")) {
      try (OpusFile opus = new OpusFile(file.toFile())) {
        Set<String> comments = new TreeSet<>();
        opus.getTags().getAllComments().forEach((k, v) -> comments.add(k + v));
        comments.removeIf(c -> c.startsWith("genre"));
        return List.copyOf(comments);
      }
    }
    if (name.endsWith(".mp2") || name.endsWith(".aac")) {
      return List.of();
    }
    List<String> fields = new ArrayList<>();
    readWav(name.contains("INFO") ? WavOptions.READ_INFO_ONLY : WavOptions.READ_ID3_ONLY);
    Tag tag = AudioFileIO.read(file.toFile()).getTag();
    if (tag != null) {
      for (Iterator<TagField> i = tag.getFields(); i.hasNext(); ) {
        TagField field = i.next();
        if (!Set.of("TCON", "GENRE", "\u00a9gen", "gnre", "IGNR").contains(field.getId())) {
          fields.add(field.getId() + " " + field);
        }
      }
    }
    fields.sort(null);
    return fields;
  }

  private static void readWav(WavOptions where) {
    TagOptionSingleton.getInstance().setWavOptions(where);
  }

  private static List<String> genresByOthers(Path file) throws Exception {
    String name = file.toString();
    if (name.endsWith(".opus")) {
      try (OpusFile opus = new OpusFile(file.toFile())) {
        return opus.getTags().getComments("genre");
      }
    }
    if (name.endsWith(".mp2") || name.endsWith(".aac")) {
      return List.of(
          AudioFingerprint.of(file).tags().getOrDefault("genre", "").replaceAll(";.*", ""));
    }
    readWav(WavOptions.READ_ID3_ONLY);
    return AudioFileIO.read(file.toFile()).getTag().getAll(FieldKey.GENRE);
  }
}
