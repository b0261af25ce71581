package tonearm.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tonearm.audio.Audio;
import tonearm.audio.AudioDecoder;
import tonearm.audio.AudioStream;
import tonearm.audio.SoundWriter;
import tonearm.bench.ChildTonearm.Outcome;
import tonearm.bench.Measurement.Table;
import tonearm.terminal.Text;

/**
 * How fast a folder of songs in the usual formats is classified, against the floor: the same files
 * decoded on the same cores at their own rate and nothing else.
 */
final class LibraryBench {
  /** How many songs of each kind in a dozen and a half: mp3 above all, as in people's libraries. */
  private static final int MP3_SHARE = 10;

  private static final int OTHER_SHARE = 2;

  /**
   * A process for each song takes long, so that one in so many is enough; but no fewer than all
   * kinds.
   */
  private static final int ONE_IN = 5;

  private static final int ALL_KINDS = 9;

  /** Formats that are encoded; mp3 is made of the sample's own frames. */
  private static final List<SoundWriter.Format> ENCODED =
      List.of(
          SoundWriter.Format.WAV,
          SoundWriter.Format.FLAC,
          SoundWriter.Format.OGG_VORBIS,
          SoundWriter.Format.M4A_AAC);

  private static final int RATE_HZ = 44100;

  /** The right channel is the left one so much later: stereo that no codec can fold into one. */
  private static final int DELAY = 441;

  private static final String MIB = "MiB";
  private static final String SPEED = "songs / min";
  private static final List<Integer> EXCERPTS = List.of(1, 3, 5);

  private final Path scratch;
  private final Path model;
  private final Runnable tick;
  private final int cores = Runtime.getRuntime().availableProcessors();
  private final List<Path> songs = new ArrayList<>();
  private final Path folder;
  private final Path someFolder;
  private int some;

  /**
   * @param scratch where the songs are made and processes write
   * @param model the bundle that answers
   * @param tick called after each run of anything
   */
  LibraryBench(Path scratch, Path model, Runnable tick) throws IOException {
    this.scratch = scratch;
    this.model = model;
    this.tick = tick;
    this.folder = Files.createDirectories(scratch.resolve("library"));
    this.someFolder = Files.createDirectories(scratch.resolve("some"));
  }

  /** How many times {@code tick} is called. */
  static int steps(int rounds) {
    return rounds * (1 + (hasFfmpeg() ? 1 : 0) + 2 + EXCERPTS.size()) + 1;
  }

  /**
   * Measures.
   *
   * @param sample a short stereo mp3 at 44.1 kHz
   * @param count how many songs
   * @param seconds length of each
   * @param many how many songs for the memory, more names of the same files
   */
  List<Measurement> measure(Path sample, int count, double seconds, int many, Stopwatch stopwatch)
      throws IOException, InterruptedException {
    make(sample, count, seconds);
    List<String> names = new ArrayList<>();
    List<Stopwatch.Work> works = new ArrayList<>();
    names.add("decode only, our loop, one file a core");
    works.add(this::decodeAll);
    if (hasFfmpeg()) {
      names.add("decode only, the ffmpeg program, one process a core");
      works.add(this::ffmpegAll);
    }
    int floors = works.size();
    names.add("classify -r, whole songs");
    works.add(() -> classify(folder, songs.size(), List.of()));
    for (int clips : EXCERPTS) {
      names.add("classify -r --excerpt " + clips);
      works.add(
          () -> classify(folder, songs.size(), List.of("--excerpt", Integer.toString(clips))));
    }
    names.add("classify -r --isolate");
    works.add(() -> classify(someFolder, some, List.of("--isolate")));
    double[][] speeds = stopwatch.speeds(works);
    List<Measurement> found = new ArrayList<>();
    for (int i = 0; i < speeds.length; i++) {
      found.add(Measurement.of(Table.LIBRARY, names.get(i), SPEED, Stopwatch.times(speeds[i], 60)));
    }
    for (int floor = 0; floor < floors; floor++) {
      for (int i = floors; i < speeds.length; i++) {
        double[] percent = Stopwatch.times(Stopwatch.ratios(speeds[i], speeds[floor]), 100);
        String name = names.get(i) + " by " + names.get(floor).split(",", 2)[0];
        name = floor == 0 ? name : name + " (ffmpeg program)";
        found.add(Measurement.of(Table.LIBRARY, name, "%", percent));
      }
    }
    found.add(memory(many));
    return found;
  }

