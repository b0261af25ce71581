package tonearm.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tonearm.dataset.Catalog;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Split;
import tonearm.dataset.Track;
import tonearm.dsp.Window;
import tonearm.features.Augmentation;
import tonearm.features.FeatureConfig;
import tonearm.features.FeatureConfig.Grid;
import tonearm.features.FeatureConfig.Scaling;
import tonearm.features.Spectrogram;
import tonearm.features.SpectrogramPng;
import tonearm.model.Precision;
import tonearm.provenance.Json;
import tonearm.provenance.Seeds;

/**
 * A dataset that a tiny network learns in seconds: three genres, each loud in other rows, in noise.
 */
final class TinyData {
  static final int TRACKS_PER_GENRE = 16;

  static final FeatureConfig FEATURES =
      new FeatureConfig(
          "tiny",
          6400,
          640,
          640,
          Window.HANN_SYMMETRIC,
          false,
          Scaling.POWER,
          Grid.LINEAR,
          32,
          0,
          3200,
          200);
  private static final int FRAMES = 60; // three clips of 2 s
  private static final List<String> GENRES = List.of("high", "low", "middle");
  private static final int[] ROWS = {27, 4, 15};

  private TinyData() {}

  /** Writes it into an empty folder. */
  static PreparedDataset write(Path folder) throws IOException {
    List<Track> tracks = new ArrayList<>();
    Random random = new Seeds(17).random("tiny-data");
    for (int g = 0; g < GENRES.size(); g++) {
      for (int t = 0; t < TRACKS_PER_GENRE; t++) {
        Track track = Track.named("%s.%05d".formatted(GENRES.get(g), t), GENRES.get(g), null);
        tracks.add(track);
        Path png = PreparedDataset.picture(folder, track);
        Files.createDirectories(png.resolveSibling(""));
        SpectrogramPng.write(picture(ROWS[g], random), png);
      }
    }
    Catalog catalog = new Catalog(tracks);
    catalog.write(folder.resolve(PreparedDataset.INDEX_FILE));
    Json.write(
        folder.resolve(PreparedDataset.DESCRIPTION_FILE),
        PreparedDataset.describe(FEATURES, catalog, null));
    return PreparedDataset.open(folder);
  }

  private static Spectrogram picture(int loudRow, Random random) {
    float[] values = new float[FEATURES.bins() * FRAMES];
    for (int i = 0; i < values.length; i++) {
      int distance = Math.abs(i / FRAMES - loudRow);
      values[i] = (float) (random.nextGaussian() * 8 + (distance <= 2 ? 40 : 0));
    }
    return new Spectrogram(values, FEATURES.bins(), FRAMES);
  }

  static Split split(PreparedDataset dataset) {
    return Split.stratified(dataset.catalog(), 0.25, 1);
  }

  /** fp32 and one thread, so that runs repeat bit for bit. */
  static TrainConfig recipe(int epochs) {
    return new TrainConfig(epochs, 4, 3e-3, 1e-4, 2, Augmentation.PUBLISHED, 5, Precision.FP32, 1);
  }
}
