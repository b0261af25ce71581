package tonearm.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tonearm.dataset.ClipStream.Batch;
import tonearm.dataset.ClipStream.Crops;
import tonearm.features.Augmentation;
import tonearm.features.ClipGrid;
import tonearm.features.ClipScaler;
import tonearm.features.FeatureConfig;
import tonearm.features.Spectrogram;
import tonearm.features.SpectrogramPng;
import tonearm.provenance.Json;
import tonearm.provenance.Seeds;

@Timeout(60)
class ClipStreamTest {
  private static final int TRACKS = 70; // more than a window
  private static final int SIZE = 8;
  private static final ClipGrid GRID =
      ClipGrid.of(FeatureConfig.preset("gtzan-archive"), ClipGrid.DEFAULT_CLIP_SECONDS);

  @TempDir static Path folder;

  @BeforeAll
  static void dataset() throws IOException {
    make(folder, TRACKS);
  }

  /** Tracks of 344 frames in two genres, noise. */
  private static void make(Path folder, int count) throws IOException {
    Random random = new Random(1);
    make(folder, count, frame -> random.nextFloat());
  }

  private static void make(Path folder, int count, IntToDoubleFunction levelOfFrame)
      throws IOException {
    make(folder, count, 344, levelOfFrame);
  }

  private static void make(Path folder, int count, int frames, IntToDoubleFunction levelOfFrame)
      throws IOException {
    List<Track> tracks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String genre = i % 2 == 0 ? "even" : "odd";
      Track track = Track.named(genre + "." + i, genre, null);
      float[] values = new float[FakeSongs.BINS * frames];
      for (int k = 0; k < values.length; k++) {
        values[k] = (float) levelOfFrame.applyAsDouble(k % frames);
      }
      SpectrogramPng.write(
          new Spectrogram(values, FakeSongs.BINS, frames), PreparedDataset.picture(folder, track));
      tracks.add(track);
    }
    Catalog catalog = new Catalog(tracks);
    catalog.write(folder.resolve("tracks.csv"));
    Json.write(
        folder.resolve("dataset.json"),
        PreparedDataset.describe(FakeSongs.FEATURES, catalog, null));
  }

  private static ClipStream.Source source(Path folder, int batchSize) throws IOException {
    PreparedDataset dataset = PreparedDataset.open(folder);
    return new ClipStream.Source(
        dataset, dataset.catalog().usable(), GRID, new ClipScaler(SIZE), batchSize);
  }

  private static List<Batch> all(ClipStream stream) throws IOException, InterruptedException {
    List<Batch> batches = new ArrayList<>();
    try (stream) {
      for (Batch batch = stream.next(); batch != null; batch = stream.next()) {
        batches.add(batch);
      }
      assertThat(stream.next()).as("the end stays the end").isNull();
    }
    return batches;
  }

  private static List<String> clips(List<Batch> batches) {
    List<String> clips = new ArrayList<>();
    for (Batch batch : batches) {
      for (int i = 0; i < batch.size(); i++) {
        clips.add(batch.tracks().get(i) + "/" + batch.clips()[i] + "/" + batch.genres()[i]);
      }
    }
    return clips;
  }

  private static boolean same(List<Batch> a, List<Batch> b) {
    boolean same = clips(a).equals(clips(b));
    for (int i = 0; same && i < a.size(); i++) {
      same = Arrays.equals(a.get(i).pictures(), b.get(i).pictures());
    }
    return same;
  }

  @Test
  void ofASetOfClipsOnlyTheseComeAndAsTheyAreInTheirTracks() throws Exception {
    ClipStream.Source whole = source(folder, 8);
    List<Track> tracks = whole.clips().tracks().subList(0, 3);
    ClipSet some = new ClipSet(tracks, Map.of(tracks.get(1).track(), Set.of(3, 1)));
    ClipStream.Source source =
        new ClipStream.Source(whole.dataset(), some, GRID, whole.scaler(), 20);
    List<Batch> batches = all(source.inOrder());
    assertThat(batches).hasSize(1);
    assertThat(batches.get(0).clips()).containsExactly(0, 1, 2, 3, 4, 1, 3, 0, 1, 2, 3, 4);
    // Clip 3 of the second track: place 6 here, 8 among all.
    float[] here = Arrays.copyOfRange(batches.get(0).pictures(), 6 * SIZE * SIZE, 7 * SIZE * SIZE);
    assertThat(here)
        .isEqualTo(Arrays.copyOfRange(all(whole.inOrder()).get(1).pictures(), 0, SIZE * SIZE));
  }

  @Test
  void inOrderEveryTrackGivesItsFiveClipsAsTheyAre() throws Exception {
    ClipStream.Source source = source(folder, 32);
    List<Batch> batches = all(source.inOrder());
    List<String> expected = new ArrayList<>();
    for (Track track : source.clips().tracks()) {
      for (int clip = 0; clip < 5; clip++) {
        expected.add(track.track() + "/" + clip + "/" + (track.genre().equals("odd") ? 1 : 0));
      }
    }
    assertThat(clips(batches)).isEqualTo(expected);
    assertThat(batches).extracting(Batch::size).startsWith(32).endsWith(TRACKS * 5 % 32);

    Track second = source.clips().tracks().get(1);
    Spectrogram third = source.dataset().spectrogram(second).columns(137, 206);
    float[] picture = new float[SIZE * SIZE];
    source.scaler().scale(third, picture, 0);
    int at = 7 * SIZE * SIZE;
    assertThat(Arrays.copyOfRange(batches.get(0).pictures(), at, at + SIZE * SIZE))
        .isEqualTo(picture);
  }

  @Test
  void anEpochIsDecidedBySeedAndNumberAndHasEveryClipOnce() throws Exception {
    ClipStream.Source source = source(folder, 32);
    List<Batch> first = all(source.shuffled(new Seeds(5), 1, Augmentation.PUBLISHED, Crops.GRID));
    assertThat(
            same(first, all(source.shuffled(new Seeds(5), 1, Augmentation.PUBLISHED, Crops.GRID))))
        .isTrue();
    List<Batch> otherEpoch =
        all(source.shuffled(new Seeds(5), 2, Augmentation.PUBLISHED, Crops.GRID));
    List<Batch> otherSeed =
        all(source.shuffled(new Seeds(6), 1, Augmentation.PUBLISHED, Crops.GRID));
    List<Batch> plain = all(source.shuffled(new Seeds(5), 1, Augmentation.NONE, Crops.GRID));
    assertThat(clips(otherEpoch)).isNotEqualTo(clips(first));
    assertThat(clips(otherSeed)).isNotEqualTo(clips(first));
    assertThat(clips(plain)).as("augmentation draws by itself").isEqualTo(clips(first));
    assertThat(same(plain, first)).isFalse();
    Set<String> every = new HashSet<>(clips(all(source.inOrder())));
    for (List<Batch> epoch : List.of(first, otherEpoch, otherSeed, plain)) {
      assertThat(clips(epoch)).hasSize(TRACKS * 5).containsExactlyInAnyOrderElementsOf(every);
      for (Batch batch : epoch) {
        for (float value : batch.pictures()) {
          assertThat(value).isBetween(0f, 1f);
        }
      }
    }
  }

  @Test
  void longTracksComeInPartsSoThatNoBatchIsOfAFewSongs(@TempDir Path songs) throws Exception {
    Random random = new Random(2);
    make(songs, 20, 8 * 344, frame -> random.nextFloat());
    ClipStream.Source source = source(songs, 32);
    List<String> every = clips(all(source.inOrder()));
    List<String> epoch =
        clips(all(source.shuffled(new Seeds(5), 1, Augmentation.NONE, Crops.GRID)));

    assertThat(epoch).containsExactlyInAnyOrderElementsOf(every);
    int ofTrack = every.size() / 20;
    int parts = (ofTrack + ClipStream.PART - 1) / ClipStream.PART;
    assertThat(parts).isGreaterThan(3);
    // What a window holds is whole parts: the first is done before the second begins.
    Set<String> windows = new HashSet<>();
    for (int i = 0; i < epoch.size(); i++) {
      String[] words = epoch.get(i).split("/", -1);
      String part = words[0] + "/" + Integer.parseInt(words[1]) % parts;
      boolean first = i < ClipStream.WINDOW * (every.size() / (20 * parts));
      if (first) {
        windows.add(part);
      }
    }
    assertThat(windows).hasSizeBetween(ClipStream.WINDOW - 8, ClipStream.WINDOW);
    assertThat(windows.stream().map(part -> part.split("/", -1)[0]).distinct())
        .hasSizeGreaterThan(15);
  }

  @Test
  void randomCropsLieAnywhereButInTracksThatWereDealtByClip() throws Exception {
    ClipStream.Source whole = source(folder, 8);
    List<Track> tracks = whole.clips().tracks().subList(0, 2);
    ClipSet some = new ClipSet(tracks, Map.of(tracks.get(1).track(), Set.of(3, 1)));
    ClipStream.Source source =
        new ClipStream.Source(whole.dataset(), some, GRID, whole.scaler(), 7);
    Batch grid = all(source.shuffled(new Seeds(5), 1, Augmentation.NONE, Crops.GRID)).get(0);
    Batch first = all(source.shuffled(new Seeds(5), 1, Augmentation.NONE, Crops.RANDOM)).get(0);
    Batch again = all(source.shuffled(new Seeds(5), 1, Augmentation.NONE, Crops.RANDOM)).get(0);
    Batch later = all(source.shuffled(new Seeds(5), 2, Augmentation.NONE, Crops.RANDOM)).get(0);
    assertThat(again.pictures()).isEqualTo(first.pictures());
    assertThat(later.pictures()).isNotEqualTo(first.pictures());
    assertThat(whole.dataset().clips(some, GRID)).isEqualTo(first.size()).isEqualTo(7);
    for (int i = 0; i < first.size(); i++) {
      float[] here = Arrays.copyOfRange(first.pictures(), i * SIZE * SIZE, (i + 1) * SIZE * SIZE);
      float[] there = Arrays.copyOfRange(grid.pictures(), i * SIZE * SIZE, (i + 1) * SIZE * SIZE);
      boolean byClip = first.tracks().get(i).equals(tracks.get(1).track());
      assertThat(Arrays.equals(here, there)).isEqualTo(byClip);
    }
  }

  @Test
  void cropsPlayedSlowerAreStretchedAndNotRepeated(@TempDir Path rising) throws Exception {
    make(rising, 4, frame -> frame);
    ClipStream.Source source = source(rising, 20);
    Augmentation pace = new Augmentation(1, 0, 0, 0, 0, 0.25, 0, 0, 0);
    // Every crop has one pace or another: half of them have fewer frames than a clip.
    for (int epoch = 1; epoch <= 5; epoch++) {
      Batch batch = all(source.shuffled(new Seeds(5), epoch, pace, Crops.RANDOM)).get(0);
      assertThat(batch.size()).isEqualTo(20);
      for (int i = 0; i < batch.pictures().length; i++) {
        if (i % SIZE > 0) {
          assertThat(batch.pictures()[i]).isGreaterThan(batch.pictures()[i - 1]);
        }
      }
    }
  }

  @Test
  void clipsOfTracksThatWereDealtByClipAreStretchedToo(@TempDir Path rising) throws Exception {
    make(rising, 4, frame -> frame);
    ClipStream.Source whole = source(rising, 8);
    Track track = whole.clips().tracks().get(0);
    ClipSet one = new ClipSet(List.of(track), Map.of(track.track(), Set.of(1, 3)));
    ClipStream.Source source = new ClipStream.Source(whole.dataset(), one, GRID, whole.scaler(), 8);
    Augmentation pace = new Augmentation(1, 0, 0, 0, 0, 0.25, 0, 0, 0);
    int stretched = 0;
    for (int epoch = 1; epoch <= 5; epoch++) {
      Seeds seeds = new Seeds(5);
      Batch plain = all(source.shuffled(seeds, epoch, Augmentation.NONE, Crops.RANDOM)).get(0);
      Batch paced = all(source.shuffled(seeds, epoch, pace, Crops.RANDOM)).get(0);
      assertThat(paced.clips()).isEqualTo(plain.clips());
      stretched += Arrays.equals(paced.pictures(), plain.pictures()) ? 0 : 1;
    }
    assertThat(stretched).as("a pace near 1 changes nothing, others do").isGreaterThanOrEqualTo(3);
  }

  @Test
  void picturesAreKeptUpToALimitAndComeBackAsTheyWere() {
    PictureCache cache = new PictureCache(50);
    float[] values = new float[20];
    for (int i = 0; i < 20; i++) {
      values[i] = 255 - i;
    }
    for (String track : List.of("a", "b", "a", "c")) {
      cache.offer(track, new Spectrogram(values, 4, 5));
    }
    assertThat(cache.bytes()).isEqualTo(40);
    assertThat(cache.get("c")).as("there was no room").isNull();
    Spectrogram kept = java.util.Objects.requireNonNull(cache.get("b"));
    assertThat(kept.values()).isEqualTo(values).isNotSameAs(values);
    assertThat(kept.bins()).isEqualTo(4);
  }

  @Test
  void theReaderWaitsWhenEnoughIsReadAhead() throws Exception {
    try (ClipStream stream = source(folder, 1).inOrder()) {
      awaitFull(stream);
      stream.next();
      awaitFull(stream);
    }
  }

  @Test
  void closedHalfWayNothingIsLeftRunning() throws Exception {
    ClipStream stream =
        source(folder, 4).shuffled(new Seeds(1), 1, Augmentation.PUBLISHED, Crops.GRID);
    Thread reader = stream.reader();
    stream.next();
    stream.close();
    reader.join(30_000);
    assertThat(reader.isAlive()).isFalse();
    assertThat(stream.next()).isNull();
    stream.close();
    Thread early;
    try (ClipStream unread = source(folder, 4).inOrder()) {
      early = unread.reader();
    }
    early.join(30_000);
    assertThat(early.isAlive()).isFalse();
  }

  @Test
  void aPictureThatCannotBeReadEndsTheStreamByItsName(@TempDir Path broken) throws Exception {
    make(broken, 4);
    Path gone = broken.resolve("spectrograms/odd/odd.1.png");
    Files.delete(gone);
    try (ClipStream stream = source(broken, 64).inOrder()) {
      assertThatThrownBy(stream::next)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("odd.1.png")
          .hasMessageContaining("missing");
      assertThat(stream.next()).isNull();
    }
    Files.writeString(gone, "no picture");
    try (ClipStream stream = source(broken, 64).inOrder()) {
      assertThatThrownBy(stream::next).hasMessageContaining("odd.1.png");
    }
    SpectrogramPng.write(new Spectrogram(new float[] {1, 2, 3}, 3, 1), gone);
    try (ClipStream stream = source(broken, 64).inOrder()) {
      assertThatThrownBy(stream::next).hasMessageContaining("odd.1.png has 3 rows");
    }
    assertThatThrownBy(() -> source(broken, 0)).hasMessageContaining("at least 1 clip");
  }

  /** Until as many batches wait as may and the reader does, too; fails if that never comes. */
  private static void awaitFull(ClipStream stream) throws InterruptedException {
    boolean full = false;
    for (int i = 0; i < 2000 && !full; i++) {
      Thread.sleep(10);
      full =
          stream.waiting() == ClipStream.AHEAD
              && stream.reader().getState() == Thread.State.WAITING;
    }
    assertThat(full).as("%d wait, %s", stream.waiting(), stream.reader().getState()).isTrue();
  }
}
