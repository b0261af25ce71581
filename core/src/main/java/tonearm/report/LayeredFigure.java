package tonearm.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tonearm.model.NetworkGraph;
import tonearm.model.NetworkGraph.Node;
import tonearm.model.Shape;
import tonearm.report.Pen.Anchor;

/**
 * Figure 4: every layer of the network as a block in perspective, sized by its shape and coloured
 * by its kind, as visualkeras (Gavrikov 2020) draws networks. Read from the network object.
 */
final class LayeredFigure {
  private static final double MARGIN = 16;
  private static final double TALLEST = 150;
  private static final double DEPTH = 0.26;
  private static final double GAP = 3;

  /** A block and its place: left and bottom of its front. */
  private record Block(Node node, double x, double y, double width, double height, double depth) {}

  private final NetworkGraph graph;
  private final List<Block> blocks = new ArrayList<>();
  private final List<Label> labels = new ArrayList<>();
  private final double bottom;

  /** A stage's name and the shape it gives, below its blocks. */
  private record Label(String stage, String shape, double from, double to, double y) {}

  private LayeredFigure(NetworkGraph graph) {
    this.graph = graph;
    int split = LayerKind.unetLength(graph);
    List<Node> nodes = graph.nodes();
    double end = placeRow(nodes.subList(0, split), MARGIN + TALLEST * (1 + DEPTH));
    if (split < nodes.size()) {
      end = placeParallel(nodes.subList(split, nodes.size()), end);
    }
    bottom = end;
  }

  static Figure of(NetworkGraph graph) {
    LayeredFigure drawing = new LayeredFigure(graph);
    return new Figure(
        "04-layers",
        "The whole network, layer by layer",
        "Every layer is a block: the higher and deeper, the larger the picture it gives (height and"
            + " width); the wider, the more channels. Below stand the blocks' names with the shape"
            + " of what each gives: channels × height × width.",
        Figure.PAGE_WIDTH,
        (int) Math.ceil(drawing.bottom + 56),
        drawing::paint);
  }

  private double largest() {
    return graph.inputShape().height();
  }

  private double height(Shape shape) {
    return 7 + (TALLEST - 7) * Math.pow(shape.height() / largest(), 0.55);
  }

  private double depth(Shape shape) {
    return DEPTH * (7 + (TALLEST - 7) * Math.pow(shape.width() / largest(), 0.55));
  }

  private static double naturalWidth(Node node) {
    double width = 2.5 + 1.5 * Math.sqrt(Math.min(node.shape().channels(), 2048));
    return LayerKind.of(node.layer()).isElementwise() ? Math.max(3, width / 3) : width;
  }

