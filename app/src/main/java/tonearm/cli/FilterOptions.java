package tonearm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import tonearm.eval.Prediction;
import tonearm.library.Library;
import tonearm.library.LibraryFilter;

/** Which songs of an index; the same words for every command that asks. All hold together. */
final class FilterOptions {
  @Option(
      names = "--genre",
      paramLabel = "GENRE",
      split = ",",
      description = "Songs of this genre, or unknown; several with commas.")
  private List<String> genres = List.of();

  @Option(
      names = "--min-confidence",
      paramLabel = "X",
      description = "Songs whose genre is at least this probable, 0 to 1.")
  private @Nullable Double minConfidence;

  @Option(
      names = "--max-confidence",
      paramLabel = "X",
      description = "Songs whose genre is at most this probable, 0 to 1.")
  private @Nullable Double maxConfidence;

  @Option(
      names = "--since",
      paramLabel = "DATE|7d",
      converter = Since.class,
      description =
          "Heard since a date (2026-01-31), or in the last days, hours, weeks (7d, 12h, 2w).")
  private @Nullable Instant since;

  @Option(names = "--under", paramLabel = "DIR", description = "In this folder or below.")
  private List<Path> under = List.of();

  @Option(names = "--failed", description = "Files that could not be heard.")
  private boolean failed;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "What the model of this name said. Default: what was said last.")
  private @Nullable String model;

  /** With the genres as this library writes them: who asks for Jazz means its jazz. */
  LibraryFilter filter(Library library) throws IOException {
    LibraryFilter asked =
        new LibraryFilter(genres, minConfidence, maxConfidence, since, under, failed, model);
    if (genres.isEmpty()) {
      return asked;
    }
    List<String> known = new ArrayList<>(library.genres());
    known.add(Prediction.UNKNOWN);
    return asked.withGenres(
        genres.stream().flatMap(genre -> asWritten(genre, known)).distinct().toList());
  }

  /** Two genres that differ in case alone are told apart by whoever writes one exactly. */
  private static Stream<String> asWritten(String genre, List<String> known) {
    List<String> alike = known.stream().filter(genre::equalsIgnoreCase).toList();
    return alike.isEmpty() || alike.contains(genre) ? Stream.of(genre) : alike.stream();
  }

  /** A date, a date and time, or how long ago. */
  static final class Since implements ITypeConverter<Instant> {
    private static final Pattern AGO = Pattern.compile("(\\d{1,6})([hdw])");

    @Override
    public Instant convert(String text) {
      return since(text, Instant.now(), ZoneId.systemDefault());
    }

    static Instant since(String text, Instant now, ZoneId zone) {
      Matcher ago = AGO.matcher(text);
      if (ago.matches()) {
        long count = Long.parseLong(ago.group(1));
        return now.minus(
            switch (ago.group(2)) {
              case "h" -> Duration.ofHours(count);
              case "d" -> Duration.ofDays(count);
              default -> Duration.ofDays(7 * count);
            });
      }
      try {
        return text.contains("T")
            ? LocalDateTime.parse(text).atZone(zone).toInstant()
            : LocalDate.parse(text).atStartOfDay(zone).toInstant();
      } catch (DateTimeException e) {
        throw new TypeConversionException(
            "'" + text + "' is neither a date (2026-01-31) nor how long ago (7d, 12h, 2w)");
      }
    }
  }
}
