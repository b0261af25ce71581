package tonearm.audio;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One child process that runs {@link DecoderChild}, and what is said to it and by it. */
final class DecoderProcess implements AutoCloseable {
  /** Samples are on their way through FFmpeg, not on the heap. */
  private static final String HEAP = "-Xmx128m";

  private static final int ENDING_SECONDS = 5;
  private static final int SIGNALLED = 128;
  private static final int WORDS_KEPT = 1 << 14;

  /** A JVM that crashes says so on stdout, in lines that begin with this. */
  private static final byte DYING = '#';

  private static final Pattern SIGNAL = Pattern.compile("\\b(SIG[A-Z]{2,5})\\b");

  private final Process process;
  private final Duration limit;
  private final DataOutputStream requests;
  private final BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
  private final StringBuilder said = new StringBuilder();

  private volatile boolean ended;

  /**
   * A reply.
   *
   * @param kind one of {@link DecoderChild}'s, or 0: there will be no more
   */
  record Reply(byte kind, ByteBuffer content) {
    String text() {
      return StandardCharsets.UTF_8.decode(content.duplicate()).toString();
    }
  }

  private DecoderProcess(Process process, Duration limit) {
    this.process = process;
    this.limit = limit;
    requests = new DataOutputStream(process.getOutputStream());
    pump("decoder's replies", this::receive);
    pump("decoder's complaints", this::listen);
  }

  /**
   * Starts a child.
   *
   * @param program its main class
   * @param limit the longest to wait for a reply
   */
  static DecoderProcess start(String program, Duration limit) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // A crash is told in one line by us: neither a report in the user's folder nor a core dump.
    command.addAll(
        List.of(
            HEAP,
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=/dev/null",
            // Nothing of Java's own may come between the answers on stdout.
            "-Xlog:disable",
            "-XX:+DisplayVMOutputToStderr",
            "-Djava.awt.headless=true"));
    System.getProperties()
        .stringPropertyNames()
        .forEach(
            key -> {
              // Its memory stays bounded by its own heap.
              if (key.startsWith("org.bytedeco.") && !key.endsWith(".maxphysicalbytes")) {
                command.add("-D" + key + "=" + System.getProperty(key));
              }
            });
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program));
    try {
      return new DecoderProcess(new ProcessBuilder(command).start(), limit);
    } catch (IOException e) {
      throw new IOException("the decoder's process cannot be started: " + e.getMessage(), e);
    }
  }

  /** Whether it can be asked. */
  boolean isAlive() {
    return !ended && process.isAlive();
  }

  /** Asks for something. */
  void ask(byte kind, byte[] content) throws IOException {
    try {
      requests.writeByte(kind);
      requests.writeInt(content.length);
      requests.write(content);
      requests.flush();
    } catch (IOException e) {
      throw crashed();
    }
  }

  /**
   * Waits for the next reply.
   *
   * @throws AudioException if it is an error, the child is gone, or the limit is over; in the last
   *     case the child is ended
   */
  Reply reply() throws IOException {
    Reply reply = next();
    if (reply.kind == 0) {
      throw crashed();
    }
    if (reply.kind == DecoderChild.ERROR) {
      throw new AudioException(reply.text());
    }
    if (reply.kind == DecoderChild.FAULT) {
      kill();
      throw new AudioException("the decoder failed on it: " + reply.text());
    }
    return reply;
  }

  private Reply next() throws IOException {
    Reply reply;
    try {
      reply = replies.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a file was decoded");
    }
    if (reply == null) {
      kill();
      String seconds = String.valueOf(limit.toMillis() / 1000.0).replaceFirst("\\.0$", "");
      throw new AudioException("took longer than " + seconds + " s to decode");
    }
    return reply;
  }

  private AudioException crashed() {
    int status = -1;
    try {
      status = process.waitFor(ENDING_SECONDS, TimeUnit.SECONDS) ? process.exitValue() : -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
    Matcher signal;
    synchronized (said) {
      signal = SIGNAL.matcher(said.toString());
    }
    String how =
        signal.find()
            ? signal.group(1)
            : status > SIGNALLED ? "signal " + (status - SIGNALLED) : "exit status " + status;
    return new AudioException("the decoder crashed on it (" + how + ")");
  }

  /** Ends it at once: it holds nothing that could be lost. */
  private void kill() {
    ended = true;
    process.destroyForcibly();
  }

  @Override
  public void close() {
    kill();
  }

  private void receive() {
    try (DataInputStream in = new DataInputStream(process.getInputStream())) {
      while (true) {
        byte kind = in.readByte();
        if (kind == DYING) {
          keep(in.readNBytes(WORDS_KEPT));
          break;
        }
        int length = in.readInt();
        if (length < 0 || length > DecoderChild.MAX_MESSAGE_BYTES) {
          break;
        }
        byte[] content = new byte[length];
        in.readFully(content);
        replies.add(new Reply(kind, ByteBuffer.wrap(content)));
      }
    } catch (IOException e) {
      // It has ended; whoever waits hears of it below.
    }
    replies.add(new Reply((byte) 0, ByteBuffer.allocate(0)));
  }

  private void listen() {
    byte[] block = new byte[1024];
    try (InputStream in = process.getErrorStream()) {
      for (int read = in.read(block); read >= 0; read = in.read(block)) {
        keep(Arrays.copyOf(block, read));
      }
    } catch (IOException e) {
      // As above.
    }
  }

  private void keep(byte[] words) {
    synchronized (said) {
      if (said.length() < WORDS_KEPT) {
        said.append(new String(words, StandardCharsets.ISO_8859_1));
      }
    }
  }

  private static void pump(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** The samples of a block. */
  static float[] samples(Reply block) {
    float[] samples = new float[block.content.remaining() / Float.BYTES];
    block.content.asFloatBuffer().get(samples);
    return samples;
  }
}
