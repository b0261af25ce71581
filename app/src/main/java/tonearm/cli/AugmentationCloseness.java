package tonearm.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tonearm.audio.Audio;
import tonearm.dsp.WaveformEffects;
import tonearm.features.ClipGrid;
import tonearm.features.ClipScaler;
import tonearm.features.FeatureConfig;
import tonearm.features.FrontEnd;
import tonearm.features.Spectrogram;
import tonearm.features.SpectrogramEffects;
import tonearm.features.SpectrogramEffects.Interpolation;

/**
 * How close stretching and shifting a spectrogram comes to stretching and shifting the sound: both
 * spectrograms of one sound, compared level by level in dB. Beside each change stands the untouched
 * spectrogram: as close is what was never changed at all.
 */
final class AugmentationCloseness {
  /** Rates of the time stretches compared. */
  static final double[] RATES = {0.8, 0.9, 0.95, 1.05, 1.1, 1.25};

  /** Semitones of the pitch shifts compared. */
  static final double[] SEMITONES = {-4, -2, -1, 1, 2, 4};

  /** Above this part of half the rate, the resampler of the pitch shift takes sound away. */
  private static final double PASS_BAND = 0.86;

  /** The same for a file's own rate, which the decoder's resampler ends at. */
  private static final double DECODED_BAND = 0.94;

  /** The spectrogram as it was, beside the changed sound. */
  static final String UNTOUCHED = "untouched";

  /** As training shifts pitch: the rows of a picture gather their levels from elsewhere. */
  static final String GATHERED = "gathered";

  private static final int SIZE = 256;
  private static final FeatureConfig FEATURES = FeatureConfig.preset("gtzan-archive");
  private static final ClipGrid GRID = ClipGrid.of(FEATURES, ClipGrid.DEFAULT_CLIP_SECONDS);

  private AugmentationCloseness() {}

  /**
   * Two spectrograms compared, or the medians of many such.
   *
   * @param change what was done to the sound and to its spectrogram
   * @param interpolation how levels between frames or rows were found, {@link #UNTOUCHED} or {@link
   *     #GATHERED}; the latter makes a picture and no levels, so that all but {@code asPictures} is
   *     null
   * @param correlation Pearson's, over all levels that both have
   * @param correlationInBand the same without the rows that are empty: above what the file's own
   *     rate holds, above what the pitch shift's resampler lets through, and where a shift
   *     downwards leaves nothing. Two empty bands are alike and would flatter
   * @param asPictures mean correlation in that band of the clips as the network sees them, 256 x
   *     256
   * @param meanErrorDb mean absolute difference in that band, once the mean difference is taken
   *     away
   * @param offsetDb the mean difference: spectrogram version less waveform version; a clip's
   *     picture does not show it
   * @param least smallest correlation in that band of all tracks
   * @param tracks how many
   */
  record Row(
      String change,
      String interpolation,
      @Nullable Double correlation,
      @Nullable Double correlationInBand,
      double asPictures,
      @Nullable Double meanErrorDb,
      @Nullable Double offsetDb,
      @Nullable Double least,
      int tracks) {}

  /**
   * Everything that is compared on one sound.
   *
   * @param audio at the features' rate, at least one sample
   * @param ownRateHz sample rate of the file it is from
   */
  static List<Row> of(Audio audio, int ownRateHz) {
    FrontEnd frontEnd = new FrontEnd(FEATURES);
    float[] samples = audio.samples();
    int half = frontEnd.config().hopLength() / 2;
    Spectrogram plain = levels(frontEnd, samples);
    double sounding = Math.min(1, DECODED_BAND * ownRateHz / audio.sampleRateHz());
    List<Row> rows = new ArrayList<>();
    if (samples.length > frontEnd.config().nFft() + half) {
      Spectrogram later = levels(frontEnd, Arrays.copyOfRange(samples, half, samples.length));
      rows.add(compare("the same sound half a hop later", "none", later, plain, sounding));
    }
    for (double rate : RATES) {
      Spectrogram heard = levels(frontEnd, WaveformEffects.timeStretch(samples, rate));
      String change = String.format(Locale.ROOT, "time stretch, rate %.2f", rate);
      rows.add(compare(change, UNTOUCHED, heard, plain, sounding));
      for (Interpolation interpolation : Interpolation.values()) {
        Spectrogram seen = SpectrogramEffects.timeStretch(plain, rate, interpolation);
        rows.add(compare(change, name(interpolation), heard, seen, sounding));
      }
    }
    for (double semitones : SEMITONES) {
      Spectrogram heard = levels(frontEnd, WaveformEffects.pitchShift(samples, semitones));
      double factor = Math.pow(2, semitones / 12);
      double band = Math.min(PASS_BAND * Math.min(1, factor), sounding * factor);
      String change = String.format(Locale.ROOT, "pitch shift, %+.0f semitones", semitones);
      // What was not shifted ends where it did.
      rows.add(compare(change, UNTOUCHED, heard, plain, Math.min(band, sounding)));
      for (Interpolation interpolation : Interpolation.values()) {
        Spectrogram seen = SpectrogramEffects.pitchShift(plain, semitones, interpolation);
        rows.add(compare(change, name(interpolation), heard, seen, band));
      }
      double gathered = asPictures(heard, plain, factor, band);
      rows.add(new Row(change, GATHERED, null, null, gathered, null, null, null, 1));
    }
    return rows;
  }

