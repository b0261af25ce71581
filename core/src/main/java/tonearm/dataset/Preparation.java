package tonearm.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tonearm.features.Analysis;
import tonearm.features.Spectrogram;
import tonearm.features.SpectrogramPng;
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Digest;

/** One run of a {@link Preparer}: the workers, and what they have made. */
final class Preparation {
  private final Preparer preparer;
  private final List<SourceTree.Found> files;
  private final List<String> names;
  private final Path destination;
  private final Journal journal;
  private final Preparer.Listener listener;

  private final AtomicInteger next = new AtomicInteger();
  private volatile boolean stopped;

  /** All below are guarded by this object. */
  private final List<Track> tracks = new ArrayList<>();

  private final Map<String, String> pictureDigests = new HashMap<>();
  private int failed;
  private int reused;

  Preparation(
      Preparer preparer,
      SourceTree tree,
      Path destination,
      Journal journal,
      Preparer.Listener listener) {
    this.preparer = preparer;
    this.files = tree.files();
    this.names = TrackNames.of(files);
    this.destination = destination;
    this.journal = journal;
    this.listener = listener;
  }

  /** Makes every picture and marks the duplicates; tracks come sorted by name. */
  Catalog run() throws IOException, InterruptedException {
    listener.progress(0, files.size(), 0);
    int workers = Math.min(preparer.workers(), files.size());
    ExecutorService pool = Executors.newFixedThreadPool(workers, Preparation::worker);
    try {
      CompletionService<Void> running = new ExecutorCompletionService<>(pool);
      Callable<Void> work =
          () -> {
            work();
            return null;
          };
      for (int i = 0; i < workers; i++) {
        running.submit(work);
      }
      for (int i = 0; i < workers; i++) {
        running.take().get();
      }
    } catch (ExecutionException e) {
      throw unwrapped(e);
    } finally {
      finish(pool);
    }
    return catalog();
  }

  private static Thread worker(Runnable work) {
    Thread thread = new Thread(work, "prepare");
    thread.setDaemon(true);
    return thread;
  }

  private static IOException unwrapped(ExecutionException e) {
    Throwable cause = e.getCause();
    if (cause instanceof Error error) {
      throw error;
    }
    if (cause instanceof RuntimeException unexpected) {
      throw unexpected;
    }
    return cause instanceof IOException io ? io : new IOException(cause);
  }

