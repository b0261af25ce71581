package tonearm.report;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Occlusion;
import tonearm.eval.Prediction;
import tonearm.eval.Prediction.Ranked;
import tonearm.eval.Prediction.Segment;
import tonearm.features.FrequencyAxis;
import tonearm.features.Spectrogram;
import tonearm.report.Pen.Anchor;

/**
 * One song's answer, looked into: its spectrogram in ink, over that in colour what speaks for the
 * answer and what against it, and under it the probabilities of its clips.
 */
public final class SongFigure {
  /** Levels further under the loudest are not told apart: they are not heard either. */
  private static final double SHOWN_DB = 80;

  /** Weights below this fill no more of the colours than they are worth. */
  private static final double LEAST_LIMIT = 0.25;

  /** How much of the strongest weight's colour covers the ink. */
  private static final double COVER = 0.8;

  private static final int NAMED_GENRES = 5;
  private static final int MAX_STRETCHES = 400;
  private static final Color[] GENRES = {
    Palette.FOR, Palette.GREEN, Palette.PURPLE, Palette.YELLOW, Palette.SKY
  };

  private static final double LEFT = 76;
  private static final double WIDTH = 800;
  private static final double TOP = 84;
  private static final double HEIGHT = 330;
  private static final double TIMELINE_TOP = 438;
  private static final double TIMELINE_HEIGHT = 120;
  private static final double LEGEND_TOP = 608;
  private static final double BARS = 896;
  private static final double SMALL = 11;

  private final Prediction answer;
  private final String genre;
  private final Spectrogram levels;
  private final FrequencyAxis axis;
  private final List<Occlusion> occlusions;
  private final List<Segment> timeline;
  private final double seconds;
  private final double limit;

  private SongFigure(
      Prediction answer,
      String genre,
      Spectrogram levels,
      FrequencyAxis axis,
      List<Occlusion> occlusions) {
    this.answer = answer;
    this.genre = genre;
    this.levels = levels;
    this.axis = axis;
    this.occlusions = occlusions;
    timeline = Objects.requireNonNull(answer.timeline(), "the answer has no timeline");
    double last = timeline.get(timeline.size() - 1).endS();
    seconds = Math.max(last, Objects.requireNonNull(answer.durationS()));
    limit = limit(occlusions);
  }

  /**
   * Draws a song.
   *
   * @param answer with its timeline
   * @param genre the one that is explained
   * @param levels the whole song in dB, of any number of rows and columns, row 0 the lowest
   * @param axis frequencies of the rows
   * @param occlusions of clips that were looked into, their bands on the same axis; may be empty
   */
  public static Figure of(
      Prediction answer,
      String genre,
      Spectrogram levels,
      FrequencyAxis axis,
      List<Occlusion> occlusions) {
    SongFigure song = new SongFigure(answer, genre, levels, axis, occlusions);
    return new Figure(
        "song", song.title(), song.caption(), Figure.PAGE_WIDTH, song.height(), song::paint);
  }

  /** The largest weight that has a colour of its own: all but a fiftieth are below. */
  private static double limit(List<Occlusion> occlusions) {
    float[] sizes = new float[occlusions.stream().mapToInt(o -> o.weights().length).sum()];
    int n = 0;
    for (Occlusion occlusion : occlusions) {
      for (float weight : occlusion.weights()) {
        sizes[n++] = Math.abs(weight);
      }
    }
    Arrays.sort(sizes);
    return n == 0 ? LEAST_LIMIT : Math.max(LEAST_LIMIT, sizes[n - 1 - n / 50]);
  }

  private String name() {
    Path name = Path.of(answer.path()).getFileName();
    return name == null ? answer.path() : name.toString();
  }

  private String title() {
    return name() + ": " + verdict();
  }

  /** The answer; where it names no genre, the nearest, if that is more likely than chance. */
  private String verdict() {
    float probability = answer.top(1).get(0).probability();
    String said = String.valueOf(answer.genre());
    if (genre.equals(said)) {
      return said + ", " + percent(probability);
    }
    int genres = Objects.requireNonNull(answer.probabilities()).size();
    return probability * genres > 1.0001
        ? said + " (nearest: " + genre + ", " + percent(probability) + ")"
        : said;
  }

  private String caption() {
    return String.join(" ", explanation());
  }

  /** What a reader needs to know, in lines. */
  private List<String> explanation() {
    List<String> lines = new ArrayList<>();
    if (!occlusions.isEmpty()) {
      Occlusion first = occlusions.get(0);
      lines.add(
          "In colour, which spots speak for %s: each of %d patches of a clip was hidden in turn, and the network asked again."
              .formatted(genre, first.bands() * first.steps()));
      lines.add(
          "Orange: without the patch %s is less likely; at 1 its odds are halved, at 2 quartered. Blue: it is more likely."
              .formatted(genre));
      if (occlusions.size() < timeline.size()) {
        lines.add(
            "Black bars above: the %d of %d clips that were looked into."
                .formatted(occlusions.size(), timeline.size()));
      }
    }
    lines.add(
        "Below, the probabilities of each clip, %s at the bottom. The answer comes of their mean.%s"
            .formatted(genre, isCovered() ? "" : " Where it is bare, no clip was heard."));
    return lines;
  }

