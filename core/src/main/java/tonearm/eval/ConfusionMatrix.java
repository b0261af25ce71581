package tonearm.eval;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How often each true genre (row) was taken for each genre (column), and the scores that follow.
 * Immutable.
 *
 * <p>Conventions are scikit-learn's, with {@code zero_division=0}: a score whose denominator is 0
 * is 0. The macro F1 is the plain mean over the genres that occur as true or as predicted; a genre
 * that does neither is left out.
 */
public final class ConfusionMatrix {
  private final List<String> genres;
  private final int[] cells;

  private ConfusionMatrix(List<String> genres, int[] cells) {
    this.genres = genres;
    this.cells = cells;
  }

  /**
   * Counts pairs of true and predicted genres.
   *
   * @param genres names; at least one, all different
   * @param trueGenres indexes into {@code genres}; at least one
   * @param predictedGenres as many indexes
   * @throws IllegalArgumentException naming the value, the limit and the likely cause
   */
  public static ConfusionMatrix of(List<String> genres, int[] trueGenres, int[] predictedGenres) {
    ValidInput.sameLength("true genres", trueGenres.length, "predictions", predictedGenres.length);
    List<String> names = ValidInput.genres(genres);
    int n = names.size();
    int[] cells = new int[n * n];
    for (int i = 0; i < trueGenres.length; i++) {
      ValidInput.genreIndex("true genre number " + i, trueGenres[i], n);
      ValidInput.genreIndex("predicted genre number " + i, predictedGenres[i], n);
      cells[trueGenres[i] * n + predictedGenres[i]]++;
    }
    return new ConfusionMatrix(names, cells);
  }

  /** For resampling, where a check of every count would cost more than the counting. */
  static ConfusionMatrix ofCells(List<String> genres, int[] cells) {
    return new ConfusionMatrix(genres, cells);
  }

  /**
   * Takes counts as they are, as JSON has them.
   *
   * @param genres names; at least one, all different
   * @param counts a row for each true genre, each with a count of 0 or more for each genre
   */
  @JsonCreator
  public static ConfusionMatrix ofCounts(
      @JsonProperty("genres") List<String> genres,
      @JsonProperty("counts") List<List<Integer>> counts) {
    if (genres == null || counts == null) {
      throw new IllegalArgumentException("a confusion matrix needs \"genres\" and \"counts\"");
    }
    List<String> names = ValidInput.genres(genres);
    int n = names.size();
    if (counts.size() != n) {
      throw new IllegalArgumentException(counts.size() + " rows of counts for " + n + " genres");
    }
    int[] cells = new int[n * n];
    for (int t = 0; t < n; t++) {
      List<Integer> row = counts.get(t);
      if (row.size() != n) {
        throw new IllegalArgumentException(
            "row " + names.get(t) + " has " + row.size() + " counts for " + n + " genres");
      }
      for (int p = 0; p < n; p++) {
        if (row.get(p) < 0) {
          throw new IllegalArgumentException(
              "row " + names.get(t) + " has a count of " + row.get(p) + ", less than 0");
        }
        cells[t * n + p] = row.get(p);
      }
    }
    return new ConfusionMatrix(names, cells);
  }

  /** Names, in the order of rows and of columns. */
  @JsonProperty
  public List<String> genres() {
    return genres;
  }

  /** A row for each true genre, in it a count for each predicted genre. */
  @JsonProperty
  public List<List<Integer>> counts() {
    int n = genres.size();
    List<List<Integer>> rows = new ArrayList<>(n);
    for (int t = 0; t < n; t++) {
      rows.add(Arrays.stream(cells, t * n, (t + 1) * n).boxed().toList());
    }
    return List.copyOf(rows);
  }

  /** How often a true genre was taken for another, or for itself. */
  public int count(int trueGenre, int predictedGenre) {
    return cells[trueGenre * genres.size() + predictedGenre];
  }

  /** How many things were judged. */
  public int total() {
    return Arrays.stream(cells).sum();
  }

  /**
   * The share of each true genre that was taken for each genre: every row sums to 1, or is all 0
   * where the genre does not occur. A new array of {@code [true][predicted]}.
   */
  public double[][] rowNormalised() {
    int n = genres.size();
    double[][] shares = new double[n][n];
    for (int t = 0; t < n; t++) {
      for (int p = 0; p < n; p++) {
        shares[t][p] = ratio(count(t, p), support(t));
      }
    }
    return shares;
  }

  /** The share that was right, in [0, 1]: trace over sum. */
  public double accuracy() {
    int right = 0;
    for (int g = 0; g < genres.size(); g++) {
      right += count(g, g);
    }
    return ratio(right, total());
  }

  /** How many things are truly of a genre. */
  public int support(int genre) {
    int sum = 0;
    for (int p = 0; p < genres.size(); p++) {
      sum += count(genre, p);
    }
    return sum;
  }

  private int predicted(int genre) {
    int sum = 0;
    for (int t = 0; t < genres.size(); t++) {
      sum += count(t, genre);
    }
    return sum;
  }

  /** Of what was taken for a genre, the share that is of it, in [0, 1]. */
  public double precision(int genre) {
    return ratio(count(genre, genre), predicted(genre));
  }

  /** Of what is of a genre, the share that was taken for it, in [0, 1]. */
  public double recall(int genre) {
    return ratio(count(genre, genre), support(genre));
  }

  /** The harmonic mean of precision and recall, in [0, 1]. */
  public double f1(int genre) {
    return ratio(2L * count(genre, genre), (long) support(genre) + predicted(genre));
  }

  /** The mean F1 over the genres that occur, true or predicted; in [0, 1]. */
  public double macroF1() {
    double sum = 0;
    int occurring = 0;
    for (int g = 0; g < genres.size(); g++) {
      if (support(g) + predicted(g) > 0) {
        sum += f1(g);
        occurring++;
      }
    }
    return occurring == 0 ? 0 : sum / occurring;
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ConfusionMatrix that
        && genres.equals(that.genres)
        && Arrays.equals(cells, that.cells);
  }

  @Override
  public int hashCode() {
    return 31 * genres.hashCode() + Arrays.hashCode(cells);
  }

  @Override
  public String toString() {
    return genres + " " + counts();
  }
}
