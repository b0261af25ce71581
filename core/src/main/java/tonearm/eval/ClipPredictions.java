package tonearm.eval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.RuntimeJsonMappingException;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import tonearm.provenance.AtomicFiles;

/**
 * The predictions of a run: the {@code predictions.csv} of its folder. UTF-8, quoted as RFC 4180
 * has it, lines ended by a line feed; the columns are {@code track, clip, fold, split, true}, then
 * {@code p_<genre>} for each genre in order. {@code true} holds the genre's name.
 *
 * @param genres names, in the order of each clip's probabilities; at least one, all different
 * @param clips no clip twice in one fold and split, and a track's clips all of one true genre; may
 *     be empty
 */
public record ClipPredictions(List<String> genres, List<ClipPrediction> clips) {
  /** Its name in a run folder. */
  public static final String FILE = "predictions.csv";

  private static final List<String> FIXED = List.of("track", "clip", "fold", "split", "true");
  private static final String PROBABILITY = "p_";
  private static final CsvMapper MAPPER =
      CsvMapper.builder()
          .enable(CsvParser.Feature.WRAP_AS_ARRAY)
          .enable(CsvParser.Feature.FAIL_ON_MISSING_COLUMNS)
          .enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING)
          .build();

  public ClipPredictions {
    genres = ValidInput.genres(genres);
    clips = List.copyOf(clips);
    Checked checked = new Checked(genres);
    clips.forEach(checked::accept);
  }

  /** The clips of one split only. */
  public ClipPredictions ofSplit(String split) {
    return where(clip -> clip.split().equals(split));
  }

  /** The clips of one fold only. */
  public ClipPredictions ofFold(int fold) {
    return where(clip -> clip.fold() == fold);
  }

  private ClipPredictions where(Predicate<ClipPrediction> wanted) {
    return new ClipPredictions(genres, clips.stream().filter(wanted).toList());
  }

  /**
   * Writes the file, whole or not at all.
   *
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    AtomicFiles.write(
        file,
        out -> {
          try (SequenceWriter rows = MAPPER.writerFor(String[].class).writeValues(out)) {
            rows.write(header());
            for (ClipPrediction clip : clips) {
              rows.write(row(clip));
            }
          }
        });
  }

  private String[] header() {
    List<String> columns = new ArrayList<>(FIXED);
    genres.forEach(genre -> columns.add(PROBABILITY + genre));
    return columns.toArray(String[]::new);
  }

  private String[] row(ClipPrediction clip) {
    List<String> cells = new ArrayList<>(FIXED.size() + genres.size());
    cells.add(clip.track());
    cells.add(Integer.toString(clip.clip()));
    cells.add(Integer.toString(clip.fold()));
    cells.add(clip.split());
    cells.add(genres.get(clip.trueGenre()));
    for (float p : clip.probabilities()) {
      cells.add(Float.toString(p)); // the shortest text that reads back as the same float
    }
    return cells.toArray(String[]::new);
  }

  /**
   * Reads a file that {@link #write} wrote, or one of the same columns made elsewhere.
   *
   * @throws IOException if it cannot be read or is not such a file; the message names the file, the
   *     line (from 1) and the cause
   */
  public static ClipPredictions read(Path file) throws IOException {
    ObjectReader reader = MAPPER.readerFor(String[].class);
    long line = 1;
    try (Reader text = Files.newBufferedReader(file);
        MappingIterator<String[]> rows = reader.readValues(text)) {
      if (!rows.hasNextValue()) {
        throw new IllegalArgumentException("the file is empty; it needs a header");
      }
      List<String> genres = genresOf(rows.nextValue());
      Map<String, Integer> indexes = new HashMap<>();
      genres.forEach(genre -> indexes.put(genre, indexes.size()));
      Checked checked = new Checked(genres);
      List<ClipPrediction> clips = new ArrayList<>();
      while (true) {
        line = rows.getCurrentLocation().getLineNr();
        if (!rows.hasNextValue()) {
          break;
        }
        ClipPrediction clip = clipOf(rows.nextValue(), genres, indexes);
        checked.accept(clip);
        clips.add(clip);
      }
      return new ClipPredictions(genres, clips);
    } catch (JsonProcessingException e) {
      throw new IOException(file + ", line " + line + ": " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException | RuntimeJsonMappingException e) {
      throw new IOException(file + ", line " + line + ": " + e.getMessage(), e);
    } catch (CharacterCodingException e) {
      throw new IOException(file + ": is not a text in UTF-8", e);
    }
  }

  private static List<String> genresOf(String[] header) {
    List<String> columns = List.of(header);
    int fixed = FIXED.size();
    if (columns.size() <= fixed || !columns.subList(0, fixed).equals(FIXED)) {
      throw new IllegalArgumentException(
          "the columns must be " + FIXED + " and one p_<genre> a genre, not " + columns);
    }
    List<String> genres = new ArrayList<>();
    for (String column : columns.subList(fixed, columns.size())) {
      if (!column.startsWith(PROBABILITY)) {
        throw new IllegalArgumentException(
            "column \"" + column + "\" was expected to be p_<genre>, a genre's probability");
      }
      genres.add(column.substring(PROBABILITY.length()));
    }
    return ValidInput.genres(genres);
  }

  private static ClipPrediction clipOf(
      String[] row, List<String> genres, Map<String, Integer> indexes) {
    int fixed = FIXED.size();
    if (row.length != fixed + genres.size()) {
      throw new IllegalArgumentException(
          row.length
              + " columns where the header has "
              + (fixed + genres.size())
              + "; was the file cut off?");
    }
    Integer trueGenre = indexes.get(row[4]);
    if (trueGenre == null) {
      throw new IllegalArgumentException(
          "true genre \"" + row[4] + "\" has no column; the genres are " + genres);
    }
    float[] probabilities = new float[genres.size()];
    for (int g = 0; g < probabilities.length; g++) {
      probabilities[g] = probability(PROBABILITY + genres.get(g), row[fixed + g]);
    }
    return new ClipPrediction(
        row[0], count("clip", row[1]), count("fold", row[2]), row[3], trueGenre, probabilities);
  }

  private static int count(String column, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "column " + column + " must be a whole number, not \"" + text + "\"", e);
    }
  }

  private static float probability(String column, String text) {
    try {
      return Float.parseFloat(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "column " + column + " must be a number in [0, 1], not \"" + text + "\"", e);
    }
  }

  /** What one clip alone cannot show to be wrong. */
  private static final class Checked {
    private final List<String> genres;
    private final Map<String, Integer> genreOfTrack = new HashMap<>();
    private final Set<List<Object>> seen = new HashSet<>();

    Checked(List<String> genres) {
      this.genres = genres;
    }

    void accept(ClipPrediction clip) {
      String what = "clip " + clip.clip() + " of " + clip.track();
      ValidInput.probabilities(what, clip.probabilities(), genres.size());
      TrackPrediction.requireOneGenre(genreOfTrack, clip, genres);
      if (!seen.add(List.of(clip.track(), clip.clip(), clip.fold(), clip.split()))) {
        throw new IllegalArgumentException(
            what + " is there twice in fold " + clip.fold() + " of " + clip.split());
      }
    }
  }
}
