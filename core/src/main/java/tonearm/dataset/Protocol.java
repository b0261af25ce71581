package tonearm.dataset;

import com.fasterxml.jackson.annotation.JsonValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import tonearm.features.ClipGrid;

/** How a dataset is divided to find out what a recipe is worth. */
public enum Protocol {
  /** Folds of whole tracks, stratified by genre, exact duplicates together. */
  TRACK,

  /**
   * Folds of single clips, dealt at random whatever their track, exact duplicates as they fall: a
   * song is on both sides. It leaks, and is here to show by how much.
   */
  CLIP,

  /**
   * One division by ready-made lists without faulty tracks and with each artist on one side only
   * (Kereliuk, Sturm &amp; Larsen, "Deep Learning and Music Adversaries", 2015).
   */
  FAULT_FILTERED;

  /** As in files and on the command line: {@code track}, {@code clip}, {@code fault-filtered}. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether there are folds that take turns; else there is one division only. */
  public boolean hasFolds() {
    return this != FAULT_FILTERED;
  }

  /**
   * Divides.
   *
   * @param grid where a track's clips lie; read by {@link #CLIP} only
   * @param folds at least 2; 1 where {@link #hasFolds} is false
   * @param seed the same seed and dataset give the same folds; not asked where there are none
   * @param lists folder with {@code train_filtered.txt}, {@code valid_filtered.txt} and {@code
   *     test_filtered.txt}; read by {@link #FAULT_FILTERED} only
   * @return a split for each fold, in order
   * @throws IOException if a picture or list cannot be read; the message names it
   */
  public List<Split> splits(
      PreparedDataset dataset, ClipGrid grid, int folds, long seed, Path lists) throws IOException {
    Catalog catalog = dataset.catalog();
    switch (this) {
      case TRACK -> {
        return Split.folds(catalog, folds, seed);
      }
      case CLIP -> {
        Map<String, Integer> clips = new HashMap<>();
        for (Track track : catalog.usable()) {
          clips.put(track.track(), grid.spans(dataset.frames(track)).size());
        }
        return Split.foldsByClip(
            catalog, track -> Objects.requireNonNull(clips.get(track.track())), folds, seed);
      }
      case FAULT_FILTERED -> {
        if (folds != 1) {
          throw new IllegalArgumentException(
              label() + " is one division by lists and has no folds, so not " + folds);
        }
        return List.of(
            Split.ofLists(
                catalog,
                lists.resolve("train_filtered.txt"),
                lists.resolve("valid_filtered.txt"),
                lists.resolve("test_filtered.txt")));
      }
    }
    throw new IllegalStateException("no rule for " + this);
  }
}
