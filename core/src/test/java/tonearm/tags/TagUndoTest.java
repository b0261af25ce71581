package tonearm.tags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;
import tonearm.provenance.Digest;
import tonearm.tags.TagJournal.State;
import tonearm.tags.TagUndo.Outcome;
import tonearm.tags.TagUndo.Plan;

/** That everything is taken back, whatever else was changed and whatever befell the journal. */
class TagUndoTest {
  private static final TagField OWN = new TagField("TONEARM_GENRE");

  @TempDir private Path folder;
  private Path song;
  private Path log;

  @SuppressWarnings("NullAway.Init") // before each
  TagUndoTest() {}

  @BeforeEach
  void makeSong() throws IOException {
    song = folder.resolve("song.mp3");
    TestAudio.write(song, TestFormat.MP3, 44_100, TestAudio.noise(5, 0.5, 44_100));
    log = folder.resolve("journal.jsonl");
  }

  private void write(Path file, TagField field, String... values) throws IOException {
    try (TagJournal journal = TagJournal.open(log)) {
      new TagWriter(journal, false).write(TagState.read(file, field), List.of(values));
    }
  }

  /** Takes back whatever there is to be taken back; how many changes that was. */
  private int undo(@Nullable Instant since) throws IOException {
    List<Plan> plans = TagUndo.plan(log, path -> true, since);
    try (TagJournal journal = TagJournal.open(log)) {
      for (Plan plan : plans) {
        assertThat(plan.outcome()).as(plan.toString()).isEqualTo(Outcome.CHANGE);
        TagUndo.apply(plan, new TagWriter(journal, false));
      }
    }
    return plans.size();
  }

  private List<String> values(TagField field) throws IOException {
    return TagState.read(song, field).values();
  }

  @Test
  void allFieldsOfAFileAreTakenBackAtOnce() throws IOException {
    write(song, TagField.GENRE, "Jazz");
    write(song, OWN, "jazz");

    assertThat(undo(null)).isEqualTo(2);

    assertThat(values(TagField.GENRE)).isEmpty();
    assertThat(values(OWN)).isEmpty();
  }

  @Test
  void aWavWithTwoOpinionsGetsBothBack() throws IOException {
    song = folder.resolve("song.wav");
    TestAudio.write(song, TestFormat.WAV_S16, 44_100, TestAudio.noise(5, 0.5, 44_100));
    RichTags.addChunk(song, "id3 ", RichTags.id3(4, RichTags.latin("\0Rock")));
    byte[] info = RichTags.latin("INFOIGNR\4\0\0\0Pop\0");
    RichTags.addChunk(song, "LIST", info);
    assertThat(values(TagField.GENRE)).containsExactly("Rock", "Pop");

    write(song, TagField.GENRE, "Jazz");
    assertThat(values(TagField.GENRE)).containsExactly("Jazz");
    assertThat(undo(null)).isEqualTo(1);
    assertThat(values(TagField.GENRE)).containsExactly("Rock", "Pop");
  }

  @Test
  void whatChangedBetweenPlanAndDeedIsLeft() throws IOException {
    write(song, TagField.GENRE, "Jazz");
    Plan plan = TagUndo.plan(log, path -> true, null).get(0);
    write(song, TagField.GENRE, "Soul");
    try (TagJournal journal = TagJournal.open(log)) {
      assertThatThrownBy(() -> TagUndo.apply(plan, new TagWriter(journal, false)))
          .hasMessageContaining("somebody else changed it");
    }
    assertThat(values(TagField.GENRE)).containsExactly("Soul");
  }

  @Test
  void takingAllBackTwiceChangesNothingMore() throws IOException {
    write(song, TagField.GENRE, "Jazz");
    write(song, TagField.GENRE, "Blues");
    assertThat(undo(Instant.EPOCH)).isEqualTo(1);
    String before = Digest.ofFile(song);

    assertThat(undo(Instant.EPOCH)).isZero();

    assertThat(Digest.ofFile(song)).isEqualTo(before);
  }

  /** A disk with room for half a line, and then for all again. */
  @Test
  void aLineThatAFullDiskCutSwallowsNoOther() throws IOException {
    try (FileChannel channel =
        FileChannel.open(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      boolean[] isFull = {true};
      WritableByteChannel disk =
          new WritableByteChannel() {
            @Override
            public int write(ByteBuffer bytes) throws IOException {
              if (!isFull[0]) {
                return channel.write(bytes);
              }
              bytes.limit(bytes.limit() / 2);
              channel.write(bytes);
              throw new IOException("No space left on device");
            }

            @Override
            public boolean isOpen() {
              return true;
            }

            @Override
            public void close() {}
          };
      try (TagJournal journal = new TagJournal(log, channel, disk)) {
        TagWriter writer = new TagWriter(journal, false);
        TagState state = TagState.read(song, TagField.GENRE);
        assertThatThrownBy(() -> writer.write(state, List.of("Jazz")))
            .hasMessageContaining("journal.jsonl cannot be written: No space left");
        isFull[0] = false;
        writer.write(state, List.of("Blues"));
      }
    }
    assertThat(TagJournal.read(log)).hasSize(1).containsValue(State.DONE);
    assertThat(undo(null)).isEqualTo(1);
    assertThat(values(TagField.GENRE)).isEmpty();
  }

  @Test
  void aCharacterThatWasCutCostsNoOtherLine() throws IOException {
    write(song, TagField.GENRE, "Jazz");
    byte[] cut = "{\"id\":\"x\",\"path\":\"/caf\u00e9".getBytes(StandardCharsets.UTF_8);
    byte[] half = java.util.Arrays.copyOf(cut, cut.length - 1);
    Files.write(log, half, StandardOpenOption.APPEND);
    write(song, TagField.GENRE, "Blues");

    assertThat(TagJournal.read(log)).hasSize(2);
    assertThat(undo(null)).isEqualTo(1);
    assertThat(values(TagField.GENRE)).containsExactly("Jazz");
  }

  @Test
  void namesThatAreNoTextAreFoundAgain() throws IOException {
    Path latin;
    try {
      latin = Path.of(URI.create(folder.toUri() + "caf%E9.mp3"));
      Files.move(song, latin);
    } catch (InvalidPathException | IOException e) {
      assumeTrue(false, "this file system has no such names");
      return;
    }
    Path real = latin.toRealPath();
    write(latin, TagField.GENRE, "Jazz");
    assertThat(undo(null)).isEqualTo(1);
    assertThat(TagState.read(latin, TagField.GENRE).values()).isEmpty();
    assertThat(TagUndo.plan(log, path -> path.equals(real), null)).hasSize(1);
  }
}
