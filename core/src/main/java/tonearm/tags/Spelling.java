package tonearm.tags;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a model's names of genres are written into tags. A model says {@code hiphop} where music
 * libraries say {@code Hip-Hop}; left alone, each song would found a genre of its own.
 *
 * <p>Of names without an alias the first letter of each word becomes a capital, and a few have a
 * spelling of their own.
 */
public final class Spelling {
  private static final Map<String, String> KNOWN =
      Map.ofEntries(
          Map.entry("hiphop", "Hip-Hop"),
          Map.entry("hip-hop", "Hip-Hop"),
          Map.entry("hip hop", "Hip-Hop"),
          Map.entry("rnb", "R&B"),
          Map.entry("r&b", "R&B"),
          Map.entry("edm", "EDM"),
          Map.entry("drumandbass", "Drum & Bass"),
          Map.entry("drum and bass", "Drum & Bass"),
          Map.entry("rocknroll", "Rock & Roll"),
          Map.entry("triphop", "Trip-Hop"),
          Map.entry("lofi", "Lo-Fi"));

  private final Map<String, String> aliases = new LinkedHashMap<>();

  /**
   * A spelling.
   *
   * @param aliases the model's name, upper and lower case being the same, to the name in tags;
   *     empty for a genre that is never written
   * @throws IllegalArgumentException if a name cannot be one genre: {@code unknown}, or several
   *     glued together by {@code ;}, or with control characters
   */
  public Spelling(Map<String, String> aliases) {
    aliases.forEach(
        (name, written) -> {
          String value = written.strip();
          if (value.indexOf(';') >= 0 || value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                "\"" + value + "\" is not one genre: values are never glued together");
          }
          if (isNoGenre(value)) {
            throw new IllegalArgumentException(
                "\"" + value + "\" is never written; an empty name leaves a genre out");
          }
          this.aliases.put(name.strip().toLowerCase(Locale.ROOT), value);
        });
  }

  /**
   * Refuses an alias of a genre that is never heard: a slip there would leave the genre that was
   * meant as it is.
   *
   * @param genres what a model can answer
   * @throws IllegalArgumentException naming the alias and the genres there are
   */
  public void requireGenresOf(Collection<String> genres) {
    Set<String> known = new HashSet<>();
    genres.forEach(genre -> known.add(genre.strip().toLowerCase(Locale.ROOT)));
    for (String name : aliases.keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "there is no genre \"%s\" to be written otherwise; there are %s"
                .formatted(name, String.join(", ", genres)));
      }
    }
  }

  /** The name in tags, or null if this genre is not written. */
  @Nullable String of(String genre) {
    String key = genre.strip().toLowerCase(Locale.ROOT);
    String alias = aliases.get(key);
    if (alias != null) {
      return alias.isEmpty() ? null : alias;
    }
    if (key.isEmpty() || isNoGenre(key)) {
      return null;
    }
    String known = KNOWN.get(key);
    return known == null ? capitals(genre.strip().replace('_', ' ')) : known;
  }

  private static boolean isNoGenre(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.equals("unknown") || lower.equals("none");
  }

  private static String capitals(String name) {
    StringBuilder text = new StringBuilder(name);
    for (int i = 0; i < text.length(); i++) {
      char before = i == 0 ? ' ' : text.charAt(i - 1);
      if (before == ' ' || before == '-' || before == '/') {
        text.setCharAt(i, Character.toUpperCase(text.charAt(i)));
      }
    }
    return text.toString();
  }
}
