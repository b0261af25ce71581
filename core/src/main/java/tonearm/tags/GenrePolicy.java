package tonearm.tags;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What becomes of a file's genres in the light of an answer.
 *
 * @param mode what becomes of genres that are there
 * @param minConfidence least probability of a genre that is written, 0 to 1
 * @param top most genres of one answer that are written, at least 1
 * @param spelling how they are written
 */
public record GenrePolicy(Mode mode, double minConfidence, int top, Spelling spelling) {
  /** More probable than all other genres together. */
  public static final double DEFAULT_MIN_CONFIDENCE = 0.5;

  /** What becomes of genres that are there. */
  public enum Mode {
    /** A file that has a genre is left as it is. */
    KEEP,
    /** The answer takes their place. */
    REPLACE,
    /** The answer is added to them, unless it is among them already. */
    APPEND
  }

  /** What is to be done. */
  public enum Outcome {
    /** The field gets other values. */
    CHANGE,
    /** The file has a genre and keeps it. */
    KEPT,
    /** The field says this already. */
    SAME,
    /** No genre is probable enough. */
    UNSURE
  }

  /**
   * What is to be done with a file.
   *
   * @param values of the field from then on
   */
  public record Decision(Outcome outcome, List<String> values) {
    public Decision {
      values = List.copyOf(values);
    }
  }

  public GenrePolicy {
    if (!(minConfidence >= 0 && minConfidence <= 1)) {
      throw new IllegalArgumentException(
          "the least confidence must be 0 to 1, not " + minConfidence);
    }
    if (top < 1) {
      throw new IllegalArgumentException("the number of genres must be at least 1, not " + top);
    }
  }

  /** Whether it matters what a file sounds like. */
  public boolean needsAnswer(TagState state) {
    return mode != Mode.KEEP || (state.values().isEmpty() && state.elsewhere().isEmpty());
  }

  /**
   * What is to be done.
   *
   * @param probabilities of all genres, by the model's names
   */
  public Decision decide(TagState state, Map<String, Float> probabilities) {
    if (!needsAnswer(state)) {
      return kept(state);
    }
    List<String> wanted = wanted(probabilities);
    if (wanted.isEmpty()) {
      return new Decision(Outcome.UNSURE, state.values());
    }
    List<String> values = new ArrayList<>();
    if (mode == Mode.APPEND) {
      values.addAll(state.values());
    }
    for (String genre : wanted) {
      if (!GenreNames.contains(values, genre)) {
        values.add(genre);
      }
    }
    Outcome outcome = values.equals(state.values()) ? Outcome.SAME : Outcome.CHANGE;
    return new Decision(outcome, values);
  }

  /** For a file that {@link #needsAnswer} says no of. */
  public Decision kept(TagState state) {
    return new Decision(Outcome.KEPT, state.values());
  }

  private List<String> wanted(Map<String, Float> probabilities) {
    List<String> wanted = new ArrayList<>();
    probabilities.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        // As a float: 0.7 is a little more than the float next to it.
        .filter(e -> e.getValue() >= (float) minConfidence)
        .limit(top)
        .forEach(
            e -> {
              String name = spelling.of(e.getKey());
              if (name != null && !GenreNames.contains(wanted, name)) {
                wanted.add(name);
              }
            });
    return wanted;
  }
}
