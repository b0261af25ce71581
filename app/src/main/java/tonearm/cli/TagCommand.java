package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
import tonearm.cli.BatchListening.Outcome;
import tonearm.cli.InputFiles.Input;
import tonearm.infer.ClassifyOptions;
import tonearm.library.LibraryIndex;
import tonearm.model.ModelBundle;
import tonearm.tags.GenrePolicy;
import tonearm.tags.GenrePolicy.Mode;
import tonearm.tags.Spelling;
import tonearm.tags.TagField;
import tonearm.tags.TagJournal;
import tonearm.tags.TagWriter;
import tonearm.terminal.Interruption;
import tonearm.terminal.Text;

@Command(
    name = "tag",
    mixinStandardHelpOptions = true,
    description = {
      "Writes genres into the files themselves: MP3, AAC, FLAC, Ogg Vorbis, Opus, MP4, WAV and AIFF.",
      "Shows what would change; --write does it. Nothing but the field changes, sound and other"
          + " tags are checked, and --undo takes it back.",
      "With -r answers come from the index where it knows them, as with classify -r; the rest is"
          + " heard. The index follows each change, so that nothing is heard twice."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tonearm tag -r ~/Music",
      "  tonearm tag -r ~/Music --write --min-confidence 0.7 --map hiphop=Rap",
      "  tonearm tag --from answers.jsonl --append --write",
      "  tonearm tag --undo ~/Music --write"
    })
final class TagCommand implements Callable<Integer> {
  /** The journal's name in the user's data folder. */
  static final String JOURNAL = "tag-journal.jsonl";

  /** What is written, which is no question where it is taken back. */
  private static final List<String> DECIDING =
      List.of("--map", "--map-file", "--top", "--min-confidence", "--model");

  /** How files are heard, which is no question where they are not; {@code --from} has jobs too. */
  private static final List<String> HEARING =
      List.of("--model", "--excerpt", "--timeout", "--precision", "--isolate");

