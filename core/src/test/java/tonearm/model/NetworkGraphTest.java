package tonearm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tonearm.model.ModelConfig.Activation;
import tonearm.model.NetworkGraph.Node;
import tonearm.provenance.Json;

class NetworkGraphTest {
  @Test
  void theReferenceNetworkHasThePublishedParameters() {
    NetworkGraph graph = ModelConfig.REFERENCE_UNET.graph(10);
    assertThat(graph.parameters()).isEqualTo(3_446_170);
    assertThat(graph.trainableParameters()).isEqualTo(3_445_690);
    assertThat(graph.parameters() * 4 / 1024.0 / 1024.0).isBetween(13.145, 13.155);
  }

  /** The shapes of DESIGN, section 5, worked out by hand. */
  @Test
  void theReferenceNetworkHasTheseShapes() {
    Map<String, String> expected =
        Map.ofEntries(
            Map.entry("input", "1x256x256"),
            Map.entry("stem.conv", "16x256x256"),
            Map.entry("stem.pool", "16x128x128"),
            Map.entry("stem.drop", "16x128x128"),
            Map.entry("encoder32.drop", "32x128x128"),
            Map.entry("encoder32.pool", "32x64x64"),
            Map.entry("encoder64.drop", "64x64x64"),
            Map.entry("encoder128.drop", "128x32x32"),
            Map.entry("encoder128.pool", "128x16x16"),
            Map.entry("bottleneck.act", "256x16x16"),
            Map.entry("decoder128.up", "128x32x32"),
            Map.entry("decoder128.concat", "256x32x32"),
            Map.entry("decoder128.act2", "128x32x32"),
            Map.entry("decoder64.up", "64x64x64"),
            Map.entry("decoder64.concat", "128x64x64"),
            Map.entry("decoder32.up", "32x128x128"),
            Map.entry("decoder32.concat", "64x128x128"),
            Map.entry("decoder32.act2", "32x128x128"),
            Map.entry("unet.out", "16x128x128"),
            Map.entry("parallel32.concat", "64x64x64"),
            Map.entry("parallel64.concat", "128x32x32"),
            Map.entry("parallel128.concat", "256x16x16"),
            Map.entry("parallel256.drop", "512x8x8"),
            Map.entry("head.flatten", "32768x1x1"),
            Map.entry("head.dense", "10x1x1"));
    Map<String, String> shapes =
        ModelConfig.REFERENCE_UNET.graph(10).nodes().stream()
            .collect(Collectors.toMap(Node::name, node -> node.shape().toString()));
    assertThat(shapes).containsAllEntriesOf(expected);
  }

  /** The shapes of DESIGN's and the figure's account, and the count worked out term by term. */
  @Test
  void thePapersNetworkHasItsShapesAndParameters() {
    NetworkGraph graph = ModelConfig.PATIL2023.graph(10);
    Map<String, String> shapes =
        graph.nodes().stream()
            .collect(Collectors.toMap(Node::name, node -> node.shape().toString()));
    assertThat(shapes)
        .containsAllEntriesOf(
            Map.ofEntries(
                Map.entry("input", "1x512x512"),
                Map.entry("input.channels", "3x512x512"),
                Map.entry("encoder16.act2", "16x512x512"),
                Map.entry("encoder32.act2", "32x256x256"),
                Map.entry("encoder64.act2", "64x128x128"),
                Map.entry("encoder128.act2", "128x64x64"),
                Map.entry("bottleneck.act2", "256x32x32"),
                Map.entry("decoder128.act2", "128x64x64"),
                Map.entry("decoder16.act2", "16x512x512"),
                Map.entry("paired1.plain.conv", "64x512x512"),
                Map.entry("paired1.sum", "128x512x512"),
                Map.entry("paired2.filtered.conv", "128x256x256"),
                Map.entry("paired2.sum", "256x256x256"),
                Map.entry("paired3.sum", "1024x128x128"),
                Map.entry("paired4.plain.conv", "2048x64x64"),
                Map.entry("paired4.sum", "2048x64x64"),
                Map.entry("paired4.pool", "2048x32x32"),
                Map.entry("head.dense", "10x1x1")));

    long expected = 0;
    // Encoder and bottleneck, two convolutions and two PReLUs each; then the way back.
    expected += conv(3, 16) + conv(16, 16) + conv(16, 32) + conv(32, 32) + conv(32, 64);
    expected += conv(64, 64) + conv(64, 128) + conv(128, 128) + conv(128, 256) + conv(256, 256);
    expected += 2 * (16 + 32 + 64 + 128 + 256);
    for (long n : new long[] {128, 64, 32, 16}) {
      expected += conv(2 * n, n) + conv(2 * n, n) + conv(n, n) + 2 * n;
    }
    // Plain, filtered with its slopes; a second convolution where a path is not of the sum's width.
    expected += conv(16, 64) + conv(64, 128) + conv(16, 128) + 128;
    expected += conv(128, 256) + conv(128, 128) + 128 + conv(128, 256) + 256;
    expected += conv(256, 512) + conv(512, 1024) + conv(256, 256) + 256 + conv(256, 1024) + 1024;
    expected += conv(1024, 2048) + conv(1024, 1024) + 1024 + conv(1024, 2048) + 2048;
    expected += 2048L * 32 * 32 * 10 + 10;
    assertThat(graph.parameters()).isEqualTo(expected).isEqualTo(80_017_386);
    assertThat(graph.trainableParameters()).isEqualTo(expected);
  }

