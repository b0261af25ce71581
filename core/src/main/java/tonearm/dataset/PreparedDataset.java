package tonearm.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tonearm.features.ClipGrid;
import tonearm.features.FeatureConfig;
import tonearm.features.Spectrogram;
import tonearm.features.SpectrogramPng;
import tonearm.provenance.Digest;
import tonearm.provenance.Json;
import tonearm.provenance.Provenance;

/**
 * A folder of spectrogram pictures and their index: {@code dataset.json}, {@code tracks.csv},
 * {@code spectrograms/<genre>/<track>.png}. Held in memory are the index, with the lengths that
 * were asked for, and pictures that were read, up to 192 MiB of them. Thread-safe.
 */
public final class PreparedDataset {
  /** Name of the file that describes the dataset. */
  public static final String DESCRIPTION_FILE = "dataset.json";

  /** Name of the index. */
  public static final String INDEX_FILE = "tracks.csv";

  /** Pictures that were read are kept up to so many bytes: the archive's 1000 are 187 MB. */
  private static final long MOST_KEPT = 192L << 20;

  static final String PICTURE_FOLDER = "spectrograms";

  /**
   * The content of {@code dataset.json}.
   *
   * @param features how the pictures were made
   * @param genres sorted
   * @param tracks number of usable tracks
   * @param failed number of tracks that could not be prepared
   * @param duplicates number of tracks that are exact copies of another
   * @param provenance null only for the archive, which came without
   */
  public record Description(
      FeatureConfig features,
      List<String> genres,
      int tracks,
      int failed,
      int duplicates,
      @Nullable Provenance provenance) {
    public Description {
      // What JSON lacks arrives as null.
      if (features == null || genres == null) {
        throw new IllegalArgumentException("\"features\" or \"genres\" is missing");
      }
      genres = List.copyOf(genres);
    }
  }

  private final Path folder;
  private final Description description;
  private final Catalog catalog;
  private final PictureCache kept = new PictureCache(MOST_KEPT);
  private final Map<String, Integer> frames = new ConcurrentHashMap<>();

  private PreparedDataset(Path folder, Description description, Catalog catalog) {
    this.folder = folder;
    this.description = description;
    this.catalog = catalog;
  }

