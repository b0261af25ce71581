package tonearm.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;
import tonearm.features.FeatureConfig;
import tonearm.provenance.Digest;

class PreparerTest {
  @TempDir Path folder;
  private Path source;
  private Path destination;

  @BeforeEach
  void folders() {
    source = folder.resolve("music");
    destination = folder.resolve("prepared");
  }

  private void song(String path, String text) throws IOException {
    FakeSongs.write(source.resolve(path), text);
  }

  private Preparer.Summary prepare() throws IOException, InterruptedException {
    return FakeSongs.preparer(3).prepare(source, destination, Preparer.Listener.NONE);
  }

  private Catalog catalog() throws IOException {
    return PreparedDataset.open(destination).catalog();
  }

  private Track track(String name) throws IOException {
    return Objects.requireNonNull(catalog().find(name), name);
  }

  @Test
  void aTreeBecomesADatasetThatOpens() throws Exception {
    song("jazz/b.wav", "one");
    song("jazz/a.mp3", "two");
    song("blues/artist/album/blues.00001.flac", "odd three");
    song("blues/broken.mp3", "bad");
    song("blues/cover.JPG", "bad");
    song("blues/list.m3u", "bad");
    song("blues/.hidden.mp3", "bad");
    song(".git/x/y.mp3", "bad");
    song("stray.mp3", "four");
    Preparer.Summary summary = prepare();
    assertThat(summary.passedOver()).isEqualTo(3);
    assertThat(summary.reused()).isZero();
    assertThat(summary.dataset().tracks()).isEqualTo(3);
    assertThat(summary.dataset().failed()).isEqualTo(1);
    assertThat(summary.dataset().duplicates()).isZero();

    PreparedDataset dataset = PreparedDataset.open(destination);
    assertThat(dataset.features()).isEqualTo(FakeSongs.FEATURES);
    assertThat(dataset.catalog().genres()).containsExactly("blues", "jazz");
    assertThat(dataset.catalog().tracks())
        .extracting(Track::track)
        .containsExactly("blues.00001", "blues.broken", "jazz.a", "jazz.b");
    Track odd = track("blues.00001");
    assertThat(odd.source()).isEqualTo("blues/artist/album/blues.00001.flac");
    assertThat(odd.sha256()).isEqualTo(Digest.ofFile(source.resolve(odd.source())));
    assertThat(odd.sampleRateHz()).isEqualTo(44100);
    assertThat(odd.durationS()).isEqualTo(0.012);
    assertThat(odd.dbMin()).isLessThan(odd.dbMax()).isBetween(-100.0, 0.0);
    assertThat(odd.note()).startsWith("truncated");
    assertThat(odd.isUsable()).isTrue();
    Track broken = track("blues.broken");
    assertThat(broken.isUsable()).isFalse();
    assertThat(broken.reason()).isEqualTo("no audio stream: the file is text");
    for (Track usable : dataset.catalog().usable()) {
      assertThat(dataset.spectrogram(usable).frames()).isEqualTo(12);
    }
    assertThat(Objects.requireNonNull(summary.dataset().provenance()).entries())
        .containsEntry("data_digest", dataset.digest())
        .containsEntry("source", source.toRealPath().toString());
    assertThat(names(destination))
        .containsExactlyInAnyOrder("dataset.json", "tracks.csv", "spectrograms");
  }

  @Test
  void progressIsToldFromNothingToAllWithEveryFailure() throws Exception {
    for (int i = 0; i < 20; i++) {
      song("g/" + i + ".mp3", i % 5 == 0 ? "bad" : i == 7 ? "odd" : "song " + i);
    }
    List<String> heard = new ArrayList<>();
    List<Integer> done = new ArrayList<>();
    FakeSongs.preparer(4)
        .prepare(
            source,
            destination,
            new Preparer.Listener() {
              @Override
              public void progress(int d, int total, int failed) {
                assertThat(total).isEqualTo(20);
                assertThat(failed).isLessThanOrEqualTo(4);
                done.add(d);
              }

              @Override
              public void failure(String file, String reason) {
                heard.add(file + ": " + reason);
              }

              @Override
              public void warning(String file, String note) {
                heard.add(file + ": " + note);
              }
            });
    assertThat(done).hasSize(21).isSorted().startsWith(0).endsWith(20);
    assertThat(heard)
        .hasSize(5)
        .contains("g/0.mp3: no audio stream: the file is text")
        .contains("g/7.mp3: truncated: 1.0 s of 2.0 s");
  }

