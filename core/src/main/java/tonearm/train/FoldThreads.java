package tonearm.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Several folds at a time, each on a thread of its own that takes the next when it is done. */
final class FoldThreads {
  private FoldThreads() {}

  /** Trains one fold. */
  @FunctionalInterface
  interface Work {
    /** Until it is done, cannot go on or is interrupted. */
    void train(int fold) throws IOException, InterruptedException;
  }

  /**
   * Works through all folds. When one cannot go on, or the calling thread is interrupted, the
   * others are interrupted too; only when all have ended does this return.
   */
  static void run(Collection<Integer> folds, int threads, Work work)
      throws IOException, InterruptedException {
    Queue<Integer> waiting = new ConcurrentLinkedQueue<>(folds);
    ExecutorService pool = Executors.newFixedThreadPool(Math.min(threads, folds.size()));
    ExecutorCompletionService<Void> ended = new ExecutorCompletionService<>(pool);
    List<Future<Void>> all = new ArrayList<>();
    Throwable cause = null;
    try {
      for (int i = 0; i < Math.min(threads, folds.size()); i++) {
        all.add(
            ended.submit(
                () -> {
                  for (Integer fold = waiting.poll(); fold != null; fold = waiting.poll()) {
                    work.train(fold);
                  }
                  return null;
                }));
      }
      for (int i = 0; i < all.size(); i++) {
        ended.take().get();
      }
    } catch (ExecutionException e) {
      cause = e.getCause();
    } catch (InterruptedException e) {
      cause = e;
    } finally {
      pool.shutdownNow();
      awaitEnd(pool);
    }
    rethrow(cause);
  }

  /** LibTorch must not be torn down under running code, so nothing but the end will do. */
  private static void awaitEnd(ExecutorService pool) {
    boolean interrupted = false;
    for (boolean over = false; !over; ) {
      try {
        over = pool.awaitTermination(1, TimeUnit.HOURS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void rethrow(@Nullable Throwable cause) throws IOException, InterruptedException {
    if (cause instanceof IOException e) {
      throw e;
    } else if (cause instanceof InterruptedException e) {
      throw e;
    } else if (cause instanceof RuntimeException e) {
      throw e;
    } else if (cause instanceof Error e) {
      throw e;
    }
  }
}
