package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;
import tonearm.model.LibTorch;
import tonearm.provenance.AtomicFiles;
import tonearm.terminal.Interruption;
import tonearm.terminal.Interruption.Stopped;
import tonearm.terminal.Text;
import tonearm.train.DivergedException;
import tonearm.train.TrainingException;

/** The command line's front door: which commands there are, and how it ends. */
@Command(
    name = "tonearm",
    description = "Hears what genre a piece of music is.",
    subcommands = {
      ClassifyCommand.class,
      TagCommand.class,
      LibraryCommand.class,
      SimilarCommand.class,
      PrepareCommand.class,
      TrainCommand.class,
      CrossvalCommand.class,
      EvaluateCommand.class,
      CalibrateCommand.class,
      ReportCommand.class,
      ModelsCommand.class,
      AugmentCommand.class,
      InvarianceCommand.class,
      BenchCommand.class,
      VersionCommand.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.Provider.class,
    footerHeading = "%nExample:%n",
    footer = "  tonearm classify song.mp3",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:all well",
      "1:some input failed and the rest is done, or the command could not go on; stderr tells",
      "2:wrong usage",
      "3:a training diverged: its loss is no longer finite",
      "130:stopped by Ctrl-C"
    })
public final class Tonearm implements Callable<Integer> {
  /** Exit status: all well. */
  static final int OK = 0;

  /** Exit status: some input failed. */
  static final int FAILED = 1;

  /** Exit status: a training's loss is no longer finite. */
  static final int DIVERGED = 3;

  /** Exit status: stopped by Ctrl-C. */
  static final int INTERRUPTED = 130;

  private static final String EMPTY_NAME = "an empty name; for the folder you are in, say .";

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  Tonearm() {}

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "which command? There are "
            + String.join(", ", spec.subcommands().keySet().stream().sorted().toList()));
  }

  /** Runs one command and ends the process with its exit status. */
  public static void main(String[] arguments) {
    int status = FAILED;
    Interruption.otherwise(AtomicFiles::deleteUnfinished);
    try {
      status = commandLine().execute(arguments);
    } catch (OutOfMemoryError e) {
      System.err.println(
          "tonearm: not enough memory; where there are --jobs or a --batch-size, fewer or a smaller"
              + " one need less");
    } catch (LinkageError e) {
      System.err.println("tonearm: a native library failed: " + Text.oneLine(e.toString()));
    } finally {
      // Without it the hook for Ctrl-C would wait for a command that is over.
      Interruption.finished();
    }
    System.exit(status);
  }

  /** The commands, as {@link #main} runs them. */
  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Tonearm());
    line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    // A song may be called "@home.mp3"; by default its content would be read as arguments.
    line.setExpandAtFiles(false);
    line.registerConverter(Path.class, Tonearm::path);
    line.setParameterExceptionHandler(Tonearm::wrongUsage);
    line.setExecutionExceptionHandler((e, command, parsed) -> failed(e, command));
    return line;
  }

  /** To Java an empty name is the working folder; of a user it is a variable that was not set. */
  private static Path path(String text) {
    if (text.isEmpty()) {
      throw new TypeConversionException(EMPTY_NAME);
    }
    return Path.of(text);
  }

  private static int wrongUsage(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    // Words of picocli's that say nothing more.
    String cause = message(e).replaceFirst("^Error: ", "").replace("option option ", "option ");
    // Of a list of names picocli calls one that is none unmatched.
    if (e instanceof UnmatchedArgumentException unmatched
        && unmatched.getUnmatched().contains("")) {
      cause = EMPTY_NAME;
    }
    command.getErr().println("tonearm: " + Text.oneLine(cause));
    if (!UnmatchedArgumentException.printSuggestions(e, command.getErr())) {
      command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    }
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static int failed(Exception e, CommandLine command) throws Exception {
    if (e instanceof InterruptedException || e instanceof ClosedByInterruptException) {
      // Without words of its own there was nothing in hand yet.
      String words = e instanceof Stopped ? message(e) : "stopped";
      command.getErr().println("tonearm: " + words);
      return INTERRUPTED;
    }
    if (e instanceof IllegalArgumentException) {
      // Values of options are checked where they are used; what is wrong in files is an
      // IOException.
      command.getErr().println("tonearm: " + Text.oneLine(message(e)));
      return command.getCommandSpec().exitCodeOnInvalidInput();
    }
    if (e instanceof DivergedException) {
      command.getErr().println("tonearm: " + Text.oneLine(message(e)));
      return DIVERGED;
    }
    if (e instanceof IOException
        || e instanceof TrainingException
        || e instanceof java.io.UncheckedIOException) {
      command.getErr().println("tonearm: " + Text.oneLine(message(e)));
      return FAILED;
    }
    if (LibTorch.isOutOfMemory(e)) {
      command
          .getErr()
          .println(
              "tonearm: the network needs more memory than there is; where there is a --batch-size, a"
                  + " smaller one needs less");
      return FAILED;
    }
    throw e;
  }

  /** A cause in words; the JDK's file exceptions carry the path alone. */
  static String message(Exception e) {
    String message = String.valueOf(e.getMessage());
    if (e instanceof FileSystemException broken && broken.getFile() != null) {
      Path file = fileAbove(Path.of(broken.getFile()));
      if (file != null) {
        return file + ": is a file, where a folder is needed";
      }
    }
    if (e instanceof NoSuchFileException missing && missing.getReason() == null) {
      return message + ": no such file or folder";
    } else if (e instanceof AccessDeniedException denied && denied.getReason() == null) {
      return message + ": permission denied";
    } else if (e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException) {
      return message + ": is in the way: a file, where a folder is needed";
    }
    return message;
  }

  /** The file that stands where a path has a folder; null if there is none. */
  private static @Nullable Path fileAbove(Path path) {
    for (Path above = path.getParent(); above != null; above = above.getParent()) {
      if (Files.isRegularFile(above)) {
        return above;
      }
    }
    return null;
  }
}
