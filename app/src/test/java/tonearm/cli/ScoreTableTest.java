package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tonearm.eval.GenreOrder;

class ScoreTableTest {
  private static final List<String> OTHER = List.of("jazz", "blues", "rock");

  @Test
  void namesThatFitWorseThanManyAreToldWithTheBest() {
    GenreOrder order = new GenreOrder(OTHER, 0.8, 0.5, -0.25, 4, 6);
    GenreOrder heldOut = new GenreOrder(OTHER, 0.7, 0.4, -0.5, 5, 6);
    assertThat(ScoreTable.ofOrder(order, heldOut).lines())
        .containsExactly(
            "Under its names for the genres the published run's errors correlate with this run's by"
                + " -0.25; 4 of 5 other orders of the names do better, 80.00 %.",
            "By the clips alone that both hold out it is -0.50; 5 of 5 other orders of the names do"
                + " better, 100.00 %.",
            "The best of all has 0.80, the next 0.50; by classes: jazz,blues,rock");
  }

  @Test
  void ofNamesThatFitNoOthersAreTold() {
    GenreOrder order = new GenreOrder(OTHER, 0.8, 0.5, 0.6, 9, 5040);
    assertThat(ScoreTable.ofOrder(order, null))
        .hasLineCount(1)
        .endsWith("9 of 5,039 other orders of the names do better, 0.18 %%.%n".formatted());
  }
}
