package tonearm.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tonearm.library.Library;
import tonearm.library.LibraryFilter;
import tonearm.library.LibraryIndex;

@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the songs of an index with what was last said of them, sorted by path.",
      "For a file, see tonearm library export."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tonearm library list --genre jazz,blues --min-confidence 0.7",
      "  tonearm library list --failed",
      "  tonearm library list --under ~/Music/new --since 7d --json"
    })
final class LibraryListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private FilterOptions filter;
  @Mixin private IndexOption index;
  @ArgGroup private @Nullable Format format;

  private static final class Format {
    @Option(names = "--json", description = "One JSON object a line.")
    boolean json;

    @Option(names = "--csv", description = "Comma-separated values (RFC 4180), one row a song.")
    boolean csv;
  }

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  LibraryListCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (LibraryIndex open = index.open()) {
      Library library = new Library(open);
      LibraryFormat written = written(library);
      LibraryFilter wanted = filter.filter(library);
      int songs =
          new AnswerOutput(null, spec.commandLine().getOut())
              .write(
                  text -> {
                    int[] count = new int[1];
                    text.add(written.header());
                    library.forEach(
                        wanted,
                        song -> {
                          text.add(written.format(song));
                          count[0]++;
                        });
                    return count[0];
                  });
      if (songs == 0) {
        spec.commandLine().getErr().println("tonearm: nothing in " + index.path() + " fits");
      }
      return Tonearm.OK;
    }
  }

  private LibraryFormat written(Library library) throws IOException {
    if (format != null && format.json) {
      return LibraryFormat.json();
    }
    return format != null && format.csv
        ? LibraryFormat.csv(library.genres())
        : LibraryFormat.table();
  }
}
