package tonearm.dataset;

import org.jspecify.annotations.Nullable;

/**
 * One row of a dataset.
 *
 * @param track unique name, such as {@code jazz.00054}; also the file name of its picture
 * @param genre what it is labelled as
 * @param source path it was made from, relative to the source folder; null if unknown
 * @param sha256 digest of that file; null if unknown
 * @param sampleRateHz of that file; 0 if unknown
 * @param durationS length in seconds; 0 if unknown
 * @param dbMin level of pixel 0 of its picture; NaN if unknown
 * @param dbMax level of pixel 255 of its picture; NaN if unknown
 * @param duplicateOf name of the first track with the same content; null if this is the first
 * @param reason why there is no picture, for people; null if there is one
 */
public record Track(
    String track,
    String genre,
    @Nullable String source,
    @Nullable String sha256,
    int sampleRateHz,
    double durationS,
    double dbMin,
    double dbMax,
    @Nullable String duplicateOf,
    @Nullable String reason) {

  /** A row that knows no more than name, genre and duplicate, as the archive's own index. */
  public static Track named(String track, String genre, @Nullable String duplicateOf) {
    return new Track(track, genre, null, null, 0, 0, Double.NaN, Double.NaN, duplicateOf, null);
  }

  /** Whether there is a picture to train on. */
  public boolean isUsable() {
    return reason == null;
  }

  /** What exact duplicates share: the name of the first of them, or this track's own. */
  public String content() {
    return duplicateOf == null ? track : duplicateOf;
  }
}