  @Test
  void theSamePictureIsTheSameRecordingAlsoInAnotherGenre() throws Exception {
    song("rock/z.mp3", "same\nin another file");
    song("pop/copy.mp3", "same");
    song("pop/other.mp3", "other");
    song("rock/a.mp3", "same");
    song("pop/bad1.mp3", "bad");
    song("pop/bad2.mp3", "bad");
    assertThat(prepare().dataset().duplicates()).isEqualTo(2);
    assertThat(track("pop.copy").duplicateOf()).isNull();
    assertThat(track("rock.a").duplicateOf()).isEqualTo("pop.copy");
    assertThat(track("rock.z").duplicateOf()).isEqualTo("pop.copy");
    assertThat(track("pop.other").duplicateOf()).isNull();
    assertThat(track("pop.bad2").duplicateOf()).isNull();
  }

  @Test
  void theResultDoesNotDependOnTheNumberOfWorkers() throws Exception {
    for (int i = 0; i < 30; i++) {
      song("g" + i % 3 + "/" + i % 7 + "-" + i + ".mp3", i % 6 == 0 ? "bad" : "song " + i % 9);
    }
    prepare();
    Path other = folder.resolve("other");
    FakeSongs.preparer(1).prepare(source, other, Preparer.Listener.NONE);
    assertThat(content(other)).isEqualTo(content(destination));
  }

  @Test
  void aFinishedDatasetFollowsItsSource() throws Exception {
    song("g/a.mp3", "one");
    song("g/b.mp3", "two");
    prepare();
    song("g/a.mp3", "changed");
    Files.delete(source.resolve("g/b.mp3"));
    song("h/c.mp3", "three");
    prepare();
    assertThat(catalog().tracks()).extracting(Track::track).containsExactly("g.a", "h.c");
    assertThat(names(destination.resolve("spectrograms/g"))).containsExactly("g.a.png");
  }

  @Test
  void whatIsNoTreeOfGenresIsRefused() throws Exception {
    assertThatThrownBy(this::prepare).hasMessageContaining("music: no such folder");
    Files.writeString(source, "");
    assertThatThrownBy(this::prepare).hasMessageContaining("music is a file");
    Files.delete(source);
    Files.createDirectory(source);
    song("only.mp3", "one");
    assertThatThrownBy(this::prepare).hasMessageContaining("music has no genre folders");
    song("g/cover.jpg", "");
    assertThatThrownBy(this::prepare).hasMessageContaining("holds no audio");
    song("g\nh/a.mp3", "one");
    assertThatThrownBy(this::prepare)
        .hasMessageContaining("cannot be a genre: its name has a line break");
    assertThat(destination).doesNotExist();
  }

  @Test
  void aDestinationThatIsSomethingElseIsRefused() throws Exception {
    song("g/a.mp3", "one");
    for (String inside : List.of("", "g", "new/deep", "../music/g/..")) {
      destination = source.resolve(inside);
      assertThatThrownBy(this::prepare)
          .as(inside)
          .hasMessageContaining("lies in the source folder");
    }
    destination = folder.resolve("file");
    Files.writeString(destination, "mine");
    assertThatThrownBy(this::prepare).hasMessageContaining("file is a file");
    destination = folder.resolve("full");
    Files.createDirectory(destination);
    Files.writeString(destination.resolve("thesis.txt"), "mine");
    assertThatThrownBy(this::prepare).hasMessageContaining("is not empty and no prepared dataset");
    assertThat(names(destination)).containsExactly("thesis.txt");
    assertThat(names(source)).containsExactly("g");
  }

  @Test
  void aDatasetOfAnotherSourceOrOfOtherFeaturesIsNotOverwritten() throws Exception {
    song("g/a.mp3", "one");
    prepare();
    Map<String, String> before = content(destination);
    Preparer others = new Preparer(FeatureConfig.preset("mel-128"), FakeSongs::hear, 1);
    assertThatThrownBy(() -> others.prepare(source, destination, Preparer.Listener.NONE))
        .hasMessageContaining("the features \"tiny\": choose another folder");
    source = folder.resolve("other");
    song("g/b.mp3", "two");
    assertThatThrownBy(this::prepare).hasMessageContaining("holds a dataset of");
    assertThat(content(destination)).isEqualTo(before);
  }

