package tonearm.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tonearm.eval.Prediction;
import tonearm.provenance.Build;

/**
 * JAMS, the "JSON annotated music specification" of music research (E. Humphrey et al., ISMIR
 * 2014): one object a song, on one line. A song that could not be heard has none.
 *
 * <p>The song's genres are tags that hold for all of it, every genre with its probability as
 * confidence, the likeliest first; a timeline is a second annotation with the same for each clip.
 * The namespace is JAMS's {@code tag_gtzan} where it knows all the model's genres, else {@code
 * tag_open}, which takes any name.
 *
 * @param genres of the model
 * @param clipSeconds length of a clip
 */
record JamsFormat(List<String> genres, double clipSeconds) implements PredictionFormat {
  private static final String JAMS_VERSION = "0.3.5";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What the namespace {@code tag_gtzan} allows. */
  private static final Set<String> GTZAN =
      Set.of(
          "blues",
          "classical",
          "country",
          "disco",
          "hip-hop",
          "jazz",
          "metal",
          "pop",
          "reggae",
          "rock");

  @Override
  public String header() {
    return "";
  }

  @Override
  public String format(Prediction p) {
    if (p.status() == Prediction.Status.ERROR) {
      return "";
    }
    double seconds = Objects.requireNonNull(p.durationS());
    ObjectNode jams = JSON.createObjectNode();
    ObjectNode file = jams.putObject("file_metadata");
    file.put("duration", seconds);
    file.put("jams_version", JAMS_VERSION);
    ArrayNode annotations = jams.putArray("annotations");
    String how =
        String.format(
            Locale.ROOT, "the mean of the probabilities of %s s clips", plain(clipSeconds));
    ArrayNode song = annotation(annotations, p, seconds, how);
    observe(song, 0, seconds, Objects.requireNonNull(p.probabilities()));
    List<Prediction.Segment> timeline = p.timeline();
    if (timeline != null) {
      how = String.format(Locale.ROOT, "the probabilities of %s s clips", plain(clipSeconds));
      ArrayNode clips = annotation(annotations, p, seconds, how);
      for (Prediction.Segment clip : timeline) {
        observe(clips, clip.startS(), clip.endS() - clip.startS(), clip.probabilities());
      }
    }
    ObjectNode sandbox = jams.putObject("sandbox");
    sandbox.put("path", p.path());
    sandbox.put("model", p.model());
    sandbox.put("clips", p.clips());
    if (p.isUnknown()) {
      sandbox.put("genre", p.genre());
    }
    sandbox.put("tonearm_version", Build.current().version());
    String commit = Build.current().gitCommit();
    if (commit != null) {
      sandbox.put("git_commit", commit);
    }
    if (p.warnings() != null) {
      ArrayNode warnings = sandbox.putArray("warnings");
      p.warnings().forEach(warnings::add);
    }
    try {
      return JSON.writeValueAsString(jams) + "\n";
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ArrayNode annotation(ArrayNode all, Prediction p, double seconds, String how) {
    ObjectNode annotation = all.addObject();
    annotation.put("namespace", namespace());
    annotation.put("time", 0.0);
    annotation.put("duration", seconds);
    ObjectNode metadata = annotation.putObject("annotation_metadata");
    metadata.put("annotation_tools", "Tonearm " + Build.current().version());
    metadata.put("annotation_rules", how);
    metadata.put("data_source", "program");
    // No curator: JAMS wants the name and the address of a person.
    metadata.putObject("annotator").put("model", p.model());
    return annotation.putArray("data");
  }

  private void observe(
      ArrayNode data, double time, double duration, Map<String, Float> probabilities) {
    probabilities.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .forEach(
            genre -> {
              ObjectNode observation = data.addObject();
              observation.put("time", time);
              observation.put("duration", duration);
              observation.put("value", value(genre.getKey()));
              observation.put("confidence", genre.getValue());
            });
  }

  private String namespace() {
    return isGtzan() ? "tag_gtzan" : "tag_open";
  }

  private String value(String genre) {
    return isGtzan() ? gtzan(genre) : genre;
  }

  private boolean isGtzan() {
    return genres.stream().allMatch(genre -> GTZAN.contains(gtzan(genre)));
  }

  /** The archive spells it without the hyphen that JAMS has. */
  private static String gtzan(String genre) {
    return genre.equals("hiphop") ? "hip-hop" : genre;
  }

  private static String plain(double seconds) {
    return seconds == Math.rint(seconds) ? Long.toString((long) seconds) : Double.toString(seconds);
  }
}
