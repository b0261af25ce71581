package tonearm.dataset;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Seeds;

/**
 * Which tracks train, which validate, which test. Whole tracks only, and tracks of the same content
 * on one side: every way to make or read a split checks it against the catalogue.
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

    private static @Nullable Side ofLabel(String label) {
      for (Side side : values()) {
        if (side.label().equalsIgnoreCase(label)) {
          return side;
        }
      }
      return null;
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
   * @param folds at least 2, at most the number of different recordings
   * @return one split a fold: that fold validates, all others train
   * @throws IllegalArgumentException if a fold would be empty
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
      for (String line : lines(list.getValue())) {
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

  private static List<String> lines(Path file) throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(file.toString(), null, "no such file");
    } catch (CharacterCodingException e) {
      throw new IOException(file + " is not a text in UTF-8", e);
    }
  }

  /**
   * Reads a split file: a line {@code track,side} for each track.
   *
   * @throws IOException if a line is not that, names an unknown track or side, or the split leaks;
   *     the message names the file, and the line where one is to blame
   */
  public static Split read(Path file, Catalog catalog) throws IOException {
    Map<String, Side> sideOf = new LinkedHashMap<>();
    List<String> lines = lines(file);
    if (lines.isEmpty() || !lines.get(0).strip().equals(HEADER)) {
      throw new IOException(file + " is not a split: its first line must be \"" + HEADER + "\"");
    }
    for (int i = 1; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty()) {
        continue;
      }
      int comma = line.lastIndexOf(',');
      String track = line.substring(0, Math.max(0, comma)).strip();
      Side side = Side.ofLabel(line.substring(comma + 1).strip());
      String fault = null;
      if (track.isEmpty() || side == null) {
        fault = "must be a track, a comma and train, valid or test, not \"" + line + "\"";
      } else if (sideOf.putIfAbsent(track, side) != null) {
        fault = "track " + track + " comes twice";
      } else if (!isUsable(catalog.find(track))) {
        fault = "the dataset has no usable track " + track;
      }
      if (fault != null) {
        throw new IOException(file + ", line " + (i + 1) + ": " + fault);
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

  private static boolean isUsable(@Nullable Track track) {
    return track != null && track.isUsable();
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
