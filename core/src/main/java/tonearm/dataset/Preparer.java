package tonearm.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import tonearm.audio.SoundFiles;
import tonearm.features.Analysis;
import tonearm.features.FeatureConfig;
import tonearm.features.FileAnalyser;
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Json;
import tonearm.provenance.Provenance;

/**
 * Makes a {@linkplain PreparedDataset prepared dataset} of a folder {@code <genre>/.../<file>}: the
 * first level names the genre, however deep below it a file lies. What can be heard becomes a
 * picture; what cannot becomes a row with the reason. Which files are taken, and which passed over,
 * is the rule of {@link SoundFiles}.
 *
 * <p><b>Duplicates.</b> Tracks whose pictures are the same to the last pixel are one recording,
 * whatever their files, names and genres. The first by name stands for all; the others name it.
 *
 * <p><b>Killed runs</b> are taken up again by the same call: what is finished is not made again
 * unless its file has changed since, and the result is what one run would have given. A finished
 * dataset is made anew, picture by picture; files that are gone lose theirs.
 *
 * @param features how the pictures are made
 * @param analyser hears the files; called from several threads at once
 * @param workers files heard at the same time, at least 1
 */
public record Preparer(FeatureConfig features, SpectrogramSource analyser, int workers) {
  /** From a file to its spectrogram. */
  @FunctionalInterface
  public interface SpectrogramSource {
    /**
     * Hears a file.
     *
     * @throws IOException if it cannot be heard; the message is the cause, without the path
     */
    Analysis analyse(Path file) throws IOException;
  }

  /** Is told how it goes; called by one thread at a time, from the workers. */
  public interface Listener {
    /** Hears nothing. */
    Listener NONE = new Listener() {};

    /**
     * So many files are done; first called with 0.
     *
     * @param done of {@code total}, failures included
     * @param total files that may be audio
     * @param failed those without a picture so far
     */
    default void progress(int done, int total, int failed) {}

    /**
     * A file has no picture.
     *
     * @param source its path, relative to the source folder
     */
    default void failure(String source, String reason) {}

    /** A file has a picture, but something about it should be known. */
    default void warning(String source, String note) {}
  }

  /**
   * What came of it.
   *
   * @param dataset what {@code dataset.json} says: tracks, failures, duplicates
   * @param reused pictures that an earlier, unfinished run had made
   * @param passedOver files that are no audio, or lie in no genre's folder
   */
  public record Summary(PreparedDataset.Description dataset, int reused, int passedOver) {}

  public Preparer {
    if (workers < 1) {
      throw new IllegalArgumentException("at least 1 worker is needed, not " + workers);
    }
  }

  /** Decodes real files with a {@link FileAnalyser}, on every core. */
  public Preparer(FeatureConfig features) {
    this(features, new FileAnalyser(features)::analyse, Runtime.getRuntime().availableProcessors());
  }

  /**
   * Makes the dataset.
   *
   * @param source folder of genre folders; nothing is written to it
   * @param destination folder to make; empty, or this same dataset, finished or not
   * @throws IOException if the folders are not so, there is nothing that may be audio, or {@code
   *     destination} cannot be written. Files that cannot be heard are rows, not exceptions
   * @throws InterruptedException if the calling thread was interrupted; the call can be repeated
   */
  public Summary prepare(Path source, Path destination, Listener listener)
      throws IOException, InterruptedException {
    Path root = existing(source);
    checkDestination(root, destination);
    SourceTree tree = SourceTree.walk(root);
    if (tree.genreFolders() == 0) {
      throw new IOException(source + " has no genre folders: a folder for each genre is expected");
    }
    if (tree.files().isEmpty()) {
      throw new IOException(source + " holds no audio: its genre folders are empty");
    }
    AtomicFiles.createFolders(destination);
    Journal.Header header = new Journal.Header(root.toString(), features);
    try (Journal journal = Journal.open(destination, header)) {
      Preparation preparation = new Preparation(this, tree, destination, journal, listener);
      Catalog catalog = preparation.run();
      catalog.write(destination.resolve(PreparedDataset.INDEX_FILE));
      Map<String, String> entries =
          Map.of("source", root.toString(), "data_digest", preparation.digest(catalog));
      PreparedDataset.Description description =
          PreparedDataset.describe(features, catalog, Provenance.now(entries));
      Json.write(destination.resolve(PreparedDataset.DESCRIPTION_FILE), description);
      preparation.removeLeftovers(catalog);
      journal.delete();
      return new Summary(description, preparation.reused(), tree.passedOver());
    }
  }

  private static Path existing(Path source) throws IOException {
    if (!Files.exists(source)) {
      throw new NoSuchFileException(source.toString(), null, "no such folder");
    }
    if (!Files.isDirectory(source)) {
      throw new IOException(source + " is a file; a folder of genre folders is expected");
    }
    return source.toRealPath();
  }

  private void checkDestination(Path root, Path destination) throws IOException {
    Path real = realPath(destination);
    if (real.startsWith(root)) {
      throw new IOException(
          destination + " lies in the source folder " + root + ": choose a place outside of it");
    }
    if (!Files.exists(destination)) {
      return;
    }
    if (!Files.isDirectory(destination)) {
      throw new IOException(destination + " is a file, so no dataset can be written to it");
    }
    if (Journal.isIn(destination) || isEmpty(destination)) {
      return; // the journal itself knows whose it is
    }
    Path json = destination.resolve(PreparedDataset.DESCRIPTION_FILE);
    if (!Files.exists(json)) {
      throw new IOException(
          destination + " is not empty and no prepared dataset: choose a new folder");
    }
    PreparedDataset.Description there = Json.read(json, PreparedDataset.Description.class);
    Provenance provenance = there.provenance();
    String from = provenance == null ? null : provenance.entries().get("source");
    if (!root.toString().equals(from) || !features.equals(there.features())) {
      throw new IOException(
          "%s holds a dataset of %s with the features \"%s\": choose another folder"
              .formatted(destination, from, there.features().name()));
    }
  }

  /** Where a path leads even if its last parts are still to be made. */
  private static Path realPath(Path path) throws IOException {
    Path existing = path.toAbsolutePath().normalize();
    Path missing = Path.of("");
    while (!Files.exists(existing)) {
      Path parent = existing.getParent();
      if (parent == null) {
        return path.toAbsolutePath().normalize();
      }
      missing = existing.getFileName().resolve(missing);
      existing = parent;
    }
    return existing.toRealPath().resolve(missing).normalize();
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.allMatch(
          f -> f.getFileName().toString().startsWith(AtomicFiles.TEMPORARY_PREFIX));
    }
  }
}
