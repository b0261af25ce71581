package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.PreparedDataset.Description;
import tonearm.dataset.Preparer;
import tonearm.features.FeatureConfig;
import tonearm.features.FileAnalyser;
import tonearm.provenance.Json;
import tonearm.provenance.Provenance;
import tonearm.train.Pretrained;
import tonearm.train.Trainer;
import tonearm.train.TrainingException;

/**
 * What a training is given: a prepared dataset, or a folder of music that is prepared for it.
 *
 * @param whole all of it
 * @param dataset the part that is asked for
 * @param failures files of a folder of music that could not be heard
 */
record TrainingData(PreparedDataset whole, PreparedDataset dataset, int failures) {
  /** Where a run keeps the dataset that was made for it. */
  static final String FOLDER = "data";

  private static final String DEFAULT_FEATURES = "gtzan-archive";

  /**
   * Opens it.
   *
   * @param data a prepared dataset, or a folder with a folder of sound files for each genre
   * @param run the run folder, in which the latter is prepared
   * @param goesOn whether there is a run to go on with, whose dataset is left as it is
   * @param init what the features must be those of; null if any will do
   * @throws TrainingException if the features are others, or there is a run that is not to be gone
   *     on with
   */
  static TrainingData open(
      Path data,
      DataOptions selection,
      Path run,
      boolean goesOn,
      @Nullable Pretrained init,
      PrintWriter err)
      throws IOException, InterruptedException, TrainingException {
    if (!goesOn && Files.exists(run.resolve(Trainer.RUN_FILE))) {
      // Before an hour of preparing.
      throw new TrainingException(
          run + " holds a run already: go on with --resume, or choose another folder");
    }
    int failures = 0;
    Path folder = data;
    if (isMusic(data)) {
      folder = run.resolve(FOLDER);
      failures = prepare(data, folder, goesOn, features(init), err);
    }
    PreparedDataset whole = PreparedDataset.open(folder);
    if (init != null) {
      init.requireFeaturesOf(whole);
    }
    TrainingData opened = new TrainingData(whole, selection.select(whole), failures);
    if (init != null) {
      opened.warnOfLeak(init, err);
    }
    return opened;
  }

  private static FeatureConfig features(@Nullable Pretrained init) {
    return init == null ? FeatureConfig.preset(DEFAULT_FEATURES) : init.description().features();
  }

  /** A folder of folders with nothing of a dataset in it, not even of one that is damaged. */
  private static boolean isMusic(Path data) throws IOException {
    if (!Files.isDirectory(data)) {
      return false;
    }
    for (String file :
        new String[] {
          PreparedDataset.DESCRIPTION_FILE, PreparedDataset.INDEX_FILE, "spectrograms"
        }) {
      if (Files.exists(data.resolve(file))) {
        return false;
      }
    }
    try (Stream<Path> entries = Files.list(data)) {
      return entries.anyMatch(
          e -> Files.isDirectory(e) && !e.getFileName().toString().startsWith("."));
    }
  }

  private static int prepare(
      Path music, Path folder, boolean goesOn, FeatureConfig features, PrintWriter err)
      throws IOException, InterruptedException {
    Path json = folder.resolve(PreparedDataset.DESCRIPTION_FILE);
    if (goesOn && Files.exists(json)) {
      Description there = Json.read(json, Description.class);
      Provenance made = there.provenance();
      String source = made == null ? null : made.entries().get("source");
      if (!music.toRealPath().toString().equals(source)) {
        throw new IOException(folder + " was prepared of " + source + ", not of " + music);
      }
      return there.failed();
    }
    Path made = folder.toAbsolutePath().normalize();
    if (made.startsWith(music.toAbsolutePath().normalize())) {
      throw new IOException(
          "the run folder lies in " + music + ", the music: choose a place outside of it");
    }
    err.println("tonearm: preparing " + music + " in " + folder);
    err.flush();
    FileAnalyser analyser = new FileAnalyser(features);
    Preparer preparer = new Preparer(features, analyser::analyse, PrepareCommand.workers(analyser));
    Preparer.Summary summary = PrepareCommand.prepare(preparer, music, folder, err);
    err.println("tonearm: " + PrepareCommand.told(folder, summary));
    err.flush();
    return summary.dataset().failed();
  }

  /** A network that was trained on the very tracks by which it is to be judged flatters itself. */
  private void warnOfLeak(Pretrained init, PrintWriter err) throws IOException {
    String digest = init.dataDigest();
    boolean knowsGenres =
        !Collections.disjoint(dataset.catalog().genres(), init.description().genres());
    if (digest == null || !knowsGenres) {
      return;
    }
    if (digest.equals(dataset.digest()) || whole.holds(init.description().genres(), digest)) {
      err.println(
          "tonearm: warning: "
              + init.init().name()
              + " was trained on these very tracks, so those held out here are none to it: the"
              + " scores will be too good");
      err.flush();
    }
  }

  /** The exit status of a training that went well. */
  int status() {
    return failures == 0 ? Tonearm.OK : Tonearm.FAILED;
  }
}
