package tonearm.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tonearm.features.ClipGrid;
import tonearm.features.ClipScaler;
import tonearm.features.FeatureConfig;
import tonearm.features.FrontEnd;
import tonearm.model.NetworkGraph.Weight;
import tonearm.model.Safetensors.Array;
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Digest;
import tonearm.provenance.Json;
import tonearm.provenance.Provenance;

/**
 * A trained network with all that is needed to use it, as a folder: {@code model.safetensors},
 * whose metadata hold architecture, features and genres, and {@code MODEL_CARD.md} for people. It
 * holds numbers and text only; nothing in it is ever executed.
 */
public final class ModelBundle {
  /** Weights and description. */
  public static final String WEIGHTS_FILE = "model.safetensors";

  /** What the model is good for, for people. */
  public static final String CARD_FILE = "MODEL_CARD.md";

  /** Key of the provenance: digest of the data that the network was trained on. */
  public static final String DATA_DIGEST = "data_digest";

  private static final String DESCRIPTION_KEY = "tonearm";

  /** Keys of the description without which every answer is the same. */
  private static final Set<String> DECIDE_NOTHING =
      Set.of("format_version", "name", "score", "provenance");

  private static final String CALIBRATION = "calibration";

  /** What a calibration stands on decides no answer either. */
  private static final String EVIDENCE = "evidence";

  private static final int FORMAT_VERSION = 1;
  private static final int MAX_GENRES = 10_000;

  /**
   * How often the model was right on tracks that it was not trained on.
   *
   * @param protocol what was held out, for people
   * @param clips part of clips right, 0 to 1
   * @param tracks part of tracks right by the mean of their clips' probabilities, 0 to 1
   */
  public record Score(
      @JsonProperty(required = true) String protocol,
      @JsonProperty(required = true) double clips,
      @JsonProperty(required = true) double tracks) {
    public Score {
      if (!(clips >= 0 && clips <= 1 && tracks >= 0 && tracks <= 1)) {
        throw new IllegalArgumentException(
            "scores must be from 0 to 1, not " + clips + " and " + tracks);
      }
    }
  }

  /**
   * Everything about a model but its weights.
   *
   * @param formatVersion of the bundle; 1
   * @param name what {@code --model} calls it
   * @param model the network
   * @param features how audio becomes spectrograms
   * @param clipSeconds length of a clip
   * @param genres in the order of the network's outputs
   * @param score null if it was never tested
   * @param calibration null if its probabilities are the network's own
   * @param provenance of the training
   */
  public record Description(
      @JsonProperty(required = true) int formatVersion,
      @JsonProperty(required = true) String name,
      @JsonProperty(required = true) ModelConfig model,
      @JsonProperty(required = true) FeatureConfig features,
      @JsonProperty(required = true) double clipSeconds,
      @JsonProperty(required = true) List<String> genres,
      @Nullable Score score,
      @Nullable Calibration calibration,
      @JsonProperty(required = true) Provenance provenance) {

    public Description {
      Objects.requireNonNull(name, "name is missing");
      Objects.requireNonNull(model, "model is missing");
      Objects.requireNonNull(features, "features are missing");
      Objects.requireNonNull(provenance, "provenance is missing");
      genres = List.copyOf(genres);
      if (formatVersion != FORMAT_VERSION) {
        throw new IllegalArgumentException(
            "bundle format %d is not known, only %d; a newer Tonearm may read it"
                .formatted(formatVersion, FORMAT_VERSION));
      }
      if (genres.size() < 2
          || genres.size() > MAX_GENRES
          || genres.stream().distinct().count() != genres.size()) {
        throw new IllegalArgumentException(
            "a model needs 2 to %d different genres, not %s".formatted(MAX_GENRES, genres));
      }
      if (!(clipSeconds > 0 && clipSeconds <= 600)) {
        throw new IllegalArgumentException("clipSeconds must be in (0, 600], not " + clipSeconds);
      }
      if (calibration != null) {
        NetworkGraph graph = model.graph(genres.size());
        calibration.requireFits(genres, graph.featureMap().shape().channels());
      }
    }

    /** A description in the present format. */
    public static Description of(
        String name,
        ModelConfig model,
        FeatureConfig features,
        double clipSeconds,
        List<String> genres,
        @Nullable Score score,
        Provenance provenance) {
      return new Description(
          FORMAT_VERSION, name, model, features, clipSeconds, genres, score, null, provenance);
    }

    /** The same model with another calibration, or none. */
    public Description withCalibration(@Nullable Calibration other) {
      return new Description(
          formatVersion, name, model, features, clipSeconds, genres, score, other, provenance);
    }

    /** The digest of the data that it was trained on; null if it does not tell. */
    public @Nullable String dataDigest() {
      return provenance.entries().get(DATA_DIGEST);
    }

    /** The same model with another score, or none. */
    public Description withScore(@Nullable Score other) {
      return new Description(
          formatVersion,
          name,
          model,
          features,
          clipSeconds,
          genres,
          other,
          calibration,
          provenance);
    }

    /** The network without weights. */
    public NetworkGraph graph() {
      return model.graph(genres.size());
    }

    /** Makes the network's pictures. */
    public ClipScaler scaler() {
      return model.scaler(features);
    }

    /** Where a track's clips lie. */
    public ClipGrid grid() {
      return ClipGrid.of(features, clipSeconds);
    }
  }