  @Test
  void aLinkThroughWhichTheDestinationLiesInTheSourceIsSeenThrough() throws Exception {
    song("g/a.mp3", "one");
    Path link = link(folder.resolve("link"), source);
    destination = link.resolve("new");
    assertThatThrownBy(this::prepare).hasMessageContaining("lies in the source folder");
  }

  @Test
  void linksAreFollowedButNotInCircles() throws Exception {
    song("g/a.mp3", "one");
    FakeSongs.write(folder.resolve("elsewhere/b.mp3"), "two");
    link(source.resolve("h"), folder.resolve("elsewhere"));
    link(source.resolve("g/loop"), source);
    link(source.resolve("g/nowhere.mp3"), folder.resolve("gone.mp3"));
    prepare();
    assertThat(catalog().tracks())
        .extracting(Track::track)
        .containsExactly("g.a", "g.nowhere", "h.b");
    assertThat(track("g.nowhere").reason()).isEqualTo("a link to nothing");
  }

  @Test
  void aFaultOfTheDecoderCostsOneFileOnly() throws Exception {
    song("g/a.mp3", "one");
    song("g/b.mp3", "crash");
    song("g/c.mp3", "touch");
    Preparer preparer =
        new Preparer(
            FakeSongs.FEATURES,
            file -> {
              String text = Files.readString(file);
              if (text.equals("crash")) {
                throw new IllegalStateException("never happens");
              }
              if (text.equals("touch")) {
                Files.writeString(file, "touched by somebody");
              }
              return FakeSongs.hear(file);
            },
            2);
    preparer.prepare(source, destination, Preparer.Listener.NONE);
    assertThat(catalog().usable()).extracting(Track::track).containsExactly("g.a");
    assertThat(track("g.b").reason()).contains("never happens");
    assertThat(track("g.c").reason()).isEqualTo("changed while it was read");
  }

  @Test
  void realFilesAreToldByTheirContent() throws Exception {
    Files.createDirectories(source.resolve("tones"));
    float[] tone = TestAudio.tone(440, 3, 22050);
    TestAudio.write(source.resolve("tones/a.wav"), TestFormat.WAV_S16, 22050, tone);
    TestAudio.write(source.resolve("tones/b.doc.bin"), TestFormat.FLAC, 22050, tone);
    TestAudio.write(
        source.resolve("tones/noise"), TestFormat.MP3, 44100, TestAudio.noise(1, 3, 44100));
    TestAudio.write(
        source.resolve("tones/mute.wav"), TestFormat.WAV_S16, 22050, TestAudio.silence(2, 22050));
    Files.writeString(source.resolve("tones/text.mp3"), "this is a letter\n");
    Files.createFile(source.resolve("tones/empty.mp3"));
    byte[] whole = Files.readAllBytes(source.resolve("tones/a.wav"));
    Files.write(source.resolve("tones/cut.wav"), Arrays.copyOf(whole, whole.length / 2));
    FeatureConfig features = FeatureConfig.preset("gtzan-archive");
    new Preparer(features).prepare(source, destination, Preparer.Listener.NONE);
    assertThat(track("tones.a").durationS()).isEqualTo(3);
    assertThat(track("tones.b.doc").duplicateOf()).as("the same samples").isEqualTo("tones.a");
    assertThat(track("tones.noise").sampleRateHz()).isEqualTo(44100);
    assertThat(track("tones.mute").reason()).contains("silent");
    assertThat(track("tones.text").reason()).isEqualTo("no audio stream: the file is text");
    assertThat(catalog().find("tones.empty")).as("files of 0 bytes are passed over").isNull();
    assertThat(track("tones.cut").isUsable()).isTrue();
    assertThat(track("tones.cut").note()).as("something is said of the damage").isNotNull();
    PreparedDataset dataset = PreparedDataset.open(destination);
    assertThat(dataset.spectrogram(track("tones.a")).bins()).isEqualTo(544);
  }

  private static Path link(Path link, Path to) throws IOException {
    try {
      return Files.createSymbolicLink(link, to);
    } catch (UnsupportedOperationException e) {
      assumeTrue(false, "no symbolic links here");
      return link;
    }
  }

  static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  /** Every file of a dataset but its description, which says when it was made. */
  static Map<String, String> content(Path dataset) throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(dataset)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = dataset.relativize(file).toString();
        content.put(name, name.equals("dataset.json") ? "there" : Digest.ofFile(file));
      }
    }
    return content;
  }
}
