package tonearm.tags;

import java.io.IOException;
import java.util.List;

/**
 * MPEG audio with an ID3v2 tag before its first frame, or none yet. What stands at the end of the
 * file (ID3v1, APEv2, Lyrics3) is left as it is.
 */
final class Id3File implements TaggedFile {
  private static final int ID3V1_BYTES = 128;

  private final Source source;
  private final String audio;
  private final long tagBytes;
  private final Id3v2 tag;

  private Id3File(Source source, String audio, long tagBytes, Id3v2 tag) {
    this.source = source;
    this.audio = audio;
    this.tagBytes = tagBytes;
    this.tag = tag;
  }

  /**
   * Reads the tag.
   *
   * @param audio what comes after it, for a person
   */
  static Id3File read(Source source, String audio) throws IOException {
    long tagBytes = Id3v2.lengthOf(source.head(0, Id3v2.HEADER_BYTES));
    Id3v2 tag = tagBytes == 0 ? Id3v2.none() : Id3v2.parse(source.read(0, tagBytes));
    return new Id3File(source, audio, tagBytes, tag);
  }

  @Override
  public String format() {
    return audio + (tagBytes == 0 ? "" : " with " + tag.name());
  }

  @Override
  public List<String> values(TagField field) throws TagException {
    return tag.values(field);
  }

  @Override
  public List<String> elsewhere() throws IOException {
    long at = source.size() - ID3V1_BYTES;
    byte[] old = at < tagBytes ? new byte[0] : source.read(at, ID3V1_BYTES);
    if (old.length == 0 || old[0] != 'T' || old[1] != 'A' || old[2] != 'G') {
      return List.of();
    }
    String name = GenreNames.of(old[ID3V1_BYTES - 1] & 0xff);
    // 12 is what many programs put there for want of a better one.
    return name == null || name.equals("Other") ? List.of() : List.of(name);
  }

  @Override
  public Splice with(TagField field, List<String> values) throws TagException {
    return new Splice(source).add(tag.with(field, values)).keep(tagBytes, source.size());
  }

  @Override
  public List<String> others(TagField field) throws TagException {
    return tag.others(field);
  }
}
