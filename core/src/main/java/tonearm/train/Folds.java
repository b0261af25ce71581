package tonearm.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import tonearm.dataset.Protocol;

/**
 * How a cross-validation divides its dataset, and which part of it a run is.
 *
 * @param protocol what is dealt
 * @param count number of folds, at least 1
 * @param seed what the folds were dealt by
 * @param fold the fold that this run holds out, from 1; null for the cross-validation as a whole
 */
public record Folds(
    @JsonProperty(required = true) Protocol protocol,
    @JsonProperty(required = true) int count,
    @JsonProperty(required = true) long seed,
    @Nullable Integer fold) {
  public Folds {
    if (count < 1 || (fold != null && (fold < 1 || fold > count))) {
      throw new IllegalArgumentException("fold " + fold + " of " + count + " is none");
    }
  }

  /** The part that is one fold's run. */
  Folds part(int ofFold) {
    return new Folds(protocol, count, seed, ofFold);
  }

  /** The number that tables have: that of the fold, 0 without one. */
  static int number(@Nullable Folds folds) {
    return folds == null || folds.fold == null ? 0 : folds.fold;
  }
}