  /** Whether clips cover the song from beginning to end, but for what a pixel shows. */
  private boolean isCovered() {
    double covered = 0;
    for (Stretch stretch : stretches()) {
      covered += stretch.to() - stretch.from();
    }
    return covered > seconds * (1 - 1 / WIDTH);
  }

  private int height() {
    return (int) LEGEND_TOP + 24 + 16 * explanation().size() + 12;
  }

  private void paint(Pen pen) {
    pen.text(
        ScoreFigures.shortened(name(), 18, 0.94 * 900),
        LEFT,
        30,
        Anchor.START,
        18,
        Palette.BLACK,
        true);
    pen.text(verdict(), LEFT, 54, Anchor.START, 16, Palette.FOR, true);
    pen.text(
        details(),
        LEFT + 14 + Lettering.width(verdict(), 16, true),
        54,
        Anchor.START,
        13,
        Palette.GREY);
    spectrogram(pen);
    probabilities(pen);
    double y = LEGEND_TOP + 36;
    for (String line : explanation()) {
      pen.text(
          ScoreFigures.shortened(line, SMALL, 910), LEFT, y, Anchor.START, SMALL, Palette.GREY);
      y += 16;
    }
  }

  private String details() {
    return "%s, %d %s, %s"
        .formatted(
            TimeAxis.of(answer.durationS() == null ? 0 : answer.durationS()),
            timeline.size(),
            timeline.size() == 1 ? "clip" : "clips",
            ScoreFigures.shortened(String.valueOf(answer.model()), 13, 300));
  }

  private void spectrogram(Pen pen) {
    Panel panel =
        new Panel(pen, LEFT, TOP, WIDTH, HEIGHT, Scale.linear(0, seconds), Scale.linear(0, 1));
    double[] range = range();
    pen.image(picture(range), LEFT, TOP, WIDTH, HEIGHT);
    panel.border();
    HeatMap.hertz(panel, axis, "Hz", true);
    for (double tick : TimeAxis.ticks(seconds)) {
      pen.line(
          Palette.GREY, 1, panel.atX(tick), panel.bottom(), panel.atX(tick), panel.bottom() + 4);
    }
    if (occlusions.size() < timeline.size()) {
      for (Occlusion clip : occlusions) {
        double from = panel.atX(clip.startS());
        pen.fill(Palette.BLACK, from, TOP - 8, panel.atX(clip.endS()) - from, 4);
      }
    }
    double half = (HEIGHT - 40) / 2;
    if (!occlusions.isEmpty()) {
      HeatMap.colourBar(
          pen,
          BARS,
          TOP,
          half,
          new double[] {-limit, limit},
          "halvings of the odds",
          part -> Palette.mix(Palette.WHITE, Palette.balance(2 * part - 1), COVER));
    }
    HeatMap.colourBar(pen, BARS, TOP + half + 40, half, range, "dB", Palette::ink);
  }

  /** The levels of white and of black. */
  private double[] range() {
    double[] range = HeatMap.range(HeatMap.doubles(levels.values()));
    return new double[] {Math.max(range[0], range[1] - SHOWN_DB), range[1]};
  }

  /** The spectrogram in ink with the weights over it in colour, one pixel a level. */
  private BufferedImage picture(double[] range) {
    int rows = levels.bins();
    int columns = levels.frames();
    BufferedImage image = new BufferedImage(columns, rows, BufferedImage.TYPE_INT_RGB);
    for (int column = 0; column < columns; column++) {
      Occlusion clip = at((column + 0.5) * seconds / columns);
      for (int row = 0; row < rows; row++) {
        double part = (levels.at(row, column) - range[0]) / (range[1] - range[0]);
        Color colour = Palette.ink(part);
        if (clip != null) {
          double time = (column + 0.5) * seconds / columns;
          double weight = weight(clip, time, (row + 0.5) / rows) / limit;
          double cover = COVER * Math.min(1, Math.abs(weight));
          colour = Palette.mix(colour, weight < 0 ? Palette.AGAINST : Palette.FOR, cover);
        }
        image.setRGB(column, rows - 1 - row, colour.getRGB());
      }
    }
    return image;
  }

  /** The clip that was looked into at a time; of two the later one. */
  private @Nullable Occlusion at(double time) {
    Occlusion found = null;
    for (Occlusion clip : occlusions) {
      if (time >= clip.startS() && time < clip.endS()) {
        found = clip;
      }
    }
    return found;
  }

