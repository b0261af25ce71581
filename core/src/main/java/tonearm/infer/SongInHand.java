package tonearm.infer;

import java.io.IOException;
import java.io.InterruptedIOException;
import org.jspecify.annotations.Nullable;
import tonearm.features.Spectrogram;
import tonearm.infer.SongReader.Heard;

/**
 * A song that is being heard by one thread while its clips are answered by others. It is over once,
 * whatever comes first: its answer, an error, or somebody who gives it up; the rest is not listened
 * to any more.
 */
final class SongInHand<S extends BatchClassifier.Song> implements SongReader.ClipSink {
  private final S song;
  private final long index;
  private final ClipBatches batches;
  private final Completion<S> completion;
  private final Answering answering;
  private final Thread listener = Thread.currentThread();
  private final long begun = System.nanoTime();

  private ClipCollector collector = new ClipCollector();
  private @Nullable Heard heard;
  private boolean over;
  private boolean givenUp;

  /** What the network failed with on one of its clips. */
  private @Nullable Throwable fault;

  /** Time that the listening thread spent on anything but this song. */
  private long otherwiseBusy;

  private long busySince;
  private boolean busy;

  /** Makes the answer of all that was said. */
  @FunctionalInterface
  interface Answering {
    Answer answer(String name, ClipCollector clips, Heard heard);
  }

  /** Hears that a song is over, once; of whatever thread. */
  @FunctionalInterface
  interface Completion<S extends BatchClassifier.Song> {
    /**
     * @param answer null if it was given up without one
     */
    void over(SongInHand<S> song, @Nullable Answer answer);
  }

  /** Begins a song on the thread that hears it. */
  SongInHand(
      S song, long index, ClipBatches batches, Answering answering, Completion<S> completion) {
    this.song = song;
    this.index = index;
    this.batches = batches;
    this.answering = answering;
    this.completion = completion;
  }

  S song() {
    return song;
  }

  /** Its place in the order of songs, from 0. */
  long index() {
    return index;
  }

  String name() {
    return song.path().toString();
  }

  @Override
  public void clip(Spectrogram levels, double startSeconds, boolean isSilent) throws IOException {
    ClipCollector mine;
    int clip;
    synchronized (this) {
      requireInHand();
      mine = collector;
      clip = mine.expect(startSeconds, isSilent);
      busySince = System.nanoTime();
      busy = true;
    }
    batches.add(levels, new ReplyTo(mine, clip));
    synchronized (this) {
      busy = false;
      otherwiseBusy += System.nanoTime() - busySince;
      requireInHand();
    }
  }

  private void requireInHand() throws InterruptedIOException {
    if (over || fault != null) {
      throw new InterruptedIOException("given up");
    }
  }

  @Override
  public synchronized void restart() {
    collector = new ClipCollector();
  }

  /** All of it was heard; it is answered once all its clips are. */
  synchronized void heard(Heard all) {
    heard = all;
    completeIfAnswered();
  }

  /** It was not heard to its end, or need not be; unless it is over already, this is its answer. */
  synchronized void end(Answer answer) {
    finish(fault == null ? answer : BatchRun.fault(name(), fault));
  }

  /** It ends without an answer, with the batch that it was of. */
  synchronized void abandon() {
    finish(null);
  }

  private void finish(@Nullable Answer answer) {
    if (!over) {
      over = true;
      completion.over(this, answer);
    }
  }

  /**
   * Ends it if its thread is still hearing it, and interrupts that.
   *
   * @return whether it did; then its thread will not come back to work
   */
  synchronized boolean giveUp(@Nullable Answer answer) {
    if (over || heard != null) {
      return false;
    }
    givenUp = true;
    finish(answer);
    listener.interrupt();
    return true;
  }

  /** Whether {@link #giveUp} ended it: then its thread has been replaced. */
  synchronized boolean isGivenUp() {
    return givenUp;
  }

  /** Time spent on hearing it. */
  synchronized long listeningNanos() {
    long now = System.nanoTime();
    return now - begun - otherwiseBusy - (busy ? now - busySince : 0);
  }

  Thread listener() {
    return listener;
  }

  private void completeIfAnswered() {
    if (over || heard == null) {
      return;
    }
    if (fault != null) {
      finish(BatchRun.fault(name(), fault));
    } else if (collector.isComplete()) {
      Answer answer;
      try {
        answer = answering.answer(name(), collector, heard);
      } catch (RuntimeException e) {
        answer = BatchRun.fault(name(), e);
      }
      finish(answer);
    }
  }

  private final class ReplyTo implements ClipBatches.Reply {
    private final ClipCollector asker;
    private final int clip;

    ReplyTo(ClipCollector asker, int clip) {
      this.asker = asker;
      this.clip = clip;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the very collector, or the song was begun anew
    public void answered(float[] probabilities, float[] features) {
      synchronized (SongInHand.this) {
        if (!over && asker == collector) {
          asker.put(clip, probabilities, features);
          completeIfAnswered();
        }
      }
    }

    @Override
    public void failed(Throwable cause) {
      synchronized (SongInHand.this) {
        fault = cause;
        completeIfAnswered();
      }
    }
  }
}
