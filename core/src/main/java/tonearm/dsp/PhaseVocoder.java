package tonearm.dsp;

import org.jtransforms.fft.DoubleFFT_1D;

/**
 * Plays a sound faster or slower without moving its pitch: the short-time spectrum is read at
 * another pace, levels are interpolated between its columns, and each bin's phase advances by as
 * much a column as it does in the source.
 *
 * <p>Source: Flanagan and Golden, <i>Phase Vocoder</i> (1966), as {@code
 * librosa.effects.time_stretch} has it with its defaults: 2048 samples a frame, hop 512, periodic
 * Hann window, frames centred with zeros beyond both ends. librosa takes the angles of two columns,
 * subtracts each bin's own advance, wraps the rest into half a turn and adds the advance again;
 * modulo whole turns that is the difference of the angles. So phases are kept here as complex
 * numbers of length 1 and turned by a multiplication, which needs no trigonometry and gives the
 * same sound.
 *
 * <p>Not thread-safe.
 */
final class PhaseVocoder {
  private static final int N_FFT = 2048;
  private static final int HOP = N_FFT / 4;
  private static final int BINS = N_FFT / 2 + 1;

  private final double[] window = Window.HANN_PERIODIC.coefficients(N_FFT);
  private final DoubleFFT_1D fft = Stft.newFft(N_FFT);
  private final double[] frame = new double[N_FFT];

  /** One column of the spectrum: magnitudes, and phases as numbers of length 1. */
  private static final class Column {
    private final double[] magnitude = new double[BINS];
    private final double[] re = new double[BINS];
    private final double[] im = new double[BINS];
  }

  /**
   * Stretches a sound.
   *
   * @param samples amplitudes
   * @param rate how many times faster, more than 0
   * @return {@code rint(samples.length / rate)} amplitudes
   */
  double[] stretch(float[] samples, double rate) {
    double[] sound = new double[(int) Math.rint(samples.length / rate)];
    double[] weight = new double[sound.length];
    int columns = 1 + samples.length / HOP;
    int enough = (sound.length + N_FFT + HOP - 1) / HOP;
    int frames = (int) Math.min(Math.ceil(columns / rate), enough);
    Column here = new Column();
    Column next = new Column();
    int at = 0;
    analyse(samples, 0, columns, here);
    analyse(samples, 1, columns, next);
    double[] re = here.re.clone();
    double[] im = here.im.clone();
    for (int t = 0; t < frames; t++) {
      double step = t * rate;
      int column = (int) step;
      if (column == at + 1) {
        Column free = here;
        here = next;
        next = free;
        analyse(samples, column + 1, columns, next);
      } else if (column > at) {
        analyse(samples, column, columns, here);
        analyse(samples, column + 1, columns, next);
      }
      at = column;
      synthesise(here, next, step - column, re, im);
      overlapAdd(sound, weight, t);
      advance(here, next, re, im);
    }
    for (int i = 0; i < sound.length; i++) {
      if (weight[i] > Double.MIN_NORMAL) {
        sound[i] /= weight[i];
      }
    }
    return sound;
  }

  /** The spectrum around sample {@code index * HOP}; nothing beyond the last of the columns. */
  private void analyse(float[] samples, int index, int columns, Column column) {
    int from = index * HOP - N_FFT / 2;
    for (int i = 0; i < N_FFT; i++) {
      int at = from + i;
      boolean inside = index < columns && at >= 0 && at < samples.length;
      frame[i] = inside ? samples[at] * window[i] : 0;
    }
    fft.realForward(frame);
    // JTransforms packs the two real-valued ends into the first two places.
    keep(column, 0, frame[0], 0);
    keep(column, BINS - 1, frame[1], 0);
    for (int k = 1; k < BINS - 1; k++) {
      keep(column, k, frame[2 * k], frame[2 * k + 1]);
    }
  }

  private static void keep(Column column, int bin, double re, double im) {
    double magnitude = Math.sqrt(re * re + im * im);
    boolean sounds = magnitude > 0;
    column.magnitude[bin] = magnitude;
    column.re[bin] = sounds ? re / magnitude : 1;
    column.im[bin] = sounds ? im / magnitude : 0;
  }

  /** A frame of sound with the levels between two columns and the phases given. */
  private void synthesise(Column here, Column next, double part, double[] re, double[] im) {
    double rest = 1 - part;
    frame[0] = (rest * here.magnitude[0] + part * next.magnitude[0]) * re[0];
    int last = BINS - 1;
    frame[1] = (rest * here.magnitude[last] + part * next.magnitude[last]) * re[last];
    for (int k = 1; k < last; k++) {
      double magnitude = rest * here.magnitude[k] + part * next.magnitude[k];
      frame[2 * k] = magnitude * re[k];
      frame[2 * k + 1] = magnitude * im[k];
    }
    fft.realInverse(frame, true);
  }

  private void overlapAdd(double[] sound, double[] weight, int t) {
    int from = t * HOP - N_FFT / 2;
    int first = Math.max(0, -from);
    int end = Math.min(N_FFT, sound.length - from);
    for (int i = first; i < end; i++) {
      sound[from + i] += window[i] * frame[i];
      weight[from + i] += window[i] * window[i];
    }
  }

  /** Turns each phase by the angle between two columns. */
  private static void advance(Column here, Column next, double[] re, double[] im) {
    for (int k = 0; k < BINS; k++) {
      double turnRe = next.re[k] * here.re[k] + next.im[k] * here.im[k];
      double turnIm = next.im[k] * here.re[k] - next.re[k] * here.im[k];
      double x = re[k] * turnRe - im[k] * turnIm;
      double y = re[k] * turnIm + im[k] * turnRe;
      // One step of Newton's towards length 1: rounding would otherwise add up over a song.
      double scale = 1.5 - 0.5 * (x * x + y * y);
      re[k] = x * scale;
      im[k] = y * scale;
    }
  }
}
