package tonearm.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tonearm.dataset.Split.Side;
import tonearm.features.ClipGrid;
import tonearm.provenance.Digest;

/** What every split must hold, over catalogues drawn at random; a failure names the seed. */
class SplitTest {
  private static final int CATALOGUES = 60;
  private static final Path GTZAN = Path.of("../../shared/gtzan");

  @TempDir Path folder;

  /** 2 to 6 genres of 6 to 60 tracks; one in ten a duplicate, some of another genre's track. */
  private static Catalog random(long seed) {
    Random random = new Random(seed);
    List<Track> tracks = new ArrayList<>();
    List<String> firsts = new ArrayList<>();
    for (int g = random.nextInt(2, 7); g > 0; g--) {
      for (int i = random.nextInt(6, 61); i > 0; i--) {
        String name = "g" + g + "." + i;
        boolean copy = !firsts.isEmpty() && random.nextInt(10) == 0;
        String of = copy ? firsts.get(random.nextInt(firsts.size())) : null;
        boolean bad = of != null && random.nextInt(5) == 0;
        tracks.add(
            new Track(name, "g" + g, null, null, 0, 0, 0, 0, of, bad ? "broken" : null, null));
        if (!copy) {
          firsts.add(name);
        }
      }
    }
    Collections.shuffle(tracks, random);
    return new Catalog(tracks);
  }

  private static void assertNothingLeaks(Split split, Catalog catalog, String seed) {
    Map<String, Side> sideOfContent = new HashMap<>();
    for (Track track : catalog.usable()) {
      Side side = split.sides().get(track.track());
      assertThat(side).as(seed).isNotNull();
      Side other = sideOfContent.putIfAbsent(track.content(), side);
      assertThat(other == null || other == side).as("%s, %s", seed, track).isTrue();
    }
    Set<String> seen = new HashSet<>();
    for (Side side : Side.values()) {
      for (Track track : split.tracks(catalog, side)) {
        assertThat(track.isUsable()).as(seed).isTrue();
        assertThat(seen.add(track.track())).as("%s, %s on two sides", seed, track).isTrue();
      }
    }
    assertThat(seen).as(seed).hasSize(catalog.usable().size());
  }

  /** Tracks by the genre of their recording's first, as they are dealt. */
  private static Map<String, Integer> dealt(Catalog catalog, Set<String> names) {
    Map<String, String> genreOf = new HashMap<>();
    catalog.usable().forEach(t -> genreOf.putIfAbsent(t.content(), t.genre()));
    Map<String, Integer> count = new HashMap<>();
    for (Track track : catalog.usable()) {
      if (names.contains(track.track())) {
        count.merge(String.valueOf(genreOf.get(track.content())), 1, Integer::sum);
      }
    }
    return count;
  }

  private static Set<String> names(List<Track> tracks) {
    Set<String> names = new HashSet<>();
    tracks.forEach(t -> names.add(t.track()));
    return names;
  }

  private static int largestGroup(Catalog catalog) {
    Map<String, Integer> sizes = new HashMap<>();
    catalog.usable().forEach(t -> sizes.merge(t.content(), 1, Integer::sum));
    return Collections.max(sizes.values());
  }

  @Test
  void trainingTracksAreDealtByTheSeedAndWhatIsHeldOutStaysWhole() {
    for (long seed = 0; seed < CATALOGUES; seed++) {
      Catalog catalog = random(seed);
      Split whole = Split.stratified(catalog, 0.3, seed);
      Set<String> fewer = Set.of();
      for (int perGenre : new int[] {1, 3, 10, 1000}) {
        Split split = whole.withTrainingTracks(catalog, perGenre, seed);
        assertThat(split)
            .as("seed %d", seed)
            .isEqualTo(whole.withTrainingTracks(catalog, perGenre, seed));
        assertThat(split.tracks(catalog, Side.VALID)).isEqualTo(whole.tracks(catalog, Side.VALID));
        List<Track> dealt = split.tracks(catalog, Side.TRAIN);
        assertThat(dealt.stream().map(Track::content)).as("seed %d", seed).doesNotHaveDuplicates();
        for (String genre : catalog.genres()) {
          long recordings =
              whole.tracks(catalog, Side.TRAIN).stream()
                  .sorted((a, b) -> a.track().compareTo(b.track()))
                  .collect(
                      java.util.stream.Collectors.toMap(
                          Track::content, Track::genre, (first, second) -> first))
                  .values()
                  .stream()
                  .filter(genre::equals)
                  .count();
          assertThat(dealt.stream().filter(t -> t.genre().equals(genre)).count())
              .as("seed %d, %s", seed, genre)
              .isEqualTo(Math.min(perGenre, recordings));
        }
        Set<String> names = new HashSet<>(dealt.stream().map(Track::track).toList());
        assertThat(names).as("seed %d", seed).containsAll(fewer);
        fewer = names;
      }
    }
  }

