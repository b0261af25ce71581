package tonearm.eval;

import java.util.Arrays;

/**
 * What a model said of one clip whose genre is known.
 *
 * @param track name of the track the clip was cut from; not blank
 * @param clip number of the clip within its track, 0 or more, in the order of time
 * @param fold number of the fold that the track was held out in, 0 or more; 0 without folds
 * @param split name of the part of the data, such as {@code valid}; not blank
 * @param trueGenre index into the genres, 0 or more
 * @param probabilities one a genre, each in [0, 1], summing to 1 within 1e-3; copied
 */
public record ClipPrediction(
    String track, int clip, int fold, String split, int trueGenre, float[] probabilities) {
  public ClipPrediction {
    if (track.isBlank() || split.isBlank()) {
      throw new IllegalArgumentException(
          "a clip needs the names of its track and split, not \""
              + track
              + "\", \""
              + split
              + "\"");
    }
    if (clip < 0 || fold < 0) {
      throw new IllegalArgumentException(
          "clip and fold are counted from 0, not " + clip + " and " + fold + ", of " + track);
    }
    String what = "clip " + clip + " of " + track;
    ValidInput.genreIndex("the true genre of " + what, trueGenre, probabilities.length);
    ValidInput.probabilities(what, probabilities);
    probabilities = probabilities.clone();
  }

  /** One a genre; a copy. */
  @Override
  public float[] probabilities() {
    return probabilities.clone();
  }

  /** The index of the most probable genre, of equal ones the first. */
  public int predictedGenre() {
    return ValidInput.argMax(probabilities);
  }

  int genres() {
    return probabilities.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ClipPrediction that
        && track.equals(that.track)
        && clip == that.clip
        && fold == that.fold
        && split.equals(that.split)
        && trueGenre == that.trueGenre
        && Arrays.equals(probabilities, that.probabilities);
  }

  @Override
  public int hashCode() {
    return 31 * track.hashCode() + Arrays.hashCode(probabilities) + clip;
  }

  @Override
  public String toString() {
    return "clip "
        + clip
        + " of "
        + track
        + " ("
        + split
        + ", fold "
        + fold
        + "): true "
        + trueGenre
        + ", "
        + Arrays.toString(probabilities);
  }
}
