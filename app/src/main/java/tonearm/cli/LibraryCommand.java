package tonearm.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "library",
    mixinStandardHelpOptions = true,
    description = {
      "Looks into the index of what was heard, which tonearm classify -r keeps.",
      "Nothing is heard here, and no music file is touched."
    },
    subcommands = {
      LibraryListCommand.class,
      LibraryStatsCommand.class,
      LibraryExportCommand.class,
      LibraryForgetCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tonearm library list --genre jazz --min-confidence 0.7 --since 7d",
      "  tonearm library stats --plot genres.png",
      "  tonearm library export --m3u8 playlists",
      "  tonearm library forget --missing"
    })
final class LibraryCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  LibraryCommand() {}

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "which of them? There are "
            + String.join(", ", spec.subcommands().keySet().stream().sorted().toList()));
  }
}
