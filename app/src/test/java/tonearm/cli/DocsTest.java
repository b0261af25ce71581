package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import tonearm.features.Augmentation;
import tonearm.features.FeatureConfig;
import tonearm.model.Layer;
import tonearm.model.ModelConfig;
import tonearm.model.NetworkGraph;
import tonearm.model.NetworkGraph.Node;
import tonearm.model.NetworkGraph.Weight;
import tonearm.provenance.Json;

/** What the documents tell people to type, read and click on is there. */
class DocsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final Pattern COMMENT = Pattern.compile("(?s)<!--.*?-->");
  private static final Pattern FENCE = Pattern.compile("(?ms)^\\s*```\\w*\\R(.*?)^\\s*```\\s*$");
  private static final Pattern CODE_SPAN = Pattern.compile("`([^`\\n]+)`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.+?) *$");

  private static final Pattern SECTION = Pattern.compile("(?m)^## +(.+?) *$");

  /** A line of a list of contents: nothing but a link to a place in the same page. */
  private static final Pattern CONTENTS = Pattern.compile("(?m)^- \\[([^\\]]+)\\]\\(#[^)]+\\)$");

  /** Our own command, at the start of a line, after a prompt or after {@code ./}. */
  private static final Pattern COMMAND =
      Pattern.compile("^(?:\\$ )?(?:\\./)?tonearm(?: ([a-z][a-z-]*))?( .*)?$");

  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])(--[a-z][a-z0-9-]*|-[a-z])\\b");

  static Stream<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>();
    for (Path folder : List.of(ROOT, ROOT.resolve("docs"))) {
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(f -> f.toString().endsWith(".md")).forEach(documents::add);
      }
    }
    assertThat(documents).contains(ROOT.resolve("README.md"));
    return documents.stream().sorted();
  }

  @Test
  void theReadmeHasOneCommandToTryAndOneToTest() throws IOException {
    assertThat(commandUnder("Try it")).isEqualTo("./tonearm classify samples/twelve-bar-blues.mp3");
    assertThat(ROOT.resolve("samples/twelve-bar-blues.mp3")).isRegularFile();
    assertThat(ROOT.resolve("tonearm")).isExecutable();
    assertThat(commandUnder("Test it")).startsWith("mvn ");
  }

  @Test
  void continuousIntegrationAndMakeRunTheReadmesTest() throws IOException {
    String command = commandUnder("Test it");
    assertThat(ROOT.resolve(".ci/run")).isExecutable().content().contains("command='" + command);
    assertThat(ROOT.resolve(".ci/run")).content().containsPattern("(?m)^\\$command$");
    assertThat(ROOT.resolve("Makefile")).content().contains("\n\t" + command + "\n");
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyLinkLeadsSomewhere(Path document) throws IOException {
    List<String> broken = new ArrayList<>();
    for (String link : all(LINK, prose(document))) {
      if (link.contains("://") || link.startsWith("mailto:")) {
        continue;
      }
      int hash = link.indexOf('#');
      String path = hash < 0 ? link : link.substring(0, hash);
      Path target = path.isEmpty() ? document : document.resolveSibling(path).normalize();
      boolean there = Files.exists(target) && target.startsWith(ROOT);
      if (there && hash >= 0) {
        there = anchors(target).contains(link.substring(hash + 1));
      }
      if (!there) {
        broken.add(link);
      }
    }
    assertThat(broken).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void aListOfContentsIsWhole(Path document) throws IOException {
    List<String> listed = all(CONTENTS, Files.readString(document));
    if (!listed.isEmpty()) {
      String text = FENCE.matcher(Files.readString(document)).replaceAll("");
      assertThat(listed).isEqualTo(all(SECTION, text));
    }
  }

  @Test
  void theFormatsHaveAListOfContents() throws IOException {
    assertThat(all(CONTENTS, Files.readString(ROOT.resolve("docs/FORMATS.md")))).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyCommandAndOptionExists(Path document) throws IOException {
    Map<String, CommandLine> commands = Tonearm.commandLine().getSubcommands();
    List<String> unknown = new ArrayList<>();
    for (String code : code(document)) {
      Matcher ours = COMMAND.matcher(code);
      if (ours.matches()) {
        String name = ours.group(1);
        CommandLine command = name == null ? Tonearm.commandLine() : commands.get(name);
        if (command == null) {
          unknown.add(code + ": no such command");
        } else {
          all(OPTION, code).stream()
              .filter(option -> !has(command, option))
              .forEach(option -> unknown.add(code + ": no such option"));
        }
      } else if (code.startsWith("--")) {
        all(OPTION, code).stream()
            .filter(option -> commands.values().stream().noneMatch(c -> has(c, option)))
            .forEach(option -> unknown.add(code + ": no command has this option"));
      }
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void theReferenceNetworkIsTheOneInTheTable() throws IOException {
    NetworkGraph graph = ModelConfig.REFERENCE_UNET.graph(10);
    String page = Files.readString(ROOT.resolve("docs/REPRODUCTION.md"));
    List<String> rows = page.lines().filter(line -> line.startsWith("| `")).toList();
    for (Node node : graph.nodes()) {
      boolean stands =
          !(node.layer() instanceof Layer.Relu || node.layer() instanceof Layer.Dropout);
      if (stands) {
        long parameters = graph.weightsOf(node).stream().mapToLong(Weight::size).sum();
        String end = String.format(Locale.ROOT, " | %s | %,d |", node.shape(), parameters);
        assertThat(rows)
            .as("a row of %s that ends with %s", node.name(), end)
            .anyMatch(row -> row.startsWith("| `" + node.name() + "` |") && row.endsWith(end));
      }
    }
    assertThat(page)
        .contains(
            String.format(Locale.ROOT, "%,d", graph.parameters()),
            String.format(Locale.ROOT, "%,d", graph.trainableParameters()));
    for (ModelConfig model : List.of(ModelConfig.NARROW_UNET, ModelConfig.PATIL2023)) {
      long parameters = model.graph(10).parameters();
      assertThat(page).contains(String.format(Locale.ROOT, "%,d parameters", parameters));
    }
    double gflop = ModelConfig.PATIL2023.graph(10).flopsPerClip() / 1e9;
    double times = gflop * 1e9 / graph.flopsPerClip();
    assertThat(page)
        .contains(String.format(Locale.ROOT, "takes %.0f GFLOP", gflop))
        .contains(String.format(Locale.ROOT, "%.0f times the operations", times));
    assertThat(Files.readString(ROOT.resolve("README.md")))
        .contains(String.format(Locale.ROOT, "%,d parameters", graph.parameters()));
  }

  @Test
  void theFeaturePresetsAreThoseInTheTable() throws IOException {
    assertTable(FeatureConfig.presetNames(), FeatureConfig::preset);
  }

  @Test
  void theAugmentationsAreThoseInTheTable() throws IOException {
    assertTable(Augmentation.presetNames(), Augmentation::preset);
  }

  /** Each named record has its column in a table of the formats, and each of its keys a row. */
  private static void assertTable(List<String> names, Function<String, Object> preset)
      throws IOException {
    List<List<String>> rows =
        Files.readAllLines(ROOT.resolve("docs/FORMATS.md")).stream().map(DocsTest::cells).toList();
    List<String> header =
        rows.stream()
            .filter(row -> !row.isEmpty() && row.get(0).equals("key") && row.contains(names.get(0)))
            .findFirst()
            .orElseThrow();
    for (String name : names) {
      int column = header.indexOf(name);
      assertThat(column).as("the column of %s", name).isPositive();
      Map<?, ?> keys = Json.fromText(Json.toText(preset.apply(name)), Map.class);
      keys.remove("name");
      keys.forEach(
          (key, value) ->
              assertThat(rows)
                  .as("%s of %s is %s", key, name, value)
                  .anyMatch(
                      row ->
                          row.size() == header.size()
                              && row.get(0).equals(key)
                              && row.get(column).equals(String.valueOf(value))));
    }
  }

  /** The single line of the only fenced block in a section of the README. */
  private static String commandUnder(String heading) throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    Matcher section = Pattern.compile("(?ms)^## " + heading + "$(.*?)(?=^## |\\z)").matcher(readme);
    assertThat(section.find()).as("a section '## %s'", heading).isTrue();
    List<String> blocks = all(FENCE, section.group(1));
    assertThat(blocks).as("fenced blocks under '## %s'", heading).hasSize(1);
    List<String> lines = blocks.get(0).lines().toList();
    assertThat(lines).as("commands under '## %s'", heading).hasSize(1);
    return lines.get(0);
  }

  /** A document without comments and code. */
  private static String prose(Path document) throws IOException {
    String text = COMMENT.matcher(Files.readString(document)).replaceAll("");
    return CODE_SPAN.matcher(FENCE.matcher(text).replaceAll("")).replaceAll("");
  }

  /** Lines of fenced blocks and code between backticks, stripped. */
  private static List<String> code(Path document) throws IOException {
    String text = COMMENT.matcher(Files.readString(document)).replaceAll("");
    List<String> code = new ArrayList<>();
    all(FENCE, text).forEach(block -> block.lines().map(String::strip).forEach(code::add));
    all(CODE_SPAN, FENCE.matcher(text).replaceAll("")).forEach(span -> code.add(span.strip()));
    return code;
  }

  private static List<String> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(m -> m.group(1)).toList();
  }

  /** The anchors that a page's headings make, as the usual sites make them. */
  private static List<String> anchors(Path document) throws IOException {
    String text = FENCE.matcher(Files.readString(document)).replaceAll("");
    return all(HEADING, text).stream()
        .map(h -> h.toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
        .toList();
  }

  /** Of a command that has others below it, theirs count too. */
  private static boolean has(CommandLine command, String option) {
    return command.getCommandSpec().findOption(option) != null
        || command.getSubcommands().values().stream().anyMatch(below -> has(below, option));
  }

  /** The cells of a table's row, backticks left out; none for any other line. */
  private static List<String> cells(String line) {
    if (!line.startsWith("| ")) {
      return List.of();
    }
    String inner = line.substring(1, line.lastIndexOf('|'));
    return Arrays.stream(inner.split("\\|", -1)).map(c -> c.replace("`", "").strip()).toList();
  }
}