  /**
   * Opens a prepared dataset. A folder without {@code dataset.json} is taken for the GTZAN archive
   * if its index has that archive's columns.
   *
   * @throws IOException if it is no prepared dataset, or there is no usable track; the message says
   *     what is missing
   */
  public static PreparedDataset open(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      throw new NoSuchFileException(folder.toString(), null, "no such folder");
    }
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + " is a file; the folder of a prepared dataset is expected");
    }
    if (Journal.isIn(folder)) {
      throw new IOException(
          folder + " is not finished: run tonearm prepare again, which takes up where it stopped");
    }
    Path index = folder.resolve(INDEX_FILE);
    if (!Files.isRegularFile(index)) {
      throw new IOException(
          folder
              + " is not a prepared dataset: it has no "
              + INDEX_FILE
              + " (see tonearm prepare)");
    }
    Catalog catalog = Catalog.read(index);
    if (catalog.usable().isEmpty()) {
      throw new IOException(folder + " has no usable track");
    }
    Path json = folder.resolve(DESCRIPTION_FILE);
    Description description;
    if (Files.exists(json)) {
      description = Json.read(json, Description.class);
    } else if (Files.readAllLines(index).get(0).contains("has_spectrogram")) {
      description = describe(FeatureConfig.preset("gtzan-archive"), catalog, null);
    } else {
      throw new IOException(folder + " is not a prepared dataset: it has no " + DESCRIPTION_FILE);
    }
    return new PreparedDataset(folder, description, catalog);
  }

  /** What {@code dataset.json} says of a catalogue. */
  public static Description describe(
      FeatureConfig features, Catalog catalog, @Nullable Provenance provenance) {
    int usable = catalog.usable().size();
    int duplicates = (int) catalog.usable().stream().filter(t -> t.duplicateOf() != null).count();
    return new Description(
        features,
        catalog.genres(),
        usable,
        catalog.tracks().size() - usable,
        duplicates,
        provenance);
  }

  /**
   * The part of it that is of some genres, as if there were no others: a genre's index is its place
   * among these, and the digest is that of these tracks.
   *
   * @param wanted as of {@link Catalog#only}
   */
  public PreparedDataset only(Collection<String> wanted) {
    Catalog part = catalog.only(wanted);
    return new PreparedDataset(folder, describe(features(), part, description.provenance()), part);
  }

  /**
   * Whether something of a digest was made of it, or of its part of some genres.
   *
   * @param genres of that part; there may be others that it lacks
   * @param digest as {@link #digest()}
   */
  public boolean holds(Collection<String> genres, String digest) throws IOException {
    return digest.equals(digest())
        || (catalog.genres().containsAll(genres) && digest.equals(only(genres).digest()));
  }

  /** Where it lies. */
  public Path folder() {
    return folder;
  }

  /** The index. */
  public Catalog catalog() {
    return catalog;
  }

  /** How the pictures were made. */
  public FeatureConfig features() {
    return description.features();
  }

  /** Where a track's picture lies, whether or not it is there. */
  public static Path picture(Path folder, Track track) {
    return folder.resolve(PICTURE_FOLDER).resolve(track.genre()).resolve(track.track() + ".png");
  }

  /**
   * Reads a track's picture: {@code [bins][frames]} of 0 to 255.
   *
   * @throws IOException if it is missing, broken or of another height than the feature
   *     configuration says; the message names the file
   */
  public Spectrogram spectrogram(Track track) throws IOException {
    Path file = picture(folder, track);
    Spectrogram spectrogram = kept.get(digestName(track));
    if (spectrogram != null) {
      return spectrogram;
    }
    try {
      spectrogram = SpectrogramPng.read(file);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(file.toString(), null, "the picture is missing");
    }
    if (spectrogram.bins() != features().bins()) {
      throw new IOException(
          "%s has %d rows, but the dataset's features have %d"
              .formatted(file, spectrogram.bins(), features().bins()));
    }
    kept.offer(digestName(track), spectrogram);
    return spectrogram;
  }

  /**
   * How many frames a track's picture has; its beginning is read once.
   *
   * @throws IOException if it is missing or broken; the message names the file
   */
  public int frames(Track track) throws IOException {
    Integer known = frames.get(digestName(track));
    if (known != null) {
      return known;
    }
    Path file = picture(folder, track);
    try {
      int count = SpectrogramPng.frames(file);
      frames.put(digestName(track), count);
      return count;
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(file.toString(), null, "the picture is missing");
    }
  }

  /**
   * How many clips of a grid a set has.
   *
   * @throws IOException if a picture is missing or broken; the message names the file
   */
  public int clips(ClipSet wanted, ClipGrid grid) throws IOException {
    int count = 0;
    for (Track track : wanted.tracks()) {
      int all = grid.spans(frames(track)).size();
      for (int clip = 0; clip < all; clip++) {
        count += wanted.has(track, clip) ? 1 : 0;
      }
    }
    return count;
  }

  /**
   * Digest of every usable picture and its label: the same data gives the same digest anywhere.
   *
   * @throws IOException if a picture is missing or cannot be read
   */
  public String digest() throws IOException {
    TreeMap<String, String> digests = new TreeMap<>();
    for (Track track : catalog.usable()) {
      Path file = picture(folder, track);
      try {
        digests.put(digestName(track), Digest.ofFile(file));
      } catch (NoSuchFileException e) {
        throw new NoSuchFileException(file.toString(), null, "the picture is missing");
      }
    }
    return Digest.ofEntries(digests);
  }

  static String digestName(Track track) {
    return track.genre() + "/" + track.track();
  }
}
