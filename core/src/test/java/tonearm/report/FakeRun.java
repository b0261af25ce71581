package tonearm.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tonearm.dataset.Catalog;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Track;
import tonearm.dsp.Window;
import tonearm.eval.Bootstrap;
import tonearm.eval.ClipPrediction;
import tonearm.eval.ClipPredictions;
import tonearm.eval.RunMetrics;
import tonearm.features.Augmentation;
import tonearm.features.FeatureConfig;
import tonearm.features.Spectrogram;
import tonearm.features.SpectrogramPng;
import tonearm.model.ModelConfig;
import tonearm.provenance.Json;
import tonearm.provenance.Seeds;

/** A run folder and its dataset, written as training would, without any training. */
final class FakeRun {
  static final int BINS = 32;
  static final int FRAMES = 60;
  static final List<String> GENRES = List.of("high", "low", "middle");
  static final FeatureConfig FEATURES =
      new FeatureConfig(
          "tiny",
          6400,
          640,
          640,
          Window.HANN_SYMMETRIC,
          false,
          FeatureConfig.Scaling.POWER,
          FeatureConfig.Grid.LINEAR,
          BINS,
          0,
          3200,
          200);

  private FakeRun() {}

  static int loudRow(String genre) {
    return switch (genre) {
      case "high" -> 27;
      case "low" -> 4;
      default -> 15;
    };
  }

  static PreparedDataset dataset(Path folder, int tracksPerGenre) throws IOException {
    return dataset(folder, GENRES, tracksPerGenre, 1, 0);
  }

  static PreparedDataset dataset(Path folder, List<String> genres, int tracksPerGenre)
      throws IOException {
    return dataset(folder, genres, tracksPerGenre, 1, 0);
  }

  static PreparedDataset dataset(Path folder, int tracksPerGenre, float gain, float offset)
      throws IOException {
    return dataset(folder, GENRES, tracksPerGenre, gain, offset);
  }

  /** Each genre loud in a row of its own, in noise; the first of "low" is there twice. */
  private static PreparedDataset dataset(
      Path folder, List<String> genres, int tracksPerGenre, float gain, float offset)
      throws IOException {
    List<Track> tracks = new ArrayList<>();
    for (String genre : genres) {
      for (int t = 0; t < tracksPerGenre; t++) {
        tracks.add(track(folder, genre, t, t, null, gain, offset));
      }
    }
    tracks.add(track(folder, "low", 99, 0, "low.00000", gain, offset));
    Catalog catalog = new Catalog(tracks);
    catalog.write(folder.resolve(PreparedDataset.INDEX_FILE));
    Json.write(
        folder.resolve(PreparedDataset.DESCRIPTION_FILE),
        PreparedDataset.describe(FEATURES, catalog, null));
    return PreparedDataset.open(folder);
  }

  private static Track track(
      Path folder,
      String genre,
      int number,
      int seed,
      @org.jspecify.annotations.Nullable String duplicateOf,
      float gain,
      float offset)
      throws IOException {
    Track track = Track.named("%s.%05d".formatted(genre, number), genre, duplicateOf);
    Random random = new Seeds(seed).random(genre);
    float[] levels = new float[BINS * FRAMES];
    for (int i = 0; i < levels.length; i++) {
      float loud = i / FRAMES == loudRow(genre) ? 60 : 0;
      levels[i] = offset + gain * (-100 + loud + 20 * random.nextFloat());
    }
    Path png = PreparedDataset.picture(folder, track);
    Files.createDirectories(png.resolveSibling(""));
    SpectrogramPng.write(new Spectrogram(levels, BINS, FRAMES), png);
    return track;
  }

  /** A finished run of the tiny network on the dataset. */
  static Path write(Path folder, String dataDigest) throws IOException {
    Files.createDirectories(folder);
    Json.write(
        folder.resolve("run.json"),
        Map.of(
            "model",
            ModelConfig.TINY_UNET,
            "training",
            Map.of(
                "epochs",
                2,
                "clip_seconds",
                2.0,
                "seed",
                5,
                "precision",
                "FP32",
                "augmentation",
                Augmentation.PUBLISHED),
            "features",
            FEATURES,
            "genres",
            GENRES,
            "train_tracks",
            6,
            "valid_tracks",
            3,
            "data_digest",
            dataDigest,
            "a_key_of_tomorrow",
            true));
    Files.writeString(
        folder.resolve("history.csv"),
        """
        epoch,train_loss,train_accuracy,valid_loss,valid_accuracy
        1,1.1,0.4,1.2,0.3
        2,0.7,0.7,0.9,0.6
        """);
    List<ClipPrediction> clips = new ArrayList<>();
    for (int t = 0; t < 9; t++) {
      for (int c = 0; c < 3; c++) {
        float[] p = {0.2f, 0.2f, 0.2f};
        p[(t % 3 + (c == 2 && t > 5 ? 1 : 0)) % 3] = 0.6f;
        clips.add(new ClipPrediction("track " + t, c, 0, t < 6 ? "train" : "valid", t % 3, p));
      }
    }
    ClipPredictions predictions = new ClipPredictions(GENRES, clips);
    predictions.write(folder.resolve(ClipPredictions.FILE));
    RunMetrics.of(predictions, Bootstrap.withSeed(1)).write(folder.resolve(RunMetrics.FILE));
    return folder;
  }
}