  /** Each kind is encoded once and then linked: what is heard matters, not that songs differ. */
  private void make(Path sample, int count, double seconds) throws IOException {
    Path mp3 = scratch.resolve("original.mp3");
    BenchSounds.of(sample).write(mp3, seconds);
    List<Path> originals = new ArrayList<>();
    originals.add(mp3);
    Audio heard = AudioDecoder.decode(mp3, RATE_HZ);
    float[] left = heard.samples();
    float[] right = new float[left.length];
    System.arraycopy(
        left, 0, right, Math.min(DELAY, left.length), Math.max(0, left.length - DELAY));
    for (SoundWriter.Format format : ENCODED) {
      Path file = scratch.resolve("original." + format.extension());
      SoundWriter.write(file, format, RATE_HZ, left, right);
      originals.add(file);
    }
    List<Path> dozen = new ArrayList<>();
    for (Path original : originals) {
      int share = original.equals(mp3) ? MP3_SHARE : OTHER_SHARE;
      for (int i = 0; i < share; i++) {
        dozen.add(original);
      }
    }
    for (int i = 0; i < count; i++) {
      // A step without a factor in common, so that a short library has every kind too.
      Path original = dozen.get(7 * i % dozen.size());
      String name = String.valueOf(original.getFileName());
      String ending = name.substring(name.lastIndexOf('.'));
      String song = String.format(Locale.ROOT, "song%04d%s", i, ending);
      // Not symbolic links: what these lead to is heard once.
      songs.add(Files.createLink(folder.resolve(song), original));
      if (i < Math.max(count / ONE_IN, ALL_KINDS)) {
        Files.createLink(someFolder.resolve(song), original);
        some++;
      }
    }
  }

  private double decodeAll() throws IOException {
    return onAllCores(
        song -> {
          float[] block = new float[1 << 14];
          try (AudioStream audio = AudioDecoder.open(song)) {
            while (audio.read(block, 0, block.length) >= 0) {
              // The samples are what is timed; nobody listens.
            }
          }
        });
  }

  private double ffmpegAll() throws IOException {
    return onAllCores(
        song -> {
          int status =
              new ProcessBuilder(
                      "ffmpeg",
                      "-v",
                      "error",
                      "-nostdin",
                      "-threads",
                      "1",
                      "-i",
                      song.toString(),
                      "-map",
                      "0:a:0",
                      "-f",
                      "null",
                      "-")
                  .redirectErrorStream(true)
                  .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                  .start()
                  .waitFor();
          if (status != 0) {
            throw new IOException("ffmpeg ended with status " + status + " on " + song);
          }
        });
  }

  static boolean hasFfmpeg() {
    return Arrays.stream(
            System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator, -1))
        .anyMatch(part -> !part.isEmpty() && Files.isExecutable(Path.of(part, "ffmpeg")));
  }

  /** Does something to each song. */
  private interface Each {
    void to(Path song) throws IOException, InterruptedException;
  }

  private double onAllCores(Each each) throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(cores);
    try {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (Path song : songs) {
        tasks.add(
            () -> {
              each.to(song);
              return null;
            });
      }
      for (Future<Void> done : threads.invokeAll(tasks)) {
        done.get();
      }
      return songs.size();
    } catch (InterruptedException e) {
      throw stopped(e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private double classify(Path music, int count, List<String> options) throws IOException {
    requireAll(run(music, options), count);
    return count;
  }

  private Outcome run(Path music, List<String> options) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("classify", "-r", "--no-index", "--json", "--model"));
    arguments.add(model.toString());
    arguments.addAll(options);
    arguments.add(music.toString());
    try {
      return ChildTonearm.run(scratch, null, arguments);
    } catch (InterruptedException e) {
      throw stopped(e);
    }
  }

  private static IOException stopped(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IOException("stopped before all was measured", e);
  }

  /** A speed that left songs out would look fine. */
  private static void requireAll(Outcome outcome, int songs) throws IOException {
    long answered = outcome.stdout().lines().filter(l -> l.contains("\"status\":\"ok\"")).count();
    if (answered != songs) {
      throw new IOException(answered + " of " + songs + " songs were answered");
    }
  }

  private Measurement memory(int many) throws IOException {
    Path links = Files.createDirectories(scratch.resolve("links"));
    for (int i = 0; i < many; i++) {
      Path song = songs.get(i % songs.size());
      Files.createLink(links.resolve(i + "-" + song.getFileName()), song);
    }
    Outcome outcome = run(links, List.of("--excerpt", "1"));
    requireAll(outcome, many);
    tick.run();
    double mib =
        outcome.peakBytes().isPresent()
            ? outcome.peakBytes().getAsLong() / (1024.0 * 1024.0)
            : Double.NaN;
    String name = "classify -r --excerpt 1, " + Text.count(many, "song") + ": peak memory";
    return Measurement.of(Table.LIBRARY, name, MIB, new double[] {mib});
  }
}
