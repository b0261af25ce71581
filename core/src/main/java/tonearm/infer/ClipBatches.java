package tonearm.infer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import tonearm.features.Spectrogram;
import tonearm.model.GenreNet.ClipAnswers;

/**
 * Clips of several songs on their way through the network together. There is no thread of its own:
 * whoever brings the clip that fills a batch takes the batch through the network. So as many
 * threads are at work as hear songs and no more, none waits for another, and no more clips can wait
 * than one batch for each thread and one being filled. Thread-safe.
 */
final class ClipBatches implements AutoCloseable {
  /** Batches in the network at a time: its intermediate results are the most that memory holds. */
  private static final int AT_ONCE = 8;

  private final Classifier classifier;
  private final Semaphore passes = new Semaphore(AT_ONCE);
  private final Deque<Clip> waiting = new ArrayDeque<>();
  private final Queue<float[]> spare = new ConcurrentLinkedQueue<>();
  private boolean closed;

  ClipBatches(Classifier classifier) {
    this.classifier = classifier;
  }

  /** Who hears what the network says; called by any thread, once. */
  interface Reply {
    /** The answer to the clip. */
    void answered(float[] probabilities, float[] features);

    /** There is none. */
    void failed(Throwable cause);
  }

  private record Clip(float[] picture, Reply reply) {}

  /** Takes a clip; a full batch goes through the network before this returns. */
  void add(Spectrogram levels, Reply reply) {
    float[] picture = spare.poll();
    if (picture == null) {
      picture = classifier.newPicture();
    }
    classifier.draw(levels, picture);
    List<Clip> full = null;
    synchronized (waiting) {
      waiting.add(new Clip(picture, reply));
      if (waiting.size() >= Classifier.BATCH) {
        full = take();
      }
    }
    if (full != null) {
      ask(full);
    }
  }

  /** Takes what waits through the network, though it fills no batch. */
  void flush() {
    List<Clip> rest;
    synchronized (waiting) {
      rest = take();
    }
    if (!rest.isEmpty()) {
      ask(rest);
    }
  }

  private List<Clip> take() {
    List<Clip> batch = new ArrayList<>();
    for (Clip clip = waiting.poll(); clip != null; clip = waiting.poll()) {
      batch.add(clip);
    }
    return batch;
  }

  private void ask(List<Clip> batch) {
    List<float[]> pictures = batch.stream().map(Clip::picture).toList();
    ClipAnswers answers = null;
    Throwable failure = null;
    passes.acquireUninterruptibly();
    try {
      if (closed) {
        throw new IllegalStateException("the batch is over");
      }
      answers = classifier.ask(pictures);
    } catch (RuntimeException | Error e) {
      failure = e; // an Error too: whoever waits for the answer must not wait for ever
    } finally {
      passes.release();
    }
    spare.addAll(pictures);
    for (int i = 0; i < batch.size(); i++) {
      tell(batch.get(i).reply(), answers, i, failure);
    }
  }

  private static void tell(
      Reply reply, @Nullable ClipAnswers answers, int i, @Nullable Throwable failure) {
    if (answers != null) {
      reply.answered(answers.probabilities()[i], answers.features()[i]);
    } else {
      reply.failed(failure == null ? new IllegalStateException("no answer") : failure);
    }
  }

  /** Waits until nothing is in the network; it is not asked again. */
  @Override
  public void close() {
    passes.acquireUninterruptibly(AT_ONCE);
    closed = true;
    passes.release(AT_ONCE);
  }
}
