package tonearm.dataset;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Digest;
import tonearm.provenance.Seeds;

/**
 * Which tracks train, which validate, which test. Whole tracks, and tracks of the same content on
 * one side: every way to make or read such a split checks it against the catalogue.
 *
 * <p>The exception is a split by clip, which deals the clips of a track one by one and so leaks; it
 * is what the protocol {@link Protocol#CLIP} measures, and only what asks for it by name makes one.
 *
 * @param sides side of each track, in the order of the catalogue; empty in a split by clip
 * @param clipSides side of each clip, by track and the clip's place in it from 0; empty in a split
 *     of whole tracks
 */
public record Split(Map<String, Side> sides, Map<String, Map<Integer, Side>> clipSides) {
  /** What a track is for. */
  public enum Side {
    /** Fits the weights. */
    TRAIN,
    /** Watched while training; may choose between recipes. */
    VALID,
    /** Looked at once. */
    TEST;

    /** As in files: {@code train}, {@code valid} or {@code test}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    static @Nullable Side ofLabel(String label) {
      for (Side side : values()) {
        if (side.label().equalsIgnoreCase(label)) {
          return side;
        }
      }
      return null;
    }
  }

  public Split {
    if (!sides.isEmpty() && !clipSides.isEmpty()) {
      throw new IllegalArgumentException("a split deals either tracks or clips, not both");
    }
    sides = Collections.unmodifiableMap(new LinkedHashMap<>(sides));
    Map<String, Map<Integer, Side>> copy = new LinkedHashMap<>();
    clipSides.forEach(
        (track, clips) -> copy.put(track, Collections.unmodifiableMap(new TreeMap<>(clips))));
    clipSides = Collections.unmodifiableMap(copy);
  }

  /** A split of whole tracks. */
  public Split(Map<String, Side> sides) {
    this(sides, Map.of());
  }

  /** Whether clips are dealt one by one, whatever their track. */
  public boolean isByClip() {
    return !clipSides.isEmpty();
  }

  /** The tracks with anything on one side, in the order of the catalogue. */
  public List<Track> tracks(Catalog catalog, Side side) {
    return clips(catalog, side).tracks();
  }

  /** What is on one side, in the order of the catalogue. */
  public ClipSet clips(Catalog catalog, Side side) {
    if (!isByClip()) {
      return ClipSet.all(
          catalog.usable().stream().filter(t -> sides.get(t.track()) == side).toList());
    }
    List<Track> tracks = new ArrayList<>();
    Map<String, Set<Integer>> only = new LinkedHashMap<>();
    for (Track track : catalog.usable()) {
      Set<Integer> clips = new TreeSet<>();
      clipSides
          .getOrDefault(track.track(), Map.of())
          .forEach(
              (clip, of) -> {
                if (of == side) {
                  clips.add(clip);
                }
              });
      if (!clips.isEmpty()) {
        tracks.add(track);
        only.put(track.track(), clips);
      }
    }
    return new ClipSet(tracks, only);
  }

  /** Every usable track trains and none is held out. */
  public static Split allTracks(Catalog catalog) {
    Map<String, Side> sides = new LinkedHashMap<>();
    catalog.usable().forEach(track -> sides.put(track.track(), Side.TRAIN));
    return new Split(sides);
  }

  /**
   * Deals every genre's tracks at random, {@code validFraction} of them to validation and the rest
   * to training.
   *
   * @param validFraction more than 0, less than 1; the published run's is 0.2
   * @param seed the same seed and catalogue give the same split
   */
  public static Split stratified(Catalog catalog, double validFraction, long seed) {
    if (!(validFraction > 0 && validFraction < 1)) {
      throw new IllegalArgumentException(
          "the validation part must be between 0 and 1, not " + validFraction);
    }
    Map<String, Side> sideOf = new LinkedHashMap<>();
    for (List<List<Track>> groups : groupsByGenre(catalog, seed).values()) {
      int all = groups.stream().mapToInt(List::size).sum();
      int wanted = (int) Math.round(all * validFraction);
      for (List<Track> group : groups) {
        Side side = group.size() <= wanted ? Side.VALID : Side.TRAIN;
        wanted -= side == Side.VALID ? group.size() : 0;
        group.forEach(track -> sideOf.put(track.track(), side));
      }
    }
    return checked(sideOf, catalog);
  }

