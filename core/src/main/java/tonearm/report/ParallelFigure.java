package tonearm.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tonearm.model.NetworkGraph;
import tonearm.model.NetworkGraph.Node;
import tonearm.report.Pen.Anchor;
import tonearm.report.Pen.Dash;

/**
 * Figure 2: the parallel convolutions, a column for each stage, its branches side by side, read
 * from the network object.
 */
final class ParallelFigure {
  private static final int COLUMNS = 4;
  private static final double BOX_HEIGHT = 36;
  private static final double PITCH = 56;
  private static final double MARGIN = 14;
  private static final double BETWEEN = 26;
  private static final double HEADER = 34;
  private static final double LANE_GAP = 8;

  /** A stage and where its layers stand: steps downwards, lanes across. */
  static final class Stage {
    final String name;
    final List<Node> nodes = new ArrayList<>();
    final Map<Integer, Integer> step = new HashMap<>();

    /** The branch a layer is in, from 0; absent where branches have not parted or are joined. */
    final Map<Integer, Integer> lane = new HashMap<>();

    int lanes;
    int steps;

    Stage(String name) {
      this.name = name;
    }
  }

  /** Where a layer is drawn. */
  private record Box(double x, double y, double width) {
    double middle() {
      return x + width / 2;
    }
  }

  private final NetworkGraph graph;
  private final List<Stage> stages;

  private ParallelFigure(NetworkGraph graph) {
    this.graph = graph;
    this.stages = stages(graph);
  }

  /** The figure; null if the network has no parallel stages. */
  static @Nullable Figure of(NetworkGraph graph) {
    ParallelFigure drawing = new ParallelFigure(graph);
    if (drawing.stages.isEmpty()) {
      return null;
    }
    return new Figure(
        "02-parallel-convolutions",
        "The parallel convolutions",
        "A column is a stage: the same picture goes through its branches side by side, then they"
            + " are joined. Below each layer stands the shape of what it gives: channels × height ×"
            + " width.",
        Figure.PAGE_WIDTH,
        (int) Math.ceil(drawing.lineTop(drawing.lines()) + 48),
        drawing::paint);
  }

  /** The stages after the U-Net, the head as one of them, each layer with its step and lane. */
  static List<Stage> stages(NetworkGraph graph) {
    int from = LayerKind.unetLength(graph);
    Map<String, Stage> stages = new LinkedHashMap<>();
    for (Node node : graph.nodes().subList(from, graph.nodes().size())) {
      String name = LayerKind.stage(node);
      Stage stage = stages.computeIfAbsent(name, Stage::new);
      stage.nodes.add(node);
    }
    stages.values().forEach(ParallelFigure::place);
    return List.copyOf(stages.values());
  }

  private static void place(Stage stage) {
    List<Node> entries = new ArrayList<>();
    for (Node node : stage.nodes) {
      List<Integer> inside = node.inputs().stream().filter(stage.step::containsKey).toList();
      int step = inside.stream().mapToInt(i -> stage.step.getOrDefault(i, 0) + 1).max().orElse(0);
      stage.step.put(node.index(), step);
      stage.steps = Math.max(stage.steps, step + 1);
      if (inside.isEmpty()) {
        entries.add(node);
        stage.lane.put(node.index(), entries.size() - 1);
      } else if (inside.size() == 1 && stage.lane.containsKey(inside.get(0))) {
        stage.lane.put(node.index(), stage.lane.getOrDefault(inside.get(0), 0));
      }
    }
    stage.lanes = entries.size();
    if (entries.size() == 1) {
      stage.lane.clear();
    }
  }

  /** What stands below each other: a stage with branches, and what follows it without any. */
  private List<List<Stage>> columns() {
    List<List<Stage>> columns = new ArrayList<>();
    for (Stage stage : stages) {
      if (stage.lanes > 1 || columns.isEmpty()) {
        columns.add(new ArrayList<>());
      }
      columns.get(columns.size() - 1).add(stage);
    }
    return columns;
  }

  private static int steps(List<Stage> column) {
    return column.stream().mapToInt(stage -> stage.steps).sum();
  }

  private int lines() {
    return (columns().size() + COLUMNS - 1) / COLUMNS;
  }

