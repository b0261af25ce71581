package tonearm.terminal;

import java.io.PrintWriter;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar with speed and remaining time on stderr; nothing where no person watches. */
public final class Progress implements AutoCloseable {
  private static final int REFRESH_MS = 250;

  private final @Nullable ProgressBar bar;

  /** None at all: for what is said before there is anything to wait for. */
  public Progress() {
    bar = null;
  }

  /**
   * @param task what is being done, in a word or two
   * @param total how many there are to do
   * @param unit what is counted, such as {@code " clips"}
   */
  public Progress(String task, long total, String unit) {
    bar =
        Terminal.progressWanted()
            ? new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(total)
                .setUnit(unit, 1)
                .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BAR)
                .setUpdateIntervalMillis(REFRESH_MS)
                .setEtaFunction(Progress::remaining)
                .showSpeed()
                .setConsumer(new ConsoleProgressBarConsumer(System.err))
                .build()
            : null;
  }

  private static java.util.Optional<Duration> remaining(
      me.tongfei.progressbar.ProgressState state) {
    long done = state.getCurrent() - state.getStart();
    if (done <= 0 || state.getMax() <= 0) {
      return java.util.Optional.empty();
    }
    double each = (double) state.getElapsedAfterStart().toMillis() / done;
    return java.util.Optional.of(
        Duration.ofMillis((long) (each * (state.getMax() - state.getCurrent()))));
  }

  /** So many are done, of so many. */
  public void to(long done, long total) {
    if (bar != null) {
      bar.maxHint(total);
      bar.stepTo(done);
    }
  }

  /** A word beside the bar. */
  public void note(String text) {
    if (bar != null) {
      bar.setExtraMessage(" " + text);
    }
  }

  /** A line of text above the bar. */
  public void say(PrintWriter err, String line) {
    // Clears the bar's own line, which is drawn again below the text within a moment.
    err.println(bar == null ? line : "\r\u001b[K" + line);
  }

  /** Makes room for text on stdout, which may be the same terminal. */
  public void clear() {
    if (bar != null) {
      System.err.print("\r\u001b[K");
      System.err.flush();
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
