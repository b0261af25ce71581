package tonearm.provenance;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where an artefact comes from: taken automatically when it is made, never changed afterwards, and
 * carried in its JSON.
 *
 * @param tonearmVersion version of the Tonearm that made it
 * @param gitCommit the commit that was built from, or null where the build was not told
 * @param created when it was made, UTC, in whole seconds
 * @param javaVersion {@code java.version} of the JVM
 * @param javaVendor {@code java.vendor} of the JVM
 * @param machine the computer
 * @param entries what else decides the artefact, by key in snake_case: {@code data_digest}, {@code
 *     seed}, {@code precision}, ...; values are text so that a 64-bit seed survives any JSON
 *     reader; iterates in the keys' order
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Provenance(
    String tonearmVersion,
    @Nullable String gitCommit,
    @JsonSerialize(using = ToStringSerializer.class)
        @JsonDeserialize(using = InstantDeserializer.class)
        Instant created,
    String javaVersion,
    String javaVendor,
    Machine machine,
    Map<String, String> entries) {
  public Provenance {
    Required.present("tonearm_version", tonearmVersion);
    Required.present("created", created);
    Required.present("java_version", javaVersion);
    Required.present("java_vendor", javaVendor);
    Required.present("machine", machine);
    Required.present("entries", entries);
    entries.forEach((key, value) -> Required.present("entries." + key, value));
    created = created.truncatedTo(ChronoUnit.SECONDS);
    entries = Collections.unmodifiableMap(new TreeMap<>(entries));
  }

  /**
   * The provenance of something made here and now.
   *
   * @param entries as {@link #entries()}; may be empty
   */
  public static Provenance now(Map<String, String> entries) {
    Build build = Build.current();
    return new Provenance(
        build.version(),
        build.gitCommit(),
        Instant.now(),
        System.getProperty("java.version"),
        System.getProperty("java.vendor"),
        Machine.current(),
        entries);
  }

  /**
   * A copy with one more entry.
   *
   * @throws IllegalArgumentException if the key is there already: provenance is not rewritten
   */
  public Provenance with(String key, String value) {
    if (entries.containsKey(key)) {
      throw new IllegalArgumentException(
          "provenance already has \"" + key + "\" = \"" + entries.get(key) + "\"");
    }
    Map<String, String> more = new TreeMap<>(entries);
    more.put(key, value);
    return new Provenance(
        tonearmVersion, gitCommit, created, javaVersion, javaVendor, machine, more);
  }

  /** This, as a JSON object on several lines. */
  public String toJson() {
    return Json.toText(this);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IOException if it is not that: broken JSON, an unknown key, a missing one
   */
  public static Provenance fromJson(String json) throws IOException {
    return Json.fromText(json, Provenance.class);
  }

  /** Jackson knows no java.time without another module; one ISO 8601 text does not deserve it. */
  private static final class InstantDeserializer extends StdDeserializer<Instant> {
    InstantDeserializer() {
      super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      String text = parser.getValueAsString();
      try {
        return Instant.parse(text == null ? "" : text);
      } catch (DateTimeParseException e) {
        return (Instant)
            context.handleWeirdStringValue(
                Instant.class, text, "a UTC instant such as 2026-01-31T12:00:00Z was expected");
      }
    }
  }

  /** When and by which Tonearm: {@code 2026-01-31 with Tonearm 0.1.0 (commit)}. */
  public String inWords() {
    return "%s with Tonearm %s%s"
        .formatted(
            created.toString().substring(0, "2026-01-31".length()),
            tonearmVersion,
            gitCommit == null ? "" : " (" + gitCommit + ")");
  }
}
