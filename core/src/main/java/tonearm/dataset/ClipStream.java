package tonearm.dataset;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;
import tonearm.features.Augmentation;
import tonearm.features.ClipGrid;
import tonearm.features.ClipScaler;
import tonearm.features.Spectrogram;
import tonearm.provenance.Seeds;

/**
 * The clips of some tracks in batches, once through, read and augmented by one thread ahead of use.
 *
 * <p>Shuffled, tracks come in an order drawn from (seed, epoch) and clips are shuffled within every
 * {@value #WINDOW} tracks, fewer where tracks are long. A picture is read once an epoch; a track of
 * more than {@value #PART} clips comes in parts, each in a place of its own, or a batch would be of
 * the few songs that a window holds. Memory is bounded whatever the size of the dataset: {@value
 * #WINDOW} tracks' pictures, the dataset's own, {@value #AHEAD} waiting batches, one being filled
 * and one in use.
 */
public final class ClipStream implements AutoCloseable {
  /** Tracks whose clips are shuffled together. */
  public static final int WINDOW = 64;

  /**
   * A window with so many levels takes no further track: 64 tracks of 30 s of the archive, 48 MB.
   */
  private static final long WINDOW_VALUES = 64L * 344 * 544;

  /** Clips of a track that are shuffled together at most: those of a track of 48 s. */
  public static final int PART = 8;

  /** Batches that wait at most. */
  public static final int AHEAD = 3;

  /**
   * Some clips ready for the network.
   *
   * @param pictures {@code [size()][height][width]}, row = frequency, values in [0, 1]
   * @param genres index of each clip's genre
   * @param tracks each clip's track
   * @param clips each clip's place in its track, from 0
   */
  public record Batch(float[] pictures, int[] genres, List<String> tracks, int[] clips) {
    /** Number of clips. */
    public int size() {
      return genres.length;
    }
  }

  /**
   * What a stream gives.
   *
   * @param clips which, of which tracks
   * @param grid where the clips lie
   * @param scaler makes the pictures
   * @param batchSize clips a batch, at least 1; the last may be smaller
   */
  public record Source(
      PreparedDataset dataset, ClipSet clips, ClipGrid grid, ClipScaler scaler, int batchSize) {
    public Source {
      if (batchSize < 1) {
        throw new IllegalArgumentException("a batch needs at least 1 clip, not " + batchSize);
      }
    }

    /** Every clip of some tracks. */
    public Source(
        PreparedDataset dataset,
        List<Track> tracks,
        ClipGrid grid,
        ClipScaler scaler,
        int batchSize) {
      this(dataset, ClipSet.all(tracks), grid, scaler, batchSize);
    }

    /** Clips in catalogue order, as they are. */
    public ClipStream inOrder() {
      return new ClipStream(this, null, 0, Augmentation.NONE, Crops.GRID);
    }

    /**
     * Clips shuffled and augmented; the same seed and epoch give the same batches.
     *
     * @param epoch from 1
     */
    public ClipStream shuffled(Seeds seeds, int epoch, Augmentation augmentation, Crops crops) {
      return new ClipStream(this, seeds, epoch, augmentation, crops);
    }
  }

  /** Where a shuffled stream's clips lie. */
  public enum Crops {
    /** On the grid, as those that are answered. */
    GRID,
    /**
     * Anywhere in the track, drawn anew each epoch, as many as the grid has. Where a split deals
     * clips and not tracks they stay on the grid: others would reach into clips of the other side.
     */
    RANDOM
  }

  /** A training clip; one that was cropped from anywhere has its pace already. */
  private record Clip(Track track, int index, Spectrogram levels, boolean isCropped) {}

  /**
   * Some clips of a track: those whose index leaves {@code part} when divided by {@code parts}, so
   * that each part is from everywhere in it.
   */
  private record Visit(Track track, int part, int parts) {
    boolean has(int index) {
      return index % parts == part;
    }
  }

  /** What the reading thread hands over: a batch, a failure, or neither at the end. */
  private record Delivery(@Nullable Batch batch, @Nullable Throwable failure) {}

  private final Source source;
  private final @Nullable Seeds seeds;
  private final int epoch;
  private final Augmentation augmentation;
  private final Crops crops;
  private final BlockingQueue<Delivery> queue = new ArrayBlockingQueue<>(AHEAD);
  private final Thread reader;
  private boolean ended;

