package tonearm.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProvenanceTest {
  private static final Provenance FIXED =
      new Provenance(
          "0.1.0",
          "44a78e4",
          Instant.parse("2026-01-31T12:00:00.987Z"),
          "17.0.9",
          "Debian",
          new Machine("Linux 6.1", "amd64", "AMD EPYC", List.of("avx2"), 2),
          Map.of("seed", "-9223372036854775808", "data_digest", "e3b0"));

  @Test
  void whatCanBeKnownIsTakenAutomatically() {
    Provenance now = Provenance.now(Map.of("seed", "42"));
    assertThat(now.tonearmVersion()).matches("\\d+\\.\\d+.*");
    assertThat(now.javaVersion()).isEqualTo(System.getProperty("java.version"));
    assertThat(Duration.between(now.created(), Instant.now()).abs())
        .isLessThan(Duration.ofMinutes(1));
    assertThat(now.machine().cores()).isPositive();
    assertThat(now.entries()).containsExactly(Map.entry("seed", "42"));
  }

  @Test
  void theJsonIsStableAndReadable() {
    assertThat(FIXED.toJson())
        .isEqualTo(
            """
            {
              "tonearm_version" : "0.1.0",
              "git_commit" : "44a78e4",
              "created" : "2026-01-31T12:00:00Z",
              "java_version" : "17.0.9",
              "java_vendor" : "Debian",
              "machine" : {
                "os" : "Linux 6.1",
                "arch" : "amd64",
                "cpu" : "AMD EPYC",
                "cpu_flags" : [ "avx2" ],
                "cores" : 2
              },
              "entries" : {
                "data_digest" : "e3b0",
                "seed" : "-9223372036854775808"
              }
            }
            """);
  }

  @Test
  void jsonRoundTrip() throws IOException {
    assertThat(Provenance.fromJson(FIXED.toJson())).isEqualTo(FIXED);
    Provenance now = Provenance.now(Map.of());
    assertThat(Provenance.fromJson(now.toJson())).isEqualTo(now);
  }

  @Test
  void jsonThatIsNotOursIsRefusedWithItsCause() {
    assertThatThrownBy(
            () -> Provenance.fromJson(FIXED.toJson().replace("\"cores\"", "\"gpu\":1,\"cores\"")))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("JSON, in machine")
        .hasMessageContaining("unknown key \"gpu\"")
        .hasMessageContaining("cpu_flags");
    assertThatThrownBy(() -> Provenance.fromJson("{\n\"java_vendor\" nothing}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 2");
    assertThatThrownBy(
            () -> Provenance.fromJson(FIXED.toJson().replaceFirst("\"java_vendor\".*\n", "")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("\"java_vendor\" is missing");
    assertThatThrownBy(
            () -> Provenance.fromJson(FIXED.toJson().replace("2026-01-31T12", "31 January")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("2026-01-31T12:00:00Z was expected");
    assertThatThrownBy(() -> Provenance.fromJson("null")).hasMessageContaining("null");
    assertThatThrownBy(() -> Provenance.fromJson("")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> Provenance.fromJson(FIXED.toJson() + "{}"))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(
            () ->
                Provenance.fromJson(FIXED.toJson().replaceFirst("\\{", "{\"java_version\":\"1\",")))
        .hasMessageContaining("Duplicate");
  }

  @Test
  void provenanceCannotBeChanged() {
    assertThatThrownBy(() -> FIXED.entries().put("seed", "1"))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(FIXED.with("precision", "bf16").entries())
        .containsEntry("precision", "bf16")
        .containsKey("seed");
    assertThatThrownBy(() -> FIXED.with("seed", "1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("already has \"seed\"");
  }

  @Test
  void theCpuIsReadAsLinuxDescribesIt() {
    String cpuinfo =
        """
        processor\t: 0
        model name\t: AMD EPYC 9654
        flags\t\t: fpu avx avx2 avx512_bf16 avx512f

        processor\t: 1
        model name\t: AMD EPYC 9654
        flags\t\t: fpu avx avx2 avx512_bf16 avx512f
        """;
    Machine machine = Machine.of("Linux", "amd64", cpuinfo, 2);
    assertThat(machine.cpu()).isEqualTo("AMD EPYC 9654");
    assertThat(machine.cpuFlags()).containsExactly("avx2", "avx512_bf16");
    assertThat(machine.hasBf16()).isTrue();
    assertThat(Machine.of("Linux", "amd64", cpuinfo.replace("avx512_bf16", "amx_bf16"), 2))
        .matches(Machine::hasBf16);
  }

  @Test
  void aMachineThatTellsNothingIsNamedByItsArchitecture() {
    Machine machine = Machine.of("Mac OS X 15", "aarch64", "", 8);
    assertThat(machine.cpu()).isEqualTo("aarch64");
    assertThat(machine.cpuFlags()).isEmpty();
    assertThat(machine.hasBf16()).isFalse();
  }
}
