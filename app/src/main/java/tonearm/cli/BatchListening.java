package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tonearm.audio.AudioSource;
import tonearm.cli.InputFiles.Input;
import tonearm.eval.Prediction;
import tonearm.infer.Answer;
import tonearm.infer.BatchClassifier;
import tonearm.infer.Classifier;
import tonearm.infer.ClassifyOptions;
import tonearm.library.Hearing;
import tonearm.library.Librarian;
import tonearm.library.Librarian.Again;
import tonearm.library.Librarian.Heard;
import tonearm.library.Librarian.Request;
import tonearm.library.Librarian.Song;
import tonearm.library.Librarian.Source;
import tonearm.library.LibraryIndex;
import tonearm.terminal.Interruption;
import tonearm.terminal.Progress;
import tonearm.terminal.Text;

/**
 * Answers for files as people get them, from the index or heard: the progress bar, a line on stderr
 * for each file that something is wrong with, the summary, and how Ctrl-C ends it. Answers go to
 * whoever asked.
 */
final class BatchListening {
  private final BatchOptions batch;
  private final ClassifyOptions asked;
  private final AudioSource source;
  private final PrintWriter err;
  private final Companion companion;

  /**
   * @param asked what is asked about each file; the excerpt is that of {@code batch}
   * @param source who decodes
   * @param err where everything but answers goes
   */
  BatchListening(BatchOptions batch, ClassifyOptions asked, AudioSource source, PrintWriter err) {
    this(batch, asked, source, err, Companion.NONE);
  }

  /** As above, with somebody who works beside. */
  BatchListening(
      BatchOptions batch,
      ClassifyOptions asked,
      AudioSource source,
      PrintWriter err,
      Companion companion) {
    this.batch = batch;
    this.asked = asked;
    this.source = source;
    this.err = err;
    this.companion = companion;
  }

  /** Works with the model while it is there. */
  interface Companion {
    /** Nobody. */
    Companion NONE =
        new Companion() {
          @Override
          public void begin(Classifier classifier, int jobs) {}

          @Override
          public void end() {}
        };

    /**
     * The model is loaded; called once at most.
     *
     * @param jobs songs that are heard at a time
     */
    void begin(Classifier classifier, int jobs);

    /** All is answered, and the model goes when this returns. */
    void end();
  }

  /** Takes answers, errors too. */
  @FunctionalInterface
  interface Sink {
    /**
     * @param song the file itself: an answer's path is text, which not every name is
     */
    void take(Path song, Prediction prediction) throws IOException;
  }

  /**
   * How it went.
   *
   * @param cancelled whether it ended early
   * @param isIndexBehind whether the index failed on the way, so that not all is kept
   * @param indexInWords what came from where, to be put behind a summary; empty without an index
   */
  record Outcome(boolean cancelled, boolean isIndexBehind, String indexInWords) {}

  /**
   * Answers files, and tells on stderr what was wrong with which. The model is loaded when the
   * first file must be heard.
   *
   * @param index null to hear all of them
   * @param again what is heard although the index knows it
   * @param inOrder whether answers come in the order of the files
   * @return the exit status
   * @throws IOException what {@code sink} threw, or if the model cannot be loaded
   */
  int answer(
      List<Input> inputs, @Nullable LibraryIndex index, Again again, boolean inOrder, Sink sink)
      throws IOException, InterruptedException {
    Tally tally;
    Outcome outcome;
    try (Progress progress = new Progress("Listening", inputs.size(), " songs")) {
      tally = new Tally(progress, inputs.size(), sink);
      outcome = answer(inputs.iterator(), inputs.size(), index, again, inOrder, progress, tally);
    }
    boolean stopped = outcome.cancelled() || Interruption.isStopping();
    if (stopped || inputs.size() > 1) {
      err.println(tally.inWords(stopped) + outcome.indexInWords());
    }
    if (stopped) {
      return Tonearm.INTERRUPTED;
    }
    return tally.failed > 0 || outcome.isIndexBehind() ? Tonearm.FAILED : Tonearm.OK;
  }

