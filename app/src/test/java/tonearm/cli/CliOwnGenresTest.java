package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;
import tonearm.model.ModelBundle;
import tonearm.terminal.Interruption;

/** From a folder of music to a model of its genres, beginning with a trained network. */
class CliOwnGenresTest {
  private static final int RATE_HZ = 22050;

  @TempDir private static Path shared;
  private static Path music = Path.of("set before all");
  private static Path init = Path.of("set before all");
  private static Path run = Path.of("set before all");
  private static Path data = Path.of("set before all");
  private static Cli taught = new Cli(-1, "", "");

  @TempDir private Path folder;

  @BeforeAll
  static void teach() throws IOException {
    music = shared.resolve("music");
    for (int i = 0; i < 4; i++) {
      sound("high", i, 3000 + 400 * i);
      sound("low", i, 150 + 40 * i);
      sound("middle", i, 900 + 90 * i);
    }
    Files.writeString(music.resolve("low/diary.mp3"), "no music here");
    init = TinyModel.write(shared.resolve("tiny"));
    run = shared.resolve("mine");
    data = run.resolve("data");
    taught = train(music, run);
  }

  @AfterAll
  static void commandsAreOver() {
    Interruption.finished();
  }

  private static void sound(String genre, int number, double frequencyHz) throws IOException {
    float[] tone = TestAudio.tone(frequencyHz, 7, RATE_HZ);
    float[] noise = TestAudio.noise(number, 7, RATE_HZ);
    for (int i = 0; i < tone.length; i++) {
      tone[i] += 0.02f * noise[i];
    }
    Path file = Files.createDirectories(music.resolve(genre)).resolve(number + ".wav");
    TestAudio.write(file, TestFormat.WAV_S16, RATE_HZ, tone);
  }

  private static Cli training(String command, Path data, Path out, Object... more) {
    List<Object> words = new ArrayList<>(List.of(command, data, "--out", out));
    if (!List.of(more).contains("--init") && !List.of(more).contains("--model")) {
      words.addAll(List.of("--init", init));
    }
    words.addAll(List.of("--threads", 1, "--precision", "fp32"));
    if (!List.of(more).contains("--epochs")) {
      words.addAll(List.of("--epochs", 2));
    }
    words.addAll(List.of(more));
    return Cli.run(words.toArray());
  }

  private static Cli train(Path data, Path out, Object... more) {
    return training("train", data, out, more);
  }

  private static JsonNode json(Path run) throws IOException {
    return new ObjectMapper().readTree(run.resolve("run.json").toFile());
  }

  @Test
  void aFolderOfMusicIsPreparedAndTaught() throws IOException {
    // The diary cannot be heard, and costs its line and the status.
    assertThat(taught.status()).as(taught.err()).isEqualTo(1);
    assertThat(taught.messages())
        .startsWith(
            "tonearm: preparing " + music + " in " + data,
            "tonearm: low/diary.mp3: no audio stream: the file is text",
            "tonearm: " + data + ": 12 tracks of 3 genres, 0 duplicates, 1 failure, 0 passed over");
    assertThat(taught.out()).contains("validation clips", "bundle: " + run.resolve("model"));
    JsonNode described = json(run);
    assertThat(described.at("/genres")).hasToString("[\"high\",\"low\",\"middle\"]");
    assertThat(described.at("/init/name").asText()).isEqualTo("tiny");
    assertThat(described.at("/init/network").asText())
        .isEqualTo(ModelBundle.uncalibratedDigest(init));
    assertThat(described.at("/init/backbone_rate").asDouble()).isEqualTo(0.1);
    assertThat(described.at("/model/architecture").asText()).isEqualTo("tiny-unet");
    assertThat(described.at("/training/batch_size").asInt()).isEqualTo(8);
    assertThat(described.at("/training/augmentation/low_pass").asDouble()).isPositive();
    assertThat(described.at("/training/refinements/random_crops").asBoolean()).isTrue();
    assertThat(run.resolve("model/MODEL_CARD.md"))
        .content()
        .startsWith("# mine\n")
        .contains("| begun with | the trained network of `tiny`");
    assertThat(ModelBundle.describe(run.resolve("model")).provenance().entries())
        .containsEntry("data_digest", described.at("/data_digest").asText());
  }

