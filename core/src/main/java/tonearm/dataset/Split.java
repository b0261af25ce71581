package tonearm.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Seeds;

/**
 * Which tracks train, which validate, which test. Whole tracks only, and tracks of the same content
 * on one side: the constructor of every split checks it against the catalogue, so a split that
 * leaks cannot be made or read.
 *
 * @param sides side of each track, in the order of the catalogue
 */
public record Split(Map<String, Side> sides) {
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
  }

  private static final String HEADER = "track,side";

  public Split {
    sides = Collections.unmodifiableMap(new LinkedHashMap<>(sides));
  }

  /** The tracks of one side, in the order of the catalogue. */
  public List<Track> tracks(Catalog catalog, Side side) {
    return catalog.usable().stream().filter(t -> sides.get(t.track()) == side).toList();
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
   * @param folds at least 2
   * @return one split a fold: that fold validates, all others train
   */
  public static List<Split> folds(Catalog catalog, int folds, long seed) {
    if (folds < 2) {
      throw new IllegalArgumentException("cross-validation needs at least 2 folds, not " + folds);
    }
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
      int held = fold;
      Map<String, Side> sideOf = new LinkedHashMap<>();
      foldOf.forEach((track, f) -> sideOf.put(track, f == held ? Side.VALID : Side.TRAIN));
      splits.add(checked(sideOf, catalog));
    }
    return splits;
  }

  /**
   * Takes ready-made lists, such as the fault-filtered ones of Kereliuk et al. 2015. Entries are
   * {@code genre/track.wav} or {@code track}, one a line; entries that the catalogue lacks are
   * passed over, and tracks in no list are on no side.
   *
   * @throws IOException if a list cannot be read, or a track or a duplicate of it is on two sides
   */
  public static Split ofLists(Catalog catalog, Path train, Path valid, Path test)
      throws IOException {
    Map<String, Side> sideOf = new LinkedHashMap<>();
    Map<Side, Path> lists = Map.of(Side.TRAIN, train, Side.VALID, valid, Side.TEST, test);
    for (Map.Entry<Side, Path> list : new TreeMap<>(lists).entrySet()) {
      for (String line : Files.readAllLines(list.getValue())) {
        String name = line.strip();
        name = name.substring(name.lastIndexOf('/') + 1).replaceFirst("\\.(wav|au|mp3)$", "");
        Track track = catalog.find(name);
        if (track == null || !track.isUsable()) {
          continue;
        }
        Side before = sideOf.put(name, list.getKey());
        if (before != null && before != list.getKey()) {
          throw new IOException(
              list.getValue() + ": " + name + " is also in the list for " + before);
        }
      }
    }
    try {
      return checked(sideOf, catalog);
    } catch (IllegalArgumentException e) {
      throw new IOException(train.getParent() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads a split file: a line {@code track,side} for each track.
   *
   * @throws IOException if a line is not that, names an unknown track or side, or the split leaks
   */
  public static Split read(Path file, Catalog catalog) throws IOException {
    Map<String, Side> sideOf = new LinkedHashMap<>();
    List<String> lines = Files.readAllLines(file);
    if (lines.isEmpty() || !lines.get(0).strip().equals(HEADER)) {
      throw new IOException(file + " is not a split: its first line must be \"" + HEADER + "\"");
    }
    for (int i = 1; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty()) {
        continue;
      }
      int comma = line.lastIndexOf(',');
      try {
        String track = line.substring(0, Math.max(0, comma));
        Side side = Side.valueOf(line.substring(comma + 1).toUpperCase(Locale.ROOT));
        if (sideOf.putIfAbsent(track, side) != null) {
          throw new IllegalArgumentException("track " + track + " comes twice");
        }
      } catch (IllegalArgumentException e) {
        throw new IOException(file + ", line " + (i + 1) + ": " + e.getMessage(), e);
      }
    }
    try {
      return checked(sideOf, catalog);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /** Writes what {@link #read} reads. */
  public void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    sides.forEach(
        (track, side) -> text.append(track).append(',').append(side.label()).append('\n'));
    AtomicFiles.writeString(file, text.toString());
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

  private static Split checked(Map<String, Side> sideOf, Catalog catalog) {
    Map<String, String> firstOfContent = new LinkedHashMap<>();
    Map<String, Side> ordered = new LinkedHashMap<>();
    for (Track track : catalog.usable()) {
      Side side = sideOf.get(track.track());
      if (side == null) {
        continue;
      }
      ordered.put(track.track(), side);
      String first = firstOfContent.putIfAbsent(track.content(), track.track());
      if (first != null && ordered.get(first) != side) {
        throw new IllegalArgumentException(
            "the split leaks: %s (%s) and %s (%s) are the same recording"
                .formatted(first, ordered.get(first), track.track(), side));
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
