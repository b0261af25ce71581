package tonearm.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tonearm.provenance.Seeds;

class PredictionTest {
  private static final List<String> GENRES = List.of("blues", "jazz", "rock");
  private static final Prediction OK =
      Prediction.ok("a/b.mp3", GENRES, new float[] {0.02f, 0.87f, 0.11f}, 183.2, 30, "s4");

  @Test
  void anAnswerIsOneLineOfJson() throws IOException {
    assertThat(OK.toJson())
        .isEqualTo(
            "{\"path\":\"a/b.mp3\",\"status\":\"ok\",\"genre\":\"jazz\",\"confidence\":0.87,"
                + "\"probabilities\":{\"blues\":0.02,\"jazz\":0.87,\"rock\":0.11},"
                + "\"duration_s\":183.2,\"clips\":30,\"model\":\"s4\"}");
    assertThat(Prediction.fromJson(OK.toJson())).isEqualTo(OK);
  }

  @Test
  void anErrorIsOneLineOfJson() throws IOException {
    Prediction error = Prediction.error("a/c.mp3", "no audio stream: the file is text");
    assertThat(error.toJson())
        .isEqualTo(
            "{\"path\":\"a/c.mp3\",\"status\":\"error\","
                + "\"error\":\"no audio stream: the file is text\"}");
    assertThat(Prediction.fromJson(error.toJson())).isEqualTo(error);
    assertThat(error.top(3)).isEmpty();
  }

  @Test
  void warningsAndTimelineAreThereWhenThereIsSomethingToSay() throws IOException {
    Prediction full =
        OK.withWarnings(List.of("truncated: 3.1 s of 30 s"))
            .withTimeline(
                List.of(Prediction.Segment.of(0, 6, GENRES, new float[] {0.5f, 0.25f, 0.25f})));
    assertThat(full.toJson())
        .startsWith(OK.toJson().substring(0, OK.toJson().length() - 1))
        .endsWith(
            ",\"warnings\":[\"truncated: 3.1 s of 30 s\"],\"timeline\":[{\"start_s\":0.0,"
                + "\"end_s\":6.0,\"probabilities\":{\"blues\":0.5,\"jazz\":0.25,\"rock\":0.25}}]}");
    assertThat(Prediction.fromJson(full.toJson())).isEqualTo(full);
    assertThat(OK.withWarnings(List.of())).isEqualTo(OK);
  }

  @Test
  void anUnknownGenreHasItsNearestAndKeepsItsProbabilities() throws IOException {
    List<String> genres = List.of("blues", "jazz", "pop", "rock");
    Prediction known =
        Prediction.ok("a.mp3", genres, new float[] {0.2f, 0.375f, 0.125f, 0.3f}, 30, 5, "m");
    Prediction unknown = known.withWarnings(List.of("w")).asUnknown();

    assertThat(unknown.toJson())
        .isEqualTo(
            "{\"path\":\"a.mp3\",\"status\":\"ok\",\"genre\":\"unknown\",\"confidence\":0.375,"
                + "\"nearest\":[{\"genre\":\"jazz\",\"probability\":0.375},"
                + "{\"genre\":\"rock\",\"probability\":0.3}],"
                + "\"probabilities\":{\"blues\":0.2,\"jazz\":0.375,\"pop\":0.125,\"rock\":0.3},"
                + "\"duration_s\":30.0,\"clips\":5,\"model\":\"m\",\"warnings\":[\"w\"]}");
    assertThat(Prediction.fromJson(unknown.toJson())).isEqualTo(unknown);
    assertThat(unknown.isUnknown()).isTrue();
    assertThat(known.isUnknown()).isFalse();
    assertThat(unknown.top(4)).isEqualTo(known.top(4));
    assertThat(unknown.withPath("b").asUnknown()).isEqualTo(unknown.withPath("b"));
    float[] even = {0.25f, 0.25f, 0.25f, 0.25f};
    assertThat(Prediction.ok("a", genres, even, 1, 1, "m").asUnknown().nearest()).isEmpty();
  }

  @Test
  void aGenreThatIsCalledUnknownIsAGenre() {
    Prediction own =
        Prediction.ok("a", List.of("unknown", "b"), new float[] {0.75f, 0.25f}, 1, 1, "m");
    assertThat(own.isUnknown()).isFalse();
    assertThatThrownBy(own::asUnknown).hasMessageContaining("only an answer without a genre");
    assertThatThrownBy(() -> Prediction.error("a", "x").asUnknown()).hasMessageContaining("only");
  }

  @Test
  void lineBreaksAndQuotesInAPathStayInOneLine() throws IOException {
    Prediction odd = Prediction.error("a\n\"b\" é.mp3", "x");
    assertThat(odd.toJson()).doesNotContain("\n");
    assertThat(Prediction.fromJson(odd.toJson())).isEqualTo(odd);
  }

  @Test
  void theBestGenresComeFirst() {
    assertThat(OK.top(2))
        .containsExactly(
            new Prediction.Ranked("jazz", 0.87f), new Prediction.Ranked("rock", 0.11f));
    assertThat(OK.top(99)).hasSize(3);
    Prediction even = Prediction.ok("x", List.of("b", "a"), new float[] {0.5f, 0.5f}, 1, 1, "m");
    assertThat(even.genre()).isEqualTo("b");
    assertThat(even.top(1)).containsExactly(new Prediction.Ranked("b", 0.5f));
    assertThatThrownBy(() -> OK.top(0)).hasMessageContaining("at least 1, not 0");
  }

