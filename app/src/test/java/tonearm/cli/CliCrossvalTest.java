package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static tonearm.cli.ToneMusic.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.model.Calibration;
import tonearm.model.ModelBundle;
import tonearm.terminal.Interruption;

/** What cross-validation leaves by each protocol, and a calibration from its folds. */
class CliCrossvalTest {
  @TempDir private static Path shared;
  private static Path music = Path.of("set before all");
  private static Path data = Path.of("set before all");

  @TempDir private Path folder;

  @BeforeAll
  static void prepare() throws IOException {
    music = ToneMusic.write(shared.resolve("music"));
    Files.copy(music.resolve("high/0.wav"), music.resolve("high/copy.wav"));
    data = shared.resolve("data");
    Cli prepared = Cli.run("prepare", music, data);
    assertThat(prepared.status()).as(prepared.err()).isZero();
  }

  @AfterAll
  static void commandsAreOver() {
    Interruption.finished();
  }

  private static Cli crossval(Path out, Object... more) {
    return ToneMusic.crossval(data, out, more);
  }

  @Test
  void crossValidationLeavesRunsThatAnswerAndGathersWhatTheyHoldOut() throws IOException {
    Path out = folder.resolve("folds");
    Cli first = crossval(out, "--folds", 2, "--only-folds", 2, "--split-seed", 7);
    assertThat(first.status()).as(first.err()).isZero();
    assertThat(first.messages()).singleElement().asString().startsWith("fold 2/2, epoch 1/1  ");
    assertThat(first.out()).contains("fold 2  train", "fold 2  valid", "held out tracks");

    Cli both = crossval(out, "--folds", 2, "--split-seed", 7, "--resume", "--json");
    assertThat(both.status()).as(both.err()).isZero();
    assertThat(both.messages().get(1)).isEqualTo("fold 2/2: finished before");
    JsonNode json = new ObjectMapper().readTree(both.out());
    assertThat(json.at("/folds/protocol").asText()).isEqualTo("track");
    assertThat(json.at("/folds/seed").asInt()).isEqualTo(7);
    assertThat(json.at("/by_fold").size()).isEqualTo(4);
    assertThat(json.at("/metrics/valid/tracks/count").asInt()).isEqualTo(13);
    assertThat(json.at("/failed").size()).isZero();
    assertThat(out.resolve("fold-1/model/MODEL_CARD.md"))
        .content()
        .contains("to validate, fold 1 of 2 by track; exact duplicates on one side");

    Cli evaluated = Cli.run("evaluate", out.resolve("fold-1"), data, "--side", "train", "--json");
    assertThat(evaluated.status()).as(evaluated.err()).isZero();
    assertThat(new ObjectMapper().readTree(evaluated.out()).at("/clips/count"))
        .isEqualTo(json.at("/by_fold/0/clips"));

    byte[] metrics = Files.readAllBytes(out.resolve("metrics.json"));
    assertThat(Cli.run("report", out).status()).isZero();
    assertThat(out.resolve("metrics.json")).hasBinaryContent(metrics);

    calibrates(out);

    crossval(out, "--folds", 2, "--split-seed", 7).assertFails(1, out + " holds a run already");
    crossval(out, "--folds", 3, "--resume").assertFails(1, ": folds.count is 2 there and 3 here");
  }

