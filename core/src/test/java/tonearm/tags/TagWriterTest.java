package tonearm.tags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Digest;
import tonearm.tags.TagJournal.Entry;
import tonearm.tags.TagJournal.State;
import tonearm.tags.TagUndo.Outcome;
import tonearm.tags.TagUndo.Plan;
import tonearm.tags.TagWriter.Step;

/** What can come between a file and its new tags, and the way back. */
class TagWriterTest {
  private static final TagField GENRE = TagField.GENRE;

  @TempDir private Path folder;
  private Path song;
  private Path log;

  @SuppressWarnings("NullAway.Init") // before each
  TagWriterTest() {}

  @BeforeEach
  void makeSong() throws IOException {
    song = folder.resolve("song.mp3");
    TestAudio.write(song, TestFormat.MP3, 44_100, TestAudio.noise(5, 0.5, 44_100));
    RichTags.prefix(song, RichTags.id3(3, RichTags.latin("\0Rock")));
    log = folder.resolve("deep/journal.jsonl");
  }

  private void write(List<String> values) throws IOException {
    write(values, (step, file) -> {});
  }

  private void write(List<String> values, TagWriter.Watcher watcher) throws IOException {
    try (TagJournal journal = TagJournal.open(log)) {
      new TagWriter(journal, false, watcher).write(TagState.read(song, GENRE), values);
    }
  }

  private List<String> genres() throws IOException {
    return TagState.read(song, GENRE).values();
  }

  private List<Plan> plans() throws IOException {
    return TagUndo.plan(log, path -> true, null);
  }

  private void undo() throws IOException {
    List<Plan> plans = plans();
    assertThat(plans).hasSize(1);
    assertThat(plans.get(0).outcome()).isEqualTo(Outcome.CHANGE);
    try (TagJournal journal = TagJournal.open(log)) {
      TagUndo.apply(plans.get(0), new TagWriter(journal, false));
    }
  }

