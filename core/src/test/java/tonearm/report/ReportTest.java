package tonearm.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;
import tonearm.dataset.PreparedDataset;
import tonearm.eval.Evaluation;
import tonearm.eval.Prediction;
import tonearm.report.Report.Outcome;
import tonearm.report.Report.Request;

/** A report is made from a run's small files, and says what it could not make. */
class ReportTest {
  @TempDir private Path folder;

  private Outcome report(Path run, @Nullable Path data, @Nullable Path published, Path... songs)
      throws IOException {
    return Report.write(
        new Request(run, data, List.of(songs), published, List.of(), folder.resolve("report")));
  }

  private static List<String> names(Outcome outcome) {
    return outcome.figures().stream().map(Figure::name).toList();
  }

  @Test
  void withoutSoundTheRestIsMadeAndTheMissingNamed() throws IOException {
    Outcome made = report(FakeRun.write(folder.resolve("run"), "none"), null, null);

    assertThat(names(made))
        .containsExactly(
            "01-unet",
            "02-parallel-convolutions",
            "04-layers",
            "08-history",
            "09-confusion",
            "10-scores",
            "11-answer");
    assertThat(made.missing())
        .hasSize(2)
        .anyMatch(line -> line.contains("figures 3 and 12") && line.contains("--data"))
        .anyMatch(line -> line.contains("figures 5 to 7") && line.contains("--song"));
    for (String name : names(made)) {
      assertThat(folder.resolve("report").resolve(name + ".svg")).isNotEmptyFile();
      assertThat(folder.resolve("report").resolve(name + ".png")).isNotEmptyFile();
    }
    String html = Files.readString(made.page());
    assertThat(html).contains("Not made", "figures 3 and 12");
    Outcome again = report(folder.resolve("run"), null, null);
    assertThat(Files.readString(again.page())).as("the same files").isEqualTo(html);
  }

  @Test
  void theDatasetGivesAllElevenAndTheDistances() throws IOException {
    PreparedDataset data = FakeRun.dataset(folder.resolve("data"), 3);
    Path run = FakeRun.write(folder.resolve("run"), data.digest());
    Outcome made = report(run, data.folder(), null);

    assertThat(made.missing()).isEmpty();
    assertThat(names(made))
        .extracting(name -> name.substring(0, 2))
        .containsExactly("01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12");
    assertThat(folder.resolve("report").resolve(Report.DISTANCES)).isNotEmptyFile();

    assertWholeByItself(made);

    // The means stay with the run: the next report needs no dataset for them.
    Path mean = folder.resolve("report/03-mean-spectrograms.svg");
    String before = Files.readString(mean);
    Outcome again = report(run, null, null);
    assertThat(names(again)).contains("03-mean-spectrograms", "12-genre-distances");
    assertThat(mean).hasContent(before);
  }

  @Test
  void ofALargerDatasetOnlyTheGenresOfTheRunAreShown() throws IOException {
    List<String> more = List.of("high", "low", "middle", "zither");
    PreparedDataset data = FakeRun.dataset(folder.resolve("data"), more, 3);
    Path run = FakeRun.write(folder.resolve("run"), data.only(FakeRun.GENRES).digest());
    Outcome made = report(run, data.folder(), null);

    assertThat(made.missing()).isEmpty();
    assertThat(Files.readString(folder.resolve("report/03-mean-spectrograms.svg")))
        .contains("middle")
        .doesNotContain("zither");
    assertThat(run.resolve(MeanSpectrograms.FILE)).content().doesNotContain("zither");
  }

  @Test
  void theMeansOfOtherTracksAreToldAsSuchAndNotKept() throws IOException {
    PreparedDataset data = FakeRun.dataset(folder.resolve("data"), 3);
    Path run = FakeRun.write(folder.resolve("run"), "of other tracks");
    Outcome made = report(run, data.folder(), null);

    assertThat(names(made)).contains("03-mean-spectrograms", "12-genre-distances");
    assertThat(made.missing())
        .singleElement()
        .asString()
        .contains("trained on other tracks", data.folder().toString());
    assertThat(run.resolve(MeanSpectrograms.FILE)).doesNotExist();
  }

  /** The page of a report with everything in it. */
  private static void assertWholeByItself(Outcome made) throws IOException {
    String html = Files.readString(made.page());
    List<String> addresses =
        Pattern.compile("https?://[^\"'<> )]+")
            .matcher(html)
            .results()
            .map(r -> r.group())
            .toList();
    assertThat(addresses).as("namespaces only").allMatch(a -> a.startsWith("http://www.w3.org/"));
    assertThat(html)
        .doesNotContain("<script", "<link", "src=", "@import", "<!DOCTYPE svg", "<?xml");
    assertThat(html.split("<svg ", -1)).hasSize(made.figures().size() + 1);
    assertThat(html.split("<figcaption>", -1)).hasSize(made.figures().size() + 1);
    assertThat(html)
        .contains("Run of tiny-unet", "high, low, middle", "6 to train, 3 to validate")
        .contains("<td>validation</td><td>clips</td><td>9</td><td>66.7 %</td>")
        .contains("<td>2</td><td>0.7</td><td>0.7</td><td>0.9</td><td>0.6</td>")
        .contains("<td>head.dense</td><td>dense, 3</td><td>3x1x1</td>")
        .contains("Nearest genres by mean spectrogram");
    // Well-formed, so that no name or number can break the page.
    Svg.parsed(html.replace("<!DOCTYPE html>", "").replaceAll("<meta ([^>]*)>", "<meta $1/>"));
  }

