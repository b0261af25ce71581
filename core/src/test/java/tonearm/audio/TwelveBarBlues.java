package tonearm.audio;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A twelve-bar blues shuffle in A, for four players: saxophone, piano, bass and drums. One chorus
 * and a last chord, half a minute. The tune calls, the piano answers, as the form goes: A A B.
 */
final class TwelveBarBlues {
  static final int BEATS_PER_MINUTE = 100;
  static final int BEATS_PER_BAR = 4;

  static final int SAXOPHONE = 0;
  static final int PIANO = 1;
  static final int BASS = 2;

  /** General MIDI keeps this channel for percussion. */
  static final int DRUMS = 9;

  private static final int KICK = 36;
  private static final int SNARE = 38;
  private static final int PEDAL_HI_HAT = 44;
  private static final int RIDE = 51;
  private static final int CRASH = 49;

  /** In a shuffle the second eighth of a beat comes where the third of a triplet would. */
  private static final double SWUNG = 2.0 / 3;

  /** A sounding note. Key and velocity are MIDI's, 0 to 127. */
  record Note(int channel, int key, int velocity, double startBeat, double beats) {}

  /** Root as a bass note, and the piano's hand above it: third, seventh, ninth or thirteenth. */
  private record Chord(int root, int... hand) {}

  private static final Chord A7 = new Chord(33, 55, 59, 61, 66);
  private static final Chord D7 = new Chord(38, 54, 57, 60, 64);
  private static final Chord E7 = new Chord(40, 56, 59, 62, 66);

  private static final Chord[] BARS = {
    A7, D7, A7, A7,
    D7, D7, A7, A7,
    E7, D7, A7, E7
  };

  /** The saxophone: bar, beat within it, key, length in beats. Swung already. */
  private static final double[][] TUNE = {
    // The call, high on the blue third.
    {0, 0, 69, 0.6},
    {0, SWUNG, 72, 0.3},
    {0, 1, 73, 0.9},
    {0, 2, 76, 0.6},
    {0, 2 + SWUNG, 74, 0.3},
    {0, 3, 72, 0.6},
    {0, 3 + SWUNG, 69, 1.2},
    {1, 1, 67, 0.6},
    {1, 1 + SWUNG, 69, 1.8},
    // The same again with a higher turn.
    {4, 0, 69, 0.6},
    {4, SWUNG, 72, 0.3},
    {4, 1, 74, 0.9},
    {4, 2, 77, 0.6},
    {4, 2 + SWUNG, 76, 0.3},
    {4, 3, 74, 0.6},
    {4, 3 + SWUNG, 72, 1.2},
    {5, 1, 69, 0.6},
    {5, 1 + SWUNG, 72, 0.3},
    {5, 2, 69, 1.4},
    {6, 0, 73, 0.9},
    {6, 1, 69, 0.9},
    {6, 2, 67, 0.6},
    {6, 2 + SWUNG, 69, 1.6},
    // The answer, from the top down.
    {8, 0, 80, 0.9},
    {8, 1, 79, 0.3},
    {8, 1 + SWUNG, 76, 0.6},
    {8, 2, 74, 0.6},
    {8, 2 + SWUNG, 71, 0.3},
    {8, 3, 68, 0.9},
    {9, 0, 78, 0.9},
    {9, 1, 77, 0.3},
    {9, 1 + SWUNG, 74, 0.6},
    {9, 2, 72, 0.6},
    {9, 2 + SWUNG, 69, 0.3},
    {9, 3, 66, 0.9},
    {10, 0, 69, 0.6},
    {10, SWUNG, 72, 0.3},
    {10, 1, 73, 0.6},
    {10, 1 + SWUNG, 76, 0.3},
    {10, 2, 78, 0.6},
    {10, 2 + SWUNG, 76, 0.3},
    {10, 3, 72, 0.3},
    {10, 3 + SWUNG, 69, 0.9},
    {11, 1, 76, 0.6},
    {11, 1 + SWUNG, 75, 0.3},
    {11, 2, 74, 0.6},
    {11, 2 + SWUNG, 73, 0.3},
    {11, 3, 71, 0.6},
    {11, 3 + SWUNG, 68, 0.3},
    {12, 0, 69, 3.5},
  };

