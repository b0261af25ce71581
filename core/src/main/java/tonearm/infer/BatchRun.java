package tonearm.infer;

import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tonearm.audio.AudioSource;
import tonearm.infer.BatchClassifier.Settings;
import tonearm.infer.BatchClassifier.Sink;
import tonearm.infer.BatchClassifier.Song;
import tonearm.infer.BatchClassifier.Summary;
import tonearm.infer.SongReader.Heard;
import tonearm.model.LibTorch;

/**
 * One batch at work. Listening threads take songs and hear them; the thread that called hands the
 * answers on, puts them in order, and looks at the clock. A thread that does not come back from a
 * file is left behind, and another takes its place.
 */
final class BatchRun<S extends Song> {
  /** Songs that are taken on and not handed on yet, at most: what putting in order may hold. */
  static final int WINDOW = 512;

  /** So many threads may hang in files that nothing ends before the batch gives up. */
  private static final int MAX_STUCK = 64;

  private static final long STUCK_JOIN_MS = 200;
  private static final long LOOK_MS = 100;
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Classifier classifier;
  private final AudioSource source;
  private final Settings settings;
  private final Iterator<? extends S> songs;
  private final Sink<? super S> sink;
  private final BooleanSupplier cancelled;
  private final Runnable cancel;

  private final ClipBatches batches;
  private final BlockingQueue<Event<S>> events = new LinkedBlockingQueue<>();
  private final Semaphore window;
  private final Set<SongInHand<S>> inHand = ConcurrentHashMap.newKeySet();
  private final Object intake = new Object();
  private long taken;

  // What follows is the calling thread's own.
  private final Map<Long, Event<S>> early = new HashMap<>();
  private final Set<Thread> stuck = ConcurrentHashMap.newKeySet();
  private int working;
  private long over;
  private long next;
  private long answered;
  private long failed;
  private long cancelledAt;
  private long lookedAt;
  private @Nullable Throwable failure;

  /**
   * A song that is over, or a thread that is.
   *
   * @param song null if a thread found no more songs
   * @param answer null if the song was given up
   * @param fault why the thread ended, if not for want of songs
   */
  private record Event<S extends Song>(
      @Nullable SongInHand<S> song, @Nullable Answer answer, @Nullable Throwable fault) {}

  BatchRun(
      Classifier classifier,
      AudioSource source,
      Settings settings,
      Iterator<? extends S> songs,
      Sink<? super S> sink,
      BooleanSupplier cancelled,
      Runnable cancel) {
    this.classifier = classifier;
    this.source = source;
    this.settings = settings;
    this.songs = songs;
    this.sink = sink;
    this.cancelled = cancelled;
    this.cancel = cancel;
    batches = new ClipBatches(classifier);
    window = new Semaphore(Math.max(WINDOW, 2 * settings.jobs()));
  }

  /** What became of a file that Tonearm itself is at fault with. */
  static Answer fault(String name, Throwable cause) {
    return Answer.error(
        name,
        cause instanceof OutOfMemoryError || LibTorch.isOutOfMemory(cause)
            ? "it needs more memory than there is"
            : "Tonearm failed on it, please report this: " + cause);
  }

