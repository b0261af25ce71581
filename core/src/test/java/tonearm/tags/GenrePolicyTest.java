package tonearm.tags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tonearm.tags.GenrePolicy.Decision;
import tonearm.tags.GenrePolicy.Mode;
import tonearm.tags.GenrePolicy.Outcome;

/** What becomes of a file's genres. */
class GenrePolicyTest {
  private static final Map<String, Float> ANSWER =
      Map.of("hiphop", 0.7f, "rock", 0.2f, "jazz", 0.1f);

  private static TagState state(List<String> values, List<String> elsewhere) {
    return new TagState(
        Path.of("x"), TagField.GENRE, "MP3", values, elsewhere, 1, FileTime.fromMillis(0));
  }

  private static Decision decide(Mode mode, double least, int top, String... values) {
    GenrePolicy policy = new GenrePolicy(mode, least, top, new Spelling(Map.of("jazz", "Jass")));
    return policy.decide(state(List.of(values), List.of()), ANSWER);
  }

  @Test
  void aGenreThatIsThereIsKept() {
    assertThat(decide(Mode.KEEP, 0.5, 1, "Soul"))
        .isEqualTo(new Decision(Outcome.KEPT, List.of("Soul")));
    assertThat(decide(Mode.KEEP, 0.5, 1))
        .isEqualTo(new Decision(Outcome.CHANGE, List.of("Hip-Hop")));
    GenrePolicy policy = new GenrePolicy(Mode.KEEP, 0.5, 1, new Spelling(Map.of()));
    assertThat(policy.needsAnswer(state(List.of(), List.of("Jazz")))).isFalse();
  }

  @Test
  void anAnswerReplacesOrIsAdded() {
    assertThat(decide(Mode.REPLACE, 0.5, 1, "Soul").values()).containsExactly("Hip-Hop");
    assertThat(decide(Mode.REPLACE, 0.5, 1, "Hip-Hop").outcome()).isEqualTo(Outcome.SAME);
    assertThat(decide(Mode.APPEND, 0.5, 1, "Soul").values()).containsExactly("Soul", "Hip-Hop");
    assertThat(decide(Mode.APPEND, 0.5, 1, "hip-hop"))
        .isEqualTo(new Decision(Outcome.SAME, List.of("hip-hop")));
    assertThat(decide(Mode.APPEND, 0, 3, "ROCK").values())
        .containsExactly("ROCK", "Hip-Hop", "Jass");
  }

  @Test
  void onlyWhatIsProbableEnoughIsWritten() {
    assertThat(decide(Mode.REPLACE, 0.71, 3, "Soul"))
        .isEqualTo(new Decision(Outcome.UNSURE, List.of("Soul")));
    assertThat(decide(Mode.REPLACE, 0.7, 3).values()).containsExactly("Hip-Hop");
    assertThat(decide(Mode.REPLACE, 0.1, 2).values()).containsExactly("Hip-Hop", "Rock");
    assertThatThrownBy(() -> decide(Mode.KEEP, Double.NaN, 1)).hasMessageContaining("0 to 1");
    assertThatThrownBy(() -> decide(Mode.KEEP, 0.5, 0)).hasMessageContaining("at least 1");
  }

  @ParameterizedTest
  @CsvSource({"hiphop,Hip-Hop", "jazz,Jazz", "drum and bass,Drum & Bass", "new_age,New Age"})
  void namesAreSpeltAsLibrariesDo(String genre, String written) {
    assertThat(new Spelling(Map.of()).of(genre)).isEqualTo(written);
  }

  @Test
  void unknownIsNeverWritten() {
    Spelling spelling = new Spelling(Map.of("Disco", "", "rock", "rock"));
    assertThat(spelling.of("unknown")).isNull();
    assertThat(spelling.of("Unknown ")).isNull();
    assertThat(spelling.of("disco")).isNull();
    assertThat(spelling.of("rock")).isEqualTo("rock");
    assertThatThrownBy(() -> new Spelling(Map.of("x", "unknown"))).hasMessageContaining("never");
    assertThatThrownBy(() -> new Spelling(Map.of("x", "Rock;Pop"))).hasMessageContaining("glued");
    assertThatThrownBy(() -> new Spelling(Map.of("x", "a\0b"))).hasMessageContaining("glued");
    GenrePolicy policy = new GenrePolicy(Mode.REPLACE, 0, 5, spelling);
    Decision decision =
        policy.decide(state(List.of(), List.of()), Map.of("unknown", 0.9f, "disco", 0.1f));
    assertThat(decision.outcome()).isEqualTo(Outcome.UNSURE);
  }
}
