package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;
import tonearm.eval.Prediction;
import tonearm.infer.Answer;
import tonearm.infer.Classifier;
import tonearm.infer.ClassifyOptions;
import tonearm.model.Calibration;
import tonearm.model.LibTorch;
import tonearm.model.ModelBundle;
import tonearm.model.Precision;
import tonearm.provenance.Machine;

/** Every bundled model that may say so does not know what is no music. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnknownSoundsTest {
  private static final int RATE_HZ = 22050;
  private static final double SECONDS = 13;

  /** Formants of vowels (Peterson & Barney 1952, men): the first three, in Hz. */
  private static final double[][] VOWELS = {
    {730, 1090, 2440}, {270, 2290, 3010}, {300, 870, 2240}, {530, 1840, 2480}, {570, 840, 2410}
  };

  @TempDir private Path folder;
  private final List<Classifier> models = new ArrayList<>();
  private boolean isLoaded;

  /** What is no music. */
  enum Sound {
    SILENCE,
    WHITE_NOISE,
    PINK_NOISE,
    SPEECH_LIKE_NOISE,
    SINE_440_HZ,
    SWEEP,
    CLICKS;

    float[] samples() {
      return switch (this) {
        case SILENCE -> TestAudio.silence(SECONDS, RATE_HZ);
        case WHITE_NOISE -> TestAudio.noise(1, SECONDS, RATE_HZ);
        case PINK_NOISE -> pink();
        case SPEECH_LIKE_NOISE -> speech();
        case SINE_440_HZ -> TestAudio.tone(440, SECONDS, RATE_HZ);
        case SWEEP -> sweep();
        case CLICKS -> clicks();
      };
    }
  }

  private static float[] scaled(double[] samples) {
    double most = 0;
    for (double sample : samples) {
      most = Math.max(most, Math.abs(sample));
    }
    float[] scaled = new float[samples.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (0.5 * samples[i] / most);
    }
    return scaled;
  }

  /** White noise through three leaks: -3 dB an octave within 1 dB (Kellet's economy filter). */
  private static float[] pink() {
    float[] white = TestAudio.noise(2, SECONDS, RATE_HZ);
    double[] pink = new double[white.length];
    double b0 = 0;
    double b1 = 0;
    double b2 = 0;
    for (int i = 0; i < pink.length; i++) {
      b0 = 0.99765 * b0 + white[i] * 0.0990460;
      b1 = 0.96300 * b1 + white[i] * 0.2965164;
      b2 = 0.57000 * b2 + white[i] * 1.0526913;
      pink[i] = b0 + b1 + b2 + white[i] * 0.1848;
    }
    return scaled(pink);
  }

  /** Buzz and breath through the formants of one vowel after another, four syllables a second. */
  private static float[] speech() {
    Random random = new Random(3);
    double[] out = new double[(int) (SECONDS * RATE_HZ)];
    int syllable = RATE_HZ / 4;
    double[][] states = new double[3][2];
    double phase = 0;
    for (int i = 0; i < out.length; i++) {
      int number = i / syllable;
      double[] vowel = VOWELS[Math.floorMod(number * 7 + number / 3, VOWELS.length)];
      double part = (double) (i % syllable) / syllable;
      // Every tenth syllable is a pause for breath.
      double loud = number % 10 == 9 ? 0.02 : Math.pow(Math.sin(Math.PI * part), 2);
      phase += (110 + 25 * Math.sin(2 * Math.PI * 0.4 * i / RATE_HZ)) / RATE_HZ;
      double source = 0.3 * random.nextGaussian();
      if (phase >= 1) {
        phase -= 1;
        source += 8;
      }
      double sum = 0;
      for (int f = 0; f < vowel.length; f++) {
        double radius = Math.exp(-Math.PI * 90 / RATE_HZ);
        double turn = 2 * radius * Math.cos(2 * Math.PI * vowel[f] / RATE_HZ);
        double now = source + turn * states[f][0] - radius * radius * states[f][1];
        states[f][1] = states[f][0];
        states[f][0] = now;
        sum += now / (1 + f);
      }
      out[i] = loud * sum;
    }
    return scaled(out);
  }

  /** From 20 Hz to 10 kHz, as many octaves each second. */
  private static float[] sweep() {
    double[] out = new double[(int) (SECONDS * RATE_HZ)];
    double phase = 0;
    for (int i = 0; i < out.length; i++) {
      phase += 2 * Math.PI * 20 * Math.pow(500, (double) i / out.length) / RATE_HZ;
      out[i] = Math.sin(phase);
    }
    return scaled(out);
  }

  /** A metronome of 120 a minute: 5 ms of a decaying tone. */
  private static float[] clicks() {
    double[] out = new double[(int) (SECONDS * RATE_HZ)];
    for (int i = 0; i < out.length; i++) {
      int since = i % (RATE_HZ / 2);
      out[i] =
          Math.exp(-since / (0.005 * RATE_HZ)) * Math.sin(2 * Math.PI * 1500 * since / RATE_HZ);
    }
    return scaled(out);
  }

  private List<Classifier> models() throws IOException {
    if (!isLoaded) {
      isLoaded = true;
      try (Stream<Path> folders = Files.list(Path.of("..", "models"))) {
        for (Path bundle : folders.filter(ModelBundle::isBundle).sorted().toList()) {
          Calibration calibration = ModelBundle.describe(bundle).calibration();
          if (calibration != null
              && (calibration.unknownBelow() != null || calibration.likeness() != null)) {
            LibTorch.load();
            models.add(Classifier.load(bundle, Precision.FP32));
            if (Machine.current().hasBf16()) {
              models.add(Classifier.load(bundle, Precision.BF16));
            }
          }
        }
      }
    }
    return models;
  }

  @AfterAll
  void close() {
    models.forEach(Classifier::close);
  }

  /** How much of a sound is heard. */
  enum Listening {
    TWO_CLIPS(SECONDS, ClassifyOptions.WHOLE),
    ONE_OF_TWO_CLIPS(SECONDS, 1),
    A_CLIP(6, ClassifyOptions.WHOLE),
    HALF_A_CLIP(3, ClassifyOptions.WHOLE);

    private final double seconds;
    private final int excerpt;

    Listening(double seconds, int excerpt) {
      this.seconds = seconds;
      this.excerpt = excerpt;
    }

    float[] of(Sound sound) {
      return Arrays.copyOf(sound.samples(), (int) (seconds * RATE_HZ));
    }
  }

  @ParameterizedTest
  @MethodSource("everySoundInEveryWay")
  void whatIsNoMusicIsUnknown(Sound sound, Listening listening) throws IOException {
    assertThat(models())
        .as("bundled models whose calibration knows unknown genres")
        .anyMatch(model -> model.model().name().equals(Models.DEFAULT));
    Path file = folder.resolve(sound + "-" + listening + ".wav");
    TestAudio.write(file, TestFormat.WAV_S16, RATE_HZ, listening.of(sound));
    for (Classifier model : models()) {
      ClassifyOptions options =
          ClassifyOptions.DEFAULT.withExcerpt(listening.excerpt).withEmbedding(true);
      Answer heard = model.classify(file, options);
      Prediction said = heard.prediction();
      String how =
          String.format(
              Locale.ROOT,
              "%s, %s, to %s: %s, nearest %s, distance %s",
              sound,
              listening,
              model.model().name(),
              said.genre(),
              said.top(3),
              distance(model.model().calibration(), heard.embedding()));
      assertThat(said.genre()).as(how).isEqualTo(Prediction.UNKNOWN);
    }
  }

  static Stream<Arguments> everySoundInEveryWay() {
    return Stream.of(Sound.values())
        .flatMap(
            sound -> Stream.of(Listening.values()).map(how -> Arguments.arguments(sound, how)));
  }

  private static String distance(@Nullable Calibration calibration, float @Nullable [] embedding) {
    Calibration.Likeness likeness = calibration == null ? null : calibration.likeness();
    return likeness == null || embedding == null
        ? "not looked at"
        : String.format(Locale.ROOT, "%.3f", likeness.distance(embedding));
  }

  /** The sounds are what they are called, whoever hears them. */
  @ParameterizedTest
  @EnumSource
  void theSoundsAreLoudAndWhole(Sound sound) {
    float[] samples = sound.samples();
    assertThat(samples).hasSize((int) (SECONDS * RATE_HZ));
    float most = 0;
    for (float sample : samples) {
      most = Math.max(most, Math.abs(sample));
    }
    assertThat(most).isLessThanOrEqualTo(0.5f);
    if (sound != Sound.SILENCE) {
      assertThat(most).isGreaterThan(0.45f);
    }
  }
}
