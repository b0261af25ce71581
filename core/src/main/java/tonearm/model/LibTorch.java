package tonearm.model;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bytedeco.javacpp.Loader;
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
   * Unpacks (first start only, about 445 MB, with one line on stderr) and loads.
   *
   * @param threads cores that one operation may use, at least 1; fixed for the process, because the
   *     sums of a result depend on it
   * @throws UncheckedIOException if the libraries cannot be unpacked, such as on a full disk
   */
  public static synchronized void load(int threads) {
    if (!ready) {
      unpack();
      Loader.load(torch.class);
      ready = true;
    }
    if (torch.get_num_threads() != threads) {
      torch.set_num_threads(threads);
    }
  }

  /** Loads with all cores. */
  public static void load() {
    load(Runtime.getRuntime().availableProcessors());
  }

  private static void unpack() {
    try {
      File cache = Loader.getCacheDir();
      File marker =
          new File(cache, "tonearm-" + Loader.getPlatform() + "-" + version() + ".unpacked");
      if (marker.exists()) {
        return;
      }
      System.err.println(
          "tonearm: unpacking the neural network engine (once, about 445 MB) into " + cache);
      // cacheResources takes the cache's own lock, so two first starts at once do no harm.
      Loader.cacheResources("/org/bytedeco/pytorch/" + Loader.getPlatform() + "/");
      marker.createNewFile();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot unpack the neural network engine: " + e.getMessage(), e);
    }
  }

  private static String version() {
    return String.valueOf(torch.class.getPackage().getImplementationVersion());
  }
}
