package tonearm.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static tonearm.cli.ToneMusic.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.model.Calibration;
import tonearm.model.ModelBundle;
import tonearm.terminal.Interruption;

/** From a folder of sounds to a model that answers, and what can be wrong on the way. */
class CliTrainingTest {
  @TempDir private static Path shared;
  private static Path music = Path.of("set before all");
  private static Path data = Path.of("set before all");
  private static Path run = Path.of("set before all");
  private static Cli prepared = new Cli(-1, "", "");
  private static Cli trained = new Cli(-1, "", "");

  @TempDir private Path folder;

  @BeforeAll
  static void prepareAndTrain() throws IOException {
    music = ToneMusic.write(shared.resolve("music"));
    Files.writeString(music.resolve("low/diary.mp3"), "no music here");
    Files.copy(music.resolve("high/0.wav"), music.resolve("high/copy.wav"));
    data = shared.resolve("data");
    run = shared.resolve("run");
    prepared = Cli.run("prepare", music, data);
    trained = train(data, run);
  }

  @AfterAll
  static void commandsAreOver() {
    Interruption.finished();
  }

  @Test
  void preparingTellsWhatWasFoundAndWhatWasNot() {
    assertThat(prepared.status()).isEqualTo(1);
    assertThat(prepared.lines())
        .containsExactly(data + ": 13 tracks of 2 genres, 1 duplicate, 1 failure, 0 passed over");
    assertThat(prepared.messages())
        .containsExactly("tonearm: low/diary.mp3: no audio stream: the file is text");
    assertThat(data.resolve("tracks.csv")).content().contains("duplicate_of", "the file is text");
  }

  @Test
  void trainingLeavesABundleWithItsCard() throws IOException {
    assertThat(trained.status()).as(trained.err()).isZero();
    assertThat(trained.messages()).hasSize(2).allMatch(m -> m.startsWith("epoch "));
    assertThat(trained.out()).contains("training clips", "validation clips", "bundle: " + run);
    assertThat(run.resolve("model/model.safetensors")).isNotEmptyFile();
    assertThat(run.resolve("model/MODEL_CARD.md")).content().contains("tiny-unet", "low", "high");
    for (String file : List.of("run.json", "split.csv", "history.csv", "metrics.json")) {
      assertThat(run.resolve(file)).isNotEmptyFile();
    }
    assertThat(Files.readAllLines(run.resolve("history.csv"))).hasSize(3);
  }

  @Test
  void strongAugmentationTrainsAndIsWrittenDown() throws IOException {
    Path out = folder.resolve("strong");
    Cli cli = train(data, out, "--augmentation", "strong", "--epochs", 1);
    assertThat(cli.status()).as(cli.err()).isZero();
    assertThat(out.resolve("run.json")).content().contains("time_stretch", "low_pass", "tilt");
    assertThat(out.resolve("model/MODEL_CARD.md")).content().contains("pitch shift to 2.0 semi");
    assertThat(run.resolve("run.json")).content().doesNotContain("time_stretch");
    train(data, folder.resolve("x"), "--augmentation", "loud")
        .assertFails(2, "no augmentation is called 'loud'", "none, published, strong");

    Path mel = folder.resolve("mel");
    Cli.run("prepare", music, mel, "--features", "mel-128");
    train(mel, folder.resolve("x"), "--augmentation", "strong").assertFails(2, "mel-128", "linear");
    assertThat(folder.resolve("x")).doesNotExist();
  }