  static LongStream seeds() {
    return LongStream.range(0, 20);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theMeanSumsToOneAndLiesBetweenTheClips(long seed) throws IOException {
    Random random = new Seeds(seed).random("mean");
    int n = 1 + random.nextInt(12);
    List<float[]> clips = new ArrayList<>();
    for (int c = 0; c <= random.nextInt(40); c++) {
      float[] p = new float[n];
      float rest = 1;
      for (int g = 0; g < n - 1; g++) {
        p[g] = rest * random.nextFloat();
        rest -= p[g];
      }
      p[n - 1] = rest;
      clips.add(p);
    }
    float[] mean = Prediction.meanOfProbabilities(clips);
    double sum = 0;
    List<String> names = new ArrayList<>();
    for (int g = 0; g < n; g++) {
      int genre = g;
      sum += mean[g];
      names.add("g" + g);
      assertThat((double) mean[g])
          .isBetween(
              clips.stream().mapToDouble(p -> p[genre]).min().orElseThrow() - 1e-6,
              clips.stream().mapToDouble(p -> p[genre]).max().orElseThrow() + 1e-6);
    }
    assertThat(sum).isCloseTo(1, within(1e-6));
    Prediction prediction = Prediction.ok("p", names, mean, 1.5, clips.size(), "m");
    assertThat(Prediction.fromJson(prediction.toJson())).isEqualTo(prediction);
  }

  @Test
  void aMeanThatIsOffByRoundingIsScaled() {
    float[] mean =
        Prediction.meanOfProbabilities(List.of(new float[] {0.4f, 0.5995f}, new float[] {1, 0}));
    assertThat((double) mean[0] + mean[1]).isCloseTo(1, within(1e-7));
    assertThatThrownBy(() -> Prediction.meanOfProbabilities(List.of()))
        .hasMessageContaining("no clips");
    assertThatThrownBy(
            () -> Prediction.meanOfProbabilities(List.of(new float[] {1, 0}, new float[] {1})))
        .hasMessageContaining("clip number 1 has 1 probabilities for 2 genres");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"path\":\"a\",\"status\":\"error\"}",
        "{\"path\":\"a\",\"status\":\"error\",\"error\":\"x\",\"genre\":\"jazz\"}",
        "{\"path\":\"a\",\"status\":\"ok\",\"genre\":\"jazz\"}",
        "{\"status\":\"error\",\"error\":\"x\"}",
        "{\"path\":\"a\",\"status\":\"fine\",\"error\":\"x\"}",
        "{\"path\":\"a\",\"status\":\"error\",\"error\":\"x\",\"colour\":1}",
        "{\"path\":\"a\",\"status\":\"ok\",\"genre\":\"unknown\",\"confidence\":0.6,"
            + "\"probabilities\":{\"a\":0.6,\"b\":0.4},\"duration_s\":1,\"clips\":1,\"model\":\"m\"}",
        "{\"path\":\"a\",\"status\":\"ok\",\"genre\":\"unknown\",\"confidence\":0.4,\"nearest\":[],"
            + "\"probabilities\":{\"a\":0.6,\"b\":0.4},\"duration_s\":1,\"clips\":1,\"model\":\"m\"}",
        "{\"path\":\"a\",\"status\":\"ok\",\"genre\":\"a\",\"confidence\":0.6,\"nearest\":[],"
            + "\"probabilities\":{\"a\":0.6,\"b\":0.4},\"duration_s\":1,\"clips\":1,\"model\":\"m\"}",
        "{\"path\":\"a\",\"status\":\"ok\",\"genre\":\"unknown\",\"confidence\":0.6,"
            + "\"nearest\":[{\"genre\":\"c\",\"probability\":0.6}],"
            + "\"probabilities\":{\"a\":0.6,\"b\":0.4},\"duration_s\":1,\"clips\":1,\"model\":\"m\"}",
        "{\"path\":\"a\",\"status\":\"error\",\"error\":\"x\",\"nearest\":[]}",
        "{\"path\":\"a\",\"status\":\"ok\",\"genre\":\"b\",\"confidence\":0.5,"
            + "\"probabilities\":{\"a\":0.5,\"b\":0.4},\"duration_s\":1,\"clips\":1,\"model\":\"m\"}",
        "{\"path\":\"a\",\"status\":\"ok\",\"genre\":\"b\",\"confidence\":0.6,"
            + "\"probabilities\":{\"a\":0.5,\"b\":0.5},\"duration_s\":1,\"clips\":1,\"model\":\"m\"}",
        "{\"path\":\"a\",\"status\":\"ok\",\"genre\":\"b\",\"confidence\":0.5,"
            + "\"probabilities\":{\"a\":0.5,\"b\":0.5},\"duration_s\":1,\"clips\":0,\"model\":\"m\"}"
      })
  void whatContradictsItselfIsRefused(String json) {
    assertThatThrownBy(() -> Prediction.fromJson(json)).isInstanceOf(IOException.class);
  }

  @Test
  void valuesThatCannotBeAreRefused() {
    assertThatThrownBy(() -> Prediction.ok("p", GENRES, new float[] {1, 0}, 1, 1, "m"))
        .hasMessageContaining("2 probabilities for 3 genres");
    assertThatThrownBy(() -> Prediction.ok("p", GENRES, new float[] {1, 0, 0}, Double.NaN, 1, "m"))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> Prediction.error("p", " ")).hasMessageContaining("cause");
    assertThatThrownBy(() -> Prediction.Segment.of(3, 3, GENRES, new float[] {1, 0, 0}))
        .hasMessageContaining("has no length");
  }
}
