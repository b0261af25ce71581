package tonearm.infer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tonearm.dataset.Track;
import tonearm.model.Calibration.Likeness;
import tonearm.provenance.Seeds;

/**
 * Fits {@link Likeness}: how the embeddings of each genre's tracks lie about their mean, and how
 * far from the nearest genre songs come to lie.
 */
public final class LikenessFit {
  /** Directions that have a variance of their own, if there are enough channels and tracks. */
  static final int DIRECTIONS = 64;

  /**
   * How much of each variance is that of all directions on average: there are fewer tracks than a
   * covariance has numbers, so that the smallest variances come out too small (Friedman 1989).
   */
  private static final double SHRINKAGE = 0.1;

  /** Rounds of orthogonal iteration; directions that are not told apart by then are as strong. */
  private static final int ROUNDS = 60;

  /** Digits that are kept: a bundle's description is text. */
  private static final double STEPS = 1e5;

  /** Steps of the greatest distance. */
  private static final double HUNDRED = 100;

  private LikenessFit() {}

  /**
   * Fits it to a network's embeddings of the tracks that it was trained on; every track counts the
   * same. The same tracks give the same numbers.
   *
   * @param genres in the model's order, each with at least one track
   * @param embeddings by the tracks' names, of any length but 0: see {@link DatasetEmbeddings}
   * @param tracks what they are labelled as; each has an embedding
   * @return with no limit to the distance and no sounds to compare with
   * @throws IllegalArgumentException if a genre has no track, or tracks do not differ
   */
  public static Likeness of(
      List<String> genres, Map<String, float[]> embeddings, List<Track> tracks) {
    double[][] points = new double[tracks.size()][];
    int[] genreOf = new int[tracks.size()];
    int[] counts = new int[genres.size()];
    for (int t = 0; t < points.length; t++) {
      points[t] = doubles(embedding(embeddings, tracks.get(t)));
      genreOf[t] = genres.indexOf(tracks.get(t).genre());
      if (genreOf[t] < 0) {
        throw new IllegalArgumentException(
            tracks.get(t).track()
                + " is of genre "
                + tracks.get(t).genre()
                + ", which is not among "
                + genres);
      }
      counts[genreOf[t]]++;
    }
    int channels = points.length == 0 ? 0 : points[0].length;
    double[][] means = new double[genres.size()][channels];
    for (int t = 0; t < points.length; t++) {
      add(means[genreOf[t]], points[t], 1.0 / counts[genreOf[t]]);
    }
    for (int g = 0; g < counts.length; g++) {
      if (counts[g] == 0) {
        throw new IllegalArgumentException("there are no tracks of genre " + genres.get(g));
      }
    }
    for (int t = 0; t < points.length; t++) {
      add(points[t], means[genreOf[t]], -1);
    }
    double[][] covariance = covariance(points, channels);
    double all = 0;
    for (int c = 0; c < channels; c++) {
      all += covariance[c][c];
    }
    if (!(all > 0)) {
      throw new IllegalArgumentException("the embeddings of each genre's tracks are all alike");
    }
    double[][] directions = strongest(covariance, Math.min(DIRECTIONS, (channels + 1) / 2));
    double mean = all / channels;
    double rest = all;
    List<Double> variances = new ArrayList<>();
    for (double[] direction : directions) {
      double along = Math.max(0, dot(direction, times(covariance, direction)));
      variances.add(shrunk(along, mean));
      rest -= along;
    }
    double others = Math.max(0, rest) / Math.max(1, channels - directions.length);
    return new Likeness(
        Double.MAX_VALUE,
        null,
        rows(means),
        rows(directions),
        variances,
        shrunk(others, mean),
        List.of());
  }

  /**
   * The same, to which a song is unlike too if it is nearer to one of some sounds.
   *
   * @param sounds embeddings by the same network, of any length: see {@link NoMusic}
   */
  public static Likeness withNoMusic(Likeness likeness, List<float[]> sounds) {
    return likeness.withNoMusic(
        rows(sounds.stream().map(sound -> doubles(unit(sound))).toArray(double[][]::new)));
  }

  /**
   * Whether a track or clip is nearer to a sound that is no music than to any genre.
   *
   * @param embedding of the network that {@code likeness} is of, of any length
   */
  public static boolean isNoMusic(Likeness likeness, float[] embedding) {
    return likeness.isNoMusic(unit(embedding));
  }

  /**
   * How far a track or clip lies from the nearest genre.
   *
   * @param embedding of the network that {@code likeness} is of, of any length
   */
  public static double distance(Likeness likeness, float[] embedding) {
    return likeness.distance(unit(embedding));
  }

