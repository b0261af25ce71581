package tonearm.dataset;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Clips of some tracks: all of them, or some, where a {@link Split} deals clip by clip.
 *
 * @param tracks each with at least one clip here, in the order in which they are read
 * @param only which clips of a track, by its name, counted from 0; a track that is not named here
 *     has all of its clips
 */
public record ClipSet(List<Track> tracks, Map<String, Set<Integer>> only) {
  public ClipSet {
    tracks = List.copyOf(tracks);
    Map<String, Set<Integer>> copy = new LinkedHashMap<>();
    only.forEach((track, clips) -> copy.put(track, Set.copyOf(clips)));
    only = Map.copyOf(copy);
  }

  /** Every clip of some tracks. */
  public static ClipSet all(List<Track> tracks) {
    return new ClipSet(tracks, Map.of());
  }

  /** Whether there is nothing in it. */
  public boolean isEmpty() {
    return tracks.isEmpty();
  }

  /** Whether a track's clips were dealt one by one. */
  boolean isByClip(Track track) {
    return only.containsKey(track.track());
  }

  /** Whether a clip of one of the tracks is in it. */
  public boolean has(Track track, int clip) {
    Set<Integer> some = only.get(track.track());
    return some == null || some.contains(clip);
  }
}
