package tonearm.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Times along an axis: seconds in short songs, else minutes and seconds. */
final class TimeAxis {
  private static final double SHORT = 100;
  private static final int MOST = 10;
  private static final int[] STEPS = {
    10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 604800
  };

  private TimeAxis() {}

  static List<Double> ticks(double seconds) {
    if (seconds <= SHORT) {
      return Scale.linear(0, seconds).ticks(MOST);
    }
    int step = STEPS[STEPS.length - 1];
    for (int i = STEPS.length - 1; i >= 0 && seconds / STEPS[i] <= MOST; i--) {
      step = STEPS[i];
    }
    List<Double> ticks = new ArrayList<>();
    for (double tick = 0; tick <= seconds; tick += step) {
      ticks.add(tick);
    }
    return ticks;
  }

  static String label(double tick, double seconds) {
    return seconds <= SHORT ? Scale.label(tick) : of(tick);
  }

  static String unit(double seconds) {
    return seconds <= SHORT ? "s" : seconds < 3600 ? "min:s" : "h:min:s";
  }

  /** {@code 3:04}, or {@code 1:02:03}. */
  static String of(double seconds) {
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }
}
