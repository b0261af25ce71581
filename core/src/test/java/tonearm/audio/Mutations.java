package tonearm.audio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Sound files of every format, each damaged in a way that its number decides: the same number gives
 * the same bytes on any machine whose encoders do.
 */
final class Mutations {
  private static final int RATE_HZ = 48_000;

  /** Where the fields are that decide most. */
  private static final int HEADER_BYTES = 512;

  private static final long[] EXTREMES = {
    0, 1, 2, -1, 0x7FL, 0x80L, 0xFFL, 0x7FFFL, 0x8000L, 0xFFFFL, 0x7FFFFFFFL, 0x80000000L, 1L << 62
  };

  private final List<byte[]> originals = new ArrayList<>();
  private final List<String> names = new ArrayList<>();

  /**
   * Encodes the files that will be damaged.
   *
   * @param folder for its use, left empty
   */
  Mutations(Path folder) throws IOException {
    Path file = folder.resolve("original");
    float[] noise = TestAudio.noise(3, 0.25, RATE_HZ);
    float[] tone = TestAudio.tone(440, 0.25, RATE_HZ);
    for (TestFormat format : TestFormat.values()) {
      TestAudio.write(file, format, RATE_HZ, noise, tone);
      add(format.name(), file);
    }
    for (String film : List.of("mp4", "mov", "matroska", "avi", "mpegts", "asf")) {
      TestAudio.writeFilm(file, film, TestFormat.MP3, RATE_HZ, tone);
      add("film in " + film, file);
    }
    Files.delete(file);
  }

  private void add(String name, Path file) throws IOException {
    originals.add(Files.readAllBytes(file));
    names.add(name);
  }

  /** How many formats there are; mutation {@code n} is one of format {@code n % formats()}. */
  int formats() {
    return originals.size();
  }

  /** What a mutation was made from. */
  String name(long number) {
    return names.get((int) (number % formats()));
  }

  /** The bytes of a mutation. */
  byte[] bytes(long number) {
    Random random = new Random(number * 0x9E3779B97F4A7C15L + 1);
    byte[] bytes = originals.get((int) (number % formats())).clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes && bytes.length > 0; i++) {
      bytes = changed(bytes, random);
    }
    return bytes;
  }

  private byte[] changed(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length);
    int length = 1 + random.nextInt(Math.min(4096, bytes.length - at));
    switch (random.nextInt(8)) {
      case 0 -> {
        for (int flips = 1 + random.nextInt(50); flips > 0; flips--) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      case 1 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 2 -> {
        return joined(bytes, at + length, bytes, at); // twice
      }
      case 3 -> {
        return joined(bytes, at, bytes, at + length); // left out
      }
      case 4 -> Arrays.fill(bytes, at, at + length, (byte) (random.nextBoolean() ? 0 : -1));
      case 5 -> {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, bytes, at, length);
      }
      case 6 -> {
        byte[] other = originals.get(random.nextInt(originals.size()));
        return joined(bytes, at, other, random.nextInt(other.length));
      }
      default -> {
        for (int fields = 1 + random.nextInt(3); fields > 0; fields--) {
          putExtreme(bytes, random);
        }
      }
    }
    return bytes;
  }

  /** A field of 1, 2, 4 or 8 bytes in the header, of either byte order. */
  private static void putExtreme(byte[] bytes, Random random) {
    int width = 1 << random.nextInt(4);
    int range = Math.min(HEADER_BYTES, bytes.length) - width;
    if (range < 0) {
      return;
    }
    int at = random.nextInt(range + 1);
    long value = EXTREMES[random.nextInt(EXTREMES.length)];
    boolean big = random.nextBoolean();
    for (int i = 0; i < width; i++) {
      bytes[at + (big ? width - 1 - i : i)] = (byte) (value >> (8 * i));
    }
  }

  private static byte[] joined(byte[] first, int end, byte[] second, int begin) {
    byte[] both = Arrays.copyOf(first, end + second.length - begin);
    System.arraycopy(second, begin, both, end, second.length - begin);
    return both;
  }
}
