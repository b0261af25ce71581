package tonearm.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Split;
import tonearm.dataset.Split.Side;
import tonearm.features.FeatureConfig;
import tonearm.model.ModelConfig;
import tonearm.provenance.Json;
import tonearm.provenance.Provenance;

/**
 * The content of {@code run.json}: everything that decides a run's result.
 *
 * @param model the network
 * @param training the recipe
 * @param features of the dataset
 * @param genres in the order of the network's outputs
 * @param trainTracks number of tracks that train, in any fold
 * @param validTracks number of tracks that validate, in any fold
 * @param dataDigest digest of pictures and labels
 * @param splitDigest digest of {@code split.csv}; of a cross-validation's folder, of all folds'
 * @param folds what this is a part or the whole of; null if it is no cross-validation
 * @param init the trained network that it began with; null if it began with chance
 * @param provenance who made it, with what
 */
public record Run(
    @JsonProperty(required = true) ModelConfig model,
    @JsonProperty(required = true) TrainConfig training,
    @JsonProperty(required = true) FeatureConfig features,
    @JsonProperty(required = true) List<String> genres,
    @JsonProperty(required = true) int trainTracks,
    @JsonProperty(required = true) int validTracks,
    @JsonProperty(required = true) String dataDigest,
    @JsonProperty(required = true) String splitDigest,
    @Nullable Folds folds,
    Pretrained.@Nullable Init init,
    @JsonProperty(required = true) Provenance provenance) {

  /** As many differences as one line of a terminal or two can tell. */
  private static final int MOST_DIFFERENCES = 4;

  public Run {
    genres = List.copyOf(genres);
  }

  /** What is known of a training before its folder is: for {@link #isSameRecipe}. */
  public static Run ofRecipe(
      PreparedDataset dataset,
      Split split,
      ModelConfig model,
      TrainConfig config,
      @Nullable Pretrained init)
      throws IOException {
    return new Run(
        model,
        config,
        dataset.features(),
        dataset.catalog().genres(),
        split.tracks(dataset.catalog(), Side.TRAIN).size(),
        split.tracks(dataset.catalog(), Side.VALID).size(),
        dataset.digest(),
        split.digest(),
        null,
        init == null ? null : init.init(),
        Provenance.now(Map.of()));
  }

  /**
   * Whether both are the same recipe for the same network on the same data, whatever the split, the
   * seed and the cores: what one is found to be worth then is the other's worth too. A trained
   * network is taught by a recipe that is fitted to how many clips there are, which all tracks have
   * more of than those of a fold.
   */
  public boolean isSameRecipe(Run other) {
    return model.equals(other.model)
        && (init == null
            ? training.withoutChance().equals(other.training.withoutChance())
            : training.isFittedAs(other.training))
        && features.equals(other.features)
        && genres.equals(other.genres)
        && dataDigest.equals(other.dataDigest)
        && (init == null ? other.init == null : init.isSame(other.init));
  }

  /**
   * What keeps this from being the same training as a stored one, in words, by the names that its
   * {@code run.json} has: "training.epochs is 40 there and 60 here"; empty if it is the same,
   * wherever and whenever it runs.
   */
  String differences(Run stored) {
    List<String> words =
        Json.differences(stored, this).stream()
            .filter(difference -> !difference.isBelow("provenance"))
            // The same network by whatever name.
            .filter(difference -> !difference.isBelow("init.name"))
            // A digest often differs because of what another difference tells in words.
            .sorted(Comparator.comparing(Run::isDigest))
            .map(Run::words)
            .toList();
    int told = Math.min(words.size(), MOST_DIFFERENCES);
    return String.join("; ", words.subList(0, told))
        + (told < words.size() ? "; and " + (words.size() - told) + " more" : "");
  }

  private static String words(Json.Difference difference) {
    String name = difference.name();
    return isDigest(difference)
        ? name + " differs" // nobody reads sixty digits
        : name + " is " + difference.first() + " there and " + difference.second() + " here";
  }

  private static boolean isDigest(Json.Difference difference) {
    return difference.name().endsWith("_digest") || difference.name().equals("init.network");
  }
}
