package tonearm.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.RuntimeJsonMappingException;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Track;
import tonearm.features.FeatureConfig;
import tonearm.features.Spectrogram;
import tonearm.provenance.AtomicFiles;

/**
 * The mean spectrogram of each genre, and how far genres lie apart by it.
 *
 * <p>Every track is standardised first: from each of its levels the track's mean is taken, and the
 * rest is divided by the track's standard deviation. So a level's offset and gain, which the
 * archive's pictures do not keep, do not matter. Then the levels of a genre's tracks are averaged,
 * over their first 30 s, on a grid of at most 136 rows and 43 columns. A duplicate of another track
 * is left out, and so is a track without any contrast.
 *
 * @param rows of the grid, from the lowest frequency
 * @param columns of the grid, from the beginning
 * @param columnSeconds length of a column in seconds
 * @param genres by name, in order
 */
record MeanSpectrograms(int rows, int columns, double columnSeconds, Map<String, Mean> genres) {
  /** Its name in a run folder. */
  static final String FILE = "mean-spectrograms.csv";

  private static final double SECONDS = 30;
  private static final int MAX_ROWS = 136;
  private static final int MAX_COLUMNS = 43;
  private static final List<String> FIXED = List.of("genre", "tracks", "row");

  /**
   * One genre's mean.
   *
   * @param tracks how many it was taken over, at least 1
   * @param levels {@code [rows][columns]} row-major, in standard deviations of a track's levels,
   *     rounded to three digits; NaN where no track is so long
   */
  record Mean(int tracks, double[] levels) {}

  MeanSpectrograms {
    genres = new LinkedHashMap<>(genres);
    for (Mean mean : genres.values()) {
      if (mean.levels().length != rows * columns) {
        throw new IllegalArgumentException(
            mean.levels().length + " levels do not make " + rows + " x " + columns);
      }
    }
  }

  /** Sums over the tracks of a genre, on the grid. */
  private static final class Sums {
    private final int rows;
    private final int columns;
    private final double[] sum;
    private final int[] count;
    private int tracks;

    Sums(int rows, int columns) {
      this.rows = rows;
      this.columns = columns;
      sum = new double[rows * columns];
      count = new int[rows * columns];
    }

    void add(Spectrogram track, int frames) {
      double mean = 0;
      for (float level : track.values()) {
        mean += level;
      }
      mean /= track.values().length;
      double squares = 0;
      for (float level : track.values()) {
        squares += (level - mean) * (level - mean);
      }
      double deviation = Math.sqrt(squares / track.values().length);
      if (!(deviation > 0)) {
        return;
      }
      int heard = Math.min(frames, track.frames());
      for (int bin = 0; bin < track.bins(); bin++) {
        int row = (int) ((long) bin * rows / track.bins());
        for (int frame = 0; frame < heard; frame++) {
          int cell = row * columns + (int) ((long) frame * columns / frames);
          sum[cell] += (track.at(bin, frame) - mean) / deviation;
          count[cell]++;
        }
      }
      tracks++;
    }

