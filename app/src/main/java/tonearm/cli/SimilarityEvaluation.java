package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Track;
import tonearm.eval.Bootstrap;
import tonearm.eval.NeighbourPrecision;
import tonearm.infer.DatasetEmbeddings;
import tonearm.model.LibTorch;
import tonearm.model.Precision;
import tonearm.provenance.Json;
import tonearm.terminal.Progress;
import tonearm.terminal.Text;

/**
 * How often the tracks that a network takes to be most alike are of one genre: {@code tonearm
 * evaluate --similar}. Of tracks of the same recording only the first takes part.
 */
final class SimilarityEvaluation {
  /** The usual number in the retrieval of music. */
  static final int NEIGHBOURS = 10;

  private SimilarityEvaluation() {}

  /**
   * One network and the tracks that it was not trained on.
   *
   * @param number of the fold; 0 if there is only one network
   * @param bundle folder of the network
   * @param tracks to be compared with each other
   */
  record Fold(int number, Path bundle, List<Track> tracks) {}

  /** Measures all folds together, each among its own tracks. */
  static NeighbourPrecision of(
      List<Fold> folds, PreparedDataset dataset, Precision precision, Bootstrap bootstrap)
      throws IOException, InterruptedException {
    int all = folds.stream().mapToInt(f -> f.tracks().size()).sum();
    List<NeighbourPrecision.Item> items = new ArrayList<>();
    LibTorch.load();
    try (Progress progress = new Progress("Comparing", all, " tracks")) {
      int before = 0;
      for (Fold fold : folds) {
        List<Track> tracks = withoutCopies(fold.tracks());
        if (tracks.size() <= NEIGHBOURS) {
          throw new IOException(
              "similarity cannot be measured%s: %s, too few for %d neighbours of each"
                  .formatted(
                      fold.number() == 0 ? "" : " in fold " + fold.number(),
                      Text.count(tracks.size(), "track"),
                      NEIGHBOURS));
        }
        int done = before;
        Map<String, float[]> embeddings =
            DatasetEmbeddings.of(
                fold.bundle(),
                dataset,
                tracks,
                precision,
                (track, of) -> progress.to(done + track, all));
        for (Track track : tracks) {
          float[] embedding = embeddings.get(track.track());
          if (embedding == null) {
            throw new IOException(track.track() + " has no clips");
          }
          items.add(
              new NeighbourPrecision.Item(track.track(), track.genre(), fold.number(), embedding));
        }
        before += fold.tracks().size();
      }
    }
    try {
      return NeighbourPrecision.of(items, NEIGHBOURS, bootstrap);
    } catch (IllegalArgumentException e) {
      throw new IOException("similarity cannot be measured: " + e.getMessage(), e);
    }
  }

  private static List<Track> withoutCopies(List<Track> tracks) {
    Set<String> seen = new HashSet<>();
    return tracks.stream().filter(track -> seen.add(track.content())).toList();
  }

  /** Prints it, for people or as JSON. */
  static void print(PrintWriter out, NeighbourPrecision result, boolean json) {
    if (json) {
      out.print(Json.toText(result));
      out.flush();
      return;
    }
    out.printf(
        Locale.ROOT,
        "precision at %d  %.1f %% (%.1f to %.1f) of %d tracks%s; chance %.1f %%%n",
        result.k(),
        100 * result.precision(),
        100 * result.precisionInterval().low(),
        100 * result.precisionInterval().high(),
        result.tracks(),
        result.folds() > 1 ? " in " + result.folds() + " folds" : "",
        100 * result.chance());
    result
        .perGenre()
        .forEach(
            (genre, of) ->
                out.printf(
                    Locale.ROOT,
                    "  %-12s %5.1f %%  %-30s  chance %.1f %%, %d tracks%n",
                    genre,
                    100 * of.precision(),
                    Text.bar(of.precision(), 30),
                    100 * of.chance(),
                    of.tracks()));
    out.flush();
  }
}