  @Test
  void evaluationTellsHowOftenTheNearestTracksAreOfOneGenre() throws IOException {
    Cli whole = Cli.run("evaluate", run.resolve("model"), data, "--similar", "--json");
    assertThat(whole.status()).as(whole.err()).isZero();
    JsonNode result = new ObjectMapper().readTree(whole.out());
    // Twelve recordings; the copy takes no part. Ten neighbours of eleven: near chance, 5 in 11.
    assertThat(result.get("tracks").asInt()).isEqualTo(12);
    assertThat(result.get("k").asInt()).isEqualTo(10);
    assertThat(result.get("chance").asDouble()).isEqualTo(5 / 11.0);
    assertThat(result.get("precision").asDouble()).isBetween(0.4, 0.5);
    assertThat(result.get("per_genre").fieldNames()).toIterable().containsExactly("high", "low");

    // As a cross-validation leaves it: a run for each fold.
    Path folds = folder.resolve("folds");
    for (String fold : List.of("fold-1", "fold-2")) {
      Path model = Files.createDirectories(folds.resolve(fold).resolve("model"));
      Files.copy(run.resolve("model/model.safetensors"), model.resolve("model.safetensors"));
      Files.copy(run.resolve("run.json"), folds.resolve(fold).resolve("run.json"));
      String split = Files.readString(run.resolve("split.csv")).replace(",train", ",valid");
      Files.writeString(folds.resolve(fold).resolve("split.csv"), split);
    }
    Cli both = Cli.run("evaluate", folds, data, "--similar");
    assertThat(both.status()).as(both.err()).isZero();
    assertThat(both.lines().get(0))
        .matches(
            "precision at 10  [0-9.]+ % \\(.* to .*\\) of 24 tracks in 2 folds; chance 45.5 %");

    Cli.run("evaluate", run, data, "--similar").assertFails(1, "too few for 10 neighbours");
    Cli.run("evaluate", folds, data)
        .assertFails(2, folds + " is a cross-validation", "name a fold's folder");
    Path split = folds.resolve("fold-2/split.csv");
    Files.writeString(
        split, Files.readString(split).replaceAll("(low\\.[123].*),valid", "$1,train"));
    Cli.run("evaluate", folds, data, "--similar")
        .assertFails(1, "in fold 2: ", "too few for 10 neighbours");
  }

  @Test
  void theModelAnswers() throws IOException {
    Cli cli =
        Cli.run("classify", "--json", "--model", run.resolve("model"), music.resolve("low/0.wav"));

    assertThat(cli.status()).as(cli.err()).isZero();
    JsonNode answer = new ObjectMapper().readTree(cli.out());
    assertThat(answer.get("model").asText()).isEqualTo("tiny-unet");
    assertThat(answer.get("probabilities").size()).isEqualTo(2);
  }

  @Test
  void aModelIsJudgedByAnExcerptOfEachTrack() throws IOException {
    Cli cli = Cli.run("evaluate", run, data, "--json", "--precision", "fp32", "--excerpt", 1);

    assertThat(cli.status()).as(cli.err()).isZero();
    JsonNode scores = new ObjectMapper().readTree(cli.out());
    assertThat(scores.at("/clips/count").asInt()).isEqualTo(scores.at("/tracks/count").asInt());
    // One clip is its track: by itself, by the mean and by the vote.
    assertThat(scores.at("/clips/accuracy")).isEqualTo(scores.at("/tracks/accuracy"));
    assertThat(scores.at("/clips/accuracy")).isEqualTo(scores.at("/tracks_majority_vote/accuracy"));
  }

  @Test
  void evaluatingARunGivesItsOwnScoresAgain() throws IOException {
    Cli table = Cli.run("evaluate", run, data, "--precision", "fp32");
    assertThat(table.status()).as(table.err()).isZero();
    assertThat(table.out()).contains("valid clips", "valid tracks", "precision", "low", "high");

    Cli json = Cli.run("evaluate", run, data, "--json", "--precision", "fp32");
    assertThat(json.status()).isZero();
    JsonNode now = new ObjectMapper().readTree(json.out());
    JsonNode then = new ObjectMapper().readTree(run.resolve("metrics.json").toFile()).get("valid");
    assertThat(now.at("/clips/count")).isEqualTo(then.at("/clips/count"));
    assertThat(now.at("/clips/accuracy").asDouble())
        .isCloseTo(then.at("/clips/accuracy").asDouble(), within(1e-9));
  }

