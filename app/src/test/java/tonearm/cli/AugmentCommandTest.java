package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;
import tonearm.features.Spectrogram;
import tonearm.provenance.Json;
import tonearm.terminal.Interruption;

/** That augmentations are compared and their costs are written down; no cost itself is tested. */
class AugmentCommandTest {
  private static final int RATE_HZ = 22050;
  private static final int COMPARED =
      1 + 3 * AugmentationCloseness.RATES.length + 4 * AugmentationCloseness.SEMITONES.length;

  @TempDir private Path folder;

  @AfterAll
  static void commandsAreOver() {
    Interruption.finished();
  }

  /** Notes of a second each in a little noise. */
  private Path song(String name, int seconds) throws IOException {
    float[] song = TestAudio.noise(seconds, seconds, RATE_HZ);
    for (int i = 0; i < song.length; i++) {
      song[i] *= 0.02f;
    }
    for (int second = 0; second < seconds; second++) {
      float[] note = TestAudio.tone(200 + 150 * (second % 7), 1, RATE_HZ);
      for (int i = 0; i < note.length; i++) {
        song[second * RATE_HZ + i] += note[i];
      }
    }
    Path file = folder.resolve(name);
    TestAudio.write(file, TestFormat.WAV_S16, RATE_HZ, song);
    return file;
  }

  @Test
  void everyChangeIsComparedAndABadFileCostsALine() throws IOException {
    song("a.wav", 7);
    song("b.wav", 8);
    Files.writeString(folder.resolve("notes.wav"), "no music here");

    Cli cli = Cli.run("augment", folder, "--only", "closeness", "--json", "--jobs", 2);

    assertThat(cli.status()).isEqualTo(1);
    assertThat(cli.messages()).hasSize(1).first().asString().contains("notes.wav: no audio stream");
    AugmentationReport report = Json.fromText(cli.out(), AugmentationReport.class);
    assertThat(report.cost()).isEmpty();
    assertThat(report.closeness()).hasSize(COMPARED).allMatch(row -> row.tracks() == 2);
    Set<String> seen = new HashSet<>();
    for (AugmentationCloseness.Row row : report.closeness()) {
      assertThat(seen.add(row.change() + row.interpolation())).as(row.change()).isTrue();
      if (row.interpolation().equals(AugmentationCloseness.GATHERED)) {
        assertThat(row.correlation()).as(row.toString()).isNull();
      } else {
        assertThat(row.least()).as(row.change()).isLessThanOrEqualTo(row.correlationInBand());
        assertThat(row.meanErrorDb()).as(row.toString()).isBetween(0.1, 12.0);
      }
      if (row.interpolation().equals(AugmentationCloseness.UNTOUCHED)) {
        // Notes of an untouched picture lie elsewhere than those of the changed sound.
        assertThat(report.closeness())
            .filteredOn(other -> other.change().equals(row.change()) && !other.equals(row))
            .allMatch(changed -> changed.asPictures() > row.asPictures());
      } else {
        // The notes lie where they should, or there would be none.
        assertThat(row.asPictures()).as(row.toString()).isBetween(0.4, 1.0);
      }
    }
  }

  @Test
  void theTablesAreMarkdown() throws IOException {
    Cli cli = Cli.run("augment", song("a.wav", 30), "--runs", 1, "--jobs", 2);

    assertThat(cli.status()).as(cli.err()).isZero();
    List<String> rows = cli.lines().stream().filter(line -> line.startsWith("| ")).toList();
    // Both headers are among them.
    assertThat(rows).hasSize(COMPARED + AugmentationCost.things() + 2);
    assertThat(cli.out())
        .contains("| time stretch, rate 0.80 | nearest |", "| pitch shift, -4 semitones | linear |")
        .contains("| waveform | time stretch | 1 |", "| spectrogram | read the PNG | 1 |")
        .contains("| none | read and scale only | 2 |", "900 tracks, s");
    assertThat(cli.out().lines().filter(line -> line.startsWith("|---"))).hasSize(2);
  }

  @Test
  void costsAreCountedForTracksOfThirtySeconds() throws IOException {
    Path tables = folder.resolve("cost.json");
    Cli cli =
        Cli.run(
            "augment",
            song("a.wav", 31),
            song("short.wav", 5),
            "--only",
            "cost",
            "--runs",
            2,
            "--jobs",
            1,
            "--json",
            "-o",
            tables);

    assertThat(cli.status()).as(cli.err()).isZero();
    AugmentationReport report = Json.read(tables, AugmentationReport.class);
    assertThat(report.closeness()).isEmpty();
    assertThat(report.cost()).hasSize(AugmentationCost.things());
    for (AugmentationCost.Row row : report.cost()) {
      assertThat(row.least()).as(row.part()).isPositive();
      assertThat(row.secondsPerTrack()).as(row.part()).isBetween(row.least(), row.most());
      assertThat(row.epochSeconds()).isEqualTo(900 * row.secondsPerTrack());
      assertThat(row.threads()).isEqualTo(1);
    }

    Cli.run("augment", folder.resolve("short.wav"), "--only", "cost").assertFails(1, "of 30 s");
  }

  @Test
  void theSameLevelsAreAsCloseAsCanBeAndAnOffsetIsToldByItself() {
    Random random = new Random(1);
    float[] values = new float[100 * 140];
    float[] louder = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = -100 * random.nextFloat();
      // Above the band nothing agrees.
      louder[i] = i < 50 * 140 ? values[i] + 3 : -100 * random.nextFloat();
    }
    Spectrogram heard = new Spectrogram(values, 100, 140);
    Spectrogram seen = new Spectrogram(louder, 100, 140);

    AugmentationCloseness.Row row =
        AugmentationCloseness.compare("change", "none", heard, seen, 0.5);

    assertThat(row.correlationInBand()).isCloseTo(1, within(1e-6));
    assertThat(row.meanErrorDb()).isCloseTo(0, within(1e-4));
    assertThat(row.offsetDb()).isCloseTo(3, within(1e-4));
    assertThat(row.correlation()).isBetween(0.3, 0.7);
    AugmentationCloseness.Row same =
        AugmentationCloseness.compare("change", "none", heard, heard, 1);
    assertThat(same.correlation()).isCloseTo(1, within(1e-9));
    assertThat(same.asPictures()).isCloseTo(1, within(1e-9));
    assertThat(AugmentationCloseness.medians(List.of(List.of(row), List.of(same))))
        .singleElement()
        .satisfies(
            median -> {
              assertThat(median.tracks()).isEqualTo(2);
              assertThat(median.offsetDb()).isCloseTo(1.5, within(1e-4));
              assertThat(median.least()).isEqualTo(row.least());
            });
  }

  @Test
  void wrongUsageIsTold() {
    Cli.run("augment", "--only", "speed").assertFails(2, "closeness or cost", "'speed'");
    Cli.run("augment", "--runs", 0).assertFails(2, "--runs must be at least 1, not 0");
    Cli.run("augment", "--jobs", 0).assertFails(2, "--jobs must be at least 1, not 0");
    Cli.run("augment", folder.resolve("none.wav")).assertFails(1, "none.wav: no such file");
  }
}
