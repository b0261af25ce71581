package tonearm.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tonearm.features.Augmentation;
import tonearm.features.ClipGrid;
import tonearm.features.ClipScaler;
import tonearm.features.FeatureConfig;
import tonearm.features.Spectrogram;
import tonearm.provenance.Seeds;
import tonearm.report.Pen.Anchor;

/** Figures 5 to 7: what is seen of a sound, and what augmentation makes of it. */
final class SpectrogramFigures {
  private static final double SHOWN_SECONDS = 30;
  private static final int DRAWS = 12;

  private SpectrogramFigures() {}

  /**
   * The sound that figures 5 to 7 show.
   *
   * @param name what people call it
   * @param levels of the whole sound
   * @param unit of the levels, such as "dB"
   * @param features how the levels were made
   */
  record Example(String name, Spectrogram levels, String unit, FeatureConfig features) {}

  /** Figure 5: one sound's spectrogram, its first half minute. */
  static Figure example(Example example) {
    int frames =
        Math.min(
            example.levels().frames(),
            Math.max(1, (int) (SHOWN_SECONDS * example.features().framesPerSecond())));
    Spectrogram shown = example.levels().columns(0, frames);
    double[] range = HeatMap.range(HeatMap.doubles(shown.values()));
    return new Figure(
        "05-spectrogram",
        "A spectrogram: " + example.name(),
        "Time to the right, frequency upwards; the brighter, the louder. "
            + (frames < example.levels().frames() ? "The first half minute." : "All of it.")
            + HeatMap.BEYOND,
        Figure.PAGE_WIDTH,
        440,
        pen -> {
          Panel panel =
              new Panel(
                  pen,
                  76,
                  36,
                  800,
                  345,
                  Scale.linear(0, frames / example.features().framesPerSecond()),
                  Scale.linear(0, 1));
          pen.image(
              HeatMap.image(
                  HeatMap.doubles(shown.values()), shown.bins(), frames, range[0], range[1]),
              panel.left(),
              panel.top(),
              panel.width(),
              panel.height());
          panel.border();
          panel.title(ScoreFigures.shortened(example.name(), Panel.TITLE_SIZE, 700));
          panel.xAxis("s", 8);
          HeatMap.hertz(panel, example.features().axis(), "Hz", true);
          HeatMap.colourBar(pen, 896, 36, 345, range, example.unit());
        });
  }

  /** A clip as a network takes it, and what is done to it. */
  private record Picture(String title, String detail, float[] values) {}

  /**
   * Figure 6: the picture of one clip, and each augmentation by itself. Of a dozen draws the one
   * that changes most is shown, as a weak one shows nothing.
   */
  static Figure augmentations(
      Example example, Augmentation recipe, ClipScaler scaler, double clipSeconds, long seed) {
    Clip clip = new Clip(example, scaler, clipSeconds, seed);
    List<Picture> pictures = new ArrayList<>();
    pictures.add(new Picture("as it is", "", clip.picture()));
    pictures.add(
        new Picture(
            "noise",
            "standard deviation up to " + recipe.noise(),
            clip.changed("noise", new Augmentation(1, recipe.noise(), 0, 0, 0))));
    pictures.add(
        new Picture(
            "time shift",
            "circular, up to %s of the width either way".formatted(recipe.timeShift()),
            clip.changed("shift", new Augmentation(1, 0, recipe.timeShift(), 0, 0))));
    pictures.add(
        new Picture(
            "time mask",
            "up to %s of the width".formatted(recipe.timeMask()),
            clip.changed("time-mask", new Augmentation(1, 0, 0, recipe.timeMask(), 0))));
    pictures.add(
        new Picture(
            "frequency mask",
            "up to %s of the height".formatted(recipe.frequencyMask()),
            clip.changed("frequency-mask", new Augmentation(1, 0, 0, 0, recipe.frequencyMask()))));
    if (recipe.timeStretch() > 0) {
      pictures.add(
          new Picture(
              "time stretch",
              "up to %s times as fast or slow".formatted(1 + recipe.timeStretch()),
              clip.changed(
                  "stretch", new Augmentation(1, 0, 0, 0, 0, recipe.timeStretch(), 0, 0, 0))));
    }
    if (recipe.pitchShiftSemitones() > 0) {
      pictures.add(
          new Picture(
              "pitch shift",
              "up to %s semitones either way".formatted(recipe.pitchShiftSemitones()),
              clip.changed(
                  "pitch",
                  new Augmentation(1, 0, 0, 0, 0, 0, recipe.pitchShiftSemitones(), 0, 0))));
    }
    if (recipe.lowPass() > 0) {
      pictures.add(
          new Picture(
              "low-pass",
              "up to %s of the height from the top".formatted(recipe.lowPass()),
              clip.changed(
                  "low-pass", new Augmentation(1, 0, 0, 0, 0, 0, 0, recipe.lowPass(), 0))));
    }
    if (recipe.tilt() > 0) {
      pictures.add(
          new Picture(
              "tilt",
              "up to %s from bottom to top".formatted(recipe.tilt()),
              clip.changed("tilt", new Augmentation(1, 0, 0, 0, 0, 0, 0, 0, recipe.tilt()))));
    }
    return pictures(
        "06-augmentations",
        "The augmentations of the spectrogram, one by one: " + example.name(),
        "A clip of "
            + Scale.label(clipSeconds)
            + " s as the network takes it, and the same clip with each augmentation by itself. Masks"
            + " take the picture's mean."
            + HeatMap.BEYOND,
        pictures,
        example.features(),
        scaler,
        clipSeconds);
  }

