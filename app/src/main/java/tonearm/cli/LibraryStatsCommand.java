package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tonearm.library.GenreChart;
import tonearm.library.Library;
import tonearm.library.LibraryIndex;
import tonearm.library.LibraryStats;
import tonearm.provenance.Json;
import tonearm.terminal.Text;

@Command(
    name = "stats",
    mixinStandardHelpOptions = true,
    description = "Tells what a library is made of: genres, hours, confidence, failures.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tonearm library stats",
      "  tonearm library stats --under ~/Music/new --plot genres.svg"
    })
final class LibraryStatsCommand implements Callable<Integer> {
  private static final int BAR_WIDTH = 30;

  /** Reasons shown; a damaged disk may have as many as files. */
  private static final int REASONS = 20;

  @Spec private CommandSpec spec;
  @Mixin private FilterOptions filter;
  @Mixin private IndexOption index;

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "Draw the genres too, as .png or .svg.")
  private @Nullable Path plot;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  LibraryStatsCommand() {}

  @Override
  public Integer call() throws IOException {
    if (plot != null && !GenreChart.isPicture(plot)) {
      throw new ParameterException(spec.commandLine(), "--plot draws .png and .svg, not " + plot);
    }
    LibraryStats stats;
    try (LibraryIndex open = index.open()) {
      Library library = new Library(open);
      stats = library.stats(filter.filter(library));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(Json.toText(stats));
    } else {
      print(out, stats);
    }
    out.flush();
    if (plot != null) {
      GenreChart.write(stats, plot);
    }
    return Tonearm.OK;
  }

  /** Hours, or minutes where these would round to little. */
  private static String length(double hours) {
    return hours < 1
        ? String.format(Locale.ROOT, "%.1f min", hours * 60)
        : String.format(Locale.ROOT, "%,.1f h", hours);
  }

  private static void print(PrintWriter out, LibraryStats stats) {
    out.printf(
        Locale.ROOT,
        "%s, %s of sound, mean confidence %.2f%n",
        Text.count(stats.songs(), "song"),
        length(stats.hours()),
        stats.meanConfidence());
    long most = stats.genres().stream().mapToLong(LibraryStats.OfGenre::songs).max().orElse(1);
    int width = stats.genres().stream().mapToInt(g -> g.genre().length()).max().orElse(1);
    for (LibraryStats.OfGenre genre : stats.genres()) {
      String bar = Text.bar((double) genre.songs() / most, BAR_WIDTH);
      out.printf(
          Locale.ROOT,
          "  %-" + width + "s %,9d %5s  %-" + BAR_WIDTH + "s %11s  confidence %.2f%n",
          genre.genre(),
          genre.songs(),
          Text.percent((double) genre.songs() / stats.songs()),
          bar,
          length(genre.hours()),
          genre.meanConfidence());
    }
    if (stats.models().size() > 1) {
      stats.models().forEach((model, songs) -> out.printf("  by %s: %,d%n", model, songs));
    }
    if (stats.failed() > 0) {
      out.println(Text.count(stats.failed(), "file") + " could not be heard");
      stats.failures().entrySet().stream()
          .limit(REASONS)
          .forEach(
              f -> out.printf(Locale.ROOT, "  %,9d  %s%n", f.getValue(), Text.oneLine(f.getKey())));
      if (stats.failures().size() > REASONS) {
        out.printf("  and %d other reasons%n", stats.failures().size() - REASONS);
      }
    }
  }
}