  @Test
  void anotherSeedDealsOtherTrainingTracks() {
    Catalog catalog = random(1);
    Split whole = Split.stratified(catalog, 0.3, 1);
    assertThat(whole.withTrainingTracks(catalog, 2, 1))
        .isNotEqualTo(whole.withTrainingTracks(catalog, 2, 2));
    assertThatThrownBy(() -> whole.withTrainingTracks(catalog, 0, 1))
        .hasMessage("tracks per genre must be at least 1, not 0");
    Split clips = Split.foldsByClip(catalog, track -> 2, 2, 1).get(0);
    assertThatThrownBy(() -> clips.withTrainingTracks(catalog, 2, 1))
        .hasMessageContaining("deals clips");
  }

  /** Two parts of one catalogue share no recording, and a split of the whole is one of a part. */
  @Test
  void partsOfACatalogueShareNoRecording() {
    for (long seed = 0; seed < CATALOGUES; seed++) {
      Catalog catalog = random(seed);
      List<String> some = catalog.genres().subList(0, 1);
      List<String> others = catalog.genres().subList(1, catalog.genres().size());
      Catalog part = catalog.only(some);
      Catalog rest = catalog.only(others);
      Set<String> contents = new HashSet<>(part.usable().stream().map(Track::content).toList());
      assertThat(rest.usable()).as("seed %d", seed).noneMatch(t -> contents.contains(t.content()));
      assertThat(part.usable()).allMatch(t -> some.contains(t.genre()));
      assertThat(rest.genres()).isSubsetOf(others);
      int lost = catalog.usable().size() - part.usable().size() - rest.usable().size();
      Map<String, Set<Boolean>> sides = new HashMap<>();
      for (Track track : catalog.tracks()) {
        sides
            .computeIfAbsent(track.content(), c -> new HashSet<>())
            .add(some.contains(track.genre()));
      }
      long shared =
          catalog.usable().stream()
              .filter(t -> sides.getOrDefault(t.content(), Set.of()).size() == 2)
              .count();
      assertThat((long) lost).as("seed %d", seed).isEqualTo(shared);
      Split split = Split.stratified(catalog, 0.3, seed).only(rest);
      assertThat(split.sides().keySet())
          .hasSameElementsAs(rest.usable().stream().map(Track::track).toList());
    }
    assertThatThrownBy(() -> random(1).only(List.of("polka")))
        .hasMessageContaining("no usable track is of the genre 'polka'; there are ");
  }

  @Test
  void everyGenreIsDealtInTheSameProportionAndNothingLeaks() {
    for (long seed = 0; seed < CATALOGUES; seed++) {
      Catalog catalog = random(seed);
      double fraction = 0.1 + new Random(seed).nextDouble() * 0.4;
      Split split = Split.stratified(catalog, fraction, seed);
      String context = "seed " + seed;
      assertNothingLeaks(split, catalog, context);
      assertThat(split.tracks(catalog, Side.TEST)).as(context).isEmpty();
      Map<String, Integer> all = dealt(catalog, names(catalog.usable()));
      Map<String, Integer> valid = dealt(catalog, names(split.tracks(catalog, Side.VALID)));
      int slack = largestGroup(catalog) - 1;
      all.forEach(
          (genre, count) -> {
            int wanted = (int) Math.round(count * fraction);
            assertThat(valid.getOrDefault(genre, 0))
                .as("%s, %s", context, genre)
                .isBetween(wanted - slack, wanted);
          });
    }
  }

