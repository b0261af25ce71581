package tonearm.terminal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, made gentle: the working thread is interrupted and has the time to finish what it has in
 * hand. The process must not end while native code runs, or LibTorch's own ending crashes it.
 */
public final class Interruption {
  private static final long PATIENCE_S = 60;
  private static final CountDownLatch DONE = new CountDownLatch(1);
  private static volatile boolean guarded;
  private static volatile boolean stopping;

  private Interruption() {}

  /** From here on, Ctrl-C interrupts the calling thread and waits for {@link #finished}. */
  public static void guard() {
    guarded = true;
    Thread worker = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (DONE.getCount() == 0) {
                    return;
                  }
                  stopping = true;
                  worker.interrupt();
                  await();
                },
                "ctrl-c"));
  }

  /** At the end of the process, unless a command ends by {@link #guard} and cleans up itself. */
  public static void otherwise(Runnable cleaning) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (!guarded) {
                    cleaning.run();
                  }
                },
                "cleaning"));
  }

  private static void await() {
    try {
      if (!DONE.await(PATIENCE_S, TimeUnit.SECONDS)) {
        System.err.println("tonearm: the work in hand did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** That a command was stopped, in its own words: what is there, and how to go on. */
  public static final class Stopped extends InterruptedException {
    private static final long serialVersionUID = 1;

    public Stopped(String words, InterruptedException cause) {
      super(words);
      initCause(cause);
    }
  }

  /** Whether Ctrl-C was pressed. */
  public static boolean isStopping() {
    return stopping;
  }

  /** The command is over; the process may end. */
  public static void finished() {
    DONE.countDown();
    if (stopping) {
      // The hook ends the process with the signal's own status; an exit here would only race with
      // it.
      try {
        Thread.sleep(TimeUnit.SECONDS.toMillis(PATIENCE_S));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
