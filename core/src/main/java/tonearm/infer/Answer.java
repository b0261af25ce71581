package tonearm.infer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Prediction;

/**
 * What came of one file.
 *
 * @param prediction its genre, or why there is none
 * @param embedding where the song lies among others: the mean over its clips of the network's
 *     pooled features ({@code GenreNet.ClipAnswers}), scaled to length 1, so that the scalar
 *     product of two is their cosine; as many values as the last feature map has channels (512 for
 *     {@code reference-unet}). Null unless asked for, for an error, and for silence. Not copied.
 */
public record Answer(Prediction prediction, float @Nullable [] embedding) {
  /** No answer; see {@link Prediction#error}. */
  public static Answer error(String path, String message) {
    return new Answer(Prediction.error(path, message), null);
  }

  /** Whether there is an answer, if only that the genre is unknown. */
  public boolean isOk() {
    return prediction.status() == Prediction.Status.OK;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Answer that
        && prediction.equals(that.prediction)
        && Arrays.equals(embedding, that.embedding);
  }

  @Override
  public int hashCode() {
    return 31 * prediction.hashCode() + Arrays.hashCode(embedding);
  }
}
