package tonearm.dataset;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names of tracks, which are also file names: {@code <genre>.<stem>}, or the stem alone where it
 * begins like that. Letters and digits of any script, {@code . - _} stay; every run of anything
 * else becomes one {@code _}. No two names are the same even where case does not count. The same
 * files get the same names always.
 */
final class TrackNames {
  /** Of UTF-8, so that a suffix and an extension fit into the 255 that file systems allow. */
  private static final int MAX_BYTES = 200;

  private TrackNames() {}

  /**
   * Names files.
   *
   * @param files sorted by their source
   * @return the name of each; of files that would share one, the first keeps it and the others get
   *     {@code -2}, {@code -3}, ...
   */
  static List<String> of(List<SourceTree.Found> files) {
    List<@Nullable String> names = new ArrayList<>();
    Set<String> used = new HashSet<>();
    for (SourceTree.Found file : files) {
      String plain = plain(file);
      names.add(used.add(key(plain)) ? plain : null);
    }
    List<String> unique = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      String name = names.get(i);
      for (int n = 2; name == null; n++) {
        String numbered = plain(files.get(i)) + "-" + n;
        name = used.add(key(numbered)) ? numbered : null;
      }
      unique.add(name);
    }
    return unique;
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static String plain(SourceTree.Found file) {
    String stem = file.source().substring(file.source().lastIndexOf('/') + 1);
    int dot = stem.lastIndexOf('.');
    if (dot > 0) {
      stem = stem.substring(0, dot);
    }
    String genre = safe(file.genre());
    String name = safe(stem);
    return shortened(name.startsWith(genre + ".") ? name : genre + "." + name);
  }

  private static String safe(String text) {
    StringBuilder safe = new StringBuilder();
    Normalizer.normalize(text, Normalizer.Form.NFC)
        .codePoints()
        .forEach(
            c -> {
              if (isSafe(c)) {
                safe.appendCodePoint(c);
              } else if (safe.isEmpty() || safe.charAt(safe.length() - 1) != '_') {
                safe.append('_');
              }
            });
    return safe.toString();
  }

  private static boolean isSafe(int c) {
    int type = Character.getType(c);
    boolean mark = type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    return Character.isLetterOrDigit(c) || mark || c == '.' || c == '-' || c == '_';
  }

  private static String shortened(String name) {
    int end = name.length();
    while (name.substring(0, end).getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      end = name.offsetByCodePoints(end, -1);
    }
    return name.substring(0, end);
  }
}
