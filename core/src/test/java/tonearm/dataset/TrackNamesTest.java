package tonearm.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrackNamesTest {
  @TempDir Path folder;

  private static List<String> of(String... sources) {
    List<SourceTree.Found> files = new ArrayList<>();
    for (String source : sources) {
      String genre = source.substring(0, source.indexOf('/'));
      files.add(new SourceTree.Found(Path.of("x"), source, genre, 1, 1, null));
    }
    return TrackNames.of(files);
  }

  @ParameterizedTest
  @CsvSource({
    "jazz/take five.mp3, jazz.take_five",
    "jazz/jazz.00001.wav, jazz.00001",
    "jazz/disc 1/01 - Intro!.flac, jazz.01_-_Intro_",
    "jazz/no extension, jazz.no_extension",
    "jazz/jazz.mp3, jazz.jazz",
    "hip hop/x.mp3, hip_hop.x",
    "R&B/r.mp3, R_B.r",
    "jazz/Björk – Jóga.mp3, jazz.Björk_Jóga",
    "jazz/Bjo\u0308rk.mp3, jazz.Björk",
    "jazz/音楽.mp3, jazz.音楽",
    "jazz/😀.mp3, jazz._",
    "jazz/a\tb:c*?.mp3, jazz.a_b_c_"
  })
  void namesStayReadable(String source, String name) {
    assertThat(of(source)).containsExactly(name);
  }

  @Test
  void namesThatWouldBeTheSameAreNumberedInOrder() {
    assertThat(of("g/a-2.mp3", "g/a.flac", "g/a.mp3", "g/b/A.mp3", "g/c/g.a.ogg"))
        .containsExactly("g.a-2", "g.a", "g.a-3", "g.A-4", "g.a-5");
  }

  @Test
  void anyNamesBecomeDifferentSafeOnes() {
    long seed = 11;
    Random random = new Random(seed);
    String[] sources = new String[2000];
    for (int i = 0; i < sources.length; i++) {
      StringBuilder name = new StringBuilder(i % 2 == 0 ? "g/" : "h h/");
      for (int n = random.nextInt(1, i % 50 == 0 ? 260 : 4); n > 0; n--) {
        int c = random.nextBoolean() ? random.nextInt(1, 128) : random.nextInt(0x1F000, 0x1F700);
        name.appendCodePoint(c == '/' ? 'a' : c);
      }
      sources[i] = name.toString();
    }
    List<String> names = of(sources);
    assertThat(names).as("seed %d", seed).isEqualTo(of(sources));
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      assertThat(Track.faultOfName(name)).as("seed %d: %s", seed, name).isNull();
      assertThat(name).doesNotStartWith(".").doesNotContain(",", "\"", " ");
      assertThat((name + ".png").getBytes(StandardCharsets.UTF_8).length).isLessThan(255);
      assertThat(seen.add(name.toLowerCase(Locale.ROOT))).as("seed %d: %s", seed, name).isTrue();
    }
  }

  @Test
  void theStrangestFilesThatThisFileSystemTakesArePrepared() throws Exception {
    Path source = folder.resolve("music");
    List<String> strange = new ArrayList<>();
    for (String name :
        List.of(
            "x".repeat(251) + ".mp3",
            "y".repeat(251) + ".mp3",
            "x".repeat(250) + "z.mp3",
            "line\nbreak.mp3",
            "\"quoted\", and more.mp3",
            " spaces .mp3",
            "-rf.mp3",
            "é😀.mp3")) {
      try {
        FakeSongs.write(source.resolve("g").resolve(name), "song " + strange.size());
        strange.add("g/" + name);
      } catch (InvalidPathException | FileSystemException e) {
        assertThat(name).as("only what the file system itself refuses").isNotEqualTo("-rf.mp3");
      }
    }
    Path destination = folder.resolve("prepared");
    FakeSongs.preparer(2).prepare(source, destination, Preparer.Listener.NONE);
    PreparedDataset dataset = PreparedDataset.open(destination);
    assertThat(dataset.catalog().usable())
        .extracting(Track::source)
        .containsExactlyInAnyOrderElementsOf(strange);
    for (Track track : dataset.catalog().usable()) {
      assertThat(dataset.spectrogram(track).frames()).isEqualTo(12);
    }
    assertThat(Files.exists(destination.resolve(Journal.FILE))).isFalse();
  }
}
