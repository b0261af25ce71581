package tonearm.model;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;

/**
 * Brings LibTorch up, once in a process, before anything touches it.
 *
 * <p>The first start on a machine unpacks the native libraries. They must all lie in JavaCPP's
 * cache before the first is loaded: on a machine that also has a system-wide LibTorch, loading
 * while unpacking mixes the two and crashes the JVM.
 */
public final class LibTorch {
  private static boolean ready;

  private LibTorch() {}

  /**
   * Unpacks (first start only, about 467 MB, with one line on stderr) and loads.
   *
   * @param threads cores that one operation may use, at least 1; for the whole process, because the
   *     sums of a result depend on it. A thread that computed before keeps the number it had
   * @throws UncheckedIOException if the libraries cannot be unpacked, such as on a full disk
   * @throws UnsatisfiedLinkError if there are none for this platform
   */
  public static synchronized void load(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, not " + threads);
    }
    load();
    setThreads(threads);
  }

  /**
   * As {@link #load(int)}, with all cores unless a number was chosen before, which stays.
   *
   * @throws UncheckedIOException as there
   * @throws UnsatisfiedLinkError as there
   */
  public static synchronized void load() {
    if (ready) {
      flushSubnormals();
      return;
    }
    unpack();
    Loader.load(torch.class);
    flushSubnormals();
    setThreads(Runtime.getRuntime().availableProcessors());
    ready = true;
  }

  /**
   * Makes the calling thread take numbers below 1.2e-38 (32 bit) for zero. L2 drives kernels and
   * Adam's moments there, and an Intel core needs far longer for such a number than for another.
   *
   * <p>On Linux OpenMP's helpers take this over from the thread that first shares an operation with
   * them, so it comes before a thread's first operation. OpenBLAS, which computes dense layers
   * only, has helpers of its own that may not. It stays on, for Java's own arithmetic too (there
   * below 2.2e-308 in 64 bits); nothing here depends on such numbers. Where a platform cannot do
   * it, nothing changes.
   */
  static void flushSubnormals() {
    Context.setFlushDenormal(true);
  }

  /** Whether LibTorch failed because there is no memory for what it was to compute. */
  public static boolean isOutOfMemory(Throwable failure) {
    String message = failure.getMessage();
    return failure instanceof RuntimeException
        && message != null
        && message.contains("DefaultCPUAllocator: ");
  }

  private static void setThreads(int threads) {
    if (torch.get_num_threads() != threads) {
      torch.set_num_threads(threads);
    }
  }

  private static void unpack() {
    String platform = Loader.getPlatform();
    String folder = "org/bytedeco/pytorch/" + platform + "/";
    try {
      File cache = Loader.getCacheDir();
      URL libraries = LibTorch.class.getResource("/" + folder);
      if (libraries == null) {
        throw new UnsatisfiedLinkError(
            "this build of Tonearm has no neural network engine for " + platform);
      }
      if (libraries.openConnection() instanceof JarURLConnection jar
          && isUnpacked(jar.getJarFile(), folder, cache)) {
        return;
      }
      System.err.println(
          "tonearm: unpacking the neural network engine (once, about 467 MB) into " + cache);
      // cacheResources takes the cache's own lock, so two first starts at once do no harm.
      Loader.cacheResources("/" + folder);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot unpack the neural network engine: "
              + e.getMessage()
              + "; is there room? -Dorg.bytedeco.javacpp.cachedir=FOLDER chooses another place",
          e);
    }
  }

  /**
   * Whether JavaCPP would find every library in the cache, by size and date as it does itself. A
   * file has its date only once it is whole, so what a killed start left behind does not count; and
   * a complete cache may be read-only, which the lock could not be taken in.
   */
  static boolean isUnpacked(JarFile jar, String folder, File cache) {
    File base = new File(cache, new File(jar.getName()).getName());
    List<JarEntry> libraries =
        jar.stream().filter(e -> !e.isDirectory() && e.getName().startsWith(folder)).toList();
    return libraries.stream()
        .allMatch(
            entry -> {
              File file = new File(base, entry.getName());
              return file.length() == entry.getSize() && file.lastModified() == entry.getTime();
            });
  }
}
