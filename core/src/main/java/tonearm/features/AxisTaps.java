package tonearm.features;

/**
 * How one axis of a picture is read anew: for each output pixel the input pixels it is made of, and
 * their weights, which sum to 1. An output pixel whose centre lies beyond the input's end is made
 * of nothing.
 *
 * @param first first input pixel of each output pixel
 * @param weights of the input pixels from there on; empty for none
 */
record AxisTaps(int[] first, float[][] weights) {
  /**
   * A triangle filter as wide as the larger of the two pixel pitches: linear interpolation where
   * the axis grows, antialiased where it shrinks (Pillow's {@code BILINEAR}).
   *
   * @param in input pixels
   * @param out output pixels
   * @param pitch input pixels from one output pixel to the next, more than 0; {@code in / out}
   *     resizes
   */
  static AxisTaps triangle(int in, int out, double pitch) {
    int[] first = new int[out];
    float[][] weights = new float[out][];
    double reach = Math.max(1, pitch);
    for (int i = 0; i < out; i++) {
      double centre = (i + 0.5) * pitch;
      if (centre >= in) {
        weights[i] = new float[0];
        continue;
      }
      int from = Math.max(0, (int) (centre - reach + 0.5));
      int to = Math.min(in, (int) (centre + reach + 0.5));
      float[] w = new float[to - from];
      double sum = 0;
      for (int j = from; j < to; j++) {
        double weight = Math.max(0, 1 - Math.abs((j + 0.5 - centre) / reach));
        w[j - from] = (float) weight;
        sum += weight;
      }
      for (int k = 0; k < w.length; k++) {
        w[k] /= (float) sum;
      }
      first[i] = from;
      weights[i] = w;
    }
    return new AxisTaps(first, weights);
  }

  /** The one input pixel that holds the centre of each output pixel; parameters as above. */
  static AxisTaps nearest(int in, int out, double pitch) {
    int[] first = new int[out];
    float[][] weights = new float[out][];
    for (int i = 0; i < out; i++) {
      double centre = (i + 0.5) * pitch;
      boolean inside = centre < in;
      first[i] = inside ? (int) centre : 0;
      weights[i] = inside ? new float[] {1} : new float[0];
    }
    return new AxisTaps(first, weights);
  }

  /**
   * The mean over a stretch of the input for each output pixel, the pixels at its ends by the part
   * that lies in it; where a stretch is shorter than one pixel, linear interpolation at its middle.
   *
   * @param in input pixels
   * @param edges in input pixels, rising, one more than output pixels; an output pixel whose middle
   *     lies beyond the input's end is made of nothing
   */
  static AxisTaps means(int in, double[] edges) {
    int out = edges.length - 1;
    int[] first = new int[out];
    float[][] weights = new float[out][];
    for (int i = 0; i < out; i++) {
      double from = edges[i];
      double to = Math.min(in, edges[i + 1]);
      double middle = (edges[i] + edges[i + 1]) / 2;
      if (middle >= in) {
        weights[i] = new float[0];
      } else if (edges[i + 1] - from < 1) {
        double centre = Math.min(in - 1.0, Math.max(0, middle - 0.5));
        first[i] = Math.min((int) centre, Math.max(0, in - 2));
        float upper = (float) (centre - first[i]);
        weights[i] = in == 1 ? new float[] {1} : new float[] {1 - upper, upper};
      } else {
        first[i] = (int) from;
        float[] w = new float[Math.min(in, (int) Math.ceil(to)) - first[i]];
        for (int k = 0; k < w.length; k++) {
          double covered = Math.min(to, first[i] + k + 1.0) - Math.max(from, first[i] + k);
          w[k] = (float) (covered / (to - from));
        }
        weights[i] = w;
      }
    }
    return new AxisTaps(first, weights);
  }

  /** Number of output pixels. */
  int out() {
    return first.length;
  }
}
