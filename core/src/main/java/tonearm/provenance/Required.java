package tonearm.provenance;

import org.jspecify.annotations.Nullable;

/** What a record read from JSON may lack although its type says otherwise. */
final class Required {
  private Required() {}

  static void present(String key, @Nullable Object value) {
    if (value == null) {
      throw new IllegalArgumentException("\"" + key + "\" is missing");
    }
  }
}
