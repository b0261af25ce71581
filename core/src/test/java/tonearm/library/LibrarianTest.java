package tonearm.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.eval.Prediction;
import tonearm.library.Librarian.Again;
import tonearm.library.Librarian.Request;
import tonearm.library.Librarian.Source;

/** What is heard again, and what is not. */
class LibrarianTest {
  private static final Again FAILURES = new Again(true, false, false);
  private static final Again ALL = new Again(false, true, false);
  private static final Again CLIPS = new Again(false, false, true);

  @TempDir private Path folder;
  private Path music = Path.of("set before each");
  private LibraryIndex index;

  private record Reply(Prediction prediction, Source source) {}

  private record Asked(Path path, @Nullable String problem) implements Request {}

  @SuppressWarnings("NullAway.Init") // set before each
  LibrarianTest() {}

  @BeforeEach
  void openIndex() throws IOException {
    music = Files.createDirectory(folder.resolve("music"));
    index = LibraryIndex.open(folder.resolve("library.db"));
  }

  @AfterEach
  void closeIndex() throws IOException {
    index.close();
  }

  private Path song(String name, String content) throws IOException {
    Path file = Files.writeString(music.resolve(name), content);
    // Not "now", so that a test that writes again within the disk's tick is seen as a change.
    return Files.setLastModifiedTime(file, FileTime.fromMillis(1_600_000_000_000L));
  }

  private static void touch(Path file) throws IOException {
    Files.setLastModifiedTime(
        file, FileTime.from(1_700_000_000_000_123_456L, TimeUnit.NANOSECONDS));
  }

  private List<Reply> run(FakeEars ears, Hearing hearing, Again again, Path... files)
      throws Exception {
    List<Reply> replies = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    new Librarian(index, hearing, again, failures::add)
        .answer(
            Arrays.stream(files).map(f -> new Asked(f, null)).iterator(),
            ears,
            (request, prediction, source) -> replies.add(new Reply(prediction, source)),
            () -> false);
    assertThat(failures).isEmpty();
    assertThat(replies)
        .extracting(r -> r.prediction().path())
        .containsExactly(Arrays.stream(files).map(Path::toString).toArray(String[]::new));
    return replies;
  }

  /** Checks what is heard of some files, and gives all answers. */
  private List<Reply> expect(List<Path> heard, Again again, Path... files) throws Exception {
    FakeEars ears = new FakeEars();
    ears.ahead = 3;
    List<Reply> replies = run(ears, TestHearings.WHOLE, again, files);
    assertThat(ears.heard).isEqualTo(heard);
    return replies;
  }

  private static List<String> genres(List<Reply> replies) {
    List<String> genres = new ArrayList<>();
    for (Reply reply : replies) {
      @Nullable String genre = reply.prediction().genre();
      genres.add(genre == null ? "none" : genre);
    }
    return genres;
  }

  private static List<Source> sources(List<Reply> replies) {
    return replies.stream().map(Reply::source).toList();
  }

  private List<String> listed(LibraryFilter filter) throws IOException {
    List<String> paths = new ArrayList<>();
    new Library(index).forEach(filter, e -> paths.add(music.relativize(e.file()).toString()));
    return paths;
  }

  @Test
  void whatDidNotChangeIsNotHeardAgain() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    Path b = song("b.mp3", "rock 2");
    List<Reply> first = expect(List.of(a, b), Again.NOTHING, a, b);
    assertThat(sources(first)).containsOnly(Source.HEARD);

    List<Reply> again = expect(List.of(), Again.NOTHING, b, a);

