package tonearm.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tonearm.model.NetworkGraph;
import tonearm.model.NetworkGraph.Node;
import tonearm.report.Pen.Anchor;
import tonearm.report.Pen.Dash;

/**
 * Figure 1: the U-Net as Ronneberger, Fischer &amp; Brox (2015) draw theirs. Each bar is what a
 * layer gives; a row holds what is of one size, so that the way down and up again shows as the U.
 * Everything is read from the network object.
 */
final class UNetFigure {
  private static final double LEFT = 92;
  private static final double TOP = 12;
  private static final double TALLEST = 70;
  private static final double ABOVE = 32;
  private static final double BELOW = 22;
  private static final double STRIPE = 4;
  private static final double STAGE_SIZE = 10.5;

  /** A layer with what follows it value by value. */
  private static final class Bar {
    final Node node;
    final List<Node> followers = new ArrayList<>();
    double x;
    double width;
    double height;
    double top;

    Bar(Node node) {
      this.node = node;
    }

    double middle() {
      return x + width / 2;
    }

    double right() {
      return x + width + STRIPE * followers.size();
    }

    double centre() {
      return top + height / 2;
    }
  }

  /** What is of one size. */
  private record Row(String label, List<Bar> bars, double top, double height) {}

  private final List<Node> nodes;
  private final List<Bar> bars = new ArrayList<>();
  private final Map<Integer, Bar> barOf = new LinkedHashMap<>();
  private final List<Row> rows = new ArrayList<>();

  private UNetFigure(NetworkGraph graph) {
    nodes = graph.nodes().subList(0, LayerKind.unetLength(graph));
    for (Node node : nodes) {
      Bar before = node.inputs().isEmpty() ? null : barOf.get(node.inputs().get(0));
      if (before != null && LayerKind.of(node.layer()).isElementwise()) {
        before.followers.add(node);
        barOf.put(node.index(), before);
      } else {
        Bar bar = new Bar(node);
        bars.add(bar);
        barOf.put(node.index(), bar);
      }
    }
    placeAcross();
    placeDown();
  }

  static Figure of(NetworkGraph graph) {
    UNetFigure drawing = new UNetFigure(graph);
    Row last = drawing.rows.get(drawing.rows.size() - 1);
    int height = (int) Math.ceil(last.top() + last.height() + 74);
    return new Figure(
        "01-unet",
        "The U-Net",
        "Each bar is what a layer gives, the wider the more channels; the number above it counts"
            + " them. A row holds what is of one size, height × width, written at its left. Narrow"
            + " stripes after a bar are layers that work value by value. Dashed arrows are the"
            + " skips.",
        Figure.PAGE_WIDTH,
        height,
        drawing::paint);
  }

  private void placeAcross() {
    double room = Figure.PAGE_WIDTH - LEFT - 18;
    double stripes = bars.stream().mapToDouble(b -> STRIPE * b.followers.size()).sum();
    double roots = bars.stream().mapToDouble(b -> Math.sqrt(b.node.shape().channels())).sum();
    double gap = Math.max(9, Math.min(36, 0.42 * (room - stripes) / bars.size()));
    double scale = (room - stripes - gap * (bars.size() - 1) - 4 * bars.size()) / roots;
    double at = LEFT;
    for (Bar bar : bars) {
      bar.x = at;
      bar.width = 4 + Math.max(0.1, Math.min(scale, 6)) * Math.sqrt(bar.node.shape().channels());
      at = bar.right() + gap;
    }
  }

  private void placeDown() {
    Map<Integer, List<Bar>> bySize = new LinkedHashMap<>();
    for (Bar bar : bars) {
      bySize.computeIfAbsent(bar.node.shape().height(), h -> new ArrayList<>()).add(bar);
    }
    List<Integer> sizes = bySize.keySet().stream().sorted(Comparator.reverseOrder()).toList();
    double top = TOP;
    for (int size : sizes) {
      List<Bar> row = bySize.getOrDefault(size, List.of());
      double height = TALLEST * Math.pow((double) size / sizes.get(0), 0.35);
      for (Bar bar : row) {
        bar.height = height;
        bar.top = top + ABOVE;
      }
      String label = size + " × " + row.get(0).node.shape().width();
      rows.add(new Row(label, row, top, ABOVE + height + BELOW));
      top += ABOVE + height + BELOW;
    }
  }

