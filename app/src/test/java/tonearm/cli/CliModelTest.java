package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tonearm.audio.TestAudio;
import tonearm.audio.TestFormat;
import tonearm.model.ModelBundle;
import tonearm.model.Safetensors;
import tonearm.terminal.Interruption;

/** Models that are none, or no longer what they were: refused with one line, never used. */
class CliModelTest {
  private static final String KEY = "tonearm";

  @TempDir private Path folder;
  private Path song = Path.of("set before each");
  private Path bundle = Path.of("set before each");
  private Path weights = Path.of("set before each");

  @BeforeEach
  void makeBundle() throws IOException {
    float[] tone = TestAudio.tone(440, 1, 8000);
    song = TestAudio.write(folder.resolve("song.wav"), TestFormat.WAV_S16, 8000, tone);
    bundle = TinyModel.write(folder.resolve("tiny"));
    weights = bundle.resolve(ModelBundle.WEIGHTS_FILE);
  }

  @AfterAll
  static void commandsAreOver() {
    Interruption.finished();
  }

  private void assertRefused(Object model, String... words) {
    Cli.run("classify", "--model", model, song).assertFails(1, words);
  }

  @Test
  void anUnknownNameListsTheKnownOnes() throws IOException {
    Path home = folder.resolve("home");
    TinyModel.write(home.resolve("models/first"));
    TinyModel.write(home.resolve("models/second"));
    Cli.atHome(
        home,
        () -> {
          assertRefused("third", "'third'", "there are: first, second");
          assertRefused("", "no model is called ''");
          assertThat(Cli.run("classify", "--model", "first", song).status()).isZero();
          assertThat(Cli.run("models").out()).contains("tiny", "blues, jazz, rock");
        });
  }

  @Test
  void ofOneModelItTellsWhatIsLeftOfEachKernel() throws IOException {
    Safetensors stored = Safetensors.read(weights);
    Map<String, Safetensors.Array> arrays = new LinkedHashMap<>(stored.arrays());
    Safetensors.Array kernel = Objects.requireNonNull(arrays.get("stem.conv.weight"));
    float[] values = kernel.values().clone();
    Arrays.fill(values, 0, values.length / 4, 1e-30f);
    Arrays.fill(values, values.length / 4, values.length, -0.5f);
    arrays.put("stem.conv.weight", new Safetensors.Array(kernel.shape(), values));
    new Safetensors(arrays, stored.metadata()).write(weights);

    String text = Cli.run("models", bundle).out();
    assertThat(text)
        .containsPattern(
            "stem\\.conv +%d weights +rms +0\\.43 +25\\.0 %% below".formatted(values.length))
        .containsPattern("head\\.dense .* 0\\.0 % below")
        .containsPattern("\n  all +[0-9,]+ weights")
        .doesNotContain("norm", "bias");
    assertThat(
            new ObjectMapper().readTree(Cli.run("models", "--json", bundle).out()).at("/kernels/0"))
        .hasToString(
            "{\"layer\":\"stem.conv\",\"weights\":%d,\"rms\":%s,\"negligible\":%d}"
                .formatted(values.length, Math.sqrt(0.1875), values.length / 4));
    Cli.run("models", folder).assertFails(1, folder + " is not a model bundle");
  }