  private static final ClassifyOptions ASKED = ClassifyOptions.DEFAULT;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PATH",
      arity = "0..*",
      description =
          "Audio files; with -r folders. None: with --from all files that it has answers for, with"
              + " --undo all files that were changed.")
  private List<Path> paths = new ArrayList<>();

  @Option(names = "-r", description = "Look into folders.")
  private boolean recursive;

  @Option(names = "--write", description = "Change the files. Without it nothing is changed.")
  private boolean write;

  @ArgGroup private @Nullable Existing existing;

  private static final class Existing {
    @Option(
        names = "--keep-existing",
        description = "Leave files that have a genre as they are. The default.")
    boolean keep;

    @Option(names = "--replace", description = "Put the answer in the place of what is there.")
    boolean replace;

    @Option(names = "--append", description = "Add the answer to what is there, nothing twice.")
    boolean append;

    Mode mode() {
      // The group lets only one of them be true.
      return keep || !(replace || append) ? Mode.KEEP : replace ? Mode.REPLACE : Mode.APPEND;
    }
  }

  @Option(
      names = "--min-confidence",
      paramLabel = "X",
      description =
          "Least probability of a genre that is written, 0 to 1. Default: 0.5, more than all others"
              + " together.")
  private double minConfidence = GenrePolicy.DEFAULT_MIN_CONFIDENCE;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Write up to N genres, each a value of its own and each above the least confidence."
              + " Default: ${DEFAULT-VALUE}.")
  private int top;

  @Option(
      names = "--field",
      paramLabel = "NAME",
      defaultValue = "genre",
      description =
          "The field; any other name than genre is one of your own (TXXX in ID3, a comment in FLAC"
              + " and Ogg, a freeform item in MP4). Default: ${DEFAULT-VALUE}.")
  private String field;

  @Option(
      names = "--map",
      paramLabel = "GENRE=NAME",
      description =
          "Write NAME for the model's GENRE; nothing after = leaves it out. Repeatable. Without it"
              + " hiphop is written Hip-Hop, jazz Jazz and so on.")
  private Map<String, String> aliases = new LinkedHashMap<>();

  @Option(
      names = "--map-file",
      paramLabel = "FILE",
      description = "A text with GENRE=NAME on each line; # begins a remark.")
  private @Nullable Path aliasFile;

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description = "Take the answers that classify --json wrote (- for stdin), hear nothing.")
  private @Nullable Path from;

  @Option(names = "--json", description = "One JSON object a file.")
  private boolean json;

  @Option(names = "--preserve-times", description = "Files keep the time of their last change.")
  private boolean preserveTimes;

  @Option(
      names = "--undo",
      description = "Put back what was there before the last change; with --write.")
  private boolean undo;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "With --undo: take back all changes since then, such as 2026-11-24 or 2026-11-24T18:30.")
  private @Nullable String since;

  @Option(
      names = "--journal",
      paramLabel = "FILE",
      description = "Where changes are noted. Default: " + JOURNAL + " in the user's data folder.")
  private @Nullable Path journal;

  @Mixin private BatchOptions batch;

  @Mixin private LibraryUse library;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TagCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path noted = journal == null ? DataFolder.path().resolve(JOURNAL) : journal;
    TagOutput output = new TagOutput(spec.commandLine(), json, write);
    Overwriting.requireNoSound(spec, "--journal", noted);
    if (since != null && !undo) {
      throw wrong("--since goes with --undo");
    }
    boolean hears = !undo && from == null;
    if (undo) {
      if (existing != null || from != null) {
        throw wrong("--undo puts back what was there; it takes no answers");
      }
      requireNone(DECIDING, "--undo puts back what was there; %s decides nothing of it");
      requireNone(List.of("--jobs"), "--undo takes one file at a time: leave %s out");
    }
    if (!hears) {
      requireNone(HEARING, "%s is for hearing; --from and --undo hear nothing");
    }
    library.check(hears && recursive);
    if (!hears && library.isHeardAgain()) {
      throw wrong("--retry-failed and --refresh are for hearing; --from and --undo hear nothing");
    }
    PrintWriter err = spec.commandLine().getErr();
    if (undo) {
      Interruption.guard();
      try (LibraryIndex index = write ? library.openToFollow(err) : null) {
        boolean one = spec.commandLine().getParseResult().hasMatchedOption("--field");
        TagField only = one ? new TagField(field) : null;
        return new UndoRun(noted, paths, only, since, write, preserveTimes)
            .run(output, new IndexFollower(index));
      }
    }
    batch.check();
    if (paths.isEmpty() && from == null) {
      throw wrong("Missing required parameter: 'PATH'");
    }
    TagField target = new TagField(field);
    Mode mode = existing == null ? Mode.KEEP : existing.mode();
    GenrePolicy policy = new GenrePolicy(mode, minConfidence, top, spelling());
    RecalledAnswers recalled = from == null ? null : RecalledAnswers.read(from);
    if (!aliases.isEmpty()) {
      // Those of a file may be meant for several models.
      new Spelling(aliases)
          .requireGenresOf(
              recalled == null ? ModelBundle.describe(batch.bundle()).genres() : recalled.genres());
    }
    List<Input> inputs = inputs(recalled);
    Interruption.guard();
    try (LibraryIndex index = hears ? library.open(recursive, err) : null;
        LibraryIndex other = index == null && write ? library.openToFollow(err) : null;
        TagJournal open = write ? TagJournal.open(noted) : null;
        IsolatedDecoder isolated = hears ? batch.isolatedDecoder() : null) {
      TagWriter writer = open == null ? null : new TagWriter(open, preserveTimes);
      IndexFollower follower = new IndexFollower(index == null ? other : index);
      TagRun run = new TagRun(target, policy, writer, follower, output);
      Outcome outcome = new Outcome(false, false, "");
      if (recalled != null) {
        run.recall(inputs, recalled, batch.settings(inputs.size(), true, ASKED).jobs());
      } else {
        AudioSource source = isolated == null ? AudioDecoder::open : isolated;
        BatchListening listening = new BatchListening(batch, ASKED, source, err);
        outcome = run.hear(inputs, listening, index, library.again(false));
      }
      boolean isIndexBehind = outcome.isIndexBehind() || follower.isBehind();
      return output.finish(inputs.size(), "file", isIndexBehind, outcome.indexInWords());
    }
  }

  private void requireNone(List<String> options, String message) {
    for (String option : options) {
      if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw wrong(message.formatted(option));
      }
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private Spelling spelling() throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    if (aliasFile != null) {
      int number = 0;
      for (String line : Text.read(aliasFile).lines().toList()) {
        number++;
        int equals = line.indexOf('=');
        if (line.isBlank() || line.strip().startsWith("#")) {
          continue;
        } else if (equals < 1) {
          throw wrong("%s, line %d: must be GENRE=NAME, not %s".formatted(aliasFile, number, line));
        }
        all.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    all.putAll(aliases);
    return new Spelling(all);
  }

  /** Each file once, under whatever names it was given. */
  private List<Input> inputs(@Nullable RecalledAnswers recalled) throws IOException {
    List<Path> named = paths.isEmpty() && recalled != null ? List.copyOf(recalled.files()) : paths;
    Set<Path> seen = new HashSet<>();
    List<Input> inputs = new ArrayList<>();
    for (Input input : InputFiles.expand(named, recursive)) {
      Path path = input.path();
      boolean there = input.problem() == null && Files.exists(path);
      if (seen.add(there ? path.toRealPath() : path)) {
        inputs.add(input);
      }
    }
    return inputs;
  }
}
