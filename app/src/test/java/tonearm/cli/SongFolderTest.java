package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That every song has a place of its own. */
class SongFolderTest {
  @TempDir private Path music;

  @Test
  void songsKeepTheirFoldersAndWholeNames() {
    SongFolder places = new SongFolder(Path.of("out"), List.of(music));

    assertThat(places.file(music.resolve("a/song.mp3"), ".png"))
        .isEqualTo(Path.of("out/a/song.mp3.png"));
    assertThat(places.file(music.resolve("file:x.mp3"), ".png"))
        .isEqualTo(Path.of("out/file:x.mp3.png"));
  }

  @Test
  void namesThatAreNoTextAreSpeltOut() {
    Path acute;
    Path grave;
    try {
      acute = Path.of(URI.create(music.toUri() + "caf%E9.mp3"));
      grave = Path.of(URI.create(music.toUri() + "caf%E8.mp3"));
    } catch (InvalidPathException e) {
      assumeTrue(false, "this file system has no such names");
      return;
    }
    SongFolder places = new SongFolder(Path.of("out"), List.of(music));

    assertThat(places.file(acute, ".jams").toString())
        .matches("out/caf%E9\\.mp3~[0-9a-f]{8}\\.jams");
    assertThat(places.file(grave, ".jams").toString())
        .matches("out/caf%E8\\.mp3~[0-9a-f]{8}\\.jams");
    // Nor is it the place of a song that is called what another is spelt like.
    assertThat(places.file(music.resolve("caf%E9.mp3"), ".jams"))
        .isEqualTo(Path.of("out/caf%E9.mp3.jams"));
  }
}