  private void paint(Pen pen) {
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      if (i % 2 == 0) {
        pen.fill(Palette.FAINT, 0, row.top(), Figure.PAGE_WIDTH, row.height());
      }
      pen.text(
          row.label(),
          LEFT - 16,
          row.top() + ABOVE + (row.height() - ABOVE - BELOW) / 2 + 4,
          Anchor.END,
          12,
          Palette.BLACK,
          true);
    }
    bars.forEach(bar -> paintArrows(pen, bar));
    bars.forEach(bar -> paintBar(pen, bar));
    rows.forEach(row -> paintStages(pen, row));
    Row last = rows.get(rows.size() - 1);
    double y = last.top() + last.height() + 14;
    double used = pen.legend(LayerKind.legend(nodes), 20, y, Figure.PAGE_WIDTH - 40);
    pen.arrow(Palette.BLACK, 1.2, Dash.DASHED, 20, y + used + 6, 62, y + used + 6);
    pen.text(
        "skip: handed over as it is      number above a bar: channels      left: height × width of"
            + " the row",
        70,
        y + used + 10,
        Anchor.START,
        12,
        Palette.BLACK);
  }

  private void paintArrows(Pen pen, Bar bar) {
    for (int input : bar.node.inputs()) {
      Bar from = barOf.get(input);
      if (from == null) {
        continue;
      }
      boolean isNext = bars.indexOf(from) == bars.indexOf(bar) - 1;
      if (from.top == bar.top && isNext) {
        pen.arrow(Palette.GREY, 1.2, Dash.SOLID, from.right(), bar.centre(), bar.x, bar.centre());
      } else if (from.top == bar.top) {
        double over = bar.top - ABOVE + 8;
        pen.arrow(
            Palette.BLACK,
            1.2,
            Dash.DASHED,
            from.middle(),
            from.top - 16,
            from.middle(),
            over,
            bar.middle(),
            over,
            bar.middle(),
            bar.top - 15);
      } else {
        double end = from.top < bar.top ? bar.top - 15 : bar.top + bar.height + 1;
        pen.arrow(
            LayerKind.of(bar.node.layer()).colour(),
            1.8,
            Dash.SOLID,
            from.right(),
            from.centre(),
            bar.middle(),
            from.centre(),
            bar.middle(),
            end);
      }
    }
  }

  private void paintBar(Pen pen, Bar bar) {
    LayerKind kind = LayerKind.of(bar.node.layer());
    pen.fill(kind.colour(), bar.x, bar.top, bar.width, bar.height);
    if (kind == LayerKind.CONCATENATE) {
      paintParts(pen, bar);
    }
    pen.frame(Palette.GREY, 0.7, bar.x, bar.top, bar.width, bar.height);
    double x = bar.x + bar.width;
    for (Node follower : bar.followers) {
      pen.fill(LayerKind.of(follower.layer()).colour(), x, bar.top, STRIPE, bar.height);
      x += STRIPE;
    }
    pen.text(
        Integer.toString(bar.node.shape().channels()),
        bar.middle(),
        bar.top - 4,
        Anchor.MIDDLE,
        10.5,
        Palette.BLACK);
  }

  /** Which part of a concatenation came from where: the skip's is paler. */
  private void paintParts(Pen pen, Bar bar) {
    double x = bar.x;
    for (int i = 0; i < bar.node.inputs().size(); i++) {
      int input = bar.node.inputs().get(i);
      double share = (double) nodes.get(input).shape().channels() / bar.node.shape().channels();
      if (i > 0) {
        pen.fill(
            Palette.lighter(LayerKind.CONCATENATE.colour(), 0.55),
            x,
            bar.top,
            share * bar.width,
            bar.height);
      }
      x += share * bar.width;
    }
  }

  /** The names of blocks below their bars; a pool that stands a row below its block has none. */
  private void paintStages(Pen pen, Row row) {
    double taken = 0;
    List<Bar> run = new ArrayList<>();
    for (int i = 0; i < row.bars().size(); i++) {
      Bar bar = row.bars().get(i);
      run.add(bar);
      boolean ends =
          i == row.bars().size() - 1
              || !LayerKind.stage(row.bars().get(i + 1).node).equals(LayerKind.stage(bar.node));
      if (ends) {
        if (hasNameHere(run)) {
          taken = paintStage(pen, run, taken);
        }
        run.clear();
      }
    }
  }

  private boolean hasNameHere(List<Bar> run) {
    String stage = LayerKind.stage(run.get(0).node);
    if (stage.equals("input")) {
      return false; // its colour says so
    }
    long elsewhere =
        bars.stream()
            .filter(b -> LayerKind.stage(b.node).equals(stage) && b.top != run.get(0).top)
            .count();
    return elsewhere < run.size()
        || (elsewhere == run.size() && LayerKind.of(run.get(0).node.layer()) != LayerKind.MAX_POOL);
  }

  /** Returns where the name ends, so that the next does not run into it. */
  private double paintStage(Pen pen, List<Bar> run, double taken) {
    String stage = LayerKind.stage(run.get(0).node);
    // An arrow from below ends at the first bar.
    Bar first = run.size() > 1 && arrivesFromBelow(run.get(0)) ? run.get(1) : run.get(0);
    Bar last = run.get(run.size() - 1);
    double half = Lettering.width(stage, STAGE_SIZE, false) / 2;
    double middle = Math.max((first.x + last.right()) / 2, taken + 6 + half);
    int next = bars.indexOf(last) + 1;
    if (next < bars.size() && bars.get(next).top > last.top) {
      // The way down to the next bar passes at the right.
      middle = Math.min(middle, bars.get(next).middle() - 5 - half);
    }
    middle = Math.min(middle, Figure.PAGE_WIDTH - half - 4);
    pen.text(stage, middle, first.top + first.height + 14, Anchor.MIDDLE, STAGE_SIZE, Palette.GREY);
    return middle + half;
  }

  private boolean arrivesFromBelow(Bar bar) {
    Bar from = bar.node.inputs().isEmpty() ? null : barOf.get(bar.node.inputs().get(0));
    return from != null && from.top > bar.top;
  }
}
