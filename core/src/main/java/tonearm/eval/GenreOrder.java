package tonearm.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * How well the names of a confusion matrix's classes fit, told by what is confused.
 *
 * <p>Networks that learnt the same music tend to take the same genres for each other. Every order
 * of the names is tried, and each is worth the correlation (Pearson's) between the square roots of
 * the confusion rates of both, the diagonal left out. A rate is a share of the true genre; its root
 * keeps the few large confusions from deciding alone.
 *
 * <p>What counts is the rank of an order that was known before. The best of millions is high by
 * chance and no more than a candidate: of two networks whose names are right, too, another order
 * may fit a little better. Among equal orders rounding decides which is the best.
 *
 * @param likeliest the order of the names under which the errors go together best
 * @param correlation how well they do, -1 to 1
 * @param next the correlation of the second-best order
 * @param asNamed that of the names as they stand
 * @param better how many orders are worth more than the names as they stand
 * @param orders how many there are
 */
public record GenreOrder(
    List<String> likeliest,
    double correlation,
    double next,
    double asNamed,
    int better,
    int orders) {
  /** Ten genres have 3.6 million orders, a second's work; eleven would have 40 million. */
  private static final int MOST_GENRES = 10;

  public GenreOrder {
    likeliest = List.copyOf(likeliest);
  }

  /** Whether more than 1 % of all orders are worth more than the names as they stand. */
  public boolean isDoubtful() {
    return better > 0.01 * orders;
  }

  /**
   * Tries all orders.
   *
   * @param doubted whose names are in question
   * @param known of the same genres, in any order, whose names are right
   * @return empty if the genres differ, are fewer than 3 or more than {@value #MOST_GENRES}, if one
   *     of them does not occur, or if all confusions of one matrix are alike, such as none
   */
  public static Optional<GenreOrder> of(ConfusionMatrix doubted, ConfusionMatrix known) {
    List<String> names = doubted.genres();
    int n = names.size();
    boolean isSame = Set.copyOf(names).equals(Set.copyOf(known.genres()));
    if (n < 3 || n > MOST_GENRES || !isSame || !hasAll(doubted) || !hasAll(known)) {
      return Optional.empty();
    }
    double[][] ours = standardised(known);
    double[][] named = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        named[i][j] =
            ours[known.genres().indexOf(names.get(i))][known.genres().indexOf(names.get(j))];
      }
    }
    double[][] theirs = standardised(doubted);
    if (Double.isNaN(theirs[0][1]) || Double.isNaN(named[0][1])) {
      return Optional.empty();
    }
    return Optional.of(new Search(theirs, named).result(names));
  }

  private static boolean hasAll(ConfusionMatrix confusion) {
    return IntStream.range(0, confusion.genres().size()).allMatch(g -> confusion.support(g) > 0);
  }

  /** Roots of the rates off the diagonal, with a mean of 0 and a mean square of 1. */
  private static double[][] standardised(ConfusionMatrix confusion) {
    double[][] rates = confusion.rowNormalised();
    int n = rates.length;
    int count = n * (n - 1);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        rates[i][j] = i == j ? 0 : Math.sqrt(rates[i][j]);
        sum += rates[i][j];
        squares += rates[i][j] * rates[i][j];
      }
    }
    double mean = sum / count;
    double deviation = Math.sqrt(squares / count - mean * mean);
    for (double[] row : rates) {
      for (int j = 0; j < n; j++) {
        row[j] = deviation > 1e-9 ? (row[j] - mean) / deviation : Double.NaN;
      }
    }
    return rates;
  }

  /** Places class after class; what the placed ones are worth together is carried along. */
  private static final class Search {
    private final double[][] theirs;
    private final double[][] named;
    private final int n;
    private final int[] order;
    private final double asNamed;
    private int[] best = {};
    private double first = Double.NEGATIVE_INFINITY;
    private double second = Double.NEGATIVE_INFINITY;
    private int better;
    private int orders;

    Search(double[][] theirs, double[][] named) {
      this.theirs = theirs;
      this.named = named;
      n = theirs.length;
      order = new int[n];
      double sum = 0;
      for (int i = 0; i < n; i++) {
        order[i] = i;
        sum += added(i, i);
      }
      asNamed = sum;
    }

    GenreOrder result(List<String> names) {
      place(0, 0, 0);
      List<String> likeliest = new ArrayList<>();
      for (int genre : best) {
        likeliest.add(names.get(genre));
      }
      int pairs = n * (n - 1);
      return new GenreOrder(
          likeliest, first / pairs, second / pairs, asNamed / pairs, better, orders);
    }

    private void place(int count, int taken, double sum) {
      if (count == n) {
        judge(sum);
        return;
      }
      for (int genre = 0; genre < n; genre++) {
        if ((taken & 1 << genre) == 0) {
          order[count] = genre;
          place(count + 1, taken | 1 << genre, sum + added(count, genre));
        }
      }
    }

    /** What class {@code index} is worth as this genre beside the classes before it. */
    private double added(int index, int genre) {
      double sum = 0;
      for (int other = 0; other < index; other++) {
        sum +=
            theirs[index][other] * named[genre][order[other]]
                + theirs[other][index] * named[order[other]][genre];
      }
      return sum;
    }

    private void judge(double sum) {
      orders++;
      // Sums of the same terms: the order as named comes by here too, and is not above itself.
      if (sum > asNamed + 1e-9) {
        better++;
      }
      if (sum > first) {
        second = first;
        first = sum;
        best = order.clone();
      } else if (sum > second) {
        second = sum;
      }
    }
  }
}
