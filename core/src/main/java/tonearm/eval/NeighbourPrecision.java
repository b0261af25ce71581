package tonearm.eval;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How often the nearest tracks are of the same genre: precision at k of a search by cosine, as in
 * the retrieval of music (MIREX "Audio Music Similarity", objective statistics). Each track asks
 * once; it chooses among the other tracks of its fold, since embeddings of different networks
 * cannot be compared.
 *
 * <p>Give every recording once: copies of a track would find each other.
 *
 * @param k neighbours of each track
 * @param tracks how many asked
 * @param folds how many groups they lie in
 * @param precision share of neighbours of the track's own genre, mean over tracks
 * @param precisionInterval 95 % by bootstrap over tracks, their neighbours as they are
 * @param chance what neighbours drawn at random would give, mean over tracks
 * @param perGenre by the genre of the track that asks
 */
public record NeighbourPrecision(
    int k,
    int tracks,
    int folds,
    double precision,
    Interval precisionInterval,
    double chance,
    Map<String, OfGenre> perGenre) {
  /**
   * A track and where it lies.
   *
   * @param track name, unique in its fold
   * @param genre what it is labelled as
   * @param fold number of the network that heard it
   * @param embedding of one length in each fold; not all zeros; not copied
   */
  public record Item(String track, String genre, int fold, float[] embedding) {}

  /**
   * One genre.
   *
   * @param tracks how many asked
   * @param precision share of their neighbours that is of this genre
   * @param chance what neighbours drawn at random would give
   */
  public record OfGenre(int tracks, double precision, double chance) {}

  private record Near(int index, double cosine) {
    /** The farthest first; of equal ones the later. */
    static final Comparator<Near> ORDER =
        Comparator.comparingDouble(Near::cosine)
            .thenComparing(Comparator.comparingInt(Near::index).reversed());
  }

  /**
   * Measures it.
   *
   * @param items at least {@code k + 1} in each fold
   * @param k neighbours of each track, at least 1; 10 is usual
   */
  public static NeighbourPrecision of(List<Item> items, int k, Bootstrap bootstrap) {
    if (k < 1) {
      throw new IllegalArgumentException("the number of neighbours must be at least 1, not " + k);
    }
    Map<Integer, List<Item>> folds = new TreeMap<>();
    for (Item item : items) {
      folds.computeIfAbsent(item.fold(), fold -> new ArrayList<>()).add(item);
    }
    List<String> genres = new ArrayList<>();
    List<Double> precisions = new ArrayList<>();
    List<Double> chances = new ArrayList<>();
    for (Map.Entry<Integer, List<Item>> fold : folds.entrySet()) {
      List<Item> tracks = fold.getValue();
      if (tracks.size() <= k) {
        throw new IllegalArgumentException(
            "fold %d has %d tracks, too few for %d neighbours of each"
                .formatted(fold.getKey(), tracks.size(), k));
      }
      float[][] directions = directions(tracks);
      for (int i = 0; i < tracks.size(); i++) {
        String genre = tracks.get(i).genre();
        int same = 0;
        for (Near near : nearest(directions, i, k)) {
          same += tracks.get(near.index()).genre().equals(genre) ? 1 : 0;
        }
        long others = tracks.stream().filter(t -> t.genre().equals(genre)).count() - 1;
        genres.add(genre);
        precisions.add((double) same / k);
        chances.add((double) others / (tracks.size() - 1));
      }
    }
    if (genres.isEmpty()) {
      throw new IllegalArgumentException("no tracks: a precision needs some");
    }
    Map<String, OfGenre> perGenre = new LinkedHashMap<>();
    for (String genre : new TreeSet<>(genres)) {
      perGenre.put(genre, ofGenre(genre, genres, precisions, chances));
    }
    double[] all = precisions.stream().mapToDouble(Double::doubleValue).toArray();
    return new NeighbourPrecision(
        k,
        all.length,
        folds.size(),
        mean(precisions),
        bootstrap.ofMean(all),
        mean(chances),
        perGenre);
  }

  private static OfGenre ofGenre(
      String genre, List<String> genres, List<Double> precisions, List<Double> chances) {
    List<Double> itsPrecisions = new ArrayList<>();
    List<Double> itsChances = new ArrayList<>();
    for (int i = 0; i < genres.size(); i++) {
      if (genres.get(i).equals(genre)) {
        itsPrecisions.add(precisions.get(i));
        itsChances.add(chances.get(i));
      }
    }
    return new OfGenre(itsPrecisions.size(), mean(itsPrecisions), mean(itsChances));
  }

  private static float[][] directions(List<Item> tracks) {
    float[][] directions = new float[tracks.size()][];
    for (int i = 0; i < directions.length; i++) {
      float[] embedding = tracks.get(i).embedding();
      if (embedding.length != tracks.get(0).embedding().length) {
        throw new IllegalArgumentException(
            "%s has an embedding of %d numbers, but %s one of %d"
                .formatted(
                    tracks.get(i).track(),
                    embedding.length,
                    tracks.get(0).track(),
                    tracks.get(0).embedding().length));
      }
      double length = Math.sqrt(dot(embedding, embedding));
      if (!(length > 0 && Double.isFinite(length))) {
        throw new IllegalArgumentException(
            "the embedding of " + tracks.get(i).track() + " has the length " + length);
      }
      directions[i] = new float[embedding.length];
      for (int j = 0; j < embedding.length; j++) {
        directions[i][j] = (float) (embedding[j] / length);
      }
    }
    return directions;
  }

  private static PriorityQueue<Near> nearest(float[][] directions, int from, int k) {
    PriorityQueue<Near> nearest = new PriorityQueue<>(Near.ORDER);
    for (int i = 0; i < directions.length; i++) {
      if (i != from) {
        nearest.add(new Near(i, dot(directions[from], directions[i])));
        if (nearest.size() > k) {
          nearest.remove();
        }
      }
    }
    return nearest;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }
}
