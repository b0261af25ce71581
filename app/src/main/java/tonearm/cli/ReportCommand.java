package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tonearm.eval.Bootstrap;
import tonearm.eval.ClipPredictions;
import tonearm.eval.Evaluation;
import tonearm.eval.RunMetrics;
import tonearm.model.ModelBundle;
import tonearm.model.NetworkGraph;
import tonearm.provenance.Json;
import tonearm.report.ModelCard;
import tonearm.train.Run;
import tonearm.train.Trainer;

@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = {
      "Makes the numbers of a run again from its predictions: metrics.json and the model card.",
      "Needs run.json and predictions.csv of the run folder; loads no model."
    },
    footerHeading = "%nExample:%n",
    footer = "  tonearm report docs/runs/reference-unet")
final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "A finished run folder.")
  private Path run;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What the card calls the model. Default: the architecture's name.")
  private @Nullable String name;

  @Option(
      names = "--notes",
      paramLabel = "FILE",
      description = "Markdown for the card, as in train.")
  private @Nullable Path notes;

  @Option(
      names = "--card",
      paramLabel = "FILE",
      description = "Where the card is written. Default: RUN/report/MODEL_CARD.md.")
  private @Nullable Path card;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ReportCommand() {}

  @Override
  public Integer call() throws IOException {
    Run described = Json.read(run.resolve(Trainer.RUN_FILE), Run.class);
    ClipPredictions predictions = ClipPredictions.read(run.resolve(ClipPredictions.FILE));
    RunMetrics metrics = metrics(predictions, described.training().seed());
    metrics.write(run.resolve(RunMetrics.FILE));
    String noteText = notes == null ? null : Text.read(notes);
    String called = name == null ? described.model().architecture() : name;
    Path target = card == null ? run.resolve("report").resolve(ModelBundle.CARD_FILE) : card;
    ModelCard.write(run, facts(described, called, noteText), target);
    PrintWriter out = spec.commandLine().getOut();
    print(out, "training", metrics.train());
    print(out, "validation", metrics.valid());
    print(out, "test", metrics.test());
    out.println("card: " + target);
    return Tonearm.OK;
  }

  private RunMetrics metrics(ClipPredictions predictions, long seed) throws IOException {
    try {
      return RunMetrics.of(predictions, Bootstrap.withSeed(seed));
    } catch (IllegalArgumentException e) {
      throw new IOException(run.resolve(ClipPredictions.FILE) + ": " + e.getMessage(), e);
    }
  }

  /** Prints one side of a run's numbers, if the run has that side. */
  static void print(PrintWriter out, String side, @Nullable Evaluation evaluation) {
    if (evaluation != null) {
      out.print(ScoreTable.of(side, evaluation));
    }
  }

  /** What a model card tells of the network itself. */
  static ModelCard.Facts facts(Run run, String name, @Nullable String notes) {
    NetworkGraph graph = run.model().graph(run.genres().size());
    return new ModelCard.Facts(name, graph.parameters(), graph.inputShape().toString(), notes);
  }
}
