package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.audio.FormatRoundTrip;
import tonearm.audio.TestFormat;

/** The table of formats in the documents is what encoding and decoding each gives. */
class FormatsDocTest {
  private static final Path PAGE = Path.of("..", "docs", "FORMATS.md");

  /** Encoders compute with what the processor has, so the last dB is not the same everywhere. */
  private static final double TOLERANCE_DB = 1;

  @TempDir private Path folder;

  @Test
  void theTableIsWhatComesBack() throws IOException {
    Map<String, List<String>> rows = new TreeMap<>();
    for (String line : Files.readAllLines(PAGE)) {
      List<String> cells =
          Arrays.stream(line.split("\\|", -1)).map(c -> c.replace("`", "").strip()).toList();
      if (cells.size() == 8 && Arrays.stream(TestFormat.values()).anyMatch(is(cells.get(3)))) {
        rows.put(cells.get(3), cells.subList(3, 7));
      }
    }
    StringBuilder wanted = new StringBuilder();
    boolean same = rows.size() == TestFormat.values().length;
    for (TestFormat format : TestFormat.values()) {
      FormatRoundTrip trip = FormatRoundTrip.of(folder, format);
      wanted.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %s |%n",
              format.muxer(),
              format.encoder(),
              trip.cells().replaceFirst("(\\S+)", "`$1`")));
      List<String> row = rows.get(format.name());
      List<String> cells = Arrays.stream(trip.cells().split("\\|", -1)).map(String::strip).toList();
      same = same && row != null && row.subList(0, 3).equals(cells.subList(0, 3));
      if (row != null && row.get(3).endsWith(" dB")) {
        double documented = Double.parseDouble(row.get(3).replace(" dB", ""));
        assertThat(trip.errorDb()).as("%s", row).isCloseTo(documented, within(TOLERANCE_DB));
      } else {
        same = same && row != null && row.get(3).equals(cells.get(3));
      }
    }
    assertThat(same).as("the rows of docs/FORMATS.md should be%n%s", wanted).isTrue();
  }

  private static java.util.function.Predicate<TestFormat> is(String name) {
    return format -> format.name().equals(name);
  }
}
