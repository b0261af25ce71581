package tonearm.library;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Prediction.Ranked;
import tonearm.eval.Prediction.Status;
import tonearm.provenance.PathText;

/**
 * A file of the index and what was last said of it. Its keys in JSON are those of a prediction, and
 * more.
 *
 * @param path absolute; as a {@code file:} address if its name is no text
 * @param status whether there is an answer
 * @param genre the most probable one, or {@link tonearm.eval.Prediction#UNKNOWN}; null if there is
 *     no answer, like the next five
 * @param confidence probability of the most probable one
 * @param nearest guesses at an unknown genre; null if it is known
 * @param probabilities every genre of the model in its order
 * @param durationS length of the sound in seconds
 * @param clips how many were heard
 * @param model name of the model; null if the file could not be read at all
 * @param warnings null if there are none
 * @param error why there is no answer; null if there is one
 * @param network digest of all that decides the model's answers
 * @param sampling which part of the song was heard
 * @param sha256 content of the file; null if it could not be read
 * @param sizeBytes of the file when it was looked into
 * @param mtimeNs of the file when it was looked into, nanoseconds since 1970
 * @param analysedAt when it was heard, or found that it cannot be read; UTC
 * @param tonearm version that heard it
 */
public record LibraryEntry(
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
    @Nullable String error,
    @Nullable String network,
    @Nullable String sampling,
    @Nullable String sha256,
    long sizeBytes,
    long mtimeNs,
    String analysedAt,
    @Nullable String tonearm) {
  /** The file. */
  public Path file() {
    return PathText.path(path);
  }
}
