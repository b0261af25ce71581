package tonearm.features;

import tonearm.dsp.Decibels;

/**
 * The spectrogram of a song of any length as a picture of bounded size, gathered frame by frame:
 * once its columns are full, each two become one. So memory does not grow with the song, and its
 * length need not be known. A value is the level of the mean power of all that it gathers. Not
 * thread-safe.
 */
public final class PooledSpectrogram {
  private final AxisTaps taps;

  /** Mean power of each full column, sum of powers of the last one. */
  private final double[][] columns;

  private final double[] power;
  private int used;
  private int framesPerColumn = 1;
  private int inLast;
  private long frames;

  /**
   * @param features of the frames
   * @param axis of the picture
   * @param rows height of the picture, at least 1
   * @param maxColumns most columns it may have, even, at least 2; of a song of more frames it has
   *     at least half as many
   */
  public PooledSpectrogram(FeatureConfig features, FrequencyAxis axis, int rows, int maxColumns) {
    if (rows < 1 || maxColumns < 2 || maxColumns % 2 != 0) {
      throw new IllegalArgumentException(
          "a picture needs a row and an even number of columns, not " + rows + " x " + maxColumns);
    }
    double[] edges = axis.edges(rows, features.axis());
    for (int i = 0; i < edges.length; i++) {
      edges[i] = Math.max(0, edges[i] * features.bins());
    }
    taps = AxisTaps.means(features.bins(), edges);
    columns = new double[maxColumns][];
    power = new double[features.bins()];
  }

  /**
   * Adds the next frame.
   *
   * @param levels in dB, the lowest frequency first
   */
  public void add(float[] levels) {
    if (used == 0 || inLast == framesPerColumn) {
      if (used == columns.length) {
        halve();
      }
      columns[used++] = new double[taps.out()];
      inLast = 0;
    }
    for (int bin = 0; bin < power.length; bin++) {
      power[bin] = Math.pow(10, levels[bin] / 10);
    }
    double[] column = columns[used - 1];
    for (int row = 0; row < column.length; row++) {
      float[] weights = taps.weights()[row];
      int from = taps.first()[row];
      for (int k = 0; k < weights.length; k++) {
        column[row] += weights[k] * power[from + k];
      }
    }
    inLast++;
    frames++;
    if (inLast == framesPerColumn) {
      divide(column, framesPerColumn);
    }
  }

  private void halve() {
    for (int i = 0; i < used / 2; i++) {
      double[] a = columns[2 * i];
      double[] b = columns[2 * i + 1];
      for (int row = 0; row < a.length; row++) {
        a[row] = (a[row] + b[row]) / 2;
      }
      columns[i] = a;
    }
    used /= 2;
    framesPerColumn *= 2;
  }

  private static void divide(double[] column, int by) {
    for (int row = 0; row < column.length; row++) {
      column[row] /= by;
    }
  }

  /** How many frames were added. */
  public long frames() {
    return frames;
  }

  /** How many of them a column gathers; the last may have fewer. */
  public int framesPerColumn() {
    return framesPerColumn;
  }

  /**
   * The picture so far, in dB, not floored.
   *
   * @throws IllegalStateException if no frame was added
   */
  public Spectrogram levels() {
    if (used == 0) {
      throw new IllegalStateException("there is no picture of a sound without a frame");
    }
    int rows = taps.out();
    float[] values = new float[rows * used];
    for (int i = 0; i < used; i++) {
      boolean isFull = i < used - 1 || inLast == framesPerColumn;
      for (int row = 0; row < rows; row++) {
        double mean = isFull ? columns[i][row] : columns[i][row] / inLast;
        values[row * used + i] = Decibels.fromPower(mean);
      }
    }
    return new Spectrogram(values, rows, used);
  }
}
