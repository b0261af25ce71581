package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;
import tonearm.eval.Prediction;
import tonearm.provenance.Digest;
import tonearm.tags.TagField;
import tonearm.tags.TagState;
import tonearm.terminal.Interruption;

/** {@code tonearm tag}: what it shows, what it writes, and how it takes that back. */
class CliTagTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int RATE_HZ = 44_100;
  private static final List<String> GENRES = List.of("hiphop", "jazz", "rock");

  @TempDir private static Path shared;
  private static Path model = Path.of("set before all");
  private static Path song = Path.of("set before all");

  @TempDir private Path folder;

  @BeforeAll
  static void makeFiles() throws IOException {
    model = TinyModel.write(shared.resolve("tiny"));
    song = shared.resolve("song.mp3");
    TestAudio.write(song, TestFormat.MP3, RATE_HZ, TestAudio.noise(5, 1, RATE_HZ));
  }

  @AfterAll
  static void commandsAreOver() {
    Interruption.finished();
  }

  private Path copy(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.copy(song, file);
  }

  private Cli tag(Object... words) {
    List<Object> all = new ArrayList<>(List.of("tag", "--journal", folder.resolve(".journal")));
    all.addAll(List.of(words));
    return Cli.run(all.toArray());
  }

  /** Writes answers as classify does, and names the file. */
  private Path answers(float[] probabilities, Path... files) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (Path file : files) {
      lines.append(Prediction.ok(file.toString(), GENRES, probabilities, 30, 5, "m").toJson());
      lines.append('\n');
    }
    return Files.writeString(folder.resolve("answers.json"), lines);
  }

  private static List<String> genres(Path file) throws IOException {
    return TagState.read(file, TagField.GENRE).values();
  }

  @Test
  void nothingIsChangedUnlessAsked() throws IOException {
    Path a = copy("a.mp3");
    Path from = answers(new float[] {0.75f, 0.15f, 0.1f}, a);
    String before = Digest.ofFile(a);

    Cli cli = tag("--from", from, a);

    assertThat(cli.status()).isZero();
    assertThat(cli.lines()).containsExactly(a + "  hiphop 75 %", "+ Hip-Hop");
    assertThat(cli.messages())
        .containsExactly("tonearm: 1 file: 1 would change; add --write to change");
    assertThat(Digest.ofFile(a)).isEqualTo(before);
    assertThat(folder.resolve(".journal")).doesNotExist();
  }

  @Test
  void genresAreWrittenKeptReplacedAddedAndTakenBack() throws IOException {
    Path a = copy("a.mp3");
    Path from = answers(new float[] {0.75f, 0.15f, 0.1f}, a);
    assertThat(tag("--from", from, "--write").messages())
        .containsExactly("tonearm: 1 file: 1 changed");
    assertThat(genres(a)).containsExactly("Hip-Hop");

    answers(new float[] {0.1f, 0.8f, 0.1f}, a);
    Cli kept = tag("--from", from, "--write", a);
    assertThat(kept.out()).isEmpty();
    assertThat(kept.messages()).containsExactly("tonearm: 1 file: 1 already with a genre");
    assertThat(tag("--from", from, "--write", "--append", a).lines())
        .containsExactly(a + "  jazz 80 %", "  Hip-Hop", "+ Jazz");
    assertThat(genres(a)).containsExactly("Hip-Hop", "Jazz");
    assertThat(tag("--from", from, "--write", "--append", a).err()).contains("1 saying so already");
    assertThat(
            tag("--from", from, "--replace", "--write", "--map", "jazz=Bebop", "--map", "rock=", a)
                .lines())
        .containsExactly(a + "  jazz 80 %", "- Hip-Hop", "- Jazz", "+ Bebop");
    assertThat(genres(a)).containsExactly("Bebop");

    assertThat(tag("--undo").lines())
        .containsExactly(a.toString(), "- Bebop", "+ Hip-Hop", "+ Jazz");
    assertThat(genres(a)).containsExactly("Bebop");
    assertThat(tag("--undo", "--write", folder).err()).contains("1 changed");
    assertThat(genres(a)).containsExactly("Hip-Hop", "Jazz");
    assertThat(tag("--undo", "--since", "2001-01-01", "--write", a).status()).isZero();
    assertThat(genres(a)).isEmpty();
    assertThat(tag("--undo", shared).messages()).containsExactly("tonearm: 0 files: nothing to do");
  }

  /** Ctrl-C while a file's tags are looked at makes no broken file of it. */
  @Test
  void anInterruptedLookIsFinished() throws IOException {
    Path a = copy("a.mp3");
    Thread.currentThread().interrupt();
    TagState state;
    try {
      state = TagRun.read(a, TagField.GENRE);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(state.values()).isEmpty();
  }

  @Test
  void severalGenresAreSeveralValuesAndLowOnesAreLeft() throws IOException {
    Path a = copy("a.mp3");
    Path from = answers(new float[] {0.45f, 0.35f, 0.2f}, a);
    assertThat(tag("--from", from, "--write").err()).contains("1 below the least confidence");
    assertThat(genres(a)).isEmpty();
    Path map = Files.writeString(folder.resolve("map.txt"), "# mine\nhiphop = Rap\n\njazz=\n");

    tag("--from", from, "--write", "--top", 3, "--min-confidence", 0.2, "--map-file", map);

    assertThat(genres(a)).containsExactly("Rap", "Rock");
  }

  @Test
  void aFieldOfOnesOwnIsWrittenBesideTheGenre() throws IOException {
    Path a = copy("a.mp3");
    Path from = answers(new float[] {0.75f, 0.15f, 0.1f}, a);

    tag("--from", from, "--write", "--field", "TONEARM_GENRE");

    assertThat(genres(a)).isEmpty();
    TagField own = new TagField("TONEARM_GENRE");
    assertThat(TagState.read(a, own).values()).containsExactly("Hip-Hop");

    tag("--from", from, "--write");
    assertThat(tag("--undo", "--write", "--field", "genre").err()).contains("1 file: 1 changed");
    assertThat(genres(a)).isEmpty();
    assertThat(TagState.read(a, own).values()).containsExactly("Hip-Hop");
  }

  @Test
  void foldersAreHeardAndEachFileHasItsObject() throws IOException {
    copy("music/a.mp3");
    copy("music/deep/new\nline \uD83C\uDFB7.mp3");
    Files.writeString(folder.resolve("music/cover.jpg"), "no music");
    Files.writeString(folder.resolve("music/text.mp3"), "no music");
    TestAudio.write(
        folder.resolve("music/b.wv"), TestFormat.WAVPACK, RATE_HZ, TestAudio.noise(1, 1, RATE_HZ));
    Files.createSymbolicLink(folder.resolve("music/again.mp3"), folder.resolve("music/a.mp3"));

    Cli cli = tag("-r", folder.resolve("music"), "--model", model, "--json", "--min-confidence", 0);

    assertThat(cli.status()).isEqualTo(1);
    List<String> ends = new ArrayList<>();
    for (String line : cli.lines()) {
      JsonNode report = JSON.readTree(line);
      String name = Path.of(report.get("path").asText()).getFileName().toString();
      ends.add(name + " " + report.get("status").asText());
      assertThat(report.get("field").asText()).isEqualTo("genre");
      if (report.get("status").asText().equals("planned")) {
        assertThat(report.get("before")).isEmpty();
        assertThat(report.get("after")).hasSize(1);
        assertThat(report.get("confidence").asDouble()).isBetween(0.33, 1.0);
        assertThat(TinyModel.GENRES).contains(report.get("genre").asText());
      }
    }
    assertThat(ends)
        .containsExactly(
            "a.mp3 planned", "b.wv error", "new\nline \uD83C\uDFB7.mp3 planned", "text.mp3 error");
    assertThat(cli.messages())
        .hasSize(3)
        .anyMatch(m -> m.endsWith("b.wv: WavPack files cannot be tagged"))
        .last()
        .asString()
        .endsWith(
            "4 files: 2 would change, 2 failed; 1 heard, 1 from the index, 0 known failures not"
                + " tried again; add --write to change");
  }

  @Test
  void timesAreKeptOnRequest() throws IOException {
    Path a = copy("a.mp3");
    FileTime time = FileTime.fromMillis(981_173_106_000L);
    Files.setLastModifiedTime(a, time);
    Path from = answers(new float[] {0.75f, 0.15f, 0.1f}, a);
    tag("--from", from, "--write", "--preserve-times");
    assertThat(genres(a)).hasSize(1);
    assertThat(Files.getLastModifiedTime(a)).isEqualTo(time);
  }

  @Test
  void aFileWithoutAnswerFailsAndTheRestIsDone() throws IOException {
    Path a = copy("a.mp3");
    Path b = copy("b.mp3");
    Path from = answers(new float[] {0.75f, 0.15f, 0.1f}, a);
    String failed = Prediction.error(folder.resolve("c.mp3").toString(), "silent").toJson();
    Files.writeString(from, Files.readString(from) + failed + "\n");
    copy("c.mp3");

    Cli cli = tag("--from", from, "--write", "-r", folder);

    assertThat(cli.status()).isEqualTo(1);
    assertThat(genres(a)).containsExactly("Hip-Hop");
    assertThat(cli.messages())
        .contains(
            "tonearm: " + b + ": there is no answer for it in " + from,
            "tonearm: " + folder.resolve("c.mp3") + ": silent");
  }

  @Test
  void whatSomebodyElseChangedIsNotTakenBack() throws IOException {
    Path a = copy("a.mp3");
    Path from = answers(new float[] {0.75f, 0.15f, 0.1f}, a);
    tag("--from", from, "--write");
    Cli other =
        Cli.run(
            "tag",
            "--journal",
            folder.resolve("x"),
            "--write",
            "--replace",
            "--map",
            "hiphop=Soul",
            "--from",
            from);
    assertThat(other.status()).isZero();

    Cli cli = tag("--undo", "--write");

    assertThat(cli.status()).isEqualTo(1);
    assertThat(cli.err()).contains("left as it is: it says Soul, not Hip-Hop as Tonearm wrote");
    assertThat(genres(a)).containsExactly("Soul");
  }

  @Test
  void wrongWordsAreWrongUsage() throws IOException {
    Path a = copy("a.mp3");
    tag().assertFails(2, "PATH");
    tag("--replace", "--append", a).assertFails(2, "--replace", "--append");
    tag("--min-confidence", 1.5, a).assertFails(2, "0 to 1");
    tag("--top", 0, a).assertFails(2, "at least 1");
    tag("--field", "title", a).assertFails(2, "title");
    tag("--map", "jazz=unknown", a).assertFails(2, "unknown");
    tag("--map", "jazz=Rock;Pop", a).assertFails(2, "glued");
    tag("--jobs", 0, a).assertFails(2, "--jobs");
    tag("--since", "2026-01-01", a).assertFails(2, "--undo");
    tag("--undo", "--replace", a).assertFails(2, "--undo");
    tag("--undo", "--map", "jazz=Bebop", a).assertFails(2, "--map decides nothing");
    tag("--undo", "--jobs", 2, a).assertFails(2, "--jobs");
    tag("--undo", "--timeout", 9, a).assertFails(2, "--timeout is for hearing");
    tag("--from", folder.resolve("x.jsonl"), "--excerpt", 3, a)
        .assertFails(2, "--excerpt is for hearing");
    Path latin = Files.write(folder.resolve("latin.json"), new byte[] {'{', (byte) 0xE9, '}'});
    tag("--from", latin).assertFails(1, latin + ": is not a text in UTF-8");
    tag("--undo", a).assertFails(1, "no such journal");
    Files.writeString(folder.resolve(".journal"), "");
    tag("--undo", "--since", "yesterday", a).assertFails(2, "yesterday");
    Path bad = Files.writeString(folder.resolve("bad.json"), "{\"path\":1}\n");
    tag("--from", bad).assertFails(1, "line 1");
    tag("--from", folder.resolve("none.json")).assertFails(1, "none.json");
    tag("--map-file", Files.writeString(folder.resolve("m"), "jazz\n"), a).assertFails(2, "line 1");
    Path from = answers(new float[] {1, 0, 0}, a);
    tag("--from", from, "--map", "jaz=Bebop", a).assertFails(2, "no genre \"jaz\"");
    Cli.run("tag", "--write", "--journal", a.resolve("x"), "--from", from).assertFails(1, "a.mp3");
  }
}
