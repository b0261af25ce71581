package tonearm.cli;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Split;
import tonearm.dataset.Split.Side;
import tonearm.dataset.Track;
import tonearm.eval.TrackPrediction;
import tonearm.infer.DatasetEmbeddings;
import tonearm.infer.LikenessFit;
import tonearm.model.Calibration.Likeness;
import tonearm.model.LibTorch;
import tonearm.model.Precision;
import tonearm.train.Trainer;

/**
 * How like the training of a bundle's network a song must be.
 *
 * <p>The threshold is judged on tracks that a network was not trained on, each against what was
 * fitted to those it was: by the networks of the run's folds, or by that of the run itself, which
 * the bundle may be, where it has one division only. It is taken over from the folds' networks to
 * the bundle's, which is of the same recipe. Where these networks are no longer there, it is judged
 * on the bundle's own training, which lies nearer than other music does; {@code judged} tells.
 *
 * @param greatestDistance a song that is farther from every genre is unlike all of them
 * @param tracks how many rightly answered tracks it was judged on
 * @param lost share of them that is farther
 * @param judged how, in words
 * @param likeness of the bundle's network over all tracks of the data
 */
record LikenessStudy(
    double greatestDistance,
    int tracks,
    double lost,
    String judged,
    @JsonIgnore Likeness likeness) {
  /** As a bundle holds it. */
  Likeness toLikeness() {
    return likeness;
  }

  /**
   * Makes it.
   *
   * @param run folder of the run
   * @param bundle whose likeness is fitted
   * @param dataset of both
   * @param side which tracks were held out
   * @param warn takes a line for the person
   */
  record Maker(
      Path run,
      Path bundle,
      PreparedDataset dataset,
      Side side,
      Precision precision,
      Consumer<String> warn) {
    /** A network, the tracks it was trained on, and those it was not. */
    private record Fold(Path bundle, List<Track> training, List<Track> held) {
      List<Track> both() {
        return Stream.concat(training.stream(), held.stream()).distinct().toList();
      }
    }

    /**
     * Makes it.
     *
     * @param answers to the tracks held out; only those that were right count
     * @param genres in the model's order
     * @param maxLost part of these tracks that may be unlike, in [0, 1)
     */
    LikenessStudy of(List<TrackPrediction> answers, List<String> genres, double maxLost)
        throws IOException, InterruptedException {
      Set<String> right = new HashSet<>();
      for (TrackPrediction answer : answers) {
        if (answer.predictedGenre() == answer.trueGenre()) {
          right.add(answer.track());
        }
      }
      List<Track> all = dataset.catalog().usable();
      List<Fold> folds = folds();
      boolean isHonest = !folds.isEmpty();
      if (!isHonest) {
        warn.accept(
            run
                + " has no network that its tracks were held out of: likeness is judged on tracks that "
                + bundle
                + " may have been trained on, and other songs may be unknown more often");
        folds = List.of(new Fold(bundle, all, all));
      }
      LibTorch.load();
      List<Double> distances = new ArrayList<>();
      Likeness likeness;
      try {
        // One network's at a time, but the bundle's own serve twice.
        Map<String, float[]> ofBundle = embeddings(bundle, all);
        for (Fold fold : folds) {
          Map<String, float[]> embeddings =
              fold.bundle().equals(bundle) ? ofBundle : embeddings(fold.bundle(), fold.both());
          List<Track> asked =
              fold.held().stream().filter(track -> right.contains(track.track())).toList();
          Likeness own = LikenessFit.of(genres, embeddings, fold.training());
          for (double distance : LikenessFit.distances(own, embeddings, asked)) {
            distances.add(distance);
          }
        }
        likeness = LikenessFit.of(genres, ofBundle, all);
      } catch (IllegalArgumentException e) {
        throw new IOException("likeness cannot be judged: " + e.getMessage(), e);
      }
      double[] far = distances.stream().mapToDouble(Double::doubleValue).toArray();
      if (far.length == 0) {
        throw new IOException("likeness cannot be judged: none of its tracks was answered rightly");
      }
      double greatest = LikenessFit.greatest(far, maxLost);
      long beyond = distances.stream().filter(distance -> distance > greatest).count();
      return new LikenessStudy(
          greatest,
          far.length,
          (double) beyond / far.length,
          isHonest ? "held out" : "trained on",
          likeness.withGreatestDistance(greatest));
    }

    private List<Fold> folds() throws IOException {
      List<Fold> folds = new ArrayList<>();
      List<Path> folders = SimilarityEvaluation.folds(run);
      for (Path folder : folders) {
        Path own = folder.resolve(RunBundle.FOLDER);
        if (!RunBundle.isIn(folder)) {
          return List.of();
        }
        folds.add(fold(folder.resolve(Trainer.SPLIT_FILE), own));
      }
      Path split = run.resolve(Trainer.SPLIT_FILE);
      if (folders.isEmpty() && Files.exists(split)) {
        // Another bundle may have heard more than the run whose tracks held out are asked about.
        if (RunBundle.isIn(run)) {
          folds.add(fold(split, run.resolve(RunBundle.FOLDER)));
        } else if (RunBundle.isOf(run, bundle)) {
          folds.add(fold(split, bundle));
        }
      }
      return folds;
    }

    private Fold fold(Path file, Path network) throws IOException {
      Split split = Split.read(file, dataset.catalog());
      return new Fold(
          network,
          split.clips(dataset.catalog(), Side.TRAIN).tracks(),
          split.clips(dataset.catalog(), side).tracks());
    }

    private Map<String, float[]> embeddings(Path network, List<Track> tracks)
        throws IOException, InterruptedException {
      try (Progress progress = new Progress("Comparing", tracks.size(), " tracks")) {
        return DatasetEmbeddings.of(network, dataset, tracks, precision, progress::to);
      }
    }
  }
}
