package tonearm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;

/** Two genres that a small network tells apart in an epoch or two: low tones and high tones. */
final class ToneMusic {
  private static final int RATE_HZ = 22050;

  /** Of each genre: {@code low/0.wav} and so on, of one clip each. */
  private static final int TRACKS = 6;

  private ToneMusic() {}

  /** Writes the tracks, and returns where. */
  static Path write(Path music) throws IOException {
    for (int i = 0; i < TRACKS; i++) {
      sound(music.resolve("low"), i, 150 + 40 * i);
      sound(music.resolve("high"), i, 3000 + 400 * i);
    }
    return music;
  }

  /** A tone in a little noise, so that no two tracks are the same. */
  private static void sound(Path genre, int number, double frequencyHz) throws IOException {
    float[] tone = TestAudio.tone(frequencyHz, 7, RATE_HZ);
    float[] noise = TestAudio.noise(number, 7, RATE_HZ);
    for (int i = 0; i < tone.length; i++) {
      tone[i] += 0.02f * noise[i];
    }
    Path file = Files.createDirectories(genre).resolve(number + ".wav");
    TestAudio.write(file, TestFormat.WAV_S16, RATE_HZ, tone);
  }

  /** {@code tonearm train} with a network and a recipe that take a second. */
  static Cli train(Path data, Path out, Object... more) {
    List<Object> words = new ArrayList<>(List.of("train", data, "--out", out));
    if (!List.of(more).contains("--model")) {
      words.addAll(List.of("--model", "tiny-unet"));
    }
    words.addAll(List.of("--threads", 1, "--precision", "fp32"));
    if (!List.of(more).contains("--epochs")) {
      words.addAll(List.of("--epochs", 2));
    }
    words.addAll(List.of(more));
    return Cli.run(words.toArray());
  }

  /** {@code tonearm crossval}, as small. */
  static Cli crossval(Path data, Path out, Object... more) {
    List<Object> words = new ArrayList<>(List.of("crossval", data, "--out", out));
    words.addAll(List.of("--model", "tiny-unet", "--epochs", 1));
    words.addAll(List.of("--threads", 1, "--precision", "fp32"));
    words.addAll(List.of(more));
    return Cli.run(words.toArray());
  }

  /** A dataset once more, for a test that damages it. */
  static Path copy(Path data, Path copy) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, copy.resolve(data.relativize(file)), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return copy;
  }

  /** The pictures of a dataset, in order. */
  static List<Path> pictures(Path dataset) throws IOException {
    try (Stream<Path> files = Files.walk(dataset.resolve("spectrograms"))) {
      return files.filter(f -> f.toString().endsWith(".png")).sorted().toList();
    }
  }
}
