package tonearm.model;

import java.util.Locale;

/**
 * The arithmetic of convolutions and activations. Weights, their updates, running statistics and
 * the loss are 32 bit in either.
 */
public enum Precision {
  /** 32-bit floating point throughout. */
  FP32,
  /** bfloat16 activations; several times faster where the CPU computes them at full speed. */
  BF16;

  /** As written on the command line: {@code fp32} or {@code bf16}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads {@code auto}, {@code bf16} or {@code fp32}; {@code auto} is bf16 where the CPU computes
   * it natively ({@code avx512_bf16} or {@code amx_bf16}), else fp32.
   *
   * @throws IllegalArgumentException for any other word
   */
  public static Precision of(String label, boolean cpuHasBf16) {
    return switch (label) {
      case "auto" -> cpuHasBf16 ? BF16 : FP32;
      case "bf16" -> BF16;
      case "fp32" -> FP32;
      default ->
          throw new IllegalArgumentException(
              "precision must be auto, bf16 or fp32, not '" + label + "'");
    };
  }
}
