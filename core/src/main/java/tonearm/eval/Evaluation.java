package tonearm.eval;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import tonearm.provenance.Json;

/**
 * What a model is worth on one part of the data; {@link RunMetrics} holds one of each part.
 *
 * @param genres names, in the order that everything here has
 * @param clips each clip by itself
 * @param tracks each track by the mean of its clips' probabilities
 * @param tracksMajorityVote each track by the vote of its clips, ties as {@link
 *     TrackPrediction#majorityGenre} says; has no probabilities and so no likelihood
 * @param bootstrap how the intervals were drawn, always over tracks
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Evaluation(
    List<String> genres,
    Metrics clips,
    Metrics tracks,
    Metrics tracksMajorityVote,
    Bootstrap bootstrap) {
  public Evaluation {
    if (genres == null
        || clips == null
        || tracks == null
        || tracksMajorityVote == null
        || bootstrap == null) {
      throw new IllegalArgumentException(
          "an evaluation needs genres, clips, tracks, tracks_majority_vote and bootstrap");
    }
    genres = ValidInput.genres(genres);
  }

  /**
   * Evaluates predictions.
   *
   * @param predictions of one split, at least one clip, no clip twice (over all folds)
   * @param bootstrap how to draw the intervals
   * @throws IllegalArgumentException naming the value, the limit and the likely cause
   */
  public static Evaluation of(ClipPredictions predictions, Bootstrap bootstrap) {
    List<String> genres = predictions.genres();
    List<ClipPrediction> clips = predictions.clips();
    if (clips.isEmpty()) {
      throw new IllegalArgumentException("no clips to evaluate; does the split have another name?");
    }
    List<TrackPrediction> tracks = TrackPrediction.of(predictions);
    int[] genreOfTrack = tracks.stream().mapToInt(TrackPrediction::trueGenre).toArray();
    Metrics ofClips =
        Metrics.of(
            genres,
            clips.stream().mapToInt(ClipPrediction::trueGenre).toArray(),
            clips.stream().map(ClipPrediction::probabilities).toList());
    Metrics ofTracks =
        Metrics.of(
            genres, genreOfTrack, tracks.stream().map(TrackPrediction::probabilities).toList());
    Metrics ofVotes =
        Metrics.of(
            genres,
            genreOfTrack,
            tracks.stream().mapToInt(TrackPrediction::majorityGenre).toArray());
    List<Bootstrap.Verdicts> clipsByTrack = new ArrayList<>();
    for (TrackPrediction track : tracks) {
      clipsByTrack.add(new Bootstrap.Verdicts(track.trueGenre(), track.clipGenres()));
    }
    return new Evaluation(
        genres,
        ofClips.withIntervals(bootstrap, clipsByTrack),
        ofTracks.withIntervals(bootstrap, single(tracks, TrackPrediction::predictedGenre)),
        ofVotes.withIntervals(bootstrap, single(tracks, TrackPrediction::majorityGenre)),
        bootstrap);
  }

  private static List<Bootstrap.Verdicts> single(
      List<TrackPrediction> tracks, ToIntFunction<TrackPrediction> verdict) {
    return tracks.stream()
        .map(t -> new Bootstrap.Verdicts(t.trueGenre(), new int[] {verdict.applyAsInt(t)}))
        .toList();
  }

  /** Writes the file, whole or not at all. */
  public void write(Path file) throws IOException {
    Json.write(file, this);
  }

  /**
   * Reads a file that {@link #write} wrote.
   *
   * @throws IOException if it cannot be read or is not such a file; the message names the cause
   */
  public static Evaluation read(Path file) throws IOException {
    return Json.read(file, Evaluation.class);
  }
}
