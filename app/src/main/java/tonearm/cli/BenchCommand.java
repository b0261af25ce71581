package tonearm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tonearm.bench.BenchPlan;
import tonearm.bench.BenchReport;
import tonearm.bench.Benchmark;
import tonearm.bench.Measurement;
import tonearm.bench.ScratchFolder;
import tonearm.infer.ClassifyOptions;
import tonearm.library.Hearing;
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Json;
import tonearm.provenance.Machine;
import tonearm.provenance.Provenance;
import tonearm.terminal.Interruption;
import tonearm.terminal.Progress;

@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measures speed, start and memory of this Tonearm on this machine.",
      "Prints the tables of docs/BENCHMARKS.md, which tells what each number means. It takes about"
          + " half an hour, and wants the machine to itself."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tonearm bench",
      "  tonearm bench --only decode,features --json",
      "  tonearm bench --update docs/BENCHMARKS.md"
    })
final class BenchCommand implements Callable<Integer> {
  private static final String SAMPLE = "samples/twelve-bar-blues.mp3";

  @Spec private CommandSpec spec;

  @Option(
      names = "--only",
      paramLabel = "NAME",
      split = ",",
      description =
          "Only these: decode, features, classify, library, index, train-bf16, train-fp32,"
              + " train-patil2023, step-bf16, step-fp32, infer-bf16, infer-fp32, compare-bf16,"
              + " compare-fp32, start, memory. Default: all but train-patil2023 and step-*, without"
              + " bf16 where the CPU has none.")
  private List<String> only = List.of();

  @Option(
      names = "--quick",
      description = "Few runs on short songs: whether it works. The numbers mean little.")
  private boolean quick;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "How often each thing is measured after warming up. Default: 7; quick: 3.")
  private @Nullable Integer runs;

  @Option(
      names = "--model",
      paramLabel = "NAME|DIR",
      defaultValue = Models.DEFAULT,
      description = "Which model classifies; see tonearm models. Default: ${DEFAULT-VALUE}.")
  private String model;

  @Option(
      names = "--sounds",
      paramLabel = "DIR",
      description = "Make the song that is measured, tonearm-bench.mp3, in DIR and leave it there.")
  private @Nullable Path sounds;

  @Option(names = "--json", description = "One JSON object instead of Markdown.")
  private boolean json;

  @Option(
      names = "-o",
      paramLabel = "FILE",
      description = "Write to FILE, whole or not at all, instead of to stdout.")
  private @Nullable Path output;

  @Option(
      names = "--update",
      paramLabel = "FILE",
      description = "Replace the tables between the bench markers of FILE instead of printing.")
  private @Nullable Path update;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  BenchCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Set<Benchmark> chosen = chosen();
    checkOptions();
    Overwriting.requireNoSound(spec, "-o", output);
    if (update != null) {
      BenchReport.requireMarkers(update);
    }
    boolean asks = chosen.stream().anyMatch(Benchmark::needsModel);
    Path bundle = asks ? Models.find(model) : null;
    Hearing hearing =
        bundle != null && chosen.contains(Benchmark.INDEX)
            ? IndexOption.hearing(bundle, ClassifyOptions.DEFAULT)
            : null;
    BenchPlan plan =
        quick
            ? BenchPlan.quick(chosen, bundle, hearing, runs == null ? 3 : runs)
            : BenchPlan.full(chosen, bundle, hearing, runs == null ? 7 : runs);
    Interruption.guard();
    write(new BenchReport(Provenance.now(Map.of()), measured(plan)));
    return Tonearm.OK;
  }

  private Set<Benchmark> chosen() {
    try {
      return only.isEmpty() ? Benchmark.all(Machine.current().hasBf16()) : Benchmark.of(only);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private void checkOptions() {
    if (runs != null && runs < 1) {
      throw new ParameterException(spec.commandLine(), "--runs must be at least 1, not " + runs);
    }
    if (update != null && (json || output != null)) {
      throw new ParameterException(
          spec.commandLine(), "--update writes Markdown into its file: leave --json and -o out");
    }
    if (update != null && (quick || !only.isEmpty())) {
      throw new ParameterException(
          spec.commandLine(), "--update replaces all tables: leave --quick and --only out");
    }
  }

  private List<Measurement> measured(BenchPlan plan) throws IOException, InterruptedException {
    Path sample = Path.of(System.getProperty("tonearm.home", ".")).resolve(SAMPLE);
    try (ScratchFolder scratch = ScratchFolder.make("tonearm-bench");
        Progress progress = new Progress("Measuring", plan.total(), " runs")) {
      if (sounds != null) {
        Files.createDirectories(sounds);
      }
      return plan.run(sample, sounds == null ? scratch.path() : sounds, scratch.path(), progress);
    }
  }

  private void write(BenchReport report) throws IOException {
    if (update != null) {
      report.update(update);
      return;
    }
    String text = json ? Json.toText(report) : report.toMarkdown();
    if (output != null) {
      AtomicFiles.writeString(output, text);
    } else {
      spec.commandLine().getOut().print(text);
      spec.commandLine().getOut().flush();
    }
  }
}
