package tonearm.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tonearm.provenance.Seeds;

/** Predictions for property tests: seeded, so that a failure names what to run again. */
final class RandomPredictions {
  private RandomPredictions() {}

  /** 2 to 8 genres, 5 to 60 tracks of 1 to 7 clips; right more often than not. */
  static ClipPredictions of(long seed) {
    Random random = new Seeds(seed).random("test");
    int n = 2 + random.nextInt(7);
    List<String> genres = new ArrayList<>();
    for (int g = 0; g < n; g++) {
      genres.add("genre " + (char) ('a' + g));
    }
    List<ClipPrediction> clips = new ArrayList<>();
    int tracks = 5 + random.nextInt(56);
    for (int t = 0; t < tracks; t++) {
      int trueGenre = random.nextInt(n);
      int clipsOfTrack = 1 + random.nextInt(7);
      for (int c = 0; c < clipsOfTrack; c++) {
        float[] p = probabilities(random, n, trueGenre);
        clips.add(new ClipPrediction("track " + t, c, t % 5, "valid", trueGenre, p));
      }
    }
    return new ClipPredictions(genres, clips);
  }

  private static float[] probabilities(Random random, int n, int trueGenre) {
    double[] weights = new double[n];
    double sum = 0;
    for (int g = 0; g < n; g++) {
      weights[g] = Math.exp(random.nextGaussian() + (g == trueGenre ? 1.5 : 0));
      sum += weights[g];
    }
    float[] p = new float[n];
    for (int g = 0; g < n; g++) {
      p[g] = (float) (weights[g] / sum);
    }
    return p;
  }
}