  private static String name(Interpolation interpolation) {
    return interpolation.name().toLowerCase(Locale.ROOT);
  }

  private static Spectrogram levels(FrontEnd frontEnd, float[] samples) {
    Audio audio = new Audio(samples, frontEnd.config().sampleRateHz());
    return frontEnd.floored(frontEnd.spectrogram(audio));
  }

  /**
   * Compares the frames that both have.
   *
   * @param band part of the rows, from the lowest, that counts as in the band
   */
  static Row compare(
      String change, String interpolation, Spectrogram heard, Spectrogram seen, double band) {
    int rows = (int) (band * heard.bins());
    Sums all = Sums.of(heard, seen, heard.bins());
    Sums inBand = Sums.of(heard, seen, rows);
    double offset = inBand.meanSeen - inBand.meanHeard;
    int frames = Math.min(heard.frames(), seen.frames());
    double error = 0;
    for (int bin = 0; bin < rows; bin++) {
      for (int t = 0; t < frames; t++) {
        error += Math.abs(seen.at(bin, t) - heard.at(bin, t) - offset);
      }
    }
    return new Row(
        change,
        interpolation,
        all.correlation,
        inBand.correlation,
        asPictures(heard, seen, 1, band),
        error / ((double) rows * frames),
        offset,
        inBand.correlation,
        1);
  }

  /**
   * @param frequencyFactor that the picture of what was seen is shifted by while it is made
   */
  private static double asPictures(
      Spectrogram heard, Spectrogram seen, double frequencyFactor, double band) {
    ClipScaler scaler = new ClipScaler(SIZE);
    float[] one = new float[SIZE * SIZE];
    float[] other = new float[SIZE * SIZE];
    int rows = (int) (band * SIZE);
    double sum = 0;
    int clips = 0;
    for (ClipGrid.Span span : GRID.spans(Math.min(heard.frames(), seen.frames()))) {
      scaler.scale(heard.columns(span.from(), span.to()), one, 0);
      scaler.scale(seen.columns(span.from(), span.to()), other, 0, frequencyFactor);
      Spectrogram a = new Spectrogram(one, SIZE, SIZE);
      sum += Sums.of(a, new Spectrogram(other, SIZE, SIZE), rows).correlation;
      clips++;
    }
    return sum / clips;
  }

  private record Sums(double meanHeard, double meanSeen, double correlation) {
    static Sums of(Spectrogram heard, Spectrogram seen, int rows) {
      int frames = Math.min(heard.frames(), seen.frames());
      double n = (double) rows * frames;
      double sumHeard = 0;
      double sumSeen = 0;
      for (int bin = 0; bin < rows; bin++) {
        for (int t = 0; t < frames; t++) {
          sumHeard += heard.at(bin, t);
          sumSeen += seen.at(bin, t);
        }
      }
      double meanHeard = sumHeard / n;
      double meanSeen = sumSeen / n;
      double both = 0;
      double squaresHeard = 0;
      double squaresSeen = 0;
      for (int bin = 0; bin < rows; bin++) {
        for (int t = 0; t < frames; t++) {
          double x = heard.at(bin, t) - meanHeard;
          double y = seen.at(bin, t) - meanSeen;
          both += x * y;
          squaresHeard += x * x;
          squaresSeen += y * y;
        }
      }
      return new Sums(meanHeard, meanSeen, both / Math.sqrt(squaresHeard * squaresSeen));
    }
  }

  /**
   * The medians over tracks.
   *
   * @param byTrack the rows of each track; a short one may lack some
   */
  static List<Row> medians(List<List<Row>> byTrack) {
    List<Row> medians = new ArrayList<>();
    List<Row> longest =
        byTrack.stream().max((a, b) -> Integer.compare(a.size(), b.size())).orElse(List.of());
    for (Row which : longest) {
      List<Row> same =
          byTrack.stream()
              .flatMap(List::stream)
              .filter(r -> r.change().equals(which.change()))
              .filter(r -> r.interpolation().equals(which.interpolation()))
              .toList();
      medians.add(
          new Row(
              which.change(),
              which.interpolation(),
              median(same, Row::correlation),
              median(same, Row::correlationInBand),
              Objects.requireNonNull(median(same, Row::asPictures)),
              median(same, Row::meanErrorDb),
              median(same, Row::offsetDb),
              figures(same, Row::least).min(Double::compare).orElse(null),
              same.size()));
    }
    return medians;
  }

  private static Stream<Double> figures(List<Row> rows, Function<Row, @Nullable Double> figure) {
    return rows.stream().flatMap(row -> Stream.ofNullable(figure.apply(row)));
  }

  private static @Nullable Double median(List<Row> rows, Function<Row, @Nullable Double> figure) {
    double[] values = figures(rows, figure).mapToDouble(Double::doubleValue).toArray();
    if (values.length == 0) {
      return null;
    }
    Arrays.sort(values);
    int n = values.length;
    return (values[(n - 1) / 2] + values[n / 2]) / 2;
  }
}
