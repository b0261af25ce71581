package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tonearm.audio.AudioDecoder;
import tonearm.audio.AudioStream;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;
import tonearm.cli.InvarianceReport.Row;
import tonearm.cli.InvarianceReport.Song;
import tonearm.eval.Prediction;
import tonearm.provenance.Provenance;
import tonearm.terminal.Interruption;

/** That copies are what they are said to be, and that their answers are summed up rightly. */
class InvarianceCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int RATE_HZ = 22050;
  private static final List<String> GENRES = List.of("blues", "jazz");

  @TempDir private Path folder;

  @AfterAll
  static void commandsAreOver() {
    Interruption.finished();
  }

  @ParameterizedTest
  @EnumSource
  void aCopyHasTheSameTone(Invariance change) throws IOException {
    Path song = folder.resolve("song.wav");
    TestAudio.write(song, TestFormat.WAV_S16, RATE_HZ, TestAudio.tone(440, 4, RATE_HZ));

    Path copy = change.write(song, 4, RATE_HZ, folder);

    int rateHz;
    try (AudioStream sound = AudioDecoder.open(copy)) {
      rateHz = sound.sampleRateHz();
    }
    float[] heard = AudioDecoder.decode(copy, RATE_HZ).samples();
    double seconds = (double) heard.length / RATE_HZ;
    assertThat(seconds)
        .isCloseTo(
            switch (change) {
              case LATE -> 5;
              case CUT -> 1.5;
              default -> 4;
            },
            within(0.03));
    assertThat(rateHz)
        .isEqualTo(
            switch (change) {
              case WAV_8 -> 8000;
              case WAV_16 -> 16000;
              case WAV_48 -> 48000;
              case WAV_96 -> 96000;
              case STEREO, QUIET, LATE, CUT -> RATE_HZ;
              default -> 44100;
            });
    double amplitude =
        switch (change) {
          case STEREO -> 0.375;
          case QUIET -> 0.05;
          // LAME turns what it squeezes hard down by 5 %, so that it does not clip.
          case MP3_64, MP3_128 -> 0.475;
          // One fifth of it is silence, half of that among the samples that are looked at.
          case LATE -> 0.5 * (4 - 0.5) / (5 - 1);
          default -> 0.5;
        };
    assertThat(TestAudio.amplitude(heard, 440, RATE_HZ))
        .isCloseTo(amplitude, within(0.04 * amplitude));
  }

  @Test
  void whatMakesNoSenseIsLeftOut() {
    assertThat(Invariance.CUT.suits(8.6, RATE_HZ, 6)).isTrue();
    assertThat(Invariance.CUT.suits(8.4, RATE_HZ, 6)).isFalse();
    assertThat(Invariance.WAV_16.suits(3, RATE_HZ, 6)).isTrue();
    assertThat(Invariance.WAV_16.suits(3, 16000, 6)).isFalse();
  }

  private static Prediction said(float blues) {
    return Prediction.ok("x", GENRES, new float[] {blues, 1 - blues}, 9, 1, "m");
  }

  @Test
  void answersAreComparedWithTheOriginals() {
    List<Song> songs =
        List.of(
            new Song(
                "blues",
                said(0.75f),
                Map.of(Invariance.WAV_8, said(0.25f), Invariance.WAV_16, said(0.875f))),
            new Song("jazz", said(0.75f), Map.of(Invariance.WAV_8, said(0.5f).asUnknown())),
            new Song(null, said(0.25f), Map.of(Invariance.WAV_8, said(0.25f))));

    InvarianceReport report = InvarianceReport.of(Provenance.now(Map.of()), "m", songs);

    assertThat(report.files()).isEqualTo(3);
    assertThat(report.known()).isEqualTo(2);
    Row at8 = report.rows().get(0);
    assertThat(at8)
        .isEqualTo(new Row("wav at 8 kHz", 3, 1 / 3.0, 0.25, 0.5, 1 / 3.0, 1 / 2.0, 0.0));
    assertThat(report.rows())
        .extracting(Row::change)
        .contains("all other sample rates", "16 to 96 kHz");
    Row all = report.rows().get(report.rows().size() - 1);
    assertThat(all)
        .isEqualTo(new Row("all changes", 4, 0.5, 0.875 / 4, 0.5, 0.25, 2 / 3.0, 1 / 3.0));
    assertThat(report.toMarkdown())
        .contains("| wav at 8 kHz | 3 | 33.3 % | 0.250 | 0.500 | 33.3 % | 50.0 % | 0.0 % |");
  }

  @Test
  void filesAreComparedAndNothingStaysBehind() throws IOException {
    Path model = TinyModel.write(folder.resolve("tiny"));
    Path music = Files.createDirectories(folder.resolve("music/Jazz"));
    TestAudio.write(
        music.resolve("a.wav"), TestFormat.WAV_S16, RATE_HZ, TestAudio.noise(1, 9, RATE_HZ));
    Files.writeString(music.resolve("b.mp3"), "no music\n");
    List<Path> before = scratch();

    Cli cli = Cli.run("invariance", folder.resolve("music"), "--model", model, "--json");

    assertThat(cli.status()).isEqualTo(1);
    assertThat(cli.messages())
        .containsExactly(
            "tonearm: " + music.resolve("b.mp3") + ": no audio stream: the file is text");
    JsonNode report = JSON.readTree(cli.out());
    assertThat(report.get("model").asText()).isEqualTo("tiny");
    assertThat(report.get("files").asInt()).isEqualTo(1);
    assertThat(report.get("known").asInt()).isEqualTo(1);
    assertThat(report.get("rows")).hasSize(Invariance.values().length + 4);
    for (JsonNode row : report.get("rows")) {
      assertThat(row.get("agreement").asDouble()).isBetween(0.0, 1.0);
      assertThat(row.get("mean_change").asDouble())
          .isLessThanOrEqualTo(row.get("max_change").asDouble());
    }
    assertThat(scratch()).isEqualTo(before);
    Cli.run("invariance", folder.resolve("none.mp3"), "--model", model)
        .assertFails(1, "no such file");
    Cli.run("invariance").assertFails(2, "PATH");
  }

  private static List<Path> scratch() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return new ArrayList<>(
          files
              .filter(f -> f.getFileName().toString().startsWith("tonearm-inv"))
              .sorted()
              .toList());
    }
  }
}
