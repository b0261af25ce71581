package tonearm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import tonearm.audio.Audio;
import tonearm.audio.SoundWriter;
import tonearm.audio.SoundWriter.Format;

/**
 * A change of a sound file that leaves the music as it is: another format, another sample rate,
 * another level, another cut. What is compressed is 44.1 kHz stereo, as libraries have it; WAV is
 * 16 bit.
 */
enum Invariance {
  MP3_64("mp3, 64 kbit/s", Format.MP3, Invariance.USUAL_HZ, 64_000),
  MP3_128("mp3, 128 kbit/s", Format.MP3, Invariance.USUAL_HZ, 128_000),
  MP3_320("mp3, 320 kbit/s", Format.MP3, Invariance.USUAL_HZ, 320_000),
  OGG("ogg, Vorbis", Format.OGG_VORBIS, Invariance.USUAL_HZ, 0),
  M4A("m4a, AAC", Format.M4A_AAC, Invariance.USUAL_HZ, 0),
  WAV_8("wav at 8 kHz", Format.WAV, 8_000, 0),
  WAV_16("wav at 16 kHz", Format.WAV, 16_000, 0),
  WAV_44("wav at 44.1 kHz", Format.WAV, 44_100, 0),
  WAV_48("wav at 48 kHz", Format.WAV, 48_000, 0),
  WAV_96("wav at 96 kHz", Format.WAV, 96_000, 0),
  STEREO("stereo, right 6 dB lower", Format.WAV, Invariance.OWN_HZ, 0),
  QUIET("20 dB lower", Format.WAV, Invariance.OWN_HZ, 0),
  LATE("1 s of silence in front", Format.WAV, Invariance.OWN_HZ, 0),
  CUT("begun 2.5 s later", Format.WAV, Invariance.OWN_HZ, 0);

  /** Rate of music in libraries. */
  private static final int USUAL_HZ = 44_100;

  /** Stands for the file's own rate. */
  private static final int OWN_HZ = 0;

  private static final double SILENCE_SECONDS = 1;
  private static final double CUT_SECONDS = 2.5;
  private static final float SIX_DB = 0.5f;
  private static final float TWENTY_DB = 0.1f;

  private final String label;
  private final Format format;
  private final int rateHz;
  private final int bitRate;

  Invariance(String label, Format format, int rateHz, int bitRate) {
    this.label = label;
    this.format = format;
    this.rateHz = rateHz;
    this.bitRate = bitRate;
  }

  /** What it is, for people. */
  String label() {
    return label;
  }

  /** Those that are the same sound at another sample rate. */
  static List<Invariance> rates() {
    return List.of(WAV_8, WAV_16, WAV_44, WAV_48, WAV_96);
  }

  /** Those of {@link #rates} that leave most of the band: music is not sold at 8 kHz. */
  static List<Invariance> usualRates() {
    return List.of(WAV_16, WAV_44, WAV_48, WAV_96);
  }

  /** Those that went through a lossy codec. */
  static List<Invariance> codecs() {
    return List.of(MP3_64, MP3_128, MP3_320, OGG, M4A);
  }

  /**
   * Whether it makes sense: of what is left of a short sound, too little could be heard; and a copy
   * at its own rate is none at another.
   *
   * @param seconds length of the sound
   * @param ownRateHz its sample rate
   * @param clipSeconds length of a clip of the model's
   */
  boolean suits(double seconds, int ownRateHz, double clipSeconds) {
    return (this != CUT || seconds - CUT_SECONDS >= clipSeconds)
        && (!rates().contains(this) || rateHz != ownRateHz);
  }

  /**
   * Writes the changed copy.
   *
   * @param source the file
   * @param seconds how much of it, from its beginning
   * @param ownRateHz its sample rate
   * @param folder where to
   * @return the copy
   */
  Path write(Path source, double seconds, int ownRateHz, Path folder) throws IOException {
    int rate = rateHz == OWN_HZ ? ownRateHz : rateHz;
    Audio audio = AugmentCommand.hear(source, rate, seconds);
    float[] left = audio.samples();
    float[] right = left;
    switch (this) {
      case STEREO -> right = scaled(left, SIX_DB);
      case QUIET -> right = left = scaled(left, TWENTY_DB);
      case LATE -> {
        int silence = (int) Math.round(SILENCE_SECONDS * rate);
        right = left = shifted(left, silence);
      }
      case CUT -> {
        int cut = (int) Math.round(CUT_SECONDS * rate);
        right = left = Arrays.copyOfRange(left, cut, left.length);
      }
      default -> {}
    }
    Path copy = folder.resolve("copy." + format.extension());
    SoundWriter.write(copy, format, rate, bitRate, left, Objects.requireNonNull(right));
    return copy;
  }

  private static float[] scaled(float[] samples, float gain) {
    float[] scaled = new float[samples.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = gain * samples[i];
    }
    return scaled;
  }

  private static float[] shifted(float[] samples, int by) {
    float[] shifted = new float[samples.length + by];
    System.arraycopy(samples, 0, shifted, by, samples.length);
    return shifted;
  }
}