  /**
   * As {@link #answer(List, LibraryIndex, Again, boolean, Sink)}, for those who have their own
   * words for what becomes of a file: tells nothing but that the index fails.
   *
   * @param files how many requests there are
   * @param progress where it is told; moved on by {@code sink}
   */
  <R extends Request> Outcome answer(
      Iterator<? extends R> requests,
      int files,
      @Nullable LibraryIndex index,
      Again again,
      boolean inOrder,
      Progress progress,
      Librarian.Sink<? super R> sink)
      throws IOException, InterruptedException {
    ClassifyOptions options = batch.asked(index == null ? asked : asked.withEmbedding(true));
    Hearing hearing = IndexOption.hearing(batch.bundle(), options);
    Listening ears = new Listening(files, inOrder, options);
    Map<Source, Integer> sources = new EnumMap<>(Source.class);
    boolean[] isBehind = new boolean[1];
    new Librarian(
            index,
            hearing,
            again,
            cause -> {
              isBehind[0] = true;
              progress.say(err, "tonearm: " + Text.oneLine(cause) + "; what follows is not kept");
            })
        .<R>answer(
            requests,
            ears,
            (request, prediction, source) -> {
              sources.merge(source, 1, Integer::sum);
              sink.take(request, prediction, source);
            },
            Interruption::isStopping);
    return new Outcome(ears.cancelled, isBehind[0], index == null ? "" : inWords(sources));
  }

  private static String inWords(Map<Source, Integer> sources) {
    int knownFailures = sources.getOrDefault(Source.KNOWN_FAILURE, 0);
    return String.format(
        Locale.ROOT,
        "; %d heard, %d from the index, %s not tried again%s",
        sources.getOrDefault(Source.HEARD, 0),
        sources.getOrDefault(Source.INDEX, 0),
        Text.count(knownFailures, "known failure"),
        knownFailures > 0 ? " (--retry-failed does)" : "");
  }

  /** Hears what the librarian does not know. */
  private final class Listening implements Librarian.Ears {
    private final int files;
    private final boolean inOrder;
    private final ClassifyOptions options;
    private boolean cancelled;

    Listening(int files, boolean inOrder, ClassifyOptions options) {
      this.files = files;
      this.inOrder = inOrder;
      this.options = options;
    }

    @Override
    public void hear(Iterator<Song> songs, Heard heard) throws IOException {
      try (Classifier classifier = batch.load(files)) {
        BatchClassifier.Settings settings = batch.settings(files, inOrder, options);
        companion.begin(classifier, settings.jobs());
        try {
          cancelled =
              new BatchClassifier(classifier, source, settings)
                  .run(
                      new Wrapped(songs),
                      (HeardSong song, Answer answer) ->
                          heard.take(song.song(), answer.prediction(), answer.embedding()))
                  .cancelled();
        } finally {
          companion.end();
        }
      }
    }
  }

  /** A song of the librarian's as the engine takes it. */
  private record HeardSong(Song song) implements BatchClassifier.Song {
    @Override
    public Path path() {
      return song.path();
    }

    @Override
    public @Nullable Answer known() {
      Prediction prediction = song.known();
      return prediction == null ? null : new Answer(prediction, null);
    }
  }

  private record Wrapped(Iterator<Song> songs) implements Iterator<HeardSong> {
    @Override
    public boolean hasNext() {
      return songs.hasNext();
    }

    @Override
    public HeardSong next() {
      return new HeardSong(songs.next());
    }
  }

  /** Answers on their way, counted, each with its line on stderr if it needs one. */
  private final class Tally implements Librarian.Sink<Request> {
    private final Progress progress;
    private final int total;
    private final Sink sink;
    private final long started = System.nanoTime();
    private int answered;
    private int unknown;
    private int failed;

    Tally(Progress progress, int total, Sink sink) {
      this.progress = progress;
      this.total = total;
      this.sink = sink;
    }

    @Override
    public void take(Request request, Prediction prediction, Source from) throws IOException {
      String path = "tonearm: " + Text.oneLine(prediction.path()) + ": ";
      if (prediction.status() == Prediction.Status.ERROR) {
        failed++;
        String known = from == Source.KNOWN_FAILURE ? " (known before, not tried again)" : "";
        progress.say(err, path + Text.oneLine(String.valueOf(prediction.error())) + known);
        progress.note(failed + " failed");
      } else {
        answered++;
        unknown += prediction.isUnknown() ? 1 : 0;
      }
      List<String> warnings = prediction.warnings();
      if (warnings != null) {
        warnings.forEach(w -> progress.say(err, path + "warning: " + Text.oneLine(w)));
      }
      progress.clear();
      sink.take(request.path(), prediction);
      progress.to(answered + failed, total);
    }

    String inWords(boolean stopped) {
      double minutes = (double) (System.nanoTime() - started) / TimeUnit.MINUTES.toNanos(1);
      return String.format(
          Locale.ROOT,
          "tonearm: %s%d of %s answered%s, %d failed, %s songs/min",
          stopped ? "stopped: " : "",
          answered,
          Text.count(total, "file"),
          unknown > 0 ? ", " + unknown + " of unknown genre" : "",
          failed,
          Text.figure((answered + failed) / minutes));
    }
  }
}
