package tonearm.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tonearm.audio.AudioDecoder;
import tonearm.audio.AudioStream;
import tonearm.bench.Measurement.Table;
import tonearm.eval.Prediction;
import tonearm.features.FeatureConfig;
import tonearm.features.FrontEnd;
import tonearm.features.SpectrogramStream;
import tonearm.infer.Classifier;
import tonearm.infer.ClassifyOptions;
import tonearm.model.LibTorch;
import tonearm.model.Precision;
import tonearm.provenance.Machine;
import tonearm.terminal.Text;

/** How many seconds of a song are heard, seen and answered in a second. */
final class SoundBench {
  /** Unit of every speed here. */
  static final String UNIT = "s of audio / s";

  private static final int BLOCK = 16384;

  private final Path song;
  private final double seconds;

  /**
   * @param song what is heard
   * @param seconds its length, for all that is read from it to be checked against
   */
  SoundBench(Path song, double seconds) {
    this.song = song;
    this.seconds = seconds;
  }

  /** Decodes at the song's own rate. */
  Stopwatch.Work decode() {
    return () -> {
      try (AudioStream audio = AudioDecoder.open(song)) {
        return checked(heard(audio));
      }
    };
  }

  /** Decodes and resamples. */
  Stopwatch.Work resample(int rateHz) {
    return () -> {
      try (AudioStream audio = AudioDecoder.open(song, rateHz)) {
        return checked(heard(audio));
      }
    };
  }

  private static double heard(AudioStream audio) throws IOException {
    float[] block = new float[BLOCK];
    long samples = 0;
    for (int n = audio.read(block, 0, BLOCK); n >= 0; n = audio.read(block, 0, BLOCK)) {
      samples += n;
    }
    return (double) samples / audio.sampleRateHz();
  }

  /** Decodes, resamples, and makes the spectrogram. */
  Stopwatch.Work features(FrontEnd frontEnd) {
    int rateHz = frontEnd.config().sampleRateHz();
    float[] column = new float[frontEnd.config().bins()];
    return () -> {
      try (AudioStream audio = AudioDecoder.open(song, rateHz)) {
        SpectrogramStream levels = frontEnd.stream(audio);
        while (levels.next(column)) {
          // The levels are what is timed; nobody looks at them.
        }
        return checked((double) levels.samplesHeard() / rateHz);
      }
    };
  }

  /**
   * Decoding alone, and what is asked for beyond it, with the ratios between them.
   *
   * @param decode whether at the song's own rate
   * @param features whether resampled and through each front end
   */
  List<Measurement> hearing(Stopwatch stopwatch, boolean decode, boolean features)
      throws IOException, InterruptedException {
    List<String> names = new ArrayList<>();
    List<Stopwatch.Work> works = new ArrayList<>();
    if (decode) {
      names.add("decode at 44100 Hz, stereo to mono");
      works.add(decode());
    }
    int plain = works.size();
    if (features) {
      int rateHz = FeatureConfig.preset(FeatureConfig.presetNames().get(0)).sampleRateHz();
      names.add("decode + resample to " + rateHz + " Hz");
      works.add(resample(rateHz));
      for (String name : FeatureConfig.presetNames()) {
        names.add("decode + resample + " + name);
        works.add(features(new FrontEnd(FeatureConfig.preset(name))));
      }
    }
    double[][] speeds = stopwatch.speeds(works);
    List<Measurement> found = new ArrayList<>();
    for (int i = 0; i < speeds.length; i++) {
      found.add(Measurement.of(Table.SOUND, names.get(i), UNIT, speeds[i]));
    }
    for (int i = plain + 1; i < speeds.length; i++) {
      found.add(
          Measurement.of(
              Table.SOUND,
              "\"" + names.get(i) + "\" by \"" + names.get(plain) + "\"",
              "ratio",
              Stopwatch.ratios(speeds[i], speeds[plain])));
    }
    return found;
  }

  /** File to answer, by a model that is loaded already. */
  Measurement classify(Stopwatch stopwatch, Path bundle) throws IOException, InterruptedException {
    LibTorch.load(Runtime.getRuntime().availableProcessors());
    Precision precision = Precision.of("auto", Machine.current().hasBf16());
    try (Classifier classifier = Classifier.load(bundle, precision)) {
      double[][] speeds =
          stopwatch.speeds(
              List.of(
                  () ->
                      checked(
                          answer(
                              classifier.classify(song, ClassifyOptions.DEFAULT).prediction()))));
      String name =
          "classify, warm, %s with %s, %s"
              .formatted(
                  Text.duration(seconds),
                  Text.oneLine(classifier.model().name()),
                  precision.label());
      return Measurement.of(Table.SOUND, name, UNIT, speeds[0]);
    }
  }

  private static double answer(Prediction prediction) throws IOException {
    if (prediction.durationS() == null) {
      throw new IOException(prediction.path() + ": " + prediction.error());
    }
    return prediction.durationS();
  }

  /** A speed counted on half a song would look fine. */
  private double checked(double heardSeconds) throws IOException {
    if (Math.abs(heardSeconds - seconds) > 0.1) {
      throw new IOException(
          "%s: %.3f s were heard of %.3f s".formatted(song, heardSeconds, seconds));
    }
    return heardSeconds;
  }
}
