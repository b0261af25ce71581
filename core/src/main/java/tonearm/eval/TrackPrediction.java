package tonearm.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the clips of one track say together.
 *
 * @param track name of the track
 * @param trueGenre index into the genres
 * @param probabilities mean over the clips, as {@link Prediction#meanOfProbabilities} has it; one a
 *     genre, summing to 1; copied
 * @param clipGenres the most probable genre of each clip, in the order of the clips' numbers; at
 *     least one; copied
 * @param majorityGenre the genre that most clips voted for; of equally many, the one of higher mean
 *     probability; of those equal too, the one voted for by the earlier clip
 */
public record TrackPrediction(
    String track, int trueGenre, float[] probabilities, int[] clipGenres, int majorityGenre) {
  public TrackPrediction {
    ValidInput.genreIndex("the true genre of " + track, trueGenre, probabilities.length);
    ValidInput.genreIndex("the majority genre of " + track, majorityGenre, probabilities.length);
    ValidInput.probabilities(track, probabilities);
    probabilities = probabilities.clone();
    clipGenres = clipGenres.clone();
  }

  /** One a genre; a copy. */
  @Override
  public float[] probabilities() {
    return probabilities.clone();
  }

  /** One a clip; a copy. */
  @Override
  public int[] clipGenres() {
    return clipGenres.clone();
  }

  /** The index of the genre of highest mean probability, of equal ones the first. */
  public int predictedGenre() {
    return ValidInput.argMax(probabilities);
  }

  /**
   * The tracks that clips belong to, in the order of their first clips.
   *
   * @throws IllegalArgumentException if a clip is there twice (as it is where several splits or
   *     folds are mixed)
   */
  public static List<TrackPrediction> of(ClipPredictions predictions) {
    Map<String, List<ClipPrediction>> byTrack = new LinkedHashMap<>();
    for (ClipPrediction clip : predictions.clips()) {
      byTrack.computeIfAbsent(clip.track(), track -> new ArrayList<>()).add(clip);
    }
    List<TrackPrediction> tracks = new ArrayList<>();
    for (List<ClipPrediction> clips : byTrack.values()) {
      Set<Integer> numbers = new HashSet<>();
      for (ClipPrediction clip : clips) {
        if (!numbers.add(clip.clip())) {
          throw new IllegalArgumentException(
              "clip "
                  + clip.clip()
                  + " of "
                  + clip.track()
                  + " is there twice; evaluate one split of the data at a time");
        }
      }
      clips.sort(Comparator.comparingInt(ClipPrediction::clip));
      tracks.add(ofOne(clips));
    }
    return tracks;
  }

  private static TrackPrediction ofOne(List<ClipPrediction> clips) {
    ClipPrediction first = clips.get(0);
    float[] mean =
        Prediction.meanOfProbabilities(clips.stream().map(ClipPrediction::probabilities).toList());
    int[] votes = clips.stream().mapToInt(ClipPrediction::predictedGenre).toArray();
    return new TrackPrediction(
        first.track(), first.trueGenre(), mean, votes, majority(votes, mean));
  }

  private static int majority(int[] votes, float[] mean) {
    int[] counts = new int[mean.length];
    for (int vote : votes) {
      counts[vote]++;
    }
    int best = votes[0];
    for (int vote : votes) {
      if (counts[vote] > counts[best]
          || (counts[vote] == counts[best] && mean[vote] > mean[best])) {
        best = vote;
      }
    }
    return best;
  }

  /** Notes a clip's true genre and refuses it where an earlier clip of its track had another. */
  static void requireOneGenre(
      Map<String, Integer> genreOfTrack, ClipPrediction clip, List<String> genres) {
    Integer earlier = genreOfTrack.putIfAbsent(clip.track(), clip.trueGenre());
    if (earlier != null && earlier != clip.trueGenre()) {
      throw new IllegalArgumentException(
          "track "
              + clip.track()
              + " is "
              + genres.get(earlier)
              + " in one clip and "
              + genres.get(clip.trueGenre())
              + " in another; do two tracks share a name?");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TrackPrediction that
        && track.equals(that.track)
        && trueGenre == that.trueGenre
        && majorityGenre == that.majorityGenre
        && Arrays.equals(clipGenres, that.clipGenres)
        && Arrays.equals(probabilities, that.probabilities);
  }

  @Override
  public int hashCode() {
    return 31 * track.hashCode() + Arrays.hashCode(probabilities);
  }
}
