package tonearm.tags;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tonearm.provenance.Digest;
import tonearm.tags.Mp4Box.Leaf;
import tonearm.tags.Mp4Box.Node;

/**
 * MP4 and M4A (ISO 14496-12) with iTunes's list of tags, {@code moov.udta.meta.ilst}. Several
 * genres are several {@code data} boxes in one item {@code ©gen}, as iTunes, TagLib and mutagen
 * have it; a number ({@code gnre}) is read by its name and gives way to a text when the genre
 * changes. A field of one's own is an item {@code ----} of {@code com.apple.iTunes}.
 *
 * <p>All other items are kept to the last bit. The tables of where the sound lies are moved by as
 * much as the file grows before it.
 */
final class Mp4File implements TaggedFile {
  private static final String GENRE = "\u00a9gen";
  private static final String NUMBERED_GENRE = "gnre";
  private static final String OWN = "----";
  private static final String MEAN = "com.apple.iTunes";
  private static final int TEXT = 1;
  private static final int TEXT_UTF16 = 2;
  private static final int MAX_BOXES = 1 << 16;

  /** What iTunes puts before its list: a handler "mdir" of "appl". */
  private static final byte[] HANDLER =
      ByteBuffer.allocate(25).putInt(8, 0x6d646972).putInt(12, 0x6170706c).array();

  private final Source source;
  private final long moovFrom;
  private final long moovTo;
  private final Node moov;

  private Mp4File(Source source, long moovFrom, long moovTo, Node moov) {
    this.source = source;
    this.moovFrom = moovFrom;
    this.moovTo = moovTo;
    this.moov = moov;
  }

  static Mp4File read(Source source) throws IOException {
    long moovFrom = -1;
    long moovTo = -1;
    int boxes = 0;
    for (long at = 0; source.size() - at >= 8; ) {
      byte[] header = source.head(at, 16);
      String type = new String(header, 4, 4, ISO_8859_1);
      long size = Id3v2.number(header, 0, 4);
      if (size == 1 && header.length == 16) {
        size = Id3v2.number(header, 8, 8);
      } else if (size == 0) {
        size = source.size() - at;
      }
      if (size < 8 || size > source.size() - at || ++boxes > MAX_BOXES) {
        throw new TagException("its MP4 boxes are damaged or cut off: not touched");
      }
      if (type.equals("moof")) {
        throw new TagException("a fragmented MP4 file: its tags cannot be changed");
      }
      if (type.equals("moov")) {
        if (moovFrom >= 0 || Id3v2.number(header, 0, 4) == 1) {
          throw new TagException("an MP4 file with an unusual index: not touched");
        }
        moovFrom = at;
        moovTo = at + size;
      }
      at += size;
    }
    if (moovFrom < 0) {
      throw new TagException("an MP4 file without an index (moov): cut off, not touched");
    }
    byte[] content = source.read(moovFrom + 8, moovTo - moovFrom - 8);
    return new Mp4File(source, moovFrom, moovTo, Mp4Box.parse("moov", content));
  }

  @Override
  public String format() {
    return "MP4";
  }

  /** The list of tags: of several lists of user data the first that has one. */
  private static @Nullable Node list(Node moov) {
    for (Mp4Box box : moov.children()) {
      if (box instanceof Node user && user.type().equals("udta")) {
        Node meta = user.node("meta");
        Node list = meta == null ? null : meta.node("ilst");
        if (list != null) {
          return list;
        }
      }
    }
    return null;
  }

  @Override
  public List<String> values(TagField field) throws TagException {
    List<String> values = new ArrayList<>();
    Node list = list(moov);
    if (list != null) {
      for (Mp4Box item : list.children()) {
        if (isOf(field, item)) {
          addValues(values, item.type(), ((Node) item).children());
        }
      }
    }
    values.removeIf(String::isBlank);
    return values;
  }

  private static void addValues(List<String> values, String type, List<Mp4Box> boxes) {
    for (Mp4Box box : boxes) {
      if (box instanceof Leaf data && data.type().equals("data") && data.bytes().length >= 8) {
        byte[] bytes = data.bytes();
        byte[] value = Arrays.copyOfRange(bytes, 8, bytes.length);
        if (!type.equals(NUMBERED_GENRE)) {
          boolean wide = Id3v2.number(bytes, 1, 3) == TEXT_UTF16;
          values.add(new String(value, wide ? UTF_16BE : UTF_8).strip());
        } else if (value.length >= 2) {
          // Counted from 1 here, from 0 in ID3v1.
          String name = GenreNames.of((int) Id3v2.number(value, 0, 2) - 1);
          values.add(name == null ? "" : name);
        }
      }
    }
  }