  private ClipStream(
      Source source, @Nullable Seeds seeds, int epoch, Augmentation augmentation, Crops crops) {
    this.source = source;
    this.seeds = seeds;
    this.epoch = epoch;
    this.augmentation = augmentation;
    this.crops = crops;
    this.reader = new Thread(this::read, "clip-stream");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * The next batch, or null at the end.
   *
   * @throws IOException if a picture could not be read; the message names its file, and the stream
   *     is over
   */
  public @Nullable Batch next() throws IOException, InterruptedException {
    if (ended) {
      return null;
    }
    Delivery delivery = queue.take();
    ended = delivery.batch() == null;
    Throwable failure = delivery.failure();
    if (failure instanceof FileSystemException told) {
      throw told; // its kind is the cause, and its message may be no more than the file
    }
    if (failure instanceof IOException) {
      throw new IOException(failure.getMessage(), failure);
    }
    if (failure instanceof OutOfMemoryError tooLittle) {
      throw tooLittle; // whoever started this knows what to tell of it
    }
    if (failure != null) {
      throw new IOException("reading ahead failed: " + failure, failure);
    }
    return delivery.batch();
  }

  private void read() {
    Delivery last = new Delivery(null, null);
    try {
      deliverAll();
    } catch (InterruptedException e) {
      return; // closed before the end: nobody waits
    } catch (IOException | RuntimeException | Error e) {
      last = new Delivery(null, e); // an Error too: whoever waits must not wait for ever
    }
    try {
      queue.put(last);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void deliverAll() throws IOException, InterruptedException {
    List<Visit> order = visits();
    Random shuffler = seeds == null ? null : seeds.random("shuffle", epoch);
    Random augmenter = seeds == null ? new Random(0) : seeds.random("augment", epoch);
    Random cropper = seeds == null || crops == Crops.GRID ? null : seeds.random("crop", epoch);
    if (shuffler != null) {
      Collections.shuffle(order, shuffler);
    }
    List<Clip> batch = new ArrayList<>();
    int next = 0;
    while (next < order.size()) {
      List<Clip> window = new ArrayList<>();
      int end = Math.min(order.size(), next + WINDOW);
      long values = 0;
      while (next < end && values < WINDOW_VALUES) {
        for (Clip clip : clipsOf(order.get(next++), cropper)) {
          window.add(clip);
          values += clip.levels().values().length;
        }
      }
      if (shuffler != null) {
        Collections.shuffle(window, shuffler);
      }
      for (Clip clip : window) {
        batch.add(clip);
        if (batch.size() == source.batchSize()) {
          queue.put(new Delivery(toBatch(batch, augmenter), null));
          batch.clear();
        }
      }
    }
    if (!batch.isEmpty()) {
      queue.put(new Delivery(toBatch(batch, augmenter), null));
    }
  }

  /** In catalogue order; a track in one part, unless it is to be shuffled and has many clips. */
  private List<Visit> visits() throws IOException {
    List<Visit> visits = new ArrayList<>();
    for (Track track : source.clips().tracks()) {
      int clips = seeds == null ? 1 : source.grid().spans(source.dataset().frames(track)).size();
      int parts = (clips + PART - 1) / PART;
      for (int part = 0; part < parts; part++) {
        visits.add(new Visit(track, part, parts));
      }
    }
    return visits;
  }

  private List<Clip> clipsOf(Visit visit, @Nullable Random cropper) throws IOException {
    Track track = visit.track();
    Spectrogram whole = source.dataset().spectrogram(track);
    ClipGrid grid = source.grid();
    List<ClipGrid.Span> spans = grid.spans(whole.frames());
    boolean isCropped = cropper != null && !source.clips().isByClip(track);
    Spectrogram croppable = isCropped ? grid.padded(whole) : whole;
    List<Clip> clips = new ArrayList<>();
    for (int index = 0; index < spans.size(); index++) {
      if (visit.has(index) && source.clips().has(track, index)) {
        clips.add(
            new Clip(
                track,
                index,
                isCropped
                    ? crop(croppable, Objects.requireNonNull(cropper))
                    : grid.padded(whole.columns(spans.get(index).from(), spans.get(index).to())),
                isCropped));
      }
    }
    return clips;
  }

  /**
   * A clip from anywhere. It is not brought to a clip's width: the scaler fits what there is to the
   * picture, and that is how a crop of fewer frames is played slower.
   */
  private Spectrogram crop(Spectrogram whole, Random cropper) {
    ClipGrid.Span span = augmentation.crop(whole.frames(), source.grid().framesPerClip(), cropper);
    return whole.columns(span.from(), span.to());
  }

  private Batch toBatch(List<Clip> clips, Random augmenter) {
    Augmentation ofCrops = augmentation.ofCrops();
    int length = source.scaler().length();
    float[] pictures = new float[Math.multiplyExact(clips.size(), length)];
    int[] genres = new int[clips.size()];
    int[] indices = new int[clips.size()];
    List<String> tracks = new ArrayList<>();
    for (int i = 0; i < clips.size(); i++) {
      Clip clip = clips.get(i);
      (clip.isCropped() ? ofCrops : augmentation)
          .picture(clip.levels(), source.scaler(), pictures, i * length, augmenter);
      genres[i] = source.dataset().catalog().genres().indexOf(clip.track().genre());
      indices[i] = clip.index();
      tracks.add(clip.track().track());
    }
    return new Batch(pictures, genres, List.copyOf(tracks), indices);
  }

  /** Batches that wait now. */
  int waiting() {
    return queue.size();
  }

  /** The thread that reads ahead. */
  Thread reader() {
    return reader;
  }

  /** Stops reading ahead; does not wait. */
  @Override
  public void close() {
    ended = true;
    reader.interrupt();
  }
}
