package tonearm.cli;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Split;
import tonearm.dataset.Split.Side;
import tonearm.dataset.Track;
import tonearm.eval.CalibrationStudy;
import tonearm.eval.CalibrationStudy.Threshold;
import tonearm.eval.Temperature;
import tonearm.eval.TrackPrediction;
import tonearm.infer.DatasetEmbeddings;
import tonearm.infer.LikenessFit;
import tonearm.infer.NoMusic;
import tonearm.model.Calibration.Likeness;
import tonearm.model.LibTorch;
import tonearm.model.Precision;
import tonearm.terminal.Progress;
import tonearm.train.CrossValidation;
import tonearm.train.Trainer;

/**
 * How like the training of a bundle's network a song must be: near enough to a genre, and nearer to
 * it than to sounds that are no music.
 *
 * <p>The limits are judged on tracks that a network was not trained on, each against what was
 * fitted to those it was: by the networks of the run's folds, or by that of the run itself, which
 * the bundle may be, where it has one division only. They are taken over from the folds' networks
 * to the bundle's, which is of the same recipe. Where these networks are no longer there, they are
 * judged on the bundle's own training, which lies nearer than other music does; {@code judged}
 * tells.
 *
 * @param sounds how many sounds that are no music songs are compared with; 0 if that would lose
 *     more right answers than may be lost
 * @param greatestDistance a song of two clips or more that is farther from every genre is unlike
 *     all of them; that of single clips if there were no such songs
 * @param tracks how many rightly answered tracks of two clips or more it was judged on
 * @param noMusic share of them that is nearer to a sound
 * @param lost share of them that is farther, or nearer to a sound: what it was chosen for
 * @param lostHeldOut the same, each fold at the distance that the other folds would choose: the
 *     honest one; null if fewer than two folds were asked
 * @param greatestClipDistance of a song of which a single clip was heard
 * @param clips how many rightly answered clips it was judged on
 * @param clipsNoMusic share of them that is nearer to a sound
 * @param clipsLost share of them that is farther, or nearer to a sound
 * @param folds numbers of the folds whose networks were asked; none if it is one division
 * @param together what this and the least confidence do to all of these folds' tracks
 * @param judged how, in words
 * @param likeness of the bundle's network over all tracks of the data
 */
