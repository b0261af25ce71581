package tonearm.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Consumer;
import tonearm.audio.DecoderProcess.Reply;

/** A file that is decoded by a {@link DecoderProcess}, one block ahead of whoever listens. */
final class IsolatedStream implements AudioStream {
  private static final byte[] NOTHING = {};

  private final DecoderProcess process;
  private final int sampleRateHz;
  private final Consumer<DecoderProcess> whenClosed;

  private float[] block = {};
  private int taken;
  private List<String> warnings = List.of();

  /** Whether a block has been asked for that is not here yet. */
  private boolean asked;

  private boolean ended;
  private boolean closed;

  /**
   * Opens a file.
   *
   * @param process does nothing else until this stream is closed
   * @param whenClosed is given the process back
   */
  IsolatedStream(DecoderProcess process, Path file, int rateHz, Consumer<DecoderProcess> whenClosed)
      throws IOException {
    this.process = process;
    this.whenClosed = whenClosed;
    // A URI keeps every byte of a name, even those that are no text here.
    byte[] uri = file.toUri().toString().getBytes(StandardCharsets.UTF_8);
    process.ask(
        DecoderChild.OPEN,
        ByteBuffer.allocate(Integer.BYTES + uri.length).putInt(rateHz).put(uri).array());
    sampleRateHz = expect(DecoderChild.OPENED).content().getInt();
  }

  @Override
  public int sampleRateHz() {
    return sampleRateHz;
  }

  @Override
  public int read(float[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length < 1) {
      throw new IllegalArgumentException("length must be at least 1, not " + length);
    }
    requireOpen();
    if (taken == block.length && !ended) {
      askAhead();
      receive();
      if (!ended) {
        askAhead();
      }
    }
    if (taken == block.length) {
      return -1;
    }
    int given = Math.min(length, block.length - taken);
    System.arraycopy(block, taken, buffer, offset, given);
    taken += given;
    return given;
  }

  @Override
  public OptionalLong totalSamples() throws IOException {
    requireOpen();
    receiveAsked();
    process.ask(DecoderChild.TOTAL, NOTHING);
    long total = expect(DecoderChild.LENGTH).content().getLong();
    return total < 0 ? OptionalLong.empty() : OptionalLong.of(total);
  }

  @Override
  public void skip(long samples) throws IOException {
    if (samples < 0) {
      throw new IllegalArgumentException("only 0 or more samples can be skipped, not " + samples);
    }
    requireOpen();
    long left = passOver(samples);
    if (left > 0) {
      receiveAsked();
      left = passOver(left);
    }
    if (left > 0 && !ended) {
      process.ask(DecoderChild.SKIP, ByteBuffer.allocate(Long.BYTES).putLong(left).array());
      expect(DecoderChild.SKIPPED);
    }
  }

  @Override
  public List<String> warnings() {
    if (!ended && !closed) {
      try {
        receiveAsked();
        if (!ended) {
          process.ask(DecoderChild.WARNINGS, NOTHING);
          warnings = texts(expect(DecoderChild.WARNED));
        }
      } catch (IOException e) {
        // Reading on will tell; what there is to warn of is less than that.
      }
    }
    return warnings;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (asked) {
        // Nobody wants it, but a crash or a hang on it is this file's, not the next one's.
        process.reply();
      }
      process.ask(DecoderChild.CLOSE, NOTHING);
    } catch (IOException e) {
      // The process is gone, and with it what was to be closed.
    }
    whenClosed.accept(process);
  }

  /** Passes over what is here already, and returns how many samples are left to pass over. */
  private long passOver(long samples) {
    int passed = (int) Math.min(samples, block.length - taken);
    taken += passed;
    return samples - passed;
  }

  private void askAhead() throws IOException {
    if (!asked) {
      process.ask(DecoderChild.READ, NOTHING);
      asked = true;
    }
  }

  /** Takes a block that is on its way, behind what is here. */
  private void receiveAsked() throws IOException {
    if (asked) {
      float[] rest = Arrays.copyOfRange(block, taken, block.length);
      receive();
      float[] both = Arrays.copyOf(rest, rest.length + block.length);
      System.arraycopy(block, 0, both, rest.length, block.length);
      block = both;
    }
  }

  private void receive() throws IOException {
    asked = false; // an error is its answer too
    Reply reply = process.reply();
    taken = 0;
    if (reply.kind() == DecoderChild.END) {
      ended = true;
      block = new float[0];
      warnings = texts(reply);
    } else {
      require(reply, DecoderChild.BLOCK);
      block = DecoderProcess.samples(reply);
    }
  }

  private static List<String> texts(Reply reply) {
    String text = reply.text();
    return text.isEmpty() ? List.of() : List.of(text.split("\0"));
  }

  private Reply expect(byte kind) throws IOException {
    Reply reply = process.reply();
    require(reply, kind);
    return reply;
  }

  private static void require(Reply reply, byte kind) {
    if (reply.kind() != kind) {
      throw new IllegalStateException(
          "the decoder's process answered '%c' where '%c' was due"
              .formatted((char) reply.kind(), (char) kind));
    }
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("the stream is closed");
    }
  }
}
