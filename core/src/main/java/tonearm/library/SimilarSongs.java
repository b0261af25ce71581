package tonearm.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Prediction;
import tonearm.provenance.PathText;

/**
 * The songs of an index that a network takes to be most like one song: highest cosine between
 * embeddings, exact, over every song that the same network has heard. One embedding is in memory at
 * a time, and as many candidates as are asked for.
 *
 * <p>Each content counts once, under the first of its paths that exists; songs that are gone are
 * passed over, and so are copies of the song itself.
 */
public final class SimilarSongs {
  /**
   * A song and how like it is.
   *
   * @param path a file that exists
   * @param similarity cosine, -1 to 1
   * @param genre as the index has it
   * @param confidence of that genre
   * @param durationS length of the sound in seconds
   */
  public record Neighbour(
      Path path, double similarity, String genre, float confidence, double durationS) {}

  /**
   * What was found.
   *
   * @param neighbours the most similar first, of equal ones the one that was heard first
   * @param compared how many embeddings it was compared with, its own and those of songs that are
   *     gone among them
   * @param copies other files that are there with the song's own content, which are left out
   */
  public record Found(List<Neighbour> neighbours, long compared, long copies) {}

  private record Candidate(long answer, String sha256, Path path, double similarity) {
    /** The worst first. */
    static final Comparator<Candidate> ORDER =
        Comparator.comparingDouble(Candidate::similarity)
            .thenComparing(Comparator.comparingLong(Candidate::answer).reversed());
  }

  private final LibraryIndex index;
  private final Hearing hearing;

  /**
   * @param index stays open as long as this is used; closed by the caller
   * @param hearing whose network compares; its sampling does not matter
   */
  public SimilarSongs(LibraryIndex index, Hearing hearing) {
    this.index = index;
    this.hearing = hearing;
  }

  /**
   * Searches the whole index.
   *
   * @param embedding of the song, by the network of the hearing; not all zeros
   * @param sha256 content of the song, whose copies are left out
   * @param song path of the song, which is no copy of itself
   * @param top how many to find, at least 1
   */
  public Found to(float[] embedding, String sha256, Path song, int top) throws IOException {
    if (top < 1) {
      throw new IllegalArgumentException("at least 1 song must be asked for, not " + top);
    }
    double norm = Math.sqrt(dot(embedding, embedding));
    if (!(norm > 0)) {
      throw new IOException("the embedding of the song is empty: nothing is like it");
    }
    return index
        .session()
        .read(
            () -> {
              PriorityQueue<Candidate> best = new PriorityQueue<>(Candidate.ORDER);
              long compared = 0;
              String sql =
                  "SELECT e.answer_id, e.vector FROM embeddings e WHERE e.hearing_id IN (SELECT id FROM"
                      + " hearings WHERE model = ? AND network = ?)";
              try (PreparedStatement statement =
                      index
                          .session()
                          .ownStatement(sql, List.of(hearing.model(), hearing.network()));
                  ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                  float[] other = StoredAnswers.floats(row.getBytes(2));
                  if (other.length != embedding.length) {
                    throw new IOException(
                        "the index has embeddings of %d and of %d numbers for %s"
                            .formatted(embedding.length, other.length, hearing.model()));
                  }
                  compared++;
                  double length = norm * Math.sqrt(dot(other, other));
                  double cosine = length > 0 ? dot(embedding, other) / length : 0;
                  offer(best, top, row.getLong(1), cosine, sha256);
                }
              }
              return new Found(neighbours(best), compared, copies(sha256, song));
            });
  }

  private void offer(PriorityQueue<Candidate> best, int top, long answer, double cosine, String own)
      throws IOException {
    Candidate worst = best.peek();
    if (best.size() == top && worst != null && cosine <= worst.similarity()) {
      return;
    }
    // Seldom: of n songs in any order, about top * ln(n / top) come as far as this.
    String sha256 = content(answer);
    Path path = sha256.equals(own) ? null : Library.living(index, sha256);
    if (path == null) {
      return;
    }
    Candidate candidate = new Candidate(answer, sha256, path, cosine);
    // Heard whole and in excerpts, a song has two embeddings; the better one counts.
    Candidate same =
        best.stream().filter(other -> other.sha256().equals(sha256)).findAny().orElse(null);
    if (same != null) {
      if (Candidate.ORDER.compare(candidate, same) > 0) {
        best.remove(same);
        best.add(candidate);
      }
      return;
    }
    best.add(candidate);
    if (best.size() > top) {
      best.remove();
    }
  }

  private String content(long answer) throws IOException {
    return index
        .session()
        .read(
            () -> {
              PreparedStatement find =
                  index.session().statement("SELECT sha256 FROM answers WHERE id = ?", answer);
              try (ResultSet row = find.executeQuery()) {
                return row.next() ? row.getString(1) : "";
              }
            });
  }

  private List<Neighbour> neighbours(PriorityQueue<Candidate> best) throws IOException {
    List<Candidate> sorted = new ArrayList<>(best);
    sorted.sort(Candidate.ORDER.reversed());
    List<Neighbour> neighbours = new ArrayList<>();
    for (Candidate candidate : sorted) {
      Neighbour neighbour = neighbour(candidate);
      if (neighbour != null) {
        neighbours.add(neighbour);
      }
    }
    return neighbours;
  }

  private @Nullable Neighbour neighbour(Candidate candidate) throws IOException {
    return index
        .session()
        .find(
            Set.of(),
            () -> {
              PreparedStatement find =
                  index
                      .session()
                      .statement(
                          "SELECT a.status, a.probabilities, a.duration_s, a.clips, a.warnings, a.error,"
                              + " h.model, a.genre FROM answers a JOIN hearings h ON h.id = a.hearing_id WHERE a.id"
                              + " = ?",
                          candidate.answer());
              try (ResultSet row = find.executeQuery()) {
                if (!row.next()) {
                  return null;
                }
                Prediction said = Rows.prediction(candidate.path().toString(), row);
                return said.genre() == null || said.confidence() == null || said.durationS() == null
                    ? null
                    : new Neighbour(
                        candidate.path(),
                        candidate.similarity(),
                        said.genre(),
                        said.confidence(),
                        said.durationS());
              }
            });
  }

  private long copies(String sha256, Path song) throws IOException {
    String own = PathText.of(PathText.absolute(song));
    return index
        .session()
        .read(
            () -> {
              PreparedStatement find =
                  index
                      .session()
                      .statement(
                          "SELECT path FROM files WHERE sha256 = ? AND path <> ?", sha256, own);
              long count = 0;
              try (ResultSet row = find.executeQuery()) {
                while (row.next()) {
                  count += Files.exists(PathText.path(row.getString(1))) ? 1 : 0;
                }
              }
              return count;
            });
  }

  /** In double precision, so that the order does not hang on the order of the additions. */
  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
