package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tonearm.eval.Prediction;

/** CSV as RFC 4180 has it, read by a reader that knows nothing else. */
class CsvFormatTest {
  private static final List<String> GENRES = List.of("drum, bass", "\"new\" wave");
  private static final PredictionFormat CSV = PredictionFormat.csv(GENRES);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain.mp3",
        "two words.mp3",
        "a,b.mp3",
        "a;b.mp3",
        "\"quoted\".mp3",
        "\"",
        "new\nline.mp3",
        "cr\rlf\r\n.mp3",
        "tab\t.mp3",
        " spaces ",
        "'single'.mp3",
        "=1+1.mp3",
        "#comment.mp3",
        "back\\slash.mp3",
        "\u00fcml\u00e4ut \uD83C\uDFB7.mp3"
      })
  void everyNameComesBackAsItWas(String name) {
    String text =
        CSV.header()
            + CSV.format(
                Prediction.ok(name, GENRES, new float[] {0.25f, 0.75f}, 3.5, 1, "a, \"b\"")
                    .withWarnings(List.of("one, two", "three")))
            + CSV.format(Prediction.error(name, "line 1\nline 2, \"quoted\""));
    List<List<String>> rows = read(text);
    assertThat(rows).hasSize(3);
    assertThat(rows.get(0))
        .containsExactly(
            "path",
            "status",
            "genre",
            "confidence",
            "duration_s",
            "clips",
            "model",
            "p_drum, bass",
            "p_\"new\" wave",
            "warnings",
            "error");
    assertThat(rows.get(1))
        .containsExactly(
            name,
            "ok",
            "\"new\" wave",
            "0.75",
            "3.5",
            "1",
            "a, \"b\"",
            "0.25",
            "0.75",
            "one, two; three",
            "");
    assertThat(rows.get(2))
        .containsExactly(
            name, "error", "", "", "", "", "", "", "", "", "line 1\nline 2, \"quoted\"");
  }

  @Test
  void theReaderIsStrict() {
    assertThat(read("a,\"b\"\"c\r\nd\"\r\n\"\",e\r\n"))
        .containsExactly(List.of("a", "b\"c\r\nd"), List.of("", "e"));
  }

  /** Fields in quotes may hold anything, with quotes doubled; others no quote, comma, CR or LF. */
  private static List<List<String>> read(String text) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      StringBuilder field = new StringBuilder();
      if (text.charAt(at) == '"') {
        at++;
        while (text.charAt(at) != '"' || text.startsWith("\"\"", at)) {
          at += text.charAt(at) == '"' ? 1 : 0;
          field.append(text.charAt(at++));
        }
        at++;
      } else {
        while (text.charAt(at) != ',' && text.charAt(at) != '\r') {
          assertThat(text.charAt(at)).as("in %s", text).isNotIn('"', '\n');
          field.append(text.charAt(at++));
        }
      }
      row.add(field.toString());
      if (text.charAt(at) == ',') {
        at++;
      } else {
        assertThat(text.substring(at, at + 2)).isEqualTo("\r\n");
        at += 2;
        rows.add(row);
        row = new ArrayList<>();
      }
    }
    assertThat(row).isEmpty();
    return rows;
  }
}
