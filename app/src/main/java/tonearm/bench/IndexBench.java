package tonearm.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import tonearm.bench.Measurement.Table;
import tonearm.eval.Prediction;
import tonearm.library.Hearing;
import tonearm.library.Librarian;
import tonearm.library.Librarian.Again;
import tonearm.library.LibraryIndex;
import tonearm.library.LibraryIndex.FileState;
import tonearm.library.SimilarSongs;
import tonearm.provenance.Digest;
import tonearm.terminal.Interruption;

/**
 * An index of many songs that were never heard: how fast it takes them up, knows and compares them.
 */
final class IndexBench {
  private static final int FEATURES = 512;
  private static final int IN_A_FOLDER = 1000;
  private static final int TOP = 10;

  /** A song that is asked for, as {@code classify -r} asks. */
  private record Song(Path path) implements Librarian.Request {
    @Override
    public @Nullable String problem() {
      return null;
    }
  }

  private final Path scratch;
  private final Path model;
  private final int songs;
  private final Hearing hearing;
  private final List<Path> files = new ArrayList<>();

  /**
   * @param scratch folder for the index and its files, which are empty
   * @param model the bundle that is said to have heard them
   * @param hearing the same, as the index knows it
   * @param songs how many
   */
  IndexBench(Path scratch, Path model, Hearing hearing, int songs) {
    this.scratch = scratch;
    this.model = model;
    this.songs = songs;
    this.hearing = hearing;
  }

  /** How often {@link #measure} tells of a step. */
  static int steps(int rounds) {
    return 1 + 3 * rounds;
  }

  /**
   * Measures everything.
   *
   * @param tick called when the index is made
   */
  List<Measurement> measure(Stopwatch stopwatch, Runnable tick)
      throws IOException, InterruptedException {
    Path file = scratch.resolve("bench-library.db");
    double[] stored = {fill(file)};
    tick.run();
    float[] query = embedding(0);
    double[][] speeds;
    try (LibraryIndex index = LibraryIndex.open(file)) {
      speeds =
          stopwatch.speeds(
              List.of(() -> known(index), () -> search(index, query), () -> process(file)));
    }
    String of = String.format(Locale.ROOT, "%,d songs", songs);
    return List.of(
        Measurement.of(Table.LIBRARY, "index of " + of + ": storing", "songs / s", stored),
        Measurement.of(Table.LIBRARY, "index of " + of + ": known answers", "songs / s", speeds[0]),
        Measurement.of(
            Table.LIBRARY, "similar, " + TOP + " of " + of + ": search", "s", inverse(speeds[1])),
        Measurement.of(
            Table.LIBRARY,
            "similar, " + TOP + " of " + of + ": whole process",
            "s",
            inverse(speeds[2])));
  }

  private double fill(Path file) throws IOException {
    for (int i = 0; i < songs; i++) {
      Path folder = scratch.resolve("bench-songs").resolve(String.valueOf(i / IN_A_FOLDER));
      if (i % IN_A_FOLDER == 0) {
        Files.createDirectories(folder);
      }
      files.add(Files.createFile(folder.resolve(i + ".mp3")));
    }
    float[] probabilities = new float[hearing.genres().size()];
    probabilities[0] = 1;
    long start = System.nanoTime();
    try (LibraryIndex index = LibraryIndex.open(file)) {
      for (int i = 0; i < songs; i++) {
        Path song = files.get(i);
        String sha256 = Digest.ofBytes(String.valueOf(i).getBytes(StandardCharsets.UTF_8));
        Prediction answer =
            Prediction.ok(
                song.toString(), hearing.genres(), probabilities, 240, 40, hearing.model());
        index.putFile(
            song, FileState.of(Files.readAttributes(song, BasicFileAttributes.class)), sha256);
        index.putAnswer(hearing, sha256, answer, embedding(i));
      }
    }
    return songs / ((System.nanoTime() - start) / 1e9);
  }

  private static float[] embedding(long seed) {
    Random random = new Random(seed);
    float[] values = new float[FEATURES];
    for (int i = 0; i < FEATURES; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  /** As {@code classify -r} for the second time. */
  private double known(LibraryIndex index) throws IOException {
    int[] count = new int[1];
    try {
      new Librarian(index, hearing, Again.NOTHING, cause -> {})
          .answer(
              files.stream().map(Song::new).iterator(),
              (unknown, heard) -> {
                throw new IOException("a song that was stored is not known");
              },
              (song, prediction, source) -> count[0]++,
              Interruption::isStopping);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return count[0];
  }

  private double search(LibraryIndex index, float[] query) throws IOException {
    SimilarSongs.Found found =
        new SimilarSongs(index, hearing).to(query, "no content", files.get(0), TOP);
    if (found.compared() != songs || found.neighbours().size() != TOP) {
      throw new IOException("the search missed songs");
    }
    return 1;
  }

  private double process(Path file) throws IOException {
    try {
      ChildTonearm.run(
          scratch,
          null,
          List.of(
              "similar",
              files.get(0).toString(),
              "--index",
              file.toString(),
              "--model",
              model.toString()));
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("stopped before all was measured", e);
    }
  }

  private static double[] inverse(double[] speeds) {
    double[] seconds = new double[speeds.length];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = 1 / speeds[i];
    }
    return seconds;
  }
}