  private static long conv(long in, long out) {
    return in * out * 9 + out;
  }

  @Test
  void aConfigurationWithPairedPathsReadsBackFromJson() throws IOException {
    for (String name : ModelConfig.presetNames()) {
      ModelConfig preset = ModelConfig.preset(name);
      String json = Json.toText(preset);
      assertThat(Json.fromText(json, ModelConfig.class)).isEqualTo(preset);
      assertThat(json.contains("paired_paths")).isEqualTo(preset.pairedPaths() != null);
    }
    ModelConfig other = ModelConfig.PATIL2023.with(Activation.RELU, false, 0.3);
    assertThat(other.graph(3).parameters()).isLessThan(ModelConfig.PATIL2023.graph(3).parameters());
    assertThat(other.pairedPaths()).isEqualTo(ModelConfig.PATIL2023.pairedPaths());
  }

  @Test
  void onlyTheFirstBranchOfAParallelStageIsActivated() {
    NetworkGraph graph = ModelConfig.REFERENCE_UNET.graph(10);
    List<String> activated =
        graph.nodes().stream()
            .filter(node -> node.layer() instanceof Layer.Relu)
            .map(Node::name)
            .filter(name -> name.startsWith("parallel"))
            .toList();
    assertThat(activated)
        .containsExactly(
            "parallel32.a.act", "parallel64.a.act", "parallel128.a.act", "parallel256.a.act");
    assertThat(graph.nodes()).noneMatch(n -> n.name().startsWith("unet.") && isActivation(n));
  }

  private static boolean isActivation(Node node) {
    return node.layer() instanceof Layer.Relu || node.layer() instanceof Layer.Prelu;
  }

  @Test
  void preluAddsOneSlopeAChannel() {
    ModelConfig prelu =
        new ModelConfig("x", 32, 4, List.of(4, 8), 8, List.of(4, 8), Activation.PRELU, true, 0.2);
    long slopes = 4 + 2 * (4 + 8) + 8 + 2 * (8 + 4) + (4 + 8);
    assertThat(prelu.graph(3).parameters())
        .isEqualTo(ModelConfig.TINY_UNET.graph(3).parameters() + slopes);
    NetworkGraph keras = prelu.with(Activation.KERAS_PRELU, true, 0.2).graph(3);
    long places =
        keras.nodes().stream()
            .filter(node -> node.layer() instanceof Layer.KerasPrelu)
            .mapToLong(node -> node.shape().size())
            .sum();
    assertThat(keras.parameters()).isEqualTo(ModelConfig.TINY_UNET.graph(3).parameters() + places);
  }

