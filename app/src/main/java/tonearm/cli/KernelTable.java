package tonearm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tonearm.model.ModelBundle;
import tonearm.model.NetworkGraph.Weight;
import tonearm.model.NetworkGraph.WeightKind;
import tonearm.model.Safetensors;

/**
 * What training has left of a bundle's kernels, layer by layer. L2 drives what the loss does not
 * hold towards 0.
 */
final class KernelTable {
  /** A clip's values are at most a few units: in 32 bits such a weight is lost beside any bias. */
  static final double NEGLIGIBLE = 1e-9;

  private KernelTable() {}

  /**
   * One layer's kernel.
   *
   * @param layer its name
   * @param weights how many it has
   * @param rms root of their mean square
   * @param negligible how many are below {@value #NEGLIGIBLE}
   */
  record Kernel(String layer, long weights, double rms, long negligible) {}

  /**
   * Reads the kernels, in the order of the layers.
   *
   * @throws IOException if the bundle is damaged; the message names the file
   */
  static List<Kernel> read(Path bundle) throws IOException {
    ModelBundle.Description description = ModelBundle.describe(bundle);
    Path file = bundle.resolve(ModelBundle.WEIGHTS_FILE);
    Safetensors stored = Safetensors.read(file);
    List<Kernel> kernels = new ArrayList<>();
    for (Weight weight : description.graph().weights()) {
      if (weight.kind() != WeightKind.KERNEL) {
        continue;
      }
      Safetensors.Array array = stored.arrays().get(weight.name());
      if (array == null || array.values().length != weight.size()) {
        throw new IOException(
            "%s: has no weight %s of %d values".formatted(file, weight.name(), weight.size()));
      }
      double squares = 0;
      long negligible = 0;
      for (float value : array.values()) {
        squares += (double) value * value;
        negligible += Math.abs(value) < NEGLIGIBLE ? 1 : 0;
      }
      String layer = weight.name().replaceFirst("\\.weight$", "");
      kernels.add(new Kernel(layer, weight.size(), Math.sqrt(squares / weight.size()), negligible));
    }
    return kernels;
  }

  /** As the terminal shows them. */
  static String of(String name, List<Kernel> kernels) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "Kernels of %s: root mean square, and part of the weights below %.0e%n",
            name,
            NEGLIGIBLE));
    kernels.forEach(kernel -> text.append(row(kernel)));
    return text + row(all(kernels));
  }

  private static Kernel all(List<Kernel> kernels) {
    long weights = kernels.stream().mapToLong(Kernel::weights).sum();
    long negligible = kernels.stream().mapToLong(Kernel::negligible).sum();
    double squares = kernels.stream().mapToDouble(k -> k.rms() * k.rms() * k.weights()).sum();
    return new Kernel("all", weights, Math.sqrt(squares / weights), negligible);
  }

  private static String row(Kernel kernel) {
    return String.format(
        Locale.ROOT,
        "  %-20s %,10d weights  rms %8.2g  %5.1f %% below%n",
        kernel.layer(),
        kernel.weights(),
        kernel.rms(),
        100.0 * kernel.negligible() / kernel.weights());
  }
}