  /** With the folds' networks likeness is judged on what these held out; without, it is told. */
  private void calibrates(Path folds) throws IOException {
    Path bundle = folds.resolve("fold-1/model");
    Object[] words = {
      "calibrate", folds, "--bundle", bundle, "--data", data, "--precision", "fp32"
    };
    Cli honest = Cli.run(words);
    assertThat(honest.status()).as(honest.err()).isZero();
    // Its music is tones, as some of the sounds are that are no music.
    assertThat(honest.messages())
        .singleElement()
        .asString()
        .contains("more than 1.0 % of the right answers", "songs are not compared with such");
    assertThat(honest.out()).contains("each of 2 folds", "(held out)", "calibrated: " + bundle);
    Calibration.Likeness likeness =
        Objects.requireNonNull(
            Objects.requireNonNull(ModelBundle.describe(bundle).calibration()).likeness());
    assertThat(likeness.classMeans()).hasSize(2);
    assertThat(likeness.noMusic()).isEmpty();
    JsonNode kept =
        new ObjectMapper().readTree(folds.resolve("calibration/calibration.json").toFile());
    assertThat(kept.at("/likeness/greatest_distance").asDouble())
        .isEqualTo(likeness.greatestDistance());
    assertThat(kept.at("/likeness/sounds").asInt()).isZero();
    assertThat(kept.at("/likeness/tracks").asInt()).as("each is a single clip").isZero();
    assertThat(likeness.greatestDistance()).isEqualTo(likeness.greatestClipDistance());
    assertThat(kept.at("/likeness/clips_lost").asDouble()).isLessThanOrEqualTo(0.01);
    assertThat(kept.at("/likeness/clips").asInt()).isPositive();
    assertThat(kept.at("/likeness/greatest_clip_distance").asDouble())
        .isEqualTo(Objects.requireNonNull(likeness.greatestClipDistance()));
    assertThat(kept.at("/likeness/folds")).hasToString("[1,2]");
    assertThat(kept.at("/likeness/together/coverage").asDouble()).isBetween(0.5, 1.0);
    assertThat(kept.at("/study/max_lost").asDouble()).isEqualTo(0.01);
    assertThat(bundle.resolve("MODEL_CARD.md"))
        .content()
        .contains("## Calibration", "answered `unknown` only where")
        .doesNotContain("not calibrated");
    Path page = folder.resolve("page of the calibrated");
    Cli report = Cli.run("report", folds.resolve("fold-1"), "-o", page);
    assertThat(report.status()).as(report.err()).isZero();
    assertThat(page.resolve("MODEL_CARD.md"))
        .content()
        .startsWith("# " + ModelBundle.describe(bundle).name() + "\n")
        .contains("## Calibration", "unsure or are unlike its training")
        .doesNotContain("not calibrated");
    // What it was calibrated with is heard, and as it should be, nearly all of it is known.
    Path song = music.resolve("low/0.wav");
    assertThat(Cli.run("classify", "--model", bundle, "--json", song).status()).isZero();

    Path other = ToneMusic.copy(data, folder.resolve("other"));
    Files.copy(
        ToneMusic.pictures(other).get(0),
        ToneMusic.pictures(other).get(1),
        StandardCopyOption.REPLACE_EXISTING);
    Cli.run("calibrate", folds, "--bundle", bundle, "--data", other)
        .assertFails(1, other + " is not the dataset of " + folds);

    Path second = folds.resolve("fold-2/model/MODEL_CARD.md");
    Path first = bundle.resolve("MODEL_CARD.md");
    byte[] ofSecond = Files.readAllBytes(second);
    byte[] ofFirst = Files.readAllBytes(first);
    Files.delete(second);
    Cli half = Cli.run(words);
    assertThat(half.messages().get(0)).contains(folds + " has the networks of 1 of its 2 folds");
    assertThat(half.out()).contains("(held out)");
    Files.delete(first);
    Cli lenient = Cli.run(words);
    assertThat(lenient.messages().get(0))
        .startsWith(
            "tonearm: warning: " + folds + " has no network that its tracks were held out of");
    assertThat(lenient.out()).contains("(trained on)");
    Files.write(second, ofSecond);
    Files.write(first, ofFirst);
  }

  @Test
  void theLeakingProtocolSaysSoWhereverItsNumbersStand() throws IOException {
    Path out = folder.resolve("leaking");
    Cli cli = crossval(out, "--folds", 2, "--protocol", "clip", "--only-folds", 1);
    assertThat(cli.status()).as(cli.err()).isZero();
    Path fold = out.resolve("fold-1");
    assertThat(fold.resolve("split.csv")).content().startsWith("track,clip,side\n");
    assertThat(fold.resolve("model/MODEL_CARD.md"))
        .content()
        .contains("a track's clips are on both sides");
    assertThat(Cli.run("evaluate", fold, data).status()).isZero();
    Cli page = Cli.run("report", fold);
    assertThat(page.status()).as(page.err()).isZero();
    assertThat(fold.resolve("report/report.html"))
        .content()
        .contains("fold 1 of 2 by clip; a track's clips are on both sides");
    train(data, folder.resolve("all"), "--all-tracks", "--epochs", 1, "--measured-by", out)
        .assertFails(1, out + " asks about songs of which other clips were trained on");
    train(data, folder.resolve("run"), "--split", fold.resolve("split.csv"))
        .assertFails(1, "a song is on both sides", "--protocol clip");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void readyMadeListsAreOneDivisionWithATest() throws IOException {
    Path lists = Files.createDirectory(folder.resolve("lists"));
    Files.writeString(
        lists.resolve("train_filtered.txt"), "high/high.0.wav\nhigh.1\nlow.0\nlow/low.1.wav\n");
    Files.writeString(lists.resolve("valid_filtered.txt"), "high/high.2.wav\nlow/low.2.wav\n");
    Files.writeString(lists.resolve("test_filtered.txt"), "high/high.3.wav\nlow/low.3.wav\n");
    Path out = folder.resolve("filtered");
    Cli cli = crossval(out, "--protocol", "fault-filtered", "--lists", lists);
    assertThat(cli.status()).as(cli.err()).isZero();
    assertThat(cli.out()).contains("fold 1  test ", "test tracks", "held out tracks");
    assertThat(out.resolve("predictions.csv")).content().contains("high.3,0,1,test,high");
  }

  @Test
  void divisionsThatAreNoneAreWrongUsage() {
    Path out = folder.resolve("none");
    crossval(out, "--protocol", "song").assertFails(2, "'song' is no protocol", "fault-filtered");
    crossval(out, "--folds", 1).assertFails(2, "at least 2 folds, not 1");
    crossval(out, "--folds", 100).assertFails(2, "a fold would be empty");
    crossval(out, "--only-folds", "1,6").assertFails(2, "--only-folds must be from 1 to 5, not 6");
    crossval(out, "--protocol", "fault-filtered", "--folds", 2).assertFails(2, "has no folds");
    crossval(out, "--protocol", "fault-filtered").assertFails(1, "train_filtered.txt: no such");
    assertThat(out).doesNotExist();
  }
}
