package tonearm.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Bootstrap;
import tonearm.eval.ClipPredictions;
import tonearm.eval.Interval;
import tonearm.eval.TrackPrediction;
import tonearm.provenance.AtomicFiles;
import tonearm.report.Pen.Anchor;
import tonearm.report.Pen.Dash;

/**
 * Figure 14: how often runs are right by how many tracks of each genre they were trained on, those
 * that began with a trained network beside those that began with chance. All runs are of the same
 * genres and hold out the same tracks. Runs of one kind and number differ by their seeds; each
 * track counts with the part of them that had it right, and intervals are by bootstrap over tracks,
 * of differences over the same tracks.
 */
public final class LearningCurve {
  /** The name of its files, without extension. */
  public static final String NAME = "14-learning-curve";

  private static final String SCRATCH = "from scratch";
  private static final long BOOTSTRAP_SEED = 1;
  private static final List<Dash> DASHES = List.of(Dash.SOLID, Dash.DASHED, Dash.DOTTED);

  /** What one run is worth: of each held-out track, whether it was right. */
  private record Trained(
      Path folder,
      String kind,
      int tracksPerGenre,
      List<String> genres,
      Map<String, Boolean> right) {
    double accuracy() {
      return right.values().stream().mapToInt(r -> r ? 1 : 0).average().orElse(Double.NaN);
    }
  }

  /**
   * The runs of one kind and number.
   *
   * @param kind what they began with
   * @param tracksPerGenre that they were trained on
   * @param accuracies of each run, part of tracks right by the mean of their clips' probabilities
   * @param byTrack of each track, the part of the runs that had it right, in the tracks' order
   */
  private record Point(String kind, int tracksPerGenre, List<Double> accuracies, double[] byTrack) {
    double mean() {
      return accuracies.stream().mapToDouble(a -> a).average().orElse(Double.NaN);
    }

    double least() {
      return accuracies.stream().mapToDouble(a -> a).min().orElse(Double.NaN);
    }

    double most() {
      return accuracies.stream().mapToDouble(a -> a).max().orElse(Double.NaN);
    }

    Interval interval() {
      return Bootstrap.withSeed(BOOTSTRAP_SEED).ofMean(byTrack);
    }

    /** By how much each track is righter than in other runs. */
    double[] gainOver(Point other) {
      double[] gain = new double[byTrack.length];
      for (int i = 0; i < gain.length; i++) {
        gain[i] = byTrack[i] - other.byTrack[i];
      }
      return gain;
    }
  }

  private final List<Point> points;
  private final List<String> genres;

  private LearningCurve(List<Point> points, List<String> genres) {
    this.points = points;
    this.genres = genres;
  }

  /**
   * Reads finished runs or cross-validations.
   *
   * @param folders at least one
   * @throws IOException if a run is not finished or damaged; the message names the file
   * @throws IllegalArgumentException if they are not of the same genres and held-out tracks
   */
  public static LearningCurve read(List<Path> folders) throws IOException {
    List<Trained> runs = new ArrayList<>();
    for (Path folder : folders) {
      runs.add(trained(folder));
    }
    Trained first = runs.get(0);
    Map<String, Map<Integer, List<Trained>>> byKind = new TreeMap<>();
    for (Trained run : runs) {
      requireComparable(first, run);
      byKind
          .computeIfAbsent(run.kind(), k -> new TreeMap<>())
          .computeIfAbsent(run.tracksPerGenre(), n -> new ArrayList<>())
          .add(run);
    }
    List<Point> points = new ArrayList<>();
    byKind.forEach(
        (kind, byNumber) ->
            byNumber.forEach(
                (number, alike) -> points.add(point(kind, number, alike, first.right().keySet()))));
    return new LearningCurve(points, first.genres());
  }

  private static void requireComparable(Trained first, Trained run) {
    if (!run.genres().equals(first.genres())) {
      throw new IllegalArgumentException(
          "%s is of the genres %s, %s of %s: a curve is of one task"
              .formatted(run.folder(), run.genres(), first.folder(), first.genres()));
    }
    if (!run.right().keySet().equals(first.right().keySet())) {
      throw new IllegalArgumentException(
          "%s does not hold out the same tracks as %s: give all of them one --split-seed"
              .formatted(run.folder(), first.folder()));
    }
  }

  private static Point point(String kind, int number, List<Trained> alike, Set<String> tracks) {
    double[] byTrack = new double[tracks.size()];
    int i = 0;
    for (String track : tracks) {
      for (Trained run : alike) {
        byTrack[i] += Boolean.TRUE.equals(run.right().get(track)) ? 1.0 / alike.size() : 0;
      }
      i++;
    }
    return new Point(kind, number, alike.stream().map(Trained::accuracy).toList(), byTrack);
  }

