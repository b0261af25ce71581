package tonearm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tonearm.model.ModelConfig.Activation;
import tonearm.model.NetworkGraph.Node;

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
    refused(() -> ModelConfig.preset("resnet"), "reference-unet, tiny-unet");
  }

  private static ModelConfig tiny(int size, List<Integer> encoder, double dropout) {
    return new ModelConfig("x", size, 4, encoder, 8, List.of(4), Activation.RELU, true, dropout);
  }

  private static void refused(Runnable what, String message) {
    assertThatIllegalArgumentException().isThrownBy(what::run).withMessageContaining(message);
  }
}