  Summary run() throws IOException {
    long begun = System.nanoTime();
    for (int i = 0; i < settings.jobs(); i++) {
      startThread();
    }
    while (working > 0 || over < takenSoFar()) {
      Event<S> event = nextEvent();
      if (event != null) {
        take(event);
      }
      look();
    }
    batches.close();
    joinStuck();
    if (failure instanceof IOException e) {
      throw e;
    } else if (failure instanceof Error e) {
      throw e;
    } else if (failure instanceof RuntimeException e) {
      throw e;
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    return new Summary(answered, failed, seconds, cancelled.getAsBoolean());
  }

  /** Most threads that were left come back soon, and then close what they had open. */
  private void joinStuck() {
    try {
      for (Thread thread : stuck) {
        thread.join(STUCK_JOIN_MS);
      }
    } catch (InterruptedException e) {
      cancel.run();
    }
  }

  private void startThread() {
    working++;
    Thread thread = new Thread(this::work, "listener");
    thread.setDaemon(true);
    thread.start();
  }

  private @Nullable Event<S> nextEvent() {
    try {
      return events.poll(LOOK_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      cancel.run(); // what is in hand is waited for, and no more is taken on
      return null;
    }
  }

  private void take(Event<S> event) {
    if (event.song() == null) {
      working--;
      if (event.fault() != null) {
        fail(event.fault());
      }
      return;
    }
    over++;
    if (settings.inOrder()) {
      early.put(event.song().index(), event);
      for (Event<S> e = early.remove(next); e != null; e = early.remove(next)) {
        next++;
        handOn(e);
      }
    } else {
      handOn(event);
    }
  }

  private void handOn(Event<S> event) {
    window.release();
    Answer answer = event.answer();
    if (event.song() == null || answer == null || failure != null) {
      return;
    }
    try {
      sink.take(event.song().song(), answer);
      if (answer.isOk()) {
        answered++;
      } else {
        failed++;
      }
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
    }
  }

  /** Ends it all: there is nobody to answer to. */
  private void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
    cancel.run();
    for (SongInHand<S> song : inHand) {
      leave(song, null);
    }
  }

  /** Looks at the clock: who is overdue is left. */
  private void look() {
    long now = System.nanoTime();
    if (now - lookedAt < TimeUnit.MILLISECONDS.toNanos(LOOK_MS)) {
      return;
    }
    lookedAt = now;
    if (working <= 0) {
      batches.flush(); // a thread that was left could not do it
    }
    if (cancelled.getAsBoolean() && cancelledAt == 0) {
      cancelledAt = now;
    }
    boolean outOfGrace = cancelledAt != 0 && now - cancelledAt > GRACE_NANOS;
    long limit = settings.timeout().toNanos();
    for (SongInHand<S> song : inHand) {
      if (song.listeningNanos() > limit) {
        leave(song, Answer.error(song.name(), "took longer than " + limitInWords()));
      } else if (outOfGrace) {
        leave(song, null);
      }
    }
  }

  private String limitInWords() {
    double seconds = settings.timeout().toNanos() / 1e9;
    return seconds == Math.rint(seconds)
        ? String.format(Locale.ROOT, "%.0f s", seconds)
        : String.format(Locale.ROOT, "%s s", seconds);
  }

  private void leave(SongInHand<S> song, @Nullable Answer answer) {
    if (!song.giveUp(answer)) {
      return;
    }
    working--;
    stuck.removeIf(thread -> !thread.isAlive());
    stuck.add(song.listener());
    if (stuck.size() > MAX_STUCK) {
      fail(
          new IOException(
              "more than " + MAX_STUCK + " files do not let go of their decoders: given up"));
    } else if (!cancelled.getAsBoolean()) {
      startThread();
    }
  }

  private long takenSoFar() {
    synchronized (intake) {
      return taken;
    }
  }

  /** What a listening thread does. */
  private void work() {
    Throwable fault = null;
    try {
      while (true) {
        if (!window.tryAcquire()) {
          // The answers that are waited for may hang on clips that wait for more to come.
          batches.flush();
          window.acquire();
        }
        SongInHand<S> song = begin();
        if (song == null) {
          break;
        }
        hear(song);
        if (song.isGivenUp()) {
          return; // left behind; another thread is in this one's place
        }
      }
      batches.flush();
    } catch (InterruptedException e) {
      fault = new IllegalStateException("a listening thread was interrupted", e);
    } catch (RuntimeException | Error e) {
      fault = e;
    }
    events.add(new Event<>(null, null, fault));
  }

  /** The next song, or null if there is none to take on. */
  private @Nullable SongInHand<S> begin() {
    synchronized (intake) {
      if (cancelled.getAsBoolean() || !songs.hasNext()) {
        return null;
      }
      SongInHand<S> song =
          new SongInHand<>(
              songs.next(),
              taken,
              batches,
              (name, clips, heard) ->
                  clips.answer(name, heard, classifier.model(), settings.options()),
              this::over);
      inHand.add(song);
      taken++;
      return song;
    }
  }

  private void over(SongInHand<S> song, @Nullable Answer answer) {
    inHand.remove(song);
    events.add(new Event<>(song, answer, null));
  }

  private void hear(SongInHand<S> song) {
    try {
      Answer known = song.song().known();
      if (known != null) {
        song.end(known);
        return;
      }
      Heard heard = classifier.hear(song.song().path(), source, settings.options(), song);
      song.heard(heard);
    } catch (IOException e) {
      song.end(Answer.error(song.name(), Classifier.cause(e)));
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      // One file that Tonearm has a fault with must not cost the answers for all the others.
      song.end(fault(song.name(), e));
    } catch (Error e) {
      // Of the whole process, such as a library that cannot be unpacked: nothing is told of the
      // song.
      song.abandon();
      throw e;
    }
  }
}
