package tonearm.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.library.LibraryIndex.FileState;
import tonearm.library.SimilarSongs.Found;
import tonearm.library.SimilarSongs.Neighbour;
import tonearm.provenance.Digest;

/** The nearest songs, compared with a plain search over all. */
class SimilarSongsTest {
  private static final int LENGTH = 16;

  @TempDir private Path folder;

  private static String sha(String content) {
    return Digest.ofBytes(content.getBytes(StandardCharsets.UTF_8));
  }

  private Path put(
      LibraryIndex index, Hearing hearing, String name, String content, float[] embedding)
      throws IOException {
    Path file = Files.writeString(folder.resolve(name), content);
    index.putFile(file, new FileState(1, 1), sha(content));
    index.putAnswer(hearing, sha(content), TestHearings.answer(name, "jazz", 0.6f), embedding);
    return file;
  }

  private static double cosine(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
  }

  @Test
  void theyAreThoseOfAPlainSearch() throws IOException {
    long seed = new Random().nextLong();
    float[] query = TestHearings.embedding(seed, LENGTH);
    List<Neighbour> expected = new ArrayList<>();
    try (LibraryIndex index = LibraryIndex.open(folder.resolve("library.db"))) {
      for (int i = 0; i < 150; i++) {
        float[] other = TestHearings.embedding(seed + 1 + i, LENGTH);
        Path file = put(index, TestHearings.WHOLE, "song" + i, "song" + i, other);
        expected.add(new Neighbour(file, cosine(query, other), "jazz", 0.6f, 200.5));
      }
      expected.sort(Comparator.comparingDouble(Neighbour::similarity).reversed());
      for (int top : new int[] {1, 10, 150, 1000}) {
        Found found =
            new SimilarSongs(index, TestHearings.EXCERPT)
                .to(query, sha("query"), Path.of("query"), top);
        assertThat(found.compared()).isEqualTo(150);
        assertThat(found.copies()).isZero();
        assertThat(found.neighbours())
            .as("the first %d with seed %d", top, seed)
            .extracting(Neighbour::path)
            .isEqualTo(
                expected.subList(0, Math.min(top, 150)).stream().map(Neighbour::path).toList());
        assertThat(found.neighbours().get(0).similarity())
            .isCloseTo(expected.get(0).similarity(), within(1e-12));
      }
    }
  }

  @Test
  void copiesGoneSongsAndOtherNetworksAreLeftOut() throws IOException {
    float[] query = TestHearings.embedding(1, LENGTH);
    float[] near = query.clone();
    near[0] += 0.1f;
    float[] far = TestHearings.embedding(2, LENGTH);
    try (LibraryIndex index = LibraryIndex.open(folder.resolve("library.db"))) {
      Path song = put(index, TestHearings.WHOLE, "song", "song", query);
      put(index, TestHearings.WHOLE, "copy", "song", query);
      Path nearOne = put(index, TestHearings.WHOLE, "near", "near", near);
      put(index, TestHearings.WHOLE, "near copy", "near", near);
      // Heard in excerpts too, where it comes out farther off: it is still one song.
      put(index, TestHearings.EXCERPT, "near", "near", far);
      Path farOne = put(index, TestHearings.WHOLE, "far", "far", far);
      Files.delete(put(index, TestHearings.WHOLE, "gone", "gone", query));
      put(index, TestHearings.OTHER, "other", "other", query);

      Found found = new SimilarSongs(index, TestHearings.WHOLE).to(query, sha("song"), song, 10);

      assertThat(found.neighbours()).extracting(Neighbour::path).containsExactly(nearOne, farOne);
      assertThat(found.copies()).isEqualTo(1);
      assertThat(index.embedding(TestHearings.WHOLE, sha("near"))).containsExactly(near);
      assertThatThrownBy(
              () ->
                  new SimilarSongs(index, TestHearings.WHOLE)
                      .to(new float[LENGTH], sha("x"), song, 10))
          .hasMessageContaining("empty");
    }
  }
}
