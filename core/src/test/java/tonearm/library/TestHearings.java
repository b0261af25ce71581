package tonearm.library;

import java.util.List;
import java.util.Random;
import tonearm.eval.Prediction;

/** Hearings and answers that no network gave. */
final class TestHearings {
  static final List<String> GENRES = List.of("blues", "jazz", "rock");
  static final Hearing WHOLE = new Hearing("tiny", "a".repeat(64), "whole", GENRES);
  static final Hearing EXCERPT = new Hearing("tiny", "a".repeat(64), "excerpt 5", GENRES);
  static final Hearing OTHER = new Hearing("tiny", "b".repeat(64), "whole", GENRES);

  private TestHearings() {}

  /** An answer of which one genre is the most probable. */
  static Prediction answer(String path, String genre, float confidence) {
    float[] probabilities = new float[GENRES.size()];
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] =
          GENRES.get(i).equals(genre) ? confidence : (1 - confidence) / (GENRES.size() - 1);
    }
    return Prediction.ok(path, GENRES, probabilities, 200.5, 33, "tiny");
  }

  static float[] embedding(long seed, int length) {
    Random random = new Random(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
