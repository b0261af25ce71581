package tonearm.library;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tonearm.provenance.Digest;

/** Writes songs into an index until it is killed, and prints how many are committed. */
public final class ForkedWriter {
  private ForkedWriter() {}

  /** Arguments: the index, and a number that makes its songs differ from those of other runs. */
  public static void main(String[] args) throws Exception {
    try (LibraryIndex index = LibraryIndex.open(Path.of(args[0]))) {
      for (int song = 0; song < 1_000_000; song++) {
        String name = "/music/" + args[1] + "/" + song;
        String sha256 = Digest.ofBytes(name.getBytes(StandardCharsets.UTF_8));
        index.putFile(Path.of(name), new LibraryIndex.FileState(song, song), sha256);
        index.putAnswer(
            TestHearings.WHOLE,
            sha256,
            TestHearings.answer(name, "jazz", 0.5f),
            TestHearings.embedding(song, 512));
        if (song % 20 == 19) {
          index.flush();
          System.out.println(song + 1);
        }
      }
    }
  }
}