  @Test
  void foldsPartitionTheTracksEvenly() {
    for (long seed = 0; seed < CATALOGUES; seed++) {
      Catalog catalog = random(seed);
      int k = new Random(seed).nextInt(2, 6);
      List<Split> folds = Split.folds(catalog, k, seed);
      String context = "seed " + seed;
      assertThat(folds).as(context).hasSize(k);
      Set<String> held = new HashSet<>();
      Map<String, List<Integer>> sizes = new HashMap<>();
      for (Split fold : folds) {
        assertNothingLeaks(fold, catalog, context);
        Set<String> valid = names(fold.tracks(catalog, Side.VALID));
        for (String name : valid) {
          assertThat(held.add(name)).as("%s, %s in two folds", context, name).isTrue();
        }
        Map<String, Integer> byGenre = dealt(catalog, valid);
        dealt(catalog, names(catalog.usable()))
            .keySet()
            .forEach(
                genre ->
                    sizes
                        .computeIfAbsent(genre, g -> new ArrayList<>())
                        .add(byGenre.getOrDefault(genre, 0)));
      }
      assertThat(held).as(context).isEqualTo(names(catalog.usable()));
      int slack = largestGroup(catalog);
      sizes.forEach(
          (genre, counts) ->
              assertThat(Collections.max(counts) - Collections.min(counts))
                  .as("%s, %s: %s", context, genre, counts)
                  .isLessThanOrEqualTo(slack));
    }
  }

  @Test
  void foldsByClipHoldEveryClipOutOnceWhateverItsTrack() throws IOException {
    for (long seed = 0; seed < CATALOGUES; seed++) {
      Catalog catalog = random(seed);
      int k = new Random(seed).nextInt(2, 6);
      ToIntFunction<Track> clipsOf = track -> 1 + Math.floorMod(track.track().hashCode(), 7);
      List<Split> folds = Split.foldsByClip(catalog, clipsOf, k, seed);
      String context = "seed " + seed;
      assertThat(folds).as(context).hasSize(k);
      Set<String> all = new HashSet<>();
      for (Track track : catalog.usable()) {
        for (int clip = 0; clip < clipsOf.applyAsInt(track); clip++) {
          all.add(track.track() + "/" + clip);
        }
      }
      Set<String> held = new HashSet<>();
      Map<String, List<Integer>> sizes = new HashMap<>();
      int tracksOnBothSides = 0;
      for (Split fold : folds) {
        assertThat(fold.isByClip()).as(context).isTrue();
        Set<String> valid = clips(fold.clips(catalog, Side.VALID));
        Set<String> train = clips(fold.clips(catalog, Side.TRAIN));
        for (String clip : valid) {
          assertThat(held.add(clip)).as("%s, %s in two folds", context, clip).isTrue();
          assertThat(train).as(context).doesNotContain(clip);
        }
        assertThat(valid.size() + train.size()).as(context).isEqualTo(all.size());
        assertThat(fold.tracks(catalog, Side.TEST)).as(context).isEmpty();
        Set<String> both = names(fold.tracks(catalog, Side.VALID));
        both.retainAll(names(fold.tracks(catalog, Side.TRAIN)));
        tracksOnBothSides += both.size();
        Map<String, Integer> byGenre = new HashMap<>();
        valid.forEach(clip -> byGenre.merge(clip.substring(0, clip.indexOf('.')), 1, Integer::sum));
        catalog
            .genres()
            .forEach(
                genre ->
                    sizes
                        .computeIfAbsent(genre, g -> new ArrayList<>())
                        .add(byGenre.getOrDefault(genre, 0)));
        Path file = folder.resolve("by-clip.csv");
        fold.write(file);
        assertThat(Split.read(file, catalog)).as(context).isEqualTo(fold);
        assertThat(Digest.ofFile(file)).as(context).isEqualTo(fold.digest());
      }
      assertThat(held).as(context).isEqualTo(all);
      assertThat(tracksOnBothSides).as(context).isPositive();
      sizes.forEach(
          (genre, counts) ->
              assertThat(Collections.max(counts) - Collections.min(counts))
                  .as("%s, %s: %s", context, genre, counts)
                  .isLessThanOrEqualTo(1));
      assertThat(Split.foldsByClip(random(seed), clipsOf, k, seed)).as(context).isEqualTo(folds);
    }
    assertThatThrownBy(() -> Split.foldsByClip(small(), track -> 1, 9, 1))
        .hasMessage("9 folds cannot be made of 4 clips: a fold would be empty");
    assertThatThrownBy(() -> Split.foldsByClip(small(), track -> 1, 1, 1))
        .hasMessageContaining("at least 2 folds");
  }

