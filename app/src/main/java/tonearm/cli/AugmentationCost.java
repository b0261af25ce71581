package tonearm.cli;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tonearm.audio.Audio;
import tonearm.bench.Measurement;
import tonearm.bench.Stopwatch;
import tonearm.dsp.WaveformEffects;
import tonearm.features.Augmentation;
import tonearm.features.ClipGrid;
import tonearm.features.ClipScaler;
import tonearm.features.FrontEnd;
import tonearm.features.Spectrogram;
import tonearm.features.SpectrogramEffects;
import tonearm.features.SpectrogramEffects.Interpolation;
import tonearm.features.SpectrogramPng;
import tonearm.provenance.Seeds;

/**
 * What an epoch's pictures cost when the sound is augmented, and when its spectrogram is: seconds
 * for the five clips of a 30-second track, every change applied to every clip.
 */
final class AugmentationCost {
  /** Tracks of an epoch: those of the archive that there are. */
  static final int EPOCH_TRACKS = 900;

  /** Length of a track, five clips. */
  static final double TRACK_SECONDS = 30;

  /** Tracks may be so much shorter: some of the archive's are, and their last clip with them. */
  static final double SHORTEST_SECONDS = 29.5;

  private static final int CLIPS = 5;
  private static final double CLIP_SECONDS = ClipGrid.DEFAULT_CLIP_SECONDS;
  private static final int SIZE = 256;

  /** As strong as training would have it, and never left out. */
  private static final Augmentation STRONG = certain(Augmentation.STRONG);

  private static final Augmentation PUBLISHED = certain(Augmentation.PUBLISHED);

  /** White noise on the sound: a hundredth of full scale, -40 dB. */
  private static final double NOISE = 0.01;

  /**
   * What one thing costs.
   *
   * @param arm what is augmented: {@code waveform}, {@code spectrogram} or {@code none}
   * @param part a step of it, or {@code all}
   * @param threads how many did it at once
   * @param secondsPerTrack wall time by tracks done, median of the runs
   * @param least of the runs
   * @param most of the runs
   * @param epochSeconds what 900 tracks would take on as many threads
   */
  record Row(
      String arm,
      String part,
      int threads,
      double secondsPerTrack,
      double least,
      double most,
      double epochSeconds) {}

  private final FrontEnd frontEnd;
  private final List<Path> sounds;
  private final List<Path> pictures;
  private final ClipScaler scaler = new ClipScaler(SIZE);
  private final int clipSamples;

  /**
   * @param sounds at least one file, each of {@link #SHORTEST_SECONDS} or more, of which the first
   *     30 s count
   * @param pictures the PNG of each one's spectrogram
   */
  AugmentationCost(FrontEnd frontEnd, List<Path> sounds, List<Path> pictures) {
    this.frontEnd = frontEnd;
    this.sounds = List.copyOf(sounds);
    this.pictures = List.copyOf(pictures);
    this.clipSamples = (int) Math.round(CLIP_SECONDS * frontEnd.config().sampleRateHz());
  }

  private static Augmentation certain(Augmentation a) {
    return new Augmentation(
        1,
        a.noise(),
        a.timeShift(),
        a.timeMask(),
        a.frequencyMask(),
        a.timeStretch(),
        a.pitchShiftSemitones(),
        a.lowPass(),
        a.tilt());
  }

  /** How many things are timed in a round. */
  static int things() {
    return Part.values().length + Arm.values().length;
  }

  /** A step of an arm, timed by itself on one thread. */
  private enum Part {
    DECODE("waveform", "decode, resample to 22050 Hz"),
    STRETCH("waveform", "time stretch"),
    SHIFT("waveform", "pitch shift"),
    NOISE("waveform", "noise, time shift"),
    STFT("waveform", "STFT, levels in dB"),
    SCALE("waveform", "scale to [0, 1] and 256 x 256"),
    READ("spectrogram", "read the PNG"),
    STRETCH_LEVELS("spectrogram", "time stretch"),
    SHIFT_LEVELS("spectrogram", "pitch shift with scaling to [0, 1] and 256 x 256"),
    REST("spectrogram", "low-pass, tilt, noise, time shift, masks");

    private final String arm;
    private final String words;

    Part(String arm, String words) {
      this.arm = arm;
      this.words = words;
    }
  }

  /** A whole way to a track's pictures, timed on all threads at once. */
  private enum Arm {
    WAVEFORM("waveform", "all: decode, stretch, shift, noise, time shift, STFT, scale"),
    STRONG("spectrogram", "all: read, stretch, shift, low-pass, tilt, the published four, scale"),
    PUBLISHED("spectrogram", "the published four only: read, scale, noise, time shift, masks"),
    NONE("none", "read and scale only");

    private final String name;
    private final String words;

    Arm(String name, String words) {
      this.name = name;
      this.words = words;
    }
  }

