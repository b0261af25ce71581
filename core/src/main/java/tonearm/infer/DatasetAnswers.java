package tonearm.infer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tonearm.dataset.ClipSet;
import tonearm.dataset.ClipStream;
import tonearm.dataset.ClipStream.Batch;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Track;
import tonearm.eval.ClipPrediction;
import tonearm.eval.ClipPredictions;
import tonearm.features.ClipGrid;
import tonearm.model.GenreNet;
import tonearm.model.ModelBundle;
import tonearm.model.ModelBundle.Description;
import tonearm.model.Precision;

/**
 * What a bundle answers to tracks of a prepared dataset: the same clips and network as {@link
 * Classifier}, but for the decoding. Holds the answers of all clips, not their pictures.
 */
public final class DatasetAnswers {
  private static final int BATCH = 32;

  private DatasetAnswers() {}

  /** Hears how far it is. */
  @FunctionalInterface
  public interface Listener {
    /** So many tracks are begun, of so many. */
    void progress(int tracks, int allTracks);
  }

  /**
   * Answers clips.
   *
   * @param bundle the bundle's folder
   * @param clips of tracks of {@code dataset}
   * @param side what the answers' split is called
   * @throws IOException if bundle or dataset cannot be read, their features differ, or a track is
   *     of a genre that the model does not know
   */
  public static ClipPredictions of(
      Path bundle,
      PreparedDataset dataset,
      ClipSet clips,
      String side,
      Precision precision,
      Listener listener)
      throws IOException, InterruptedException {
    ModelBundle loaded = ModelBundle.load(bundle);
    Description model = loaded.description();
    List<Track> tracks = clips.tracks();
    requireFit(bundle, model, dataset, tracks);
    List<ClipPrediction> answers = new ArrayList<>();
    ClipStream.Source source =
        new ClipStream.Source(dataset, clips, model.grid(), model.scaler(), BATCH);
    String last = "";
    int begun = 0;
    try (GenreNet net = loaded.network();
        ClipStream stream = source.inOrder()) {
      for (Batch batch = stream.next(); batch != null; batch = stream.next()) {
        float[][] probabilities = net.probabilities(batch.pictures(), batch.size(), precision);
        for (int i = 0; i < batch.size(); i++) {
          String track = batch.tracks().get(i);
          String genre = dataset.catalog().genres().get(batch.genres()[i]);
          int truth = model.genres().indexOf(genre);
          answers.add(
              new ClipPrediction(track, batch.clips()[i], 0, side, truth, probabilities[i]));
          begun += track.equals(last) ? 0 : 1;
          last = track;
        }
        listener.progress(begun, tracks.size());
      }
    }
    return new ClipPredictions(model.genres(), answers);
  }

  /**
   * The answers to some clips of each track only, spread as {@link ClassifyOptions#excerpt} spreads
   * them: what an excerpt would have been worth.
   *
   * @param answers of every clip
   * @param clips how many of each track, at least 1
   */
  public static ClipPredictions excerpt(ClipPredictions answers, int clips) {
    Map<String, List<ClipPrediction>> byTrack = new LinkedHashMap<>();
    for (ClipPrediction clip : answers.clips()) {
      byTrack.computeIfAbsent(clip.track(), track -> new ArrayList<>()).add(clip);
    }
    List<ClipPrediction> chosen = new ArrayList<>();
    for (List<ClipPrediction> track : byTrack.values()) {
      track.sort(Comparator.comparingInt(ClipPrediction::clip));
      for (int index : ClipGrid.spread(track.size(), clips)) {
        chosen.add(track.get(index));
      }
    }
    return new ClipPredictions(answers.genres(), chosen);
  }

  static void requireFit(
      Path bundle, Description model, PreparedDataset dataset, List<Track> tracks)
      throws IOException {
    if (!model.features().equals(dataset.features())) {
      throw new IOException(
          "%s was trained on features '%s', but %s holds '%s'"
              .formatted(
                  bundle, model.features().name(), dataset.folder(), dataset.features().name()));
    }
    for (Track track : tracks) {
      if (!model.genres().contains(track.genre())) {
        throw new IOException(
            "%s is of genre %s, which %s does not know; it knows %s"
                .formatted(
                    track.track(), track.genre(), bundle, String.join(", ", model.genres())));
      }
    }
  }
}
