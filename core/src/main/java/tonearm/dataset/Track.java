package tonearm.dataset;

import org.jspecify.annotations.Nullable;

/**
 * One row of a dataset.
 *
 * <p>Names of tracks and genres become parts of paths, and an index may come from anywhere. So both
 * must be one plain name: not empty, no {@code /}, {@code \}, line break or other control
 * character, no space at either end, not {@code .} or {@code ..}; anything else is refused.
 *
 * @param track unique name, such as {@code jazz.00054}; also the file name of its picture
 * @param genre what it is labelled as
 * @param source path it was made from, relative to the source folder; null if unknown
 * @param sha256 digest of that file; null if unknown
 * @param sampleRateHz of that file; 0 if unknown
 * @param durationS seconds that were heard of it; 0 if unknown
 * @param dbMin level of pixel 0 of its picture, in dB; NaN if unknown
 * @param dbMax level of pixel 255 of its picture, in dB, at least {@code dbMin}; NaN if unknown
 * @param duplicateOf name of the first track with the same content; null if this is the first
 * @param reason why there is no picture, for people; null if there is one
 * @param note what should be known though there is a picture, such as "truncated: ..."; mostly null
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
    @Nullable String reason,
    @Nullable String note) {
  public Track {
    checkName("track", track);
    checkName("genre", genre);
    check("sample_rate_hz", sampleRateHz >= 0, sampleRateHz, "0 or more");
    check("duration_s", durationS >= 0 && Double.isFinite(durationS), durationS, "0 or more");
    check("db_min", !Double.isInfinite(dbMin), dbMin, "finite");
    check("db_max", !(dbMax < dbMin || Double.isInfinite(dbMax)), dbMax, "at least db_min");
  }

  /** A row that knows no more than name, genre and duplicate, as the archive's own index. */
  public static Track named(String track, String genre, @Nullable String duplicateOf) {
    return new Track(
        track, genre, null, null, 0, 0, Double.NaN, Double.NaN, duplicateOf, null, null);
  }

  /** Whether there is a picture to train on. */
  public boolean isUsable() {
    return reason == null;
  }

  /** What exact duplicates share: the name of the first of them, or this track's own. */
  public String content() {
    return duplicateOf == null ? track : duplicateOf;
  }

  /** This track, marked as a copy of the track {@code first}. */
  Track asDuplicateOf(String first) {
    return new Track(
        track, genre, source, sha256, sampleRateHz, durationS, dbMin, dbMax, first, reason, note);
  }

  /** What is wrong with a name of a track or genre, to follow "its name"; null if nothing is. */
  static @Nullable String faultOfName(String name) {
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      return "is empty or stands for a folder";
    }
    if (name.chars().anyMatch(c -> c == '/' || c == '\\')) {
      return "has a slash";
    }
    if (name.chars().anyMatch(Character::isISOControl)) {
      return "has a line break or another control character";
    }
    return name.equals(name.strip()) ? null : "has a space at one end";
  }

  private static void checkName(String column, String name) {
    String fault = faultOfName(name);
    if (fault != null) {
      throw new IllegalArgumentException(column + " \"" + name + "\" is no name: it " + fault);
    }
  }

  private static void check(String column, boolean holds, Object value, String limit) {
    if (!holds) {
      throw new IllegalArgumentException(column + " must be " + limit + ", not " + value);
    }
  }
}