    assertThat(sources(again)).containsOnly(Source.INDEX);
    assertThat(again.get(1).prediction()).isEqualTo(first.get(0).prediction());
    assertThat(again.get(0).prediction()).isEqualTo(first.get(1).prediction());
  }

  @Test
  void itStaysSoWhenTheIndexIsOpenedAgain() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    expect(List.of(a), Again.NOTHING, a);
    index.close();
    index = LibraryIndex.open(folder.resolve("library.db"));
    assertThat(genres(expect(List.of(), Again.NOTHING, a))).containsExactly("jazz");
  }

  @Test
  void aTouchedFileIsReadButNotHeardAndItsRowFollows() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    expect(List.of(a), Again.NOTHING, a);
    touch(a);

    expect(List.of(), Again.NOTHING, a);

    LibraryIndex.KnownFile known = Objects.requireNonNull(index.file(a));
    assertThat(known.state().mtimeNs())
        .isEqualTo(Files.getLastModifiedTime(a).to(TimeUnit.NANOSECONDS))
        .isNotEqualTo(1_600_000_000_000_000_000L);
  }

  @Test
  void changedContentIsHeardAgainAndTheOldAnswerIsLetGo() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    expect(List.of(a), Again.NOTHING, a);
    song("a.mp3", "rock 12");
    assertThat(genres(expect(List.of(a), Again.NOTHING, a))).containsExactly("rock");

    // Same size, other time.
    song("a.mp3", "jazz 99");
    touch(a);
    assertThat(genres(expect(List.of(a), Again.NOTHING, a))).containsExactly("jazz");
    assertThat(new Library(index).stats(LibraryFilter.ALL).songs()).isEqualTo(1);
    song("b.mp3", "rock 12");
    expect(List.of(music.resolve("b.mp3")), Again.NOTHING, music.resolve("b.mp3"));
  }

  @Test
  void aMovedFileTakesItsRowAlong() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    expect(List.of(a), Again.NOTHING, a);
    Path there = Files.move(a, Files.createDirectory(music.resolve("sub")).resolve("b.ogg"));

    List<Reply> replies = expect(List.of(), Again.NOTHING, there);

    assertThat(sources(replies)).containsExactly(Source.INDEX);
    assertThat(listed(LibraryFilter.ALL)).containsExactly("sub/b.ogg");
  }

  @Test
  void namesThatAreSwappedInARingAreAllKnown() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    Path b = song("b.mp3", "rock 22");
    Path c = song("c.mp3", "blues 333");
    expect(List.of(a, b, c), Again.NOTHING, a, b, c);
    Path aside = Files.move(a, music.resolve("aside"));
    Files.move(b, a);
    Files.move(c, b);
    Files.move(aside, c);

    List<Reply> replies = expect(List.of(), Again.NOTHING, a, b, c);

    assertThat(genres(replies)).containsExactly("rock", "blues", "jazz");
    assertThat(listed(LibraryFilter.ALL)).containsExactly("a.mp3", "b.mp3", "c.mp3");
  }

  @Test
  void copiesShareAnAnswerInOneRunAndLater() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    Path b = song("b.mp3", "jazz 1");
    Path other = song("other.mp3", "rock 1");
    List<Reply> replies = expect(List.of(a, other), Again.NOTHING, a, b, other);
    assertThat(genres(replies)).containsExactly("jazz", "jazz", "rock");
    assertThat(sources(replies)).containsExactly(Source.HEARD, Source.INDEX, Source.HEARD);

    Path c = song("c.mp3", "jazz 1");
    assertThat(genres(expect(List.of(), Again.NOTHING, c))).containsExactly("jazz");
    assertThat(listed(LibraryFilter.ALL)).contains("a.mp3", "b.mp3", "c.mp3");
    // The same file twice is no copy, but is heard once too.
    Path d = song("d.mp3", "rock 4");
    expect(List.of(d), Again.NOTHING, d, d);
  }

  @Test
  void aFailureKeepsItsReasonUntilAskedOrChanged() throws Exception {
    Path bad = song("bad.mp3", "text");
    Path good = song("good.mp3", "jazz 1");
    expect(List.of(bad, good), Again.NOTHING, bad, good);

    List<Reply> again = expect(List.of(), Again.NOTHING, bad, good);
    assertThat(again.get(0).source()).isEqualTo(Source.KNOWN_FAILURE);
    assertThat(again.get(0).prediction().error()).isEqualTo("no audio stream: it is text");
    assertThat(again.get(0).prediction().status()).isEqualTo(Prediction.Status.ERROR);

    List<Reply> asked = expect(List.of(bad), FAILURES, bad, good);
    assertThat(sources(asked)).containsExactly(Source.HEARD, Source.INDEX);
    song("bad.mp3", "jazz now");
    assertThat(genres(expect(List.of(bad), Again.NOTHING, bad))).containsExactly("jazz");
    assertThat(listed(new LibraryFilter(List.of(), null, null, null, List.of(), true, null)))
        .isEmpty();
  }

  @Test
  void allIsHeardAgainWhereThatIsAskedButCopiesOnce() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    Path b = song("b.mp3", "rock 2");
    Path copy = song("copy.mp3", "jazz 1");
    Path bad = song("bad.mp3", "text");
    expect(List.of(a, b, bad), Again.NOTHING, a, b, copy, bad);
    Thread.sleep(5); // the index knows times to a millisecond

    expect(List.of(a, b, bad), ALL, a, b, copy, bad);
    // Answers that must tell of clips come from hearing; but what cannot be heard has no clips.
    expect(List.of(a, b), CLIPS, a, b, bad);
  }

  @Test
  void anotherNetworkAndAnotherSamplingHearForThemselves() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    expect(List.of(a), Again.NOTHING, a);
    for (Hearing hearing : List.of(TestHearings.OTHER, TestHearings.EXCERPT)) {
      FakeEars ears = new FakeEars();
      run(ears, hearing, Again.NOTHING, a);
      run(ears, hearing, Again.NOTHING, a);
      assertThat(ears.heard).as("by %s", hearing).containsExactly(a);
    }
    expect(List.of(), Again.NOTHING, a);
    assertThat(listed(LibraryFilter.ALL)).containsExactly("a.mp3");
  }

  @Test
  void anUnreadableFileIsListedAndTriedEachTime() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    Files.setPosixFilePermissions(a, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(a), "this user may read everything");

    List<Reply> first = expect(List.of(a), Again.NOTHING, a);
    assertThat(first.get(0).prediction().error()).isEqualTo("permission denied");
    assertThat(listed(new LibraryFilter(List.of(), null, null, null, List.of(), true, null)))
        .containsExactly("a.mp3");
    assertThat(sources(expect(List.of(a), Again.NOTHING, a))).containsExactly(Source.HEARD);

    // The permission is the only change: neither size nor time of modification tells of it.
    Files.setPosixFilePermissions(a, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(genres(expect(List.of(a), Again.NOTHING, a))).containsExactly("jazz");
    assertThat(listed(LibraryFilter.ALL)).containsExactly("a.mp3");
  }

  /** As above, for users who may read everything: the index's part of it. */
  @Test
  void aTroubleIsNoContent() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    LibraryIndex.FileState state = new LibraryIndex.FileState(6, 1_600_000_000_000_000_000L);
    index.putTrouble(a, state, "permission denied");
    assertThat(listed(new LibraryFilter(List.of(), null, null, null, List.of(), true, null)))
        .containsExactly("a.mp3");
    assertThat(genres(expect(List.of(a), Again.NOTHING, a))).containsExactly("jazz");
    assertThat(new Library(index).stats(LibraryFilter.ALL).failed()).isZero();
  }

  @Test
  void aReadableFileThatBecomesUnreadableIsAnsweredAsLongAsItDidNotChange() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    expect(List.of(a), Again.NOTHING, a);
    Files.setPosixFilePermissions(a, PosixFilePermissions.fromString("---------"));
    assertThat(genres(expect(List.of(), Again.NOTHING, a))).containsExactly("jazz");
  }

  @Test
  void whatIsNoFileIsNotStored() throws Exception {
    Path none = music.resolve("none.mp3");
    List<Reply> replies = expect(List.of(none), Again.NOTHING, none);
    assertThat(replies.get(0).prediction().error()).isEqualTo("no such file");
    assertThat(listed(LibraryFilter.ALL)).isEmpty();
    assertThat(index.file(none)).isNull();
  }

  @Test
  void aFileThatChangesWhileItIsHeardIsNotStored() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    Path copy = song("copy.mp3", "jazz 1");
    FakeEars ears =
        new FakeEars() {
          @Override
          public void hear(Iterator<Librarian.Song> songs, Librarian.Heard to) throws IOException {
            super.hear(
                songs,
                (song, prediction, embedding) -> {
                  touch(a);
                  to.take(song, prediction, embedding);
                });
          }
        };
    ears.ahead = 2;
    List<Reply> replies = run(ears, TestHearings.WHOLE, Again.NOTHING, a, copy);
    assertThat(genres(replies)).containsExactly("jazz", "none");
    assertThat(replies.get(1).prediction().error()).contains("run again");
    expect(List.of(a), Again.NOTHING, a, copy);
  }

  @Test
  void requestsThatCannotBeTriedKeepTheirPlaceAndAreNotHeard() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    List<Reply> replies = new ArrayList<>();
    FakeEars ears = new FakeEars();
    new Librarian(index, TestHearings.WHOLE, Again.NOTHING, message -> {})
        .answer(
            List.of(
                    new Asked(music, "is a folder"),
                    new Asked(a, null),
                    new Asked(music, "is a folder"))
                .iterator(),
            ears,
            (request, prediction, source) -> replies.add(new Reply(prediction, source)),
            () -> false);
    assertThat(sources(replies)).containsExactly(Source.REFUSED, Source.HEARD, Source.REFUSED);
    assertThat(ears.heard).containsExactly(a);
  }

  @Test
  void aRunThatIsStoppedKeepsWhatItHas() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    Path b = song("b.mp3", "rock 2");
    List<Reply> replies = new ArrayList<>();
    FakeEars ears = new FakeEars();
    new Librarian(index, TestHearings.WHOLE, Again.NOTHING, message -> {})
        .answer(
            List.of(new Asked(a, null), new Asked(b, null)).iterator(),
            ears,
            (request, prediction, source) -> replies.add(new Reply(prediction, source)),
            () -> !replies.isEmpty());
    assertThat(ears.heard).containsExactly(a);
    assertThat(replies).hasSize(1);
    expect(List.of(b), Again.NOTHING, a, b);
  }

  @Test
  void anIndexThatFailsCostsNoAnswers() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    Path b = song("b.mp3", "rock 2");
    index.close();
    List<String> failures = new ArrayList<>();
    List<Reply> replies = new ArrayList<>();
    new Librarian(index, TestHearings.WHOLE, Again.NOTHING, failures::add)
        .answer(
            List.of(new Asked(a, null), new Asked(b, null)).iterator(),
            new FakeEars(),
            (request, prediction, source) -> replies.add(new Reply(prediction, source)),
            () -> false);
    assertThat(genres(replies)).containsExactly("jazz", "rock");
    assertThat(failures).hasSize(1);
    index = LibraryIndex.open(folder.resolve("library.db"));
  }

  @Test
  void withoutAnIndexAllIsHeard() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    FakeEars ears = new FakeEars();
    List<Reply> replies = new ArrayList<>();
    new Librarian(null, TestHearings.WHOLE, Again.NOTHING, message -> {})
        .answer(
            List.of(new Asked(a, null), new Asked(a, null)).iterator(),
            ears,
            (request, prediction, source) -> replies.add(new Reply(prediction, source)),
            () -> false);
    assertThat(ears.heard).containsExactly(a, a);
    assertThat(replies).hasSize(2);
  }

  @Test
  void oddNamesSurvive() throws Exception {
    List<Path> files = new ArrayList<>();
    for (String name :
        List.of(
            "line\nbreak",
            "quote'\"s",
            "emoji 🎷",
            "per%20cent?a=b#c",
            "é".repeat(127) + "x",
            "-r",
            "file:x",
            "a_b",
            "aXb",
            "tab\t")) {
      files.add(song(name, "jazz " + name));
    }
    Path[] all = files.toArray(Path[]::new);
    expect(files, Again.NOTHING, all);
    expect(List.of(), Again.NOTHING, all);
    assertThat(listed(LibraryFilter.ALL))
        .containsExactlyInAnyOrder(
            files.stream().map(f -> music.relativize(f).toString()).toArray(String[]::new));
  }

  @Test
  void whenTonearmChangesTheTagsTheAnswersFollow() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    Path copy = song("copy.mp3", "jazz 1");
    expect(List.of(a), Again.NOTHING, a, copy);
    LibraryIndex.KnownFile before = Objects.requireNonNull(index.file(a));
    song("a.mp3", "rock, says the tag");

    index.carryOver(
        a,
        String.valueOf(before.sha256()),
        new LibraryIndex.FileState(Files.size(a), 1_600_000_000_000_000_000L),
        tonearm.provenance.Digest.ofFile(a));

    List<Reply> replies = expect(List.of(), Again.NOTHING, a, copy);
    assertThat(genres(replies)).containsExactly("jazz", "jazz");
    assertThat(index.embedding(TestHearings.WHOLE, tonearm.provenance.Digest.ofFile(a)))
        .containsExactly(TestHearings.embedding(6, 8));
  }

  @Test
  void whatTheIndexDoesNotKnowIsNotCarriedOver() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    Path b = song("b.mp3", "rock 2");
    expect(List.of(a), Again.NOTHING, a);
    LibraryIndex.FileState state = new LibraryIndex.FileState(1, 1);

    index.carryOver(b, "0".repeat(64), state, "1".repeat(64));
    assertThat(listed(LibraryFilter.ALL)).containsExactly("a.mp3");

    // A copy under another name belongs to the library as soon as its answer does.
    String content = tonearm.provenance.Digest.ofFile(a);
    index.carryOver(b, content, state, "1".repeat(64));
    assertThat(listed(LibraryFilter.ALL)).containsExactlyInAnyOrder("a.mp3", "b.mp3");
    assertThat(Objects.requireNonNull(index.file(a)).sha256()).isEqualTo(content);
  }

  @Test
  void aProblemIsAskedForOnceAndBeforeAllElse() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    Path b = song("b.mp3", "rock 2");
    expect(List.of(a), Again.NOTHING, a);
    for (LibraryIndex used : new LibraryIndex[] {index, null}) {
      List<Path> asked = new ArrayList<>();
      List<String> replies = new ArrayList<>();
      FakeEars ears = new FakeEars();
      record Tagged(Path path, List<Path> asked) implements Request {
        @Override
        public @Nullable String problem() {
          asked.add(path);
          return path.endsWith("a.mp3") ? "has a genre" : null;
        }
      }
      new Librarian(used, TestHearings.WHOLE, ALL, message -> {})
          .<Tagged>answer(
              List.of(new Tagged(b, asked), new Tagged(a, asked)).iterator(),
              ears,
              (request, prediction, source) ->
                  replies.add(request.path().getFileName() + " " + source + prediction.error()),
              () -> false);
      assertThat(asked).containsExactly(b, a);
      assertThat(ears.heard).containsExactly(b);
      assertThat(replies).containsExactly("b.mp3 HEARDnull", "a.mp3 REFUSEDhas a genre");
    }
  }

  /** As the engine does it: songs are looked at by several threads, the later one perhaps first. */
  @Test
  void copiesThatAreLookedAtAtOnceAreHeardOnce() throws Exception {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      files.add(song("song" + i, "jazz " + i / 4));
    }
    List<Path> heard = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    Librarian.Ears ears =
        (songs, to) -> {
          List<Librarian.Song> all = new ArrayList<>();
          songs.forEachRemaining(all::add);
          List<Future<Optional<Prediction>>> known = new ArrayList<>();
          for (Librarian.Song song : all) {
            known.add(threads.submit(() -> Optional.ofNullable(song.known())));
          }
          for (int i = 0; i < all.size(); i++) {
            Optional<Prediction> answer;
            try {
              answer = known.get(i).get();
            } catch (ExecutionException e) {
              throw new IOException(e);
            }
            if (answer.isEmpty()) {
              heard.add(all.get(i).path());
            }
            String name = all.get(i).path().toString();
            to.take(
                all.get(i), answer.orElse(TestHearings.answer(name, "jazz", 0.5f)), new float[1]);
          }
        };
    List<Reply> replies = new ArrayList<>();
    try {
      new Librarian(index, TestHearings.WHOLE, Again.NOTHING, message -> {})
          .answer(
              files.stream().map(f -> new Asked(f, null)).iterator(),
              ears,
              (request, prediction, source) -> replies.add(new Reply(prediction, source)),
              () -> false);
    } finally {
      threads.shutdownNow();
    }
    assertThat(heard).hasSize(10).isSubsetOf(files);
    assertThat(genres(replies)).hasSize(40).containsOnly("jazz");
    assertThat(replies)
        .extracting(r -> r.prediction().path())
        .containsExactly(files.stream().map(Path::toString).toArray(String[]::new));
  }

  @Test
  void aCopyThatOvertakesItsOriginalWaitsForIt() throws Exception {
    Path a = song("a.mp3", "jazz 1");
    Path copy = song("copy.mp3", "jazz 1");
    Librarian.Ears backwards =
        (songs, to) -> {
          Librarian.Song first = songs.next();
          assertThat(first.known()).isNull();
          Librarian.Song second = songs.next();
          Prediction placeholder = Objects.requireNonNull(second.known());
          to.take(second, placeholder, null);
          to.take(first, TestHearings.answer(a.toString(), "jazz", 0.5f), new float[1]);
          assertThat(songs.hasNext()).isFalse();
        };
    List<Reply> replies = new ArrayList<>();
    new Librarian(index, TestHearings.WHOLE, Again.NOTHING, message -> {})
        .answer(
            List.of(new Asked(a, null), new Asked(copy, null)).iterator(),
            backwards,
            (request, prediction, source) -> replies.add(new Reply(prediction, source)),
            () -> false);
    assertThat(genres(replies)).containsExactly("jazz", "jazz");
    assertThat(replies.get(1).prediction().path()).isEqualTo(copy.toString());
  }
}
