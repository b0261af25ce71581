package tonearm.audio;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** A {@link DecoderChild} that does what a file's name tells it to. */
public final class CrashingChild {
  private CrashingChild() {}

  /** Takes no arguments. */
  public static void main(String[] args) throws IOException {
    DecoderChild.serve(CrashingChild::open);
  }

  private static AudioStream open(Path file, int sampleRateHz) throws IOException {
    String name = file.getFileName().toString();
    if (name.startsWith("crash-at-once")) {
      crash();
    } else if (name.startsWith("exit")) {
      Runtime.getRuntime().halt(7);
    } else if (name.startsWith("fault")) {
      throw new IllegalStateException("never happens");
    }
    AudioStream stream = AudioDecoder.open(file, sampleRateHz);
    return name.startsWith("crash") || name.startsWith("hang") ? new Trap(stream, name) : stream;
  }

  /** Reads what is at address 1: nothing. */
  private static void crash() {
    new IntPointer((Pointer) null) {
      {
        address = 1;
        limit = 1;
      }
    }.get();
  }

  /** Fails in the middle. */
  private record Trap(AudioStream stream, String name) implements AudioStream {
    @Override
    public int sampleRateHz() {
      return stream.sampleRateHz();
    }

    @Override
    public int read(float[] buffer, int offset, int length) throws IOException {
      int read = stream.read(buffer, offset, length);
      while (read < 0) {
        if (name.startsWith("crash")) {
          crash();
        }
      }
      return read;
    }

    @Override
    public List<String> warnings() {
      return stream.warnings();
    }

    @Override
    public void close() {
      stream.close();
    }
  }
}
