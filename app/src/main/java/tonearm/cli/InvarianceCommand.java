package tonearm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tonearm.audio.AudioDecoder;
import tonearm.audio.AudioStream;
import tonearm.audio.SoundWriter;
import tonearm.bench.ScratchFolder;
import tonearm.cli.InputFiles.Input;
import tonearm.cli.InvarianceReport.Song;
import tonearm.eval.Prediction;
import tonearm.infer.Classifier;
import tonearm.infer.ClassifyOptions;
import tonearm.model.LibTorch;
import tonearm.model.Precision;
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Json;
import tonearm.provenance.Machine;
import tonearm.provenance.Provenance;
import tonearm.terminal.Interruption;
import tonearm.terminal.Progress;
import tonearm.terminal.Text;

@Command(
    name = "invariance",
    mixinStandardHelpOptions = true,
    description = {
      "Tells how far a model's answer holds when a file changes and its music does not.",
      "Copies of each file are made in other formats, at other sample rates and levels, and with"
          + " another beginning, and their answers are compared with that of the original. The genre"
          + " of a file is known if its folder is called by one. The files stay as they are."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tonearm invariance ~/Music/jazz",
      "  tonearm invariance song.flac --model my-run/model --json"
    })
final class InvarianceCommand implements Callable<Integer> {
  /** Longer files are heard so far: of each a whole copy is in memory. */
  private static final double MAX_SECONDS = 120;

  /** Copies have no higher rate: 92 MB of samples then. */
  private static final int MAX_RATE_HZ = 192_000;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "Audio files, or folders of them, of which the first 120 s are heard.")
  private List<Path> paths;

  @Option(
      names = "--model",
      paramLabel = "NAME|DIR",
      defaultValue = Models.DEFAULT,
      description = "Which model answers; see tonearm models. Default: ${DEFAULT-VALUE}.")
  private String model;

  @Option(
      names = "--precision",
      paramLabel = "auto|bf16|fp32",
      defaultValue = "auto",
      description = "Arithmetic of the network. Default: bf16 where the CPU has it.")
  private String precision;

  @Option(names = "--json", description = "One JSON object instead of Markdown.")
  private boolean json;

  @Option(
      names = "-o",
      paramLabel = "FILE",
      description = "Write to FILE, whole or not at all, instead of to stdout.")
  private @Nullable Path output;

  private int failed;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  InvarianceCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Overwriting.requireNoSound(spec, "-o", output);
    Precision arithmetic = Precision.of(precision, Machine.current().hasBf16());
    Path bundle = Models.find(model);
    List<Input> inputs = InputFiles.expand(paths, true);
    Interruption.guard();
    LibTorch.load();
    List<Song> songs = new ArrayList<>();
    String name;
    try (ScratchFolder scratch = ScratchFolder.make("tonearm-invariance");
        Classifier classifier = Classifier.load(bundle, arithmetic);
        Progress progress = new Progress("Comparing", inputs.size(), " files")) {
      name = classifier.model().name();
      for (int i = 0; i < inputs.size(); i++) {
        Song song = song(inputs.get(i), classifier, scratch.path(), progress);
        if (song != null) {
          songs.add(song);
        }
        progress.to(i + 1, inputs.size());
      }
    }
    if (!songs.isEmpty()) {
      write(InvarianceReport.of(Provenance.now(Map.of()), name, songs));
    }
    return failed == 0 ? Tonearm.OK : Tonearm.FAILED;
  }

  /** Answers to a file and its copies; null if it cannot be heard, which cost a message. */
  private @Nullable Song song(Input input, Classifier classifier, Path scratch, Progress progress)
      throws IOException, InterruptedException {
    Path file = input.path();
    if (input.problem() != null) {
      complain(progress, file + ": " + input.problem());
      return null;
    }
    double seconds;
    int rateHz;
    Prediction original;
    try {
      try (AudioStream own = AudioDecoder.open(file)) {
        rateHz = Math.min(own.sampleRateHz(), MAX_RATE_HZ);
      }
      seconds = AugmentCommand.hear(file, rateHz, MAX_SECONDS).durationSeconds();
      original = answer(classifier, beginning(file, rateHz, seconds, scratch));
    } catch (IOException e) {
      requireGoing();
      complain(progress, file + ": " + Tonearm.message(e));
      return null;
    }
    Map<Invariance, Prediction> copies = new EnumMap<>(Invariance.class);
    for (Invariance change : Invariance.values()) {
      requireGoing();
      if (change.suits(seconds, rateHz, classifier.model().clipSeconds())) {
        try {
          Path copy = change.write(file, seconds, rateHz, scratch);
          copies.put(change, answer(classifier, copy));
          Files.delete(copy);
        } catch (IOException e) {
          requireGoing();
          complain(progress, file + ", " + change.label() + ": " + Tonearm.message(e));
        }
      }
    }
    return new Song(truth(file, classifier.model().genres()), original, copies);
  }

  private static void requireGoing() throws InterruptedException {
    if (Interruption.isStopping() || Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  /** The part that copies are made of: nearly always the file itself. */
  private static Path beginning(Path file, int rateHz, double seconds, Path scratch)
      throws IOException {
    if (seconds < MAX_SECONDS) {
      return file;
    }
    float[] samples = AugmentCommand.hear(file, rateHz, MAX_SECONDS).samples();
    Path beginning = scratch.resolve("beginning.wav");
    SoundWriter.write(beginning, SoundWriter.Format.WAV, rateHz, samples, samples);
    return beginning;
  }

  private static Prediction answer(Classifier classifier, Path file) throws IOException {
    Prediction said = classifier.classify(file, ClassifyOptions.DEFAULT).prediction();
    if (said.error() != null) {
      throw new IOException(said.error());
    }
    return said;
  }

  private static @Nullable String truth(Path file, List<String> genres) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    Path last = folder == null ? null : folder.getFileName();
    String name = last == null ? "" : last.toString();
    return genres.stream().filter(name::equalsIgnoreCase).findFirst().orElse(null);
  }

  private void complain(Progress progress, String message) {
    failed++;
    progress.say(spec.commandLine().getErr(), "tonearm: " + Text.oneLine(message));
  }

  private void write(InvarianceReport report) throws IOException {
    String text = json ? Json.toText(report) : report.toMarkdown();
    if (output != null) {
      AtomicFiles.writeString(output, text);
    } else {
      spec.commandLine().getOut().print(text);
      spec.commandLine().getOut().flush();
    }
  }
}
