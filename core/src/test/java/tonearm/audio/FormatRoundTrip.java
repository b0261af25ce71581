package tonearm.audio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What a format makes of a known sound: a second of plucked strings at {@value #RATE_HZ} Hz.
 *
 * @param format what it was encoded to, and decoded from again
 * @param samples how many came back
 * @param shift samples by which the sound comes later than it was
 * @param errorDb power of the difference to the original in place, relative to the original, in dB;
 *     negative infinity if it is no more than the rounding to the stored bits
 */
public record FormatRoundTrip(TestFormat format, int samples, int shift, double errorDb) {
  /** Of the sound. */
  public static final int RATE_HZ = 48_000;

  private static final int MAX_SHIFT = 3000;

  /** Where the first string begins. */
  private static final int FIRST = 3000;

  private static final double[] STRINGS_HZ = {196, 246.94, 293.66, 392, 493.88};

  /** Encodes and decodes. */
  public static FormatRoundTrip of(Path folder, TestFormat format) throws IOException {
    float[] sound = strings();
    Path file = folder.resolve("round-trip");
    TestAudio.write(file, format, RATE_HZ, sound);
    float[] heard = AudioDecoder.decode(file, RATE_HZ).samples();
    Files.delete(file);
    int shift = format.isLossless() ? 0 : shift(sound, heard);
    boolean exact = format.isLossless() && shift == 0 && sound.length == heard.length;
    double rounding = Math.scalb(1.0, -Math.min(format.bits(), 24));
    double error = 0;
    double power = 0;
    for (int i = 0; i < sound.length; i++) {
      double there = i + shift >= 0 && i + shift < heard.length ? heard[i + shift] : 0;
      exact = exact && Math.abs(there - sound[i]) <= rounding;
      error += (there - sound[i]) * (there - sound[i]);
      power += (double) sound[i] * sound[i];
    }
    double errorDb = exact ? Double.NEGATIVE_INFINITY : 10 * Math.log10(error / power);
    return new FormatRoundTrip(format, heard.length, shift, errorDb);
  }

  /** The row of the table in the documents, without its first two cells, which are prose. */
  public String cells() {
    return String.format(
        Locale.ROOT,
        "%s | %,d | %s | %s",
        format,
        samples,
        shift == 0 ? "0" : String.format(Locale.ROOT, "%+d", shift),
        Double.isInfinite(errorDb) ? "none" : Math.round(errorDb) + " dB");
  }

  private static float[] strings() {
    float[] sound = TestAudio.silence(1, RATE_HZ);
    for (int string = 0; string < STRINGS_HZ.length; string++) {
      int start = FIRST + string * 8000;
      for (int i = start; i < sound.length; i++) {
        double t = (double) (i - start) / RATE_HZ;
        for (int partial = 1; partial <= 6; partial++) {
          double phase = 2 * Math.PI * STRINGS_HZ[string] * partial * t;
          sound[i] += (float) (0.15 / partial * Math.sin(phase) * Math.exp(-4 * partial * t));
        }
      }
    }
    return sound;
  }

  /** Where the sound lies, by correlation of the first string's beginning. */
  private static int shift(float[] sound, float[] heard) {
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int shift = -MAX_SHIFT; shift <= MAX_SHIFT; shift++) {
      double sum = 0;
      for (int i = FIRST; i < FIRST + 4096; i++) {
        sum += (double) sound[i] * heard[i + shift];
      }
      if (sum > most) {
        most = sum;
        best = shift;
      }
    }
    return best;
  }
}
