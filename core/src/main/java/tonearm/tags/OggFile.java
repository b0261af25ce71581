package tonearm.tags;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tonearm.provenance.Digest;

/**
 * Ogg Vorbis and Ogg Opus (RFC 7845): Vorbis comments in the stream's second packet. The pages of
 * the sound are kept to the last bit; only where the comments outgrow their pages, those after them
 * are numbered anew.
 */
final class OggFile implements TaggedFile {
  private final Source source;
  private final String kind;
  private final String mark;
  private final int serial;
  private final long headersFrom;
  private final long headersTo;
  private final int pages;

  /** The packets after the first one and before the sound: comments, and Vorbis's set-up. */
  private final List<byte[]> packets;

  private final VorbisComment comments;

  private OggFile(
      Source source,
      String kind,
      String mark,
      int serial,
      long headersFrom,
      long headersTo,
      int pages,
      List<byte[]> packets)
      throws TagException {
    this.source = source;
    this.kind = kind;
    this.mark = mark;
    this.serial = serial;
    this.headersFrom = headersFrom;
    this.headersTo = headersTo;
    this.pages = pages;
    this.packets = packets;
    byte[] first = packets.get(0);
    if (!OggPages.startsWith(first, mark)) {
      throw OggPages.damaged();
    }
    comments = VorbisComment.parse(Arrays.copyOfRange(first, mark.length(), first.length));
  }

  static OggFile read(Source source) throws IOException {
    OggPages.Page first = OggPages.read(source, 0);
    byte[] id = Arrays.copyOfRange(first.bytes(), first.bodyAt(), first.bytes().length);
    boolean vorbis = OggPages.startsWith(id, "\u0001vorbis");
    if (!vorbis && !OggPages.startsWith(id, "OpusHead")) {
      throw new TagException("an Ogg file of neither Vorbis nor Opus: its tags cannot be changed");
    }
    int wanted = vorbis ? 2 : 1;
    List<byte[]> packets = new ArrayList<>();
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    long at = first.bytes().length;
    int pages = 0;
    while (packets.size() < wanted) {
      OggPages.Page page = OggPages.read(source, at);
      if (page.serial() != first.serial() || (page.flags() & OggPages.FIRST) != 0) {
        throw new TagException("an Ogg file of several streams: its tags cannot be changed");
      }
      if (!page.isSound()
          || page.sequence() != pages + 1
          || at - first.bytes().length > Source.MAX_TAG_BYTES) {
        throw OggPages.damaged();
      }
      int bodyAt = page.bodyAt();
      for (int i = 0; i < page.segments(); i++) {
        int length = page.segment(i);
        packet.write(page.bytes(), bodyAt, length);
        bodyAt += length;
        if (length < 255) {
          packets.add(packet.toByteArray());
          packet.reset();
        }
      }
      at += page.bytes().length;
      pages++;
    }
    if (packets.size() > wanted || packet.size() > 0) {
      throw new TagException("its sound begins on a page of its headers: not touched");
    }
    return new OggFile(
        source,
        vorbis ? "Ogg Vorbis" : "Ogg Opus",
        vorbis ? "\u0003vorbis" : "OpusTags",
        first.serial(),
        first.bytes().length,
        at,
        pages,
        packets);
  }

  @Override
  public String format() {
    return kind;
  }

  @Override
  public List<String> values(TagField field) {
    return comments.values(field);
  }

  @Override
  public Splice with(TagField field, List<String> values) {
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    packet.write(packets.get(0), 0, mark.length());
    packet.writeBytes(comments.with(field, values));
    List<byte[]> fresh = new ArrayList<>(packets);
    fresh.set(0, packet.toByteArray());
    byte[] headers = OggPages.paginate(fresh, serial, pages);
    int shift = OggPages.count(headers) - pages;
    Splice splice = new Splice(source).keep(0, headersFrom).add(headers);
    return shift == 0
        ? splice.keep(headersTo, source.size())
        : splice.add(out -> OggPages.renumber(source, headersTo, serial, shift, out));
  }

  @Override
  public List<String> others(TagField field) {
    List<String> lines = new ArrayList<>(comments.others(field));
    packets.stream().skip(1).forEach(p -> lines.add("set-up " + Digest.ofBytes(p)));
    return lines;
  }
}