  @Test
  void aRunIsJudgedByTheAnswersItStored() throws IOException {
    Cli json = Cli.run("evaluate", run, "--json");
    assertThat(json.status()).as(json.err()).isZero();
    JsonNode then = new ObjectMapper().readTree(run.resolve("metrics.json").toFile()).get("valid");
    assertThat(new ObjectMapper().readTree(json.out()).get("tracks")).isEqualTo(then.get("tracks"));

    Cli excerpt = Cli.run("evaluate", run, "--excerpt", 1, "--json");
    JsonNode scores = new ObjectMapper().readTree(excerpt.out());
    assertThat(scores.at("/clips/count")).isEqualTo(scores.at("/tracks/count"));

    Cli.run("evaluate", run, "--side", "test").assertFails(1, "no answers of the test side");
    Cli.run("evaluate", run, "--similar").assertFails(2, "leave --similar and the split out");
    Cli.run("evaluate", run.resolve("model")).assertFails(1, "has stored no answers");
    Path strange = folder.resolve("Läufe und mehr");
    Path inTheWay = Files.createDirectories(strange.resolve("predictions.csv"));
    Cli.run("evaluate", strange).assertFails(1, inTheWay + ": is a folder");
  }

  @Test
  void aBundleWithoutASplitIsEvaluatedOnAllTracks() {
    Cli cli = Cli.run("evaluate", run.resolve("model"), data);

    assertThat(cli.status()).as(cli.err()).isZero();
    assertThat(cli.lines().get(1)).matches("all tracks +13 .*");
  }

  @Test
  void evaluatingWhatDoesNotFitIsRefused() throws IOException {
    Cli.run("evaluate", run, data, "--excerpt", 0).assertFails(2, "--excerpt must be at least 1");
    Cli.run("evaluate", run, folder).assertFails(1, folder + " is not a prepared dataset");
    Cli.run("evaluate", folder, data).assertFails(1, folder + " is not a model bundle");
    Cli.run("evaluate", run, data, "--side", "test").assertFails(1, "no tracks on its test side");
    Cli.run("evaluate", run.resolve("model"), data, "--side", "valid")
        .assertFails(2, "--side needs a run, or a split");
    Cli.run("evaluate", run, data, "--similar", "--excerpt", 1)
        .assertFails(2, "--similar compares whole tracks");
    Cli.run("evaluate", run, data, "--side", "left").assertFails(2, "--side", "left");
    Path other = TinyModel.write(folder.resolve("other"));
    Cli.run("evaluate", other, data).assertFails(1, "does not know", "blues, jazz, rock");
  }

  @Test
  void theOptionsOfARecipeReachTheNetworkAndItsRecord() throws IOException {
    Path out = folder.resolve("bare");
    Cli cli =
        train(
            data,
            out,
            "--epochs",
            1,
            "--activation",
            "prelu",
            "--no-batch-norm",
            "--dropout",
            0,
            "--l2",
            0,
            "--no-augmentation");
    assertThat(cli.status()).as(cli.err()).isZero();
    JsonNode run = new ObjectMapper().readTree(out.resolve("run.json").toFile());
    assertThat(run.at("/model/architecture").asText()).isEqualTo("tiny-unet");
    assertThat(run.at("/model/activation").asText()).isEqualTo("PRELU");
    assertThat(run.at("/model/batch_norm").asBoolean()).isFalse();
    assertThat(run.at("/model/dropout").asDouble()).isZero();
    assertThat(run.at("/training/l2").asDouble()).isZero();
    assertThat(run.at("/training/augmentation/probability").asDouble()).isZero();
    String weights = Files.readString(out.resolve("model/model.safetensors"), ISO_8859_1);
    assertThat(weights).contains("stem.act.weight").doesNotContain("norm.weight");
    // Fold, epoch and loss, then the penalty, which is nothing without L2.
    assertThat(Files.readAllLines(out.resolve("history.csv")).get(1)).matches("0,1,[^,]+,0.0,.*");
    train(data, out, "--dropout", 1).assertFails(2, "dropout must be in [0, 1), not 1.0");
    train(data, out, "--activation", "tanh").assertFails(2, "--activation", "tanh");
    train(data, folder.resolve("diverging"), "--learning-rate", "1e30")
        .assertFails(3, "the loss is no longer finite in epoch 1");
  }

