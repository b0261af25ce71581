package tonearm.audio;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The program that {@link IsolatedDecoder} starts: decodes what it is told to, one file after
 * another, and may crash without harm. It ends when its standard input does, so it never outlives
 * the process that started it, even one that was killed.
 *
 * <p>Requests and replies are a byte for the kind, an int for the length of what follows, and that,
 * numbers in big-endian order. {@link #OPEN}, {@link #READ}, {@link #SKIP}, {@link #TOTAL} and
 * {@link #WARNINGS} have one reply each, in their order; {@link #CLOSE} has none.
 */
final class DecoderChild {
  /** Sample rate as an int, then the file's URI. Reply: OPENED with the rate, or an error. */
  static final byte OPEN = 'O';

  /** Reply: BLOCK with samples, END with warnings, or an error. */
  static final byte READ = 'R';

  /** A long: how many samples. Reply: SKIPPED, or an error. */
  static final byte SKIP = 'S';

  /** Reply: LENGTH with a long, -1 for unknown; or an error. */
  static final byte TOTAL = 'T';

  /** Reply: WARNED with the warnings so far. */
  static final byte WARNINGS = 'W';

  static final byte CLOSE = 'C';

  static final byte OPENED = 'o';
  static final byte BLOCK = 'b';

  /** Warnings, each ended by a zero byte. */
  static final byte END = 'e';

  static final byte SKIPPED = 's';
  static final byte LENGTH = 't';

  /** Warnings, as for END. */
  static final byte WARNED = 'w';

  /** What is wrong with the file, for a person. */
  static final byte ERROR = 'x';

  /** What is wrong with Tonearm. */
  static final byte FAULT = 'f';

  /** Longest message; more is no message of ours. */
  static final int MAX_MESSAGE_BYTES = 1 << 20;

  private static final int BLOCK_SAMPLES = 1 << 14;

  private final AudioSource source;
  private final DataOutputStream out;
  private final float[] samples = new float[BLOCK_SAMPLES];
  private final ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * BLOCK_SAMPLES);
  private @Nullable AudioStream stream;

  private record Request(byte kind, byte[] content) {}

  private DecoderChild(AudioSource source, OutputStream out) {
    this.source = source;
    this.out = new DataOutputStream(new BufferedOutputStream(out, 1 << 17));
  }

  /** Takes no arguments. */
  public static void main(String[] args) throws IOException {
    serve(AudioDecoder::open);
  }

  /** Answers on standard output what is asked on standard input, until that ends. */
  static void serve(AudioSource source) throws IOException {
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    // Whatever else is printed in this process must not get between the replies.
    System.setOut(System.err);
    BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    CountDownLatch over = new CountDownLatch(1);
    // Ctrl-C goes to this process too; whether to end is for the one that asks to decide.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> awaitQuietly(over)));
    Thread reader = new Thread(() -> receive(System.in, requests, over), "requests");
    reader.setDaemon(true);
    reader.start();
    DecoderChild child = new DecoderChild(source, out);
    while (true) {
      try {
        child.answer(requests.take());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static void receive(
      InputStream in, BlockingQueue<Request> requests, CountDownLatch over) {
    try (DataInputStream data = new DataInputStream(in)) {
      while (true) {
        byte kind = data.readByte();
        requests.add(new Request(kind, data.readNBytes(data.readInt())));
      }
    } catch (IOException e) {
      over.countDown();
      // Not exit: the other thread may be lost in native code.
      Runtime.getRuntime().halt(0);
    }
  }

  private static void awaitQuietly(CountDownLatch over) {
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void answer(Request request) throws IOException {
    try {
      ByteBuffer content = ByteBuffer.wrap(request.content);
      switch (request.kind) {
        case OPEN -> open(content);
        case READ -> read();
        case SKIP -> {
          opened().skip(content.getLong());
          reply(SKIPPED, new byte[0]);
        }
        case TOTAL -> {
          OptionalLong total = opened().totalSamples();
          reply(LENGTH, ByteBuffer.allocate(Long.BYTES).putLong(total.orElse(-1)).array());
        }
        case WARNINGS -> reply(WARNED, joined(opened().warnings()));
        case CLOSE -> close();
        default -> throw new IllegalStateException("no such request: " + request.kind);
      }
    } catch (AudioException e) {
      fail(ERROR, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      fail(ERROR, e.getMessage() == null ? e.toString() : e.getMessage());
    } catch (RuntimeException | Error e) {
      fail(FAULT, e.toString());
    }
    out.flush();
  }

  private void open(ByteBuffer content) throws IOException {
    close();
    int rateHz = content.getInt();
    Path file = Path.of(URI.create(StandardCharsets.UTF_8.decode(content).toString()));
    AudioStream opened = source.open(file, rateHz);
    stream = opened;
    reply(OPENED, ByteBuffer.allocate(Integer.BYTES).putInt(opened.sampleRateHz()).array());
  }

  private void read() throws IOException {
    AudioStream from = opened();
    int count = 0;
    while (count < samples.length) {
      int read = from.read(samples, count, samples.length - count);
      if (read < 0) {
        break;
      }
      count += read;
    }
    if (count == 0) {
      reply(END, joined(from.warnings()));
      return;
    }
    bytes.clear().asFloatBuffer().put(samples, 0, count);
    out.writeByte(BLOCK);
    out.writeInt(Float.BYTES * count);
    out.write(bytes.array(), 0, Float.BYTES * count);
  }

  private AudioStream opened() {
    if (stream == null) {
      throw new IllegalStateException("nothing is open");
    }
    return stream;
  }

  private static byte[] joined(List<String> texts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String text : texts) {
      all.writeBytes(text.getBytes(StandardCharsets.UTF_8));
      all.write(0);
    }
    return all.toByteArray();
  }

  private void fail(byte kind, String message) throws IOException {
    close();
    reply(kind, message.getBytes(StandardCharsets.UTF_8));
  }

  private void reply(byte kind, byte[] content) throws IOException {
    out.writeByte(kind);
    out.writeInt(content.length);
    out.write(content);
  }

  private void close() {
    if (stream != null) {
      stream.close();
      stream = null;
    }
  }
}
