package tonearm.cli;

import java.io.IOException;
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
import tonearm.audio.AudioSource;
import tonearm.cli.InputFiles.Input;
import tonearm.cli.TagReport.Status;
import tonearm.eval.Prediction;
import tonearm.infer.Answer;
import tonearm.infer.BatchClassifier;
import tonearm.infer.BatchClassifier.Settings;
import tonearm.infer.BatchClassifier.Song;
import tonearm.infer.Classifier;
import tonearm.tags.GenrePolicy;
import tonearm.tags.GenrePolicy.Decision;
import tonearm.tags.TagException;
import tonearm.tags.TagField;
import tonearm.tags.TagState;
import tonearm.tags.TagWriter;

/**
 * Tags files, each from its path to its report. A file is heard only if the answer matters.
 *
 * @param writer null if nothing is to be changed
 */
record TagRun(TagField field, GenrePolicy policy, @Nullable TagWriter writer, TagOutput output) {
  /** Loads the model for so many files. */
  @FunctionalInterface
  interface Loader {
    Classifier load(int files) throws IOException;
  }

  /** A file on its way through the batch. */
  private static final class InHand implements Song {
    private final Input input;
    private final TagRun run;
    private @Nullable TagState state;

    InHand(Input input, TagRun run) {
      this.input = input;
      this.run = run;
    }

    @Override
    public Path path() {
      return input.path();
    }

    @Override
    public @Nullable Answer known() throws IOException {
      TagState now = run.look(input);
      state = now;
      return run.policy.needsAnswer(now) ? null : Answer.error(path().toString(), "not heard");
    }
  }

  /** Hears files; the model is loaded when the first is met that has to be heard. */
  void hear(List<Input> inputs, Loader loader, AudioSource source, Settings settings)
      throws IOException {
    int unheard = 0;
    while (unheard < inputs.size() && !Interruption.isStopping()) {
      TagReport report = withoutHearing(inputs.get(unheard));
      if (report == null) {
        break;
      }
      output.print(report);
      unheard++;
    }
    List<Input> rest = inputs.subList(unheard, inputs.size());
    if (rest.isEmpty() || Interruption.isStopping()) {
      return;
    }
    // Ctrl-C interrupts this thread; a file that is being written must not notice.
    ExecutorService hand = Executors.newSingleThreadExecutor();
    try (Classifier classifier = loader.load(rest.size());
        Progress progress = new Progress("Listening", rest.size(), " songs")) {
      BatchClassifier batch = new BatchClassifier(classifier, source, settings);
      int[] done = new int[1];
      batch.run(
          rest.stream().map(input -> new InHand(input, this)).iterator(),
          (song, answer) -> {
            Future<TagReport> report = hand.submit(() -> report(song, answer.prediction()));
            output.print(result(report), progress);
            progress.to(++done[0], rest.size());
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
    TagReport report = withoutHearing(input);
    if (report != null) {
      return report;
    }
    InHand song = new InHand(input, this);
    try {
      song.known();
      return report(song, answers.of(input.path()));
    } catch (IOException e) {
      return failed(input, e);
    }
  }

  /** What can be said of a file by its tags alone; null if the answer matters. */
  private @Nullable TagReport withoutHearing(Input input) {
    try {
      TagState state = look(input);
      return policy.needsAnswer(state) ? null : kept(input, state);
    } catch (IOException e) {
      return failed(input, e);
    } catch (RuntimeException e) {
      return fault(input, e);
    }
  }

  private TagState look(Input input) throws IOException {
    if (input.problem() != null) {
      throw new TagException(input.problem());
    }
    return TagState.read(input.path(), field);
  }

  private TagReport report(InHand song, Prediction answer) {
    try {
      TagState state = song.state;
      if (state != null && !policy.needsAnswer(state)) {
        return kept(song.input, state);
      }
      Map<String, Float> probabilities = answer.probabilities();
      if (state == null || probabilities == null) {
        String error = String.valueOf(answer.error());
        return TagReport.error(song.path().toString(), field.name(), error);
      }
      return changed(song.path(), state, answer, policy.decide(state, probabilities));
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
    TagReport report =
        new TagReport(
            path.toString(),
            status,
            field.name(),
            state.values(),
            decision.values(),
            answer.genre(),
            answer.confidence(),
            answer.warnings(),
            null);
    if (status != Status.PLANNED && status != Status.WRITTEN) {
      return report;
    }
    int names = TagWriter.names(state);
    if (writer != null) {
      writer.write(state, decision.values());
    }
    return names == 1
        ? report
        : report.withWarning(
            "it has %d names (hard links): the others keep the old tags".formatted(names));
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
  private static void end(ExecutorService workers) {
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
  private static TagReport result(Future<TagReport> future) {
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
