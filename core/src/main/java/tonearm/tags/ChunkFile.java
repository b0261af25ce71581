package tonearm.tags;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tonearm.provenance.Digest;

/**
 * WAV (RIFF) and AIFF (IFF): chunks one after another. Tags stand in a chunk that holds an ID3v2
 * tag, and in WAV also in a list {@code INFO}, whose {@code IGNR} has room for one genre.
 *
 * <p>An {@code INFO} list that is there is kept in step: it gets the first genre. One genre goes
 * into it alone where the file has no ID3 chunk. In all other cases the ID3 chunk is written.
 */
final class ChunkFile implements TaggedFile {
  private static final int MAX_CHUNKS = 1 << 16;
  private static final long MAX_FORM_BYTES = 0xFFFFFFFFL;

  /** Larger ones are sound, which others compare. */
  private static final int MAX_COMPARED_BYTES = 16 << 20;

  private record Chunk(String id, long offset, long size) {
    /** Where the next one begins: at an even place. */
    long end() {
      return offset + size + (size & 1);
    }
  }

  private final Source source;
  private final boolean wav;
  private final List<Chunk> chunks;
  private final @Nullable Chunk id3Chunk;
  private final Id3v2 id3;
  private final @Nullable Chunk infoChunk;
  private final byte[] info;

  private ChunkFile(Source source, boolean wav, List<Chunk> chunks) throws IOException {
    this.source = source;
    this.wav = wav;
    this.chunks = chunks;
    id3Chunk = find(chunks, c -> c.id.toLowerCase(Locale.ROOT).equals("id3 "));
    id3 = id3Chunk == null ? Id3v2.none() : tagIn(id3Chunk);
    Chunk list = null;
    for (Chunk chunk : chunks) {
      boolean isInfo = wav && chunk.id.equals("LIST") && chunk.size >= 4;
      if (isInfo && list == null && name(source.read(chunk.offset, 4), 0).equals("INFO")) {
        list = chunk;
      }
    }
    infoChunk = list;
    info = list == null ? new byte[0] : source.read(list.offset, list.size);
  }

  static ChunkFile read(Source source) throws IOException {
    byte[] form = source.read(0, 12);
    boolean wav = name(form, 0).equals("RIFF");
    long end = 8 + size(form, 4, wav);
    if (end > source.size() + 1) {
      throw new TagException("cut off, or its length was left open: not touched");
    }
    List<Chunk> chunks = new ArrayList<>();
    long at = 12;
    while (at + 8 <= Math.min(end, source.size())) {
      byte[] header = source.read(at, 8);
      Chunk chunk = new Chunk(name(header, 0), at + 8, size(header, 4, wav));
      if (chunk.offset + chunk.size > Math.min(end, source.size()) || chunks.size() == MAX_CHUNKS) {
        throw new TagException("its chunks are damaged or cut off: not touched");
      }
      chunks.add(chunk);
      at = chunk.end();
    }
    // A writer that was killed leaves a length of 0: what follows would lie behind the form's end.
    if (chunks.isEmpty()) {
      throw new TagException("there is nothing in it, or its length was left open: not touched");
    }
    return new ChunkFile(source, wav, chunks);
  }

  private static @Nullable Chunk find(
      List<Chunk> chunks, java.util.function.Predicate<Chunk> wanted) {
    return chunks.stream().filter(wanted).findFirst().orElse(null);
  }

  private Id3v2 tagIn(Chunk chunk) throws IOException {
    byte[] bytes = source.read(chunk.offset, chunk.size);
    long length = Id3v2.lengthOf(bytes);
    if (length == 0 || length > bytes.length) {
      throw new TagException("its ID3 chunk is damaged: not touched");
    }
    return Id3v2.parse(bytes);
  }

  @Override
  public String format() {
    return wav ? "WAV" : "AIFF";
  }

  @Override
  public List<String> values(TagField field) throws TagException {
    List<String> values = id3.values(field);
    if (field.isGenre()) {
      // Those that ID3 lacks too: all are replaced, so all must be known to be put back.
      for (byte[] entry : infoEntries()) {
        String text = name(entry, 0).equals("IGNR") ? infoText(entry) : "";
        if (!text.isBlank() && values.stream().noneMatch(text::equalsIgnoreCase)) {
          values.add(text);
        }
      }
    }
    return values;
  }

