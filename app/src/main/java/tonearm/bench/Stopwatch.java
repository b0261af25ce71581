package tonearm.bench;

import java.io.IOException;
import java.util.List;
import tonearm.terminal.Interruption;

/** Does things again and again and tells how fast each time was. */
public final class Stopwatch {
  private final int warmUp;
  private final int runs;
  private final Runnable tick;

  /** Something to be timed. */
  @FunctionalInterface
  public interface Work {
    /** Does it once and tells how much that was, in whatever the speed is to be counted in. */
    double run() throws IOException;
  }

  /**
   * @param warmUp runs that are not counted, for the JIT compiler and the caches; at least 0
   * @param runs that are, at least 1
   * @param tick called after each run of anything
   */
  public Stopwatch(int warmUp, int runs, Runnable tick) {
    this.warmUp = warmUp;
    this.runs = runs;
    this.tick = tick;
  }

  /** How often everything is done, warm-up included. */
  public int rounds() {
    return warmUp + runs;
  }

  /**
   * Speeds of several things, done in turn rather than one after another, so that what slows the
   * machine for a while slows all of them and their ratios stay true.
   *
   * @return amount a second, {@code [work][run]}
   */
  public double[][] speeds(List<Work> works) throws IOException, InterruptedException {
    double[][] speeds = new double[works.size()][runs];
    for (int round = -warmUp; round < runs; round++) {
      for (int i = 0; i < works.size(); i++) {
        if (Interruption.isStopping() || Thread.interrupted()) {
          throw new InterruptedException("stopped before all was measured");
        }
        long start = System.nanoTime();
        double amount = works.get(i).run();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (round >= 0) {
          speeds[i][round] = amount / seconds;
        }
        tick.run();
      }
    }
    return speeds;
  }

  /** One by the other, run by run. */
  static double[] ratios(double[] of, double[] to) {
    double[] ratios = new double[of.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = of[i] / to[i];
    }
    return ratios;
  }

  /** Each times a factor. */
  static double[] times(double[] values, double factor) {
    double[] scaled = values.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= factor;
    }
    return scaled;
  }
}
