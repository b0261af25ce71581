package tonearm.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tonearm.eval.NeighbourPrecision.Item;

/** Precision at k, where it can be worked out by hand, and against a plain sort. */
class NeighbourPrecisionTest {
  private static final Bootstrap BOOTSTRAP = Bootstrap.withSeed(1);

  private static Item item(String track, String genre, int fold, float... embedding) {
    return new Item(track, genre, fold, embedding);
  }

  @Test
  void itIsWhatIsWorkedOutByHand() {
    // Directions at 0, 10, 20, 30 and 90 degrees; lengths do not matter.
    List<Item> items = new ArrayList<>();
    double[] degrees = {0, 10, 21, 33, 90};
    String[] genres = {"jazz", "jazz", "rock", "jazz", "rock"};
    for (int i = 0; i < degrees.length; i++) {
      double radians = Math.toRadians(degrees[i]);
      items.add(
          item(
              "track" + i,
              genres[i],
              0,
              (float) ((i + 1) * Math.cos(radians)),
              (float) ((i + 1) * Math.sin(radians))));
    }

    NeighbourPrecision at1 = NeighbourPrecision.of(items, 1, BOOTSTRAP);
    // 0 -> 10 right, 10 -> 0 right, 21 -> 10 wrong, 33 -> 21 wrong, 90 -> 33 wrong.
    assertThat(at1.precision()).isCloseTo(2 / 5.0, within(1e-12));
    assertThat(at1.perGenre())
        .containsEntry("jazz", new NeighbourPrecision.OfGenre(3, 2 / 3.0, 0.5))
        .containsEntry("rock", new NeighbourPrecision.OfGenre(2, 0, 0.25));
    // A jazz track has 2 others among 4, a rock track 1.
    assertThat(at1.chance()).isCloseTo((3 * 0.5 + 2 * 0.25) / 5, within(1e-12));
    assertThat(at1.precisionInterval().contains(at1.precision())).isTrue();
    assertThat(at1.perGenre().keySet()).containsExactly("jazz", "rock");

    // Among all others, precision is chance.
    NeighbourPrecision at4 = NeighbourPrecision.of(items, 4, BOOTSTRAP);
    assertThat(at4.precision()).isCloseTo(at4.chance(), within(1e-12));
  }

  @Test
  void tracksOfOtherFoldsAreNoNeighbours() {
    List<Item> items = new ArrayList<>();
    for (int fold = 0; fold < 2; fold++) {
      // In the other fold the two genres have changed places.
      for (int i = 0; i < 4; i++) {
        boolean first = i < 2;
        String genre = first == (fold == 0) ? "jazz" : "rock";
        items.add(item("t" + i, genre, fold, first ? 1 : 0, first ? 0 : 1, 0.01f * i));
      }
    }
    NeighbourPrecision precision = NeighbourPrecision.of(items, 1, BOOTSTRAP);
    assertThat(precision.precision()).isEqualTo(1);
    assertThat(precision.folds()).isEqualTo(2);
    assertThat(precision.tracks()).isEqualTo(8);
    assertThat(precision.chance()).isCloseTo(1 / 3.0, within(1e-12));
  }

  @Test
  void embeddingsWithoutMeaningGiveChance() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      float[] embedding = new float[8];
      for (int j = 0; j < embedding.length; j++) {
        embedding[j] = (float) random.nextGaussian();
      }
      items.add(new Item("t" + i, "genre" + i % 3, 0, embedding));
    }
    NeighbourPrecision precision = NeighbourPrecision.of(items, 10, BOOTSTRAP);
    assertThat(precision.precision())
        .as("with seed %d", seed)
        .isCloseTo(precision.chance(), within(0.05));
  }

  @Test
  void whatCannotBeMeasuredIsRefused() {
    List<Item> two = List.of(item("a", "jazz", 0, 1), item("b", "jazz", 0, 1));
    assertThatThrownBy(() -> NeighbourPrecision.of(two, 2, BOOTSTRAP))
        .hasMessageContaining("fold 0 has 2 tracks, too few for 2 neighbours");
    assertThatThrownBy(() -> NeighbourPrecision.of(two, 0, BOOTSTRAP))
        .hasMessageContaining("not 0");
    assertThatThrownBy(() -> NeighbourPrecision.of(List.of(), 1, BOOTSTRAP))
        .hasMessageContaining("no tracks");
    List<Item> empty = List.of(item("a", "jazz", 0, 1), item("b", "jazz", 0, 0));
    assertThatThrownBy(() -> NeighbourPrecision.of(empty, 1, BOOTSTRAP))
        .hasMessageContaining("embedding of b");
    List<Item> uneven = List.of(item("a", "jazz", 0, 1), item("b", "jazz", 0, 1, 2));
    assertThatThrownBy(() -> NeighbourPrecision.of(uneven, 1, BOOTSTRAP))
        .hasMessageContaining("2 numbers");
  }
}