  @Override
  public Splice with(TagField field, List<String> values) throws IOException {
    boolean infoOnly =
        infoChunk != null && id3Chunk == null && field.isGenre() && values.size() <= 1;
    byte[] freshId3 = infoOnly ? new byte[0] : id3.with(field, values);
    byte[] freshInfo = field.isGenre() ? infoWith(values) : info;
    Splice splice = new Splice(source).keep(0, 4);
    long length = 4;
    List<Object> parts = new ArrayList<>();
    long end = 12;
    for (Chunk chunk : chunks) {
      if (chunk.equals(id3Chunk)) {
        parts.add(chunk(chunk.id, freshId3));
      } else if (chunk.equals(infoChunk)) {
        parts.add(freshInfo.length > 4 ? chunk("LIST", freshInfo) : new byte[0]);
      } else {
        parts.add(chunk);
      }
      end = Math.min(chunk.end(), source.size());
    }
    if (id3Chunk == null) {
      parts.add(chunk(wav ? "id3 " : "ID3 ", freshId3));
    }
    for (Object part : parts) {
      length += part instanceof Chunk c ? 8 + c.size + (c.size & 1) : ((byte[]) part).length;
    }
    if (length > MAX_FORM_BYTES) {
      throw new TagException("it would grow beyond the 4 GiB that its format can hold");
    }
    splice.add(number(length)).keep(8, 12);
    for (Object part : parts) {
      if (part instanceof Chunk c) {
        splice.keep(c.offset - 8, c.offset + c.size);
        splice.add(new byte[(int) (c.size & 1)]);
      } else {
        splice.add((byte[]) part);
      }
    }
    return splice.keep(end, source.size());
  }

  /** A chunk with its header and padding; nothing if there is nothing in it. */
  private byte[] chunk(String id, byte[] data) {
    if (data.length == 0) {
      return data;
    }
    byte[] chunk = new byte[8 + data.length + (data.length & 1)];
    ByteBuffer.wrap(chunk).put(id.getBytes(ISO_8859_1)).put(number(data.length)).put(data);
    return chunk;
  }

  private byte[] number(long value) {
    ByteOrder order = wav ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    byte[] bytes = new byte[4];
    ByteBuffer.wrap(bytes).order(order).putInt((int) value);
    return bytes;
  }

  @Override
  public List<String> others(TagField field) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Chunk chunk : chunks) {
      if (!chunk.equals(id3Chunk) && !chunk.equals(infoChunk)) {
        lines.add(
            chunk.id
                + " "
                + chunk.size
                + (chunk.size <= MAX_COMPARED_BYTES
                    ? " " + Digest.ofBytes(source.read(chunk.offset, chunk.size))
                    : ""));
      }
    }
    for (byte[] entry : infoEntries()) {
      if (!field.isGenre() || !name(entry, 0).equals("IGNR")) {
        lines.add("INFO " + Digest.ofBytes(entry));
      }
    }
    lines.addAll(id3.others(field));
    return lines;
  }

  /** The entries of the INFO list, each with its header and padding. */
  private List<byte[]> infoEntries() throws TagException {
    List<byte[]> entries = new ArrayList<>();
    for (int at = 4; at + 8 <= info.length; ) {
      long end = at + 8 + size(info, at + 4, true);
      end += end & 1;
      // The last one's padding is left out by some.
      if (end > info.length + 1L) {
        throw new TagException("its INFO list is damaged: not touched");
      }
      entries.add(Arrays.copyOfRange(info, at, (int) end));
      at = (int) end;
    }
    return entries;
  }

  private byte[] infoWith(List<String> values) throws TagException {
    if (infoChunk == null) {
      return info;
    }
    byte[] fresh = new byte[0];
    if (!values.isEmpty()) {
      byte[] text = (values.get(0) + "\0").getBytes(UTF_8);
      fresh = chunk("IGNR", text);
    }
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    list.writeBytes("INFO".getBytes(UTF_8));
    boolean placed = false;
    for (byte[] entry : infoEntries()) {
      if (!name(entry, 0).equals("IGNR")) {
        list.writeBytes(entry);
      } else if (!placed) {
        list.writeBytes(fresh);
        placed = true;
      }
    }
    if (!placed) {
      list.writeBytes(fresh);
    }
    return list.toByteArray();
  }

  private static String infoText(byte[] entry) {
    int length = (int) size(entry, 4, true);
    ByteBuffer text = ByteBuffer.wrap(entry, 8, Math.min(length, entry.length - 8));
    String read;
    try {
      read = UTF_8.newDecoder().decode(text.duplicate()).toString();
    } catch (CharacterCodingException e) {
      read = ISO_8859_1.decode(text).toString();
    }
    int end = read.indexOf('\0');
    return (end < 0 ? read : read.substring(0, end)).strip();
  }

  private static String name(byte[] bytes, int at) {
    return new String(bytes, at, 4, ISO_8859_1);
  }

  private static long size(byte[] bytes, int at, boolean littleEndian) {
    ByteOrder order = littleEndian ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    return Integer.toUnsignedLong(ByteBuffer.wrap(bytes).order(order).getInt(at));
  }
}