  @Test
  void theRunsFolderStandsForItsModel() throws IOException {
    Cli cli = Cli.run("classify", "--json", "--model", run, music.resolve("low/0.wav"));
    assertThat(cli.status()).as(cli.err()).isZero();
    JsonNode answer = new ObjectMapper().readTree(cli.out());
    assertThat(answer.get("model").asText()).isEqualTo("mine");
    assertThat(answer.get("probabilities").fieldNames())
        .toIterable()
        .containsExactly("high", "low", "middle");
  }

  @Test
  void itGoesOnFromTheSameBeginningOnly() throws IOException {
    Cli again = train(music, run, "--resume");
    assertThat(again.status()).as(again.err()).isEqualTo(1);
    assertThat(again.messages()).containsExactly("tonearm: " + run + " is finished already");
    assertThat(again.out()).isEqualTo(taught.out());

    train(music, run).assertFails(1, run + " holds a run already", "--resume");
    train(music, run, "--resume", "--backbone-rate", 0.5)
        .assertFails(1, "init.backbone_rate is 0.1 there and 0.5 here");
    // A network that the same data taught is warned of, and still another one.
    Cli self = train(music, run, "--resume", "--init", run);
    assertThat(self.status()).isEqualTo(1);
    assertThat(self.messages()).hasSize(2).last().asString().contains("init.network differs");
    Path other = Files.createDirectories(folder.resolve("other/low"));
    train(folder.resolve("other"), run, "--resume")
        .assertFails(1, data + " was prepared of " + music.toRealPath());
    assertThat(other).isEmptyDirectory();
  }

  @Test
  void whatDoesNotFitIsToldWithAWayOut() throws IOException {
    Path out = folder.resolve("out");
    Path mel = folder.resolve("mel");
    assertThat(Cli.run("prepare", music, mel, "--features", "mel-128").status()).isEqualTo(1);
    train(mel, out)
        .assertFails(1, "mel-128", "tiny was trained on", "prepare --features gtzan-archive");
    train(data, out, "--init", init, "--model", "narrow-unet")
        .assertFails(2, "--model narrow-unet is not the network of --init", "tiny-unet");
    train(data, out, "--init", init, "--no-batch-norm").assertFails(2, "only --dropout");
    train(data, out, "--init", folder).assertFails(1, folder + " is not a model bundle");
    train(data, out, "--init", "nope").assertFails(1, "no model is called 'nope'");
    train(data, out, "--backbone-rate", 2).assertFails(2, "backboneRate must be from 0 to 1");
    train(data, out, "--model", "tiny-unet", "--backbone-rate", 0.1).assertFails(2, "--init only");
    Cli.run("train", data, "--out", out).assertFails(2, "which network?", "--model", "--init");
    Cli.run("crossval", data, "--out", out).assertFails(2, "which network?");
    train(music, music.resolve("run")).assertFails(1, "lies in " + music);
    train(music, out, "--epochs", 0).assertFails(2, "epochs must be from 1");
    assertThat(out).doesNotExist();
    // Both may be given if they agree.
    Cli both = train(data, out, "--init", init, "--model", "tiny-unet", "--epochs", 1);
    assertThat(both.status()).as(both.err()).isZero();
  }

  @Test
  void genresAndTracksAreChosen() throws IOException {
    Path two = folder.resolve("two");
    Cli cli = train(data, two, "--genres", "low,high", "--tracks-per-genre", 2);
    assertThat(cli.status()).as(cli.err()).isZero();
    assertThat(json(two).at("/genres")).hasToString("[\"high\",\"low\"]");
    assertThat(json(two).at("/train_tracks").asInt()).isEqualTo(4);
    assertThat(json(two).at("/valid_tracks").asInt()).isEqualTo(2);
    assertThat(Files.readAllLines(two.resolve("split.csv"))).hasSize(7);
    assertThat(two.resolve("predictions.csv"))
        .content()
        .startsWith("track,clip,fold,split,true,p_high,p_low\n")
        .doesNotContain("middle");
    assertThat(ModelBundle.describe(two.resolve("model")).genres()).containsExactly("high", "low");
    Cli evaluated = Cli.run("evaluate", two, data, "--json");
    assertThat(evaluated.status()).as(evaluated.err()).isZero();

    Path others = folder.resolve("others");
    // Its own split, of fewer tracks, serves another run; a split of the whole serves a part.
    Cli same =
        train(
            data,
            others,
            "--without-genres",
            "middle",
            "--split",
            run.resolve("split.csv"),
            "--epochs",
            1);
    assertThat(same.status()).as(same.err()).isZero();
    assertThat(json(others).at("/genres")).hasToString("[\"high\",\"low\"]");
    assertThat(json(others).at("/data_digest")).isEqualTo(json(two).at("/data_digest"));

    Path out = folder.resolve("out");
    train(data, out, "--genres", "polka").assertFails(2, "'polka'; there are high, low, middle");
    train(data, out, "--without-genres", "polka").assertFails(2, "'polka'");
    train(data, out, "--without-genres", "low,high").assertFails(2, "leaves 1 genres");
    train(data, out, "--genres", "low", "--without-genres", "high").assertFails(2, "both");
    train(data, out, "--tracks-per-genre", 0).assertFails(2, "at least 1, not 0");
    train(data, out, "--genres", "low").assertFails(1, "at least 2 genres");
    assertThat(out).doesNotExist();
  }

