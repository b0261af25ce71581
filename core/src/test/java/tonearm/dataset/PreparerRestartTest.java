package tonearm.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.features.Analysis;
import tonearm.features.FeatureConfig;

/** A run that is stopped and taken up again must end as one that was not. */
class PreparerRestartTest {
  private static final int SONGS = 24;

  @TempDir Path folder;
  private Path source;
  private Path destination;
  private Path journal;
  private Map<String, String> uninterrupted = Map.of();

  @BeforeEach
  void songs() throws Exception {
    source = folder.resolve("music");
    destination = folder.resolve("prepared");
    journal = destination.resolve(Journal.FILE);
    for (int i = 0; i < SONGS; i++) {
      FakeSongs.write(
          source.resolve("g" + i % 3 + "/" + i + ".mp3"),
          i % 8 == 0 ? "bad" : i % 5 == 0 ? "odd " + i : "song " + i % 20);
    }
    Path whole = folder.resolve("whole");
    FakeSongs.preparer(2).prepare(source, whole, Preparer.Listener.NONE);
    uninterrupted = PreparerTest.content(whole);
  }

  /** Stands for kill -9, as far as that can be had within one process. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  private void killAfter(int songs) {
    AtomicInteger left = new AtomicInteger(songs);
    Preparer mortal =
        new Preparer(
            FakeSongs.FEATURES,
            file -> {
              if (left.getAndDecrement() <= 0) {
                throw new Killed();
              }
              return FakeSongs.hear(file);
            },
            2);
    assertThatThrownBy(() -> mortal.prepare(source, destination, Preparer.Listener.NONE))
        .isInstanceOf(Killed.class);
  }

  private Preparer.Summary resume() throws IOException, InterruptedException {
    return FakeSongs.preparer(2).prepare(source, destination, Preparer.Listener.NONE);
  }

  @Test
  void itEndsAsIfItHadNotBeenKilled() throws Exception {
    killAfter(5);
    assertThat(journal).exists();
    assertThatThrownBy(() -> PreparedDataset.open(destination))
        .hasMessageContaining("is not finished: run tonearm prepare again");
    killAfter(4);
    AtomicInteger heard = new AtomicInteger();
    Preparer counting =
        new Preparer(
            FakeSongs.FEATURES,
            file -> {
              heard.incrementAndGet();
              return FakeSongs.hear(file);
            },
            2);
    Preparer.Summary summary = counting.prepare(source, destination, Preparer.Listener.NONE);
    assertThat(summary.reused()).isBetween(5, 9);
    assertThat(heard.get()).isEqualTo(SONGS - summary.reused());
    assertThat(PreparerTest.content(destination)).isEqualTo(uninterrupted);
  }

  @Test
  void aTornLineAndHalfAPictureAreMadeAgain() throws Exception {
    killAfter(12);
    List<String> lines = Files.readAllLines(journal);
    String torn = lines.get(lines.size() - 1);
    Files.writeString(
        journal,
        String.join("\n", lines.subList(0, lines.size() - 1))
            + "\nno JSON \0\n"
            + torn.substring(0, torn.length() / 2));
    Files.write(journal, new byte[] {(byte) 0xC3}, StandardOpenOption.APPEND);
    String name = lines.get(1).replaceAll(".*\"track\":\"(g\\d)\\.(\\d+)\".*", "$1/$1.$2.png");
    Path picture = destination.resolve("spectrograms").resolve(name);
    byte[] png = Files.readAllBytes(picture);
    Files.write(picture, Arrays.copyOf(png, png.length / 2));
    Files.writeString(picture.resolveSibling(".tmp-half.png"), "half");
    Files.writeString(destination.resolve(".tmp-half.csv"), "half");
    killAfter(3);
    assertThat(Files.readAllLines(journal).stream().filter(l -> l.startsWith("{\"track\"")))
        .as("appended behind the torn line, not to it")
        .allMatch(l -> l.endsWith("}"));
    assertThat(resume().reused()).isGreaterThan(0);
    assertThat(PreparerTest.content(destination)).isEqualTo(uninterrupted);
  }

  @Test
  void aFileThatChangedMeanwhileIsHeardAgain() throws Exception {
    killAfter(SONGS - 1);
    for (int i = 0; i < SONGS; i++) {
      FakeSongs.write(source.resolve("g" + i % 3 + "/" + i + ".mp3"), "another song " + i);
    }
    assertThat(resume().reused()).isZero();
    Path whole = folder.resolve("changed");
    FakeSongs.preparer(2).prepare(source, whole, Preparer.Listener.NONE);
    assertThat(PreparerTest.content(destination)).isEqualTo(PreparerTest.content(whole));
  }

  @Test
  void aKillBeforeTheFirstLineOrAfterTheLastDoesNoHarm() throws Exception {
    Files.createDirectories(destination);
    Files.writeString(journal, "{\"source\":\"/mu");
    resume();
    assertThat(PreparerTest.content(destination)).isEqualTo(uninterrupted);
    killAfter(3);
    assertThat(resume().reused()).isGreaterThan(0);
    assertThat(PreparerTest.content(destination)).isEqualTo(uninterrupted);
  }

  @Test
  void theJournalOfAnotherSourceOrOtherFeaturesIsLeftAlone() throws Exception {
    killAfter(3);
    byte[] before = Files.readAllBytes(journal);
    Preparer others = new Preparer(FeatureConfig.preset("mel-128"), FakeSongs::hear, 1);
    assertThatThrownBy(() -> others.prepare(source, destination, Preparer.Listener.NONE))
        .hasMessageContaining("holds an unfinished dataset of")
        .hasMessageContaining("\"tiny\"");
    Path other = folder.resolve("other");
    FakeSongs.write(other.resolve("g/a.mp3"), "one");
    assertThatThrownBy(
            () -> FakeSongs.preparer(1).prepare(other, destination, Preparer.Listener.NONE))
        .hasMessageContaining("choose another folder");
    assertThat(Files.readAllBytes(journal)).isEqualTo(before);
  }

  @Test
  void twoRunsAtOnceDoNotMix() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Preparer slow =
        new Preparer(
            FakeSongs.FEATURES,
            file -> {
              started.countDown();
              await(go);
              return FakeSongs.hear(file);
            },
            1);
    Thread first = new Thread(() -> quietly(slow));
    first.start();
    started.await();
    assertThatThrownBy(this::resume).hasMessageContaining("another run of tonearm prepare");
    go.countDown();
    first.join();
    assertThat(PreparerTest.content(destination)).isEqualTo(uninterrupted);
  }

  @Test
  void anInterruptEndsTheRunAfterTheFilesAtHand() throws Exception {
    Thread caller = Thread.currentThread();
    Preparer impatient =
        new Preparer(
            FakeSongs.FEATURES,
            file -> {
              Analysis analysis = FakeSongs.hear(file);
              caller.interrupt();
              return analysis;
            },
            2);
    assertThatThrownBy(() -> impatient.prepare(source, destination, Preparer.Listener.NONE))
        .isInstanceOf(InterruptedException.class);
    Thread.interrupted();
    assertThat(new String(Files.readAllBytes(journal), StandardCharsets.UTF_8).lines().count())
        .isLessThan(SONGS);
    resume();
    assertThat(PreparerTest.content(destination)).isEqualTo(uninterrupted);
  }

  private void quietly(Preparer preparer) {
    try {
      preparer.prepare(source, destination, Preparer.Listener.NONE);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