    Mean mean(int width) {
      double[] levels = new double[rows * width];
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < width; column++) {
          int cell = row * columns + column;
          levels[row * width + column] =
              count[cell] == 0
                  ? Double.NaN
                  : Math.rint(1000 * sum[cell] / count[cell]) / 1000 + 0.0;
        }
      }
      return new Mean(tracks, levels);
    }

    /** Columns that some track reaches. */
    int reached() {
      int reached = columns;
      while (reached > 1 && count[reached - 1] == 0) {
        reached--;
      }
      return reached;
    }
  }

  /**
   * Takes the means of a dataset; reads each picture once and holds one at a time.
   *
   * @throws IOException if a picture is missing or damaged; the message names it
   */
  static MeanSpectrograms of(PreparedDataset dataset) throws IOException {
    FeatureConfig features = dataset.features();
    int frames = Math.max(1, (int) (SECONDS * features.framesPerSecond()));
    int rows = Math.min(MAX_ROWS, features.bins());
    int columns = Math.min(MAX_COLUMNS, frames);
    Map<String, Sums> sums = new LinkedHashMap<>();
    for (String genre : dataset.catalog().genres()) {
      sums.put(genre, new Sums(rows, columns));
    }
    for (Track track : dataset.catalog().usable()) {
      Sums genre = sums.get(track.genre());
      if (genre != null && track.duplicateOf() == null) {
        genre.add(dataset.spectrogram(track), frames);
      }
    }
    sums.values().removeIf(genre -> genre.tracks == 0);
    int width = sums.values().stream().mapToInt(Sums::reached).max().orElse(1);
    Map<String, Mean> genres = new LinkedHashMap<>();
    sums.forEach((genre, sum) -> genres.put(genre, sum.mean(width)));
    double seconds = (double) frames / columns / features.framesPerSecond();
    return new MeanSpectrograms(rows, width, Math.rint(1e6 * seconds) / 1e6, genres);
  }

  /** Names in order. */
  List<String> names() {
    return List.copyOf(genres.keySet());
  }

  /**
   * How far two genres' means lie apart: the root of the mean squared difference over the grid, in
   * standard deviations of a track's levels.
   */
  double distance(String a, String b) {
    double[] one = levels(a);
    double[] other = levels(b);
    double sum = 0;
    int cells = 0;
    for (int i = 0; i < one.length; i++) {
      double difference = one[i] - other[i];
      if (Double.isFinite(difference)) {
        sum += difference * difference;
        cells++;
      }
    }
    return cells == 0 ? Double.NaN : Math.sqrt(sum / cells);
  }

  /** The other genres, the nearest first. */
  List<String> nearest(String genre) {
    return genres.keySet().stream()
        .filter(other -> !other.equals(genre))
        .sorted((x, y) -> Double.compare(distance(genre, x), distance(genre, y)))
        .toList();
  }

  private double[] levels(String genre) {
    Mean mean = genres.get(genre);
    if (mean == null) {
      throw new IllegalArgumentException("no mean of " + genre);
    }
    return mean.levels();
  }

  /** Writes the distances: a row and a column for each genre. */
  void writeDistances(Path csv) throws IOException {
    List<String[]> lines = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("genre"));
    header.addAll(names());
    lines.add(header.toArray(String[]::new));
    for (String genre : names()) {
      List<String> cells = new ArrayList<>(List.of(genre));
      for (String other : names()) {
        cells.add(String.format(Locale.ROOT, "%.4f", distance(genre, other)));
      }
      lines.add(cells.toArray(String[]::new));
    }
    write(csv, lines);
  }

  /** Writes the means: {@code genre, tracks, row}, then a column a step of time, by its start. */
  void write(Path csv) throws IOException {
    List<String[]> lines = new ArrayList<>();
    List<String> header = new ArrayList<>(FIXED);
    for (int column = 0; column < columns; column++) {
      header.add(String.format(Locale.ROOT, "%.6f", column * columnSeconds));
    }
    header.add(String.format(Locale.ROOT, "%.6f", columns * columnSeconds));
    lines.add(header.toArray(String[]::new));
    genres.forEach(
        (genre, mean) -> {
          for (int row = 0; row < rows; row++) {
            List<String> cells = new ArrayList<>(List.of(genre, "" + mean.tracks(), "" + row));
            for (int column = 0; column < columns; column++) {
              double level = mean.levels()[row * columns + column];
              cells.add(Double.isNaN(level) ? "" : Scale.label(level));
            }
            cells.add("");
            lines.add(cells.toArray(String[]::new));
          }
        });
    write(csv, lines);
  }

  private static void write(Path csv, List<String[]> lines) throws IOException {
    AtomicFiles.write(
        csv,
        out -> {
          try (SequenceWriter rows = new CsvMapper().writerFor(String[].class).writeValues(out)) {
            for (String[] line : lines) {
              rows.write(line);
            }
          }
        });
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException if it cannot be read or is no such file; the message names the file
   */
  static MeanSpectrograms read(Path csv) throws IOException {
    try (MappingIterator<String[]> lines =
        CsvMapper.csvBuilder()
            .enable(CsvParser.Feature.WRAP_AS_ARRAY)
            .build()
            .readerFor(String[].class)
            .readValues(csv.toFile())) {
      List<String[]> all = lines.readAll();
      String[] header = all.isEmpty() ? new String[0] : all.get(0);
      int columns = header.length - FIXED.size() - 1;
      if (columns < 1 || !Arrays.asList(header).subList(0, FIXED.size()).equals(FIXED)) {
        throw new IOException(csv + " holds no mean spectrograms");
      }
      return parsed(all.subList(1, all.size()), columns, Double.parseDouble(header[4]));
    } catch (JsonProcessingException e) {
      throw new IOException(csv + " is damaged: " + e.getOriginalMessage(), e);
    } catch (RuntimeJsonMappingException | CharConversionException | IllegalArgumentException e) {
      throw new IOException(csv + " is damaged: " + e.getMessage(), e);
    }
  }

  private static MeanSpectrograms parsed(List<String[]> lines, int columns, double seconds) {
    Map<String, List<String[]>> byGenre = new LinkedHashMap<>();
    for (String[] line : lines) {
      if (line.length != FIXED.size() + columns + 1) {
        throw new IllegalArgumentException("a line has " + line.length + " cells");
      }
      byGenre.computeIfAbsent(line[0], g -> new ArrayList<>()).add(line);
    }
    int rows = byGenre.values().stream().mapToInt(List::size).findFirst().orElse(0);
    Map<String, Mean> genres = new LinkedHashMap<>();
    byGenre.forEach(
        (genre, mine) -> {
          double[] levels = new double[mine.size() * columns];
          for (int row = 0; row < mine.size(); row++) {
            for (int column = 0; column < columns; column++) {
              String cell = mine.get(row)[FIXED.size() + column];
              levels[row * columns + column] =
                  cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
            }
          }
          genres.put(genre, new Mean(Integer.parseInt(mine.get(0)[1]), levels));
        });
    return new MeanSpectrograms(rows, columns, seconds, genres);
  }
}
