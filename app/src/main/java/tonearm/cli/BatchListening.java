package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import tonearm.audio.AudioSource;
import tonearm.eval.Prediction;
import tonearm.infer.Answer;
import tonearm.infer.BatchClassifier;
import tonearm.infer.BatchClassifier.Settings;
import tonearm.infer.BatchClassifier.Sink;
import tonearm.infer.BatchClassifier.Song;
import tonearm.infer.BatchClassifier.Summary;
import tonearm.infer.Classifier;

/**
 * A batch as people see it: the progress bar, a line on stderr for each file that something is
 * wrong with, the summary, and how Ctrl-C ends it. Answers go to whoever asked.
 */
final class BatchListening {
  private final BatchClassifier batch;
  private final PrintWriter err;

  /**
   * @param source who decodes
   * @param err where everything but answers goes
   */
  BatchListening(Classifier classifier, AudioSource source, Settings settings, PrintWriter err) {
    this.batch = new BatchClassifier(classifier, source, settings);
    this.err = err;
  }

  /**
   * Hears files, and tells on stderr what was wrong with which.
   *
   * @param sink takes every answer, errors too
   * @return the exit status
   * @throws IOException what {@code sink} threw
   */
  <S extends Song> int hear(Collection<? extends S> songs, Sink<? super S> sink)
      throws IOException {
    Summary summary;
    try (Progress progress = new Progress("Listening", songs.size(), " songs")) {
      Told<S> told = new Told<>(progress, songs.size(), sink);
      summary = batch.run(songs.iterator(), told);
    }
    boolean stopped = summary.cancelled() || Interruption.isStopping();
    if (stopped || songs.size() > 1) {
      err.println(inWords(summary, songs.size(), stopped));
    }
    if (stopped) {
      return Tonearm.INTERRUPTED;
    }
    return summary.failed() > 0 ? Tonearm.FAILED : Tonearm.OK;
  }

  private static String inWords(Summary summary, int songs, boolean stopped) {
    return String.format(
        Locale.ROOT,
        "tonearm: %s%d of %s answered, %d failed, %s songs/min",
        stopped ? "stopped: " : "",
        summary.answered(),
        Text.count(songs, "file"),
        summary.failed(),
        BenchReport.number(summary.songsPerMinute()));
  }

  /** Answers on their way, each with its line on stderr if it needs one. */
  private final class Told<S extends Song> implements Sink<S> {
    private final Progress progress;
    private final long total;
    private final Sink<? super S> sink;
    private long done;
    private long failed;

    Told(Progress progress, long total, Sink<? super S> sink) {
      this.progress = progress;
      this.total = total;
      this.sink = sink;
    }

    @Override
    public void take(S song, Answer answer) throws IOException {
      Prediction prediction = answer.prediction();
      String path = "tonearm: " + Text.oneLine(prediction.path()) + ": ";
      if (!answer.isOk()) {
        failed++;
        progress.say(err, path + Text.oneLine(String.valueOf(prediction.error())));
        progress.note(failed + " failed");
      }
      List<String> warnings = prediction.warnings();
      if (warnings != null) {
        warnings.forEach(w -> progress.say(err, path + "warning: " + Text.oneLine(w)));
      }
      sink.take(song, answer);
      progress.to(++done, total);
    }
  }
}
