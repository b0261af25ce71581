package tonearm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tonearm.dataset.Catalog;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Split;

/** Which tracks train and which validate; the same words for every command that asks. */
final class SplitOptions {
  /** The published run's part of tracks for validation. */
  private static final double VALID_PART = 0.2;

  @Option(
      names = "--split",
      paramLabel = "FILE",
      description = "A split file, as split.csv of a run: which track trains, validates, tests.")
  private @Nullable Path file;

  @Option(
      names = "--split-seed",
      paramLabel = "N",
      description = "Draw a split anew: 80 %% of each genre's tracks train, 20 %% validate.")
  private @Nullable Long seed;

  @Option(
      names = "--all-tracks",
      description =
          "Every track is on the training side and none is held out: for a recipe whose worth was"
              + " measured by tonearm crossval.")
  private boolean all;

  /** Whether any was given. */
  boolean isGiven() {
    return file != null || seed != null || all;
  }

  /** Whether a file was given. */
  boolean isFile() {
    return file != null;
  }

  /** Whether several were given, which cannot be. */
  boolean isContradiction() {
    return (file != null ? 1 : 0) + (seed != null ? 1 : 0) + (all ? 1 : 0) > 1;
  }

  /**
   * The split of a part of a dataset. A file may be of the whole.
   *
   * @param seedOtherwise what draws it if neither was given
   */
  Split read(PreparedDataset whole, PreparedDataset part, long seedOtherwise) throws IOException {
    return file == null
        ? read(part.catalog(), seedOtherwise)
        : read(whole.catalog(), seedOtherwise).only(part.catalog());
  }

  /**
   * The split.
   *
   * @param seedOtherwise what draws it if neither was given
   */
  Split read(Catalog catalog, long seedOtherwise) throws IOException {
    if (file != null) {
      if (Files.isDirectory(file)) {
        throw new IOException(file + " is a folder, not a split file");
      }
      return Split.read(file, catalog);
    }
    if (all) {
      return Split.allTracks(catalog);
    }
    return Split.stratified(catalog, VALID_PART, seed == null ? seedOtherwise : seed);
  }
}