  private List<List<Stage>> line(int line) {
    List<List<Stage>> columns = columns();
    return columns.subList(line * COLUMNS, Math.min(columns.size(), (line + 1) * COLUMNS));
  }

  private double lineHeight(int line) {
    int steps = line(line).stream().mapToInt(ParallelFigure::steps).max().orElse(0);
    return HEADER + PITCH * (steps + 1) + 4;
  }

  private double lineTop(int line) {
    double top = MARGIN;
    for (int i = 0; i < line; i++) {
      top += lineHeight(i) + 16;
    }
    return top;
  }

  private void paint(Pen pen) {
    int across = Math.min(COLUMNS, columns().size());
    double width = (Figure.PAGE_WIDTH - 2 * MARGIN - BETWEEN * (across - 1)) / across;
    for (int line = 0; line < lines(); line++) {
      double left = MARGIN;
      for (List<Stage> column : line(line)) {
        pen.fill(Palette.FAINT, left - 5, lineTop(line), width + 10, lineHeight(line));
        paintColumn(pen, column, left, lineTop(line), width);
        left += width + BETWEEN;
      }
    }
    List<Node> nodes = stages.stream().flatMap(stage -> stage.nodes.stream()).toList();
    pen.legend(LayerKind.legend(nodes), MARGIN, lineTop(lines()) + 2, Figure.PAGE_WIDTH - 28);
  }

  private void paintColumn(Pen pen, List<Stage> column, double left, double top, double width) {
    String name = String.join(", ", column.stream().map(stage -> stage.name).toList());
    pen.text(name, left + width / 2, top + 20, Anchor.MIDDLE, 13, Palette.BLACK, true);
    Map<Integer, Box> boxes = new HashMap<>();
    double y = top + HEADER;
    Node first = column.get(0).nodes.get(0);
    if (!first.inputs().isEmpty()) {
      Node source = graph.nodes().get(first.inputs().get(0));
      Box box = new Box(left, y, width);
      paintBox(pen, "from " + source.name(), source.shape().toString(), null, box);
      boxes.put(source.index(), box);
    }
    y += PITCH;
    for (Stage stage : column) {
      double laneWidth = (width - LANE_GAP * (stage.lanes - 1)) / stage.lanes;
      for (Node node : stage.nodes) {
        double at = y + PITCH * stage.step.getOrDefault(node.index(), 0);
        Integer lane = stage.lane.get(node.index());
        Box box =
            lane == null
                ? new Box(left, at, width)
                : new Box(left + lane * (laneWidth + LANE_GAP), at, laneWidth);
        for (int input : node.inputs()) {
          Box from = boxes.get(input);
          if (from != null) {
            double x = from.width() <= box.width() ? from.middle() : box.middle();
            pen.arrow(Palette.GREY, 1.3, Dash.SOLID, x, from.y() + BOX_HEIGHT, x, at);
          }
        }
        LayerKind kind = LayerKind.of(node.layer());
        String what = LayerKind.describe(node.layer());
        paintBox(pen, what, node.shape().toString(), kind, box);
        boxes.put(node.index(), box);
      }
      y += PITCH * stage.steps;
    }
  }

  private static void paintBox(
      Pen pen, String what, String shape, @Nullable LayerKind kind, Box box) {
    pen.fill(Palette.WHITE, box.x(), box.y(), box.width(), BOX_HEIGHT);
    if (kind != null) {
      pen.fill(kind.colour(), box.x(), box.y(), 6, BOX_HEIGHT);
    }
    pen.frame(Palette.GREY, 1, box.x(), box.y(), box.width(), BOX_HEIGHT);
    double middle = box.middle() + (kind == null ? 0 : 3);
    double room = box.width() - 14;
    pen.text(what, middle, box.y() + 15, Anchor.MIDDLE, fitting(what, room, 11.5), Palette.BLACK);
    pen.text(shape, middle, box.y() + 29, Anchor.MIDDLE, fitting(shape, room, 10.5), Palette.GREY);
  }

  /** The size that lets a text fit, at most as asked for. */
  private static double fitting(String text, double room, double size) {
    double needs = Lettering.width(text, size, false);
    return needs <= room ? size : size * room / needs;
  }
}