  @Test
  void aFolderWithoutABundleIsRefused() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));

    assertRefused(empty, empty + " is not a model bundle", ModelBundle.WEIGHTS_FILE);
    assertRefused(weights, "no model is called '" + weights + "'");
  }

  @Test
  void aTextIsRefused() throws IOException {
    Files.writeString(weights, "import os; os.system('true')\n");

    assertRefused(bundle, weights.toString(), "not a safetensors file");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.0001, 0.02, 0.25, 0.5, 0.999})
  void aFileThatWasCutIsRefused(double part) throws IOException {
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(bytes, (int) (part * bytes.length)));

    assertRefused(bundle, weights.toString(), "truncated");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.3, 0.6, 0.9, 0.9999})
  void aFlippedBitInTheWeightsIsRefused(double place) throws IOException {
    byte[] bytes = Files.readAllBytes(weights);
    bytes[(int) (place * bytes.length)] ^= 1;
    Files.write(weights, bytes);

    assertRefused(bundle, weights.toString(), "damaged or was altered");
    Path out = folder.resolve("answers.csv");
    Cli cli = Cli.run("classify", "--csv", "-o", out, "--model", bundle, song);
    cli.assertFails(1, weights.toString());
    assertThat(cli.err()).as("the answers' file is not to blame").doesNotContain(out.toString());
    assertThat(out).doesNotExist();
  }

  @Test
  void anAlteredHeaderIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(weights);
    String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    int at = text.indexOf("blues");
    bytes[at] = 'g';
    Files.write(weights, bytes);

    assertRefused(bundle, weights.toString(), "damaged or was altered");
  }

  @Test
  void somethingAppendedIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(bytes, bytes.length + 16));

    assertRefused(bundle, weights.toString(), "damaged");
  }

  @Test
  void weightsOfAnotherArchitectureAreRefused() throws IOException {
    rewrite(d -> ((ObjectNode) d.get("model")).put("stem_filters", 8));

    assertRefused(bundle, weights.toString(), "has shape", "the architecture needs");
  }

  @Test
  void weightsWithoutADescriptionAreRefused() throws IOException {
    new Safetensors(Safetensors.read(weights).arrays(), Map.of()).write(weights);

    assertRefused(bundle, weights.toString(), "is not a Tonearm model");
  }

  @Test
  void aFormatOfTheFutureIsToldAsSuch() throws IOException {
    rewrite(d -> d.put("format_version", 2));
    assertRefused(bundle, weights.toString(), "bundle format 2 is not known");

    rewrite(d -> d.put("format_version", 3).put("dreams", "electric"));
    assertRefused(bundle, weights.toString());
  }

  @Test
  void featuresThatCannotBeComputedAreRefused() throws IOException {
    rewrite(d -> ((ObjectNode) d.get("features")).put("n_fft", 1 << 30));
    assertRefused(bundle, weights.toString(), "nFft");
  }

  @Test
  void aMissingAndAForeignWeightAreNamed() throws IOException {
    Safetensors stored = Safetensors.read(weights);
    Map<String, Safetensors.Array> arrays = new LinkedHashMap<>(stored.arrays());
    String first = arrays.keySet().iterator().next();
    Safetensors.Array array = Objects.requireNonNull(arrays.remove(first));
    new Safetensors(arrays, stored.metadata()).write(weights);
    assertRefused(bundle, weights.toString(), "weight " + first + " is missing");

    arrays.put(first, array);
    arrays.put("backdoor", array);
    new Safetensors(arrays, stored.metadata()).write(weights);
    assertRefused(bundle, weights.toString(), "weight backdoor is not of this architecture");
  }

  @Test
  void weightsThatAreNoNumbersAreRefused() throws IOException {
    Safetensors stored = Safetensors.read(weights);
    List<Safetensors.Array> arrays = List.copyOf(stored.arrays().values());
    arrays.get(0).values()[0] = Float.NaN;
    new Safetensors(stored.arrays(), stored.metadata()).write(weights);

    assertRefused(bundle, weights.toString(), "values not finite");
  }

  private interface Change {
    void to(ObjectNode description);
  }

  /** Another description, with checksums that fit: made so, not damaged. */
  private void rewrite(Change change) throws IOException {
    Safetensors stored = Safetensors.read(weights);
    ObjectMapper json = new ObjectMapper();
    ObjectNode description = (ObjectNode) json.readTree(stored.metadata().get(KEY));
    change.to(description);
    new Safetensors(stored.arrays(), Map.of(KEY, json.writeValueAsString(description)))
        .write(weights);
  }
}
