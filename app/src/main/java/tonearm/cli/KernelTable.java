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
 * hold towards 0, where it adds nothing to any answer.
 */
final class KernelTable {
  /** Beside kernels of 0.01 and more, a 32-bit sum no longer notices smaller weights. */
  static final double NOTHING = 1e-9;

  private KernelTable() {}

  /**
   * One layer's kernel.
   *
   * @param layer its name
   * @param weights how many it has
   * @param rms root of their mean square
   * @param nothing how many are below {@value #NOTHING}
   */
  record Kernel(String layer, long weights, double rms, long nothing) {
    double share() {
      return (double) nothing / weights;
    }
  }

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
        throw new IOException(file + ": lacks " + weight.name() + " of " + weight.size());
      }
      double squares = 0;
      long nothing = 0;
      for (float value : array.values()) {
        squares += (double) value * value;
        nothing += Math.abs(value) < NOTHING ? 1 : 0;
      }
      String layer = weight.name().replaceFirst("\\.weight$", "");
      kernels.add(new Kernel(layer, weight.size(), Math.sqrt(squares / weight.size()), nothing));
    }
    return kernels;
  }

  /** As the terminal shows them. */
  static String of(String name, List<Kernel> kernels) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format("Kernels of %s (rms; how many weights are below %.0e)%n", name, NOTHING));
    long weights = 0;
    long nothing = 0;
    for (Kernel kernel : kernels) {
      text.append(row(kernel.layer(), kernel.weights(), kernel.rms(), kernel.nothing()));
      weights += kernel.weights();
      nothing += kernel.nothing();
    }
    double squares = kernels.stream().mapToDouble(k -> k.rms() * k.rms() * k.weights()).sum();
    return text + row("all", weights, Math.sqrt(squares / weights), nothing);
  }

  private static String row(String layer, long weights, double rms, long nothing) {
    return String.format(
        Locale.ROOT,
        "  %-20s %,10d weights  rms %8.2g  %5.1f %% nothing%n",
        layer,
        weights,
        rms,
        100.0 * nothing / weights);
  }
}
