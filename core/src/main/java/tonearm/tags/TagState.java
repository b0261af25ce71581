package tonearm.tags;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;

/**
 * A file's field as it was when it was looked at, and by what to tell whether the file is still the
 * same.
 *
 * @param file the file itself, links followed
 * @param field which field
 * @param format what the file is, for a person
 * @param values what the field says, in order; empty if it is not there
 * @param elsewhere genres in places that are not written, such as ID3v1
 * @param bytes the file's size
 * @param modified when it was last changed
 */
public record TagState(
    Path file,
    TagField field,
    String format,
    List<String> values,
    List<String> elsewhere,
    long bytes,
    FileTime modified) {
  public TagState {
    values = List.copyOf(values);
    elsewhere = List.copyOf(elsewhere);
  }

  /**
   * Looks at a file.
   *
   * @param file a local regular file, or a link to one
   * @throws IOException if its tags cannot be read whole; the message says why
   */
  public static TagState read(Path file, TagField field) throws IOException {
    if (Files.isDirectory(file)) {
      throw new TagException("a folder, not a file");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new TagException("not a regular file");
    }
    try {
      Path real = file.toRealPath();
      BasicFileAttributes before = Files.readAttributes(real, BasicFileAttributes.class);
      try (Source source = new Source(real)) {
        TaggedFile tags = TaggedFiles.read(source);
        return new TagState(
            real,
            field,
            tags.format(),
            tags.values(field),
            field.isGenre() ? tags.elsewhere() : List.of(),
            before.size(),
            before.lastModifiedTime());
      }
    } catch (NoSuchFileException e) {
      throw new TagException("no such file");
    } catch (AccessDeniedException e) {
      throw new TagException("permission denied");
    }
  }

  /** Throws unless the file is still as it was. */
  void requireUnchanged() throws IOException {
    BasicFileAttributes now;
    try {
      now = Files.readAttributes(file, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      throw new TagException("it vanished meanwhile");
    }
    if (now.size() != bytes || !now.lastModifiedTime().equals(modified)) {
      throw new TagException("somebody else changed it meanwhile: not touched");
    }
  }
}