  /**
   * The greatest distance of a song that counts as like the training: the least, in steps of 0.01,
   * beyond which lie at most some of them.
   *
   * @param distances of songs that are like it; at least one
   * @param maxLost part of them that may lie beyond, in [0, 1)
   */
  public static double greatest(double[] distances, double maxLost) {
    if (distances.length == 0 || !(maxLost >= 0 && maxLost < 1)) {
      throw new IllegalArgumentException(
          "a greatest distance needs songs and a part of them in [0, 1), not %d and %s"
              .formatted(distances.length, maxLost));
    }
    double[] sorted = distances.clone();
    Arrays.sort(sorted);
    int beyond = Math.min(sorted.length - 1, (int) (maxLost * sorted.length));
    return Math.max(1, Math.ceil(sorted[sorted.length - 1 - beyond] * HUNDRED)) / HUNDRED;
  }

  private static double shrunk(double variance, double mean) {
    return (1 - SHRINKAGE) * variance + SHRINKAGE * mean;
  }

  private static double[][] covariance(double[][] points, int channels) {
    double[][] covariance = new double[channels][channels];
    for (double[] point : points) {
      for (int a = 0; a < channels; a++) {
        add(covariance[a], point, point[a] / points.length);
      }
    }
    return covariance;
  }

  /** The directions of largest variance, by orthogonal iteration. */
  private static double[][] strongest(double[][] covariance, int count) {
    int channels = covariance.length;
    Random random = new Seeds(1).random("likeness-directions");
    double[][] directions = new double[count][];
    for (int k = 0; k < count; k++) {
      directions[k] = anyDirection(channels, random);
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (int k = 0; k < count; k++) {
        directions[k] = times(covariance, directions[k]);
      }
      orthogonalise(directions, random);
    }
    return directions;
  }

  /** Gram and Schmidt's, twice, since once leaves rounding errors where directions nearly agree. */
  private static void orthogonalise(double[][] directions, Random random) {
    for (int k = 0; k < directions.length; k++) {
      double before = Math.sqrt(dot(directions[k], directions[k]));
      for (int again = 0; again < 2; again++) {
        for (int j = 0; j < k; j++) {
          add(directions[k], directions[j], -dot(directions[k], directions[j]));
        }
      }
      double length = Math.sqrt(dot(directions[k], directions[k]));
      if (!(length > 1e-9 * before)) {
        // Nothing varies that way: any direction that is left will do.
        directions[k] = anyDirection(directions[k].length, random);
        k--;
        continue;
      }
      for (int c = 0; c < directions[k].length; c++) {
        directions[k][c] /= length;
      }
    }
  }

  private static float[] embedding(Map<String, float[]> embeddings, Track track) {
    float[] embedding = embeddings.get(track.track());
    if (embedding == null) {
      throw new IllegalArgumentException(track.track() + " has no clips");
    }
    return unit(embedding);
  }

  private static double[] anyDirection(int channels, Random random) {
    double[] direction = new double[channels];
    for (int c = 0; c < channels; c++) {
      direction[c] = 2 * random.nextDouble() - 1;
    }
    return direction;
  }

  /** Of length 1, as {@link Answer#embedding} is. */
  private static float[] unit(float[] embedding) {
    double[] values = doubles(embedding);
    double length = Math.sqrt(dot(values, values));
    float[] unit = new float[values.length];
    for (int c = 0; c < unit.length; c++) {
      unit[c] = length > 0 ? (float) (values[c] / length) : 0;
    }
    return unit;
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int c = 0; c < values.length; c++) {
      doubles[c] = values[c];
    }
    return doubles;
  }

  private static void add(double[] to, double[] values, double factor) {
    for (int c = 0; c < to.length; c++) {
      to[c] += factor * values[c];
    }
  }

  private static double[] times(double[][] matrix, double[] vector) {
    double[] product = new double[vector.length];
    for (int c = 0; c < product.length; c++) {
      product[c] = dot(matrix[c], vector);
    }
    return product;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int c = 0; c < a.length; c++) {
      sum += a[c] * b[c];
    }
    return sum;
  }

  private static List<List<Float>> rows(double[][] values) {
    List<List<Float>> rows = new ArrayList<>();
    for (double[] row : values) {
      List<Float> rounded = new ArrayList<>();
      for (double value : row) {
        rounded.add((float) (Math.round(value * STEPS) / STEPS));
      }
      rows.add(rounded);
    }
    return rows;
  }
}
