package tonearm.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tonearm.features.ClipScaler;
import tonearm.features.FeatureConfig;
import tonearm.features.PictureConfig;

/**
 * Everything that decides a network's shape: from this and a list of genres the graph is built
 * again, so this is what a bundle stores.
 *
 * @param architecture family and preset it came from, such as {@code reference-unet}
 * @param inputSize height of the picture a clip is resized to, pixels, and its width but for {@code
 *     pooled}; a multiple of {@code 2^(1 + encoder stages)}; default 256
 * @param stemFilters filters of the first convolutions and, but for {@code pooled}, of the U-Net's
 *     output, at least 1; default 16; 0 with {@code pairedPaths}, whose U-Net has neither and works
 *     at full size
 * @param encoderFilters filters of each encoder stage, from the outside in; default 32, 64, 128
 * @param bottleneckFilters filters at the U-Net's lowest point; default 256
 * @param parallelFilters filters of each branch, stage by stage; default 32, 64, 128, 256; empty
 *     with {@code pairedPaths}
 * @param activation after convolutions; default RELU
 * @param batchNorm whether there is batch normalisation: in the encoder, with {@code pooled} before
 *     every activation; default true
 * @param dropout rate of every dropout, in [0, 1); default 0.2
 * @param pairedPaths the paper's stages in place of the published run's parallel convolutions; null
 *     for these
 * @param pooled what {@code tonearm-base} does otherwise; null for the published run's design
 */