  private final Description description;
  private final Map<String, float[]> values;

  private ModelBundle(Description description, Map<String, float[]> values) {
    this.description = description;
    this.values = values;
  }

  /** Everything but the weights. */
  public Description description() {
    return description;
  }

  /** The weights by name, as {@link GenreNet#values}; not copied. */
  public Map<String, float[]> values() {
    return Collections.unmodifiableMap(values);
  }

  /** A network with the bundle's weights; the caller closes it. */
  public GenreNet network() {
    return GenreNet.of(description.graph(), values);
  }

  /** Whether a folder looks like a bundle. */
  public static boolean isBundle(Path folder) {
    return Files.isRegularFile(folder.resolve(WEIGHTS_FILE));
  }

  /**
   * Reads a bundle's description without its weights: quick, and without LibTorch.
   *
   * @throws IOException if the folder is no bundle; the message says why
   */
  public static Description describe(Path folder) throws IOException {
    Path file = folder.resolve(WEIGHTS_FILE);
    if (!Files.isRegularFile(file)) {
      throw new IOException(folder + " is not a model bundle: it has no " + WEIGHTS_FILE);
    }
    return description(file, Safetensors.readMetadata(file));
  }

  /**
   * A digest of all that decides a bundle's answers: weights, architecture, features, clips,
   * genres, calibration. Its name, score and provenance do not enter, nor does what the calibration
   * stands on, nor the version of Tonearm: it is taken from what stands in the file. Quick, and
   * without LibTorch.
   *
   * @return 64 hexadecimal digits
   * @throws IOException if the folder is no bundle; the message says why
   */
  public static String networkDigest(Path folder) throws IOException {
    return digest(folder, true);
  }

  /**
   * As {@link #networkDigest}, of a bundle without its calibration: of what a training takes that
   * begins with it.
   */
  public static String uncalibratedDigest(Path folder) throws IOException {
    return digest(folder, false);
  }

