package tonearm.audio;

import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_SIZE;
import static org.bytedeco.ffmpeg.global.avformat.avio_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avio_context_free;
import static org.bytedeco.ffmpeg.global.avformat.avio_seek;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EINVAL;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EIO;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_malloc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.ffmpeg.avformat.Write_packet_Pointer_BytePointer_int;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * One open file, given to FFmpeg as bytes. FFmpeg never learns the path, so no name can be taken
 * for an address or an option.
 */
final class FileBytes implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int SEEK_SET = 0;
  private static final int SEEK_CUR = 1;
  private static final int SEEK_END = 2;

  /** Set by FFmpeg on top of the kind of seek when it wants one at any price; no news to a file. */
  private static final int SEEK_FORCE = 0x20000;

  /**
   * A reader may go over a file more than once (interleaved tracks, an index at the end), but not
   * for ever: past this many bytes, plus as many times the file, it has lost its way.
   */
  private static final long FREE_READING_BYTES = 1L << 30;

  private static final long MAX_PASSES = 256;

  /** What one call costs of that allowance at least, so that reads of nothing end too. */
  private static final long LEAST_COST_BYTES = 4096;

  // JavaCPP has room for only ten native callbacks of a kind, so all files share one pair and are
  // told apart by the opaque pointer, which is a number and points nowhere.
  private static final ConcurrentMap<Long, FileBytes> OPEN = new ConcurrentHashMap<>();
  private static final AtomicLong LAST_HANDLE = new AtomicLong();
  private static final ReadCallback READ = new ReadCallback();
  private static final SeekCallback SEEK = new SeekCallback();

  private final FileChannel channel;
  private final long size;
  private final Handle handle;
  private final AVIOContext context;
  private long position;
  private long allowance;
  private @Nullable String failure;
  private boolean closed;

  /**
   * Opens a file for reading.
   *
   * @throws IOException if the system refuses
   */
  FileBytes(Path file) throws IOException {
    channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      size = channel.size();
      allowance = FREE_READING_BYTES + Math.multiplyExact(MAX_PASSES, Math.min(size, 1L << 50));
      handle = new Handle(LAST_HANDLE.incrementAndGet());
      context =
          avio_alloc_context(
              new BytePointer(av_malloc(BUFFER_BYTES)),
              BUFFER_BYTES,
              0,
              handle,
              READ,
              (Write_packet_Pointer_BytePointer_int) null,
              SEEK);
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
    OPEN.put(handle.address(), this);
  }

  AVIOContext context() {
    return context;
  }

  /** Bytes in the file when it was opened. */
  long size() {
    return size;
  }

  /** Why the file could not be read on, for a person; null while all reads went well. */
  @Nullable String failure() {
    return failure;
  }

  /** Goes back to the first byte, for the file to be opened once more. */
  void rewind() {
    avio_seek(context, 0, SEEK_SET);
    context.eof_reached(0).error(0);
  }

  /**
   * Some of the file's bytes, fewer than asked for where it ends before. FFmpeg's own place in the
   * file does not move.
   */
  byte[] read(long from, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) > 0) {
      // one read may give less than was asked for
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  private int read(BytePointer buffer, int length) {
    if (!spend(length)) {
      return AVERROR_EIO();
    }
    try {
      // A file that grows while it is read (a recording, a download) is heard as it was.
      int left = (int) Math.min(length, Math.max(0, size - position));
      ByteBuffer target = buffer.capacity(left).asByteBuffer();
      int read = left == 0 ? -1 : channel.read(target, position);
      if (read <= 0) {
        return AVERROR_EOF;
      }
      position += read;
      return read;
    } catch (IOException | RuntimeException e) {
      String message = e.getMessage();
      failure = message == null ? e.getClass().getSimpleName() : message;
      return AVERROR_EIO();
    }
  }

  private long seek(long offset, int how) {
    if (!spend(0)) {
      return AVERROR_EIO();
    }
    int whence = how & ~SEEK_FORCE;
    if (whence == AVSEEK_SIZE) {
      return size;
    }
    long target;
    switch (whence) {
      case SEEK_SET -> target = offset;
      case SEEK_CUR -> target = position + offset;
      case SEEK_END -> target = size + offset;
      default -> target = -1;
    }
    if (target < 0) {
      return AVERROR_EINVAL();
    }
    position = target;
    return target;
  }

  private boolean spend(long bytes) {
    allowance -= Math.max(bytes, LEAST_COST_BYTES);
    if (allowance < 0 && failure == null) {
      failure = "its parts refer to each other without end";
    }
    return allowance >= 0;
  }

  /** Frees the buffer and closes the file; the format context must be gone by then. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    OPEN.remove(handle.address());
    // FFmpeg may have exchanged the buffer for another, so it is asked for the present one.
    av_free(context.buffer());
    avio_context_free(context);
    try {
      channel.close();
    } catch (IOException e) {
      // The file was only read: nothing can be lost by a failed close, and nobody could act on it.
    }
  }

  /** A number that passes through FFmpeg as a pointer. */
  private static final class Handle extends Pointer {
    Handle(long number) {
      super((Pointer) null);
      address = number;
    }
  }

  private static final class ReadCallback extends Read_packet_Pointer_BytePointer_int {
    ReadCallback() {
      // Kept for the whole process, whatever PointerScope the first caller may have open.
      retainReference();
    }

    @Override
    public int call(Pointer opaque, BytePointer buffer, int length) {
      FileBytes file = OPEN.get(opaque.address());
      return file == null ? AVERROR_EIO() : file.read(buffer, length);
    }
  }

  private static final class SeekCallback extends Seek_Pointer_long_int {
    SeekCallback() {
      retainReference();
    }

    @Override
    public long call(Pointer opaque, long offset, int whence) {
      FileBytes file = OPEN.get(opaque.address());
      return file == null ? AVERROR_EIO() : file.seek(offset, whence);
    }
  }
}
