package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tonearm.model.ModelBundle;
import tonearm.model.ModelBundle.Description;
import tonearm.model.ModelBundle.Score;
import tonearm.model.ModelConfig;
import tonearm.model.NetworkGraph;
import tonearm.model.Shape;
import tonearm.provenance.Json;
import tonearm.terminal.Text;

@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the bundles that come with Tonearm and the architectures that can be trained.",
      "Parameters are counted as Keras does, running statistics included; operations are those of one"
          + " answer, a multiply and an add counted as two. A training step takes three times these.",
      "Of a model that is named, it tells what training has left of each layer's kernel instead."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  tonearm models --json", "  tonearm models reference-unet"})
final class ModelsCommand implements Callable<Integer> {
  /** Genres of an architecture that was not trained yet, to count its parameters: GTZAN's. */
  private static final int GENRES = 10;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "NAME|DIR",
      arity = "0..1",
      description =
          "A model: tell of its layers' kernels, and how much of each L2 has driven to nothing.")
  private @Nullable String model;

  @Option(names = "--json", description = "One JSON object: bundles and architectures; or kernels.")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ModelsCommand() {}

  private record Architecture(
      String name,
      long parameters,
      long trainableParameters,
      long bytes,
      long flopsPerClip,
      List<Integer> inputShape) {
    static Architecture of(String name, NetworkGraph graph) {
      Shape in = graph.inputShape();
      return new Architecture(
          name,
          graph.parameters(),
          graph.trainableParameters(),
          graph.parameters() * Float.BYTES,
          graph.flopsPerClip(),
          List.of(in.channels(), in.height(), in.width()));
    }
  }

  private record Bundle(
      String name,
      Architecture architecture,
      long fileBytes,
      String features,
      double clipSeconds,
      List<String> genres,
      @Nullable Score score) {}

  private record Kernels(String model, double negligibleBelow, List<KernelTable.Kernel> kernels) {}

  private record Listing(List<Bundle> bundles, List<Architecture> architectures) {}

  @Override
  public Integer call() throws IOException {
    if (model != null) {
      List<KernelTable.Kernel> kernels = KernelTable.read(Models.find(model));
      PrintWriter answers = spec.commandLine().getOut();
      answers.print(
          json
              ? Json.toText(new Kernels(model, KernelTable.NEGLIGIBLE, kernels))
              : KernelTable.of(Text.oneLine(model), kernels));
      answers.flush();
      return Tonearm.OK;
    }
    List<Bundle> bundles = new ArrayList<>();
    int status = Tonearm.OK;
    for (Path folder : Models.bundled()) {
      Description d;
      try {
        d = ModelBundle.describe(folder);
      } catch (IOException e) {
        spec.commandLine().getErr().println("tonearm: " + Text.oneLine(Tonearm.message(e)));
        status = Tonearm.FAILED;
        continue;
      }
      bundles.add(
          new Bundle(
              d.name(),
              Architecture.of(d.model().architecture(), d.graph()),
              Files.size(folder.resolve(ModelBundle.WEIGHTS_FILE)),
              d.features().name(),
              d.clipSeconds(),
              d.genres(),
              d.score()));
    }
    List<Architecture> architectures = new ArrayList<>();
    for (String name : ModelConfig.presetNames()) {
      architectures.add(Architecture.of(name, ModelConfig.preset(name).graph(GENRES)));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(Json.toText(new Listing(bundles, architectures)));
      out.flush();
    } else {
      print(out, bundles, architectures);
    }
    return status;
  }

  private static void print(
      PrintWriter out, List<Bundle> bundles, List<Architecture> architectures) {
    out.println("Bundles (tonearm classify --model NAME)");
    for (Bundle bundle : bundles) {
      out.printf(
          Locale.ROOT,
          "  %-16s %,11d parameters  %5.1f MB  %s, clips of %.0f s%n",
          Text.oneLine(bundle.name()),
          bundle.architecture().parameters(),
          bundle.fileBytes() / 1e6,
          bundle.features(),
          bundle.clipSeconds());
      Score score = bundle.score();
      if (score != null) {
        out.printf(
            Locale.ROOT,
            "  %-16s right on %.1f %% of clips, %.1f %% of tracks (%s)%n",
            "",
            100 * score.clips(),
            100 * score.tracks(),
            score.protocol());
      }
      out.printf("  %-16s %s%n", "", Text.oneLine(String.join(", ", bundle.genres())));
    }
    if (bundles.isEmpty()) {
      out.println("  none in " + Models.folder());
    }
    out.println();
    out.println("Architectures (tonearm train --model NAME), counted for 10 genres");
    for (Architecture a : architectures) {
      out.printf(
          Locale.ROOT,
          "  %-16s %,11d parameters  %5.1f MB  %7.3f GFLOP a clip  input %s%n",
          a.name(),
          a.parameters(),
          a.bytes() / 1e6,
          a.flopsPerClip() / 1e9,
          a.inputShape().toString().replaceAll("[\\[\\]]", "").replace(", ", "x"));
    }
  }
}
