package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tonearm.report.Comparison;
import tonearm.report.Comparison.NamedRun;

/** What docs/REPRODUCTION.md says of runs is what their files give. */
class ReproductionTablesTest {
  private static final Path DOCS = Path.of("../docs").toAbsolutePath().normalize();
  private static final Path RUNS = DOCS.resolve("runs");

  private static List<String> rows(String... labelled) throws IOException {
    List<NamedRun> runs = new ArrayList<>();
    for (int i = 0; i < labelled.length; i += 2) {
      runs.add(new NamedRun(labelled[i], RUNS.resolve(labelled[i + 1])));
    }
    String table = Comparison.read(runs).table();
    return table.lines().takeWhile(line -> line.startsWith("|")).toList();
  }

  @Test
  void theTableOfThreeSplitsIsPrintedByTheirComparison() throws IOException {
    assertThat(Files.readAllLines(DOCS.resolve("REPRODUCTION.md")))
        .containsSubsequence(
            rows(
                "split 1", "reference-unet",
                "split 2", "reference-unet-split-2",
                "split 3", "reference-unet-split-3"));
  }

  /** The page shows fewer columns of these; clips and tracks that were held out are among them. */
  @Test
  void whatOtherNetworksGetRightIsInTheirTables() throws IOException {
    String page = Files.readString(DOCS.resolve("REPRODUCTION.md"));
    List<Path> runs = new ArrayList<>(List.of(RUNS.resolve("reference-unet-by-clip")));
    for (String folder :
        List.of("narrow-unet-protocols", "narrow-unet-unregularised", "narrow-unet-ingredients")) {
      runs.addAll(foldersIn(RUNS.resolve(folder)));
    }
    for (Path run : runs) {
      List<String> rows = rows("the run", RUNS.relativize(run).toString());
      String[] heldOut = rows.get(rows.size() - 1).split(" \\| ", -1);
      assertThat(heldOut[2]).as(rows.toString()).isIn("validation", "test");
      assertThat(page).as(run.toString()).contains(Arrays.asList(heldOut).subList(3, 5));
    }
  }

  private static List<Path> foldersIn(Path folder) throws IOException {
    try (var entries = Files.list(folder)) {
      List<Path> folders = entries.filter(Files::isDirectory).sorted().toList();
      assertThat(folders).as(folder.toString()).isNotEmpty();
      return folders;
    }
  }
}