  /** The weight between the middles of patches, by bilinear interpolation; as at them beyond. */
  private static double weight(Occlusion clip, double time, double height) {
    double step = (time - clip.startS()) / (clip.endS() - clip.startS()) * clip.steps() - 0.5;
    double band = height * clip.bands() - 0.5;
    step = Math.min(clip.steps() - 1.0, Math.max(0, step));
    band = Math.min(clip.bands() - 1.0, Math.max(0, band));
    int s = Math.min((int) step, Math.max(0, clip.steps() - 2));
    int b = Math.min((int) band, Math.max(0, clip.bands() - 2));
    int s1 = Math.min(s + 1, clip.steps() - 1);
    int b1 = Math.min(b + 1, clip.bands() - 1);
    double low = clip.weight(b, s) + (step - s) * (clip.weight(b, s1) - clip.weight(b, s));
    double high = clip.weight(b1, s) + (step - s) * (clip.weight(b1, s1) - clip.weight(b1, s));
    return low + (band - b) * (high - low);
  }

  /** Genres that have a colour of their own, the explained one first. */
  private List<Ranked> named() {
    return answer.top(NAMED_GENRES);
  }

  private void probabilities(Pen pen) {
    Panel panel =
        new Panel(
            pen,
            LEFT,
            TIMELINE_TOP,
            WIDTH,
            TIMELINE_HEIGHT,
            Scale.linear(0, seconds),
            Scale.linear(0, 1));
    List<Ranked> named = named();
    pen.fill(Palette.FAINT, LEFT, TIMELINE_TOP, WIDTH, TIMELINE_HEIGHT);
    List<Stretch> stretches = stretches();
    boolean isDivided = stretches.size() <= MAX_STRETCHES / 4;
    for (Stretch stretch : stretches) {
      double from = panel.atX(stretch.from());
      // Narrow ones reach a little into the next, so that there are no seams.
      double to = Math.min(LEFT + WIDTH, panel.atX(stretch.to()) + (isDivided ? 0 : 0.5));
      double width = to - from;
      // From the top down, each to the bottom, so that there are no seams.
      pen.fill(Palette.PALE, from, TIMELINE_TOP, width, TIMELINE_HEIGHT);
      for (int g = named.size() - 1; g >= 0; g--) {
        double sum = 0;
        for (int below = 0; below <= g; below++) {
          sum += stretch.share(named.get(below).genre());
        }
        double high = TIMELINE_HEIGHT * Math.min(1, sum);
        pen.fill(GENRES[g], from, panel.bottom() - high, width, high);
      }
    }
    if (isDivided) {
      for (Stretch stretch : stretches) {
        double x = panel.atX(stretch.from());
        pen.line(Palette.WHITE, 1, x, TIMELINE_TOP, x, panel.bottom());
      }
    }
    panel.border();
    panel.yAxis("probability", new double[] {0, 0.5, 1}, SongFigure::percent);
    for (double tick : TimeAxis.ticks(seconds)) {
      double x = panel.atX(tick);
      pen.line(Palette.GREY, 1, x, panel.bottom(), x, panel.bottom() + 4);
      pen.text(
          TimeAxis.label(tick, seconds),
          x,
          panel.bottom() + 16,
          Anchor.MIDDLE,
          SMALL,
          Palette.BLACK);
    }
    pen.text(
        TimeAxis.unit(seconds),
        LEFT + WIDTH / 2,
        panel.bottom() + 33,
        Anchor.MIDDLE,
        12,
        Palette.BLACK);
    pen.legend(legend(named), LEFT, LEGEND_TOP, WIDTH + 100);
  }

  private List<Pen.Entry> legend(List<Ranked> named) {
    List<Pen.Entry> entries = new ArrayList<>();
    double rest = 1;
    for (int g = 0; g < named.size(); g++) {
      Ranked ranked = named.get(g);
      rest -= ranked.probability();
      String text = ScoreFigures.shortened(ranked.genre(), 12, 82);
      entries.add(new Pen.Entry(text + " " + percent(ranked.probability()), GENRES[g]));
    }
    int others = Objects.requireNonNull(answer.probabilities()).size() - named.size();
    if (others > 0) {
      entries.add(new Pen.Entry(others + " others " + percent(Math.max(0, rest)), Palette.PALE));
    }
    return entries;
  }

  /** Some clips side by side, as many as a pixel or two show, with their mean. */
  private record Stretch(double from, double to, List<Segment> clips) {
    double share(String genre) {
      return clips.stream()
          .mapToDouble(clip -> clip.probabilities().getOrDefault(genre, 0f))
          .average()
          .orElse(0);
    }
  }

  /** The clips, one after the other: of two that overlap the earlier one goes to its end. */
  private List<Stretch> stretches() {
    int each = (timeline.size() + MAX_STRETCHES - 1) / MAX_STRETCHES;
    List<Stretch> stretches = new ArrayList<>();
    double end = 0;
    for (int i = 0; i < timeline.size(); i += each) {
      List<Segment> clips = timeline.subList(i, Math.min(timeline.size(), i + each));
      double from = Math.max(end, clips.get(0).startS());
      end = clips.get(clips.size() - 1).endS();
      if (end > from) {
        stretches.add(new Stretch(from, end, clips));
      }
    }
    return stretches;
  }

  private static String percent(double part) {
    return Math.round(100 * part) + " %";
  }
}
