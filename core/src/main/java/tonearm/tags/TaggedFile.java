package tonearm.tags;

import java.io.IOException;
import java.util.List;

/** An audio file's tags as one format has them. Only its own field is ever touched. */
interface TaggedFile {
  /** What it is, for a person: {@code MP3 with ID3v2.4}. */
  String format();

  /** The field's values as they would be shown, in the order of the file. */
  List<String> values(TagField field) throws IOException;

  /** Genres that stand in a place which is read by some players but never written here. */
  default List<String> elsewhere() throws IOException {
    return List.of();
  }

  /**
   * The file with other values in the field.
   *
   * @param values none to take the field away
   * @throws IOException if that cannot be without touching something else
   */
  Splice with(TagField field, List<String> values) throws IOException;

  /**
   * A line for everything else that stands in the tags, with a digest of its bytes: the same before
   * and after a change.
   */
  List<String> others(TagField field) throws IOException;
}
