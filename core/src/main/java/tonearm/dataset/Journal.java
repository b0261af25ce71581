package tonearm.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tonearm.features.FeatureConfig;
import tonearm.provenance.Json;

/**
 * What a dataset in the making has so far, a JSON line for each finished picture, so that a killed
 * run can be taken up again. A line is added only when its picture is in place. A last line that
 * was cut off by the kill is forgotten, and so is any line that cannot be read. Thread-safe.
 */
final class Journal implements AutoCloseable {
  static final String FILE = ".prepare-journal.jsonl";

  /**
   * The first line.
   *
   * @param source folder that the dataset is made of, absolute
   * @param features how the pictures are made
   */
  record Header(String source, FeatureConfig features) {}

  /**
   * A finished track.
   *
   * @param source path of its file, relative to the source folder
   * @param bytes size of that file
   * @param modifiedNs when that file was last changed
   * @param sha256 digest of that file
   * @param picture digest of its picture
   */
  record Entry(
      String track,
      String source,
      long bytes,
      long modifiedNs,
      String sha256,
      int sampleRateHz,
      double durationS,
      float dbMin,
      float dbMax,
      @Nullable String note,
      String picture) {}

  private final Path file;
  private final FileChannel channel;
  private final Map<String, Entry> byTrack = new ConcurrentHashMap<>();

  private Journal(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(FILE));
  }

  /**
   * Opens the journal of a folder, or begins one, and keeps others from opening it.
   *
   * @throws IOException if another process has it open, or it is of another source or other
   *     features
   */
  static Journal open(Path folder, Header header) throws IOException {
    Path file = folder.resolve(FILE);
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      lock(folder, channel);
      Journal journal = new Journal(file, channel);
      journal.recall(folder, header);
      return journal;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void lock(Path folder, FileChannel channel) throws IOException {
    boolean free;
    try {
      free = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      free = false;
    }
    if (!free) {
      throw new IOException(folder + " is being written by another run of tonearm prepare");
    }
  }

  private void recall(Path folder, Header header) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
    int end = bytes.position();
    while (end > 0 && bytes.get(end - 1) != '\n') {
      end--;
    }
    Header before = null;
    String text = new String(bytes.array(), 0, end, StandardCharsets.UTF_8);
    for (String line : text.split("\n", -1)) {
      if (before == null) {
        before = parsed(line, Header.class);
        if (before == null) {
          break;
        }
      } else {
        Entry entry = parsed(line, Entry.class);
        if (entry != null) {
          byTrack.put(entry.track(), entry);
        }
      }
    }
    if (before == null) {
      channel.truncate(0);
      append(header);
      return;
    }
    if (!before.equals(header)) {
      throw new IOException(
          "%s holds an unfinished dataset of %s with the features \"%s\": choose another folder"
              .formatted(folder, before.source(), before.features().name()));
    }
    channel.truncate(end);
    channel.position(end);
  }

  private static <T> @Nullable T parsed(String line, Class<T> type) {
    try {
      return Json.fromText(line, type);
    } catch (IOException e) {
      return null; // half a line, or none: its picture is made again
    }
  }

  /** What was noted of a track, now or by an earlier run. */
  @Nullable Entry find(String track) {
    return byTrack.get(track);
  }

  /** Notes a track whose picture is in place. */
  void add(Entry entry) throws IOException {
    append(entry);
    byTrack.put(entry.track(), entry);
  }

  private synchronized void append(Object line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((Json.toLine(line) + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** The dataset is finished. */
  void delete() throws IOException {
    channel.close();
    Files.delete(file);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
