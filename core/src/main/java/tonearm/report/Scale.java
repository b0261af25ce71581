package tonearm.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * Numbers along an axis.
 *
 * @param low at its beginning; more than 0 if logarithmic
 * @param high at its end, more than {@code low}
 * @param logarithmic whether equal steps are equal factors
 */
record Scale(double low, double high, boolean logarithmic) {
  Scale {
    if (!(high > low && Double.isFinite(high - low)) || (logarithmic && !(low > 0))) {
      throw new IllegalArgumentException("no axis runs from " + low + " to " + high);
    }
  }

  static Scale linear(double low, double high) {
    return new Scale(low, high, false);
  }

  /** From 0 to a round number that all of the values are below; NaN is passed over. */
  static Scale upTo(double largest) {
    if (!(largest > 0)) {
      return linear(0, 1);
    }
    double step = niceStep(largest, 5);
    return linear(0, step * Math.ceil(largest / step - 1e-9));
  }

  /** Where a value lies, 0 at the beginning and 1 at the end. */
  double part(double value) {
    return logarithmic
        ? Math.log(value / low) / Math.log(high / low)
        : (value - low) / (high - low);
  }

  /** Round numbers to write at the axis, about as many as asked for. */
  List<Double> ticks(int about) {
    List<Double> ticks = new ArrayList<>();
    if (logarithmic) {
      double decades = Math.log10(high / low);
      int[] digits = decades > 3 ? new int[] {1} : new int[] {1, 2, 5};
      int stride = Math.max(1, (int) Math.ceil(decades / (2.0 * about)));
      for (int power = (int) Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
        for (int digit : Math.floorMod(power, stride) == 0 ? digits : new int[0]) {
          double tick = digit * Math.pow(10, power);
          if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) {
            ticks.add(tick);
          }
        }
      }
      return ticks;
    }
    double step = niceStep(high - low, about);
    for (double i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
      ticks.add(i * step + 0.0); // never -0
    }
    return ticks;
  }

  /** A tick in as few digits as it needs; of very large and small ones the power of ten. */
  static String label(double tick) {
    if (tick == 0) {
      return "0";
    }
    double rounded =
        new BigDecimal(tick)
            .round(new java.math.MathContext(4, RoundingMode.HALF_EVEN))
            .doubleValue();
    BigDecimal shortest = new BigDecimal(Double.toString(rounded)).stripTrailingZeros();
    int power = shortest.precision() - shortest.scale() - 1;
    return power >= 6 || power < -4
        ? shortest.movePointLeft(power).toPlainString() + "e" + power
        : shortest.toPlainString();
  }

  /** 1, 2 or 5 times a power of ten, so that a length is cut into about as many steps. */
  private static double niceStep(double length, int about) {
    double rough = length / Math.max(1, about);
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double digit = rough / power;
    return power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
  }
}
