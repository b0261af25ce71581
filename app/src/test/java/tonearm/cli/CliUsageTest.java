package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The front door: help, version, list of models, wrong words. */
class CliUsageTest {
  static List<String> commands() {
    return List.copyOf(Tonearm.commandLine().getSubcommands().keySet());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelpWithAnExample(String command) {
    Cli cli = Cli.run(command, "--help");

    assertThat(cli.status()).isZero();
    assertThat(cli.err()).isEmpty();
    assertThat(cli.out())
        .startsWith("Usage: tonearm " + command)
        .containsPattern("Examples?:\\R  tonearm " + command);
  }

  @Test
  void theHelpListsAllCommandsAndExitStatuses() {
    Cli cli = Cli.run("--help");

    assertThat(cli.status()).isZero();
    assertThat(cli.out()).contains(commands()).contains("Exit status:", "130", "Example:");
  }

  @Test
  void noCommandIsWrongUsage() {
    Cli.run().assertFails(2, "which command?");
  }

  @Test
  void aMisspeltCommandIsWrongUsage() {
    Cli cli = Cli.run("classfy", "a.mp3");

    assertThat(cli.status()).isEqualTo(2);
    assertThat(cli.err()).startsWith("tonearm: ").contains("classify");
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void anEmptyNameIsNotTheWorkingFolder() {
    Cli.run("classify", "-r", "").assertFails(2, "an empty name");
    Cli.run("tag", "-r", "", "--write").assertFails(2, "an empty name");
    Cli.run("library", "forget", "").assertFails(2, "an empty name");
  }

  @Test
  void wrongUsageIsToldOnceAndPlainly() {
    Cli.run("classify", "a.mp3", "--json", "--csv").assertFails(2, "tonearm: --json, --csv are");
    Cli.run("tag", "a.mp3", "--map", "jazz").assertFails(2, "for option '--map'");
  }

  @Test
  void theVersionIsOfThisBuild() {
    Cli cli = Cli.run("version");

    assertThat(cli.status()).isZero();
    assertThat(cli.lines()).hasSize(3).first().asString().matches("tonearm \\d+\\.\\d+\\.\\d+.*");
    assertThat(Cli.run("--version").out()).isEqualTo(cli.out());
  }

  @Test
  void theReferenceHasAsManyParametersAsKerasCounts() throws IOException {
    Cli cli = Cli.run("models", "--json");

    assertThat(cli.status()).isZero();
    Map<String, JsonNode> architectures = new HashMap<>();
    for (JsonNode a : new ObjectMapper().readTree(cli.out()).get("architectures")) {
      architectures.put(a.get("name").asText(), a);
    }
    JsonNode reference = Objects.requireNonNull(architectures.get("reference-unet"));
    assertThat(reference.get("parameters").asLong()).isEqualTo(3_446_170);
    assertThat(reference.get("trainable_parameters").asLong()).isEqualTo(3_445_690);
    assertThat(reference.get("input_shape").toString()).isEqualTo("[1,256,256]");
    assertThat(Cli.run("models").out()).contains("3,446,170 parameters");
  }
}
