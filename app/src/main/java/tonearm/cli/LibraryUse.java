package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tonearm.library.Librarian.Again;
import tonearm.library.LibraryIndex;
import tonearm.terminal.Text;

/** How a command that hears files uses the index. */
final class LibraryUse {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--index",
      paramLabel = "FILE",
      description =
          "Keep answers in this index, and hear only what it does not know. Default with -r:"
              + " library.db in the user's data folder.")
  private @Nullable Path file;

  @Option(names = "--no-index", description = "Hear everything, and keep nothing.")
  private boolean none;

  @Option(
      names = "--retry-failed",
      description = "Try files again that the index knows it could not hear.")
  private boolean retryFailed;

  @Option(names = "--refresh", description = "Hear everything again, and keep the new answers.")
  private boolean refresh;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  LibraryUse() {}

  /** Refuses what cannot be; before anything else is done. */
  void check(boolean byDefault) {
    if (none && file != null) {
      throw new ParameterException(
          spec.commandLine(), "--index and --no-index cannot both be meant");
    }
    if ((retryFailed || refresh) && (none || (file == null && !byDefault))) {
      throw new ParameterException(
          spec.commandLine(),
          (refresh ? "--refresh" : "--retry-failed") + " is for an index; name it with --index");
    }
  }

  /**
   * The index, if one is to be used.
   *
   * @param byDefault whether it is, unless the user says otherwise
   * @param err where it is said that there can be none on this machine
   * @throws IOException if it is not usable, but there
   */
  @Nullable LibraryIndex open(boolean byDefault, PrintWriter err) throws IOException {
    if (none || (file == null && !byDefault)) {
      return null;
    } else if (file != null) {
      return LibraryIndex.open(file);
    }
    Path usual = DataFolder.index();
    try {
      return LibraryIndex.open(usual);
    } catch (IOException e) {
      if (Files.exists(usual)) {
        throw new IOException(e.getMessage() + " (--no-index goes on without)", e);
      }
      // Nobody asked for it, and a machine without a home can hear all the same.
      warn(err, e);
      return null;
    }
  }

  /**
   * The index that must follow if files are changed: the one that is named or, where there is one,
   * the usual one.
   *
   * @param err where it is said that the usual one is not usable
   * @throws IOException if the named one is not there or not usable
   */
  @Nullable LibraryIndex openToFollow(PrintWriter err) throws IOException {
    if (none) {
      return null;
    } else if (file != null) {
      return LibraryIndex.openExisting(file);
    }
    Path usual = DataFolder.index();
    if (Files.notExists(usual)) {
      return null;
    }
    try {
      return LibraryIndex.openExisting(usual);
    } catch (IOException e) {
      warn(err, e);
      return null;
    }
  }

  private static void warn(PrintWriter err, IOException e) {
    err.println("tonearm: warning: " + Text.oneLine(Tonearm.message(e)) + "; going on without");
  }

  /** Whether something is to be heard that the index knows. */
  boolean isHeardAgain() {
    return retryFailed || refresh;
  }

  /**
   * What is to be heard although the index knows it.
   *
   * @param clips whether the answers must tell of clips, which the index does not keep
   */
  Again again(boolean clips) {
    return new Again(retryFailed, refresh, clips);
  }
}
