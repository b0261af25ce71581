package tonearm.audio;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Decodes in processes of its own, so that a crash or a hang of the native decoder costs one file
 * and not the program. What comes out is the same to the last bit as from {@link AudioDecoder}.
 *
 * <p>A child process hears one file at a time and then waits for the next; there are as many as
 * files were open at once. One that crashes, hangs or fails is replaced when it is needed. Each is
 * a small Java with FFmpeg and nothing else, and ends with this process even if that is killed.
 */
public final class IsolatedDecoder implements AudioSource, AutoCloseable {
  /** How long one step may take by default: opening a file, or a block of its sound. */
  public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(60);

  private final Duration limit;
  private final String program;
  private final Set<DecoderProcess> idle = new HashSet<>();
  private final Set<DecoderProcess> busy = new HashSet<>();
  private boolean closed;

  /** With {@link #DEFAULT_LIMIT}. */
  public IsolatedDecoder() {
    this(DEFAULT_LIMIT);
  }

  /**
   * Starts nothing yet.
   *
   * @param limit the longest that one step may take, more than 0: opening a file, finding its
   *     length, seeking, or decoding 16,384 samples
   */
  public IsolatedDecoder(Duration limit) {
    this(limit, DecoderChild.class.getName());
  }

  /**
   * @param program the child's main class
   */
  IsolatedDecoder(Duration limit, String program) {
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException("a limit must be more than 0 s, not " + limit);
    }
    this.limit = limit;
    this.program = program;
  }

  /**
   * Opens a file in a child process. An interrupt of the thread that waits for it ends the child.
   *
   * @throws AudioException if there is nothing to hear, or the decoder crashed on it or took too
   *     long; so do the stream's methods
   * @throws InterruptedIOException if the thread was interrupted
   */
  @Override
  public AudioStream open(Path file, int sampleRateHz) throws IOException {
    AudioDecoder.checkRate(sampleRateHz);
    DecoderProcess process = take();
    try {
      return new IsolatedStream(process, file, sampleRateHz, this::giveBack);
    } catch (IOException | RuntimeException | Error e) {
      giveBack(process);
      throw e;
    }
  }

  private DecoderProcess take() throws IOException {
    synchronized (this) {
      if (closed) {
        throw new IOException("the decoder is closed");
      }
      for (DecoderProcess process : List.copyOf(idle)) {
        idle.remove(process);
        if (process.isAlive()) {
          busy.add(process);
          return process;
        }
      }
    }
    DecoderProcess process = DecoderProcess.start(program, limit);
    synchronized (this) {
      busy.add(process);
    }
    return process;
  }

  private synchronized void giveBack(DecoderProcess process) {
    busy.remove(process);
    if (closed) {
      process.close();
    } else if (process.isAlive()) {
      idle.add(process);
    }
  }

  /** How many children run; for tests. */
  synchronized int children() {
    return idle.size() + busy.size();
  }

  /** Ends the children; what is still being heard fails. */
  @Override
  public void close() {
    List<DecoderProcess> all;
    synchronized (this) {
      closed = true;
      all = new ArrayList<>(idle);
      all.addAll(busy);
      idle.clear();
      busy.clear();
    }
    all.forEach(DecoderProcess::close);
  }
}
