package tonearm.tags;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Json;
import tonearm.provenance.PathText;

/**
 * All changes of tags, so that they can be taken back: JSON Lines, only ever added to. A change is
 * noted and forced to disk before it is made, and confirmed after it; a line without confirmation
 * tells of a kill in between. Several threads and processes may write at once.
 */
public final class TagJournal implements AutoCloseable {
  /** How far a change got. */
  public enum State {
    /** Noted, and never heard of again: the process was killed, before the change or after it. */
    BEGUN,
    /** Made. */
    DONE,
    /** Given up: the file is as it was. */
    DROPPED
  }

  /**
   * A change.
   *
   * @param id unique
   * @param time when it was made, ISO 8601 in UTC
   * @param path of the file, absolute, links followed; see {@link PathText}
   * @param field name of the field
   * @param before what the field said
   * @param after what it says from then on
   * @param sha256Before digest of the whole file
   * @param sha256After likewise
   * @param undoes id of the entry that this one takes back, or null
   */
  public record Entry(
      String id,
      String time,
      String path,
      String field,
      List<String> before,
      List<String> after,
      String sha256Before,
      String sha256After,
      @Nullable String undoes) {
    public Entry {
      if (id == null || time == null || path == null || field == null) {
        throw new IllegalArgumentException("an entry needs id, time, path and field");
      }
      if (before == null || after == null || sha256Before == null || sha256After == null) {
        throw new IllegalArgumentException("an entry needs what was and what is");
      }
      before = List.copyOf(before);
      after = List.copyOf(after);
    }
  }

  /** The line that ends an entry. */
  private record End(String id, State end) {}

  private final Path file;
  private final FileChannel channel;
  private final WritableByteChannel out;
  private boolean isCut;

  private TagJournal(Path file, FileChannel channel) {
    this(file, channel, channel);
  }

  /**
   * @param out what is written to, which a test may let fail
   */
  TagJournal(Path file, FileChannel channel, WritableByteChannel out) {
    this.file = file;
    this.channel = channel;
    this.out = out;
  }

  /** Opens a journal for writing, or begins one. */
  public static TagJournal open(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      AtomicFiles.createFolders(folder);
    }
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    TagJournal journal = new TagJournal(file, channel);
    journal.endCutLine();
    return journal;
  }

  /** A line that a kill cut off must not swallow the next one. */
  private void endCutLine() throws IOException {
    long size = channel.size();
    if (size == 0) {
      return;
    }
    ByteBuffer last = ByteBuffer.allocate(1);
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      in.read(last, size - 1);
    }
    if (last.get(0) != '\n') {
      channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
    }
  }

  /**
   * Reads a journal.
   *
   * @return entries in the order they were made, each with how far it got; nothing if there is none
   * @throws IOException if it cannot be read
   */
  public static Map<Entry, State> read(Path file) throws IOException {
    Map<String, Entry> entries = new LinkedHashMap<>();
    Map<String, State> states = new LinkedHashMap<>();
    if (!Files.exists(file)) {
      return Map.of();
    }
    // A line may be cut within a character, and must not cost all others.
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Entry entry = parsed(line, Entry.class);
        End end = entry == null ? parsed(line, End.class) : null;
        if (entry != null) {
          entries.put(entry.id(), entry);
        } else if (end != null) {
          states.put(end.id(), end.end());
        }
      }
    }
    Map<Entry, State> all = new LinkedHashMap<>();
    entries.forEach((id, entry) -> all.put(entry, states.getOrDefault(id, State.BEGUN)));
    return all;
  }

  private static <T> @Nullable T parsed(String line, Class<T> type) {
    try {
      return Json.fromText(line, type);
    } catch (IOException e) {
      return null; // cut off by a kill: what it would have told of was not begun yet
    }
  }

  Entry begin(
      Path path,
      TagField field,
      List<String> before,
      List<String> after,
      String sha256Before,
      String sha256After,
      @Nullable Entry undoes)
      throws IOException {
    Entry entry =
        new Entry(
            UUID.randomUUID().toString(),
            Instant.now().toString(),
            PathText.of(path),
            field.name(),
            before,
            after,
            sha256Before,
            sha256After,
            undoes == null ? null : undoes.id());
    append(entry);
    return entry;
  }

  void confirm(Entry entry) throws IOException {
    append(new End(entry.id(), State.DONE));
  }

  void drop(Entry entry) throws IOException {
    append(new End(entry.id(), State.DROPPED));
  }

  private synchronized void append(Object line) throws IOException {
    // What a full disk cut off must not swallow this line.
    String text = (isCut ? "\n" : "") + Json.toLine(line) + "\n";
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    try {
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      channel.force(false);
      isCut = false;
    } catch (IOException e) {
      isCut = true; // and should there be room by now, not even for another process's next line
      try {
        out.write(ByteBuffer.wrap(new byte[] {'\n'}));
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw new TagException("the journal " + file + " cannot be written: " + e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
