package tonearm.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The song that lies in the repository is there to be heard. */
class SampleSongTest {
  private static final Path SONG = Path.of("../samples/twelve-bar-blues.mp3");

  @Test
  void theSampleSongPlaysFromBeginningToEnd() throws IOException {
    assertThat(Files.size(SONG)).isLessThan(600_000);
    Heard heard = Heard.of(SONG, 22050);
    assertThat(heard.warnings()).isEmpty();
    assertThat(heard.samples().length).isEqualTo(32 * 22050);
    // Music in every two seconds of it, and nowhere clipped.
    for (int start = 0; start < heard.samples().length; start += 2 * 22050) {
      double power = 0;
      for (int i = start; i < start + 2 * 22050; i++) {
        assertThat(Math.abs(heard.samples()[i])).isLessThan(1);
        power += (double) heard.samples()[i] * heard.samples()[i];
      }
      assertThat(Math.sqrt(power / (2 * 22050)))
          .as("second %d", start / 22050)
          .isGreaterThan(0.005);
    }
  }
}