  private static Set<String> clips(ClipSet set) {
    Set<String> clips = new HashSet<>();
    for (Track track : set.tracks()) {
      for (int clip = 0; clip < 10; clip++) {
        if (set.has(track, clip)) {
          clips.add(track.track() + "/" + clip);
        }
      }
    }
    return clips;
  }

  @Test
  void theSameSeedGivesTheSameSplitAndAnotherOneAnother() {
    for (long seed = 0; seed < CATALOGUES; seed++) {
      Catalog catalog = random(seed);
      assertThat(Split.stratified(catalog, 0.2, seed))
          .as("seed %d", seed)
          .isEqualTo(Split.stratified(random(seed), 0.2, seed));
      assertThat(Split.folds(catalog, 3, seed))
          .as("seed %d", seed)
          .isEqualTo(Split.folds(random(seed), 3, seed));
    }
    Catalog catalog = random(1);
    assertThat(Split.stratified(catalog, 0.2, 1)).isNotEqualTo(Split.stratified(catalog, 0.2, 2));
  }

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    for (long seed = 0; seed < 20; seed++) {
      Catalog catalog = random(seed);
      Split split = Split.stratified(catalog, 0.3, seed);
      Path file = folder.resolve("split.csv");
      split.write(file);
      assertThat(Split.read(file, catalog)).as("seed %d", seed).isEqualTo(split);
    }
  }

  @Test
  void impossibleSharesAreRefused() {
    Catalog catalog = random(3);
    for (double fraction : new double[] {0, 1, -0.1, Double.NaN}) {
      assertThatThrownBy(() -> Split.stratified(catalog, fraction, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("between 0 and 1");
    }
    assertThatThrownBy(() -> Split.folds(catalog, 1, 1)).hasMessageContaining("at least 2 folds");
    assertThatThrownBy(() -> Split.folds(catalog, 1000, 1))
        .hasMessageContaining("1000 folds cannot be made of");
  }

  private static Catalog small() {
    return new Catalog(
        List.of(
            Track.named("jazz.1", "jazz", null),
            Track.named("jazz.2", "jazz", "jazz.1"),
            Track.named("pop.1", "pop", "jazz.1"),
            Track.named("pop.2.live", "pop", null),
            new Track("pop.bad", "pop", null, null, 0, 0, 0, 0, null, "broken", null)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jazz.1,train\njazz.2,valid|the split leaks: jazz.1 (train) and jazz.2 (valid) are the same",
        "pop.1,test\njazz.2,valid|the split leaks",
        "jazz.1,train\nrock.7,valid|line 3: the dataset has no usable track rock.7",
        "pop.bad,train|line 2: the dataset has no usable track pop.bad",
        "jazz.1,validation|line 2: must be a track, a comma and train, valid or test",
        "jazz.1|line 2: must be a track, a comma",
        ",train|line 2: must be a track, a comma",
        "jazz.1,train\n\njazz.1,train|line 4: track jazz.1 comes twice"
      })
  void aBadSplitFileIsRefusedWithItsFault(String bad) throws IOException {
    int bar = bad.indexOf('|');
    Path file = folder.resolve("split.csv");
    Files.writeString(file, "track,side\n" + bad.substring(0, bar) + "\n");
    assertThatThrownBy(() -> Split.read(file, small()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("split.csv")
        .hasMessageContaining(bad.substring(bar + 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jazz.1,0,train\njazz.1,0,valid|line 3: clip 0 of jazz.1 comes twice",
        "jazz.1,-1,train|line 2: must be a track, a comma and the clip's number, a comma and train",
        "jazz.1,train|line 2: must be a track, a comma and the clip's number",
        "jazz.1,0,left|line 2: must be",
        "rock.7,0,train|line 2: the dataset has no usable track rock.7"
      })
  void aBadSplitByClipIsRefusedWithItsFault(String bad) throws IOException {
    int bar = bad.indexOf('|');
    Path file = folder.resolve("split.csv");
    Files.writeString(file, "track,clip,side\n" + bad.substring(0, bar) + "\n");
    assertThatThrownBy(() -> Split.read(file, small()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("split.csv")
        .hasMessageContaining(bad.substring(bar + 1));
  }

  @Test
  void aFileThatIsNoSplitIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("x.csv"), "jazz.1,train\n");
    assertThatThrownBy(() -> Split.read(file, small())).hasMessageContaining("is not a split");
    Files.write(file, new byte[] {(byte) 0xE9, '\n'});
    assertThatThrownBy(() -> Split.read(file, small())).hasMessageContaining("UTF-8");
    assertThatThrownBy(() -> Split.read(folder.resolve("none"), small()))
        .hasMessageContaining("none: no such file");
  }

  private Path list(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\r\n", lines) + "\r\n");
  }

  @Test
  void listsMayNameFilesOrTracksAndMoreThanThereAre() throws IOException {
    Catalog catalog = small();
    Path train = list("train", "jazz/jazz.1.wav", "jazz.2", "rock/none.wav", "");
    Path valid = list("valid", "pop/pop.2.live.au");
    Path test = list("test", "pop.bad", "pop.1");
    assertThatThrownBy(() -> Split.ofLists(catalog, train, valid, test))
        .hasMessageContaining("the split leaks: jazz.1 (train) and pop.1 (test)");
    Path same = list("more", "jazz.1", "pop.1", "jazz.2");
    Path unknown = list("unknown", "rock.1");
    assertThatThrownBy(() -> Split.ofLists(catalog, same, valid, unknown))
        .hasMessageContaining("unknown names no track of this dataset");
    assertThatThrownBy(() -> Split.ofLists(catalog, same, valid, list("twice", "pop.2.live")))
        .hasMessageContaining("twice: pop.2.live is also in the list for valid");
    assertThatThrownBy(() -> Split.ofLists(catalog, folder.resolve("gone"), valid, test))
        .hasMessageContaining("gone: no such file");
  }

  @Test
  @Tag("gtzan")
  void theFaultFilteredListsFitTheArchive() throws IOException {
    assumeTrue(Files.isDirectory(GTZAN), "the GTZAN folder is absent");
    PreparedDataset dataset = PreparedDataset.open(GTZAN);
    Catalog catalog = dataset.catalog();
    assertThat(catalog.usable()).hasSize(900);
    assertThat(catalog.genres())
        .containsExactly(
            "blues",
            "classical",
            "country",
            "disco",
            "hiphop",
            "jazz",
            "metal",
            "pop",
            "reggae",
            "rock");
    assertThat(dataset.features().name()).isEqualTo("gtzan-archive");
    Track first = catalog.usable().get(0);
    assertThat(dataset.spectrogram(first).frames()).isEqualTo(344);
    ClipGrid grid = ClipGrid.of(dataset.features(), ClipGrid.DEFAULT_CLIP_SECONDS);
    Path lists = GTZAN.resolve("splits");
    Split split = Protocol.FAULT_FILTERED.splits(dataset, grid, 1, 1, lists).get(0);
    assertThat(split.tracks(catalog, Side.TRAIN)).hasSize(405);
    assertThat(split.tracks(catalog, Side.VALID)).hasSize(146);
    assertThat(split.tracks(catalog, Side.TEST)).hasSize(286);
    assertNothingLeaks(Split.stratified(catalog, 0.2, 1), catalog, "GTZAN");
    for (Split fold : Protocol.TRACK.splits(dataset, grid, 5, 1, lists)) {
      assertNothingLeaks(fold, catalog, "GTZAN");
    }
    for (Split fold : Protocol.CLIP.splits(dataset, grid, 5, 1, lists)) {
      assertThat(clips(fold.clips(catalog, Side.VALID))).hasSize(900);
      assertThat(clips(fold.clips(catalog, Side.TRAIN))).hasSize(3600);
    }
  }
}
