package tonearm.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparedDatasetTest {
  @TempDir Path folder;

  private void index(String text) throws IOException {
    Files.writeString(folder.resolve("tracks.csv"), text);
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> PreparedDataset.open(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message);
  }

  @Test
  void whatIsMissingIsSaid() throws IOException {
    assertThatThrownBy(() -> PreparedDataset.open(folder.resolve("none")))
        .hasMessageContaining("none: no such folder");
    Path song = Files.writeString(folder.resolve("song.mp3"), "");
    assertThatThrownBy(() -> PreparedDataset.open(song))
        .hasMessage(song + " is a file; the folder of a prepared dataset is expected");
    assertRefused("is not a prepared dataset: it has no tracks.csv");
    index("track,genre,status\na,jazz,error\n");
    assertRefused("has no usable track");
    index("track,genre\na,jazz\n");
    assertRefused("it has no dataset.json");
    index("");
    assertRefused("tracks.csv, line 1 is not CSV");
    index("track,genre\na,jazz\n");
    Files.writeString(
        folder.resolve("dataset.json"), "{\"tracks\": 1, \"failed\": 0, \"duplicates\": 0}");
    assertRefused("\"features\" or \"genres\" is missing");
  }

  @Test
  void theArchivesOwnIndexOpensWithoutADescription() throws IOException {
    index("track,genre,duplicate_of,has_spectrogram\na,jazz,,1\nb,jazz,,0\n");
    PreparedDataset dataset = PreparedDataset.open(folder);
    assertThat(dataset.features().name()).isEqualTo("gtzan-archive");
    assertThat(dataset.catalog().usable()).extracting(Track::track).containsExactly("a");
    assertThatThrownBy(() -> dataset.spectrogram(dataset.catalog().usable().get(0)))
        .hasMessageContaining("a.png: the picture is missing");
    assertThatThrownBy(dataset::digest).hasMessageContaining("a.png: the picture is missing");
  }
}
