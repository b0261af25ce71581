package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;
import tonearm.eval.Prediction;
import tonearm.model.Calibration;
import tonearm.model.ModelBundle;
import tonearm.model.ModelBundle.Description;
import tonearm.model.NetworkGraph.Weight;
import tonearm.provenance.Json;
import tonearm.tags.TagField;
import tonearm.tags.TagState;
import tonearm.terminal.Interruption;
import tonearm.train.Run;

/** {@code tonearm calibrate}, and what becomes of songs that a model does not know. */
class CliCalibrationTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path RUNS = Path.of("..", "docs", "runs").toAbsolutePath().normalize();
  private static final Path FOLDS = RUNS.resolve("narrow-unet-by-track");

  /** Nobody is as sure as that. */
  private static final Calibration NEVER_SURE = new Calibration(1, 1, 1.0, null, null, null);

  @TempDir private static Path shared;
  private static Path unsure = Path.of("set before all");

  @TempDir private Path folder;
  private Path music = Path.of("set before each");
  private Path song = Path.of("set before each");

  @BeforeAll
  static void makeModel() throws IOException {
    unsure = TinyModel.write(shared.resolve("unsure"));
    ModelBundle.calibrate(unsure, NEVER_SURE);
  }

  @AfterAll
  static void commandsAreOver() {
    Interruption.finished();
  }

  @BeforeEach
  void makeMusic() throws IOException {
    music = Files.createDirectories(folder.resolve("music"));
    song = music.resolve("song.mp3");
    TestAudio.write(song, TestFormat.MP3, 22050, TestAudio.noise(5, 13, 22050));
  }

  /** A bundle of a run's network, without learning. */
  private Path bundleOf(Path run) throws IOException {
    Run made = Json.read(run.resolve("run.json"), Run.class);
    Description description =
        Description.of(
            "mine",
            made.model(),
            made.features(),
            made.training().clipSeconds(),
            made.genres(),
            null,
            made.provenance());
    Map<String, float[]> values = new HashMap<>();
    for (Weight weight : description.graph().weights()) {
      values.put(weight.name(), new float[Math.toIntExact(weight.size())]);
    }
    Path bundle = folder.resolve("bundle");
    ModelBundle.write(bundle, description, values);
    Files.writeString(
        bundle.resolve(ModelBundle.CARD_FILE), "# mine\n\nWords.\n\n## Provenance\n\nMore.\n");
    return bundle;
  }

  @Test
  void aCrossValidationCalibratesABundleOfItsNetwork() throws IOException {
    Path bundle = bundleOf(FOLDS);
    Path out = folder.resolve("out");

    Cli cli = Cli.run("calibrate", FOLDS, "--bundle", bundle, "--out", out, "--json");

    assertThat(cli.status()).as(cli.err()).isZero();
    JsonNode printed = JSON.readTree(cli.out());
    assertThat(JSON.readTree(out.resolve("calibration.json").toFile())).isEqualTo(printed);
    assertThat(out.resolve("reliability.png")).isNotEmptyFile();
    assertThat(out.resolve("reliability.svg"))
        .content()
        .contains("tracks, before", "clips, after, temperature");
    JsonNode study = printed.get("study");
    assertThat(study.get("folds").asInt()).isEqualTo(3);
    assertThat(study.at("/tracks/before/reliability/count").asInt()).isEqualTo(540);
    Calibration calibration = Objects.requireNonNull(ModelBundle.describe(bundle).calibration());
    assertThat(calibration.temperature()).isEqualTo(study.at("/tracks/temperature").asDouble());
    assertThat(calibration.clipTemperature()).isEqualTo(study.at("/clips/temperature").asDouble());
    assertThat(calibration.unknownBelow()).isEqualTo(study.get("unknown_below").asDouble());
    assertThat(printed.at("/chosen/lost").asDouble()).isBetween(0.0, 0.02);
    assertThat(Objects.requireNonNull(calibration.evidence()).tracks()).isEqualTo(540);
    String card = Files.readString(bundle.resolve(ModelBundle.CARD_FILE));
    assertThat(card)
        .startsWith("# mine\n\nWords.\n\n## Calibration\n")
        .endsWith("\n\n## Provenance\n\nMore.\n")
        .contains("| songs | 540 |", "| clips | 2700 |");

    Cli again = Cli.run("calibrate", FOLDS, "--bundle", bundle, "--out", out, "--max-lost", "0.1");
    assertThat(again.out())
        .contains("at which at most 10.0 % of right tracks are lost", "calibrated: " + bundle);
    assertThat(Objects.requireNonNull(ModelBundle.describe(bundle).calibration()).unknownBelow())
        .isGreaterThan(Objects.requireNonNull(calibration.unknownBelow()));
    assertThat(Files.readString(bundle.resolve(ModelBundle.CARD_FILE)).split("## Cal", -1))
        .hasSize(2);

    // Judged by what it was fitted to, it is worth what it was found to be.
    Cli judged = Cli.run("calibrate", FOLDS, "--judge", bundle, "--json");
    assertThat(judged.status()).as(judged.err()).isZero();
    JsonNode judgement = JSON.readTree(judged.out());
    for (String level : new String[] {"/tracks", "/clips"}) {
      assertThat(judgement.at(level + "/before")).isEqualTo(study.at(level + "/before"));
      assertThat(judgement.at(level + "/after")).isEqualTo(study.at(level + "/after"));
    }
    assertThat(judgement.at("/known/lost").asDouble()).isBetween(0.02, 0.1);
    assertThat(judgement.at("/all/coverage").asDouble()).isEqualTo(1);
    assertThat(Cli.run("calibrate", FOLDS, "--judge", bundle).out())
        .contains("expected calibr. error", "tracks     540", "all            100.0 %");
    Cli.run("calibrate", FOLDS, "--judge", bundle, "--bundle", bundle)
        .assertFails(2, "--judge writes nothing");
  }

  @Test
  void aRunOfOneDivisionIsJudgedByFoldsOfItsHeldOutTracks() throws IOException {
    Path out = folder.resolve("out");
    Cli cli = Cli.run("calibrate", RUNS.resolve("reference-unet"), "-o", out);
    assertThat(cli.status()).as(cli.err()).isZero();
    assertThat(cli.out()).contains("tracks     180", "each of 10 folds").contains("written: ");
  }

  @Test
  void whatCannotBeIsRefusedAndNothingWritten() throws IOException {
    Path out = folder.resolve("out");
    Cli.run("calibrate", FOLDS, "--data", folder, "-o", out).assertFails(2, "--data goes with");
    Cli.run("calibrate", FOLDS, "--side", "train", "-o", out).assertFails(2, "--side must be");
    Cli.run("calibrate", FOLDS, "--max-lost", "1", "-o", out).assertFails(2, "--max-lost");
    Cli.run("calibrate", FOLDS, "--side", "test", "-o", out).assertFails(1, "no answers to tracks");
    Cli.run("calibrate", FOLDS, "--bundle", unsure, "-o", out)
        .assertFails(1, "cannot be calibrated by", "their networks differ");
    Cli.run("calibrate", folder, "-o", out).assertFails(1, "run.json");
    Cli.run("calibrate", FOLDS, "--judge", bundleOf(FOLDS)).assertFails(1, "has no calibration");
    Path leaking = Files.createDirectories(folder.resolve("leaking"));
    String run = Files.readString(FOLDS.resolve("run.json"));
    assertThat(run).contains("\"protocol\" : \"track\"");
    Files.writeString(
        leaking.resolve("run.json"),
        run.replace("\"protocol\" : \"track\"", "\"protocol\" : \"clip\""));
    Cli.run("calibrate", leaking, "-o", out).assertFails(1, "single clips");
    assertThat(out).doesNotExist();
    assertThat(ModelBundle.describe(unsure).calibration()).isEqualTo(NEVER_SURE);
  }

  @Test
  void aSongThatIsNotKnownIsAnAnswerWithItsNearest() throws IOException {
    Cli json = Cli.run("classify", "--model", unsure, "--json", song);
    assertThat(json.status()).as(json.err()).isZero();
    Prediction said = Prediction.fromJson(json.lines().get(0));
    assertThat(said.genre()).isEqualTo(Prediction.UNKNOWN);
    Prediction.Ranked best = Objects.requireNonNull(said.nearest()).get(0);
    assertThat(best).isEqualTo(said.top(1).get(0));
    assertThat(said.confidence()).isEqualTo(best.probability());

    Cli table = Cli.run("classify", "--model", unsure, song);
    assertThat(table.lines().get(1)).isEqualTo("  unknown, nearest:");
    assertThat(table.lines().get(2)).contains(best.genre(), "%");
    String csv = Cli.run("classify", "--model", unsure, "--csv", song).lines().get(1);
    assertThat(csv).contains(song + "\",ok,unknown," + said.confidence() + ",");
    JsonNode jams =
        JSON.readTree(Cli.run("classify", "--model", unsure, "--jams", song).lines().get(0));
    assertThat(jams.at("/sandbox/genre").asText()).isEqualTo("unknown");
    assertThat(jams.at("/annotations/0/data")).hasSize(TinyModel.GENRES.size());
    assertThat(jams.at("/annotations/0/data").findValuesAsText("value")).doesNotContain("unknown");
  }

  @Test
  void silenceIsNotKnown() throws IOException {
    Path silent = music.resolve("silent.wav");
    TestAudio.write(silent, TestFormat.WAV_S16, 22050, TestAudio.silence(9, 22050));

    Cli cli = Cli.run("classify", "--model", unsure, silent, song);

    assertThat(cli.status()).isZero();
    assertThat(cli.messages())
        .hasSize(2)
        .first()
        .asString()
        .startsWith("tonearm: " + silent + ": warning: silent throughout");
    assertThat(cli.err()).contains("2 of 2 files answered, 2 of unknown genre, 0 failed");
    assertThat(cli.lines().get(1)).isEqualTo("  unknown");
    assertThat(cli.lines().get(2)).isEmpty();
  }

  @Test
  void anIndexKeepsItAndNobodyTagsIt() throws IOException {
    Path index = folder.resolve("library.db");
    Object[] heard = {"classify", "-r", music, "--model", unsure, "--index", index, "--json"};
    String first = Cli.run(heard).out();
    Cli again = Cli.run(heard);
    assertThat(again.err()).isEmpty();
    assertThat(again.out()).isEqualTo(first).contains("\"genre\":\"unknown\"", "\"nearest\":[");

    JsonNode row =
        JSON.readTree(
            Cli.run("library", "list", "--json", "--genre", "unknown", "--index", index).out());
    assertThat(row.get("nearest").get(0).get("genre").asText())
        .isEqualTo(Prediction.fromJson(first.strip()).top(1).get(0).genre());
    assertThat(Cli.run("library", "list", "--index", index).out()).contains("unknown ");
    assertThat(Cli.run("library", "stats", "--index", index).out()).contains("unknown ", "100 %");
    Path lists = folder.resolve("lists");
    Cli.run("library", "export", "--m3u8", lists, "--index", index);
    assertThat(lists.resolve("unknown.m3u8")).content().contains("song");
    Path other = music.resolve("other.mp3");
    TestAudio.write(other, TestFormat.MP3, 22050, TestAudio.tone(300, 13, 22050));
    Cli.run(heard);
    assertThat(Cli.run("similar", other, "--model", unsure, "--index", index, "--json").out())
        .contains("song.mp3", "\"genre\":\"unknown\"");

    Path journal = folder.resolve("journal");
    Cli tag =
        Cli.run(
            "tag",
            "-r",
            music,
            "--model",
            unsure,
            "--index",
            index,
            "--journal",
            journal,
            "--min-confidence",
            "0",
            "--write",
            "--replace");
    assertThat(tag.status()).isZero();
    assertThat(tag.out()).isEmpty();
    assertThat(tag.messages().get(1))
        .isEqualTo("tonearm: " + song + ": left alone: the model does not know its genre");
    assertThat(tag.messages().get(2)).startsWith("tonearm: 2 files: 2 of unknown genre;");
    assertThat(TagState.read(song, TagField.GENRE).values()).isEmpty();
    Path answers = Files.writeString(folder.resolve("answers"), first);
    JsonNode from =
        JSON.readTree(Cli.run("tag", "--from", answers, "--journal", journal, "--json").out());
    assertThat(from.get("status").asText()).isEqualTo("unknown");
    assertThat(from.get("after")).isEqualTo(from.get("before"));
    assertThat(from.get("confidence").floatValue())
        .isCloseTo(row.get("confidence").floatValue(), within(1e-6f));
  }

  @Test
  void modelsThatAreNotCalibratedAnswerAsEver() throws IOException {
    Path plain = TinyModel.write(folder.resolve("plain"));
    Prediction before =
        Prediction.fromJson(Cli.run("classify", "--model", plain, "--json", song).lines().get(0));
    assertThat(TinyModel.GENRES).contains(Objects.requireNonNull(before.genre()));
    ModelBundle.calibrate(plain, new Calibration(1, 1, null, null, null, null));
    Prediction after =
        Prediction.fromJson(Cli.run("classify", "--model", plain, "--json", song).lines().get(0));
    assertThat(after).isEqualTo(before);
  }
}
