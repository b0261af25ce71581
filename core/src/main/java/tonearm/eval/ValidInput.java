package tonearm.eval;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What every metric demands of its input. A refusal names the value, the limit and the likely
 * cause, in the manner of mir_eval's {@code util.py}.
 */
final class ValidInput {
  /** How far the sum of a clip's probabilities may be from 1: room for bfloat16's rounding. */
  static final double SUM_TOLERANCE = 1e-3;

  private ValidInput() {}

  /** At least one genre, each named, no name twice. */
  static List<String> genres(List<String> genres) {
    if (genres.isEmpty()) {
      throw new IllegalArgumentException("no genres: a metric needs the names of at least 1");
    }
    Set<String> seen = new HashSet<>();
    for (String genre : genres) {
      if (genre.isBlank()) {
        throw new IllegalArgumentException("a genre has an empty name, in " + genres);
      }
      if (!seen.add(genre)) {
        throw new IllegalArgumentException("genre \"" + genre + "\" is there twice, in " + genres);
      }
    }
    return List.copyOf(genres);
  }

  /**
   * An index into the genres.
   *
   * @param what whose genre, such as {@code "the true genre of item 3"}
   */
  static void genreIndex(String what, int index, int genres) {
    if (index < 0 || index >= genres) {
      throw new IllegalArgumentException(
          what
              + " is "
              + index
              + ", but genres are numbered 0 to "
              + (genres - 1)
              + "; were the labels numbered by another list of genres?");
    }
  }

  /**
   * One probability a genre, each in [0, 1], together 1 within {@link #SUM_TOLERANCE}.
   *
   * @param what whose, such as {@code "clip 2 of blues.00012"}
   */
  static void probabilities(String what, float[] probabilities, int genres) {
    if (probabilities.length != genres) {
      throw new IllegalArgumentException(
          what
              + " has "
              + probabilities.length
              + " probabilities for "
              + genres
              + " genres; does the model know other genres?");
    }
    probabilities(what, probabilities);
  }

  /** As {@link #probabilities(String, float[], int)}, for any number of genres but 0. */
  static void probabilities(String what, float[] probabilities) {
    double sum = 0;
    for (float p : probabilities) {
      if (!(p >= 0 && p <= 1)) {
        throw new IllegalArgumentException(
            what
                + " has a probability of "
                + p
                + ", outside [0, 1], in "
                + Arrays.toString(probabilities)
                + (Float.isNaN(p) ? "; did training diverge?" : "; are these logits?"));
      }
      sum += p;
    }
    if (Math.abs(sum - 1) > SUM_TOLERANCE) {
      throw new IllegalArgumentException(
          what
              + " has probabilities that sum to "
              + sum
              + ", not to 1 within "
              + SUM_TOLERANCE
              + "; was softmax left out?");
    }
  }

  /** As many of one as of the other, and at least one. */
  static void sameLength(String what, int length, String other, int otherLength) {
    if (length != otherLength) {
      throw new IllegalArgumentException(
          length + " " + what + " cannot be compared with " + otherLength + " " + other);
    }
    if (length == 0) {
      throw new IllegalArgumentException("no " + what + ": a metric needs at least 1");
    }
  }

  /** The index of the largest value, of equal ones the first. */
  static int argMax(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }
}
