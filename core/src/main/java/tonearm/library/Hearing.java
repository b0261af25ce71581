package tonearm.library;

import java.util.List;
import tonearm.provenance.Digest;

/**
 * Who answers and how much of a song it hears. Answers of one hearing can be compared with each
 * other and need not be asked for twice. The version of Tonearm is not a part of it.
 *
 * @param model the model's name, as in predictions; not blank
 * @param network digest of all that decides its answers, 64 hexadecimal digits
 * @param sampling which part of a song is heard, such as {@code whole}; not blank
 * @param genres the model's, in its order; at least one
 */
public record Hearing(String model, String network, String sampling, List<String> genres) {
  public Hearing {
    if (model.isBlank() || sampling.isBlank()) {
      throw new IllegalArgumentException("a hearing needs the name of a model and a sampling");
    }
    if (!Digest.isDigest(network)) {
      throw new IllegalArgumentException("network must be 64 hexadecimal digits, not " + network);
    }
    if (genres.isEmpty()) {
      throw new IllegalArgumentException("a hearing needs at least 1 genre");
    }
    genres = List.copyOf(genres);
  }
}