  private static String digest(Path folder, boolean calibrated) throws IOException {
    describe(folder);
    Path file = folder.resolve(WEIGHTS_FILE);
    String json = Safetensors.readMetadata(file).get(DESCRIPTION_KEY);
    Map<String, Object> keys = new TreeMap<>();
    Map<?, ?> description = Json.fromText(Objects.requireNonNull(json), Map.class);
    description.forEach((key, value) -> keys.put(String.valueOf(key), value));
    keys.keySet().removeAll(DECIDE_NOTHING);
    if (!calibrated) {
      keys.remove(CALIBRATION);
    } else if (keys.get(CALIBRATION) instanceof Map<?, ?> calibration) {
      Map<String, Object> numbers = new TreeMap<>();
      calibration.forEach((key, value) -> numbers.put(String.valueOf(key), value));
      numbers.remove(EVIDENCE);
      keys.put(CALIBRATION, numbers);
    }
    String all = Safetensors.valuesDigest(file) + "\n" + Json.toLine(keys);
    return Digest.ofBytes(all.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads a whole bundle and checks it: every weight of the architecture is there, of the right
   * shape, and no other; the checksum fits; the features can be computed.
   *
   * @throws IOException if anything is amiss; the message names file, weight and cause
   */
  public static ModelBundle load(Path folder) throws IOException {
    Path file = folder.resolve(WEIGHTS_FILE);
    Description description = describe(folder);
    Safetensors stored = Safetensors.read(file);
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Weight weight : description.graph().weights()) {
      Array array = stored.arrays().get(weight.name());
      if (array == null) {
        throw new IOException(file + ": weight " + weight.name() + " is missing");
      }
      if (!Arrays.equals(array.shape(), weight.shape())) {
        throw new IOException(
            "%s: weight %s has shape %s, but the architecture needs %s"
                .formatted(
                    file,
                    weight.name(),
                    Arrays.toString(array.shape()),
                    Arrays.toString(weight.shape())));
      }
      for (float value : array.values()) {
        if (!Float.isFinite(value)) {
          throw new IOException(file + ": weight " + weight.name() + " has values not finite");
        }
      }
      values.put(weight.name(), array.values());
    }
    for (String name : stored.arrays().keySet()) {
      if (!values.containsKey(name)) {
        throw new IOException(file + ": weight " + name + " is not of this architecture");
      }
    }
    return new ModelBundle(description, values);
  }

  /**
   * Gives a bundle another calibration; weights and all else stay as they are. The file is replaced
   * whole or not at all.
   *
   * @throws IOException if it is no sound bundle, or the calibration does not fit it
   */
  public static void calibrate(Path folder, Calibration calibration) throws IOException {
    describeAnew(folder, description -> description.withCalibration(calibration));
  }

  /**
   * Gives a bundle another score; weights and all else stay as they are. The file is replaced whole
   * or not at all.
   *
   * @throws IOException if it is no sound bundle
   */
  public static void score(Path folder, @Nullable Score score) throws IOException {
    describeAnew(folder, description -> description.withScore(score));
  }

  private static void describeAnew(Path folder, UnaryOperator<Description> change)
      throws IOException {
    load(folder);
    Path file = folder.resolve(WEIGHTS_FILE);
    Safetensors stored = Safetensors.read(file);
    Map<String, String> metadata = new TreeMap<>(stored.metadata());
    try {
      metadata.put(DESCRIPTION_KEY, Json.toLine(change.apply(describe(folder))));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    new Safetensors(stored.arrays(), metadata).write(file);
  }

  private static Description description(Path file, Map<String, String> metadata)
      throws IOException {
    String json = metadata.get(DESCRIPTION_KEY);
    if (json == null) {
      throw new IOException(
          file + " is not a Tonearm model: its metadata have no key \"" + DESCRIPTION_KEY + "\"");
    }
    try {
      Description description = Json.fromText(json, Description.class);
      // Whatever a graph or front end refuses is refused here, before any audio is read.
      description.graph();
      new FrontEnd(description.features());
      return description;
    } catch (IOException | RuntimeException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Writes the weights file of a bundle, to a temporary name and moved into place.
   *
   * @param values as {@link GenreNet#values}
   */
  public static void write(Path folder, Description description, Map<String, float[]> values)
      throws IOException {
    Map<String, Array> arrays = new LinkedHashMap<>();
    for (Weight weight : description.graph().weights()) {
      float[] value =
          Objects.requireNonNull(values.get(weight.name()), () -> "no weight " + weight.name());
      arrays.put(weight.name(), new Array(weight.shape(), value));
    }
    AtomicFiles.createFolders(folder);
    new Safetensors(arrays, Map.of(DESCRIPTION_KEY, Json.toLine(description)))
        .write(folder.resolve(WEIGHTS_FILE));
  }
}
