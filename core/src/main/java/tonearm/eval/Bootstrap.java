package tonearm.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import tonearm.provenance.Seeds;

/**
 * 95 % percentile intervals (Efron 1979) over tracks: each resample draws as many tracks as there
 * are, with replacement, and with each all of its clips, because the clips of one track are alike
 * and would make a resample of clips look surer than it is.
 *
 * <p>The interval says how far the score would move with other tracks of the same kind and the same
 * trained model; it does not cover training again.
 *
 * @param resamples how many, at least 1; {@value #DEFAULT_RESAMPLES} unless there is a reason
 * @param seed decides the draws, together with nothing else
 */
public record Bootstrap(int resamples, long seed) {
  /** Enough for the bounds to be steady to a few tenths of a point. */
  public static final int DEFAULT_RESAMPLES = 2000;

  private static final double TAIL = 0.025;

  public Bootstrap {
    if (resamples < 1) {
      throw new IllegalArgumentException("resamples must be at least 1, not " + resamples);
    }
  }

  /** The default number of resamples. */
  public static Bootstrap withSeed(long seed) {
    return new Bootstrap(DEFAULT_RESAMPLES, seed);
  }

  /**
   * What was said of one track: of each of its clips, or once of the whole.
   *
   * @param trueGenre index into the genres
   * @param predictedGenres indexes into the genres; at least one; not copied
   */
  public record Verdicts(int trueGenre, int[] predictedGenres) {}

  /**
   * The intervals of several statistics, all over the same resamples. Bounds are the 2.5th and
   * 97.5th percentiles, interpolated as {@code numpy.percentile} does.
   *
   * @param genres names; at least one, all different
   * @param tracks at least one; of a single track every resample is the same, and so are the bounds
   * @param statistics finite functions, such as {@code ConfusionMatrix::accuracy}
   * @return an interval for each statistic, in order
   */
  public List<Interval> intervals(
      List<String> genres,
      List<Verdicts> tracks,
      List<ToDoubleFunction<ConfusionMatrix>> statistics) {
    List<String> names = ValidInput.genres(genres);
    if (tracks.isEmpty()) {
      throw new IllegalArgumentException("no tracks: a bootstrap needs at least 1");
    }
    int n = names.size();
    int[][] cellsOfTrack = new int[tracks.size()][];
    for (int i = 0; i < cellsOfTrack.length; i++) {
      cellsOfTrack[i] = cells("track number " + i, tracks.get(i), n);
    }
    Random random = new Seeds(seed).random("bootstrap");
    double[][] values = new double[statistics.size()][resamples];
    for (int r = 0; r < resamples; r++) {
      int[] cells = new int[n * n];
      for (int drawn = 0; drawn < cellsOfTrack.length; drawn++) {
        for (int cell : cellsOfTrack[random.nextInt(cellsOfTrack.length)]) {
          cells[cell]++;
        }
      }
      ConfusionMatrix matrix = ConfusionMatrix.ofCells(names, cells);
      for (int s = 0; s < values.length; s++) {
        values[s][r] = statistics.get(s).applyAsDouble(matrix);
      }
    }
    List<Interval> intervals = new ArrayList<>();
    for (double[] ofStatistic : values) {
      Arrays.sort(ofStatistic);
      intervals.add(new Interval(quantile(ofStatistic, TAIL), quantile(ofStatistic, 1 - TAIL)));
    }
    return intervals;
  }

  /**
   * The interval of a mean over tracks, each with a value of its own.
   *
   * @param values finite, at least one
   */
  public Interval ofMean(double[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("no tracks: a bootstrap needs at least 1");
    }
    Random random = new Seeds(seed).random("bootstrap");
    double[] means = new double[resamples];
    for (int r = 0; r < resamples; r++) {
      double sum = 0;
      for (int drawn = 0; drawn < values.length; drawn++) {
        sum += values[random.nextInt(values.length)];
      }
      means[r] = sum / values.length;
    }
    Arrays.sort(means);
    return new Interval(quantile(means, TAIL), quantile(means, 1 - TAIL));
  }

  /**
   * How often a network was right about one track.
   *
   * @param right from 0 to {@code of}
   * @param of of how many clips, or 1 for the whole track; 0 if it was not asked
   */
  public record Outcome(int right, int of) {
    /** Not asked. */
    public static final Outcome NONE = new Outcome(0, 0);

    public Outcome {
      if (right < 0 || right > of) {
        throw new IllegalArgumentException(right + " right of " + of + " cannot be");
      }
    }

    /** Both together. */
    Outcome plus(Outcome more) {
      return new Outcome(right + more.right, of + more.of);
    }

    double share() {
      return (double) right / of;
    }
  }

  /**
   * What two networks said of one track.
   *
   * @param one of the one network
   * @param other of the other; not both {@link Outcome#NONE}
   */
  public record Compared(Outcome one, Outcome other) {
    public Compared {
      if (one.of() == 0 && other.of() == 0) {
        throw new IllegalArgumentException("neither network was asked about this track");
      }
    }
  }

  /**
   * The interval of one network's accuracy less another's. Tracks that both were asked about are
   * drawn for both at once; those that one was asked about alone are drawn among themselves. So
   * networks with the same tracks are compared in pairs, and such with none in common as two
   * samples.
   *
   * @param tracks of each network at least one
   */
  public Interval ofDifference(List<Compared> tracks) {
    List<List<Compared>> strata =
        List.of(
            tracks.stream().filter(t -> t.one().of() > 0 && t.other().of() > 0).toList(),
            tracks.stream().filter(t -> t.other().of() == 0).toList(),
            tracks.stream().filter(t -> t.one().of() == 0).toList());
    boolean paired = !strata.get(0).isEmpty();
    if (!paired && (strata.get(1).isEmpty() || strata.get(2).isEmpty())) {
      throw new IllegalArgumentException("no tracks: a bootstrap needs at least 1 of each network");
    }
    Random random = new Seeds(seed).random("bootstrap");
    double[] differences = new double[resamples];
    for (int r = 0; r < resamples; r++) {
      Outcome one = Outcome.NONE;
      Outcome other = Outcome.NONE;
      for (List<Compared> stratum : strata) {
        for (int drawn = 0; drawn < stratum.size(); drawn++) {
          Compared track = stratum.get(random.nextInt(stratum.size()));
          one = one.plus(track.one());
          other = other.plus(track.other());
        }
      }
      differences[r] = one.share() - other.share();
    }
    Arrays.sort(differences);
    return new Interval(quantile(differences, TAIL), quantile(differences, 1 - TAIL));
  }

  private static int[] cells(String what, Verdicts track, int genres) {
    ValidInput.genreIndex("the true genre of " + what, track.trueGenre(), genres);
    if (track.predictedGenres().length == 0) {
      throw new IllegalArgumentException(what + " has no predictions; it needs at least 1");
    }
    int[] cells = new int[track.predictedGenres().length];
    for (int i = 0; i < cells.length; i++) {
      int predicted = track.predictedGenres()[i];
      ValidInput.genreIndex("a predicted genre of " + what, predicted, genres);
      cells[i] = track.trueGenre() * genres + predicted;
    }
    return cells;
  }

  /** Linear between neighbours: method 7 of Hyndman and Fan 1996, numpy's default. */
  private static double quantile(double[] sorted, double q) {
    double position = q * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