  /** One block after another, as wide as the page lets them be. */
  private double placeRow(List<Node> nodes, double floor) {
    double natural = nodes.stream().mapToDouble(LayeredFigure::naturalWidth).sum();
    double room = Figure.PAGE_WIDTH - 2 * MARGIN - TALLEST * DEPTH - GAP * nodes.size();
    double scale = Math.min(2, room / natural);
    double x = MARGIN;
    double start = x;
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      double width = naturalWidth(node) * scale;
      blocks.add(block(node, x, floor, width));
      x += width + GAP;
      boolean endsStage =
          i == nodes.size() - 1 || !LayerKind.stage(nodes.get(i + 1)).equals(LayerKind.stage(node));
      if (endsStage) {
        labels.add(
            new Label(LayerKind.stage(node), node.shape().toString(), start, x - GAP, floor));
        start = x;
      }
    }
    return floor + 66;
  }

  private Block block(Node node, double x, double floor, double width) {
    return new Block(node, x, floor, width, height(node.shape()), depth(node.shape()));
  }

  /** Stages side by side, a branch above the other in each. */
  private double placeParallel(List<Node> nodes, double top) {
    List<ParallelFigure.Stage> stages = ParallelFigure.stages(graph);
    Shape first = nodes.get(0).shape();
    double laneHeight = height(first) + depth(first) + 14;
    int lanes = stages.stream().mapToInt(s -> s.lanes).max().orElse(1);
    double floor = top + lanes * laneHeight + 6;
    double natural = 0;
    double joins = 0;
    int steps = 0;
    for (ParallelFigure.Stage stage : stages) {
      natural += widths(stage).stream().mapToDouble(w -> w).sum();
      steps += stage.steps;
      joins += joinGap(stage);
    }
    double room =
        Figure.PAGE_WIDTH
            - 2 * MARGIN
            - depth(first)
            - joins
            - GAP * steps
            - 26 * (stages.size() - 1);
    double scale = Math.min(1.8, room / natural);
    double x = MARGIN;
    for (ParallelFigure.Stage stage : stages) {
      double start = x;
      List<Double> widths = widths(stage);
      Map<Integer, Double> left = new HashMap<>();
      for (int step = 0; step < widths.size(); step++) {
        x += step == joinStep(stage) ? joinGap(stage) : 0;
        left.put(step, x);
        x += widths.get(step) * scale + GAP;
      }
      for (Node node : stage.nodes) {
        Integer lane = stage.lane.get(node.index());
        double lift = lane == null ? (stage.lanes - 1) / 2.0 : stage.lanes - 1 - lane;
        blocks.add(
            block(
                node,
                left.getOrDefault(stage.step.getOrDefault(node.index(), 0), x),
                floor - lift * laneHeight,
                naturalWidth(node) * scale));
      }
      Node last = stage.nodes.get(stage.nodes.size() - 1);
      labels.add(new Label(stage.name, last.shape().toString(), start, x - GAP, floor));
      x += 26;
    }
    return floor + 44;
  }

  /** The step at which branches are joined; -1 if there are none. */
  private static int joinStep(ParallelFigure.Stage stage) {
    return stage.lanes < 2
        ? -1
        : stage.nodes.stream()
            .filter(n -> !stage.lane.containsKey(n.index()))
            .mapToInt(n -> stage.step.getOrDefault(n.index(), 0))
            .min()
            .orElse(-1);
  }

  /** Room for the depth of the branches' last blocks, which what joins them would hide. */
  private double joinGap(ParallelFigure.Stage stage) {
    int join = joinStep(stage);
    return stage.nodes.stream()
        .filter(n -> stage.step.getOrDefault(n.index(), 0) == join)
        .flatMap(n -> n.inputs().stream())
        .mapToDouble(i -> depth(graph.nodes().get(i).shape()))
        .max()
        .orElse(0);
  }

  /** Width of each step of a stage: that of its widest layer. */
  private static List<Double> widths(ParallelFigure.Stage stage) {
    List<Double> widths = new ArrayList<>();
    for (int step = 0; step < stage.steps; step++) {
      int at = step;
      widths.add(
          stage.nodes.stream()
              .filter(n -> stage.step.getOrDefault(n.index(), 0) == at)
              .mapToDouble(LayeredFigure::naturalWidth)
              .max()
              .orElse(0));
    }
    return widths;
  }

  private void paint(Pen pen) {
    blocks.forEach(block -> paint(pen, block));
    double previousEnd = Double.NEGATIVE_INFINITY;
    double line = Double.NaN;
    boolean lowered = false;
    for (Label label : labels) {
      if (label.y() != line) {
        line = label.y();
        previousEnd = Double.NEGATIVE_INFINITY;
      }
      double middle = (label.from() + label.to()) / 2;
      double half =
          Math.max(
                  Lettering.width(label.stage(), 10.5, false),
                  Lettering.width(label.shape(), 10, false))
              / 2;
      middle = Math.min(Math.max(middle, half + 4), Figure.PAGE_WIDTH - half - 4);
      if (middle - half < previousEnd + 6) {
        lowered = !lowered;
      } else {
        lowered = false;
      }
      double y = label.y() + (lowered ? 27 : 0);
      pen.line(Palette.GREY, 0.8, label.from(), label.y() + 4, label.to(), label.y() + 4);
      pen.text(label.stage(), middle, y + 17, Anchor.MIDDLE, 10.5, Palette.BLACK);
      pen.text(label.shape(), middle, y + 30, Anchor.MIDDLE, 10, Palette.GREY);
      previousEnd = middle + half;
    }
    pen.legend(LayerKind.legend(graph.nodes()), 20, bottom + 14, Figure.PAGE_WIDTH - 40);
  }

  private static void paint(Pen pen, Block b) {
    var colour = LayerKind.of(b.node().layer()).colour();
    double top = b.y() - b.height();
    double right = b.x() + b.width();
    double d = b.depth();
    var edge = Palette.lighter(colour, -0.45);
    double[] roof = {b.x(), top, b.x() + d, top - d, right + d, top - d, right, top};
    double[] side = {right, top, right + d, top - d, right + d, b.y() - d, right, b.y()};
    pen.polygon(Palette.lighter(colour, 0.35), roof);
    pen.polygon(Palette.lighter(colour, -0.2), side);
    pen.fill(colour, b.x(), top, b.width(), b.height());
    pen.polyline(edge, 0.5, Pen.Dash.SOLID, closed(roof));
    pen.polyline(edge, 0.5, Pen.Dash.SOLID, closed(side));
    pen.frame(edge, 0.5, b.x(), top, b.width(), b.height());
  }

  private static double[] closed(double[] corners) {
    double[] points = java.util.Arrays.copyOf(corners, corners.length + 2);
    points[corners.length] = corners[0];
    points[corners.length + 1] = corners[1];
    return points;
  }
}
