package tonearm.dataset;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The file form of a {@link Split}: a line for each track or clip, under a header that says which.
 */
final class SplitText {
  private static final String HEADER = "track,side";
  private static final String CLIP_HEADER = "track,clip,side";

  private SplitText() {}

  /** As {@link Split#read}. */
  static Split read(Path file, Catalog catalog) throws IOException {
    Map<String, Split.Side> sideOf = new LinkedHashMap<>();
    Map<String, Map<Integer, Split.Side>> clipSides = new LinkedHashMap<>();
    List<String> lines = lines(file);
    String header = lines.isEmpty() ? "" : lines.get(0).strip();
    boolean byClip = header.equals(CLIP_HEADER);
    if (!byClip && !header.equals(HEADER)) {
      throw new IOException(file + " is not a split: its first line must be \"" + HEADER + "\"");
    }
    for (int i = 1; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty()) {
        continue;
      }
      int comma = line.lastIndexOf(',');
      String track = line.substring(0, Math.max(0, comma)).strip();
      Split.Side side = Split.Side.ofLabel(line.substring(comma + 1).strip());
      int clip = 0;
      if (byClip) {
        comma = track.lastIndexOf(',');
        clip = clip(track.substring(comma + 1).strip());
        track = track.substring(0, Math.max(0, comma)).strip();
      }
      String fault = null;
      if (track.isEmpty() || side == null || clip < 0) {
        fault =
            "must be a track, a comma and %strain, valid or test, not \"%s\""
                .formatted(byClip ? "the clip's number, a comma and " : "", line);
      } else if (!isUsable(catalog.find(track))) {
        fault = "the dataset has no usable track " + track;
      } else if (byClip) {
        Split.Side before = clipSides.computeIfAbsent(track, t -> new TreeMap<>()).put(clip, side);
        fault = before == null ? null : "clip " + clip + " of " + track + " comes twice";
      } else if (sideOf.putIfAbsent(track, side) != null) {
        fault = "track " + track + " comes twice";
      }
      if (fault != null) {
        throw new IOException(file + ", line " + (i + 1) + ": " + fault);
      }
    }
    try {
      return byClip ? new Split(Map.of(), clipSides) : Split.checked(sideOf, catalog);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /** A clip's number; -1 for anything else. */
  private static int clip(String text) {
    return text.matches("\\d{1,9}") ? Integer.parseInt(text) : -1;
  }

  private static boolean isUsable(@Nullable Track track) {
    return track != null && track.isUsable();
  }

  /** What {@link #read} reads. */
  static String of(Split split) {
    StringBuilder text = new StringBuilder(split.isByClip() ? CLIP_HEADER : HEADER).append('\n');
    split
        .sides()
        .forEach((track, side) -> text.append(track).append(',').append(side.label()).append('\n'));
    split
        .clipSides()
        .forEach(
            (track, clips) ->
                clips.forEach(
                    (clip, side) ->
                        text.append(track)
                            .append(',')
                            .append(clip)
                            .append(',')
                            .append(side.label())
                            .append('\n')));
    return text.toString();
  }

  /**
   * The lines of a text.
   *
   * @throws IOException if it is not there or no text; the message names the file
   */
  static List<String> lines(Path file) throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(file.toString(), null, "no such file");
    } catch (CharacterCodingException e) {
      throw new IOException(file + " is not a text in UTF-8", e);
    }
  }
}
