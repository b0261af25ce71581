package tonearm.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tonearm.dataset.Catalog;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Split;

/** How much of a dataset is trained on; the same words for every command that trains. */
final class DataOptions {
  @Option(
      names = "--genres",
      paramLabel = "NAME",
      split = ",",
      description = "Only the tracks of these genres, as if there were no others. Default: all.")
  private List<String> genres = List.of();

  @Option(
      names = "--without-genres",
      paramLabel = "NAME",
      split = ",",
      description =
          "All tracks but those of these genres, and but other genres' copies of the same"
              + " recordings.")
  private List<String> withoutGenres = List.of();

  @Option(
      names = "--tracks-per-genre",
      paramLabel = "N",
      description =
          "Train on at most N tracks of each genre, dealt by --seed; what is held out stays whole."
              + " Default: all.")
  private @Nullable Integer tracksPerGenre;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  DataOptions() {}

  /** The part of a dataset that is asked for. */
  PreparedDataset select(PreparedDataset whole) {
    if (genres.isEmpty() && withoutGenres.isEmpty()) {
      return whole;
    } else if (!genres.isEmpty() && !withoutGenres.isEmpty()) {
      throw new IllegalArgumentException("--genres and --without-genres cannot both choose");
    }
    if (!genres.isEmpty()) {
      return whole.only(genres);
    }
    // An unknown name would otherwise leave out nothing, and nobody would know.
    whole.catalog().only(withoutGenres);
    List<String> others = new ArrayList<>(whole.catalog().genres());
    others.removeAll(withoutGenres);
    if (others.size() < 2) {
      throw new IllegalArgumentException(
          "--without-genres leaves " + others.size() + " genres; training needs 2");
    }
    return whole.only(others);
  }

  /** A split with as many tracks to train on as are asked for. */
  Split limit(Split split, Catalog catalog, long seed) {
    return tracksPerGenre == null ? split : split.withTrainingTracks(catalog, tracksPerGenre, seed);
  }
}
