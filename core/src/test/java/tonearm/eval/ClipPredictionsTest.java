package tonearm.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClipPredictionsTest {
  private static final String HEADER = "track,clip,fold,split,true,p_jazz,p_rock\n";

  @TempDir Path folder;

  @Test
  void theFileIsPlainCsv() throws IOException {
    Path file = folder.resolve("predictions.csv");
    new ClipPredictions(
            List.of("jazz", "rock, \"hard\""),
            List.of(
                clip("jazz.00010", 0, "valid", 0, 0.75f, 0.25f),
                clip("a, b", 1, "valid", 1, 1e-6f, 0.999999f)))
        .write(file);
    assertThat(file)
        .hasContent(
            """
            track,clip,fold,split,true,p_jazz,"p_rock, ""hard""\"
            jazz.00010,0,0,valid,jazz,0.75,0.25
            "a, b",1,0,valid,"rock, ""hard""\",1.0E-6,0.999999
            """);
    assertThat(ClipPredictions.read(file).clips().get(1).track()).isEqualTo("a, b");
  }

  @Test
  void noClipsAreAFileToo() throws IOException {
    Path file = folder.resolve("predictions.csv");
    ClipPredictions none = new ClipPredictions(List.of("jazz"), List.of());
    none.write(file);
    assertThat(ClipPredictions.read(file)).isEqualTo(none);
  }

  @Test
  void namesWithLineBreaksSurvive() throws IOException {
    Path file = folder.resolve("predictions.csv");
    ClipPredictions odd =
        new ClipPredictions(
            List.of("jazz", "rock"), List.of(clip("a\nb\r\n\"c\" é", 0, "x", 0, 1, 0)));
    odd.write(file);
    assertThat(ClipPredictions.read(file)).isEqualTo(odd);
  }

  @Test
  void filesOfOtherToolsMayEndTheirLinesAsTheyLike() throws IOException {
    String windows = (HEADER + "t,0,1,test,rock,0.5,0.5\n").replace("\n", "\r\n");
    ClipPredictions read = read(windows);
    assertThat(read.clips())
        .containsExactly(new ClipPrediction("t", 0, 1, "test", 1, new float[] {0.5f, 0.5f}));
    assertThat(read(windows.strip())).isEqualTo(read);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "t,1,0,valid,rock,0.5,0.4          | sum to 0.9",
        "t,1,0,valid,rock,0.5,NaN          | NaN",
        "t,1,0,valid,rock,1.5,-0.5         | outside [0, 1]",
        "t,1,0,valid,rock,0.5,half         | column p_rock must be a number in [0, 1], not \"half\"",
        "t,one,0,valid,rock,0.5,0.5        | column clip must be a whole number, not \"one\"",
        "t,1,,valid,rock,0.5,0.5           | column fold must be a whole number, not \"\"",
        "t,-1,0,valid,rock,0.5,0.5         | counted from 0",
        "t,1,0,valid,polka,0.5,0.5         | true genre \"polka\" has no column",
        "t,1,0,valid,rock,0.5              | 6 columns where the header has 7",
        "t,1,0,valid,rock,0.5,0.25,0.25    | 8 columns where the header has 7",
        ",1,0,valid,rock,0.5,0.5           | names of its track",
        "t,0,0,valid,rock,0.5,0.5          | is there twice",
        "t,1,0,valid,jazz,0.5,0.5          | track t is rock in one clip and jazz in another",
        "\"t,1,0,valid,jazz,0.5,0.5        | closing quote",
      })
  void aBadRowIsRefusedByLineAndCause(String row, String cause) {
    assertThatThrownBy(() -> read(HEADER + "t,0,0,valid,rock,0.5,0.5\n" + row + "\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("predictions.csv, line 3: ")
        .hasMessageContaining(cause);
  }

  @Test
  void theLineIsThatOfTheFileEvenBehindLineBreaksInNames() {
    StringBuilder text = new StringBuilder(HEADER).append("\"a\nb\",0,0,valid,rock,0.5,0.5\n");
    for (int line = 4; line < 7777; line++) {
      text.append("t,").append(line).append(",0,valid,rock,0.5,0.5\n");
    }
    text.append("t,1,0,valid,rock,0.5,2\n");
    assertThatThrownBy(() -> read(text.toString())).hasMessageContaining("line 7777: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                                       | empty",
        "track,clip,fold,split,true               | the columns must be",
        "track;clip;fold;split;true;p_jazz        | the columns must be",
        "track,clip,fold,split,true,jazz          | \"jazz\" was expected to be p_<genre>",
        "track,clip,fold,split,true,p_jazz,p_jazz | there twice",
      })
  void aBadHeaderIsRefused(String header, String cause) {
    assertThatThrownBy(() -> read(header))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 1: ")
        .hasMessageContaining(cause);
  }

  @Test
  void whatIsNoTextIsRefused() throws IOException {
    Path file = folder.resolve("predictions.csv");
    Files.write(file, (HEADER + "é").getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> ClipPredictions.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("UTF-8");
  }

  @Test
  void splitsAndFoldsAreTakenOut() {
    ClipPredictions all =
        new ClipPredictions(
            List.of("jazz", "rock"),
            List.of(
                clip("a", 0, "train", 0, 1, 0),
                clip("b", 0, "valid", 1, 1, 0),
                new ClipPrediction("c", 0, 1, "valid", 1, new float[] {0, 1})));
    assertThat(all.ofSplit("valid").clips())
        .extracting(ClipPrediction::track)
        .containsExactly("b", "c");
    assertThat(all.ofFold(1).clips()).extracting(ClipPrediction::track).containsExactly("c");
  }

  @Test
  void aClipCannotBeChangedFromOutside() {
    float[] p = {0.25f, 0.75f};
    ClipPrediction clip = new ClipPrediction("t", 0, 0, "valid", 0, p);
    p[0] = 9;
    clip.probabilities()[0] = 9;
    assertThat(clip.probabilities()).containsExactly(0.25f, 0.75f);
    assertThat(clip.predictedGenre()).isEqualTo(1);
  }

  private ClipPredictions read(String text) throws IOException {
    Path file = folder.resolve("predictions.csv");
    Files.writeString(file, text);
    return ClipPredictions.read(file);
  }

  private static ClipPrediction clip(
      String track, int clip, String split, int trueGenre, float... probabilities) {
    return new ClipPrediction(track, clip, 0, split, trueGenre, probabilities);
  }
}
