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
 * @param unknownBelow least confidence of a song of two clips or more whose genre is known, 0 to 1;
 *     null for any
 * @param clipUnknownBelow the same of a song of which a single clip was heard; null: {@code
 *     unknownBelow} serves
 * @param likeness null if every song counts as like those of the training
 * @param evidence what the numbers stand on; decides no answer; null if nobody tells
 */
public record Calibration(
    @JsonProperty(required = true) double temperature,
    @JsonProperty(required = true) double clipTemperature,
    @Nullable Double unknownBelow,
    @Nullable Double clipUnknownBelow,
    @Nullable Likeness likeness,
    @Nullable Evidence evidence) {
  /** The lowest temperature there may be. */
  public static final double LOWEST = 0.05;

  /** The highest temperature there may be. */
  public static final double HIGHEST = 20;

  /**
   * How like the training a song must be. The embeddings of a genre's training tracks are taken to
   * lie about their mean as those of every other genre about theirs; a song's distance is the
   * Mahalanobis distance to the nearest genre (Lee et al., "A Simple Unified Framework for
   * Detecting Out-of-Distribution Samples", 2018). The common covariance is that of probabilistic
   * principal components (Tipping &amp; Bishop 1999): its strongest directions with their
   * variances, and one variance for all others. What music hardly ever does weighs most, so that a
   * steady tone or speech is far from every genre although it is nearest to one by far.
   *
   * <p>That tells songs from what lies far from all music, but how far some noise lies hangs on how
   * one training went. So sounds that are no music were put to the same network, and what is nearer
   * to one of these than to any genre, by the same distance, is unlike too.
   *
   * <p>A song's embedding is the mean over its clips of the network's pooled features, scaled to
   * length 1. That of a single clip is farther from anything than those of whole songs, and has a
   * limit of its own.
   *
   * @param greatestDistance a song of two clips or more that is farther from every genre is unlike
   *     all of them, more than 0; 1 is about the distance that the training tracks themselves have
   * @param greatestClipDistance the same of a song of which a single clip was heard; null if that
   *     is not judged
   * @param classMeans {@code [genres][channels]}, in the order of the genres
   * @param directions {@code [k][channels]}, each of length 1 and at right angles to the others
   * @param variances {@code [k]} along the directions, each more than 0
   * @param restVariance along every other direction, more than 0
   * @param noMusic {@code [sounds][channels]}, embeddings of sounds that are no music; empty or
   *     absent if nothing is compared with such
   */
  public record Likeness(
      @JsonProperty(required = true) double greatestDistance,
      @Nullable Double greatestClipDistance,
      @JsonProperty(required = true) List<List<Float>> classMeans,
      @JsonProperty(required = true) List<List<Float>> directions,
      @JsonProperty(required = true) List<Double> variances,
      @JsonProperty(required = true) double restVariance,
      @Nullable List<List<Float>> noMusic) {
    public Likeness {
      noMusic = noMusic == null ? List.of() : noMusic.stream().map(List::copyOf).toList();
      classMeans = classMeans.stream().map(List::copyOf).toList();
      directions = directions.stream().map(List::copyOf).toList();
      variances = List.copyOf(variances);
      if (!(greatestDistance > 0 && Double.isFinite(greatestDistance))) {
        throw new IllegalArgumentException(
            "greatestDistance must be more than 0, not " + greatestDistance);
      }
      if (greatestClipDistance != null
          && !(greatestClipDistance > 0 && Double.isFinite(greatestClipDistance))) {
        throw new IllegalArgumentException(
            "greatestClipDistance must be more than 0, not " + greatestClipDistance);
      }
      if (variances.size() != directions.size()
          || !(restVariance > 0 && variances.stream().allMatch(v -> v > 0))) {
        throw new IllegalArgumentException(
            "each of %d directions needs a variance of more than 0, and so do the others, not %s, %s"
                .formatted(directions.size(), variances, restVariance));
      }
      int channels = classMeans.isEmpty() ? 0 : classMeans.get(0).size();
      if (classMeans.stream().anyMatch(mean -> mean.size() != channels)) {
        throw new IllegalArgumentException("class means must be of one dimension");
      }
      if (noMusic.stream().anyMatch(sound -> sound.size() != channels)) {
        throw new IllegalArgumentException(
            "sounds that are no music must be of %d channels, as the class means are"
                .formatted(channels));
      }
      for (List<Float> direction : directions) {
        double squares = direction.stream().mapToDouble(x -> (double) x * x).sum();
        if (direction.size() != channels || !(Math.abs(squares - 1) < 1e-2)) {
          throw new IllegalArgumentException(
              "directions must have %d channels and length 1, not %d and %s"
                  .formatted(channels, direction.size(), Math.sqrt(squares)));
        }
      }
    }

    /** Never null: absent is empty. */
    @Override
    public List<List<Float>> noMusic() {
      return noMusic == null ? List.of() : noMusic;
    }

    /** The same with other limits. */
    public Likeness withLimits(double ofSongs, @Nullable Double ofClips) {
      return new Likeness(
          ofSongs, ofClips, classMeans, directions, variances, restVariance, noMusic());
    }

    /** The same with other sounds that are no music; none for no such rule. */
    public Likeness withNoMusic(List<List<Float>> sounds) {
      return new Likeness(
          greatestDistance,
          greatestClipDistance,
          classMeans,
          directions,
          variances,
          restVariance,
          sounds);
    }

    /**
     * Whether a song is unlike all that the network was trained on.
     *
     * @param embedding of length 1
     * @param clips how many were heard, at least 1
     */
    public boolean isUnlike(float[] embedding, int clips) {
      Double limit = clips > 1 ? Double.valueOf(greatestDistance) : greatestClipDistance;
      double distance = distance(embedding);
      return (limit != null && distance > limit) || isNoMusic(embedding, distance);
    }

    /**
     * Whether a song is nearer to a sound that is no music than to any genre.
     *
     * @param embedding of length 1
     */
    public boolean isNoMusic(float[] embedding) {
      return isNoMusic(embedding, distance(embedding));
    }

    private boolean isNoMusic(float[] embedding, double distance) {
      return !noMusic().isEmpty() && nearest(noMusic(), embedding) < distance;
    }

    /**
     * The distance to the nearest genre, by channel: of songs like the training about 1.
     *
     * @param embedding of length 1, as many numbers as a class mean
     */
    public double distance(float[] embedding) {
      return nearest(classMeans, embedding);
    }

    /** The distance to the nearest of some points. */
    private double nearest(List<List<Float>> points, float[] embedding) {
      double least = Double.POSITIVE_INFINITY;
      double[] from = new double[embedding.length];
      for (List<Float> point : points) {
        double rest = 0;
        for (int c = 0; c < from.length; c++) {
          from[c] = embedding[c] - point.get(c);
          rest += from[c] * from[c];
        }
        double distance = 0;
        for (int k = 0; k < directions.size(); k++) {
          List<Float> direction = directions.get(k);
          double along = 0;
          for (int c = 0; c < from.length; c++) {
            along += from[c] * direction.get(c);
          }
          distance += along * along / variances.get(k);
          rest -= along * along;
        }
        distance += Math.max(0, rest) / restVariance;
        least = Math.min(least, distance);
      }
      return Math.sqrt(least / from.length);
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
    requireShare("unknownBelow", unknownBelow);
    requireShare("clipUnknownBelow", clipUnknownBelow);
  }

  /**
   * The least confidence of a song whose genre is known.
   *
   * @param clips how many were heard
   * @return null for any
   */
  public @Nullable Double leastConfidence(int clips) {
    return clips == 1 && clipUnknownBelow != null ? clipUnknownBelow : unknownBelow;
  }

  private static void requireShare(String name, @Nullable Double value) {
    if (value != null && !(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException("%s must be 0 to 1, not %s".formatted(name, value));
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
