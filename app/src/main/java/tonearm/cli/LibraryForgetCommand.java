package tonearm.cli;

import java.io.IOException;
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
import tonearm.library.Library;
import tonearm.library.Library.Which;
import tonearm.library.LibraryIndex;
import tonearm.terminal.Text;

@Command(
    name = "forget",
    mixinStandardHelpOptions = true,
    description = {
      "Forgets what was heard of files, as if they had never been heard; the files stay as they are.",
      "With --missing or --failed and PATHs: only those of them that lie there."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tonearm library forget ~/Music/podcasts",
      "  tonearm library forget --missing",
      "  tonearm library forget --all --yes"
    })
final class LibraryForgetCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PATH",
      arity = "0..*",
      description = "Files, or folders with all that is below.")
  private List<Path> paths = List.of();

  @ArgGroup private @Nullable Choice choice;

  private static final class Choice {
    @Option(
        names = "--missing",
        description = "Files that are gone; a drive that is not there counts as gone.")
    boolean missing;

    @Option(names = "--failed", description = "Files that could not be heard.")
    boolean failed;

    @Option(names = "--all", description = "Everything; needs --yes.")
    boolean all;
  }

  @Option(names = "--yes", description = "Mean it.")
  private boolean yes;

  @Mixin private IndexOption index;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  LibraryForgetCommand() {}

  @Override
  public Integer call() throws IOException {
    if (choice == null && paths.isEmpty()) {
      throw wrong("which? Name files or folders, or --missing, --failed or --all");
    }
    boolean all = choice != null && choice.all;
    if (all && !paths.isEmpty()) {
      throw wrong("--all and PATHs cannot both say what to forget");
    } else if (all && !yes) {
      throw wrong("--all forgets every song, which may have taken hours to hear: add --yes");
    }
    try (LibraryIndex open = index.open()) {
      long forgotten = new Library(open).forget(paths, which());
      spec.commandLine().getOut().println("forgotten: " + Text.count(forgotten, "file"));
    }
    return Tonearm.OK;
  }

  private Which which() {
    if (choice != null && choice.missing) {
      return Which.MISSING;
    }
    return choice != null && choice.failed ? Which.FAILED : Which.ALL;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