  @Test
  void aFinishedRunIsKeptUnlessItGoesOn() {
    train(data, run).assertFails(1, run + " holds a run already", "--resume");

    Cli again = train(data, run, "--resume");
    assertThat(again.status()).as(again.err()).isZero();
    assertThat(again.err()).isEqualToIgnoringNewLines("tonearm: " + run + " is finished already");
    assertThat(again.out()).isEqualTo(trained.out());

    train(data, run, "--resume", "--seed", 2)
        .assertFails(1, run + " holds another run", "training.seed is 1 there and 2 here");
  }

  @Test
  void aFinishedRunThatGoesOnKeepsTheCalibrationOfItsModel() throws IOException {
    Path out = folder.resolve("calibrated");
    assertThat(train(data, out, "--epochs", 1).status()).isZero();
    Path bundle = out.resolve("model");
    Calibration calibration = new Calibration(0.5, 0.7, 0.3, null, null, null);
    ModelBundle.calibrate(bundle, calibration);
    Path card = bundle.resolve("MODEL_CARD.md");
    String words = "## Calibration\n\nBy hand.\n\n";
    Files.writeString(
        card, Files.readString(card).replace("## Provenance\n", words + "## Provenance\n"));

    assertThat(train(data, out, "--epochs", 1, "--resume", "--name", "new").status()).isZero();

    assertThat(ModelBundle.describe(bundle).name()).isEqualTo("new");
    assertThat(ModelBundle.describe(bundle).calibration()).isEqualTo(calibration);
    assertThat(card)
        .content()
        .startsWith("# new\n")
        .contains(words)
        .doesNotContain("not calibrated");

    // A bundle that is damaged is made anew.
    Files.writeString(bundle.resolve("model.safetensors"), "no weights");
    assertThat(train(data, out, "--epochs", 1, "--resume").status()).isZero();
    assertThat(ModelBundle.describe(bundle).calibration()).isNull();
  }

  @Test
  void aModelTakesTheFiguresOfALaterMeasurement() throws IOException {
    Path out = folder.resolve("all");
    Path notes = Files.writeString(folder.resolve("notes.md"), "**Data.** Tones.\n\n| a | b |\n");
    assertThat(train(data, out, "--epochs", 1, "--all-tracks", "--notes", notes).status()).isZero();
    Path bundle = out.resolve("model");
    ModelBundle.calibrate(bundle, new Calibration(0.5, 0.7, 0.3, null, null, null));
    assertThat(ModelBundle.describe(bundle).score()).isNull();
    Path folds = folder.resolve("folds");
    assertThat(ToneMusic.crossval(data, folds, "--folds", 2).status()).isZero();
    String weights = Files.readString(bundle.resolve("model.safetensors"), ISO_8859_1);

    Cli cli = Cli.run("report", out, "--measured-by", folds, "--bundle", bundle);

    assertThat(cli.status()).as(cli.err()).isZero();
    assertThat(cli.lines()).containsExactly("measured: " + bundle);
    ModelBundle.Description described = ModelBundle.describe(bundle);
    ModelBundle.Score score = Objects.requireNonNull(described.score());
    assertThat(score.protocol()).isEqualTo("13 tracks held out by track, last epoch");
    JsonNode metrics = new ObjectMapper().readTree(folds.resolve("metrics.json").toFile());
    assertThat(score.tracks()).isEqualTo(metrics.at("/valid/tracks/accuracy").asDouble());
    assertThat(described.calibration()).isNotNull();
    assertThat(bundle.resolve("MODEL_CARD.md"))
        .content()
        .contains(
            "## Confusion of clips held out", "\n**Data.** Tones.\n\n| a | b |\n\n## Training");
    String after = Files.readString(bundle.resolve("model.safetensors"), ISO_8859_1);
    assertThat(after.substring(after.length() - 30_000))
        .isEqualTo(weights.substring(weights.length() - 30_000));

    Cli.run("report", run, "--measured-by", folds, "--bundle", bundle)
        .assertFails(1, bundle + " is not the model that " + run + " made");
    Cli.run("report", out, "--bundle", bundle).assertFails(2, "--bundle takes one RUN");
  }

