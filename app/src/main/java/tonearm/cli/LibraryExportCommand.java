package tonearm.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tonearm.library.Library;
import tonearm.library.LibraryFilter;
import tonearm.library.LibraryIndex;
import tonearm.library.LibraryStats;
import tonearm.library.Playlist;
import tonearm.provenance.AtomicFiles;
import tonearm.terminal.Text;

@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = "Writes the songs of an index to files: a playlist for each genre, JSON or CSV.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tonearm library export --m3u8 playlists --min-confidence 0.7",
      "  tonearm library export --csv -o library.csv"
    })
final class LibraryExportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private FilterOptions filter;
  @Mixin private IndexOption index;

  @ArgGroup(multiplicity = "1")
  private Form form;

  private static final class Form {
    @Option(
        names = "--m3u8",
        paramLabel = "DIR",
        description =
            "A playlist for each genre into this folder; those of that name are replaced.")
    @Nullable Path playlists;

    @Option(names = "--json", description = "One JSON object a line.")
    boolean json;

    @Option(names = "--csv", description = "Comma-separated values (RFC 4180), one row a song.")
    boolean csv;
  }

  @Option(
      names = "--relative",
      description = "Paths in playlists relative to their folder. Default: absolute.")
  private boolean relative;

  @Option(
      names = "-o",
      paramLabel = "FILE",
      description = "Write JSON or CSV to FILE, whole or not at all, instead of to stdout.")
  private @Nullable Path output;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  LibraryExportCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = form.playlists;
    if (folder != null && output != null) {
      throw new ParameterException(
          spec.commandLine(), "playlists go into the folder of --m3u8, not to -o");
    } else if (folder == null && relative) {
      throw new ParameterException(spec.commandLine(), "--relative is for --m3u8");
    }
    Overwriting.requireNoSound(spec, "-o", output);
    try (LibraryIndex open = index.open()) {
      Library library = new Library(open);
      return folder == null || form.json || form.csv ? rows(library) : playlists(library, folder);
    }
  }

  private int rows(Library library) throws IOException, InterruptedException {
    LibraryFilter wanted = filter.filter(library);
    LibraryFormat written = form.json ? LibraryFormat.json() : LibraryFormat.csv(library.genres());
    return new AnswerOutput(output, spec.commandLine().getOut())
        .write(
            text -> {
              text.add(written.header());
              library.forEach(wanted, song -> text.add(written.format(song)));
              return Tonearm.OK;
            });
  }

  private int playlists(Library library, Path folder) throws IOException {
    LibraryFilter wanted = filter.filter(library);
    if (wanted.failed()) {
      throw new ParameterException(
          spec.commandLine(), "files that could not be heard have no genre, so no playlist");
    }
    AtomicFiles.createFolders(folder);
    LibraryStats stats = library.stats(wanted);
    int status = Tonearm.OK;
    Map<String, String> names =
        Playlist.fileNames(stats.genres().stream().map(LibraryStats.OfGenre::genre).toList());
    for (LibraryStats.OfGenre genre : stats.genres()) {
      Path file = folder.resolve(names.get(genre.genre()));
      long left = playlist(library, wanted.withGenres(List.of(genre.genre())), file);
      spec.commandLine().getOut().println(file + "  " + Text.count(genre.songs() - left, "song"));
      status = left > 0 ? Tonearm.FAILED : status;
    }
    if (stats.genres().isEmpty()) {
      spec.commandLine().getErr().println("tonearm: nothing in " + index.path() + " fits");
    }
    return status;
  }

  /** Writes one; tells how many songs it cannot name. */
  private long playlist(Library library, LibraryFilter songs, Path file) throws IOException {
    // Where it really lies: ".." in a playlist is that of the folder, not of a link to it.
    Path base = relative ? file.toAbsolutePath().resolveSibling("").toRealPath() : null;
    long[] left = new long[1];
    AtomicFiles.write(
        file,
        out -> {
          out.write(Playlist.HEADER.getBytes(StandardCharsets.UTF_8));
          library.forEach(
              songs,
              song -> {
                Double seconds = song.durationS();
                String lines = Playlist.lines(song.file(), seconds == null ? 0 : seconds, base);
                if (lines == null) {
                  left[0]++;
                  spec.commandLine()
                      .getErr()
                      .printf(
                          "tonearm: %s: a playlist cannot name it: its name has a line break or is"
                              + " no text%n",
                          Text.oneLine(song.path()));
                } else {
                  out.write(lines.getBytes(StandardCharsets.UTF_8));
                }
              });
        });
    return left[0];
  }
}
