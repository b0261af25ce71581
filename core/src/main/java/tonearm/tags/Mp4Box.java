package tonearm.tags;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A box of an MP4 file's index, taken apart only where tags and the places of sound stand. */
sealed interface Mp4Box {
  /** Four letters; empty for bytes that are no box. */
  String type();

  /** With its header, in bytes. */
  long length();

  void writeTo(ByteBuffer out);

  /** With its header. */
  default byte[] toBytes() {
    ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(length()));
    writeTo(out);
    return out.array();
  }

  /** A box as it stands in the file. */
  record Leaf(String type, byte[] bytes) implements Mp4Box {
    @Override
    public long length() {
      return (type.isEmpty() ? 0L : 8L) + bytes.length;
    }

    @Override
    public void writeTo(ByteBuffer out) {
      if (!type.isEmpty()) {
        out.putInt((int) length()).put(type.getBytes(ISO_8859_1));
      }
      out.put(bytes);
    }
  }

  /**
   * A box of boxes.
   *
   * @param prefix what stands before them: version and flags
   * @param children may be changed
   */
  record Node(String type, byte[] prefix, List<Mp4Box> children) implements Mp4Box {
    @Override
    public long length() {
      return 8 + prefix.length + children.stream().mapToLong(Mp4Box::length).sum();
    }

    @Override
    public void writeTo(ByteBuffer out) {
      out.putInt((int) length()).put(type.getBytes(ISO_8859_1)).put(prefix);
      children.forEach(child -> child.writeTo(out));
    }

    /** The first box of boxes of a type among the children. */
    @Nullable Node node(String type) {
      for (Mp4Box child : children) {
        if (child instanceof Node node && node.type.equals(type)) {
          return node;
        }
      }
      return null;
    }

    /** Whether this {@code meta} says that its list is iTunes's. */
    boolean isItunes() {
      for (Mp4Box child : children) {
        if (child instanceof Leaf handler
            && handler.type.equals("hdlr")
            && handler.bytes.length >= 12) {
          return new String(handler.bytes, 8, 4, ISO_8859_1).equals("mdir");
        }
      }
      return false;
    }
  }

  /**
   * Takes a box apart.
   *
   * @param content what stands in it
   * @throws TagException if a box reaches beyond the one it is in
   */
  static Node parse(String type, byte[] content) throws TagException {
    return node(type, content, "");
  }

  private static Node node(String type, byte[] content, String path) throws TagException {
    String name = path + type;
    // Only this one has version and flags before its boxes, and not in every file.
    boolean full = type.equals("meta") && content.length >= 12 && !isHandler(content);
    byte[] prefix = Arrays.copyOf(content, full ? 4 : 0);
    List<Mp4Box> children = new ArrayList<>();
    int at = prefix.length;
    while (content.length - at >= 8) {
      long size = Id3v2.number(content, at, 4);
      if (size == 0) {
        break; // the null that ends a list of user data
      }
      if (size < 8 || size > content.length - at) {
        throw new TagException("its MP4 index is damaged: not touched");
      }
      String child = new String(content, at + 4, 4, ISO_8859_1);
      byte[] bytes = Arrays.copyOfRange(content, at + 8, at + (int) size);
      children.add(isNode(name, child) ? node(child, bytes, name + ".") : new Leaf(child, bytes));
      at += (int) size;
    }
    if (at < content.length) {
      children.add(new Leaf("", Arrays.copyOfRange(content, at, content.length)));
    }
    return new Node(type, prefix, children);
  }

  private static boolean isHandler(byte[] content) {
    return new String(content, 4, 4, ISO_8859_1).equals("hdlr");
  }

  private static boolean isNode(String path, String child) {
    return switch (path) {
      case "moov" -> child.equals("trak") || child.equals("udta");
      case "moov.trak" -> child.equals("mdia");
      case "moov.trak.mdia" -> child.equals("minf");
      case "moov.trak.mdia.minf" -> child.equals("stbl");
      case "moov.udta" -> child.equals("meta");
      case "moov.udta.meta" -> child.equals("ilst");
      case "moov.udta.meta.ilst" ->
          child.equals("\u00a9gen") || child.equals("gnre") || child.equals("----");
      default -> false;
    };
  }
}
