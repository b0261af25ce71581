package tonearm.report;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tonearm.model.Layer;
import tonearm.model.ModelConfig;
import tonearm.model.ModelConfig.Activation;
import tonearm.model.NetworkGraph;
import tonearm.model.NetworkGraph.Node;

/** The network's figures are drawn from the network: another network is another picture. */
class NetworkFiguresTest {
  private static final int GENRES = 7;

  private static final ModelConfig FOUR_STAGES =
      new ModelConfig(
          "four-stages",
          256,
          12,
          List.of(16, 24, 48, 96),
          200,
          List.of(16, 32, 64, 128, 256, 512),
          Activation.PRELU,
          false,
          0);

  static Stream<ModelConfig> networks() {
    return Stream.of(
        ModelConfig.REFERENCE_UNET,
        ModelConfig.TINY_UNET,
        ModelConfig.NARROW_UNET,
        ModelConfig.PATIL2023,
        FOUR_STAGES);
  }

  private static List<Node> unet(NetworkGraph graph) {
    return graph.nodes().subList(0, LayerKind.unetLength(graph));
  }

  private static boolean isBar(Node node) {
    return !LayerKind.of(node.layer()).isElementwise();
  }

  @ParameterizedTest
  @MethodSource("networks")
  void theUNetShowsEveryLayerAndTheU(ModelConfig config) {
    NetworkGraph graph = config.graph(GENRES);
    Svg svg = Svg.of(UNetFigure.of(graph));
    List<Node> bars = unet(graph).stream().filter(NetworkFiguresTest::isBar).toList();

    // Above each bar stands the number of its channels, from left to right as it is computed.
    List<Svg.Text> channels =
        svg.texts().stream()
            .filter(t -> t.style().contains("font-size:10.5px") && t.text().matches("\\d+"))
            .sorted(Comparator.comparingDouble(Svg.Text::x))
            .toList();
    assertThat(channels)
        .extracting(Svg.Text::text)
        .containsExactlyElementsOf(
            bars.stream().map(n -> Integer.toString(n.shape().channels())).toList());

    // The U: the smaller the picture, the lower it stands.
    for (int i = 1; i < bars.size(); i++) {
      int before = bars.get(i - 1).shape().height();
      int now = bars.get(i).shape().height();
      double fall = channels.get(i).y() - channels.get(i - 1).y();
      assertThat(Math.signum(fall)).as(bars.get(i).name()).isEqualTo(Math.signum(before - now));
    }
    assertThat(svg.words())
        .containsAll(
            bars.stream().map(n -> n.shape().height() + " × " + n.shape().width()).toList());

    // One dashed skip a stage, and one in the legend.
    assertThat(svg.dashed(Palette.BLACK)).isEqualTo(config.encoderFilters().size() + 1);
    for (int n : config.encoderFilters()) {
      assertThat(svg.words()).contains("encoder" + n, "decoder" + n);
    }
    for (LayerKind kind : LayerKind.values()) {
      long layers = unet(graph).stream().filter(n -> LayerKind.of(n.layer()) == kind).count();
      if (layers > 0 && kind != LayerKind.INPUT) {
        assertThat(svg.rects(kind.colour())).as(kind.label()).hasSize((int) layers + 1);
        assertThat(svg.words()).contains(kind.label());
      } else if (layers == 0) {
        assertThat(svg.words()).doesNotContain(kind.label());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void theParallelStagesShowEveryLayerWithItsShape(ModelConfig config) {
    NetworkGraph graph = config.graph(GENRES);
    Svg svg = Svg.of(requireNonNull(ParallelFigure.of(graph)));
    List<Node> after = graph.nodes().subList(unet(graph).size(), graph.nodes().size());

    for (Node node : after) {
      assertThat(svg.words())
          .as(node.name())
          .contains(LayerKind.describe(node.layer()), node.shape().toString());
    }
    long shapes = svg.words().stream().filter(w -> w.matches("\\d+x\\d+x\\d+")).count();
    long stages =
        after.stream().map(LayerKind::stage).filter(s -> !s.equals("head")).distinct().count();
    assertThat(shapes)
        .as("a box a layer, and what each stage takes")
        .isEqualTo(after.size() + stages);
    assertThat(svg.words()).contains("dense, " + GENRES, "from " + lastOf(unet(graph)).name());
  }

  @Test
  void branchesStandSideBySide() {
    NetworkGraph graph = ModelConfig.TINY_UNET.graph(GENRES);
    ParallelFigure.Stage stage = ParallelFigure.stages(graph).get(0);

    assertThat(stage.lanes).isEqualTo(2);
    for (Node node : stage.nodes) {
      Integer lane = stage.lane.get(node.index());
      if (node.name().contains(".a.")) {
        assertThat(lane).isZero();
      } else if (node.name().contains(".b.")) {
        assertThat(lane).isEqualTo(1);
      } else {
        assertThat(lane).as(node.name()).isNull();
      }
    }
    Svg svg = Svg.of(requireNonNull(ParallelFigure.of(graph)));
    List<Svg.Text> convolutions =
        svg.texts().stream().filter(t -> t.text().equals("conv 3×3, 4")).toList();
    assertThat(convolutions).hasSize(2);
    assertThat(convolutions.get(0).y()).isEqualTo(convolutions.get(1).y());
    assertThat(convolutions.get(0).x()).isLessThan(convolutions.get(1).x());
  }

  @ParameterizedTest
  @MethodSource("networks")
  void theLayeredViewHasABlockForEveryLayer(ModelConfig config) {
    NetworkGraph graph = config.graph(GENRES);
    Svg svg = Svg.of(LayeredFigure.of(graph));

    for (LayerKind kind : LayerKind.values()) {
      List<Node> layers =
          graph.nodes().stream().filter(n -> LayerKind.of(n.layer()) == kind).toList();
      if (layers.isEmpty() || kind == LayerKind.INPUT) {
        continue;
      }
      List<Svg.Rect> fronts = svg.rects(kind.colour());
      assertThat(fronts).as(kind.label()).hasSize(layers.size() + 1);
      // Higher pictures are higher blocks, in the order of computation.
      for (int i = 1; i < layers.size(); i++) {
        int size = Integer.compare(layers.get(i).shape().height(), layers.get(0).shape().height());
        assertThat(Math.signum(fronts.get(i).height() - fronts.get(0).height()))
            .as(layers.get(i).name())
            .isEqualTo(size);
      }
    }
    graph.nodes().stream()
        .map(LayerKind::stage)
        .distinct()
        .forEach(stage -> assertThat(svg.words()).contains(stage));
    assertThat(svg.texts()).allMatch(t -> t.x() >= 0 && t.x() < Figure.PAGE_WIDTH);
  }

  @Test
  void moreFiltersMakeWiderBlocks() {
    Svg svg = Svg.of(LayeredFigure.of(ModelConfig.REFERENCE_UNET.graph(10)));
    List<Svg.Rect> convolutions = svg.rects(LayerKind.CONVOLUTION.colour());
    // stem 16, encoder32 twice, encoder64 twice, encoder128 twice, bottleneck 256
    assertThat(convolutions.get(1).width()).isGreaterThan(convolutions.get(0).width());
    assertThat(convolutions.get(3).width()).isGreaterThan(convolutions.get(1).width());
    assertThat(convolutions.get(7).width()).isGreaterThan(convolutions.get(5).width());
  }

  @Test
  void everyKindOfLayerHasAName() {
    assertThat(LayerKind.of(new Layer.GlobalAveragePool())).isEqualTo(LayerKind.AVERAGE_POOL);
    assertThat(LayerKind.describe(new Layer.Dropout(0.25))).isEqualTo("dropout 0.25");
    assertThat(LayerKind.describe(new Layer.TransposedConvolution(8, 3, 2)))
        .isEqualTo("transposed conv 3×3, 8, stride 2");
    assertThat(Stream.of(LayerKind.values()).map(LayerKind::label).distinct())
        .hasSize(LayerKind.values().length);
    // What may stand side by side must differ by more than hue alone allows: no two alike.
    List<Color> used =
        Stream.of(LayerKind.values())
            .filter(k -> k != LayerKind.PRELU && k != LayerKind.AVERAGE_POOL)
            .map(LayerKind::colour)
            .toList();
    assertThat(used).doesNotHaveDuplicates();
  }

  private static Node lastOf(List<Node> nodes) {
    return nodes.get(nodes.size() - 1);
  }
}
