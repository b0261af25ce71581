package tonearm.cli;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tonearm.cli.BatchListening.Outcome;
import tonearm.cli.InputFiles.Input;
import tonearm.cli.TagReport.Status;
import tonearm.eval.Prediction;
import tonearm.library.Librarian.Again;
import tonearm.library.Librarian.Request;
import tonearm.library.LibraryIndex;
import tonearm.tags.GenrePolicy;
import tonearm.tags.GenrePolicy.Decision;
import tonearm.tags.TagException;
import tonearm.tags.TagField;
import tonearm.tags.TagState;
import tonearm.tags.TagWriter;
import tonearm.terminal.Interruption;
import tonearm.terminal.Progress;

/**
 * Tags files, each from its path to its report. Tags are looked at first: nobody asks for an answer
 * that does not matter.
 *
 * @param writer null if nothing is to be changed
 * @param follower told of every change
 */
record TagRun(
    TagField field,
    GenrePolicy policy,
    @Nullable TagWriter writer,
    IndexFollower follower,
    TagOutput output) {
  /** A file on its way through the batch. */
  private static final class InHand implements Request {
    private final Input input;
    private final TagRun run;
    private @Nullable TagState state;

    /** What can be said of the file by its tags alone; null if the answer matters. */
    private @Nullable TagReport report;

    InHand(Input input, TagRun run) {
      this.input = input;
      this.run = run;
    }

    @Override
    public Path path() {
      return input.path();
    }

    @Override
    public @Nullable String problem() {
      report = look();
      return report == null ? null : "not asked";
    }

    private @Nullable TagReport look() {
      if (input.problem() != null) {
        return run.failed(input, new TagException(input.problem()));
      }
      try {
        TagState now = read(input.path(), run.field);
        state = now;
        return run.policy.needsAnswer(now) ? null : run.kept(input, now);
      } catch (IOException e) {
        return run.failed(input, e);
      } catch (RuntimeException e) {
        return run.fault(input, e);
      }
    }
  }

  /** Reads a file's tags to their end, though Ctrl-C may interrupt this thread meanwhile. */
  static TagState read(Path file, TagField field) throws IOException {
    try {
      return TagState.read(file, field);
    } catch (ClosedByInterruptException e) {
      boolean wasInterrupted = Thread.interrupted();
      try {
        return TagState.read(file, field);
      } finally {
        if (wasInterrupted) {
          Thread.currentThread().interrupt(); // for who asks next
        }
      }
    }
  }

  /**
   * Takes answers from the index, and hears what it does not know.
   *
   * @param index null to hear all
   * @param again what is heard although the index knows it
   */
  Outcome hear(
      List<Input> inputs, BatchListening listening, @Nullable LibraryIndex index, Again again)
      throws IOException, InterruptedException {
    // Ctrl-C interrupts this thread; a file that is being written must not notice.
    ExecutorService hand = Executors.newSingleThreadExecutor();
    try (Progress progress = new Progress("Listening", inputs.size(), " songs")) {
      int[] done = new int[1];
      return listening.<InHand>answer(
          inputs.stream().map(input -> new InHand(input, this)).iterator(),
          inputs.size(),
          index,
          again,
          true,
          progress,
          (song, answer, source) -> {
            Future<TagReport> report = hand.submit(() -> report(song, answer));
            output.print(result(report), progress);
            progress.to(++done[0], inputs.size());
          });
    } finally {
      end(hand);
    }
  }

  /** Takes answers that are there, several files at a time. */
  void recall(List<Input> inputs, RecalledAnswers answers, int jobs) throws IOException {
    ExecutorService workers = Executors.newFixedThreadPool(jobs);
    try (Progress progress = new Progress("Tagging", inputs.size(), " songs")) {
      Deque<Future<TagReport>> inHand = new ArrayDeque<>();
      int next = 0;
      int done = 0;
      while (done < inputs.size()) {
        while (next < inputs.size() && inHand.size() < 2 * jobs && !Interruption.isStopping()) {
          Input input = inputs.get(next++);
          inHand.add(workers.submit(() -> recall(input, answers)));
        }
        if (inHand.isEmpty()) {
          break; // stopped
        }
        output.print(result(inHand.remove()), progress);
        progress.to(++done, inputs.size());
      }
    } finally {
      end(workers);
    }
  }

  private TagReport recall(Input input, RecalledAnswers answers) {
    InHand song = new InHand(input, this);
    String problem = song.problem();
    String name = input.path().toString();
    return report(
        song, problem == null ? answers.of(input.path()) : Prediction.error(name, problem));
  }

  private TagReport report(InHand song, Prediction answer) {
    TagReport known = song.report;
    if (known != null) {
      return known;
    }
    TagState state = song.state;
    Map<String, Float> probabilities = answer.probabilities();
    if (state == null || probabilities == null) {
      String error = String.valueOf(answer.error());
      return TagReport.error(song.path().toString(), field.name(), error);
    }
    try {
      return answer.isUnknown()
          ? report(song.path(), Status.UNKNOWN, state, state.values(), answer)
          : changed(song.path(), state, answer, policy.decide(state, probabilities));
    } catch (IOException e) {
      return failed(song.input, e);
    } catch (RuntimeException e) {
      return fault(song.input, e);
    }
  }

  private TagReport changed(Path path, TagState state, Prediction answer, Decision decision)
      throws IOException {
    Status status =
        switch (decision.outcome()) {
          case KEPT -> Status.KEPT;
          case SAME -> Status.SAME;
          case UNSURE -> Status.UNSURE;
          case CHANGE -> writer == null ? Status.PLANNED : Status.WRITTEN;
        };
    TagReport report = report(path, status, state, decision.values(), answer);
    if (status != Status.PLANNED && status != Status.WRITTEN) {
      return report;
    }
    int names = TagWriter.names(state);
    if (writer != null) {
      report = report.withWarning(follower.follow(writer.write(state, decision.values())));
    }
    return names == 1
        ? report
        : report.withWarning(
            "it has %d names (hard links): the others keep the old tags".formatted(names));
  }

  private TagReport report(
      Path path, Status status, TagState state, List<String> after, Prediction answer) {
    return new TagReport(
        path.toString(),
        status,
        field.name(),
        state.values(),
        after,
        answer.genre(),
        answer.confidence(),
        answer.warnings(),
        null);
  }

  private TagReport kept(Input input, TagState state) {
    List<String> said = state.values().isEmpty() ? state.elsewhere() : state.values();
    return new TagReport(
        input.path().toString(), Status.KEPT, field.name(), said, said, null, null, null, null);
  }

  private TagReport failed(Input input, IOException e) {
    String path = input.path().toString();
    return TagReport.error(path, field.name(), TagOutput.cause(e, path));
  }

  /** One file that Tonearm has a fault with must not cost the tags of all the others. */
  private TagReport fault(Input input, RuntimeException e) {
    String fault = "Tonearm failed on it, please report this: " + e;
    return TagReport.error(input.path().toString(), field.name(), fault);
  }

  /** Waits for what is in hand: no file may be left half done. */
  static void end(ExecutorService workers) {
    workers.shutdown();
    boolean interrupted = false;
    while (!workers.isTerminated()) {
      try {
        workers.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What came of it. Ctrl-C does not cut it short, but is not forgotten. */
  static TagReport result(Future<TagReport> future) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw new IllegalStateException(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