  private void assertNothingIsLeftBehind() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .noneMatch(name -> name.startsWith(AtomicFiles.TEMPORARY_PREFIX));
    }
  }

  @Test
  void theJournalTellsEverythingAndTheWayBackIsExact() throws IOException {
    String before = Digest.ofFile(song);
    write(List.of("Jazz", "Blues"));
    String after = Digest.ofFile(song);

    Map<Entry, State> entries = TagJournal.read(log);
    assertThat(entries).hasSize(1).containsValue(State.DONE);
    Entry entry = entries.keySet().iterator().next();
    assertThat(entry.path()).isEqualTo(song.toRealPath().toString());
    assertThat(entry.field()).isEqualTo("genre");
    assertThat(entry.before()).containsExactly("Rock");
    assertThat(entry.after()).containsExactly("Jazz", "Blues");
    assertThat(entry.sha256Before()).isEqualTo(before);
    assertThat(entry.sha256After()).isEqualTo(after);
    assertThat(Instant.parse(entry.time())).isBeforeOrEqualTo(Instant.now());

    undo();
    assertThat(Digest.ofFile(song)).isEqualTo(before);
    // Taking back is a change like any other.
    undo();
    assertThat(Digest.ofFile(song)).isEqualTo(after);
    assertThat(TagJournal.read(log).keySet())
        .extracting(Entry::undoes)
        .containsExactly(
            null, entry.id(), new ArrayList<>(TagJournal.read(log).keySet()).get(1).id());
  }

  @Test
  void allChangesSinceATimeAreTakenBackAtOnce() throws IOException {
    write(List.of("Jazz"));
    Instant between = Instant.now();
    write(List.of("Blues"));
    write(List.of("Disco"));

    assertThat(TagUndo.plan(log, path -> true, Instant.EPOCH).get(0).values())
        .containsExactly("Rock");
    assertThat(TagUndo.plan(log, path -> true, between).get(0).values()).containsExactly("Jazz");
    assertThat(TagUndo.plan(log, path -> true, Instant.now().plusSeconds(9))).isEmpty();
    assertThat(TagUndo.plan(log, path -> false, null)).isEmpty();
    assertThat(plans().get(0).values()).containsExactly("Blues");
  }

  @Test
  void whatSomebodyElseWroteIsLeft() throws IOException {
    write(List.of("Jazz"));
    try (TagJournal other = TagJournal.open(folder.resolve("other.jsonl"))) {
      new TagWriter(other, false).write(TagState.read(song, GENRE), List.of("Soul"));
    }
    Plan plan = plans().get(0);
    assertThat(plan.outcome()).isEqualTo(Outcome.LEFT);
    assertThat(plan.reason()).contains("says Soul, not Jazz");

    Files.delete(song);
    assertThat(plans().get(0).outcome()).isEqualTo(Outcome.FAILED);
    assertThat(plans().get(0).reason()).isEqualTo("no such file");
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"COPIED", "TAGGED", "VERIFIED", "NOTED"})
  void aFullDiskAtAnyStepLeavesTheFile(Step full) throws IOException {
    String before = Digest.ofFile(song);
    assertThatThrownBy(
            () ->
                write(
                    List.of("Jazz"),
                    (step, file) -> {
                      if (step == full) {
                        throw new FileSystemException(
                            file.toString(), null, "No space left on device");
                      }
                    }))
        .hasMessage("not changed: No space left on device");
    assertThat(Digest.ofFile(song)).isEqualTo(before);
    assertThat(TagJournal.read(log).values()).doesNotContain(State.DONE, State.BEGUN);
    assertThat(plans()).isEmpty();
    assertNothingIsLeftBehind();
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"COPIED", "TAGGED", "VERIFIED", "NOTED"})
  void aFileThatChangesMeanwhileIsLeft(Step when) throws IOException {
    byte[] theirs = RichTags.join(Files.readAllBytes(song), new byte[] {1, 2, 3});
    assertThatThrownBy(
            () ->
                write(
                    List.of("Jazz"),
                    (step, file) -> {
                      if (step == when) {
                        Files.write(song, theirs);
                      }
                    }))
        .isInstanceOf(TagException.class);
    assertThat(song).hasBinaryContent(theirs);
    assertNothingIsLeftBehind();
  }

  @Test
  void aNewFileThatIsNotTheOldOneIsThrownAway() throws IOException {
    String before = Digest.ofFile(song);
    for (int place : new int[] {-1, -200, 25, 200, 700}) {
      assertThatThrownBy(
              () ->
                  write(
                      List.of("Jazz"),
                      (step, file) -> {
                        if (step == Step.TAGGED) {
                          damage(file, place);
                        }
                      }))
          .as("damage at %d", place)
          .isInstanceOf(IOException.class);
      assertThat(Digest.ofFile(song)).isEqualTo(before);
    }
    assertNothingIsLeftBehind();
  }

  /** One byte, counted from the end if negative. */
  private static void damage(Path file, int place) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[place < 0 ? bytes.length + place : place] ^= 0x55;
    try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      out.write(java.nio.ByteBuffer.wrap(bytes));
    }
  }

  @Test
  void aWriteProtectedFileIsLeft() throws IOException {
    Files.setPosixFilePermissions(song, PosixFilePermissions.fromString("r--r--r--"));
    assertThatThrownBy(() -> write(List.of("Jazz"))).hasMessage("it is write-protected");
    assertThat(genres()).containsExactly("Rock");
  }

  @Test
  void linksPermissionsAndTimesAreKept() throws IOException {
    Files.setPosixFilePermissions(song, PosixFilePermissions.fromString("rw-r-x-w-"));
    FileTime time = FileTime.from(Instant.parse("2001-02-03T04:05:06.123456Z"));
    Files.setLastModifiedTime(song, time);
    Path link = Files.createSymbolicLink(folder.resolve("link.mp3"), Path.of("song.mp3"));
    Path hard = Files.createLink(folder.resolve("hard.mp3"), song);
    assertThat(TagWriter.names(TagState.read(song, GENRE))).isEqualTo(2);

    try (TagJournal journal = TagJournal.open(log)) {
      new TagWriter(journal, true).write(TagState.read(link, GENRE), List.of("Jazz"));
    }

    assertThat(link).isSymbolicLink();
    assertThat(genres()).containsExactly("Jazz");
    assertThat(TagState.read(hard, GENRE).values()).containsExactly("Rock");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(song)))
        .isEqualTo("rw-r-x-w-");
    assertThat(Files.getLastModifiedTime(song)).isEqualTo(time);

    undo();
    assertThat(Files.getLastModifiedTime(song).toInstant()).isAfter(time.toInstant());
  }

  @Test
  void anyNameWill() throws IOException {
    for (String name :
        List.of(
            "new\nline.mp3", "\uD83C\uDFB7.mp3", "a".repeat(251) + ".mp3", "no ending", "%s.x")) {
      song = Files.copy(song, folder.resolve(name));
      write(List.of("Jazz"));
      assertThat(genres()).containsExactly("Jazz");
      assertThat(TagUndo.plan(log, path -> path.equals(song), null)).hasSize(1);
      undoOnly();
    }
  }

  private void undoOnly() throws IOException {
    try (TagJournal journal = TagJournal.open(log)) {
      Plan plan = TagUndo.plan(log, path -> path.equals(song), null).get(0);
      TagUndo.apply(plan, new TagWriter(journal, false));
    }
    assertThat(genres()).containsExactly("Rock");
  }

  @Test
  void aCutLineInTheJournalCostsNoOther() throws IOException {
    write(List.of("Jazz"));
    Files.writeString(log, "{\"id\":\"half", StandardOpenOption.APPEND);
    write(List.of("Blues"));
    assertThat(TagJournal.read(log)).hasSize(2).doesNotContainValue(State.BEGUN);
    assertThat(TagJournal.read(folder.resolve("none"))).isEmpty();
  }

  /** A process that is killed at a step, with no time for last words. */
  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"TAGGED", "NOTED", "MOVED"})
  void aKillAtAnyStepIsToldByTheJournal(Step step) throws Exception {
    String before = Digest.ofFile(song);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Killed.class.getName(),
                song.toString(),
                log.toString(),
                step.name())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(9);

    if (step == Step.MOVED) {
      // Made, but not confirmed: it can be taken back all the same.
      assertThat(genres()).containsExactly("Jazz");
      assertThat(TagJournal.read(log)).containsValue(State.BEGUN);
      undo();
    } else {
      List<Plan> plans = plans();
      assertThat(plans).hasSize(step == Step.NOTED ? 1 : 0);
      plans.forEach(plan -> assertThat(plan.outcome()).isEqualTo(Outcome.NEVER_MADE));
    }
    assertThat(Digest.ofFile(song)).isEqualTo(before);
    // And the next run is not disturbed by what lies about.
    write(List.of("Soul"));
    assertThat(genres()).containsExactly("Soul");
    undoAfterKill();
  }

  private void undoAfterKill() throws IOException {
    Plan plan =
        plans().stream().filter(p -> p.outcome() == Outcome.CHANGE).findFirst().orElseThrow();
    assertThat(plan.values()).containsExactly("Rock");
  }

  /** What {@link #aKillAtAnyStepIsToldByTheJournal} runs. */
  static final class Killed {
    private Killed() {}

    public static void main(String[] words) throws IOException {
      Step last = Step.valueOf(words[2]);
      try (TagJournal journal = TagJournal.open(Path.of(words[1]))) {
        TagWriter writer =
            new TagWriter(
                journal,
                false,
                (step, file) -> {
                  if (step == last) {
                    Runtime.getRuntime().halt(9);
                  }
                });
        writer.write(TagState.read(Path.of(words[0]), GENRE), List.of("Jazz"));
      }
    }
  }
}
