package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.TypeConversionException;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;
import tonearm.provenance.Digest;
import tonearm.terminal.Interruption;

/** A library from its first run on: classify with an index, library, similar. */
class CliLibraryTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int RATE_HZ = 8000;

  @TempDir private static Path shared;
  private static Path model = Path.of("set before all");
  private static Path music = Path.of("set before all");
  private static Path heard = Path.of("set before all");
  private static Cli first = new Cli(-1, "", "");

  @TempDir private Path folder;
  private Path index = Path.of("set before each");

  @BeforeAll
  static void hearALibrary() throws IOException {
    model = TinyModel.write(shared.resolve("tiny"));
    music = Files.createDirectories(shared.resolve("music"));
    for (int i = 0; i < 5; i++) {
      song(music.resolve("song " + i + ".wav"), i);
    }
    Files.copy(
        music.resolve("song 0.wav"),
        Files.createDirectories(music.resolve("sub")).resolve("copy.wav"));
    Files.writeString(music.resolve("broken.mp3"), "no music");
    heard = shared.resolve("library.db");
    first = classify(heard, music);
  }

  @AfterAll
  static void commandsAreOver() {
    Interruption.finished();
  }

  /** Each test has the library as it was after the first run. */
  @BeforeEach
  void copyIndex() throws IOException {
    index = Files.copy(heard, folder.resolve("library.db"));
  }

  private static void song(Path file, long seed) throws IOException {
    Path plain = shared.resolve("plain.wav");
    TestAudio.write(plain, TestFormat.WAV_S16, RATE_HZ, TestAudio.noise(seed, 3, RATE_HZ));
    Files.move(plain, file);
  }

  private static Cli classify(Path index, Path what, Object... more) {
    List<Object> words =
        new ArrayList<>(
            List.of("classify", "-r", "--json", "--model", model, "--index", index, what));
    words.addAll(List.of(more));
    return Cli.run(words.toArray());
  }

  private static String last(Cli cli) {
    return cli.messages().get(cli.messages().size() - 1);
  }

  @Test
  void theSecondRunAnswersTheSameAndHearsNothing() {
    assertThat(first.status()).isEqualTo(1);
    assertThat(last(first))
        .startsWith("tonearm: 6 of 7 files answered, 1 failed, ")
        .endsWith("; 6 heard, 1 from the index, 0 known failures not tried again");

    Cli second = classify(index, music);

    assertThat(second.out()).isEqualTo(first.out());
    assertThat(second.status()).as("a known failure is a failure").isEqualTo(1);
    assertThat(second.messages())
        .hasSize(2)
        .first()
        .asString()
        .contains("broken.mp3: no audio stream: the file is text (known before, not tried again)");
    assertThat(last(second))
        .endsWith(
            "; 0 heard, 6 from the index, 1 known failure not tried again (--retry-failed does)");
  }

  @Test
  void whatIsAskedForIsHeardAgain() {
    assertThat(last(classify(index, music, "--retry-failed")))
        .contains("; 1 heard, 6 from the index, 0 known failures");
    assertThat(last(classify(index, music, "--refresh")))
        .contains("; 6 heard, 1 from the index, 0 known failures");
    Cli timeline = classify(index, music, "--timeline");
    assertThat(last(timeline)).contains("; 5 heard, 1 from the index, 1 known failure not");
    assertThat(timeline.lines().stream().filter(l -> l.contains("\"timeline\""))).hasSize(6);
    // Another sampling is another hearing.
    assertThat(last(classify(index, music, "--excerpt", 2))).contains("; 6 heard, 1 from");
    assertThat(last(classify(index, music, "--excerpt", 2))).contains("; 0 heard, 6 from");
    assertThat(last(classify(index, music, "--any-order"))).contains("; 0 heard, 6 from");
  }

  @Test
  void aMovedAndAChangedFileAreTold() throws IOException {
    Path mine = Files.createDirectories(folder.resolve("mine"));
    song(mine.resolve("a.wav"), 100);
    song(mine.resolve("b.wav"), 101);
    assertThat(last(classify(index, mine))).contains("; 2 heard, 0 from the index");
    Files.move(mine.resolve("a.wav"), mine.resolve("c.wav"));
    Files.delete(mine.resolve("b.wav"));
    song(mine.resolve("b.wav"), 102);
    assertThat(last(classify(index, mine))).contains("; 1 heard, 1 from the index");
    assertThat(library("list", "--under", mine).lines()).hasSize(2);
  }

  private Cli tag(Object... words) {
    List<Object> all =
        new ArrayList<>(List.of("tag", "--index", index, "--journal", folder.resolve("journal")));
    all.addAll(List.of(words));
    return Cli.run(all.toArray());
  }

  /** Contents as the index knows them; checks that it knows each file as it is. */
  private List<String> digests(Path under) throws IOException {
    List<String> digests = new ArrayList<>();
    for (String line : library("list", "--json", "--under", under).lines()) {
      JsonNode song = JSON.readTree(line);
      Path file = Path.of(song.get("path").asText());
      assertThat(song.get("sha256").asText()).isEqualTo(Digest.ofFile(file));
      assertThat(song.get("size_bytes").asLong()).isEqualTo(Files.size(file));
      assertThat(song.get("mtime_ns").asLong())
          .isEqualTo(Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS));
      digests.add(song.get("sha256").asText());
    }
    return digests;
  }

  @Test
  void tagsComeFromTheIndexAndTheIndexFollowsThem() throws IOException {
    Path mine = Files.createDirectories(folder.resolve("mine"));
    song(mine.resolve("a.wav"), 300);
    TestAudio.write(
        mine.resolve("b.flac"), TestFormat.FLAC, RATE_HZ, TestAudio.noise(301, 3, RATE_HZ));
    Path linked = Files.createSymbolicLink(folder.resolve("linked"), mine);
    Object[] write = {"-r", "--write", "--model", model, "--min-confidence", 0, mine};
    String answers = classify(index, mine).out();
    classify(index, linked);
    List<String> before = digests(linked);

    Cli shown = tag("-r", "--model", model, "--min-confidence", 0, mine);
    assertThat(shown.messages())
        .containsExactly(
            "tonearm: 2 files: 2 would change; 0 heard, 2 from the index, 0 known failures not"
                + " tried again; add --write to change");
    assertThat(last(tag(write))).startsWith("tonearm: 2 files: 2 changed; 0 heard, 2 from");

    // Under both names, and without another look into the files.
    assertThat(digests(mine)).hasSize(2).isEqualTo(digests(linked)).doesNotContainSequence(before);
    Cli again = classify(index, mine);
    assertThat(again.out()).isEqualTo(answers);
    assertThat(last(again)).contains("; 0 heard, 2 from the index");
    assertThat(last(classify(index, linked))).contains("; 0 heard, 2 from the index");

    assertThat(last(tag("--undo", "--write", mine))).endsWith("2 files: 2 changed");
    assertThat(digests(mine)).isEqualTo(digests(linked));
    assertThat(last(classify(index, mine))).contains("; 0 heard, 2 from the index");

    // What tag hears goes into the index; what keeps its genre is neither asked for nor heard.
    assertThat(tag(write).status()).isZero();
    song(mine.resolve("c.wav"), 302);
    Files.writeString(mine.resolve("broken.mp3"), "no music");
    assertThat(last(tag(write)))
        .startsWith("tonearm: 4 files: 1 changed, 2 already with a genre, 1 failed; 1 heard, 0 ");
    assertThat(last(classify(index, mine))).contains("; 0 heard, 3 from the index, 1 known");
  }

  @Test
  void tagHearsAgainOnlyWhatItIsToldTo() throws IOException {
    Path mine = Files.createDirectories(folder.resolve("mine"));
    song(mine.resolve("a.wav"), 310);
    TestAudio.write(
        mine.resolve("silent.wav"), TestFormat.WAV_S16, RATE_HZ, new float[3 * RATE_HZ]);
    Object[] words = {"-r", "--model", model, mine};
    assertThat(last(tag(words))).contains("; 2 heard, 0 from the index");
    Cli second = tag(words);
    assertThat(last(second)).contains("; 0 heard, 1 from the index, 1 known failure");
    assertThat(second.status()).isEqualTo(1);
    assertThat(last(tag("-r", "--retry-failed", "--model", model, mine)))
        .contains("; 1 heard, 1 from the index");
    tag("--refresh", "--undo").assertFails(2, "hear nothing");
    Cli.run("tag", "--retry-failed", mine.resolve("a.wav")).assertFails(2, "--index");
  }

  @Test
  void theUsualIndexFollowsEveryWayOfTagging() throws IOException {
    Path data = folder.resolve("data");
    Path a = folder.resolve("mine/a.wav");
    Files.createDirectories(a.resolveSibling(""));
    song(a, 320);
    System.setProperty(Cli.DATA, data.toString());
    try {
      Object[] classify = {"classify", "-r", "--json", "--model", model, a.getParent()};
      Path answers = Files.writeString(folder.resolve("answers"), Cli.run(classify).out());
      Cli.run("tag", "--write", "--min-confidence", 0, "--from", answers);
      assertThat(Cli.run(classify).err()).isEmpty();
      assertThat(data.resolve("tag-journal.jsonl")).isRegularFile();
      Cli named =
          Cli.run(
              "tag",
              "--replace",
              "--write",
              "--min-confidence",
              0,
              "--map-file",
              noMap(),
              a,
              "--model",
              model);
      assertThat(named.messages()).containsExactly("tonearm: 1 file: 1 changed");
      song(a.resolveSibling("b.wav"), 321);
      assertThat(last(Cli.run(classify))).contains("; 1 heard, 1 from the index");
      Cli.run("tag", "--undo", "--write", "--no-index");
      assertThat(last(Cli.run(classify))).as("told to").contains("; 1 heard, 1 from the index");

      // No index is no reason not to tag, and a broken one neither.
      Files.writeString(data.resolve("library.db"), "no index ".repeat(100));
      Cli undone = Cli.run("tag", "--undo", "--write");
      assertThat(undone.messages().get(0)).contains("warning", "is not an index", "going on");
      assertThat(undone.status()).isZero();
    } finally {
      System.clearProperty(Cli.DATA);
    }
  }

  /** Other spellings of all genres, so that a tag changes. */
  private Path noMap() throws IOException {
    StringBuilder lines = new StringBuilder();
    TinyModel.GENRES.forEach(g -> lines.append(g).append("=My ").append(g).append('\n'));
    return Files.writeString(folder.resolve("map"), lines);
  }

  @Test
  void theUsualPlaceIsUsedWithFoldersAndOnlyWithThem() throws IOException {
    Path data = folder.resolve("data");
    Path song = music.resolve("song 1.wav");
    System.setProperty(Cli.DATA, data.toString());
    try {
      Cli.run("classify", "--model", model, song);
      Cli.run("classify", "-r", "--no-index", "--model", model, music);
      assertThat(data).doesNotExist();
      Cli.run("classify", "-r", "--model", model, music);
      assertThat(data.resolve("library.db")).isRegularFile();
      assertThat(Cli.run("library", "list", "--failed").lines())
          .containsExactly(
              "failed  " + music.resolve("broken.mp3") + ": no audio stream: the file is text");
      // A machine where it cannot be made hears all the same; an index that is no index is told.
      System.setProperty(Cli.DATA, song.toString());
      Cli without = Cli.run("classify", "-r", "--model", model, music);
      assertThat(without.messages().get(0)).contains("warning", "going on without");
      assertThat(last(without)).endsWith("songs/min");
      Path bad = Files.createDirectories(folder.resolve("bad"));
      Files.writeString(bad.resolve("library.db"), "no index ".repeat(100));
      System.setProperty(Cli.DATA, bad.toString());
      Cli.run("classify", "-r", "--model", model, music)
          .assertFails(1, "is not an index", "--no-index");
    } finally {
      System.clearProperty(Cli.DATA);
    }
  }

  @Test
  void wrongUsesOfTheIndexAreTold() {
    classify(index, music, "--no-index").assertFails(2, "--index and --no-index");
    Cli.run("classify", "--refresh", music.resolve("song 1.wav"))
        .assertFails(2, "--refresh", "--index");
    classify(music, music).assertFails(1, "is a folder, not an index");
    Cli.run("library").assertFails(2, "export, forget, list, stats");
    library("list", "--since", "yesterday").assertFails(2, "yesterday", "7d");
    library("list", "--min-confidence", 2).assertFails(2, "from 0 to 1");
    library("list", "--failed", "--genre", "jazz").assertFails(2, "neither genre nor confidence");
    library("export", "--json", "--csv").assertFails(2, "--json", "--csv");
    library("export").assertFails(2, "--m3u8");
    library("export", "--csv", "--relative").assertFails(2, "--relative");
    library("forget").assertFails(2, "--missing");
    library("forget", "--all").assertFails(2, "--yes");
    Cli.run("library", "list", "--index", folder.resolve("none.db"))
        .assertFails(1, "there is no index yet");
  }

  private Cli library(Object... words) {
    List<Object> all = new ArrayList<>(List.of("library", words[0], "--index", index));
    all.addAll(List.of(words).subList(1, words.length));
    return Cli.run(all.toArray());
  }

  @Test
  void songsAreListed() throws IOException {
    Cli table = library("list");
    assertThat(table.lines()).hasSize(7);
    assertThat(table.lines().get(1)).matches(" *\\d+ %  (blues|jazz|rock) +0:03  .*song 0.wav");

    Cli json = library("list", "--json");
    JsonNode song = JSON.readTree(json.lines().get(1));
    assertThat(song.fieldNames())
        .toIterable()
        .containsExactly(
            "path",
            "status",
            "genre",
            "confidence",
            "probabilities",
            "duration_s",
            "clips",
            "model",
            "network",
            "sampling",
            "sha256",
            "size_bytes",
            "mtime_ns",
            "analysed_at",
            "tonearm");
    // The very answer that classify gave.
    JsonNode answer = JSON.readTree(first.lines().get(1));
    for (String key : List.of("path", "genre", "confidence", "probabilities", "duration_s")) {
      assertThat(song.get(key)).isEqualTo(answer.get(key));
    }

    Cli csv = library("list", "--csv");
    assertThat(csv.out())
        .startsWith(
            "path,status,genre,confidence,duration_s,clips,model,p_blues,p_jazz,p_rock,warnings,")
        .contains("\r\n");
    assertThat(csv.lines()).hasSize(8);
    assertThat(library("list", "--under", music.resolve("sub"), "--since", "1d").lines())
        .hasSize(1);
    Cli none = library("list", "--model", "other");
    assertThat(none.lines()).isEmpty();
    assertThat(none.messages()).singleElement().asString().endsWith("fits");
  }

  @Test
  void statisticsAreToldAndDrawn() throws IOException {
    Path png = folder.resolve("genres.PNG");
    Path svg = folder.resolve("made/genres.svg");
    Cli cli = library("stats", "--plot", png);
    assertThat(cli.status()).as(cli.err()).isZero();
    assertThat(cli.lines().get(0)).matches("6 songs, .* min of sound, mean confidence 0.*");
    assertThat(cli.lines().get(1))
        .matches("  (blues|jazz|rock) +\\d +\\d+ %  █+ .*min  confidence.*");
    assertThat(cli.lines())
        .endsWith("1 file could not be heard", "          1  no audio stream: the file is text");
    BufferedImage picture = ImageIO.read(png.toFile());
    assertThat(picture.getWidth()).isEqualTo(1000);
    assertThat(library("stats", "--plot", svg).status()).isZero();
    assertThat(Files.readString(svg).contains("</svg>")).isTrue();
    JsonNode json = JSON.readTree(library("stats", "--json").out());
    assertThat(json.get("songs").asInt()).isEqualTo(6);
    assertThat(json.get("failures").get("no audio stream: the file is text").asInt()).isEqualTo(1);
    library("stats", "--plot", folder.resolve("x.gif")).assertFails(2, ".png and .svg");
  }

  @Test
  void genresAreAskedForInAnyCase() throws IOException {
    JsonNode song = JSON.readTree(library("list", "--json").lines().get(1));
    String genre = song.get("genre").asText();
    Cli plain = library("list", "--json", "--genre", genre);
    assertThat(plain.out()).contains(song.get("path").toString());
    for (String asked : List.of(genre.toUpperCase(Locale.ROOT), genre + "," + capital(genre))) {
      assertThat(library("list", "--json", "--genre", asked).out()).isEqualTo(plain.out());
    }
    assertThat(library("list", "--genre", "polka").err()).endsWith("fits\n");
    Path lists = folder.resolve("lists");
    library("export", "--m3u8", lists, "--genre", capital(genre));
    assertThat(lists.resolve(genre + ".m3u8")).isRegularFile();
  }

  private static String capital(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  @Test
  void playlistsAndTablesAreExported() throws IOException {
    Path lists = folder.resolve("lists");
    Cli cli = library("export", "--m3u8", lists);
    assertThat(cli.status()).as(cli.err()).isZero();
    int songs = 0;
    List<Path> files;
    try (var entries = Files.list(lists)) {
      files = entries.toList();
    }
    for (Path file : files) {
      List<String> lines = Files.readAllLines(file);
      assertThat(file.toString()).endsWith(".m3u8");
      assertThat(lines.get(0)).isEqualTo("#EXTM3U");
      for (int i = 1; i < lines.size(); i += 2) {
        assertThat(lines.get(i)).matches("#EXTINF:3,(song \\d|copy)");
        assertThat(Path.of(lines.get(i + 1))).isAbsolute().isRegularFile();
        songs++;
      }
    }
    assertThat(songs).isEqualTo(6);

    Path relative = folder.resolve("relative");
    assertThat(library("export", "--m3u8", relative, "--relative").status()).isZero();
    for (Path file : files) {
      for (String line : Files.readAllLines(relative.resolve(file.getFileName()))) {
        if (!line.startsWith("#")) {
          assertThat(line).doesNotStartWith("/");
          assertThat(relative.resolve(line)).isRegularFile();
        }
      }
    }
    Path csv = folder.resolve("library.csv");
    assertThat(library("export", "--csv", "-o", csv).out()).isEmpty();
    assertThat(csv).content().isEqualTo(library("list", "--csv").out());
  }

  @Test
  void whatIsForgottenIsCounted() throws IOException {
    Path mine = Files.createDirectories(folder.resolve("mine"));
    song(mine.resolve("a.wav"), 200);
    classify(index, mine);
    Files.delete(mine.resolve("a.wav"));
    assertThat(library("forget", "--missing").out()).isEqualTo("forgotten: 1 file\n");
    assertThat(library("forget", "--failed").out()).isEqualTo("forgotten: 1 file\n");
    assertThat(library("forget", music.resolve("sub")).out()).isEqualTo("forgotten: 1 file\n");
    // The copy is forgotten, the content is not: the original has it.
    assertThat(last(classify(index, music))).contains("; 1 heard, 6 from the index");
    assertThat(library("forget", "--all", "--yes").out()).isEqualTo("forgotten: 7 files\n");
    assertThat(library("list").lines()).isEmpty();
  }

  @Test
  void similarSongsAreFound() throws IOException {
    Path song = music.resolve("song 0.wav");
    Path list = folder.resolve("like.m3u8");
    Cli cli =
        Cli.run("similar", song, "--model", model, "--index", index, "--json", "--m3u8", list);
    assertThat(cli.status()).as(cli.err()).isZero();
    assertThat(cli.messages())
        .containsExactly("tonearm: left out: 1 other file with the very content of the song");
    List<String> paths = new ArrayList<>();
    double before = 1;
    for (String line : cli.lines()) {
      JsonNode row = JSON.readTree(line);
      assertThat(row.fieldNames())
          .toIterable()
          .containsExactly("path", "similarity", "genre", "confidence", "duration_s");
      assertThat(row.get("similarity").asDouble()).isLessThanOrEqualTo(before).isPositive();
      before = row.get("similarity").asDouble();
      paths.add(row.get("path").asText());
    }
    assertThat(paths)
        .containsExactlyInAnyOrder(
            music.resolve("song 1.wav").toString(),
            music.resolve("song 2.wav").toString(),
            music.resolve("song 3.wav").toString(),
            music.resolve("song 4.wav").toString());
    List<String> playlist = Files.readAllLines(list);
    assertThat(playlist).hasSize(1 + 2 * 5).startsWith("#EXTM3U", "#EXTINF:-1,song 0");

    // One that the index does not know is heard: the same sound in another file is nearest.
    Path other = folder.resolve("other.flac");
    TestAudio.write(other, TestFormat.FLAC, RATE_HZ, TestAudio.noise(3, 3, RATE_HZ));
    Cli unknown = Cli.run("similar", other, "--model", model, "--index", index, "--top", 1);
    assertThat(unknown.lines())
        .singleElement()
        .asString()
        .endsWith("song 3.wav")
        .startsWith("1.000");
    // A playlist that lacks one is no success.
    Path unnameable = Files.move(other, folder.resolve("two\nlines.flac"));
    Cli lacking =
        Cli.run("similar", unnameable, "--model", model, "--index", index, "--m3u8", list);
    assertThat(lacking.status()).isEqualTo(1);
    assertThat(lacking.err()).contains("two\\nlines.flac: a playlist cannot name it");
    assertThat(Files.readAllLines(list)).hasSize(1 + 2 * 5);
  }

  @Test
  void whatCannotBeComparedIsTold() throws IOException {
    Path song = music.resolve("song 0.wav");
    Cli.run("similar", folder.resolve("none.wav"), "--model", model, "--index", index)
        .assertFails(1, "no such file");
    Cli.run("similar", music.resolve("broken.mp3"), "--model", model, "--index", index)
        .assertFails(1, "the file is text");
    Cli.run("similar", song, "--model", model, "--index", index, "--top", 0)
        .assertFails(2, "--top");
    Cli.run("similar", "/dev/zero", "--model", model, "--index", index)
        .assertFails(1, "/dev/zero: not a regular file");
    Cli.run("similar", song, "--model", model, "--index", index, "--m3u8", song)
        .assertFails(2, "--m3u8 " + song + " would overwrite a file of sound");
    Cli.run("similar", song, "--model", model, "--index", folder.resolve("none.db"))
        .assertFails(1, "there is no index yet");
    Path fresh = folder.resolve("fresh.db");
    classify(fresh, music.resolve("broken.mp3"));
    Cli.run("similar", song, "--model", model, "--index", fresh)
        .assertFails(1, "has no other songs that tiny has heard");
  }

  @Test
  void sinceIsADateOrHowLongAgo() {
    Instant now = Instant.parse("2026-03-10T12:00:00Z");
    ZoneId zone = ZoneId.of("Europe/Berlin");
    assertThat(FilterOptions.Since.since("7d", now, zone)).isEqualTo(now.minus(Duration.ofDays(7)));
    assertThat(FilterOptions.Since.since("2w", now, zone))
        .isEqualTo(now.minus(Duration.ofDays(14)));
    assertThat(FilterOptions.Since.since("12h", now, zone))
        .isEqualTo(now.minus(Duration.ofHours(12)));
    assertThat(FilterOptions.Since.since("2026-01-31", now, zone))
        .isEqualTo(Instant.parse("2026-01-30T23:00:00Z"));
    assertThat(FilterOptions.Since.since("2026-01-31T10:30", now, zone))
        .isEqualTo(Instant.parse("2026-01-31T09:30:00Z"));
    for (String wrong : List.of("7", "d", "2026-02-30", "now", "-7d")) {
      assertThatThrownBy(() -> FilterOptions.Since.since(wrong, now, zone))
          .isInstanceOf(TypeConversionException.class);
    }
  }
}