  @Test
  void flopsAreThoseOfTheConvolutionsAndTheDenseLayer() {
    NetworkGraph.Builder builder = NetworkGraph.builder(new Shape(2, 8, 8));
    Node x = builder.add("c", new Layer.Convolution(3, 3, 1), builder.input());
    x = builder.add("t", new Layer.TransposedConvolution(4, 3, 2), x);
    builder.add("d", new Layer.Dense(5), x);
    long conv = 2L * 3 * 8 * 8 * 2 * 9;
    long transposed = 2L * 3 * 8 * 8 * 4 * 9;
    long dense = 2L * 4 * 16 * 16 * 5;
    assertThat(builder.build().flopsPerClip()).isEqualTo(conv + transposed + dense);
  }

  @Test
  void shapesThatDoNotFitAreRefusedByName() {
    NetworkGraph.Builder builder = NetworkGraph.builder(new Shape(2, 4, 4));
    Node input = builder.input();
    Node half = builder.add("half", new Layer.MaxPool(2), input);
    refused(() -> builder.add("cat", new Layer.Concatenate(), input, half), "cat: cannot");
    refused(() -> builder.add("sum", new Layer.Sum(), input, half), "sum: cannot add");
    refused(() -> builder.add("none", new Layer.Concatenate()), "none: takes at least one input");
    refused(() -> builder.add("two", new Layer.Relu(), input, half), "two: takes one input");
    refused(() -> builder.add("pool", new Layer.MaxPool(5), input), "pool: a shape needs");
    refused(() -> builder.add("half", new Layer.Relu(), input), "two layers are called half");
    Node stranger = NetworkGraph.builder(new Shape(2, 2, 2)).input();
    refused(() -> builder.add("alien", new Layer.Relu(), stranger), "alien: its input input is no");
  }

  @Test
  void layersRefuseWhatTheyCannotBe() {
    refused(() -> new Layer.Convolution(0, 3, 1), "filters must be at least 1, not 0");
    refused(() -> new Layer.Convolution(1, 2, 1), "kernel must be odd, not 2");
    refused(() -> new Layer.TransposedConvolution(1, 3, 0), "stride must be at least 1, not 0");
    refused(() -> new Layer.MaxPool(0), "size must be at least 1, not 0");
    refused(() -> new Layer.Dense(0), "units must be at least 1, not 0");
    refused(() -> new Layer.Dropout(1), "dropout rate must be in [0, 1), not 1.0");
    refused(() -> new Shape(1, 0, 1), "a shape needs at least 1 of each, not 1x0x1");
  }

  @Test
  void configurationsRefuseWhatCannotBeBuilt() {
    refused(() -> tiny(30, List.of(4, 8), 0.2), "inputSize must be a multiple of 8 up to 2048");
    refused(() -> tiny(32, List.of(4, 4), 0.2), "these must differ");
    refused(() -> tiny(32, List.of(), 0.2), "encoderFilters needs 1 to 8 stages, not 0");
    refused(() -> tiny(32, List.of(4, 5000), 0.2), "from 1 to 4096, not 5000");
    refused(() -> tiny(32, List.of(4, 8), 1), "dropout must be in [0, 1), not 1.0");
    refused(() -> paired(4, List.of()), "neither a stem nor parallel convolutions");
    refused(() -> paired(0, List.of(4)), "neither a stem nor parallel convolutions");
    refused(() -> new PairedPaths(0, List.of(new PairedPaths.Stage(1, 1, 1))), "1 to 16 channels");
    refused(() -> new PairedPaths(1, List.of()), "1 to 8 stages, not 1 and 0");
    refused(() -> new PairedPaths.Stage(1, 0, 1), "from 1 to 4096, not 0");
    refused(() -> ModelConfig.preset("resnet"), "reference-unet, tiny-unet, tonearm-base");
  }

  private static ModelConfig paired(int stem, List<Integer> parallel) {
    PairedPaths paths = new PairedPaths(1, List.of(new PairedPaths.Stage(4, 4, 4)));
    return new ModelConfig(
        "x", 32, stem, List.of(4), 8, parallel, Activation.RELU, true, 0.2, paths, null);
  }

  private static ModelConfig tiny(int size, List<Integer> encoder, double dropout) {
    return new ModelConfig("x", size, 4, encoder, 8, List.of(4), Activation.RELU, true, dropout);
  }

  private static void refused(Runnable what, String message) {
    assertThatIllegalArgumentException().isThrownBy(what::run).withMessageContaining(message);
  }
}
