package tonearm.bench;

import java.util.Arrays;

/**
 * One number of a benchmark, measured several times.
 *
 * @param table which table it stands in
 * @param name what was measured
 * @param unit of the values
 * @param median of all runs; the mean of the middle two of an even number
 * @param least smallest of all runs
 * @param most largest of all runs
 * @param runs how often it was measured, warm-up not counted
 */
public record Measurement(
    Table table, String name, String unit, double median, double least, double most, int runs) {

  /** The tables of {@code docs/BENCHMARKS.md}. */
  public enum Table {
    SOUND("Sound to features to answer"),
    NETWORK("Network"),
    START("From start to first answer"),
    MEMORY("Peak resident memory"),
    LIBRARY("A library of songs");

    private final String title;

    Table(String title) {
      this.title = title;
    }

    /** Its heading. */
    public String title() {
      return title;
    }
  }

  /**
   * @param values one a run, at least one
   */
  public static Measurement of(Table table, String name, String unit, double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    return new Measurement(table, name, unit, median, sorted[0], sorted[n - 1], n);
  }
}
