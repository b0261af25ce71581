package tonearm.tags;

import java.util.Locale;
import java.util.Set;

/**
 * The field that is read and written.
 *
 * @param name {@code genre} for the field that each format has for genres; any other name is a
 *     field of one's own: {@code TXXX} in ID3, a comment in FLAC and Ogg, a freeform item in MP4. 1
 *     to 64 letters, digits, {@code _}, {@code -}, {@code .} and spaces; upper and lower case are
 *     the same
 */
public record TagField(String name) {
  /** Names that formats keep for fields of other meaning, as Vorbis comments spell them. */
  private static final Set<String> TAKEN =
      Set.of(
          ("title artist album date track tracknumber tracktotal disc discnumber disctotal comment"
                  + " description composer performer albumartist copyright license isrc encoder"
                  + " lyrics version organization contact location metadata_block_picture")
              .split(" "));

  /** The genre's own field. */
  public static final TagField GENRE = new TagField("genre");

  public TagField {
    if (!name.matches("[A-Za-z0-9_.-]([A-Za-z0-9_. -]{0,62}[A-Za-z0-9_.-])?")) {
      throw new IllegalArgumentException(
          "a field's name must be 1 to 64 letters, digits, _, -, . and spaces, not \""
              + name
              + '"');
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (TAKEN.contains(lower) || lower.startsWith("replaygain_") || lower.startsWith("r128_")) {
      throw new IllegalArgumentException(
          "the field \"" + name + "\" is for something other than a genre: choose another name");
    }
    name = lower.equals("genre") ? "genre" : name;
  }

  /** Whether it is the genre's own field. */
  boolean isGenre() {
    return name.equals("genre");
  }
}