  /**
   * Deals every genre's tracks at random into folds of even size.
   *
   * @param folds at least 2, at most the number of different recordings
   * @return one split a fold: that fold validates, all others train
   * @throws IllegalArgumentException if a fold would be empty
   */
  public static List<Split> folds(Catalog catalog, int folds, long seed) {
    requireFolds(folds);
    Map<String, Integer> foldOf = new LinkedHashMap<>();
    int[] total = new int[folds];
    for (List<List<Track>> groups : groupsByGenre(catalog, seed).values()) {
      int[] inGenre = new int[folds];
      // Large groups first, while every fold still has room for them.
      groups.sort((a, b) -> b.size() - a.size());
      for (List<Track> group : groups) {
        int best = 0;
        for (int fold = 1; fold < folds; fold++) {
          if (inGenre[fold] < inGenre[best]
              || (inGenre[fold] == inGenre[best] && total[fold] < total[best])) {
            best = fold;
          }
        }
        inGenre[best] += group.size();
        total[best] += group.size();
        int chosen = best;
        group.forEach(track -> foldOf.put(track.track(), chosen));
      }
    }
    List<Split> splits = new ArrayList<>();
    for (int fold = 0; fold < folds; fold++) {
      if (total[fold] == 0) {
        throw new IllegalArgumentException(
            "%d folds cannot be made of %d tracks: a fold would be empty"
                .formatted(folds, foldOf.size()));
      }
      int held = fold;
      Map<String, Side> sideOf = new LinkedHashMap<>();
      foldOf.forEach((track, f) -> sideOf.put(track, f == held ? Side.VALID : Side.TRAIN));
      splits.add(checked(sideOf, catalog));
    }
    return splits;
  }

  /**
   * Deals every genre's clips at random into folds of even size, whatever their track: what is not
   * to be done, since the clips of a track are alike.
   *
   * @param clipsOf how many clips a track has, at least 1
   * @param folds at least 2, at most the number of clips
   * @return one split a fold: that fold validates, all others train
   * @throws IllegalArgumentException if a fold would be empty
   */
  public static List<Split> foldsByClip(
      Catalog catalog, ToIntFunction<Track> clipsOf, int folds, long seed) {
    requireFolds(folds);
    Map<String, int[]> foldOf = new LinkedHashMap<>();
    Map<String, List<Map.Entry<String, Integer>>> byGenre = new TreeMap<>();
    for (Track track : catalog.usable()) {
      int clips = clipsOf.applyAsInt(track);
      foldOf.put(track.track(), new int[clips]);
      for (int clip = 0; clip < clips; clip++) {
        byGenre
            .computeIfAbsent(track.genre(), g -> new ArrayList<>())
            .add(Map.entry(track.track(), clip));
      }
    }
    Random random = new Seeds(seed).random("split-by-clip");
    int next = 0;
    for (List<Map.Entry<String, Integer>> clips : byGenre.values()) {
      Collections.shuffle(clips, random);
      for (Map.Entry<String, Integer> clip : clips) {
        // Of catalogue tracks only, so never absent.
        foldOf.getOrDefault(clip.getKey(), new int[0])[clip.getValue()] = next++ % folds;
      }
    }
    if (next < folds) {
      throw new IllegalArgumentException(
          "%d folds cannot be made of %d clips: a fold would be empty".formatted(folds, next));
    }
    List<Split> splits = new ArrayList<>();
    for (int fold = 0; fold < folds; fold++) {
      int held = fold;
      Map<String, Map<Integer, Side>> sides = new LinkedHashMap<>();
      foldOf.forEach(
          (track, of) -> {
            Map<Integer, Side> clips = new TreeMap<>();
            for (int clip = 0; clip < of.length; clip++) {
              clips.put(clip, of[clip] == held ? Side.VALID : Side.TRAIN);
            }
            sides.put(track, clips);
          });
      splits.add(new Split(Map.of(), sides));
    }
    return splits;
  }

