package tonearm.audio;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.sound.midi.Instrument;
import javax.sound.midi.InvalidMidiDataException;
import javax.sound.midi.MidiChannel;
import javax.sound.midi.MidiSystem;
import javax.sound.midi.MidiUnavailableException;
import javax.sound.midi.Receiver;
import javax.sound.midi.ShortMessage;
import javax.sound.midi.Soundbank;
import javax.sound.midi.Synthesizer;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;

/**
 * Makes the song that the README and the tests classify: {@link TwelveBarBlues}, played by the
 * JDK's own synthesiser and stored as MP3. Free of anybody's rights, and the same each time.
 *
 * <p>Run with {@code --add-exports java.desktop/com.sun.media.sound=ALL-UNNAMED --add-opens
 * java.base/java.lang=ALL-UNNAMED}, the file to write as the only argument.
 */
public final class SampleSong {
  private static final int RATE = 44100;
  private static final int BIT_RATE = 128_000;
  private static final double LEAD_SECONDS = 0.1;
  private static final int SECONDS = 32;
  private static final double FADE_SECONDS = 1.5;
  private static final float PEAK = 0.89f;

  // General MIDI programs, counted from 0.
  private static final int TENOR_SAXOPHONE = 66;
  private static final int GRAND_PIANO = 0;
  private static final int FINGERED_BASS = 33;

  private SampleSong() {}

  /** Writes the song; the only argument says where. */
  public static void main(String[] args) throws Exception {
    if (args.length != 1) {
      throw new IllegalArgumentException("usage: SampleSong FILE.mp3");
    }
    Path file = Path.of(args[0]).toAbsolutePath();
    Path folder = file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    float[][] song = render();
    TestEncoder.write(file, TestFormat.MP3, RATE, BIT_RATE, Map.of(), song);
    System.out.printf("%s: %d s, %d bytes%n", file, SECONDS, Files.size(file));
  }

  /** Plays the piece as fast as it goes; left and right channel. */
  private static float[][] render()
      throws ReflectiveOperationException,
          MidiUnavailableException,
          InvalidMidiDataException,
          IOException {
    Synthesizer synthesizer = MidiSystem.getSynthesizer();
    AudioFormat format = new AudioFormat(RATE, 16, 2, true, false);
    try (AudioInputStream sound = openStream(synthesizer, format);
        Receiver receiver = synthesizer.getReceiver()) {
      loadInstruments(synthesizer);
      setStage(synthesizer);
      perform(TwelveBarBlues.notes(), receiver);
      byte[] bytes = sound.readNBytes(SECONDS * RATE * format.getFrameSize());
      return finish(bytes);
    } finally {
      synthesizer.close();
    }
  }

  /**
   * Opens the synthesiser onto a stream instead of a loudspeaker. The JDK has this in a package it
   * does not export, which a build for a given Java release cannot name: hence by reflection.
   */
  private static AudioInputStream openStream(Synthesizer synthesizer, AudioFormat format)
      throws ReflectiveOperationException {
    Map<String, Object> options =
        Map.of(
            "load default soundbank", false, "jitter correction", false, "interpolation", "sinc");
    return (AudioInputStream)
        Class.forName("com.sun.media.sound.AudioSynthesizer")
            .getMethod("openStream", AudioFormat.class, Map.class)
            .invoke(synthesizer, format, options);
  }

  /** The instruments every JDK has built in, not those that this machine may have installed. */
  private static void loadInstruments(Synthesizer synthesizer) throws ReflectiveOperationException {
    seedMathRandom();
    Soundbank bank =
        (Soundbank)
            Class.forName("com.sun.media.sound.EmergencySoundbank")
                .getMethod("createSoundbank")
                .invoke(null);
    for (Instrument instrument : bank.getInstruments()) {
      synthesizer.loadInstrument(instrument);
    }
  }

  /** The JDK draws its instruments' phases from Math.random, so that no two runs sound the same. */
  private static void seedMathRandom() throws ReflectiveOperationException {
    Field generator =
        Class.forName("java.lang.Math$RandomNumberGeneratorHolder")
            .getDeclaredField("randomNumberGenerator");
    generator.setAccessible(true);
    ((Random) generator.get(null)).setSeed(1912);
  }

  private static void setStage(Synthesizer synthesizer) {
    MidiChannel[] channels = synthesizer.getChannels();
    seat(channels[TwelveBarBlues.SAXOPHONE], TENOR_SAXOPHONE, 100, 72);
    seat(channels[TwelveBarBlues.PIANO], GRAND_PIANO, 92, 44);
    seat(channels[TwelveBarBlues.BASS], FINGERED_BASS, 112, 64);
    seat(channels[TwelveBarBlues.DRUMS], 0, 88, 68);
  }

  private static void seat(MidiChannel channel, int program, int volume, int pan) {
    channel.programChange(program);
    channel.controlChange(7, volume);
    channel.controlChange(10, pan);
    channel.controlChange(91, 40);
  }

  private static void perform(List<TwelveBarBlues.Note> notes, Receiver receiver)
      throws InvalidMidiDataException {
    for (TwelveBarBlues.Note note : notes) {
      send(receiver, ShortMessage.NOTE_ON, note, note.startBeat());
      send(receiver, ShortMessage.NOTE_OFF, note, note.startBeat() + note.beats());
    }
  }

  private static void send(Receiver receiver, int command, TwelveBarBlues.Note note, double beat)
      throws InvalidMidiDataException {
    double seconds = LEAD_SECONDS + beat * 60 / TwelveBarBlues.BEATS_PER_MINUTE;
    receiver.send(
        new ShortMessage(command, note.channel(), note.key(), note.velocity()),
        Math.round(seconds * 1e6));
  }

  /** To floats, as loud as they may be, with the last chord faded out. */
  private static float[][] finish(byte[] bytes) {
    int frames = bytes.length / 4;
    float[][] channels = new float[2][frames];
    float loudest = 0;
    for (int i = 0; i < frames; i++) {
      double left = Math.min(1, (frames - i) / (FADE_SECONDS * RATE));
      for (int c = 0; c < 2; c++) {
        int at = 4 * i + 2 * c;
        int sample = (short) ((bytes[at] & 0xFF) | bytes[at + 1] << 8);
        channels[c][i] = (float) (left * sample / 32768);
        loudest = Math.max(loudest, Math.abs(channels[c][i]));
      }
    }
    if (loudest == 0) {
      throw new IllegalStateException("the synthesiser played nothing");
    }
    for (float[] channel : channels) {
      for (int i = 0; i < frames; i++) {
        channel[i] *= PEAK / loudest;
      }
    }
    return channels;
  }
}