public record ModelConfig(
    @JsonProperty(required = true) String architecture,
    @JsonProperty(required = true) int inputSize,
    @JsonProperty(required = true) int stemFilters,
    @JsonProperty(required = true) List<Integer> encoderFilters,
    @JsonProperty(required = true) int bottleneckFilters,
    @JsonProperty(required = true) List<Integer> parallelFilters,
    @JsonProperty(required = true) Activation activation,
    @JsonProperty(required = true) boolean batchNorm,
    @JsonProperty(required = true) double dropout,
    @Nullable PairedPaths pairedPaths,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable PooledDesign pooled) {

  /** The function after a convolution. */
  public enum Activation {
    RELU,
    /** A slope for each channel, 0.25 at first, as PyTorch has it. */
    PRELU,
    /** A slope for each place of each channel, 0 at first, as Keras has it by default. */
    KERAS_PRELU
  }

  /** The published run's network: 3,446,170 parameters with ten genres. */
  public static final ModelConfig REFERENCE_UNET =
      new ModelConfig(
          "reference-unet",
          256,
          16,
          List.of(32, 64, 128),
          256,
          List.of(32, 64, 128, 256),
          Activation.RELU,
          true,
          0.2);

  /** Two stages at an eighth of the width on pictures of 32 x 32, for tests and quick looks. */
  public static final ModelConfig TINY_UNET =
      new ModelConfig(
          "tiny-unet", 32, 4, List.of(4, 8), 8, List.of(4, 8), Activation.RELU, true, 0.2);

  /**
   * The reference's shape at half the width on pictures of a quarter of the size, at a sixtieth of
   * its operations: for experiments that train to convergence many times over.
   */
  public static final ModelConfig NARROW_UNET =
      new ModelConfig(
          "narrow-unet",
          64,
          8,
          List.of(16, 32, 64),
          128,
          List.of(16, 32, 64, 128),
          Activation.RELU,
          true,
          0.2);

  /**
   * The network of Patil, Pradeepini &amp; Komati (2023) as far as its figure tells; {@code
   * docs/REPRODUCTION.md} has the choices made where it is silent.
   */
  public static final ModelConfig PATIL2023 =
      new ModelConfig(
          "patil2023",
          512,
          0,
          List.of(16, 32, 64, 128),
          256,
          List.of(),
          Activation.PRELU,
          false,
          0,
          new PairedPaths(
              3,
              List.of(
                  new PairedPaths.Stage(64, 128, 128),
                  new PairedPaths.Stage(256, 128, 256),
                  new PairedPaths.Stage(512, 256, 1024),
                  new PairedPaths.Stage(2048, 1024, 2048))),
          null);

  /** The default of {@code tonearm classify}; {@code docs/MODEL.md} tells how it was found. */
  public static final ModelConfig TONEARM_BASE =
      new ModelConfig(
          "tonearm-base",
          64,
          32,
          List.of(48),
          96,
          List.of(64, 96, 192),
          Activation.RELU,
          true,
          0.3,
          null,
          new PooledDesign(new PictureConfig(64, 72, PictureConfig.Style.MEL_STANDARD), 2));

  private static final Map<String, ModelConfig> PRESETS =
      Map.of(
          TONEARM_BASE.architecture, TONEARM_BASE,
          PATIL2023.architecture, PATIL2023,
          REFERENCE_UNET.architecture, REFERENCE_UNET,
          NARROW_UNET.architecture, NARROW_UNET,
          TINY_UNET.architecture, TINY_UNET);

  private static final int MAX_FILTERS = 4096;
  private static final int MAX_INPUT_SIZE = 2048;

  /** A network with parallel convolutions, as the published run's. */
  public ModelConfig(
      String architecture,
      int inputSize,
      int stemFilters,
      List<Integer> encoderFilters,
      int bottleneckFilters,
      List<Integer> parallelFilters,
      Activation activation,
      boolean batchNorm,
      double dropout) {
    this(
        architecture,
        inputSize,
        stemFilters,
        encoderFilters,
        bottleneckFilters,
        parallelFilters,
        activation,
        batchNorm,
        dropout,
        null,
        null);
  }

  public ModelConfig {
    if (pairedPaths != null && pooled != null) {
      throw new IllegalArgumentException("a network has pairedPaths or pooled, not both");
    }
    encoderFilters = List.copyOf(encoderFilters);
    parallelFilters = List.copyOf(parallelFilters);
    requireFilters("encoderFilters", encoderFilters);
    requireFilters("bottleneckFilters", List.of(bottleneckFilters));
    if (pairedPaths == null) {
      requireFilters("stemFilters", List.of(stemFilters));
      requireFilters("parallelFilters", parallelFilters);
    } else if (stemFilters != 0 || !parallelFilters.isEmpty()) {
      throw new IllegalArgumentException(
          "with pairedPaths there is neither a stem nor parallel convolutions");
    }
    if (encoderFilters.stream().distinct().count() != encoderFilters.size()
        || parallelFilters.stream().distinct().count() != parallelFilters.size()) {
      throw new IllegalArgumentException("stages are named by their filters, so these must differ");
    }
    if (pooled != null) {
      pooled.requireFits(inputSize, encoderFilters.size(), parallelFilters.size());
    }
    int stem = pairedPaths == null ? 1 : 0;
    int step = 1 << (stem + encoderFilters.size());
    if (inputSize < step || inputSize > MAX_INPUT_SIZE || inputSize % step != 0) {
      throw new IllegalArgumentException(
          "inputSize must be a multiple of %d up to %d, not %d"
              .formatted(step, MAX_INPUT_SIZE, inputSize));
    }
    int stages = stages(parallelFilters, pairedPaths);
    if ((inputSize >> (stem + stages)) < 1) {
      throw new IllegalArgumentException(
          inputSize + " cannot be halved by " + stages + " parallel stages");
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout must be in [0, 1), not " + dropout);
    }
  }

  private static int stages(List<Integer> parallelFilters, @Nullable PairedPaths pairedPaths) {
    return pairedPaths == null ? parallelFilters.size() : pairedPaths.stages().size();
  }

  static void requireFilters(String name, List<Integer> filters) {
    if (filters.isEmpty() || filters.size() > 8) {
      throw new IllegalArgumentException(name + " needs 1 to 8 stages, not " + filters.size());
    }
    for (int n : filters) {
      if (n < 1 || n > MAX_FILTERS) {
        throw new IllegalArgumentException(
            name + " must be from 1 to " + MAX_FILTERS + ", not " + n);
      }
    }
  }

  /**
   * A named architecture.
   *
   * @throws IllegalArgumentException if there is none of that name; the message lists those there
   *     are
   */
  public static ModelConfig preset(String name) {
    ModelConfig preset = PRESETS.get(name);
    if (preset == null) {
      throw new IllegalArgumentException(
          "no architecture is called '%s'; there are %s"
              .formatted(name, String.join(", ", presetNames())));
    }
    return preset;
  }

  /** The names {@link #preset} knows, sorted. */
  public static List<String> presetNames() {
    return PRESETS.keySet().stream().sorted().toList();
  }

  /**
   * The same network with other ingredients.
   *
   * @param otherActivation after convolutions
   * @param withBatchNorm whether the encoder normalises
   * @param otherDropout rate of every dropout, in [0, 1)
   */
  public ModelConfig with(Activation otherActivation, boolean withBatchNorm, double otherDropout) {
    return new ModelConfig(
        architecture,
        inputSize,
        stemFilters,
        encoderFilters,
        bottleneckFilters,
        parallelFilters,
        otherActivation,
        withBatchNorm,
        otherDropout,
        pairedPaths,
        pooled);
  }

  /** The picture of a clip that it takes. */
  public PictureConfig picture() {
    return pooled == null ? PictureConfig.square(inputSize) : pooled.picture();
  }

  /**
   * Makes its pictures.
   *
   * @param features of the clips
   */
  public ClipScaler scaler(FeatureConfig features) {
    return ClipScaler.of(picture(), features);
  }

  /** The network as a graph, with one output for each of {@code genres}. */
  public NetworkGraph graph(int genres) {
    if (pooled != null) {
      return pooled.graph(this, genres);
    }
    NetworkGraph.Builder graph = NetworkGraph.builder(new Shape(1, inputSize, inputSize));
    NetworkGraph.Node x = UNet.append(graph, graph.input(), this);
    x =
        pairedPaths == null
            ? ParallelConvolutions.append(graph, x, this)
            : pairedPaths.append(graph, x, this);
    x = graph.add("head.flatten", new Layer.Flatten(), x);
    graph.add("head.dense", new Layer.Dense(genres), x);
    return graph.build();
  }
}
