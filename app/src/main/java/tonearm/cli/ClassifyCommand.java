package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tonearm.audio.AudioDecoder;
import tonearm.audio.AudioSource;
import tonearm.audio.IsolatedDecoder;
import tonearm.cli.BatchListening.Companion;
import tonearm.cli.InputFiles.Input;
import tonearm.eval.Prediction;
import tonearm.infer.ClassifyOptions;
import tonearm.infer.Explainer;
import tonearm.library.LibraryIndex;
import tonearm.model.ModelBundle;
import tonearm.terminal.Interruption;
import tonearm.terminal.Terminal;

@Command(
    name = "classify",
    mixinStandardHelpOptions = true,
    description = {
      "Tells what genre songs are.",
      "A song is heard in clips of the model's length; the answer comes of the mean of their"
          + " probabilities. A calibrated model says \"unknown\" when it is unsure.",
      "With -r the answers are kept in an index: the next time, only what is new or changed is heard."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tonearm classify song.mp3",
      "  tonearm classify -r ~/Music --csv -o genres.csv",
      "  tonearm classify -r ~/Music --excerpt 3 --json",
      "  tonearm classify --json --timeline song.flac",
      "  tonearm classify -r ~/Music --jams --timeline -o annotations/",
      "  tonearm classify --plot pictures song.mp3"
    })
final class ClassifyCommand implements Callable<Integer> {
  private static final String JAMS = ".jams";

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "Audio or video files; with -r folders.")
  private List<Path> paths;

  @Option(names = "-r", description = "Look into folders.")
  private boolean recursive;

  @ArgGroup private @Nullable Format format;

  private static final class Format {
    @Option(names = "--json", description = "One JSON object a line.")
    boolean json;

    @Option(names = "--csv", description = "Comma-separated values (RFC 4180), one row a file.")
    boolean csv;

    @Option(
        names = "--jams",
        description = "JAMS, the format of music research: one object a song and line.")
    boolean jams;
  }

  @Option(
      names = "-o",
      paramLabel = "FILE|DIR/",
      description =
          "Write the answers to FILE, whole or not at all, instead of to stdout. With --jams and a"
              + " folder (it exists, or ends with a slash): a file a song, SONG.jams.")
  private @Nullable String output;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many genres the table shows. Default: ${DEFAULT-VALUE}.")
  private int top;

  @Option(
      names = "--timeline",
      description =
          "Also the probabilities of each clip. The index does not keep them: files are heard"
              + " again.")
  private boolean timeline;

  @Option(
      names = "--plot",
      paramLabel = "DIR",
      description =
          "Also draw each song, DIR/SONG.png: its spectrogram, what in it speaks for the answer, and"
              + " the probabilities of its clips. Slow: at most "
              + Explainer.MAX_CLIPS
              + " clips of a song are looked into, each as dear as hearing 49; and files are heard"
              + " again.")
  private @Nullable Path plot;

  @Option(
      names = "--any-order",
      description = "Give each answer as soon as it is there. Default: in the order of the files.")
  private boolean anyOrder;

  @Mixin private BatchOptions batch;

  @Mixin private LibraryUse library;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ClassifyCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (top < 1) {
      throw new ParameterException(spec.commandLine(), "--top must be at least 1, not " + top);
    }
    boolean jams = format != null && format.jams;
    if (output != null && output.endsWith("/") && !jams) {
      throw new ParameterException(
          spec.commandLine(), "-o " + output + ": only --jams writes into a folder; name a file");
    }
    batch.check();
    library.check(recursive);
    List<Input> inputs = InputFiles.expand(paths, recursive);
    keepSongs(inputs);
    PrintWriter err = spec.commandLine().getErr();
    PredictionFormat written = written(ModelBundle.describe(batch.bundle()));
    Interruption.guard();
    try (LibraryIndex index = library.open(recursive, err);
        IsolatedDecoder isolated = batch.isolatedDecoder()) {
      AudioSource source = isolated == null ? AudioDecoder::open : isolated;
      Plots plots = plot == null ? null : Plots.into(plot, paths, source, err);
      BatchListening listening =
          new BatchListening(
              batch,
              ClassifyOptions.DEFAULT.withTimeline(timeline || plots != null),
              source,
              err,
              plots == null ? Companion.NONE : plots);
      int status = answer(listening, inputs, index, plots, written);
      if (plots != null && status != Tonearm.INTERRUPTED && plots.failed() > 0) {
        return Tonearm.FAILED;
      }
      return status;
    }
  }

  private int answer(
      BatchListening listening,
      List<Input> inputs,
      @Nullable LibraryIndex index,
      @Nullable Plots plots,
      PredictionFormat written)
      throws IOException, InterruptedException {
    SongFolder folder = jamsFolder();
    if (folder != null) {
      return answerAll(
          listening,
          inputs,
          index,
          plots,
          (song, prediction) -> {
            if (prediction.status() == Prediction.Status.OK) {
              folder.write(song, JAMS, written.format(prediction));
            }
          });
    }
    Path file = output == null ? null : Path.of(output);
    return new AnswerOutput(file, spec.commandLine().getOut())
        .write(
            text -> {
              // With the first answer: where the model cannot be loaded, nothing is written.
              boolean[] isBegun = new boolean[1];
              return answerAll(
                  listening,
                  inputs,
                  index,
                  plots,
                  (song, prediction) -> {
                    if (!isBegun[0]) {
                      text.add(written.header());
                      isBegun[0] = true;
                    }
                    text.add(written.format(prediction));
                  });
            });
  }

  private int answerAll(
      BatchListening listening,
      List<Input> inputs,
      @Nullable LibraryIndex index,
      @Nullable Plots plots,
      BatchListening.Sink sink)
      throws IOException, InterruptedException {
    int status =
        listening.answer(
            inputs,
            index,
            library.again(timeline || plots != null),
            !anyOrder,
            (song, prediction) -> {
              sink.take(song, timeline ? prediction : prediction.withTimeline(null));
              if (plots != null && prediction.status() == Prediction.Status.OK) {
                plots.add(song, prediction);
              }
            });
    if (plots != null) {
      plots.sumUp();
    }
    return status;
  }

  /** A slip such as {@code -o song.mp3 song.mp3} must not cost the song. */
  private void keepSongs(List<Input> inputs) throws IOException {
    if (plot != null) {
      Plots.keepSongs(spec.commandLine(), plot, paths, inputs);
    }
    if (output == null || !Files.isRegularFile(Path.of(output))) {
      return;
    }
    Overwriting.requireNoSound(spec, "-o", Path.of(output));
    for (Input input : inputs) {
      if (Files.exists(input.path()) && Files.isSameFile(input.path(), Path.of(output))) {
        throw new ParameterException(
            spec.commandLine(), "-o " + output + " would overwrite a file that is to be heard");
      }
    }
  }

  private @Nullable SongFolder jamsFolder() {
    boolean wanted = format != null && format.jams && output != null && SongFolder.isMeant(output);
    return wanted ? new SongFolder(Path.of(String.valueOf(output)), paths) : null;
  }

  private PredictionFormat written(ModelBundle.Description model) {
    if (format != null && format.json) {
      return PredictionFormat.json();
    } else if (format != null && format.csv) {
      return PredictionFormat.csv(model.genres());
    } else if (format != null && format.jams) {
      return PredictionFormat.jams(model.genres(), model.clipSeconds());
    }
    return PredictionFormat.table(top, output == null && Terminal.coloursWanted());
  }
}
