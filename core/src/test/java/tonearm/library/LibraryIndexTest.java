package tonearm.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.library.LibraryIndex.FileState;
import tonearm.provenance.Digest;
import tonearm.provenance.PathText;

/** The file itself: soundness, formats, refusals; filters, sums and forgetting. */
class LibraryIndexTest {
  private static final FileState STATE = new FileState(1, 2);

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("library.db");
  }

  private static String sha(String content) {
    return Digest.ofBytes(content.getBytes(StandardCharsets.UTF_8));
  }

  private static Connection sqlite(Path file) throws Exception {
    return DriverManager.getConnection("jdbc:sqlite:" + file);
  }

  private static String ask(Path file, String sql) throws Exception {
    try (Connection connection = sqlite(file);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    }
  }

  private static void change(Path file, String... sql) throws Exception {
    try (Connection connection = sqlite(file);
        Statement statement = connection.createStatement()) {
      for (String one : sql) {
        statement.execute(one);
      }
    }
  }

  private void put(LibraryIndex index, String name, String genre, float confidence)
      throws IOException {
    index.putFile(folder.resolve(name), STATE, sha(name));
    index.putAnswer(
        TestHearings.WHOLE,
        sha(name),
        TestHearings.answer(name, genre, confidence),
        TestHearings.embedding(1, 8));
  }

  /** What is looked up of each new file is of the content's answers, not of the file. */
  @Test
  void newFilesDoNotCommitOneByOne() throws Exception {
    try (LibraryIndex index = LibraryIndex.open(file())) {
      int most = 0;
      // Once is enough: a second may pass anywhere, and then all is committed.
      for (int round = 0; round < 5 && most < 20; round++) {
        index.flush();
        for (int i = 0; i < 10; i++) {
          String name = round + "-" + i;
          index.putFile(folder.resolve(name), STATE, sha(name));
          assertThat(index.answer(TestHearings.WHOLE, sha(name), name)).isNull();
          index.putAnswer(
              TestHearings.WHOLE, sha(name), TestHearings.answer(name, "jazz", 0.8f), null);
        }
        most = Math.max(most, index.session().waiting());
        assertThat(index.answer(TestHearings.WHOLE, sha(round + "-3"), "x")).isNotNull();
        assertThat(index.session().waiting()).isZero();
      }
      assertThat(most).isEqualTo(20);
    }
  }

  @Test
  void aKillWhileWritingLosesNothingThatWasCommitted() throws Exception {
    for (int round = 0; round < 3; round++) {
      Process writer =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx256m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  ForkedWriter.class.getName(),
                  file().toString(),
                  String.valueOf(round))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      long committed = -1;
      try (BufferedReader out = writer.inputReader()) {
        // It prints without a pause between; so the kill falls anywhere in what it does.
        for (int line = 0; line < 5 + 7 * round; line++) {
          committed = Long.parseLong(String.valueOf(out.readLine()));
        }
        writer.destroyForcibly().waitFor();
      }
      assertThat(ask(file(), "PRAGMA integrity_check")).isEqualTo("ok");
      assertThat(Long.parseLong(ask(file(), "SELECT count(*) FROM songs")))
          .as("after kill %d", round)
          .isGreaterThanOrEqualTo(committed)
          .isPositive();
      assertThat(ask(file(), "SELECT count(*) FROM songs WHERE embedding IS NULL")).isEqualTo("0");
      try (LibraryIndex index = LibraryIndex.open(file())) {
        put(index, "after kill", "jazz", 0.5f);
      }
    }
  }

  /** Opening takes milliseconds, so only many rounds let openings meet in the middle. */
  @Test
  void firstRunsThatOpenAtTheSameMomentAllGetAnIndex() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (int round = 0; round < 50; round++) {
        Path fresh = folder.resolve("round-" + round).resolve("library.db");
        CyclicBarrier together = new CyclicBarrier(4);
        Callable<Boolean> open =
            () -> {
              together.await();
              LibraryIndex.open(fresh).close();
              return true;
            };
        for (Future<Boolean> run : threads.invokeAll(Collections.nCopies(4, open))) {
          assertThat(run.get()).as("round %d", round).isTrue();
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void twoFirstRunsAtOnceMakeOneIndex() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Boolean>> runs = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String name = "song " + i;
        runs.add(
            () -> {
              try (LibraryIndex index = LibraryIndex.open(file())) {
                for (int song = 0; song < 100; song++) {
                  put(index, name + " " + song, "jazz", 0.5f);
                }
              }
              return true;
            });
      }
      for (Future<Boolean> run : threads.invokeAll(runs)) {
        assertThat(run.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(ask(file(), "SELECT count(*) FROM songs")).isEqualTo("400");
    assertThat(ask(file(), "SELECT count(*) FROM hearings")).isEqualTo("1");
  }

  @Test
  void aNewerFormatIsRefusedAndLeftAsItIs() throws Exception {
    LibraryIndex.open(file()).close();
    change(file(), "PRAGMA user_version = 99");
    for (Callable<LibraryIndex> opening :
        List.<Callable<LibraryIndex>>of(
            () -> LibraryIndex.open(file()), () -> LibraryIndex.openExisting(file()))) {
      assertThatThrownBy(opening::call)
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll(
              file().toString(), "written by a newer Tonearm", "format is 99", "up to 1");
    }
    assertThat(ask(file(), "PRAGMA user_version")).isEqualTo("99");
  }

  @Test
  void anOlderFormatIsBroughtUpWithAllItHas() throws Exception {
    try (LibraryIndex index = LibraryIndex.open(file())) {
      put(index, "a", "jazz", 0.5f);
    }
    List<List<String>> steps = new ArrayList<>(IndexFile.steps());
    steps.add(List.of("ALTER TABLE files ADD COLUMN stars INTEGER", "UPDATE files SET stars = 5"));
    new IndexFile(file(), steps).openOrCreate().close();
    assertThat(ask(file(), "PRAGMA user_version")).isEqualTo("2");
    assertThat(ask(file(), "SELECT stars FROM files")).isEqualTo("5");
    assertThatThrownBy(() -> LibraryIndex.open(file())).hasMessageContaining("newer Tonearm");

    // A step that fails leaves the format before it.
    steps.add(List.of("CREATE TABLE more(x) STRICT", "no SQL"));
    assertThatThrownBy(() -> new IndexFile(file(), steps).openOrCreate())
        .isInstanceOf(IOException.class);
    assertThat(ask(file(), "PRAGMA user_version")).isEqualTo("2");
    assertThat(ask(file(), "SELECT count(*) FROM sqlite_master WHERE name = 'more'"))
        .isEqualTo("0");
  }

  @Test
  void whatIsNoIndexIsRefusedInOneLine() throws Exception {
    Path text = Files.writeString(folder.resolve("notes.txt"), "no database ".repeat(100));
    Path other = folder.resolve("other.db");
    change(other, "CREATE TABLE recipes(name TEXT)");
    Path damaged = folder.resolve("damaged.db");
    LibraryIndex.open(damaged).close();
    byte[] bytes = Files.readAllBytes(damaged);
    for (int i = 1000; i < bytes.length; i += 7) {
      bytes[i] ^= 0x5a;
    }
    Files.write(damaged, bytes);
    Map<Path, String> refusals =
        Map.of(
            text,
            "is not an index: it is no SQLite file",
            other,
            "is a database, but not an index of Tonearm",
            damaged,
            "the index is damaged",
            folder,
            "is a folder, not an index",
            text.resolve("below.db"),
            "is a file, not a folder");
    refusals.forEach(
        (path, cause) ->
            assertThatThrownBy(
                    () -> {
                      try (LibraryIndex index = LibraryIndex.open(path)) {
                        put(index, "a", "jazz", 0.5f);
                      }
                    })
                .as("opening %s", path)
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(path.toString(), cause)
                .message()
                .doesNotContain("\n"));
    assertThat(text).hasContent("no database ".repeat(100));
    assertThatThrownBy(() -> LibraryIndex.openExisting(file()))
        .hasMessageContaining("there is no index yet");
    assertThat(file()).doesNotExist();
    assertThat(ask(other, "SELECT count(*) FROM sqlite_master")).isEqualTo("1");
  }

  @Test
  void anEmptyFileBecomesAnIndex() throws Exception {
    Files.createFile(file());
    LibraryIndex.open(file()).close();
    assertThat(ask(file(), "PRAGMA application_id"))
        .isEqualTo(String.valueOf(IndexFile.APPLICATION_ID));
  }

  @Test
  void aNameWithQuestionMarksIsOnlyAName() throws Exception {
    Path odd = folder.resolve("a?mode=memory&x#y %41 é.db");
    LibraryIndex.open(odd).close();
    assertThat(odd).isRegularFile();
  }

  @Test
  void aReadOnlyIndexCanBeReadButNotWritten() throws Exception {
    Path place = Files.createDirectory(folder.resolve("place"));
    Path file = place.resolve("library.db");
    try (LibraryIndex index = LibraryIndex.open(file)) {
      put(index, "a", "jazz", 0.5f);
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(file), "this user may write everything");
      assertThatThrownBy(() -> LibraryIndex.open(file)).hasMessageContaining("read-only");
      try (LibraryIndex index = LibraryIndex.openExisting(file)) {
        assertThat(new Library(index).stats(LibraryFilter.ALL).songs()).isEqualTo(1);
        assertThatThrownBy(() -> new Library(index).forget(List.of(), Library.Which.ALL))
            .hasMessageContaining("read-only");
      }
    } finally {
      Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void whatSqliteSaysIsPutInWords() {
    IndexFile file = new IndexFile(Path.of("x.db"));
    Map<org.sqlite.SQLiteErrorCode, String> words =
        Map.of(
            org.sqlite.SQLiteErrorCode.SQLITE_BUSY, "another Tonearm is writing",
            org.sqlite.SQLiteErrorCode.SQLITE_READONLY_DBMOVED, "read-only",
            org.sqlite.SQLiteErrorCode.SQLITE_FULL, "the disk is full",
            org.sqlite.SQLiteErrorCode.SQLITE_CANTOPEN, "cannot be opened",
            org.sqlite.SQLiteErrorCode.SQLITE_IOERR_WRITE, "the disk fails",
            org.sqlite.SQLiteErrorCode.SQLITE_CORRUPT, "damaged");
    words.forEach(
        (code, cause) ->
            assertThat(file.inWords(new org.sqlite.SQLiteException("[CODE] text", code)))
                .hasMessageStartingWith("x.db: ")
                .hasMessageContaining(cause)
                .message()
                .doesNotContain("SQLITE", "[CODE]"));
  }

  /** Where the disk is full SQLite gives the transaction up by itself. */
  @Test
  void whatWasMetFirstIsToldWhereNothingIsLeftToRollBack() throws SQLException {
    SQLException full = new SQLException("the disk is full");
    try (Connection memory = DriverManager.getConnection("jdbc:sqlite::memory:");
        Statement statement = memory.createStatement()) {
      IndexFile.rollBack(statement, full);
    }
    assertThat(full.getSuppressed()).hasSize(1);
  }

  @Test
  void anIndexThatIsBeingReadCanBeWritten() throws Exception {
    try (LibraryIndex index = LibraryIndex.open(file())) {
      for (int i = 0; i < 200; i++) {
        put(index, "song " + i, "jazz", 0.5f);
      }
    }
    List<String> seen = new ArrayList<>();
    try (LibraryIndex reader = LibraryIndex.openExisting(file());
        LibraryIndex writer = LibraryIndex.open(file())) {
      new Library(reader)
          .forEach(
              LibraryFilter.ALL,
              entry -> {
                if (seen.isEmpty()) {
                  put(writer, "new", "rock", 0.5f);
                  writer.flush();
                }
                seen.add(entry.path());
              });
    }
    assertThat(seen).hasSize(200);
    assertThat(ask(file(), "SELECT count(*) FROM songs")).isEqualTo("201");
  }

  @Test
  void namesThatAreNoTextAreFoundAgain() throws Exception {
    Path latin;
    try {
      latin = Path.of(java.net.URI.create(folder.toUri() + "caf%E9.mp3"));
      Files.writeString(latin, "jazz");
    } catch (InvalidPathException | IOException e) {
      assumeTrue(false, "this file system has no such names");
      return;
    }
    try (LibraryIndex index = LibraryIndex.open(file())) {
      index.putFile(latin, STATE, sha("x"));
      index.putAnswer(TestHearings.WHOLE, sha("x"), TestHearings.answer("x", "jazz", 0.5f), null);
      put(index, "other", "jazz", 0.5f);
      assertThat(index.file(latin)).isNotNull();
      List<Path> listed = new ArrayList<>();
      LibraryFilter under =
          new LibraryFilter(List.of(), null, null, null, List.of(folder), false, null);
      new Library(index).forEach(under, entry -> listed.add(entry.file()));
      assertThat(listed).containsExactlyInAnyOrder(latin, folder.resolve("other"));
    }
  }

  @Test
  void pathsAreAbsoluteAndWithoutDots() throws Exception {
    Path sub = Files.createDirectories(folder.resolve("real/sub"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), sub);
    assertThat(PathText.absolute(folder.resolve("./a/./b"))).isEqualTo(folder.resolve("a/b"));
    assertThat(PathText.absolute(link.resolve("song"))).isEqualTo(link.resolve("song"));
    // What is above the link's target, not above the link.
    assertThat(PathText.absolute(link.resolve("../song")))
        .isEqualTo(folder.resolve("real").toRealPath().resolve("song"));
    assertThat(PathText.absolute(Path.of("x"))).isAbsolute();
  }

  @Test
  void filtersHoldTogether() throws Exception {
    try (LibraryIndex index = LibraryIndex.open(file())) {
      put(index, "a/one", "jazz", 0.7f);
      put(index, "a/two", "jazz", 0.6f);
      put(index, "ab/three", "jazz", 0.9f);
      put(index, "a/four", "rock", 0.95f);
      index.putFile(folder.resolve("a/bad"), STATE, sha("bad"));
      index.putAnswer(
          TestHearings.WHOLE, sha("bad"), tonearm.eval.Prediction.error("bad", "text"), null);
      index.putTrouble(folder.resolve("a/closed"), STATE, "permission denied");

      assertThat(names(index, filter("jazz", 0.7, null, null, null, false)))
          .containsExactly("a/one", "ab/three");
      assertThat(names(index, filter(null, null, 0.7, null, null, false)))
          .containsExactly("a/one", "a/two");
      assertThat(names(index, filter(null, null, null, null, "a", false)))
          .containsExactly("a/bad", "a/closed", "a/four", "a/one", "a/two");
      assertThat(names(index, filter(null, null, null, null, "a/one", false)))
          .containsExactly("a/one");
      assertThat(names(index, filter(null, null, null, null, null, true)))
          .containsExactly("a/bad", "a/closed");
      Instant now = Instant.now();
      assertThat(names(index, filter(null, null, null, now.plusSeconds(60), null, false)))
          .isEmpty();
      assertThat(names(index, filter(null, null, null, now.minusSeconds(600), null, false)))
          .hasSize(6);
      assertThatThrownBy(() -> filter("jazz", null, null, null, null, true))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> filter(null, 1.5, null, null, null, false))
          .hasMessageContaining("1.5");
    }
  }

  @Test
  void theLastAnswerCountsUnlessAModelIsNamed() throws Exception {
    try (LibraryIndex index = LibraryIndex.open(file())) {
      put(index, "song", "jazz", 0.7f);
      index.flush();
      Thread.sleep(5); // the index knows times to a millisecond
      Hearing other = new Hearing("other", "c".repeat(64), "whole", TestHearings.GENRES);
      index.putAnswer(other, sha("song"), TestHearings.answer("song", "rock", 0.9f), null);
      Library library = new Library(index);
      assertThat(library.stats(LibraryFilter.ALL).genres())
          .extracting(LibraryStats.OfGenre::genre)
          .containsExactly("rock");
      LibraryFilter tiny = new LibraryFilter(List.of(), null, null, null, List.of(), false, "tiny");
      assertThat(library.stats(tiny).genres())
          .extracting(LibraryStats.OfGenre::genre)
          .containsExactly("jazz");
    }
  }

  @Test
  void statisticsAddUp() throws Exception {
    try (LibraryIndex index = LibraryIndex.open(file())) {
      put(index, "a", "jazz", 0.7f);
      put(index, "b", "jazz", 0.5f);
      put(index, "c", "rock", 0.9f);
      for (String bad : List.of("x", "y")) {
        index.putFile(folder.resolve(bad), STATE, sha(bad));
        index.putAnswer(
            TestHearings.WHOLE, sha(bad), tonearm.eval.Prediction.error(bad, "text"), null);
      }
      index.putTrouble(folder.resolve("closed"), STATE, "permission denied");

      LibraryStats stats = new Library(index).stats(LibraryFilter.ALL);

      assertThat(stats.songs()).isEqualTo(3);
      assertThat(stats.hours()).isCloseTo(3 * 200.5 / 3600, within(1e-9));
      assertThat(stats.meanConfidence()).isCloseTo(0.7, within(1e-6));
      assertThat(stats.genres().get(0).genre()).isEqualTo("jazz");
      assertThat(stats.genres().get(0).songs()).isEqualTo(2);
      assertThat(stats.genres().get(0).sure()).isEqualTo(1);
      assertThat(stats.failed()).isEqualTo(3);
      assertThat(stats.failures())
          .containsExactly(Map.entry("text", 2L), Map.entry("permission denied", 1L));
      assertThat(stats.models()).containsExactly(Map.entry("tiny", 3L));
    }
  }

  @Test
  void forgettingCountsAndLeavesTheRest() throws Exception {
    Files.createDirectories(folder.resolve("a"));
    Files.createFile(folder.resolve("a/here"));
    try (LibraryIndex index = LibraryIndex.open(file())) {
      put(index, "a/here", "jazz", 0.7f);
      put(index, "a/gone", "jazz", 0.7f);
      put(index, "b/gone", "jazz", 0.7f);
      index.putFile(folder.resolve("bad"), STATE, sha("bad"));
      index.putAnswer(
          TestHearings.WHOLE, sha("bad"), tonearm.eval.Prediction.error("bad", "text"), null);
      Library library = new Library(index);

      assertThat(library.forget(List.of(folder.resolve("a")), Library.Which.MISSING)).isEqualTo(1);
      assertThat(names(index, LibraryFilter.ALL)).containsExactly("a/here", "b/gone", "bad");
      assertThat(library.forget(List.of(), Library.Which.FAILED)).isEqualTo(1);
      assertThat(library.forget(List.of(folder.resolve("b/gone")), Library.Which.ALL)).isEqualTo(1);
      assertThat(names(index, LibraryFilter.ALL)).containsExactly("a/here");
      assertThat(index.answer(TestHearings.WHOLE, sha("b/gone"), "x")).isNull();
      assertThat(library.forget(List.of(), Library.Which.ALL)).isEqualTo(1);
      assertThat(names(index, LibraryFilter.ALL)).isEmpty();
      index.flush();
    }
    assertThat(ask(file(), "SELECT count(*) FROM embeddings")).isEqualTo("0");
  }

  @Test
  void playlistsNameWhatTheyCan() {
    Path song = Path.of("/music/jazz/a song.mp3");
    assertThat(Playlist.lines(song, 183.6, null))
        .isEqualTo("#EXTINF:184,a song\n/music/jazz/a song.mp3\n");
    assertThat(Playlist.lines(song, 1, Path.of("/music/lists")))
        .isEqualTo("#EXTINF:1,a song\n../jazz/a song.mp3\n");
    assertThat(Playlist.lines(Path.of("/music/#1.mp3"), 1, Path.of("/music")))
        .isEqualTo("#EXTINF:1,#1\n./#1.mp3\n");
    assertThat(Playlist.lines(Path.of("/music/a\nb.mp3"), 1, null)).isNull();
    assertThat(Playlist.fileNames(List.of("R&B/Soul", "..", "R&B:Soul", "r&b*soul")).values())
        .containsExactly("R&B_Soul.m3u8", "_...m3u8", "R&B_Soul 2.m3u8", "r&b_soul 3.m3u8");
  }

  private List<String> names(LibraryIndex index, LibraryFilter filter) throws IOException {
    List<String> names = new ArrayList<>();
    new Library(index).forEach(filter, e -> names.add(folder.relativize(e.file()).toString()));
    return names;
  }

  private LibraryFilter filter(
      @org.jspecify.annotations.Nullable String genre,
      @org.jspecify.annotations.Nullable Double min,
      @org.jspecify.annotations.Nullable Double max,
      @org.jspecify.annotations.Nullable Instant since,
      @org.jspecify.annotations.Nullable String under,
      boolean failed) {
    return new LibraryFilter(
        genre == null ? List.of() : List.of(genre),
        min,
        max,
        since,
        under == null ? List.of() : List.of(folder.resolve(under)),
        failed,
        null);
  }

  /** Opening must not wait as long as a person would; what holds the lock here never lets go. */
  @Test
  void aLockThatStaysIsToldOf() throws Exception {
    LibraryIndex.open(file()).close();
    Instant started = Instant.now();
    try (Connection holder = sqlite(file());
        Statement statement = holder.createStatement();
        LibraryIndex index = LibraryIndex.open(file())) {
      statement.execute("BEGIN IMMEDIATE");
      index.session().patience(100);
      put(index, "a", "jazz", 0.5f);
      assertThatThrownBy(index::flush)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another Tonearm is writing");
      statement.execute("ROLLBACK");
    }
    assertThat(Duration.between(started, Instant.now())).isLessThan(Duration.ofSeconds(15));
  }
}