  @Test
  void aSongAndItsAnswerAreShown() throws IOException {
    Path song = folder.resolve("tone.wav");
    TestAudio.write(song, TestFormat.WAV_S16, 6400, TestAudio.tone(800, 7, 6400));
    Path answer = folder.resolve("answer.json");
    Prediction prediction =
        Prediction.ok("x/tone.wav", FakeRun.GENRES, new float[] {0.7f, 0.2f, 0.1f}, 7, 3, "m");
    Files.writeString(answer, prediction.toJson() + "\n");
    Outcome made = report(FakeRun.write(folder.resolve("run"), "none"), null, null, song, answer);

    assertThat(names(made)).contains("05-spectrogram", "06-augmentations", "07-all-augmentations");
    Figure shown =
        made.figures().stream().filter(f -> f.name().equals("11-answer")).findFirst().orElseThrow();
    assertThat(Svg.of(shown).words()).contains("tone.wav", "70.0 %");
  }

  @Test
  void badSongsAreNamed() throws IOException {
    Path run = FakeRun.write(folder.resolve("run"), "none");
    Path text = Files.writeString(folder.resolve("notes.mp3"), "no music");
    assertThatIOException()
        .isThrownBy(() -> report(run, null, null, text))
        .withMessageContaining("notes.mp3: no audio stream");
    Path error = folder.resolve("error.json");
    Files.writeString(error, Prediction.error("a.mp3", "no audio").toJson());
    assertThatIOException()
        .isThrownBy(() -> report(run, null, null, error))
        .withMessageContaining("error.json")
        .withMessageContaining("no audio");
    Path other = Files.writeString(folder.resolve("other.json"), "{\"a\":1}");
    assertThatIOException()
        .isThrownBy(() -> report(run, null, null, other))
        .withMessageContaining("other.json: not an answer of classify --json");
    Files.writeString(run.resolve("run.json"), "{\"model\":{}}");
    assertThatIOException()
        .isThrownBy(() -> report(run, null, null))
        .withMessageContaining("run.json");
  }

  @Test
  void thePublishedRunIsDrawnBeside() throws IOException {
    Path published = Files.createDirectories(folder.resolve("published"));
    String labels = labels(g -> g);
    Files.writeString(
        published.resolve("training_history.json"),
        "{\"accuracy\":[0.2,0.5],\"loss\":[9,3],\"val_accuracy\":[0.1,0.4],\"val_loss\":[8,2]}");
    for (String side : List.of("train", "valid")) {
      Files.writeString(published.resolve("true_" + side + ".json"), labels);
      Files.writeString(
          published.resolve("predicted_" + side + ".json"), labels(g -> g == 6 ? 8 : g));
    }
    Path run = FakeRun.write(folder.resolve("run"), "of other data");
    Path data = FakeRun.dataset(folder.resolve("data"), 1).folder();
    Outcome made = report(run, data, published);

    assertThat(names(made))
        .containsSubsequence(
            "08-history",
            "08-history-published",
            "09-confusion",
            "09-confusion-published",
            "10-scores",
            "10-scores-published");
    Figure confusion =
        made.figures().stream()
            .filter(f -> f.name().equals("09-confusion-published"))
            .findFirst()
            .orElseThrow();
    assertThat(Svg.of(confusion).words())
        .contains("metal", "both: 60 clips, 90.0 % right, macro F1 0.867");
    assertThat(Objects.requireNonNull(made.publishedHistory()).column("valid_loss"))
        .containsExactly(8, 2);
    assertThat(made.published()).as("three clips of each genre are no tracks of five").isNull();
    assertThat(Report.publishedRunIn(folder)).isNull();
    assertThat(run.resolve(MeanSpectrograms.FILE)).as("means of other data").doesNotExist();

    // Two tracks of five clips; of the second three are taken for another genre.
    Files.writeString(published.resolve("true_valid.json"), "[0,0,0,0,0,1,1,1,1,1]");
    Files.writeString(published.resolve("predicted_valid.json"), "[0,0,0,0,0,1,2,2,2,1]");
    Evaluation held = Objects.requireNonNull(report(run, null, published).published());
    assertThat(held.clips().accuracy()).isEqualTo(0.7);
    assertThat(held.tracksMajorityVote().accuracy()).isEqualTo(0.5);

    Outcome renamed = namedAnew(run, published);
    assertThat(renamed.figures())
        .filteredOn(f -> f.name().endsWith("-published"))
        .extracting(Figure::title)
        .contains("Scores by genre: the published run, its genres named anew");
    assertThat(
            Objects.requireNonNull(renamed.published()).clips().confusion().counts().get(9).get(9))
        .as("five clips of class 0, which is rock now")
        .isEqualTo(5);

    Files.writeString(published.resolve("predicted_valid.json"), "[11]");
    assertThatIOException()
        .isThrownBy(() -> report(folder.resolve("run"), null, published))
        .withMessageContaining("predicted_valid.json");
  }

  private Outcome namedAnew(Path run, Path published) throws IOException {
    List<String> names =
        List.of(
            "rock",
            "reggae",
            "pop",
            "metal",
            "jazz",
            "hiphop",
            "disco",
            "country",
            "classical",
            "blues");
    return Report.write(
        new Request(run, null, List.of(), published, names, folder.resolve("renamed")));
  }

  /** Three clips of each of ten genres. */
  private static String labels(java.util.function.IntUnaryOperator of) {
    return IntStream.range(0, 30)
        .mapToObj(i -> Integer.toString(of.applyAsInt(i / 3)))
        .collect(Collectors.joining(",", "[", "]"));
  }
}
