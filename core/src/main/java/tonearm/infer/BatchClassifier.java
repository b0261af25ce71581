package tonearm.infer;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import tonearm.audio.AudioSource;

/**
 * Answers any number of files, several at a time: each of {@link Settings#jobs} threads hears one
 * song after another, and clips of several songs go through the network together. Memory is steady
 * for any number and length of files, but for the few numbers a clip of those in hand.
 *
 * <p>One file's fault never costs the others: whatever is wrong with it is its answer, and so is a
 * decoder that does not come back. Answers are the same as {@link Classifier}'s but for the
 * rounding of other sums in the network (the test holds 1e-5 in fp32).
 *
 * <p>LibTorch's own threads come on top: load it with {@link #networkThreads} of them.
 */
public final class BatchClassifier {
  /** How long a file may be heard unless someone chooses otherwise. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(5);

  private final Classifier classifier;
  private final AudioSource source;
  private final Settings settings;
  private volatile boolean cancelled;

  /**
   * How a batch is worked on.
   *
   * @param jobs songs heard at a time, one thread each, at least 1; a good choice is one a core
   * @param timeout the longest that one file may be decoded and looked at, more than 0; the network
   *     and waiting are not counted. Default {@link #DEFAULT_TIMEOUT}
   * @param inOrder whether answers come in the order of the songs; else as they are ready. Default
   *     yes: then a slow file holds the answers of at most {@value BatchRun#WINDOW} others back
   * @param options what is asked about each
   */
  public record Settings(int jobs, Duration timeout, boolean inOrder, ClassifyOptions options) {
    public Settings {
      if (jobs < 1) {
        throw new IllegalArgumentException("jobs must be at least 1, not " + jobs);
      }
      if (timeout.isNegative() || timeout.isZero()) {
        throw new IllegalArgumentException("a time-out must be more than 0 s, not " + timeout);
      }
    }

    /** The defaults, with so many jobs. */
    public static Settings of(int jobs, ClassifyOptions options) {
      return new Settings(jobs, DEFAULT_TIMEOUT, true, options);
    }
  }

  /** A file to be answered. Whoever asks may hang on it what they need when the answer comes. */
  public interface Song {
    /** The file. */
    Path path();

    /**
     * An answer that is there already, so that the file is not opened. Asked once, on the thread
     * that would hear the song: the place for work on each file, such as its digest. Counts for the
     * time-out.
     *
     * @return null if the file is to be heard
     * @throws IOException what is wrong with the file; becomes its answer
     */
    default @Nullable Answer known() throws IOException {
      return null;
    }
  }

  /** Where answers go; called by the thread that runs the batch, one at a time. */
  @FunctionalInterface
  public interface Sink<S extends Song> {
    /**
     * Takes an answer, which may be an error.
     *
     * @throws IOException if it cannot take any more: the batch ends
     */
    void take(S song, Answer answer) throws IOException;
  }

  /**
   * How a batch went.
   *
   * @param answered songs with a genre
   * @param failed songs with an error
   * @param seconds from beginning to end
   * @param cancelled whether it ended early; the rest of the songs has no answer then
   */
  public record Summary(long answered, long failed, double seconds, boolean cancelled) {
    /** Songs that an answer was given to, errors included. */
    public long songs() {
      return answered + failed;
    }
  }

  /**
   * @param classifier stays the caller's to close, when no batch runs any more
   * @param source who decodes
   */
  public BatchClassifier(Classifier classifier, AudioSource source, Settings settings) {
    this.classifier = classifier;
    this.source = source;
    this.settings = settings;
  }

  /**
   * How many threads LibTorch should have so that {@code jobs} songs at a time neither leave cores
   * idle nor fight for them.
   */
  public static int networkThreads(int jobs) {
    return Math.max(1, Runtime.getRuntime().availableProcessors() / jobs);
  }

  /**
   * Answers songs until there are no more, on this thread and others. An interrupt of this thread
   * is taken as {@link #cancel}.
   *
   * @param songs asked for one at a time, as they are needed, by one thread at a time
   * @throws IOException what {@code sink} threw, after what was in hand has ended; or if so many
   *     files hang that it cannot go on
   */
  public <S extends Song> Summary run(Iterator<? extends S> songs, Sink<? super S> sink)
      throws IOException {
    return new BatchRun<S>(classifier, source, settings, songs, sink, () -> cancelled, this::cancel)
        .run();
  }

  /**
   * Takes on no more songs. Those in hand are finished and answered, but for what takes longer than
   * half a minute. From any thread.
   */
  public void cancel() {
    cancelled = true;
  }
}
