package tonearm.eval;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * By how much one network is more often right than another on what was held out from each.
 *
 * <p>The interval is a bootstrap over tracks, {@link Bootstrap#ofDifference}: a track that both
 * were asked about is drawn for both, since it is hard or easy for both. It is narrower than two
 * intervals side by side suggest, and does not cover training again.
 *
 * @param count clips or tracks that were asked about, of the one and of the other
 * @param share accuracy of the one less that of the other, in [-1, 1]
 * @param interval 95 %, of {@code share}
 */
public record Difference(Counts count, double share, Interval interval) {
  /**
   * How many there were.
   *
   * @param one of the one network
   * @param other of the other
   */
  public record Counts(int one, int other) {}

  /**
   * Of all clips, each run's own.
   *
   * @param one predictions of one side of a split; no clip twice
   * @param other as many genres; may be of the same tracks, of others, or of some of both
   * @throws IllegalArgumentException if either has none, or they differ in genres
   */
  public static Difference ofClips(
      ClipPredictions one, ClipPredictions other, Bootstrap bootstrap) {
    return of(one, other, true, bootstrap);
  }

  /** Of all tracks, each by the mean of its clips; otherwise as {@link #ofClips}. */
  public static Difference ofTracks(
      ClipPredictions one, ClipPredictions other, Bootstrap bootstrap) {
    return of(one, other, false, bootstrap);
  }

  /**
   * The clips of {@code one} that {@code other} has too, by track and number.
   *
   * @return perhaps none
   */
  public static ClipPredictions shared(ClipPredictions one, ClipPredictions other) {
    Set<Clip> there = new HashSet<>();
    other.clips().forEach(clip -> there.add(Clip.of(clip)));
    return new ClipPredictions(
        one.genres(), one.clips().stream().filter(clip -> there.contains(Clip.of(clip))).toList());
  }

  private record Clip(String track, int number) {
    static Clip of(ClipPrediction clip) {
      return new Clip(clip.track(), clip.clip());
    }
  }

  private static Difference of(
      ClipPredictions one, ClipPredictions other, boolean byClip, Bootstrap bootstrap) {
    if (!one.genres().equals(other.genres())) {
      throw new IllegalArgumentException(
          "the genres are " + one.genres() + " and " + other.genres() + "; they must be the same");
    }
    Map<String, Bootstrap.Outcome> ofOne = outcomes(one, byClip);
    Map<String, Bootstrap.Outcome> ofOther = outcomes(other, byClip);
    List<Bootstrap.Compared> both = new ArrayList<>();
    ofOne.forEach(
        (track, outcome) ->
            both.add(
                new Bootstrap.Compared(
                    outcome, ofOther.getOrDefault(track, Bootstrap.Outcome.NONE))));
    ofOther.forEach(
        (track, outcome) -> {
          if (!ofOne.containsKey(track)) {
            both.add(new Bootstrap.Compared(Bootstrap.Outcome.NONE, outcome));
          }
        });
    Interval interval = bootstrap.ofDifference(both);
    Bootstrap.Outcome all = sum(ofOne);
    Bootstrap.Outcome allOther = sum(ofOther);
    return new Difference(
        new Counts(all.of(), allOther.of()), all.share() - allOther.share(), interval);
  }

  private static Map<String, Bootstrap.Outcome> outcomes(ClipPredictions side, boolean byClip) {
    Map<String, Bootstrap.Outcome> outcomes = new LinkedHashMap<>();
    for (TrackPrediction track : TrackPrediction.of(side)) {
      int[] genres = byClip ? track.clipGenres() : new int[] {track.predictedGenre()};
      int right = 0;
      for (int genre : genres) {
        right += genre == track.trueGenre() ? 1 : 0;
      }
      outcomes.put(track.track(), new Bootstrap.Outcome(right, genres.length));
    }
    return outcomes;
  }

  private static Bootstrap.Outcome sum(Map<String, Bootstrap.Outcome> outcomes) {
    return outcomes.values().stream().reduce(Bootstrap.Outcome.NONE, Bootstrap.Outcome::plus);
  }
}
