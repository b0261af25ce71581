package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tonearm.eval.GenreOrder;

class ScoreTableTest {
  @Test
  void doubtfulNamesAreToldWithBetterOnes() {
    GenreOrder order = new GenreOrder(List.of("jazz", "blues", "rock"), 0.8, 0.5, -0.25, 4, 6);
    assertThat(ScoreTable.ofOrder(order).lines())
        .containsExactly(
            "Under its names for the genres the published run's errors correlate with this run's by"
                + " -0.25; of 5 other orders of the names 4 do better.",
            "Best is 0.80, the next 0.50: jazz,blues,rock");
  }

  @Test
  void namesThatAreTheBestAreNotDoubted() {
    GenreOrder order = new GenreOrder(List.of("blues", "jazz", "rock"), 0.8, 0.5, 0.8, 0, 6);
    assertThat(ScoreTable.ofOrder(order).lines())
        .hasSize(2)
        .first()
        .asString()
        .endsWith("of 5 other orders of the names 0 do better.");
    assertThat(ScoreTable.ofOrder(order)).contains("The next has 0.50.");
  }
}
