package tonearm.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import tonearm.dsp.Window;
import tonearm.features.Analysis;
import tonearm.features.FeatureConfig;
import tonearm.features.Spectrogram;

/** Files that are heard without a decoder: their text decides what they sound like. */
final class FakeSongs {
  static final int BINS = 4;

  /** Small pictures: 4 rows, 1000 frames a second. */
  static final FeatureConfig FEATURES =
      new FeatureConfig(
          "tiny",
          8000,
          16,
          8,
          Window.HANN_PERIODIC,
          false,
          FeatureConfig.Scaling.POWER,
          FeatureConfig.Grid.LINEAR,
          BINS,
          0,
          4000,
          80);

  private FakeSongs() {}

  /** Writes a song; two of the same text sound the same, whatever else is in the file. */
  static Path write(Path file, String text) throws IOException {
    Files.createDirectories(file.resolveSibling(""));
    return Files.writeString(file, text);
  }

  /**
   * Hears a file: noise that depends on its first line. "bad" cannot be heard, "odd" comes with a
   * warning.
   */
  static Analysis hear(Path file) throws IOException {
    String line = Files.readString(file).lines().findFirst().orElse("");
    if (line.startsWith("bad")) {
      throw new IOException("no audio stream: the file is text");
    }
    Random random = new Random(line.hashCode());
    float[] values = new float[BINS * 12];
    for (int i = 0; i < values.length; i++) {
      values[i] = -100 * random.nextFloat();
    }
    List<String> warnings =
        line.startsWith("odd") ? List.of("truncated: 1.0 s of 2.0 s") : List.of();
    return new Analysis(new Spectrogram(values, BINS, 12), 44100, 0.012, warnings);
  }

  static Preparer preparer(int workers) {
    return new Preparer(FEATURES, FakeSongs::hear, workers);
  }
}
