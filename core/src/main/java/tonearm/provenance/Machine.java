package tonearm.provenance;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The computer an artefact was made on.
 *
 * @param os name and version of the operating system
 * @param arch as Java's {@code os.arch} has it
 * @param cpu model name where Linux tells it, else {@code arch}
 * @param cpuFlags those of {@code avx2}, {@code avx512_bf16}, {@code amx_bf16} that the CPU has,
 *     sorted; empty where they cannot be told
 * @param cores processors this JVM may use, at least 1
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Machine(String os, String arch, String cpu, List<String> cpuFlags, int cores) {
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");

  /** The instruction sets that decide speed or precision here. */
  private static final Set<String> RELEVANT_FLAGS = Set.of("avx2", "avx512_bf16", "amx_bf16");

  public Machine {
    Required.present("os", os);
    Required.present("arch", arch);
    Required.present("cpu", cpu);
    Required.present("cpu_flags", cpuFlags);
    if (cores < 1) {
      throw new IllegalArgumentException("cores must be at least 1, not " + cores);
    }
    cpuFlags = List.copyOf(cpuFlags);
  }

  /** The computer this runs on. */
  public static Machine current() {
    String cpuinfo = "";
    if (Files.isReadable(CPUINFO)) {
      try {
        cpuinfo = Files.readString(CPUINFO);
      } catch (IOException e) {
        // Provenance is a record of the work, not a reason to fail it: the model stays unknown.
        cpuinfo = "";
      }
    }
    return of(
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("os.arch"),
        cpuinfo,
        Runtime.getRuntime().availableProcessors());
  }

  static Machine of(String os, String arch, String cpuinfo, int cores) {
    String cpu = arch;
    Set<String> flags = new TreeSet<>();
    for (String line : cpuinfo.lines().toList()) {
      int colon = line.indexOf(':');
      if (colon < 0) {
        continue;
      }
      String value = line.substring(colon + 1).strip();
      switch (line.substring(0, colon).strip().toLowerCase(Locale.ROOT)) {
        case "model name" -> cpu = value.isEmpty() ? cpu : value;
        case "flags" ->
            Arrays.stream(value.split(" ", -1))
                .filter(RELEVANT_FLAGS::contains)
                .forEach(flags::add);
        default -> {}
      }
    }
    return new Machine(os, arch, cpu, List.copyOf(flags), cores);
  }

  /** Whether bfloat16 arithmetic is done in hardware, and so is the faster choice here. */
  public boolean hasBf16() {
    return cpuFlags.contains("avx512_bf16") || cpuFlags.contains("amx_bf16");
  }
}
