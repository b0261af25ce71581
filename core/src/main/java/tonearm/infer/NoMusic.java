package tonearm.infer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tonearm.audio.Audio;
import tonearm.audio.AudioStream;
import tonearm.model.Precision;
import tonearm.provenance.Seeds;

/**
 * Sounds that are no music, synthesised: what is nearer to one of them than to any genre is
 * unknown. The kinds are those that stray into a collection of songs or that people try first;
 * within each kind pitch, colour, speed and loudness in time are drawn at random.
 */
public final class NoMusic {
  /** Sounds of each kind that songs are compared with. */
  static final int OF_EACH = 12;

  /** As long as this many clips, since an embedding of one clip alone varies more. */
  private static final int CLIPS = 2;

  /** Lowest corner of the low-passes that colour noise, an octave apart. */
  private static final double LOWEST_CORNER_HZ = 30;

  /** No tone is higher, as a part of the sample rate. */
  private static final double HIGHEST = 0.45;

  /** What kinds there are. */
  enum Kind {
    /**
     * Noise, white or falling by up to 6 dB an octave, steady or in waves, such as wind, rain and
     * hiss.
     */
    NOISE,
    /** Buzz and breath through moving formants, in syllables: speech as a spectrogram sees it. */
    VOICE,
    /** One steady tone with few or no overtones. */
    TONE,
    /** A tone that rises or falls, once or again and again. */
    SWEEP,
    /** Clicks, regular or not. */
    CLICKS,
    /** The mains: 50 or 60 Hz, overtones, hiss. */
    HUM;

    /**
     * One sound of this kind.
     *
     * @param number of the sound; the same gives the same sound, of which a longer one is a
     *     continuation but for its loudness
     * @param samples how many
     * @param rateHz samples a second
     * @return amplitudes of 0.5 at most
     */
    float[] sound(int number, int samples, int rateHz) {
      Random random = new Seeds(1).random("no-music " + name() + " " + number);
      double[] sound =
          switch (this) {
            case NOISE -> noise(random, samples, rateHz);
            case VOICE -> new Voice(random, rateHz).say(samples);
            case TONE -> tone(random, samples, rateHz);
            case SWEEP -> sweep(random, samples, rateHz);
            case CLICKS -> clicks(random, samples, rateHz);
            case HUM -> hum(random, samples, rateHz);
          };
      return scaled(sound);
    }
  }

  private NoMusic() {}

  /** How many sounds there are. */
  public static int count() {
    return Kind.values().length * OF_EACH;
  }

  /**
   * Where a network puts them.
   *
   * @param bundle the bundle's folder
   * @return {@link #count} embeddings of length 1
   * @throws IOException if it is no sound bundle; the message says why
   * @throws InterruptedException if the thread was interrupted between two sounds
   */
  public static List<float[]> embeddings(
      Path bundle, Precision precision, DatasetAnswers.Listener listener)
      throws IOException, InterruptedException {
    List<float[]> embeddings = new ArrayList<>();
    try (Classifier classifier = Classifier.load(bundle, precision)) {
      int rateHz = classifier.model().features().sampleRateHz();
      int samples = (int) Math.ceil(CLIPS * classifier.model().clipSeconds() * rateHz);
      for (Kind kind : Kind.values()) {
        for (int number = 0; number < OF_EACH; number++) {
          if (Thread.interrupted()) {
            throw new InterruptedException();
          }
          AudioStream sound = new Audio(kind.sound(number, samples, rateHz), rateHz).stream();
          float[] embedding =
              classifier
                  .classify(kind + " " + number, sound, ClassifyOptions.DEFAULT.withEmbedding(true))
                  .embedding();
          if (embedding != null) {
            embeddings.add(embedding);
          }
          listener.progress(embeddings.size(), count());
        }
      }
    }
    return embeddings;
  }

  /**
   * Noise of a slope: low-passes an octave apart, each weaker than the one below by the slope, add
   * up to it.
   */
  private static double[] noise(Random random, int samples, int rateHz) {
    // From white, and a little beyond, to 6 dB an octave.
    double fall = between(random, -0.6, 1);
    double waveHz = between(random, 0.2, 8);
    double depth = random.nextInt(3) == 0 ? between(random, 0.3, 1) : 0;
    int octaves = (int) (Math.log(HIGHEST * rateHz / LOWEST_CORNER_HZ) / Math.log(2));
    double[] state = new double[octaves];
    double[] sound = new double[samples];
    for (int i = 0; i < samples; i++) {
      double white = random.nextGaussian();
      double sum = white * Math.pow(2, -fall * octaves);
      for (int k = 0; k < octaves; k++) {
        double corner = LOWEST_CORNER_HZ * (1 << k);
        state[k] += (1 - Math.exp(-2 * Math.PI * corner / rateHz)) * (white - state[k]);
        sum += state[k] * Math.pow(2, -fall * k);
      }
      double wave = 0.5 - 0.5 * Math.cos(2 * Math.PI * waveHz * i / rateHz);
      sound[i] = sum * (1 - depth * wave);
    }
    return sound;
  }

  /** Someone who speaks: what stays the same from syllable to syllable. */
  private static final class Voice {
    private static final int FORMANTS = 3;

    private final Random random;
    private final int rateHz;
    private final double pitchHz;
    private final double inflectionHz;
    private final double inflection;
    private final double breath;
    private final double bandwidthHz;
    private final int syllable;
    private final int phrase;

