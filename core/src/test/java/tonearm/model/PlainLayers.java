package tonearm.model;

/**
 * The layers once more, in plain Java and double precision, as slow and as near to their definition
 * as can be: what {@link GraphRunner} is compared with. Arrays are {@code
 * [n][channel][row][column]} in one, row-major.
 */
final class PlainLayers {
  private PlainLayers() {}

  /** A value, or 0 outside of the picture. */
  private static double at(double[] x, Shape s, int n, int c, int row, int column) {
    boolean inside = row >= 0 && row < s.height() && column >= 0 && column < s.width();
    return inside ? x[index(s, n, c, row, column)] : 0;
  }

  private static int index(Shape s, int n, int c, int row, int column) {
    return ((n * s.channels() + c) * s.height() + row) * s.width() + column;
  }

  /** Kernel {@code [filters][channels][k][k]}; the window is centred on {@code stride} times. */
  static double[] convolution(
      double[] x, int batch, Shape in, float[] kernel, float[] bias, int k, int stride) {
    int filters = bias.length;
    Shape out =
        new Shape(filters, (in.height() + stride - 1) / stride, (in.width() + stride - 1) / stride);
    double[] y = new double[batch * (int) out.size()];
    for (int n = 0; n < batch; n++) {
      for (int f = 0; f < filters; f++) {
        for (int row = 0; row < out.height(); row++) {
          for (int column = 0; column < out.width(); column++) {
            double sum = bias[f];
            for (int c = 0; c < in.channels(); c++) {
              for (int i = 0; i < k * k; i++) {
                int fromRow = row * stride + i / k - k / 2;
                int fromColumn = column * stride + i % k - k / 2;
                double weight = kernel[(f * in.channels() + c) * k * k + i];
                sum += weight * at(x, in, n, c, fromRow, fromColumn);
              }
            }
            y[index(out, n, f, row, column)] = sum;
          }
        }
      }
    }
    return y;
  }

  /** Kernel {@code [channels][filters][k][k]}; every input value paints its window. */
  static double[] transposedConvolution(
      double[] x, int batch, Shape in, float[] kernel, float[] bias, int k, int stride) {
    int filters = bias.length;
    Shape out = new Shape(filters, in.height() * stride, in.width() * stride);
    double[] y = new double[batch * (int) out.size()];
    for (int i = 0; i < y.length; i++) {
      y[i] = bias[i / (out.height() * out.width()) % filters];
    }
    for (int n = 0; n < batch; n++) {
      for (int c = 0; c < in.channels(); c++) {
        for (int row = 0; row < in.height(); row++) {
          for (int column = 0; column < in.width(); column++) {
            double value = x[index(in, n, c, row, column)];
            for (int f = 0; f < filters; f++) {
              for (int i = 0; i < k * k; i++) {
                int toRow = row * stride + i / k - k / 2;
                int toColumn = column * stride + i % k - k / 2;
                if (toRow >= 0 && toRow < out.height() && toColumn >= 0 && toColumn < out.width()) {
                  y[index(out, n, f, toRow, toColumn)] +=
                      value * kernel[(c * filters + f) * k * k + i];
                }
              }
            }
          }
        }
      }
    }
    return y;
  }

  /** Mean and variance (divided by the count) of each channel over batch, rows and columns. */
  static double[][] statistics(double[] x, int batch, Shape in) {
    double[] mean = new double[in.channels()];
    double[] variance = new double[in.channels()];
    int area = in.height() * in.width();
    for (int i = 0; i < x.length; i++) {
      mean[i / area % in.channels()] += x[i] / (batch * area);
    }
    for (int i = 0; i < x.length; i++) {
      int c = i / area % in.channels();
      variance[c] += Math.pow(x[i] - mean[c], 2) / (batch * area);
    }
    return new double[][] {mean, variance};
  }

  /** {@code scale (x - mean) / sqrt(variance + epsilon) + offset}, by channel. */
  static double[] norm(
      double[] x, Shape in, double[][] statistics, float[] scale, float[] offset, double epsilon) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int c = i / (in.height() * in.width()) % in.channels();
      double deviation = Math.sqrt(statistics[1][c] + epsilon);
      y[i] = scale[c] * (x[i] - statistics[0][c]) / deviation + offset[c];
    }
    return y;
  }

  /** A remainder at the right and lower edge is dropped. */
  static double[] maxPool(double[] x, int batch, Shape in, int size) {
    Shape out = new Shape(in.channels(), in.height() / size, in.width() / size);
    double[] y = new double[batch * (int) out.size()];
    for (int n = 0; n < batch; n++) {
      for (int c = 0; c < in.channels(); c++) {
        for (int row = 0; row < out.height(); row++) {
          for (int column = 0; column < out.width(); column++) {
            double max = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < size * size; i++) {
              max = Math.max(max, at(x, in, n, c, row * size + i / size, column * size + i % size));
            }
            y[index(out, n, c, row, column)] = max;
          }
        }
      }
    }
    return y;
  }

  /** A remainder at the right and lower edge is dropped. */
  static double[] averagePool(double[] x, int batch, Shape in, int size) {
    Shape out = new Shape(in.channels(), in.height() / size, in.width() / size);
    double[] y = new double[batch * (int) out.size()];
    for (int n = 0; n < batch; n++) {
      for (int c = 0; c < in.channels(); c++) {
        for (int row = 0; row < out.height() * size; row++) {
          for (int column = 0; column < out.width() * size; column++) {
            int to = index(out, n, c, row / size, column / size);
            y[to] += at(x, in, n, c, row, column) / (size * size);
          }
        }
      }
    }
    return y;
  }

  /** {@code [units][values]} times the values, plus bias. */
  static double[] dense(double[] x, int batch, float[] weight, float[] bias) {
    int values = x.length / batch;
    double[] y = new double[batch * bias.length];
    for (int n = 0; n < batch; n++) {
      for (int u = 0; u < bias.length; u++) {
        double sum = bias[u];
        for (int i = 0; i < values; i++) {
          sum += (double) weight[u * values + i] * x[n * values + i];
        }
        y[n * bias.length + u] = sum;
      }
    }
    return y;
  }
}