  private static Trained trained(Path folder) throws IOException {
    RunFolder run = RunFolder.read(folder);
    JsonNode init = run.description().path("init");
    String kind = init.isObject() ? "from " + init.path("name").asText() : SCRATCH;
    Path file = folder.resolve(ClipPredictions.FILE);
    if (!Files.exists(file)) {
      throw new IOException(file + " is not there: the run is not finished");
    }
    ClipPredictions all = ClipPredictions.read(file);
    ClipPredictions held = all.ofSplit("test");
    if (held.clips().isEmpty()) {
      held = all.ofSplit("valid");
    }
    Map<String, Boolean> right = new TreeMap<>();
    for (TrackPrediction track : TrackPrediction.of(held)) {
      right.put(track.track(), track.predictedGenre() == track.trueGenre());
    }
    if (right.isEmpty()) {
      throw new IOException(file + " has no tracks that were held out");
    }
    double tracks = trainingTracks(folder, run.description());
    int perGenre = (int) Math.round(tracks / run.genres().size());
    if (perGenre < 1) {
      throw new IOException(folder + " was trained on " + tracks + " tracks, fewer than genres");
    }
    return new Trained(folder, kind, perGenre, run.genres(), right);
  }

  /** How many tracks trained: of a cross-validation the mean over its folds. */
  private static double trainingTracks(Path folder, JsonNode description) throws IOException {
    JsonNode folds = description.path("folds");
    if (!folds.isObject() || folds.has("fold")) {
      return description.path("train_tracks").asDouble();
    }
    Path file = folder.resolve("folds.csv");
    List<String> lines = Files.readAllLines(file);
    List<String> header = List.of(lines.get(0).split(",", -1));
    int side = header.indexOf("side");
    int tracks = header.indexOf("tracks");
    double sum = 0;
    int rows = 0;
    try {
      for (String line : lines.subList(1, lines.size())) {
        String[] cells = line.split(",", -1);
        if (cells[side].equals("train")) {
          sum += Integer.parseInt(cells[tracks]);
          rows++;
        }
      }
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
    return rows == 0 ? 0 : sum / rows;
  }

  private @Nullable Point scratchBeside(Point point) {
    return points.stream()
        .filter(p -> p.kind().equals(SCRATCH) && !point.kind().equals(SCRATCH))
        .filter(p -> p.tracksPerGenre() == point.tracksPerGenre())
        .findFirst()
        .orElse(null);
  }

  /** A line for each kind and number, for people. */
  public String table() {
    int width = points.stream().mapToInt(p -> p.kind().length()).max().orElse(1);
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s: %d tracks held out; in brackets 95 %% by bootstrap over tracks%n",
            String.join(", ", genres),
            points.get(0).byTrack().length));
    for (Point point : points) {
      Interval interval = point.interval();
      text.append(
          String.format(
              Locale.ROOT,
              "%-" + width + "s  %3d tracks a genre  %5.1f %% (%.1f to %.1f) of tracks right",
              point.kind(),
              point.tracksPerGenre(),
              100 * point.mean(),
              100 * interval.low(),
              100 * interval.high()));
      if (point.accuracies().size() > 1) {
        text.append(
            String.format(
                Locale.ROOT,
                "  %d runs %.1f to %.1f",
                point.accuracies().size(),
                100 * point.least(),
                100 * point.most()));
      }
      Point scratch = scratchBeside(point);
      if (scratch != null) {
        Interval gain = Bootstrap.withSeed(BOOTSTRAP_SEED).ofMean(point.gainOver(scratch));
        text.append(
            String.format(
                Locale.ROOT,
                "  %+.1f (%+.1f to %+.1f) against %s",
                100 * (point.mean() - scratch.mean()),
                100 * gain.low(),
                100 * gain.high(),
                SCRATCH));
      }
      text.append('\n');
    }
    return text.toString();
  }

  /** The figure. */
  public Figure figure() {
    List<String> kinds = points.stream().map(Point::kind).distinct().toList();
    int least = points.stream().mapToInt(Point::tracksPerGenre).min().orElse(1);
    int most = points.stream().mapToInt(Point::tracksPerGenre).max().orElse(1);
    return new Figure(
        NAME,
        "Tracks right by how many were trained on: " + String.join(", ", genres),
        "Tracks held out, by the mean of their clips' probabilities. Lines join means over runs, small"
            + " dots are single runs, bars 95 % intervals by bootstrap over tracks. The dotted grey"
            + " line is chance.",
        Figure.PAGE_WIDTH,
        440,
        pen -> {
          Panel panel =
              new Panel(
                  pen,
                  86,
                  24,
                  860,
                  320,
                  new Scale(least / 1.4, most * 1.4, true),
                  Scale.linear(0, 1));
          panel.grid(5);
          panel.border();
          xAxis(panel);
          panel.yAxis(
              "tracks right",
              new double[] {0, 0.2, 0.4, 0.6, 0.8, 1},
              tick -> Math.round(100 * tick) + " %");
          double chance = panel.atY(1.0 / genres.size());
          pen.polyline(
              Palette.GREY, 1.2, Dash.DOTTED, panel.left(), chance, panel.left() + 860, chance);
          List<Panel.Series> lines = new ArrayList<>();
          for (int k = 0; k < kinds.size(); k++) {
            lines.add(draw(panel, kinds.get(k), k, kinds.size()));
          }
          Panel.legend(pen, lines, 86, 412);
          pen.text(
              points.get(0).byTrack().length + " tracks held out",
              946,
              412,
              Anchor.END,
              12,
              Palette.GREY);
        });
  }

  /** With a tick for each number that there is, and no others. */
  private void xAxis(Panel panel) {
    Pen pen = panel.pen();
    points.stream()
        .mapToInt(Point::tracksPerGenre)
        .distinct()
        .forEach(
            number -> {
              double at = panel.atX(number);
              pen.line(Palette.GREY, 1, at, panel.bottom(), at, panel.bottom() + 4);
              String label = String.valueOf(number);
              pen.text(label, at, panel.bottom() + 16, Anchor.MIDDLE, 11, Palette.BLACK);
            });
    pen.text(
        "tracks of each genre to train on",
        panel.left() + panel.width() / 2,
        panel.bottom() + 33,
        Anchor.MIDDLE,
        12,
        Palette.BLACK);
  }

  private Panel.Series draw(Panel panel, String kind, int k, int kinds) {
    List<Point> own = points.stream().filter(p -> p.kind().equals(kind)).toList();
    double[] xs = new double[own.size()];
    double[] ys = new double[own.size()];
    // Side by side, so that bars of two kinds do not cover each other.
    double aside = Math.pow(1.02, k - (kinds - 1) / 2.0);
    Pen pen = panel.pen();
    for (int i = 0; i < xs.length; i++) {
      Point point = own.get(i);
      xs[i] = point.tracksPerGenre() * aside;
      ys[i] = point.mean();
      double x = panel.atX(xs[i]);
      Interval interval = point.interval();
      double low = panel.atY(interval.low());
      double high = panel.atY(interval.high());
      pen.line(Palette.series(k), 1.4, x, low, x, high);
      pen.line(Palette.series(k), 1.4, x - 4, low, x + 4, low);
      pen.line(Palette.series(k), 1.4, x - 4, high, x + 4, high);
      for (double single : point.accuracies()) {
        pen.dot(Palette.lighter(Palette.series(k), 0.4), x + 8, panel.atY(single), 2);
      }
    }
    Panel.Series line =
        new Panel.Series(kind, Palette.series(k), DASHES.get(k % DASHES.size()), xs, ys);
    panel.line(line);
    return line;
  }

  /** Writes the figure as SVG and PNG, and all values that are in it as CSV. */
  public void write(Path folder) throws IOException {
    figure().write(folder);
    StringBuilder csv =
        new StringBuilder(
            "begun,tracks_per_genre,runs,tracks,accuracy,low,high,least,most,gain,gain_low,gain_high\n");
    for (Point point : points) {
      Interval interval = point.interval();
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("begun", '"' + point.kind().replace("\"", "\"\"") + '"');
      row.put("tracks_per_genre", point.tracksPerGenre());
      row.put("runs", point.accuracies().size());
      row.put("tracks", point.byTrack().length);
      row.put("accuracy", share(point.mean()));
      row.put("low", share(interval.low()));
      row.put("high", share(interval.high()));
      row.put("least", share(point.least()));
      row.put("most", share(point.most()));
      Point scratch = scratchBeside(point);
      Interval gain =
          scratch == null
              ? null
              : Bootstrap.withSeed(BOOTSTRAP_SEED).ofMean(point.gainOver(scratch));
      row.put("gain", scratch == null ? "" : share(point.mean() - scratch.mean()));
      row.put("gain_low", gain == null ? "" : share(gain.low()));
      row.put("gain_high", gain == null ? "" : share(gain.high()));
      csv.append(String.join(",", row.values().stream().map(String::valueOf).toList()));
      csv.append('\n');
    }
    AtomicFiles.writeString(folder.resolve(NAME + ".csv"), csv.toString());
  }

  private static String share(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}
