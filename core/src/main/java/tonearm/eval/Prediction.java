package tonearm.eval;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.io.IOException;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tonearm.provenance.Json;

/**
 * The answer for one file: its genre, or why there is none. One JSON object a line.
 *
 * @param path the file, as the caller named it
 * @param status whether there is an answer; decides which of the others are null
 * @param genre the most probable genre, of equal ones the first; {@link #UNKNOWN} if the model
 *     knows too little to say
 * @param confidence probability of the most probable genre, in [0, 1]
 * @param nearest of an unknown genre the guesses, most probable first: at most {@value #NEAREST},
 *     each more probable than chance, so none for silence. Null if the genre is known
 * @param probabilities by name, every genre in the model's order, summing to 1
 * @param durationS length of the sound in seconds, 0 or more
 * @param clips how many clips were heard, at least 1
 * @param model name of the model
 * @param warnings what the listener should know though there is an answer, such as {@code
 *     "truncated: ..."}; null if nothing, never empty
 * @param timeline what was heard when, in the order of time; null unless asked for
 * @param error why there is no answer; null if there is one
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Prediction(
    String path,
    Status status,
    @Nullable String genre,
    @Nullable Float confidence,
    @Nullable List<Ranked> nearest,
    @Nullable Map<String, Float> probabilities,
    @Nullable Double durationS,
    @Nullable Integer clips,
    @Nullable String model,
    @Nullable List<String> warnings,
    @Nullable List<Segment> timeline,
    @Nullable String error) {
  /** The genre of a song that a model does not know. It has no probability of its own. */
  public static final String UNKNOWN = "unknown";

  /** Most guesses at an unknown genre. */
  public static final int NEAREST = 3;

  /** Rounding does not make a genre more probable than chance. */
  private static final double ABOVE_CHANCE = 1 + 1e-4;

  /** Whether there is an answer. */
  public enum Status {
    /** There is a genre. */
    @JsonProperty("ok")
    OK,
    /** There is none, and {@link Prediction#error} says why. */
    @JsonProperty("error")
    ERROR
  }

  /**
   * A stretch of the sound.
   *
   * @param startS its beginning in seconds, 0 or more
   * @param endS its end in seconds, more than {@code startS}
   * @param probabilities as {@link Prediction#probabilities}
   */
  @JsonNaming(SnakeCaseStrategy.class)
  public record Segment(double startS, double endS, Map<String, Float> probabilities) {
    public Segment {
      if (!(startS >= 0 && endS > startS && endS < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "a segment from " + startS + " s to " + endS + " s has no length");
      }
      probabilities = ordered(probabilities);
    }

    /**
     * A stretch with its probabilities.
     *
     * @param genres names, in the model's order
     * @param probabilities as many, in [0, 1], summing to 1 within 1e-3
     */
    public static Segment of(
        double startS, double endS, List<String> genres, float[] probabilities) {
      return new Segment(startS, endS, byName(genres, probabilities));
    }
  }

  /**
   * A genre and how probable it is.
   *
   * @param genre its name
   * @param probability in [0, 1]
   */
  public record Ranked(String genre, float probability) {}

  public Prediction {
    if (path == null || status == null) {
      throw new IllegalArgumentException("a prediction needs a path and a status");
    }
    warnings = warnings == null || warnings.isEmpty() ? null : List.copyOf(warnings);
    timeline = timeline == null ? null : List.copyOf(timeline);
    if (status == Status.ERROR) {
      boolean answered =
          genre != null
              || confidence != null
              || nearest != null
              || probabilities != null
              || durationS != null
              || clips != null
              || model != null
              || warnings != null
              || timeline != null;
      if (error == null || error.isBlank() || answered) {
        throw new IllegalArgumentException(
            "an error needs its cause and no answer beside it: " + path + ", " + error);
      }
    } else {
      if (error != null
          || genre == null
          || confidence == null
          || probabilities == null
          || durationS == null
          || clips == null
          || model == null) {
        throw new IllegalArgumentException(
            "an answer needs genre, confidence, probabilities, duration_s, clips and model, and no"
                + " error: "
                + path);
      }
      probabilities = ordered(probabilities);
      if (nearest != null) {
        nearest = List.copyOf(nearest);
        requireUnknown(genre, confidence, nearest, probabilities);
      } else if (!confidence.equals(probabilities.get(genre))) {
        throw new IllegalArgumentException(
            "confidence "
                + confidence
                + " is not the probability of "
                + genre
                + ", "
                + probabilities.get(genre));
      }
      if (!(durationS >= 0 && durationS < Double.POSITIVE_INFINITY) || clips < 1) {
        throw new IllegalArgumentException(
            "a duration of " + durationS + " s in " + clips + " clips cannot be: " + path);
      }
    }
  }

  /**
   * An answer.
   *
   * @param path the file, as the caller named it
   * @param genres names, in the model's order; at least one, all different
   * @param probabilities as many, each in [0, 1], summing to 1 within 1e-3: {@link
   *     #meanOfProbabilities} over the clips
   * @param durationS length of the sound in seconds, 0 or more
   * @param clips how many clips were heard, at least 1
   * @param model name of the model
   */
  public static Prediction ok(
      String path,
      List<String> genres,
      float[] probabilities,
      double durationS,
      int clips,
      String model) {
    Map<String, Float> byName = byName(genres, probabilities);
    int best = ValidInput.argMax(probabilities);
    return new Prediction(
        path,
        Status.OK,
        genres.get(best),
        probabilities[best],
        null,
        byName,
        durationS,
        clips,
        model,
        null,
        null,
        null);
  }

  /**
   * No answer.
   *
   * @param path the file, as the caller named it
   * @param message why, for the person who owns the file; not blank
   */
  public static Prediction error(String path, String message) {
    return new Prediction(
        path, Status.ERROR, null, null, null, null, null, null, null, null, null, message);
  }

  /** The same answer with warnings; none if the list is empty. */
  public Prediction withWarnings(List<String> warnings) {
    return new Prediction(
        path,
        status,
        genre,
        confidence,
        nearest,
        probabilities,
        durationS,
        clips,
        model,
        warnings,
        timeline,
        error);
  }

  /** The same answer with what was heard when; null for without. */
  public Prediction withTimeline(@Nullable List<Segment> timeline) {
    return new Prediction(
        path,
        status,
        genre,
        confidence,
        nearest,
        probabilities,
        durationS,
        clips,
        model,
        warnings,
        timeline,
        error);
  }

  /** The same answer for another name of the file. */
  public Prediction withPath(String other) {
    return new Prediction(
        other,
        status,
        genre,
        confidence,
        nearest,
        probabilities,
        durationS,
        clips,
        model,
        warnings,
        timeline,
        error);
  }

  /**
   * The same answer, but that the model does not know: the genre is {@link #UNKNOWN}, and the best
   * guesses are {@link #nearest}.
   *
   * @throws IllegalArgumentException if there is no answer, or the model has a genre of this name
   */
  public Prediction asUnknown() {
    if (probabilities == null || probabilities.containsKey(UNKNOWN)) {
      throw new IllegalArgumentException(
          path + ": only an answer without a genre \"" + UNKNOWN + "\" can become unknown");
    }
    double chance = ABOVE_CHANCE / probabilities.size();
    List<Ranked> ranked = top(NEAREST);
    return new Prediction(
        path,
        status,
        UNKNOWN,
        ranked.get(0).probability(),
        ranked.stream().filter(guess -> guess.probability() > chance).toList(),
        probabilities,
        durationS,
        clips,
        model,
        warnings,
        timeline,
        error);
  }

  /** Whether there is an answer, but that the model does not know. */
  @JsonIgnore
  public boolean isUnknown() {
    return nearest != null;
  }

  /**
   * The most probable genres, most probable first, equal ones in the model's order.
   *
   * @param n how many at most, at least 1
   * @return all of them if there are fewer; none if there is no answer
   */
  public List<Ranked> top(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("the number of genres must be at least 1, not " + n);
    }
    if (probabilities == null) {
      return List.of();
    }
    return probabilities.entrySet().stream()
        .map(e -> new Ranked(e.getKey(), e.getValue()))
        .sorted(Comparator.comparingDouble(Ranked::probability).reversed())
        .limit(n)
        .toList();
  }

  /** This, as one line of JSON without a line break. */
  public String toJson() {
    return Json.toLine(this);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IOException if it is not that; the message names the cause
   */
  public static Prediction fromJson(String json) throws IOException {
    return Json.fromText(json, Prediction.class);
  }

  /**
   * The mean over clips, each counting the same, scaled to sum to 1 as far as floats can. This is
   * how a song gets its probabilities, here and in {@link TrackPrediction}.
   *
   * @param clips at least one; as many probabilities in each, in [0, 1], summing to 1 within 1e-3
   */
  public static float[] meanOfProbabilities(List<float[]> clips) {
    if (clips.isEmpty()) {
      throw new IllegalArgumentException("no clips: a mean needs at least 1");
    }
    double[] sums = new double[clips.get(0).length];
    for (int i = 0; i < clips.size(); i++) {
      float[] clip = clips.get(i);
      ValidInput.probabilities("clip number " + i, clip, sums.length);
      for (int g = 0; g < sums.length; g++) {
        sums[g] += clip[g];
      }
    }
    double total = 0;
    for (double sum : sums) {
      total += sum;
    }
    float[] mean = new float[sums.length];
    for (int g = 0; g < mean.length; g++) {
      mean[g] = (float) (sums[g] / total);
    }
    return mean;
  }

  private static void requireUnknown(
      String genre, Float confidence, List<Ranked> nearest, Map<String, Float> probabilities) {
    if (!genre.equals(UNKNOWN) || !confidence.equals(Collections.max(probabilities.values()))) {
      throw new IllegalArgumentException(
          "with nearest genres the genre is unknown and the confidence the highest probability, not "
              + genre
              + " and "
              + confidence);
    }
    for (Ranked guess : nearest) {
      if (!Objects.equals(probabilities.get(guess.genre()), guess.probability())) {
        throw new IllegalArgumentException(
            guess + " among the nearest is not as in the probabilities");
      }
    }
  }

  private static Map<String, Float> byName(List<String> genres, float[] probabilities) {
    List<String> names = ValidInput.genres(genres);
    ValidInput.probabilities("the answer", probabilities, names.size());
    Map<String, Float> byName = new LinkedHashMap<>();
    for (int g = 0; g < probabilities.length; g++) {
      byName.put(names.get(g), probabilities[g]);
    }
    return byName;
  }

  /** A copy that keeps the order, which {@code Map.copyOf} does not. */
  private static Map<String, Float> ordered(@Nullable Map<String, Float> probabilities) {
    if (probabilities == null) {
      throw new IllegalArgumentException("probabilities are missing");
    }
    float[] values = new float[probabilities.size()];
    int i = 0;
    for (Map.Entry<String, Float> entry : probabilities.entrySet()) {
      values[i++] = Objects.requireNonNullElse(entry.getValue(), Float.NaN);
    }
    ValidInput.probabilities("the answer", values);
    return Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
  }
}
