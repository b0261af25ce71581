package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.eval.Prediction;
import tonearm.eval.Prediction.Segment;

/** What is written as JAMS is JAMS, by JAMS's own schema and that of the namespace. */
class JamsFormatTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> GTZAN = List.of("blues", "hiphop", "rock");
  private static final List<String> OTHERS = List.of("fado", "techno", "rock");

  @TempDir private Path folder;

  private static Prediction song(List<String> genres, boolean timeline) {
    Prediction song =
        Prediction.ok("a \"b\",\nc.mp3", genres, new float[] {0.25f, 0.5f, 0.25f}, 32.5, 5, "tiny")
            .withWarnings(List.of("truncated: 32.5 s of the 40.0 s that the header promises"));
    return timeline
        ? song.withTimeline(
            List.of(
                Segment.of(0, 6, genres, new float[] {1, 0, 0}),
                Segment.of(6, 12, genres, new float[] {0, 0.75f, 0.25f})))
        : song;
  }

  private static JsonNode jams(List<String> genres, boolean timeline) throws IOException {
    String line = PredictionFormat.jams(genres, 6).format(song(genres, timeline));
    assertThat(line).endsWith("}\n");
    assertThat(line.strip()).doesNotContain("\n");
    return JSON.readTree(line);
  }

  @Test
  void aSongIsTaggedWithEveryGenreTheLikeliestFirst() throws IOException {
    JsonNode jams = jams(GTZAN, false);
    assertValid(jams);
    assertThat(jams.at("/file_metadata/duration").doubleValue()).isEqualTo(32.5);
    assertThat(jams.get("annotations")).hasSize(1);
    JsonNode song = jams.at("/annotations/0");
    assertThat(song.get("namespace").textValue()).isEqualTo("tag_gtzan");
    assertThat(song.at("/annotation_metadata/data_source").textValue()).isEqualTo("program");
    assertThat(song.at("/annotation_metadata/annotation_tools").textValue()).startsWith("Tonearm ");
    assertThat(song.get("data").findValuesAsText("value"))
        .containsExactly("hip-hop", "blues", "rock");
    assertThat(song.get("data").findValuesAsText("confidence"))
        .containsExactly("0.5", "0.25", "0.25");
    for (JsonNode observation : song.get("data")) {
      assertThat(observation.get("time").doubleValue()).isZero();
      assertThat(observation.get("duration").doubleValue()).isEqualTo(32.5);
    }
    assertThat(jams.at("/sandbox/path").textValue()).isEqualTo("a \"b\",\nc.mp3");
    assertThat(jams.at("/sandbox/model").textValue()).isEqualTo("tiny");
    assertThat(jams.at("/sandbox/warnings/0").textValue()).startsWith("truncated: ");
  }

  @Test
  void aTimelineIsASecondAnnotationOverTheClips() throws IOException {
    JsonNode jams = jams(GTZAN, true);
    assertValid(jams);
    JsonNode clips = jams.at("/annotations/1/data");
    assertThat(clips).hasSize(6);
    assertThat(clips.get(0))
        .hasToString("{\"time\":0.0,\"duration\":6.0,\"value\":\"blues\",\"confidence\":1.0}");
    assertThat(clips.get(3))
        .hasToString("{\"time\":6.0,\"duration\":6.0,\"value\":\"hip-hop\",\"confidence\":0.75}");
  }

  @Test
  void genresThatGtzanHasNotAreOpenTags() throws IOException {
    JsonNode jams = jams(OTHERS, true);
    assertValid(jams);
    assertThat(jams.at("/annotations/0/namespace").textValue()).isEqualTo("tag_open");
    assertThat(jams.at("/annotations/0/data/0/value").textValue()).isEqualTo("techno");
  }

  @Test
  void theSchemaRefusesWhatIsNone() throws IOException {
    ObjectNode jams = (ObjectNode) jams(GTZAN, false);
    ((ObjectNode) jams.at("/file_metadata")).put("duration", -1);
    assertThat(schema().validate(jams)).isNotEmpty();
    ObjectNode other = (ObjectNode) jams(GTZAN, false);
    ((ObjectNode) other.at("/annotations/0/data/0")).remove("confidence");
    assertThat(schema().validate(other)).isNotEmpty();
  }

  @Test
  void whatCouldNotBeHeardHasNoAnnotations() {
    assertThat(PredictionFormat.jams(GTZAN, 6).format(Prediction.error("a.mp3", "empty")))
        .isEmpty();
  }

  @Test
  void theFolderMirrorsWhatWasNamed() throws IOException {
    Path out = folder.resolve("out");
    Path music = Files.createDirectories(folder.resolve("music/a"));
    Files.createDirectories(folder.resolve("more"));
    Path song = music.resolve("1.mp3");
    SongFolder one = new SongFolder(out, List.of(folder.resolve("music")));
    assertThat(one.file(song, ".jams")).isEqualTo(out.resolve("a/1.mp3.jams"));
    SongFolder file = new SongFolder(out, List.of(song));
    assertThat(file.file(song, ".jams")).isEqualTo(out.resolve("1.mp3.jams"));
    SongFolder two = new SongFolder(out, List.of(folder.resolve("music"), folder.resolve("more")));
    assertThat(two.file(song, ".jams")).isEqualTo(out.resolve("music/a/1.mp3.jams"));
    String longest = "\u00e4".repeat(120) + "bcdef.wav";
    Path file255 = one.file(music.resolve(longest + "123456"), ".jams");
    one.write(music.resolve(longest + "123456"), ".jams", "{}");
    assertThat(file255).hasContent("{}");
    assertThat(SongFolder.isMeant(folder.toString())).isTrue();
    assertThat(SongFolder.isMeant(out + "/")).isTrue();
    assertThat(SongFolder.isMeant(folder + "/annotations.jams")).isFalse();
  }

  private static void assertValid(JsonNode jams) throws IOException {
    assertThat(schema().validate(jams)).isEmpty();
    for (JsonNode annotation : jams.get("annotations")) {
      String namespace = annotation.get("namespace").textValue();
      JsonSchema value =
          factory().getSchema(resource(namespace + ".json").get(namespace).get("value"));
      for (JsonNode observation : annotation.get("data")) {
        assertThat(value.validate(observation.get("value"))).isEmpty();
      }
    }
  }

  private static JsonSchema schema() throws IOException {
    return factory().getSchema(resource("jams_schema.json"));
  }

  private static JsonSchemaFactory factory() {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4);
  }

  private static JsonNode resource(String name) throws IOException {
    try (InputStream in = JamsFormatTest.class.getResourceAsStream("/jams/" + name)) {
      return JSON.readTree(Objects.requireNonNull(in, name));
    }
  }
}