    Voice(Random random, int rateHz) {
      this.random = random;
      this.rateHz = rateHz;
      pitchHz = between(random, 75, 280);
      inflectionHz = between(random, 0.2, 0.9);
      inflection = between(random, 0.08, 0.3);
      breath = between(random, 0.02, 0.6);
      bandwidthHz = between(random, 60, 150);
      syllable = (int) (rateHz / between(random, 2.5, 7));
      phrase = 5 + random.nextInt(10);
    }

    double[] say(int samples) {
      double[] sound = new double[samples];
      double[] turn = new double[FORMANTS];
      double[] before = new double[FORMANTS];
      double[] now = new double[FORMANTS];
      double radius = Math.exp(-Math.PI * bandwidthHz / rateHz);
      double phase = 0;
      double loudness = 1;
      for (int i = 0; i < samples; i++) {
        if (i % syllable == 0) {
          // A syllable begins in silence, so that the formants may jump.
          double low = between(random, 250, 850);
          double[] formants = {
            low, between(random, low + 250, 2500), between(random, 2200, 3500),
          };
          for (int f = 0; f < FORMANTS; f++) {
            turn[f] = 2 * radius * Math.cos(2 * Math.PI * formants[f] / rateHz);
          }
          boolean isPause = i / syllable % phrase == phrase - 1;
          loudness = isPause ? 0.02 : between(random, 0.4, 1);
        }
        double swing = Math.sin(2 * Math.PI * inflectionHz * i / rateHz);
        phase += pitchHz * (1 + inflection * swing) / rateHz;
        double source = breath * random.nextGaussian();
        if (phase >= 1) {
          phase -= 1;
          source += 8;
        }
        double sum = 0;
        for (int f = 0; f < FORMANTS; f++) {
          double next = source + turn[f] * now[f] - radius * radius * before[f];
          before[f] = now[f];
          now[f] = next;
          sum += next / (1 + f);
        }
        double part = Math.sin(Math.PI * (i % syllable) / syllable);
        sound[i] = loudness * part * part * sum;
      }
      return sound;
    }
  }

  private static double[] tone(Random random, int samples, int rateHz) {
    double hz = logBetween(random, 60, Math.min(5000, HIGHEST * rateHz));
    int overtones = random.nextInt(5);
    double fall = between(random, 0.3, 0.8);
    double[] sound = new double[samples];
    for (int i = 0; i < samples; i++) {
      for (int k = 0; k <= overtones && hz * (k + 1) < HIGHEST * rateHz; k++) {
        sound[i] += Math.pow(fall, k) * Math.sin(2 * Math.PI * hz * (k + 1) * i / rateHz);
      }
    }
    return sound;
  }

  private static double[] sweep(Random random, int samples, int rateHz) {
    double low = logBetween(random, 20, 400);
    double high = logBetween(random, 2000, HIGHEST * rateHz);
    boolean falls = random.nextBoolean();
    double seconds = logBetween(random, 1, 15);
    double[] sound = new double[samples];
    double phase = 0;
    for (int i = 0; i < samples; i++) {
      double part = i / (seconds * rateHz) % 1;
      double hz = low * Math.pow(high / low, falls ? 1 - part : part);
      phase += 2 * Math.PI * hz / rateHz;
      sound[i] = Math.sin(phase);
    }
    return sound;
  }

  private static double[] clicks(Random random, int samples, int rateHz) {
    double every = logBetween(random, 0.05, 1.2) * rateHz;
    boolean isRegular = random.nextBoolean();
    double hz = logBetween(random, 300, Math.min(6000, HIGHEST * rateHz));
    double decay = logBetween(random, 0.001, 0.02) * rateHz;
    double[] sound = new double[samples];
    double next = 0;
    double since = samples;
    for (int i = 0; i < samples; i++) {
      if (i >= next) {
        since = 0;
        next += isRegular ? every : -every * Math.log(1 - random.nextDouble());
      }
      sound[i] = Math.exp(-since / decay) * Math.cos(2 * Math.PI * hz * since / rateHz);
      since++;
    }
    return sound;
  }

  private static double[] hum(Random random, int samples, int rateHz) {
    double hz = random.nextBoolean() ? 50 : 60;
    double[] amplitudes = new double[8];
    for (int k = 0; k < amplitudes.length; k++) {
      amplitudes[k] = random.nextDouble() / (1 + k);
    }
    double hiss = logBetween(random, 0.001, 0.1);
    double[] sound = new double[samples];
    for (int i = 0; i < samples; i++) {
      sound[i] = hiss * random.nextGaussian();
      for (int k = 0; k < amplitudes.length; k++) {
        sound[i] += amplitudes[k] * Math.sin(2 * Math.PI * hz * (k + 1) * i / rateHz);
      }
    }
    return sound;
  }

  private static double between(Random random, double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  /** As likely in each octave. */
  private static double logBetween(Random random, double low, double high) {
    return low * Math.pow(high / low, random.nextDouble());
  }

  private static float[] scaled(double[] sound) {
    double most = 1e-9;
    for (double sample : sound) {
      most = Math.max(most, Math.abs(sample));
    }
    float[] scaled = new float[sound.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (0.5 * sound[i] / most);
    }
    return scaled;
  }
}