  /** Figure 7: the picture of one clip, and all augmentations together. */
  static Figure combined(
      Example example, Augmentation recipe, ClipScaler scaler, double clipSeconds, long seed) {
    Clip clip = new Clip(example, scaler, clipSeconds, seed);
    Augmentation all =
        new Augmentation(
            1,
            recipe.noise(),
            recipe.timeShift(),
            recipe.timeMask(),
            recipe.frequencyMask(),
            recipe.timeStretch(),
            recipe.pitchShiftSemitones(),
            recipe.lowPass(),
            recipe.tilt());
    return pictures(
        "07-all-augmentations",
        "All augmentations combined: " + example.name(),
        "The same clip as it is, and with all augmentations at once, in two draws. In training each"
            + " is applied with probability "
            + recipe.probability()
            + "."
            + HeatMap.BEYOND,
        List.of(
            new Picture("as it is", "", clip.picture()),
            new Picture("all combined", "one draw", clip.changed("combined", all)),
            new Picture("all combined", "another draw", clip.changed("combined-again", all))),
        example.features(),
        scaler,
        clipSeconds);
  }

  /** The clip in the middle of a sound, made into pictures as training does it. */
  private static final class Clip {
    private final Spectrogram levels;
    private final ClipScaler scaler;
    private final long seed;

    Clip(Example example, ClipScaler scaler, double clipSeconds, long seed) {
      ClipGrid grid = ClipGrid.of(example.features(), clipSeconds);
      List<ClipGrid.Span> spans = grid.spans(example.levels().frames());
      ClipGrid.Span middle = spans.get(spans.size() / 2);
      levels = grid.padded(example.levels().columns(middle.from(), middle.to()));
      this.scaler = scaler;
      this.seed = seed;
    }

    float[] picture() {
      float[] picture = new float[scaler.length()];
      scaler.scale(levels, picture, 0);
      return picture;
    }

    /** Of a few draws the one that changes the picture most. */
    float[] changed(String what, Augmentation augmentation) {
      float[] plain = picture();
      float[] best = plain;
      double most = -1;
      for (int draw = 0; draw < DRAWS; draw++) {
        float[] changed = new float[plain.length];
        Random random = new Seeds(seed).random("figure-" + what, draw);
        augmentation.picture(levels, scaler, changed, 0, random);
        double difference = 0;
        for (int i = 0; i < plain.length; i++) {
          difference += Math.abs(changed[i] - plain[i]);
        }
        if (difference > most) {
          most = difference;
          best = changed;
        }
      }
      return best;
    }
  }

  private static Figure pictures(
      String name,
      String title,
      String caption,
      List<Picture> pictures,
      FeatureConfig features,
      ClipScaler scaler,
      double clipSeconds) {
    int lines = (pictures.size() + 2) / 3;
    double[] range = HeatMap.range(HeatMap.doubles(pictures.get(0).values()));
    return new Figure(
        name,
        title,
        caption,
        Figure.PAGE_WIDTH,
        lines * 340 + 14,
        pen -> {
          for (int i = 0; i < pictures.size(); i++) {
            Picture picture = pictures.get(i);
            Panel panel =
                new Panel(
                    pen,
                    74 + i % 3 * 282,
                    42 + i / 3 * 340,
                    252,
                    252,
                    Scale.linear(0, clipSeconds),
                    Scale.linear(0, 1));
            pen.image(
                HeatMap.image(
                    HeatMap.doubles(picture.values()),
                    scaler.height(),
                    scaler.width(),
                    range[0],
                    range[1]),
                panel.left(),
                panel.top(),
                panel.width(),
                panel.height());
            panel.border();
            pen.text(
                picture.title(),
                panel.left(),
                panel.top() - (picture.detail().isEmpty() ? 8 : 22),
                Anchor.START,
                13,
                Palette.BLACK,
                true);
            pen.text(
                picture.detail(), panel.left(), panel.top() - 7, Anchor.START, 10.5, Palette.GREY);
            panel.xAxis(i + 3 >= pictures.size() ? "s" : "", 6);
            HeatMap.hertz(panel, scaler.axis(features), i % 3 == 0 ? "Hz" : "", i % 3 == 0);
          }
          HeatMap.colourBar(pen, 914, 42, (lines - 1) * 340 + 252, range, "value of the picture");
        });
  }
}
