package tonearm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tonearm.features.ClipGrid;
import tonearm.features.FeatureConfig;
import tonearm.model.GenreNet;
import tonearm.model.ModelBundle;
import tonearm.model.ModelBundle.Description;
import tonearm.model.ModelConfig;
import tonearm.provenance.Provenance;
import tonearm.provenance.Seeds;

/** A bundle that has learnt nothing, but answers in the time of a test. */
final class TinyModel {
  static final List<String> GENRES = List.of("blues", "jazz", "rock");

  private TinyModel() {}

  /** Writes it and returns its folder. */
  static Path write(Path folder) throws IOException {
    return write(folder, ModelConfig.TINY_UNET, description(ModelConfig.TINY_UNET));
  }

  /** Writes weights of one architecture under the description of, perhaps, another. */
  static Path write(Path folder, ModelConfig weights, Description description) throws IOException {
    try (GenreNet net = GenreNet.create(weights.graph(GENRES.size()), new Seeds(3))) {
      ModelBundle.write(folder, description, net.values());
    }
    return folder;
  }

  static Description description(ModelConfig model) {
    return Description.of(
        "tiny",
        model,
        FeatureConfig.preset("gtzan-archive"),
        ClipGrid.DEFAULT_CLIP_SECONDS,
        GENRES,
        null,
        Provenance.now(Map.of()));
  }
}
