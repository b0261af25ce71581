package tonearm.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tonearm.dataset.PreparedDataset;
import tonearm.features.FeatureConfig;
import tonearm.model.GenreNet;
import tonearm.model.ModelBundle;
import tonearm.model.ModelBundle.Description;
import tonearm.model.ModelConfig;
import tonearm.model.NetworkGraph;
import tonearm.model.NetworkGraph.Weight;
import tonearm.provenance.Seeds;

/**
 * A trained network that a training begins with instead of chance (fine-tuning; Yosinski et al.,
 * "How transferable are features in deep neural networks?", 2014). All layers but the last, the
 * backbone, keep what they have learnt and move at a part of the learning rate. The last layer, the
 * head, is drawn anew by the run's seed, unless the genres are the very same: then it is kept too.
 */
public final class Pretrained {
  /** Part of the learning rate that the backbone moves by unless someone chooses otherwise. */
  public static final double DEFAULT_BACKBONE_RATE = 0.1;

  /**
   * What a run's batches are counted from. A new network's running statistics are a plain mean over
   * its first so many batches; those of a trained one are worth keeping.
   */
  static final long PASSES = 100;

  /**
   * What {@code run.json} tells of it.
   *
   * @param name of the bundle
   * @param network {@link ModelBundle#uncalibratedDigest} of the bundle
   * @param backboneRate part of the learning rate that the backbone moves by, 0 to 1; 0 keeps its
   *     weights as they are
   */
  public record Init(
      @JsonProperty(required = true) String name,
      @JsonProperty(required = true) String network,
      @JsonProperty(required = true) double backboneRate) {
    public Init {
      if (!(backboneRate >= 0 && backboneRate <= 1)) {
        throw new IllegalArgumentException("backboneRate must be from 0 to 1, not " + backboneRate);
      }
    }

    /** Whether training begins alike: the same network by whatever name. */
    boolean isSame(@Nullable Init other) {
      return other != null && network.equals(other.network) && backboneRate == other.backboneRate;
    }
  }

  private final ModelBundle bundle;
  private final Init init;

  private Pretrained(ModelBundle bundle, Init init) {
    this.bundle = bundle;
    this.init = init;
  }

  /**
   * Reads a bundle.
   *
   * @param folder of the bundle
   * @param backboneRate as {@link Init#backboneRate}
   * @throws IOException if it is no bundle, or damaged; the message names the file
   */
  public static Pretrained load(Path folder, double backboneRate) throws IOException {
    ModelBundle bundle = ModelBundle.load(folder);
    String digest = ModelBundle.uncalibratedDigest(folder);
    return new Pretrained(bundle, new Init(bundle.description().name(), digest, backboneRate));
  }

  /** What {@code run.json} tells of it. */
  public Init init() {
    return init;
  }

  /** The bundle's network, features and genres. */
  public Description description() {
    return bundle.description();
  }

  /** The digest of the data that it was trained on; null if the bundle does not tell. */
  public @Nullable String dataDigest() {
    return description().dataDigest();
  }

  /**
   * Checks that the pictures of a dataset are made as those that the network was trained on.
   *
   * @throws TrainingException if not; the message says how to prepare it so that they are
   */
  public void requireFeaturesOf(PreparedDataset dataset) throws TrainingException {
    FeatureConfig own = description().features();
    if (own.equals(dataset.features())) {
      return;
    }
    boolean isPreset =
        FeatureConfig.presetNames().contains(own.name())
            && FeatureConfig.preset(own.name()).equals(own);
    throw new TrainingException(
        "%s has the features \"%s\", but %s was trained on \"%s\": make it anew with tonearm prepare --features %s"
            .formatted(
                dataset.folder(),
                dataset.features().name(),
                init.name(),
                own.name(),
                isPreset ? own.name() : "FILE, a JSON file of the features that it was made with"));
  }

  /**
   * Checks that a training can begin with it.
   *
   * @param model the network to be trained; only dropout may differ
   * @throws TrainingException if the dataset's features or the clips' length differ
   * @throws IllegalArgumentException if it is another network
   */
  void requireFits(ModelConfig model, TrainConfig config, PreparedDataset dataset)
      throws TrainingException {
    requireFeaturesOf(dataset);
    ModelConfig own = description().model();
    if (!model.equals(own.with(own.activation(), own.batchNorm(), model.dropout()))) {
      throw new IllegalArgumentException(
          "the network to train, %s, is not that of %s, %s, but for dropout"
              .formatted(model.architecture(), init.name(), own.architecture()));
    }
    if (config.clipSeconds() != description().clipSeconds()) {
      throw new TrainingException(
          "%s hears clips of %s s, so it cannot be taught with clips of %s s"
              .formatted(init.name(), description().clipSeconds(), config.clipSeconds()));
    }
  }

  /**
   * The network that training begins with; the caller closes it.
   *
   * @param graph with an output for each of {@code genres}
   * @param genres in the order of the outputs
   * @param seeds draw the head, as that of a new network
   */
  GenreNet network(NetworkGraph graph, List<String> genres, Seeds seeds) {
    GenreNet net = GenreNet.create(graph, seeds);
    Set<String> head = graph.headWeights().stream().map(Weight::name).collect(Collectors.toSet());
    boolean keepsHead = genres.equals(description().genres());
    Map<String, float[]> values = new LinkedHashMap<>(net.values());
    values.replaceAll(
        (name, drawn) ->
            head.contains(name) && !keepsHead
                ? drawn
                : Objects.requireNonNull(bundle.values().get(name), name));
    net.load(values);
    return net;
  }
}
