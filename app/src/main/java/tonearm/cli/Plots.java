package tonearm.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import tonearm.audio.AudioSource;
import tonearm.cli.InputFiles.Input;
import tonearm.eval.Prediction;
import tonearm.infer.Classifier;
import tonearm.infer.Explainer;
import tonearm.infer.Explainer.Explanation;
import tonearm.provenance.AtomicFiles;
import tonearm.report.Figure;
import tonearm.report.SongFigure;
import tonearm.terminal.Interruption;
import tonearm.terminal.Text;

/**
 * What {@code classify --plot} draws: a picture of each song that has an answer, by threads of
 * their own beside the hearing. At most two songs a thread wait; whoever brings another waits too.
 */
final class Plots implements BatchListening.Companion {
  private static final String PNG = ".png";

  /** More would hold many batches of pictures in the network at a time. */
  private static final int MAX_THREADS = 8;

  private final Path folder;
  private final SongFolder places;
  private final AudioSource source;
  private final PrintWriter err;
  private final AtomicInteger drawn = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private volatile @Nullable Path last;
  private @Nullable Crew crew;

  /** Who draws, while the model is there. */
  private record Crew(Explainer explainer, ExecutorService threads, Semaphore room) {}

  private Plots(Path folder, SongFolder places, AudioSource source, PrintWriter err) {
    this.folder = folder;
    this.places = places;
    this.source = source;
    this.err = err;
  }

  /**
   * Makes the folder.
   *
   * @param paths what was named on the command line, at least one
   * @param source who decodes
   * @throws IOException if it cannot be made or written into; the message names it
   */
  static Plots into(Path folder, List<Path> paths, AudioSource source, PrintWriter err)
      throws IOException {
    try {
      AtomicFiles.createFolders(folder);
    } catch (IOException e) {
      throw new IOException("--plot " + folder + ": no such folder can be made: " + cause(e), e);
    }
    if (!Files.isWritable(folder)) {
      throw new IOException("--plot " + folder + ": the folder is not to be written into");
    }
    return new Plots(folder, new SongFolder(folder, paths), source, err);
  }

  /** Refuses pictures that would overwrite a file that is to be heard, whatever that is called. */
  static void keepSongs(CommandLine command, Path folder, List<Path> paths, List<Input> inputs) {
    SongFolder places = new SongFolder(folder, paths);
    Set<Path> songs = new HashSet<>();
    inputs.forEach(input -> songs.add(input.path().toAbsolutePath().normalize()));
    for (Path song : songs) {
      Path picture = places.file(song, PNG);
      if (songs.contains(picture.toAbsolutePath().normalize())) {
        throw new ParameterException(
            command,
            "--plot " + folder + ": " + picture + " would overwrite a file that is to be heard");
      }
    }
  }

  @Override
  public void begin(Classifier classifier, int jobs) {
    int n = Math.min(MAX_THREADS, jobs);
    crew =
        new Crew(
            new Explainer(classifier),
            Executors.newFixedThreadPool(
                n,
                task -> {
                  Thread thread = new Thread(task, "plotter");
                  thread.setDaemon(true);
                  return thread;
                }),
            new Semaphore(3 * n));
  }

  /** Takes a song with its answer and timeline; drawn later, unless Ctrl-C comes before. */
  void add(Path song, Prediction answer) {
    Crew drawers = crew;
    if (drawers == null) {
      throw new IllegalStateException("nothing was heard of " + answer.path());
    }
    try {
      drawers.room().acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    drawers
        .threads()
        .execute(
            () -> {
              try {
                draw(song, answer, drawers.explainer());
              } finally {
                drawers.room().release();
              }
            });
  }

  private void draw(Path song, Prediction answer, Explainer explainer) {
    if (Interruption.isStopping()) {
      return;
    }
    try {
      Explanation why = explainer.explain(song, source, answer, Interruption::isStopping);
      Figure figure =
          SongFigure.of(answer, why.genre(), why.levels(), why.axis(), why.occlusions());
      Path png = places.file(song, PNG);
      byte[] bytes = figure.toPng();
      AtomicFiles.write(png, out -> out.write(bytes));
      last = png;
      drawn.incrementAndGet();
    } catch (InterruptedIOException e) {
      if (!Interruption.isStopping()) {
        fail(answer, cause(e));
      }
    } catch (IOException | UncheckedIOException e) {
      fail(answer, cause(e));
    } catch (OutOfMemoryError e) {
      fail(answer, "it needs more memory than there is");
    } catch (RuntimeException | Error e) {
      // One picture that Tonearm has a fault with must not cost the others.
      fail(answer, "Tonearm failed on it, please report this: " + e);
    }
  }

  private static String cause(Exception e) {
    return Tonearm.message(e);
  }

  private void fail(Prediction answer, String cause) {
    failed.incrementAndGet();
    err.println("tonearm: " + Text.oneLine(answer.path()) + ": no picture: " + Text.oneLine(cause));
  }

  /** Waits for the pictures in hand; after Ctrl-C these are given up within a moment. */
  @Override
  public void end() {
    if (crew == null) {
      return;
    }
    crew.threads().shutdown();
    boolean interrupted = false;
    // The model must not go under those who ask it, so this ends only when they do.
    for (boolean over = false; !over; ) {
      try {
        over = crew.threads().awaitTermination(1, TimeUnit.HOURS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Tells how many pictures there are, and where. */
  void sumUp() {
    int pictures = drawn.get();
    if (pictures == 1 && failed.get() == 0) {
      err.println("tonearm: picture: " + Text.oneLine(String.valueOf(last)));
    } else if (pictures + failed.get() > 0) {
      err.printf(
          "tonearm: %s in %s, %d failed%n",
          Text.count(pictures, "picture"), Text.oneLine(folder.toString()), failed.get());
    }
  }

  /** How many songs have an answer and no picture. */
  int failed() {
    return failed.get();
  }
}
