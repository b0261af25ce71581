package tonearm.audio;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Decodes mutation after mutation in a JVM of its own, which may crash. The number of the one in
 * hand stands in the file {@code number}.
 */
public final class MutationRun {
  /** What one file may take, on a machine with other things to do. */
  private static final long LIMIT_NS = 60_000_000_000L;

  private static volatile long number;
  private static volatile long begun = System.nanoTime();

  private MutationRun() {}

  /** Arguments: a folder, the first mutation's number, the last's plus 1, seconds. */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    long first = Long.parseLong(args[1]);
    long end = Long.parseLong(args[2]);
    long until = System.nanoTime() + 1_000_000_000L * Long.parseLong(args[3]);
    Mutations mutations = new Mutations(folder);
    watch();
    Path file = folder.resolve("mutation");
    long warm = 0;
    long heard = 0;
    long slowest = 0;
    long slowestNumber = 0;
    long next = first;
    try (RandomAccessFile record = new RandomAccessFile(folder.resolve("number").toFile(), "rw")) {
      for (; next < end && System.nanoTime() < until; next++) {
        number = next;
        begun = System.nanoTime();
        record.seek(0);
        record.writeLong(next);
        Files.write(file, mutations.bytes(next));
        heard += decode(file, next % 3 == 0) ? 1 : 0;
        if (System.nanoTime() - begun > slowest) {
          slowest = System.nanoTime() - begun;
          slowestNumber = next;
        }
        // By then every format has been read some times, and what is kept for good is there.
        if (next - first == 20L * mutations.formats()) {
          warm = residentKib();
        }
      }
    }
    System.out.printf(
        "mutations %d heard %d growth_kib %d slowest_ms %d %d%n",
        next - first,
        heard,
        warm == 0 ? 0 : residentKib() - warm,
        slowest / 1_000_000,
        slowestNumber);
  }

  private static boolean decode(Path file, boolean skip) throws IOException {
    Signatures.isSound(Files.readAllBytes(file));
    try (AudioStream stream = AudioDecoder.open(file, 22050)) {
      float[] block = new float[1 << 14];
      if (skip) {
        stream.totalSamples();
        stream.skip(2000);
      }
      for (int read = stream.read(block, 0, block.length);
          read >= 0;
          read = stream.read(block, 0, block.length)) {
        for (int i = 0; i < read; i++) {
          if (!Float.isFinite(block[i])) {
            throw new IllegalStateException("a sample of mutation " + number + " is " + block[i]);
          }
        }
      }
      stream.warnings();
      return true;
    } catch (AudioException e) {
      if (e.getMessage() == null || e.getMessage().isBlank()) {
        throw new IllegalStateException("mutation " + number + " has an error without words", e);
      }
      return false;
    }
  }

  private static void watch() {
    Thread worker = Thread.currentThread();
    Thread watch =
        new Thread(
            () -> {
              while (true) {
                if (System.nanoTime() - begun > LIMIT_NS) {
                  System.out.println("mutation " + number + " hangs");
                  for (StackTraceElement place : worker.getStackTrace()) {
                    System.out.println(place);
                  }
                  Runtime.getRuntime().halt(3);
                }
                try {
                  Thread.sleep(1000);
                } catch (InterruptedException e) {
                  return;
                }
              }
            });
    watch.setDaemon(true);
    watch.start();
  }

  /** Memory in use, or 0 where the system does not tell. */
  private static long residentKib() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status, StandardCharsets.ISO_8859_1).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }
}
