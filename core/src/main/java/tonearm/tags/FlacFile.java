package tonearm.tags;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tonearm.provenance.Digest;

/**
 * A FLAC file (RFC 9639): Vorbis comments in a metadata block. A padding block takes up the change
 * of length where there is one; an ID3 tag before the stream is left as it is.
 */
final class FlacFile implements TaggedFile {
  private static final int STREAM_INFO = 0;
  private static final int PADDING = 1;
  private static final int COMMENT = 4;
  private static final int LAST = 0x80;
  private static final int MAX_BLOCK_BYTES = (1 << 24) - 1;
  private static final int MAX_BLOCKS = 4096;

  private record Block(int type, long offset, int length) {}

  private final Source source;
  private final List<Block> blocks;
  private final long audio;
  private final VorbisComment comments;
  private final @Nullable Block commentBlock;

  private FlacFile(Source source, List<Block> blocks, long audio, @Nullable Block commentBlock)
      throws IOException {
    this.source = source;
    this.blocks = blocks;
    this.audio = audio;
    this.commentBlock = commentBlock;
    comments =
        commentBlock == null
            ? VorbisComment.none()
            : VorbisComment.parse(source.read(commentBlock.offset, commentBlock.length));
  }

  /**
   * Reads the metadata blocks.
   *
   * @param start where the stream's mark {@code fLaC} stands
   */
  static FlacFile read(Source source, long start) throws IOException {
    List<Block> blocks = new ArrayList<>();
    Block comment = null;
    long at = start + 4;
    boolean last = false;
    while (!last) {
      byte[] header = source.read(at, 4);
      last = (header[0] & LAST) != 0;
      Block block = new Block(header[0] & 0x7f, at + 4, (int) Id3v2.number(header, 1, 3));
      boolean first = blocks.isEmpty();
      at = block.offset + block.length;
      if (block.type == 127
          || first != (block.type == STREAM_INFO)
          || at > source.size()
          || blocks.size() == MAX_BLOCKS) {
        throw new TagException("its metadata blocks are damaged: not touched");
      }
      blocks.add(block);
      if (block.type == COMMENT) {
        if (comment != null) {
          throw new TagException("it has two lists of comments: not touched");
        }
        comment = block;
      }
    }
    return new FlacFile(source, blocks, at, comment);
  }

  @Override
  public String format() {
    return "FLAC";
  }

  @Override
  public List<String> values(TagField field) {
    return comments.values(field);
  }

  @Override
  public Splice with(TagField field, List<String> values) throws TagException {
    byte[] fresh = comments.with(field, values);
    if (fresh.length > MAX_BLOCK_BYTES) {
      throw new TagException("its list of comments is full");
    }
    int growth = fresh.length - (commentBlock == null ? -4 : commentBlock.length);
    Block padding =
        blocks.stream()
            .filter(b -> b.type == PADDING && b.length - growth >= 0)
            .filter(b -> b.length - growth <= MAX_BLOCK_BYTES)
            .findFirst()
            .orElse(null);
    Splice splice = new Splice(source).keep(0, blocks.get(0).offset - 4);
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      boolean last = i == blocks.size() - 1;
      if (block.equals(commentBlock)) {
        splice.add(header(COMMENT, last, fresh.length)).add(fresh);
      } else if (block.equals(padding)) {
        int length = block.length - growth;
        splice.add(header(PADDING, last, length)).add(new byte[length]);
      } else {
        boolean end = last && !(commentBlock == null && i == 0);
        splice.add(header(block.type, end, block.length));
        splice.keep(block.offset, block.offset + block.length);
      }
      if (commentBlock == null && i == 0) {
        splice.add(header(COMMENT, last, fresh.length)).add(fresh);
      }
    }
    return splice.keep(audio, source.size());
  }

  private static byte[] header(int type, boolean last, int length) {
    return new byte[] {
      (byte) (type | (last ? LAST : 0)), (byte) (length >> 16), (byte) (length >> 8), (byte) length
    };
  }

  @Override
  public List<String> others(TagField field) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Block block : blocks) {
      if (!block.equals(commentBlock) && block.type != PADDING) {
        byte[] bytes = source.read(block.offset, block.length);
        lines.add("block " + block.type + " " + Digest.ofBytes(bytes));
      }
    }
    lines.addAll(comments.others(field));
    return lines;
  }
}