  private static void requireFolds(int folds) {
    if (folds < 2) {
      throw new IllegalArgumentException("cross-validation needs at least 2 folds, not " + folds);
    }
  }

  /**
   * Takes ready-made lists, such as the fault-filtered ones of Kereliuk et al. 2015. Entries are
   * {@code genre/track.wav} or {@code track}, one a line; entries that the catalogue lacks are
   * passed over, and tracks in no list are on no side.
   *
   * @throws IOException if a list cannot be read or names nothing that is in the catalogue, or a
   *     track or a duplicate of it is on two sides; the message names the list
   */
  public static Split ofLists(Catalog catalog, Path train, Path valid, Path test)
      throws IOException {
    Map<String, Side> sideOf = new LinkedHashMap<>();
    Map<Side, Path> lists = Map.of(Side.TRAIN, train, Side.VALID, valid, Side.TEST, test);
    for (Map.Entry<Side, Path> list : new TreeMap<>(lists).entrySet()) {
      int known = 0;
      for (String line : SplitText.lines(list.getValue())) {
        Track track = listed(line.strip(), catalog);
        if (track == null || !track.isUsable()) {
          continue;
        }
        known++;
        Side before = sideOf.put(track.track(), list.getKey());
        if (before != null && before != list.getKey()) {
          throw new IOException(
              "%s: %s is also in the list for %s (%s)"
                  .formatted(list.getValue(), track.track(), before.label(), lists.get(before)));
        }
      }
      if (known == 0) {
        throw new IOException(list.getValue() + " names no track of this dataset");
      }
    }
    try {
      return checked(sideOf, catalog);
    } catch (IllegalArgumentException e) {
      throw new IOException("%s, %s, %s: %s".formatted(train, valid, test, e.getMessage()), e);
    }
  }

  /** The track of a line: as it stands, or without its folder and the ending of an audio file. */
  private static @Nullable Track listed(String line, Catalog catalog) {
    String name = line.substring(line.lastIndexOf('/') + 1);
    Track track = catalog.find(name);
    int dot = name.lastIndexOf('.');
    return track != null || dot < 0 ? track : catalog.find(name.substring(0, dot));
  }

  /**
   * Reads a split file: a line {@code track,side} for each track or, in a split by clip, {@code
   * track,clip,side} for each clip, under a header that says which.
   *
   * @throws IOException if a line is not that, names an unknown track or side, or a split of tracks
   *     leaks; the message names the file, and the line where one is to blame
   */
  public static Split read(Path file, Catalog catalog) throws IOException {
    return SplitText.read(file, catalog);
  }

  /** The same split of the tracks that a part of the catalogue has; others are on no side. */
  public Split only(Catalog part) {
    Map<String, Side> sideOf = new LinkedHashMap<>(sides);
    sideOf.keySet().removeIf(track -> part.find(track) == null);
    Map<String, Map<Integer, Side>> clipsOf = new LinkedHashMap<>(clipSides);
    clipsOf.keySet().removeIf(track -> part.find(track) == null);
    return new Split(sideOf, clipsOf);
  }