record LikenessStudy(
    int sounds,
    double greatestDistance,
    int tracks,
    double noMusic,
    double lost,
    @Nullable Double lostHeldOut,
    double greatestClipDistance,
    int clips,
    double clipsNoMusic,
    double clipsLost,
    List<Integer> folds,
    Threshold together,
    String judged,
    @JsonIgnore Likeness likeness) {
  /** As a bundle holds it. */
  Likeness toLikeness() {
    return likeness;
  }

  /** Where a song or clip lies: how far from the nearest genre, and whether nearer to a sound. */
  record Place(double distance, boolean isNoMusic) {
    static Place of(Likeness likeness, float[] embedding) {
      return new Place(
          LikenessFit.distance(likeness, embedding), LikenessFit.isNoMusic(likeness, embedding));
    }

    /** Farther than a limit, as what is nearer to a sound is from any. */
    boolean isBeyond(double limit) {
      return isNoMusic || distance > limit;
    }

    double judged() {
      return isNoMusic ? Double.POSITIVE_INFINITY : distance;
    }
  }

  /** A track that was held out: the fold, where it lies, what was said of it, and its clips. */
  record Asked(int fold, Place song, TrackPrediction answer, List<Place> clips) {
    boolean isRight() {
      return answer.predictedGenre() == answer.trueGenre();
    }

    /** As it would be judged: a song of one clip has its limit and temperature. */
    boolean isOneClip() {
      return clips.size() == 1;
    }

    /** Those of its clips that were answered rightly. */
    Stream<Place> rightClips() {
      return IntStream.range(0, clips.size())
          .filter(i -> answer.clipGenres()[i] == answer.trueGenre())
          .mapToObj(clips::get);
    }

    /** The same where nothing is compared with sounds. */
    Asked withoutSounds() {
      return new Asked(
          fold,
          new Place(song.distance(), false),
          answer,
          clips.stream().map(clip -> new Place(clip.distance(), false)).toList());
    }
  }

  /**
   * Makes it.
   *
   * @param run folder of the run
   * @param count how many folds it has; 0 if it is one division
   * @param bundle whose likeness is fitted
   * @param dataset of both
   * @param side which tracks were held out
   * @param warn takes a line for the person
   */
  record Maker(
      Path run,
      int count,
      Path bundle,
      PreparedDataset dataset,
      Side side,
      Precision precision,
      Consumer<String> warn) {
    /** A network, the tracks it was trained on, and those it was not. */
    private record Fold(int number, Path bundle, List<Track> training, List<Track> held) {
      List<Track> both() {
        return Stream.concat(training.stream(), held.stream()).distinct().toList();
      }
    }

    /**
     * Makes it.
     *
     * @param answers to the tracks held out; the limits are judged on those that were right
     * @param genres in the model's order
     * @param study temperature and least confidence
     * @param maxLost part of these tracks that may be unlike, in [0, 1)
     */
    LikenessStudy of(
        List<TrackPrediction> answers, List<String> genres, CalibrationStudy study, double maxLost)
        throws IOException, InterruptedException {
      List<Track> all = dataset.catalog().usable();
      List<Fold> folds = folds();
      boolean isHonest = !folds.isEmpty();
      if (!isHonest) {
        warn.accept(
            run
                + " has no network that its tracks were held out of: likeness is judged on tracks that "
                + bundle
                + " may have been trained on, and other songs may be unknown more often");
        folds = List.of(new Fold(0, bundle, all, all));
      } else if (folds.size() < count) {
        warn.accept(
            "%s has the networks of %d of its %d folds: likeness is judged on the tracks of these"
                .formatted(run, folds.size(), count));
      }
      Map<String, TrackPrediction> answerOf = new HashMap<>();
      answers.forEach(answer -> answerOf.put(answer.track(), answer));
      LibTorch.load();
      List<Asked> asked = new ArrayList<>();
      Likeness likeness;
      List<float[]> soundsOfBundle = sounds(bundle);
      try {
        // One network's at a time, but the bundle's own serve twice.
        Map<String, List<float[]>> ofBundle = clips(bundle, all);
        for (Fold fold : folds) {
          boolean isOwn = fold.bundle().equals(bundle);
          Map<String, List<float[]>> clips = isOwn ? ofBundle : clips(fold.bundle(), fold.both());
          List<float[]> sounds = isOwn ? soundsOfBundle : sounds(fold.bundle());
          asked.addAll(ask(fold, clips, sounds, genres, answerOf));
        }
        likeness =
            LikenessFit.withNoMusic(
                LikenessFit.of(genres, DatasetEmbeddings.ofTracks(ofBundle), all), soundsOfBundle);
      } catch (IllegalArgumentException e) {
        throw new IOException("likeness cannot be judged: " + e.getMessage(), e);
      }
      LikenessStudy judged = judged(asked, likeness, isHonest, study, maxLost);
      if (judged.sounds() == 0) {
        warn.accept(
            String.format(
                Locale.ROOT,
                "more than %.1f %% of the right answers lie nearer to sounds that are no music than"
                    + " to any genre: songs are not compared with such",
                100 * maxLost));
      }
      return judged;
    }

    private static List<Asked> ask(
        Fold fold,
        Map<String, List<float[]>> clips,
        List<float[]> sounds,
        List<String> genres,
        Map<String, TrackPrediction> answerOf) {
      Map<String, float[]> embeddings = DatasetEmbeddings.ofTracks(clips);
      Likeness own =
          LikenessFit.withNoMusic(LikenessFit.of(genres, embeddings, fold.training()), sounds);
      List<Asked> asked = new ArrayList<>();
      for (Track track : fold.held()) {
        TrackPrediction answer = answerOf.get(track.track());
        float[] embedding = embeddings.get(track.track());
        List<float[]> ofClips = clips.getOrDefault(track.track(), List.of());
        if (answer != null && embedding != null && ofClips.size() == answer.clipGenres().length) {
          asked.add(
              new Asked(
                  fold.number(),
                  Place.of(own, embedding),
                  answer,
                  ofClips.stream().map(clip -> Place.of(own, clip)).toList()));
        }
      }
      return asked;
    }

    static LikenessStudy judged(
        List<Asked> asked,
        Likeness likeness,
        boolean isHonest,
        CalibrationStudy study,
        double maxLost)
        throws IOException {
      List<Asked> songs = asked.stream().filter(a -> a.isRight() && !a.isOneClip()).toList();
      List<Place> right = songs.stream().map(Asked::song).toList();
      List<Place> rightClips = asked.stream().flatMap(Asked::rightClips).toList();
      if (rightClips.isEmpty()) {
        throw new IOException("likeness cannot be judged: none of its clips was answered rightly");
      }
      double noMusic = share(right, Place::isNoMusic);
      double clipsNoMusic = share(rightClips, Place::isNoMusic);
      if (noMusic > maxLost || clipsNoMusic > maxLost) {
        // What was taught is itself near such sounds, as noise music is.
        return judged(
            asked.stream().map(Asked::withoutSounds).toList(),
            likeness.withNoMusic(List.of()),
            isHonest,
            study,
            maxLost);
      }
      double clipLimit = greatest(rightClips, maxLost);
      // Where all are as short as a clip nothing is known of longer ones, which lie nearer.
      double limit = right.isEmpty() ? clipLimit : greatest(right, maxLost);
      List<Integer> folds = asked.stream().map(Asked::fold).distinct().toList();
      return new LikenessStudy(
          likeness.noMusic().size(),
          limit,
          right.size(),
          noMusic,
          share(right, place -> place.isBeyond(limit)),
          folds.size() < 2 || right.isEmpty() ? null : lostHeldOut(songs, folds, maxLost),
          clipLimit,
          rightClips.size(),
          clipsNoMusic,
          share(rightClips, place -> place.isBeyond(clipLimit)),
          folds.equals(List.of(0)) ? List.of() : folds,
          together(asked, limit, clipLimit, study),
          isHonest ? "held out" : "trained on",
          likeness.withLimits(limit, clipLimit));
    }

    private static Threshold together(
        List<Asked> asked, double limit, double clipLimit, CalibrationStudy study) {
      List<Integer> truths = asked.stream().map(a -> a.answer().trueGenre()).toList();
      List<float[]> calibrated = new ArrayList<>();
      List<Boolean> unknown = new ArrayList<>();
      for (Asked a : asked) {
        boolean isOne = a.isOneClip();
        float[] p =
            Temperature.apply(
                a.answer().probabilities(), (isOne ? study.clips() : study.tracks()).temperature());
        double least = isOne ? study.clipUnknownBelow() : study.unknownBelow();
        calibrated.add(p);
        unknown.add(
            p[a.answer().predictedGenre()] < least || a.song().isBeyond(isOne ? clipLimit : limit));
      }
      // Every rule is in "unknown", since a single clip has another least confidence.
      Threshold all = CalibrationStudy.threshold(truths, calibrated, unknown, 0);
      return new Threshold(
          study.unknownBelow(), all.coverage(), all.accuracy(), all.lost(), all.caught());
    }

    /** Finite: where sounds alone lose as many as may be lost, no distance loses more. */
    private static double greatest(List<Place> places, double maxLost) {
      double limit =
          LikenessFit.greatest(places.stream().mapToDouble(Place::judged).toArray(), maxLost);
      return Double.isFinite(limit)
          ? limit
          : LikenessFit.greatest(places.stream().mapToDouble(Place::distance).toArray(), 0);
    }

    private static double share(List<Place> places, Predicate<Place> is) {
      return places.isEmpty() ? 0 : (double) places.stream().filter(is).count() / places.size();
    }

    private static double lostHeldOut(List<Asked> right, List<Integer> folds, double maxLost) {
      long lost = 0;
      for (int fold : folds) {
        List<Place> others = right.stream().filter(a -> a.fold() != fold).map(Asked::song).toList();
        if (!others.isEmpty()) {
          double limit = greatest(others, maxLost);
          lost += right.stream().filter(a -> a.fold() == fold && a.song().isBeyond(limit)).count();
        }
      }
      return (double) lost / right.size();
    }

    private List<Fold> folds() throws IOException {
      List<Fold> folds = new ArrayList<>();
      Map<Integer, Path> folders = CrossValidation.foldFolders(run);
      for (Map.Entry<Integer, Path> entry : folders.entrySet()) {
        Path folder = entry.getValue();
        // A fold that is only gathered has a folder no more, or one without its network.
        if (RunBundle.isIn(folder)) {
          Path own = folder.resolve(RunBundle.FOLDER);
          folds.add(fold(entry.getKey(), folder.resolve(Trainer.SPLIT_FILE), own));
        }
      }
      Path split = run.resolve(Trainer.SPLIT_FILE);
      if (folders.isEmpty() && Files.exists(split)) {
        // Another bundle may have heard more than the run whose tracks held out are asked about.
        if (RunBundle.isIn(run)) {
          folds.add(fold(0, split, run.resolve(RunBundle.FOLDER)));
        } else if (RunBundle.isOf(run, bundle)) {
          folds.add(fold(0, split, bundle));
        }
      }
      return folds;
    }

    private Fold fold(int number, Path file, Path network) throws IOException {
      Split split = Split.read(file, dataset.catalog());
      return new Fold(
          number,
          network,
          split.clips(dataset.catalog(), Side.TRAIN).tracks(),
          split.clips(dataset.catalog(), side).tracks());
    }

    private Map<String, List<float[]>> clips(Path network, List<Track> tracks)
        throws IOException, InterruptedException {
      try (Progress progress = new Progress("Comparing", tracks.size(), " tracks")) {
        return DatasetEmbeddings.ofClips(network, dataset, tracks, precision, progress::to);
      }
    }

    private List<float[]> sounds(Path network) throws IOException, InterruptedException {
      try (Progress progress = new Progress("Comparing", NoMusic.count(), " sounds")) {
        return NoMusic.embeddings(network, precision, progress::to);
      }
    }
  }
}