  @Test
  void whatDoesNotTellItsWorthIsRefusedBeforeTheTraining() {
    Path out = folder.resolve("all");
    train(data, out, "--all-tracks", "--epochs", 3, "--measured-by", run)
        .assertFails(1, run + " is of another network, recipe or dataset");
    train(data, out, "--split-seed", 2, "--measured-by", run)
        .assertFails(1, out + " holds out tracks of its own; --measured-by is for runs with");
    train(data, out, "--all-tracks", "--tracks-per-genre", 2, "--measured-by", run)
        .assertFails(1, out + " was trained on 4 tracks, the networks of " + run);
    assertThat(out).doesNotExist();
  }

  @Test
  void oneTrainingOfTheSameRecipeMeasuresToo() throws IOException {
    Path out = folder.resolve("all");
    assertThat(train(data, out, "--all-tracks", "--measured-by", run).status()).isZero();
    assertThat(out.resolve("model/MODEL_CARD.md"))
        .content()
        .contains("trained on all tracks", "The figures are those of another network of the same");
    train(data, folder.resolve("more"), "--all-tracks", "--measured-by", out)
        .assertFails(1, out + " holds out no track");
  }

  @Test
  void tracksThatAModelWasTrainedOnAreTold() throws IOException {
    Path model = run.resolve("model");
    Cli own = Cli.run("evaluate", model, data, "--split", run.resolve("split.csv"));
    assertThat(own.status()).isZero();
    assertThat(own.err()).isEmpty();
    Cli bundle = Cli.run("evaluate", model, data, "--split-seed", 1);
    assertThat(bundle.status()).isZero();
    assertThat(bundle.messages())
        .singleElement()
        .asString()
        .contains("warning: " + run.resolve("model"), "was trained on tracks of this dataset");
    Cli other = Cli.run("evaluate", run, data, "--split", run.resolve("split.csv"));
    assertThat(other.err()).isEmpty();
    // Of other recordings the run's split knows nothing, and nobody is accused.
    Path elsewhere = ToneMusic.copy(data, folder.resolve("elsewhere"));
    Files.copy(
        ToneMusic.pictures(elsewhere).get(0),
        ToneMusic.pictures(elsewhere).get(1),
        StandardCopyOption.REPLACE_EXISTING);
    Cli foreign = Cli.run("evaluate", run, elsewhere, "--split-seed", 2);
    assertThat(foreign.status()).as(foreign.err()).isZero();
    assertThat(foreign.err()).isEmpty();
    for (int seed = 2; seed < 8; seed++) {
      Cli another = Cli.run("evaluate", run, data, "--split-seed", seed);
      if (!another.err().isEmpty()) {
        assertThat(another.err()).containsPattern("was trained on [12] of these [23] tracks: the");
        return;
      }
    }
    throw new AssertionError("no split holds another track out");
  }

