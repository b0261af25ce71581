package tonearm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.provenance.Seeds;

class LibTorchTest {
  private static final String FOLDER = "org/native/os/";
  private static final long DATE = 1_700_000_000_000L;

  @TempDir Path folder;

  @Test
  void theCacheCountsOnlyIfEveryLibraryIsWhole() throws IOException {
    Path jarFile = folder.resolve("engine.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jarFile))) {
      put(out, FOLDER, "");
      put(out, FOLDER + "a.so", "first");
      put(out, FOLDER + "b.so", "second");
      put(out, "other/c.so", "not ours");
    }
    File cache = folder.resolve("cache").toFile();
    Path unpacked = cache.toPath().resolve("engine.jar").resolve(FOLDER);
    try (JarFile jar = new JarFile(jarFile.toFile())) {
      assertThat(LibTorch.isUnpacked(jar, FOLDER, cache)).as("empty").isFalse();
      write(unpacked.resolve("a.so"), "first", DATE);
      assertThat(LibTorch.isUnpacked(jar, FOLDER, cache)).as("one missing").isFalse();
      write(unpacked.resolve("b.so"), "sec", DATE);
      assertThat(LibTorch.isUnpacked(jar, FOLDER, cache)).as("one short").isFalse();
      write(unpacked.resolve("b.so"), "second", DATE + 60_000);
      assertThat(LibTorch.isUnpacked(jar, FOLDER, cache)).as("not finished").isFalse();
      write(unpacked.resolve("b.so"), "second", DATE);
      assertThat(LibTorch.isUnpacked(jar, FOLDER, cache)).as("complete").isTrue();
    }
  }

  @Test
  void numbersTooSmallToCountAreZeroOnEveryThreadThatComputes() throws Exception {
    NetworkGraph graph = ModelConfig.TINY_UNET.graph(2);
    ExecutorService other = Executors.newSingleThreadExecutor();
    LibTorch.load(2);
    try (GenreNet net = GenreNet.create(graph, new Seeds(1))) {
      assertThat(subnormals()).as("the thread that loads").isZero();
      float[] clip = new float[Math.toIntExact(graph.inputShape().size())];
      other.submit(() -> net.probabilities(clip, 1, Precision.FP32)).get();
      assertThat(other.submit(LibTorchTest::subnormals).get()).as("one that answers").isZero();
    } finally {
      other.shutdown();
      LibTorch.load(1);
    }
  }

  /** How many of many products of 1e-40 are not 0. */
  private static long subnormals() {
    try (PointerScope scope = new PointerScope()) {
      // As many as are shared between threads.
      Tensor products =
          torch.full(new long[] {1 << 20}, new Scalar(1e-30f)).mul(new Scalar(1e-10f));
      float[] values = new float[1 << 20];
      new FloatPointer(products.data_ptr()).get(values);
      long count = 0;
      for (float value : values) {
        count += Float.floatToRawIntBits(value) == 0 ? 0 : 1;
      }
      return count;
    }
  }

  private static void put(JarOutputStream out, String name, String text) throws IOException {
    JarEntry entry = new JarEntry(name);
    entry.setTime(DATE);
    out.putNextEntry(entry);
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.closeEntry();
  }

  private static void write(Path file, String text, long date) throws IOException {
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, text);
    assertThat(file.toFile().setLastModified(date)).isTrue();
  }

  @Test
  void noMemoryIsToldFromOtherFailures() {
    LibTorch.load();
    // A quarter of what 64 bits can address, which no machine has.
    assertThatThrownBy(() -> torch.zeros(1L << 60))
        .isInstanceOf(RuntimeException.class)
        .matches(LibTorch::isOutOfMemory);
    assertThatThrownBy(() -> torch.zeros(-1)).matches(e -> !LibTorch.isOutOfMemory(e));
    assertThat(LibTorch.isOutOfMemory(new IllegalStateException())).isFalse();
  }

  @Test
  void aChosenNumberOfThreadsStays() {
    LibTorch.load(1);
    LibTorch.load();
    assertThat(torch.get_num_threads()).isEqualTo(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LibTorch.load(0))
        .withMessage("threads must be at least 1, not 0");
  }
}
