package tonearm.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tonearm.provenance.Provenance;

/**
 * What makes a model's confidence mean what it says, and when the model does not know. A part of
 * its bundle, since it decides answers; numbers only, fitted by {@code tonearm calibrate} on tracks
 * that the network was not trained on.
 *
 * <p>Probabilities {@code p} become {@code p^(1/T)}, scaled to sum to 1 (temperature scaling, Guo
 * et al., "On Calibration of Modern Neural Networks", 2017). Of a single clip that is its softmax
 * at temperature {@code T}; of a song, {@code p} is the mean over its clips, which is less sure
 * than it is right, so that song and clip have a temperature each. Which genre is the most probable
 * never changes. A song of which a single clip was heard is answered as that clip.
 *
 * <p>A song's genre is unknown if its calibrated confidence is below {@code unknownBelow}, or if it
 * is unlike all that the network was trained on, see {@link Likeness}.
 *
 * @param temperature {@code T} of a song of two clips or more, 0.05 to 20; 1 changes nothing, less
 *     is surer
 * @param clipTemperature {@code T} of one clip, 0.05 to 20
 * @param unknownBelow least confidence of a song whose genre is known, 0 to 1; null for any
 * @param likeness null if every song counts as like those of the training
 * @param evidence what the numbers stand on; decides no answer; null if nobody tells
 */
public record Calibration(
    @JsonProperty(required = true) double temperature,
    @JsonProperty(required = true) double clipTemperature,
    @Nullable Double unknownBelow,
    @Nullable Likeness likeness,
    @Nullable Evidence evidence) {
  /** The lowest temperature there may be. */
  public static final double LOWEST = 0.05;

  /** The highest temperature there may be. */
  public static final double HIGHEST = 20;

  /**
   * How like the training a song must be. Its embedding, the mean over its clips of the network's
   * pooled features scaled to length 1, is compared with each genre's mean embedding over the
   * training tracks; the highest cosine counts ("nearest class mean", Mensink et al. 2013).
   *
   * @param leastCosine a song whose highest cosine is below this is unlike all genres, -1 to 1
   * @param classMeans {@code [genres][channels]}, each of length 1, in the order of the genres
   */
  public record Likeness(
      @JsonProperty(required = true) double leastCosine,
      @JsonProperty(required = true) List<List<Float>> classMeans) {
    public Likeness {
      classMeans = classMeans.stream().map(List::copyOf).toList();
      if (!(leastCosine >= -1 && leastCosine <= 1)) {
        throw new IllegalArgumentException("leastCosine must be -1 to 1, not " + leastCosine);
      }
      for (List<Float> mean : classMeans) {
        double squares = mean.stream().mapToDouble(x -> (double) x * x).sum();
        if (mean.size() != classMeans.get(0).size() || !(Math.abs(squares - 1) < 1e-3)) {
          throw new IllegalArgumentException(
              "class means must be of one dimension and of length 1, not of %d and %s"
                  .formatted(mean.size(), Math.sqrt(squares)));
        }
      }
    }

    /**
     * The highest cosine to any genre's mean.
     *
     * @param embedding of length 1, as many numbers as a class mean
     */
    public double cosine(float[] embedding) {
      double best = -1;
      for (List<Float> mean : classMeans) {
        double dot = 0;
        for (int i = 0; i < embedding.length; i++) {
          dot += (double) embedding[i] * mean.get(i);
        }
        best = Math.max(best, dot);
      }
      return best;
    }
  }

  /**
   * What a calibration was fitted to. Expected calibration errors are {@code eval.Reliability}'s,
   * over tracks.
   *
   * @param tracks that were held out
   * @param errorBefore expected calibration error of the network's own probabilities
   * @param errorAfter the same with temperatures that were fitted without the tracks they are
   *     judged on
   * @param maxLost part of the rightly answered tracks that may become unknown, 0 to 1
   * @param predictionsSha256 digest of the answers it was fitted to
   * @param provenance of the fit
   */
  public record Evidence(
      @JsonProperty(required = true) int tracks,
      @JsonProperty(required = true) double errorBefore,
      @JsonProperty(required = true) double errorAfter,
      @JsonProperty(required = true) double maxLost,
      @JsonProperty(required = true) String predictionsSha256,
      @JsonProperty(required = true) Provenance provenance) {}

  public Calibration {
    requireTemperature("temperature", temperature);
    requireTemperature("clipTemperature", clipTemperature);
    if (unknownBelow != null && !(unknownBelow >= 0 && unknownBelow <= 1)) {
      throw new IllegalArgumentException("unknownBelow must be 0 to 1, not " + unknownBelow);
    }
  }

  private static void requireTemperature(String name, double value) {
    if (!(value >= LOWEST && value <= HIGHEST)) {
      throw new IllegalArgumentException(
          "%s must be %s to %s, not %s".formatted(name, LOWEST, HIGHEST, value));
    }
  }

  /** Refuses to be a part of a model that it does not fit. */
  void requireFits(List<String> genres, int channels) {
    if (genres.contains("unknown")) {
      throw new IllegalArgumentException(
          "a model with a genre \"unknown\" cannot be calibrated: its answers could not be told"
              + " from those of songs that it does not know");
    }
    if (likeness != null
        && (likeness.classMeans().size() != genres.size()
            || likeness.classMeans().get(0).size() != channels)) {
      throw new IllegalArgumentException(
          "the calibration has %d class means, but the model %d genres and %d channels"
              .formatted(likeness.classMeans().size(), genres.size(), channels));
    }
  }
}
