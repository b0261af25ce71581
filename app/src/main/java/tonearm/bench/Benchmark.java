package tonearm.bench;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import tonearm.model.ModelConfig;
import tonearm.model.Precision;
import tonearm.provenance.Machine;

/** What {@code tonearm bench} can measure, by the names that {@code --only} takes. */
public enum Benchmark {
  START,
  MEMORY,
  DECODE,
  FEATURES,
  CLASSIFY,
  LIBRARY,
  INDEX,
  TRAIN_BF16,
  TRAIN_FP32,
  TRAIN_PATIL2023,
  INFER_BF16,
  INFER_FP32,
  COMPARE_BF16,
  COMPARE_FP32,
  STEP_BF16,
  STEP_FP32;

  /** As written on the command line, such as {@code train-bf16}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The arithmetic of those that measure a network; of the others it says nothing. */
  Precision precision() {
    if (this == TRAIN_PATIL2023) {
      return Machine.current().hasBf16() ? Precision.BF16 : Precision.FP32;
    }
    return label().endsWith("-bf16") ? Precision.BF16 : Precision.FP32;
  }

  /** Whether it measures the network alone. */
  boolean isNetwork() {
    return isTraining() || label().startsWith("infer-") || isComparison() || isStep();
  }

  /** Whether it measures what the parts of a training step take. */
  boolean isStep() {
    return label().startsWith("step-");
  }

  /** Whether it measures the default model's network beside the published run's. */
  boolean isComparison() {
    return label().startsWith("compare-");
  }

  /** The network of those that measure one. */
  ModelConfig network() {
    return this == TRAIN_PATIL2023 ? ModelConfig.PATIL2023 : ModelConfig.REFERENCE_UNET;
  }

  /** Clips a step, or to answer at once, of those that measure a network. */
  int batchSize() {
    return this == TRAIN_PATIL2023 ? 1 : 32;
  }

  /** Whether it measures a network's training. */
  boolean isTraining() {
    return label().startsWith("train-");
  }

  /** Whether it asks a trained model. */
  public boolean needsModel() {
    return switch (this) {
      case START, MEMORY, CLASSIFY, LIBRARY, INDEX -> true;
      default -> false;
    };
  }

  /**
   * All that make sense on a machine; without hardware for bf16 it would only be emulated. The
   * paper's network takes minutes and gigabytes, and is measured only when it is asked for; so are
   * the parts of a step.
   */
  public static Set<Benchmark> all(boolean cpuHasBf16) {
    return Arrays.stream(values())
        .filter(b -> b != TRAIN_PATIL2023 && !b.isStep())
        .filter(b -> cpuHasBf16 || !b.isNetwork() || b.precision() == Precision.FP32)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Benchmark.class)));
  }

  /**
   * Those of some names.
   *
   * @throws IllegalArgumentException if one is unknown; the message lists those there are
   */
  public static Set<Benchmark> of(List<String> labels) {
    Set<Benchmark> chosen = EnumSet.noneOf(Benchmark.class);
    for (String label : labels) {
      chosen.add(
          Arrays.stream(values())
              .filter(b -> b.label().equals(label.strip()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "no benchmark is called '%s'; there are %s".formatted(label, labels()))));
    }
    return chosen;
  }

  private static String labels() {
    return Arrays.stream(values()).map(Benchmark::label).collect(Collectors.joining(", "));
  }
}