  /** Lets the workers end the files they are at: the journal must not be closed under them. */
  private void finish(ExecutorService pool) {
    stopped = true;
    pool.shutdown();
    boolean interrupted = false;
    while (!pool.isTerminated()) {
      try {
        pool.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() throws IOException {
    while (!stopped) {
      int index = next.getAndIncrement();
      if (index >= files.size()) {
        return;
      }
      prepare(files.get(index), names.get(index));
    }
  }

  private void prepare(SourceTree.Found found, String name) throws IOException {
    Journal.Entry before = journal.find(name);
    if (before != null
        && isOf(before, found)
        && before.picture().equals(pictureDigest(found, name))) {
      succeeded(found, before, true);
      return;
    }
    if (found.fault() != null) {
      failed(found, name, found.fault());
      return;
    }
    Analysis analysis;
    String sha256;
    try {
      analysis = preparer.analyser().analyse(found.file());
      sha256 = Digest.ofFile(found.file());
      BasicFileAttributes now = Files.readAttributes(found.file(), BasicFileAttributes.class);
      if (now.size() != found.bytes() || SourceTree.modifiedNs(now) != found.modifiedNs()) {
        throw new IOException("changed while it was read");
      }
      check(analysis.spectrogram());
    } catch (IOException | RuntimeException e) {
      // One bad file among thousands, be it by a fault of ours, must not cost the others.
      failed(found, name, reason(e));
      return;
    }
    Path png = picture(found.genre(), name);
    SpectrogramPng.Range range = SpectrogramPng.write(analysis.spectrogram(), png);
    List<String> warnings = analysis.warnings();
    Journal.Entry entry =
        new Journal.Entry(
            name,
            found.source(),
            found.bytes(),
            found.modifiedNs(),
            sha256,
            analysis.sampleRateHz(),
            analysis.durationS(),
            range.dbMin(),
            range.dbMax(),
            warnings.isEmpty() ? null : String.join("; ", warnings),
            Digest.ofFile(png));
    journal.add(entry);
    succeeded(found, entry, false);
  }

  private void check(Spectrogram spectrogram) {
    if (spectrogram.bins() != preparer.features().bins()) {
      throw new IllegalStateException(
          "%d rows, but the features have %d"
              .formatted(spectrogram.bins(), preparer.features().bins()));
    }
    for (float level : spectrogram.values()) {
      if (!Float.isFinite(level)) {
        throw new IllegalStateException("a level of " + level + " dB");
      }
    }
  }

  private static boolean isOf(Journal.Entry entry, SourceTree.Found found) {
    return found.fault() == null
        && entry.source().equals(found.source())
        && entry.bytes() == found.bytes()
        && entry.modifiedNs() == found.modifiedNs();
  }

  private @Nullable String pictureDigest(SourceTree.Found found, String name) throws IOException {
    try {
      return Digest.ofFile(picture(found.genre(), name));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private Path picture(String genre, String name) {
    return PreparedDataset.picture(destination, Track.named(name, genre, null));
  }

  private static String reason(Exception e) {
    String message = e.getMessage();
    String reason = e instanceof RuntimeException || message == null ? e.toString() : message;
    return reason.replaceAll("\\s+", " ").strip();
  }

  private synchronized void succeeded(SourceTree.Found found, Journal.Entry entry, boolean before) {
    reused += before ? 1 : 0;
    pictureDigests.put(entry.track(), entry.picture());
    tracks.add(
        new Track(
            entry.track(),
            found.genre(),
            entry.source(),
            entry.sha256(),
            entry.sampleRateHz(),
            entry.durationS(),
            // By way of their text, so that the index says -93.1 and not -93.0999984741211.
            Double.parseDouble(Float.toString(entry.dbMin())),
            Double.parseDouble(Float.toString(entry.dbMax())),
            null,
            null,
            entry.note()));
    if (entry.note() != null) {
      listener.warning(entry.source(), entry.note());
    }
    listener.progress(tracks.size(), files.size(), failed);
  }

  private synchronized void failed(SourceTree.Found found, String name, String reason) {
    failed++;
    tracks.add(
        new Track(
            name,
            found.genre(),
            found.source(),
            null,
            0,
            0,
            Double.NaN,
            Double.NaN,
            null,
            reason,
            null));
    listener.failure(found.source(), reason);
    listener.progress(tracks.size(), files.size(), failed);
  }

  private synchronized Catalog catalog() {
    tracks.sort(Comparator.comparing(Track::track));
    Map<String, String> firstOf = new HashMap<>();
    List<Track> marked = new ArrayList<>();
    for (Track track : tracks) {
      String picture = pictureDigests.get(track.track());
      String first = picture == null ? null : firstOf.putIfAbsent(picture, track.track());
      marked.add(first == null ? track : track.asDuplicateOf(first));
    }
    return new Catalog(marked);
  }

  /** What {@link PreparedDataset#digest} will say. */
  synchronized String digest(Catalog catalog) {
    Map<String, String> digests = new HashMap<>();
    for (Track track : catalog.usable()) {
      digests.put(
          PreparedDataset.digestName(track),
          Objects.requireNonNull(pictureDigests.get(track.track())));
    }
    return Digest.ofEntries(digests);
  }

  synchronized int reused() {
    return reused;
  }

  /** Removes half-written files of killed runs, and pictures of tracks that are no more. */
  void removeLeftovers(Catalog catalog) throws IOException {
    Set<Path> wanted = new HashSet<>();
    catalog.usable().forEach(t -> wanted.add(PreparedDataset.picture(destination, t)));
    List<Path> folders = new ArrayList<>();
    folders.add(destination);
    Path pictures = destination.resolve(PreparedDataset.PICTURE_FOLDER);
    if (Files.isDirectory(pictures)) {
      try (Stream<Path> genres = Files.list(pictures)) {
        genres.filter(Files::isDirectory).forEach(folders::add);
      }
    }
    for (Path folder : folders) {
      try (Stream<Path> found = Files.list(folder)) {
        for (Path file : found.toList()) {
          String name = file.getFileName().toString();
          boolean stale = !folder.equals(destination) && name.endsWith(".png");
          if (name.startsWith(AtomicFiles.TEMPORARY_PREFIX) || (stale && !wanted.contains(file))) {
            Files.delete(file);
          }
        }
      }
    }
  }
}