  @Test
  void aRunFolderInTheWayIsTold() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "mine");

    train(data, file).assertFails(1, file.toString(), "a file, where a folder is needed");
    assertThat(file).hasContent("mine");
  }

  @Test
  void aDatasetThatIsNoneOrDamagedIsTold() throws IOException {
    train(folder.resolve("none"), folder.resolve("r0")).assertFails(1, "none: no such folder");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    train(empty, folder.resolve("r1")).assertFails(1, empty + " is not a prepared dataset");
    Files.createDirectory(empty.resolve("low"));
    Cli silent = train(empty, folder.resolve("r1"));
    assertThat(silent.status()).isEqualTo(1);
    assertThat(silent.messages().get(1)).contains(empty + " holds no audio");

    Path broken = ToneMusic.copy(data, folder.resolve("broken"));
    Path picture = ToneMusic.pictures(broken).get(0);
    Files.writeString(picture, "no picture");
    train(broken, folder.resolve("r2")).assertFails(1, picture.toString());
    Files.delete(picture);
    train(broken, folder.resolve("r3")).assertFails(1, picture + ": the picture is missing");
    Files.writeString(broken.resolve("tracks.csv"), "no,index\n1,2\n");
    train(broken, folder.resolve("r4")).assertFails(1, broken.resolve("tracks.csv").toString());
    Files.delete(broken.resolve("tracks.csv"));
    train(broken, folder.resolve("r5")).assertFails(1, broken + " is not a prepared dataset");
  }

  @Test
  void oneGenreIsNotEnough() throws IOException {
    Path alone = Files.createDirectories(folder.resolve("alone/low"));
    Files.copy(music.resolve("low/0.wav"), alone.resolve("0.wav"));
    Files.copy(music.resolve("low/1.wav"), alone.resolve("1.wav"));
    Path made = folder.resolve("made");
    assertThat(Cli.run("prepare", folder.resolve("alone"), made).status()).isZero();

    train(made, folder.resolve("run")).assertFails(1, "at least 2 genres");
  }

  @Test
  void aSplitThatLeaksIsRefused() throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(run.resolve("split.csv")));
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("high.copy,")) {
        String other = lines.get(i).endsWith("train") ? "valid" : "train";
        lines.set(i, "high.copy," + other);
      }
    }
    Path leaking = Files.write(folder.resolve("leaking.csv"), lines);

    train(data, folder.resolve("run"), "--split", leaking)
        .assertFails(1, leaking + ": the split leaks", "are the same recording");
    train(data, folder.resolve("run"), "--split", folder).assertFails(1, folder.toString());
    train(data, folder.resolve("run"), "--split", leaking, "--split-seed", 1)
        .assertFails(2, "only one of --split, --split-seed and --all-tracks");
    train(data, folder.resolve("run"), "--all-tracks", "--split-seed", 1)
        .assertFails(2, "only one of --split, --split-seed and --all-tracks");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void wrongValuesAreWrongUsage() throws IOException {
    Path out = folder.resolve("run");
    train(data, out, "--epochs", 0).assertFails(2, "epochs must be from 1 to 10000, not 0");
    train(data, out, "--epochs", "x").assertFails(2, "--epochs", "'x'");
    train(data, out, "--model", "nope").assertFails(2, "nope", "tiny-unet");
    train(data, out, "--batch-size", 0).assertFails(2, "batchSize must be");
    train(data, out, "--learning-rate", -1).assertFails(2, "learningRate must be above 0");
    Cli.run("train", data, "--model", "tiny-unet", "--out", out, "--precision", "xyz")
        .assertFails(2, "precision must be auto, bf16 or fp32, not 'xyz'");
    Cli.run("train", data, "--model", "tiny-unet").assertFails(2, "--out");
    Cli.run("prepare", music, out, "--jobs", 0).assertFails(2, "not 0");
    Cli.run("prepare", music, out, "--features", "nope").assertFails(2, "nope", "gtzan-archive");
    assertThat(out).doesNotExist();
  }

  @Test
  void textsThatAreNoneAreNamed() throws IOException {
    Path bytes = Files.write(folder.resolve("notes.md"), new byte[] {(byte) 0xff, 0, 1});
    Path out = folder.resolve("run");

    train(data, out, "--notes", bytes).assertFails(1, bytes + " is not a text");
    train(data, out, "--notes", folder).assertFails(1, folder + " is a folder");
    train(data, out, "--notes", folder.resolve("x")).assertFails(1, "x: no such file");
    Cli.run("prepare", music, out, "--features", bytes).assertFails(1, bytes.toString());
    Cli.run("prepare", music, out, "--features", folder).assertFails(1, folder + " is a folder");
  }

  @Test
  void aSourceThatIsNoneIsTold() throws IOException {
    Path out = folder.resolve("out");
    Cli.run("prepare", folder.resolve("none"), out).assertFails(1, "none: no such folder");
    Cli.run("prepare", Files.createDirectory(folder.resolve("bare")), out)
        .assertFails(1, "bare has no genre folders");
    Cli.run("prepare", music, music.resolve("inside")).assertFails(1, "lies in the source folder");
    Cli.run("prepare", music, run).assertFails(1, run + " is not empty");
  }
}
