package tonearm.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.audio.AudioDecoder;
import tonearm.bench.Measurement.Table;
import tonearm.model.ModelConfig;
import tonearm.model.Precision;
import tonearm.provenance.Provenance;

/** What the benchmarks are made of; how fast anything is, is not tested. */
class BenchmarksTest {
  private static final Path SAMPLE = Path.of("../samples/twelve-bar-blues.mp3");

  @TempDir private Path folder;

  @Test
  void aLongSongIsAShortOneOverAndOverAgain() throws IOException {
    Path song = folder.resolve("long.mp3");

    double seconds = BenchSounds.of(SAMPLE).write(song, 70);

    assertThat(seconds).isBetween(70.0, 70.03);
    float[] samples = AudioDecoder.decode(song, 22050).samples();
    assertThat(samples.length / 22050.0).isCloseTo(seconds, within(0.001));
    // The second time round starts after all 1226 frames, and sounds as the first did.
    int period = (int) Math.round(1226 * 1152 / 2.0);
    double difference = 0;
    double energy = 0;
    for (int i = 22050; i < 20 * 22050; i++) {
      difference += Math.pow(samples[i + period] - samples[i], 2);
      energy += Math.pow(samples[i], 2);
    }
    assertThat(difference).isLessThan(1e-6 * energy);
  }

  @Test
  void aFileThatIsNoMp3IsRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("a.mp3"), "no music here");

    assertThatThrownBy(() -> BenchSounds.of(text))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no MPEG-1 layer III file");
  }

  @Test
  void bothNetworksAreMeasuredInTurn() throws Exception {
    Stopwatch once = new Stopwatch(0, 1, () -> {});

    List<Measurement> found = NetworkBench.compare(once, Benchmark.COMPARE_FP32);

    assertThat(found).allMatch(m -> m.table() == Table.NETWORK && m.median() > 0);
    assertThat(found)
        .extracting(Measurement::name)
        .containsExactly(
            "answer tonearm-base beside, batch 32, fp32",
            "answer reference-unet beside, batch 32, fp32",
            "tonearm-base by reference-unet, fp32: answer",
            "train tonearm-base beside, batch 32, fp32",
            "train reference-unet beside, batch 32, fp32",
            "tonearm-base by reference-unet, fp32: train");
    double ratio = found.get(0).median() / found.get(1).median();
    assertThat(found.get(2).median()).isCloseTo(ratio, within(1e-9 * ratio));
  }

  @Test
  void aStepIsTakenApart() throws Exception {
    Stopwatch once = new Stopwatch(1, 3, () -> {});

    List<Measurement> found = StepBench.measure(once, ModelConfig.NARROW_UNET, 8, Precision.FP32);

    assertThat(found)
        .hasSize(StepBench.PARTS)
        .allMatch(m -> m.unit().equals("ms") && m.median() > 0)
        .extracting(Measurement::name)
        .contains(
            "narrow-unet, batch 8, fp32: forward alone",
            "narrow-unet, batch 8, fp32: its max-pools alone, forward and backward",
            "narrow-unet, batch 8, fp32: its concatenations alone, forward and backward");
    // Forward is a part of forward and backward, and by far the smaller one.
    assertThat(found.get(1).median()).isLessThan(found.get(2).median());
  }

  @Test
  void onlyWhatIsBetweenTheMarkersIsReplaced() throws IOException {
    Path document = folder.resolve("BENCHMARKS.md");
    Files.writeString(document, "# A\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nB\n");
    Measurement measurement =
        Measurement.of(Table.START, "warm", "s", new double[] {1.25, 3, 1, 12345});

    new BenchReport(Provenance.now(Map.of()), List.of(measurement)).update(document);

    assertThat(Files.readString(document))
        .startsWith("# A\n<!-- bench:begin -->\nMeasured 2")
        .contains("### From start to first answer", "| warm | 2.13 | 1.00 | 12345 | s | 4 |")
        .endsWith("|\n<!-- bench:end -->\nB\n")
        .doesNotContain("old");
  }

  @Test
  void aScratchFolderIsGoneWithAllInIt() throws IOException {
    Path path;
    try (ScratchFolder scratch = ScratchFolder.in(folder, "scratch")) {
      path = scratch.path();
      Files.writeString(Files.createDirectories(path.resolve("a/b")).resolve("c"), "text");
    }
    assertThat(path).doesNotExist();
    assertThat(folder).isEmptyDirectory();
  }
}