  private static boolean isOf(TagField field, Mp4Box item) {
    if (field.isGenre()) {
      return item instanceof Node
          && (item.type().equals(GENRE) || item.type().equals(NUMBERED_GENRE));
    }
    if (!item.type().equals(OWN) || !(item instanceof Node own)) {
      return false;
    }
    for (Mp4Box box : own.children()) {
      if (box instanceof Leaf name && name.type().equals("name") && name.bytes().length > 4) {
        return new String(name.bytes(), 4, name.bytes().length - 4, UTF_8)
            .equalsIgnoreCase(field.name());
      }
    }
    return false;
  }

  @Override
  public Splice with(TagField field, List<String> values) throws IOException {
    byte[] content = source.read(moovFrom + 8, moovTo - moovFrom - 8);
    Node fresh = Mp4Box.parse("moov", content);
    if (list(fresh) == null && !values.isEmpty()) {
      addList(fresh);
    }
    Node list = list(fresh);
    if (list != null) {
      replace(list.children(), field, values);
    }
    long growth = fresh.length() - (moovTo - moovFrom);
    move(fresh, growth);
    return new Splice(source).keep(0, moovFrom).add(fresh.toBytes()).keep(moovTo, source.size());
  }

  private static void addList(Node moov) throws TagException {
    Node user = moov.node("udta");
    if (user == null) {
      user = new Node("udta", new byte[0], new ArrayList<>());
      moov.children().add(user);
    }
    Node meta = user.node("meta");
    if (meta == null) {
      meta = new Node("meta", new byte[4], new ArrayList<>());
      meta.children().add(new Leaf("hdlr", HANDLER));
      // Before a null that some put at the end of the list.
      user.children().add(0, meta);
    } else if (!meta.isItunes()) {
      throw new TagException("its MP4 tags are of another kind than iTunes's: not touched");
    }
    meta.children().add(new Node("ilst", new byte[0], new ArrayList<>()));
  }

  private static void replace(List<Mp4Box> items, TagField field, List<String> values) {
    int place = items.size();
    for (int i = items.size() - 1; i >= 0; i--) {
      if (isOf(field, items.get(i))) {
        items.remove(i);
        place = i;
      }
    }
    if (values.isEmpty()) {
      return;
    }
    List<Mp4Box> boxes = new ArrayList<>();
    if (!field.isGenre()) {
      boxes.add(new Leaf("mean", text(0, MEAN, 4)));
      boxes.add(new Leaf("name", text(0, field.name(), 4)));
    }
    values.forEach(value -> boxes.add(new Leaf("data", text(TEXT, value, 8))));
    items.add(place, new Node(field.isGenre() ? GENRE : OWN, new byte[0], boxes));
  }

  private static byte[] text(int kind, String text, int headerBytes) {
    byte[] bytes = text.getBytes(UTF_8);
    return ByteBuffer.allocate(headerBytes + bytes.length)
        .putInt(0, kind)
        .put(headerBytes, bytes)
        .array();
  }

  /** Adds to every place in the file that lies after the index. */
  private void move(Node box, long growth) throws TagException {
    for (Mp4Box child : box.children()) {
      if (child instanceof Node node) {
        move(node, growth);
      } else if (child instanceof Leaf table && growth != 0) {
        switch (table.type()) {
          case "stco" -> moveTable(table.bytes(), 4, growth);
          case "co64" -> moveTable(table.bytes(), 8, growth);
          case "saio" -> throw new TagException("an encrypted MP4 file: not touched");
          default -> {}
        }
      }
    }
  }

  private void moveTable(byte[] table, int width, long growth) throws TagException {
    long count = table.length < 8 ? -1 : Id3v2.number(table, 4, 4);
    if (count < 0 || count > (table.length - 8) / width) {
      throw new TagException("its MP4 index is damaged: not touched");
    }
    ByteBuffer places = ByteBuffer.wrap(table);
    for (int i = 0; i < count; i++) {
      int at = 8 + i * width;
      long place = Id3v2.number(table, at, width);
      if (Long.compareUnsigned(place, moovTo) >= 0) {
        long moved = place + growth;
        if (width == 4 && moved > 0xFFFFFFFFL) {
          throw new TagException("it would grow beyond the 4 GiB that its index can hold");
        }
        if (width == 4) {
          places.putInt(at, (int) moved);
        } else {
          places.putLong(at, moved);
        }
      }
    }
  }

  @Override
  public List<String> others(TagField field) {
    List<String> lines = new ArrayList<>();
    addOthers(lines, "", moov, field);
    return lines;
  }

  private static void addOthers(List<String> lines, String path, Node box, TagField field) {
    for (Mp4Box child : box.children()) {
      String name = path + "." + child.type();
      boolean inList = path.endsWith(".ilst");
      boolean moves = child.type().equals("stco") || child.type().equals("co64");
      boolean added = name.equals(".udta.meta.hdlr");
      if (child instanceof Node node && !inList) {
        addOthers(lines, name, node, field);
      } else if (!moves && !added && !(inList && isOf(field, child))) {
        lines.add(name + " " + Digest.ofBytes(child.toBytes()));
      }
    }
  }
}
