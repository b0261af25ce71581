package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DataFolderTest {
  @Test
  void theFolderFollowsTheSystem() {
    Path home = Path.of("/home/ann");
    assertThat(DataFolder.of("Linux", Map.of(), home))
        .isEqualTo(Path.of("/home/ann/.local/share/tonearm"));
    assertThat(DataFolder.of("Linux", Map.of("XDG_DATA_HOME", "/data"), home))
        .isEqualTo(Path.of("/data/tonearm"));
    assertThat(DataFolder.of("Linux", Map.of("XDG_DATA_HOME", "data"), home))
        .isEqualTo(Path.of("/home/ann/.local/share/tonearm"));
    assertThat(DataFolder.of("Mac OS X", Map.of("XDG_DATA_HOME", "/data"), home))
        .isEqualTo(Path.of("/home/ann/Library/Application Support/tonearm"));
    assertThat(DataFolder.of("Windows 11", Map.of("LOCALAPPDATA", "/local"), home))
        .isEqualTo(Path.of("/local/tonearm"));
    assertThat(DataFolder.of("Windows 11", Map.of(), home))
        .isEqualTo(Path.of("/home/ann/AppData/Local/tonearm"));
  }
}