  /**
   * The same split with fewer tracks to train on: at most so many of each genre, dealt at random.
   * The others of this side are on none; validation and test stay whole. Of exact duplicates one
   * may be dealt. With one seed the tracks of a smaller number are among those of a larger one.
   *
   * @param catalog that the split is of
   * @param perGenre at least 1
   * @param seed the same seed, split and number give the same tracks
   * @throws IllegalArgumentException if the split deals clips: a limit is of whole tracks
   */
  public Split withTrainingTracks(Catalog catalog, int perGenre, long seed) {
    if (perGenre < 1) {
      throw new IllegalArgumentException("tracks per genre must be at least 1, not " + perGenre);
    }
    if (isByClip()) {
      throw new IllegalArgumentException("the split deals clips, so tracks cannot be counted");
    }
    Map<String, List<Track>> byGenre = new TreeMap<>();
    Set<String> contents = new HashSet<>();
    tracks(catalog, Side.TRAIN).stream()
        .sorted((a, b) -> a.track().compareTo(b.track()))
        .filter(track -> contents.add(track.content()))
        .forEach(
            track -> byGenre.computeIfAbsent(track.genre(), g -> new ArrayList<>()).add(track));
    Set<String> dealt = new HashSet<>();
    byGenre.forEach(
        (genre, tracks) -> {
          // A sequence for each genre, so that it does not hang on which others there are.
          Collections.shuffle(tracks, new Seeds(seed).random("tracks-per-genre " + genre));
          tracks.stream().limit(perGenre).forEach(track -> dealt.add(track.track()));
        });
    Map<String, Side> sideOf = new LinkedHashMap<>(sides);
    sideOf.entrySet().removeIf(e -> e.getValue() == Side.TRAIN && !dealt.contains(e.getKey()));
    return checked(sideOf, catalog);
  }

  /** Writes what {@link #read} reads. */
  public void write(Path file) throws IOException {
    AtomicFiles.writeString(file, SplitText.of(this));
  }

  /** Digest of the file that {@link #write} writes. */
  public String digest() {
    return Digest.ofBytes(SplitText.of(this).getBytes(StandardCharsets.UTF_8));
  }

  /** Tracks of one content, as they must stay together, shuffled within the genre of the first. */
  private static Map<String, List<List<Track>>> groupsByGenre(Catalog catalog, long seed) {
    Map<String, List<Track>> byContent = new LinkedHashMap<>();
    for (Track track : catalog.usable()) {
      byContent.computeIfAbsent(track.content(), c -> new ArrayList<>()).add(track);
    }
    Map<String, List<List<Track>>> byGenre = new TreeMap<>();
    byContent.values().stream()
        .sorted((a, b) -> a.get(0).track().compareTo(b.get(0).track()))
        .forEach(
            group ->
                byGenre.computeIfAbsent(group.get(0).genre(), g -> new ArrayList<>()).add(group));
    Random random = new Seeds(seed).random("split");
    byGenre.values().forEach(groups -> Collections.shuffle(groups, random));
    return byGenre;
  }

  /**
   * A split of whole tracks, in the order of the catalogue.
   *
   * @throws IllegalArgumentException if tracks of one content are on two sides, or the catalogue
   *     has no usable track of a name
   */
  static Split checked(Map<String, Side> sideOf, Catalog catalog) {
    Map<String, String> firstOfContent = new LinkedHashMap<>();
    Map<String, Side> ordered = new LinkedHashMap<>();
    for (Track track : catalog.usable()) {
      Side side = sideOf.get(track.track());
      if (side == null) {
        continue;
      }
      ordered.put(track.track(), side);
      String first = firstOfContent.putIfAbsent(track.content(), track.track());
      Side other = first == null ? side : ordered.get(first);
      if (other != null && other != side) {
        throw new IllegalArgumentException(
            "the split leaks: %s (%s) and %s (%s) are the same recording"
                .formatted(first, other.label(), track.track(), side.label()));
      }
    }
    for (String name : sideOf.keySet()) {
      if (!ordered.containsKey(name)) {
        throw new IllegalArgumentException("the dataset has no usable track " + name);
      }
    }
    return new Split(ordered);
  }
}