  /** The piano's answers while the saxophone breathes, an octave and more above its chords. */
  private static final double[][] FILLS = {
    {2, 1, 81, 0.3},
    {2, 1 + SWUNG, 79, 0.3},
    {2, 2, 76, 0.6},
    {2, 2 + SWUNG, 75, 0.3},
    {2, 3, 74, 0.6},
    {2, 3 + SWUNG, 72, 0.3},
    {3, 0, 73, 0.3},
    {3, 1.0 / 3, 76, 0.3},
    {3, SWUNG, 79, 0.6},
    {3, 1 + SWUNG, 81, 1.2},
    {7, 0, 84, 0.3},
    {7, SWUNG, 81, 0.3},
    {7, 1, 84, 0.3},
    {7, 1 + SWUNG, 81, 0.3},
    {7, 2, 79, 0.3},
    {7, 2 + SWUNG, 76, 0.3},
    {7, 3, 75, 0.3},
    {7, 3 + SWUNG, 76, 0.6},
  };

  /** Steps above the root that the bass walks through a bar: up to the seventh, or back down. */
  private static final int[][] WALKS = {{0, 4, 7, 9}, {10, 9, 7, 4}};

  private final List<Note> notes = new ArrayList<>();

  /** Players are never quite even; the same unevenness each time. */
  private final Random touch = new Random(1912);

  private TwelveBarBlues() {}

  /** The whole piece, in no particular order. */
  static List<Note> notes() {
    TwelveBarBlues piece = new TwelveBarBlues();
    for (int bar = 0; bar < BARS.length; bar++) {
      double start = (double) bar * BEATS_PER_BAR;
      piece.drums(bar, start);
      piece.bass(bar, start);
      piece.comp(BARS[bar], start);
    }
    piece.melody(SAXOPHONE, 104, TUNE);
    piece.melody(PIANO, 92, FILLS);
    piece.lastChord((double) BARS.length * BEATS_PER_BAR);
    return List.copyOf(piece.notes);
  }

  private void drums(int bar, double start) {
    if (bar == 0) {
      play(DRUMS, CRASH, 84, start, 2);
    }
    for (int beat = 0; beat < BEATS_PER_BAR; beat++) {
      double at = start + beat;
      boolean backbeat = beat % 2 == 1;
      play(DRUMS, RIDE, backbeat ? 88 : 74, at, 0.3);
      play(DRUMS, RIDE, 58, at + SWUNG, 0.3);
      if (backbeat) {
        play(DRUMS, SNARE, 86, at, 0.3);
        play(DRUMS, PEDAL_HI_HAT, 64, at, 0.2);
      } else {
        play(DRUMS, KICK, 92, at, 0.3);
      }
    }
    if (bar % 4 == 3) {
      // A roll into the next line.
      for (int third = 0; third < 3; third++) {
        play(DRUMS, SNARE, 62 + 12 * third, start + 3 + third / 3.0, 0.2);
      }
    }
  }

  private void bass(int bar, double start) {
    int root = BARS[bar].root();
    int next = BARS[(bar + 1) % BARS.length].root();
    boolean stays = bar > 0 && BARS[bar - 1].root() == root;
    int[] walk = WALKS[stays ? 1 : 0];
    for (int beat = 0; beat < BEATS_PER_BAR; beat++) {
      int key = root + walk[beat];
      if (beat == BEATS_PER_BAR - 1 && next != root) {
        // Into a new chord by the half step below it.
        key = next - 1;
      }
      play(BASS, key, 98, start + beat, 0.85);
    }
  }

  private void comp(Chord chord, double start) {
    for (int key : chord.hand()) {
      play(PIANO, key, 68, start, 0.9);
      play(PIANO, key, 60, start + 1 + SWUNG, 0.3);
      play(PIANO, key, 56, start + 3 + SWUNG, 0.25);
    }
  }

  private void melody(int channel, int velocity, double[][] line) {
    for (double[] note : line) {
      play(channel, (int) note[2], velocity, note[0] * BEATS_PER_BAR + note[1], note[3]);
    }
  }

  private void lastChord(double start) {
    for (int key : new int[] {45, 55, 59, 61, 66}) {
      play(PIANO, key, 78, start, 3.5);
    }
    play(BASS, A7.root(), 104, start, 3.5);
    play(DRUMS, KICK, 104, start, 0.5);
    play(DRUMS, CRASH, 92, start, 3.5);
  }

  private void play(int channel, int key, int velocity, double start, double beats) {
    int uneven = velocity + touch.nextInt(9) - 4;
    double late = 0.012 * touch.nextDouble();
    notes.add(new Note(channel, key, uneven, start + late, beats));
  }
}