  @Test
  void aNetworkThatKnowsTheseTracksIsWarnedOf() {
    Cli again = train(data, folder.resolve("again"), "--init", run, "--epochs", 1);
    assertThat(again.status()).as(again.err()).isZero();
    assertThat(again.messages().get(0))
        .isEqualTo(
            "tonearm: warning: mine was trained on these very tracks, so those held out here are"
                + " none to it: the scores will be too good");
    Cli part =
        train(data, folder.resolve("part"), "--init", run, "--genres", "low,high", "--epochs", 1);
    assertThat(part.messages().get(0)).contains("mine was trained on these very tracks");
    Path base = folder.resolve("base");
    assertThat(train(data, base, "--without-genres", "middle", "--epochs", 1).status()).isZero();
    Cli all = train(data, folder.resolve("all"), "--init", base, "--epochs", 1);
    assertThat(all.messages().get(0)).contains("base was trained on these very tracks");
    assertThat(taught.err()).doesNotContain("very tracks");
  }

  @Test
  void crossValidationsAreTaughtAnewInEachFoldAndMakeACurve() throws IOException {
    List<Object> report = new ArrayList<>(List.of("report"));
    for (int tracks : new int[] {1, 2}) {
      Path out = folder.resolve("taught-" + tracks);
      report.add(out);
      Cli cli =
          training(
              "crossval",
              data,
              out,
              "--folds",
              2,
              "--split-seed",
              7,
              "--tracks-per-genre",
              tracks,
              "--epochs",
              1);
      assertThat(cli.status()).as(cli.err()).isZero();
      assertThat(json(out.resolve("fold-2")).at("/init/name").asText()).isEqualTo("tiny");
      assertThat(json(out.resolve("fold-2")).at("/train_tracks").asInt()).isEqualTo(3 * tracks);
      assertThat(json(out).at("/valid_tracks").asInt()).isEqualTo(12);
    }
    Path scratch = folder.resolve("scratch-1");
    report.add(scratch);
    Cli cli =
        training(
            "crossval",
            data,
            scratch,
            "--model",
            "tiny-unet",
            "--folds",
            2,
            "--split-seed",
            7,
            "--tracks-per-genre",
            1,
            "--epochs",
            1);
    assertThat(cli.status()).as(cli.err()).isZero();
    Path curve = folder.resolve("curve");
    report.addAll(List.of("--learning-curve", curve));
    Cli drawn = Cli.run(report.toArray());
    assertThat(drawn.status()).as(drawn.err()).isZero();
    assertThat(drawn.lines()).hasSize(5);
    assertThat(drawn.lines().get(1)).startsWith("from scratch    1 tracks a genre");
    assertThat(drawn.lines().get(2))
        .startsWith("from tiny       1 tracks a genre")
        .contains("against from scratch");
    assertThat(drawn.lines().get(3)).startsWith("from tiny       2 tracks a genre");
    assertThat(curve.resolve("14-learning-curve.svg")).content().contains(">from tiny<");

    report.addAll(List.of("--compare", curve));
    Cli.run(report.toArray()).assertFails(2, "--learning-curve takes runs only");
    training("crossval", data, folder.resolve("x"), "--protocol", "clip", "--tracks-per-genre", 1)
        .assertFails(2, "deals clips");
  }
}
