package tonearm.infer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import tonearm.dataset.Track;
import tonearm.model.Calibration.Likeness;

/**
 * Fits {@link Likeness}: where the genres lie among a network's embeddings, and how near to one of
 * them songs come.
 */
public final class LikenessFit {
  private static final int STEPS = 1000;

  private LikenessFit() {}

  /**
   * The mean embedding of each genre, of length 1; every track counts the same.
   *
   * @param genres in the model's order, each with at least one track
   * @param embeddings by the tracks' names, of any length but 0: see {@link DatasetEmbeddings}
   * @param tracks what they are labelled as; each has an embedding
   */
  public static List<List<Float>> classMeans(
      List<String> genres, Map<String, float[]> embeddings, List<Track> tracks) {
    List<List<Float>> means = new ArrayList<>();
    for (double[] sum : sums(genres, embeddings, tracks)) {
      means.add(rounded(unit(sum)));
    }
    return means;
  }

  /**
   * How near each track comes to a genre: the highest cosine between its embedding and the class
   * means of other tracks.
   *
   * @param asked the tracks that are judged
   * @param tracks those that the class means are taken of; a track that is judged does not count
   *     for its own
   */
  public static double[] cosines(
      List<String> genres, Map<String, float[]> embeddings, List<Track> tracks, List<Track> asked) {
    double[][] sums = sums(genres, embeddings, tracks);
    double[] cosines = new double[asked.size()];
    for (int i = 0; i < cosines.length; i++) {
      Track track = asked.get(i);
      double[] own = unit(embedding(embeddings, track));
      int genre = genres.indexOf(track.genre());
      double[][] others = sums.clone();
      if (tracks.contains(track)) {
        others[genre] = others[genre].clone();
        for (int c = 0; c < own.length; c++) {
          others[genre][c] -= own[c];
        }
      }
      cosines[i] = -1;
      for (double[] sum : others) {
        cosines[i] = Math.max(cosines[i], dot(own, sum) / Math.sqrt(dot(sum, sum)));
      }
    }
    return cosines;
  }

  /**
   * The least cosine of a song that counts as like the training: the highest, in steps of 0.001,
   * below which lie at most some of them.
   *
   * @param cosines of songs that are like it; at least one
   * @param maxLost part of them that may lie below, in [0, 1)
   */
  public static double least(double[] cosines, double maxLost) {
    if (cosines.length == 0 || !(maxLost >= 0 && maxLost < 1)) {
      throw new IllegalArgumentException(
          "a least cosine needs songs and a part of them in [0, 1), not %d and %s"
              .formatted(cosines.length, maxLost));
    }
    double[] sorted = cosines.clone();
    Arrays.sort(sorted);
    double at = sorted[Math.min(sorted.length - 1, (int) (maxLost * sorted.length))];
    return Math.max(-1, Math.floor(at * STEPS) / STEPS);
  }

  private static double[][] sums(
      List<String> genres, Map<String, float[]> embeddings, List<Track> tracks) {
    double[][] sums = new double[genres.size()][];
    for (Track track : tracks) {
      double[] own = unit(embedding(embeddings, track));
      int genre = genres.indexOf(track.genre());
      if (genre < 0) {
        throw new IllegalArgumentException(
            track.track() + " is of genre " + track.genre() + ", which is not among " + genres);
      }
      if (sums[genre] == null) {
        sums[genre] = new double[own.length];
      }
      for (int c = 0; c < own.length; c++) {
        sums[genre][c] += own[c];
      }
    }
    for (int g = 0; g < sums.length; g++) {
      if (sums[g] == null) {
        throw new IllegalArgumentException("there are no tracks of genre " + genres.get(g));
      }
    }
    return sums;
  }

  private static double[] embedding(Map<String, float[]> embeddings, Track track) {
    float[] embedding = embeddings.get(track.track());
    if (embedding == null) {
      throw new IllegalArgumentException(track.track() + " has no clips");
    }
    double[] values = new double[embedding.length];
    for (int c = 0; c < values.length; c++) {
      values[c] = embedding[c];
    }
    return values;
  }

  private static double[] unit(double[] values) {
    double length = Math.sqrt(dot(values, values));
    double[] unit = new double[values.length];
    for (int c = 0; c < unit.length; c++) {
      unit[c] = length > 0 ? values[c] / length : 0;
    }
    return unit;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int c = 0; c < a.length; c++) {
      sum += a[c] * b[c];
    }
    return sum;
  }

  private static List<Float> rounded(double[] values) {
    List<Float> rounded = new ArrayList<>();
    for (double value : values) {
      rounded.add((float) value);
    }
    return rounded;
  }
}
