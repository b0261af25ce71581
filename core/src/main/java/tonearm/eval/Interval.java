package tonearm.eval;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * A range of values; {@code [low, high]} in JSON.
 *
 * @param low finite
 * @param high finite, not less than {@code low}
 */
@JsonFormat(shape = JsonFormat.Shape.ARRAY)
@JsonPropertyOrder({"low", "high"})
public record Interval(double low, double high) {
  public Interval {
    if (!Double.isFinite(low) || !Double.isFinite(high) || low > high) {
      throw new IllegalArgumentException("[" + low + ", " + high + "] is no interval");
    }
  }

  /** Whether a value lies within, bounds included. */
  public boolean contains(double value) {
    return low <= value && value <= high;
  }
}