  /** Measures all, in turn. */
  List<Row> measure(Stopwatch stopwatch, int threads) throws IOException, InterruptedException {
    List<Stopwatch.Work> works = new ArrayList<>();
    for (Part part : Part.values()) {
      works.add(work(part));
    }
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (Arm arm : Arm.values()) {
        works.add(together(arm, threads, pool));
      }
      double[][] speeds = stopwatch.speeds(works);
      List<Row> rows = new ArrayList<>();
      for (Part part : Part.values()) {
        rows.add(row(part.arm, part.words, 1, speeds[rows.size()]));
      }
      for (Arm arm : Arm.values()) {
        rows.add(row(arm.name, arm.words, threads, speeds[rows.size()]));
      }
      return rows;
    } finally {
      pool.shutdownNow();
    }
  }

  private static Row row(String arm, String part, int threads, double[] tracksPerSecond) {
    double[] seconds = Arrays.stream(tracksPerSecond).map(speed -> 1 / speed).toArray();
    Measurement m = Measurement.of(Measurement.Table.SOUND, part, "s", seconds);
    return new Row(arm, part, threads, m.median(), m.least(), m.most(), EPOCH_TRACKS * m.median());
  }

  /**
   * One part on the next of the sounds each time; what it needs is made before the clock starts.
   */
  private Stopwatch.Work work(Part part) throws IOException {
    // Inputs made once: of the first sound, as later parts take what earlier ones give.
    Audio audio = decoded(sounds.get(0));
    Spectrogram levels = SpectrogramPng.read(pictures.get(0));
    List<Spectrogram> clips = clips(levels);
    float[] picture = new float[SIZE * SIZE];
    Random random = new Seeds(1).random("augmentation cost");
    int[] turn = {0};
    return () -> {
      int at = turn[0]++ % sounds.size();
      for (int clip = 0; clip < CLIPS; clip++) {
        switch (part) {
          case DECODE -> {
            if (clip == 0) {
              decoded(sounds.get(at));
            }
          }
          case STRETCH -> stretched(audio, clip, random);
          case SHIFT -> WaveformEffects.pitchShift(cut(audio, clip, 1), semitones(random));
          case NOISE -> noisy(cut(audio, clip, 1), random);
          case STFT -> levels(cut(audio, clip, 1));
          case SCALE -> scaler.scale(clips.get(clip), picture, 0);
          case READ -> {
            if (clip == 0) {
              SpectrogramPng.read(pictures.get(at));
            }
          }
          case STRETCH_LEVELS ->
              SpectrogramEffects.timeStretch(clips.get(clip), rate(random), Interpolation.NEAREST);
          case SHIFT_LEVELS -> {
            double factor = SpectrogramEffects.factor(semitones(random));
            scaler.scale(clips.get(clip), picture, 0, factor);
          }
          case REST -> STRONG.apply(picture, 0, SIZE, SIZE, random);
        }
      }
      return 1;
    };
  }

  /** As many tracks at once as there are threads. */
  private Stopwatch.Work together(Arm arm, int threads, ExecutorService pool) {
    int[] turn = {0};
    return () -> {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int track = turn[0]++;
        running.add(
            pool.submit(
                () -> {
                  pictures(arm, track);
                  return null;
                }));
      }
      for (Future<?> one : running) {
        await(one);
      }
      return threads;
    };
  }

  private static void await(Future<?> task) throws IOException {
    try {
      task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClosedByInterruptException();
    }
  }

  /** The five pictures of one track for one epoch. */
  private void pictures(Arm arm, int track) throws IOException {
    Random random = new Seeds(1).random("augmentation cost", track);
    float[] picture = new float[SIZE * SIZE];
    if (arm == Arm.WAVEFORM) {
      Audio audio = decoded(sounds.get(track % sounds.size()));
      for (int clip = 0; clip < CLIPS; clip++) {
        float[] shifted =
            WaveformEffects.pitchShift(stretched(audio, clip, random), semitones(random));
        scaler.scale(levels(noisy(shifted, random)), picture, 0);
      }
      return;
    }
    Augmentation augmentation =
        switch (arm) {
          case STRONG -> STRONG;
          case PUBLISHED -> PUBLISHED;
          case WAVEFORM, NONE -> Augmentation.NONE;
        };
    for (Spectrogram clip : clips(SpectrogramPng.read(pictures.get(track % pictures.size())))) {
      augmentation.picture(clip, scaler, picture, 0, random);
    }
  }

  private Audio decoded(Path sound) throws IOException {
    return AugmentCommand.hear(sound, frontEnd.config().sampleRateHz(), TRACK_SECONDS);
  }

  /** So much of a track, from a clip's start on, that playing it so much faster fills a clip. */
  private float[] cut(Audio audio, int clip, double rate) {
    int length = Math.min(audio.samples().length, (int) Math.rint(clipSamples * rate));
    int from = Math.min(clip * clipSamples, audio.samples().length - length);
    float[] part = new float[length];
    System.arraycopy(audio.samples(), from, part, 0, length);
    return part;
  }

  private float[] stretched(Audio audio, int clip, Random random) {
    double rate = rate(random);
    return WaveformEffects.timeStretch(cut(audio, clip, rate), rate);
  }

  private static double rate(Random random) {
    return Math.pow(1 + STRONG.timeStretch(), 2 * random.nextDouble() - 1);
  }

  private static double semitones(Random random) {
    return STRONG.pitchShiftSemitones() * (2 * random.nextDouble() - 1);
  }

  private static float[] noisy(float[] samples, Random random) {
    int by = random.nextInt(samples.length);
    return WaveformEffects.timeShift(WaveformEffects.addNoise(samples, NOISE, random), by);
  }

  private Spectrogram levels(float[] samples) {
    Audio audio = new Audio(samples, frontEnd.config().sampleRateHz());
    return frontEnd.floored(frontEnd.spectrogram(audio));
  }

  private List<Spectrogram> clips(Spectrogram levels) {
    List<Spectrogram> clips = new ArrayList<>();
    ClipGrid grid = ClipGrid.of(frontEnd.config(), CLIP_SECONDS);
    for (int i = 0; i < CLIPS; i++) {
      ClipGrid.Span span = grid.span(i);
      // A track's last frame may lack the samples for its whole length.
      clips.add(levels.columns(span.from(), Math.min(span.to(), levels.frames())));
    }
    return clips;
  }
}
