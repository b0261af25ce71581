package tonearm.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogTest {
  @TempDir Path folder;

  private Path csv(String... lines) throws IOException {
    return Files.writeString(folder.resolve("tracks.csv"), String.join("\n", lines) + "\n");
  }

  private static Track full(String track, String source, @Nullable String reason) {
    return new Track(track, "jazz", source, "ab12", 44100, 30.5, -93.1, -12.25, null, reason, null);
  }

  @Test
  void whatIsWrittenIsReadBackWhateverTheFilesAreCalled() throws IOException {
    String[] pieces = {
      "\"", ",", "\n", "\r\n", " ", "'", ";", "\t", "é", "😀", "a", "=1+1", "\\", "#"
    };
    long seed = 7;
    Random random = new Random(seed);
    List<Track> tracks = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      StringBuilder source = new StringBuilder();
      for (int n = random.nextInt(1, 6); n > 0; n--) {
        source.append(pieces[random.nextInt(pieces.length)]);
      }
      tracks.add(full("jazz." + i, source.toString(), i % 3 == 0 ? source + "." : null));
    }
    tracks.add(Track.named("jazz.copy", "jazz", "jazz.1"));
    tracks.add(
        new Track("jazz.n", "jazz", "n", "cd", 8000, 1, -1, 0, null, null, "truncated, a bit"));
    Path file = folder.resolve("tracks.csv");
    new Catalog(tracks).write(file);
    assertThat(Catalog.read(file).tracks()).as("seed %d", seed).isEqualTo(tracks);
  }

  @Test
  void columnsOfOthersAreLetBe() throws IOException {
    Catalog catalog = Catalog.read(csv("mood,genre,track", "calm,jazz,jazz.1", ",blues,blues.1"));
    assertThat(catalog.tracks())
        .containsExactly(
            Track.named("jazz.1", "jazz", null), Track.named("blues.1", "blues", null));
    assertThat(catalog.genres()).containsExactly("blues", "jazz");
    assertThat(catalog.find("jazz.1")).isNotNull();
    assertThat(catalog.find("jazz.2")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../../etc/passwd", "a/b", "a\\b", "..", ".", "/etc/x", "a\u0007b", "C:\\x"})
  void aNameThatLeadsOutOfTheFolderIsRefused(String name) throws IOException {
    Path track = csv("track,genre", "ok,jazz", name + ",jazz");
    assertThatThrownBy(() -> Catalog.read(track)).hasMessageContaining("tracks.csv, line 3: track");
    Path genre = csv("track,genre", "x," + name);
    assertThatThrownBy(() -> Catalog.read(genre)).hasMessageContaining("tracks.csv, line 2: genre");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "duration_s|-1|duration_s must be 0 or more, not -1.0",
        "duration_s|NaN|duration_s must be 0 or more, not NaN",
        "duration_s|1e999|duration_s must be 0 or more, not Infinity",
        "duration_s|long|duration_s is not a number: long",
        "sample_rate_hz|-5|sample_rate_hz must be 0 or more",
        "sample_rate_hz|1e12|sample_rate_hz is not a whole number",
        "sample_rate_hz|0.5|sample_rate_hz is not a whole number",
        "db_max|-Infinity|db_max must be at least db_min",
        "status|maybe|status must be ok or error, not maybe",
        "duplicate_of|nobody|is marked as a duplicate of nobody, which is not listed",
        "duplicate_of|c|itself a duplicate: name the first of them",
        "duplicate_of|t|itself a duplicate: name the first of them",
      })
  void aValueThatCannotBeIsRefusedByName(String column, String value, String message)
      throws IOException {
    Path file =
        csv(
            "track,genre,duplicate_of," + (column.equals("duplicate_of") ? "x" : column),
            "a,jazz,,",
            "c,jazz,a,",
            column.equals("duplicate_of") ? "t,jazz," + value + "," : "t,jazz,," + value);
    assertThatThrownBy(() -> Catalog.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("tracks.csv")
        .hasMessageContaining(message);
  }

  @Test
  void theLineIsTheOneInTheFileAlsoBehindALineBreakInAValue() throws IOException {
    Path file = csv("track,genre,source", "a,jazz,\"two\nlines\"", "b,,x");
    assertThatThrownBy(() -> Catalog.read(file))
        .hasMessageContaining("line 4: no value in column genre");
  }

  @Test
  void whatIsNoIndexIsRefused() throws IOException {
    Path twice = csv("track,genre", "a,jazz", "a,blues");
    assertThatThrownBy(() -> Catalog.read(twice)).hasMessageContaining("track a is listed twice");
    Path open = csv("track,genre", "a,jazz", "b,\"never closed");
    assertThatThrownBy(() -> Catalog.read(open))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("tracks.csv");
    Path wide = csv("track,genre", "a,jazz,extra");
    assertThatThrownBy(() -> Catalog.read(wide))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("tracks.csv, line 2");
    Path latin = folder.resolve("latin.csv");
    Files.write(latin, "track,genre\ncafé,jazz\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> Catalog.read(latin))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("latin.csv");
    assertThatThrownBy(() -> Catalog.read(folder.resolve("none.csv")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none.csv");
  }
}
