package tonearm.infer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import tonearm.dataset.ClipSet;
import tonearm.dataset.ClipStream;
import tonearm.dataset.ClipStream.Batch;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Track;
import tonearm.model.GenreNet;
import tonearm.model.ModelBundle;
import tonearm.model.ModelBundle.Description;
import tonearm.model.Precision;

/**
 * Where a bundle puts the tracks of a prepared dataset: the embedding of {@link Answer}, from
 * pictures instead of sound.
 */
public final class DatasetEmbeddings {
  private static final int BATCH = 32;

  private DatasetEmbeddings() {}

  /**
   * The embedding of each track: the mean over its clips of the network's pooled features.
   *
   * @param bundle the bundle's folder
   * @param tracks of {@code dataset}
   * @return by the track's name, in the order of {@code tracks}
   * @throws IOException if bundle or dataset cannot be read, their features differ, or a track is
   *     of a genre that the model does not know
   */
  public static Map<String, float[]> of(
      Path bundle,
      PreparedDataset dataset,
      List<Track> tracks,
      Precision precision,
      DatasetAnswers.Listener listener)
      throws IOException, InterruptedException {
    Map<String, float[]> sums = new LinkedHashMap<>();
    each(
        bundle,
        dataset,
        tracks,
        precision,
        (track, features) -> {
          add(sums.computeIfAbsent(track, name -> new float[features.length]), features);
          listener.progress(sums.size(), tracks.size());
        });
    // The sum points where the mean does, and only the direction counts.
    return sums;
  }

  /**
   * The pooled features of each clip, as above; of many long songs they are many.
   *
   * @return by the track's name, in the order of {@code tracks}, its clips in theirs
   */
  public static Map<String, List<float[]>> ofClips(
      Path bundle,
      PreparedDataset dataset,
      List<Track> tracks,
      Precision precision,
      DatasetAnswers.Listener listener)
      throws IOException, InterruptedException {
    Map<String, List<float[]>> clips = new LinkedHashMap<>();
    each(
        bundle,
        dataset,
        tracks,
        precision,
        (track, features) -> {
          clips.computeIfAbsent(track, name -> new ArrayList<>()).add(features);
          listener.progress(clips.size(), tracks.size());
        });
    return clips;
  }

  private static void each(
      Path bundle,
      PreparedDataset dataset,
      List<Track> tracks,
      Precision precision,
      BiConsumer<String, float[]> taker)
      throws IOException, InterruptedException {
    ModelBundle loaded = ModelBundle.load(bundle);
    Description model = loaded.description();
    DatasetAnswers.requireFit(bundle, model, dataset, tracks);
    ClipStream.Source source =
        new ClipStream.Source(dataset, ClipSet.all(tracks), model.grid(), model.scaler(), BATCH);
    try (GenreNet net = loaded.network();
        ClipStream stream = source.inOrder()) {
      for (Batch batch = stream.next(); batch != null; batch = stream.next()) {
        float[][] features = net.answers(pictures(batch), precision).features();
        for (int i = 0; i < batch.size(); i++) {
          taker.accept(batch.tracks().get(i), features[i]);
        }
      }
    }
  }

  /** The tracks' embeddings from those of their clips. */
  public static Map<String, float[]> ofTracks(Map<String, List<float[]>> clips) {
    Map<String, float[]> sums = new LinkedHashMap<>();
    clips.forEach(
        (track, features) -> {
          float[] sum = new float[features.get(0).length];
          features.forEach(clip -> add(sum, clip));
          sums.put(track, sum);
        });
    return sums;
  }

  private static void add(float[] sum, float[] clip) {
    for (int j = 0; j < sum.length; j++) {
      sum[j] += clip[j];
    }
  }

  private static List<float[]> pictures(Batch batch) {
    int size = batch.pictures().length / batch.size();
    List<float[]> pictures = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      pictures.add(Arrays.copyOfRange(batch.pictures(), i * size, (i + 1) * size));
    }
    return pictures;
  }
}
