package tonearm.library;

import java.util.List;
import java.util.Map;

/**
 * What a library is made of.
 *
 * @param songs files with an answer
 * @param hours length of their sound
 * @param meanConfidence over them; 0 if there are none
 * @param genres each genre that occurs, the most frequent first
 * @param failed files that could not be heard
 * @param failures reason to number of files, the most frequent first
 * @param models name to number of songs that it was the last to answer
 */
public record LibraryStats(
    long songs,
    double hours,
    double meanConfidence,
    List<OfGenre> genres,
    long failed,
    Map<String, Long> failures,
    Map<String, Long> models) {
  /** Confidence from which an answer counts as sure here; a landmark, not a promise. */
  public static final double SURE = 0.7;

  /**
   * One genre.
   *
   * @param genre its name
   * @param songs files of which it is the most probable genre
   * @param sure those of them with a confidence of at least {@link #SURE}
   * @param hours length of their sound
   * @param meanConfidence over them
   */
  public record OfGenre(String genre, long songs, long sure, double hours, double meanConfidence) {}
}
