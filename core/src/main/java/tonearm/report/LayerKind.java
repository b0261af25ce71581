package tonearm.report;

import java.awt.Color;
import java.util.List;
import java.util.Locale;
import tonearm.model.Layer;
import tonearm.model.NetworkGraph;
import tonearm.model.NetworkGraph.Node;

/** How a layer is drawn, in every figure alike. */
enum LayerKind {
  INPUT("input", Palette.WHITE),
  RESCALE("rescaling", new Color(0xC9E4CA)),
  CONVOLUTION("convolution", Palette.BLUE),
  TRANSPOSED("transposed convolution", Palette.GREEN),
  MAX_POOL("max-pool", Palette.VERMILION),
  MEAN_POOL("average pool", new Color(0xEE8866)),
  CONCATENATE("concatenation", Palette.SKY),
  SUM("sum", new Color(0x882255)),
  RELU("ReLU", Palette.ORANGE),
  PRELU("PReLU", Palette.ORANGE),
  BATCH_NORM("batch norm", Palette.PURPLE),
  DROPOUT("dropout", new Color(0xAAAAAA)),
  AVERAGE_POOL("global average pool", Palette.VERMILION),
  FLATTEN("flatten", Palette.YELLOW),
  DENSE("dense", new Color(0x444444)),
  OTHER("other", Palette.PALE);

  private final String label;
  private final Color colour;

  LayerKind(String label, Color colour) {
    this.label = label;
    this.colour = colour;
  }

  /** Its name in legends. */
  String label() {
    return label;
  }

  Color colour() {
    return colour;
  }

  static LayerKind of(Layer layer) {
    if (layer instanceof Layer.Input) {
      return INPUT;
    } else if (layer instanceof Layer.Convolution) {
      return CONVOLUTION;
    } else if (layer instanceof Layer.TransposedConvolution) {
      return TRANSPOSED;
    } else if (layer instanceof Layer.MaxPool) {
      return MAX_POOL;
    } else if (layer instanceof Layer.AveragePool) {
      return MEAN_POOL;
    } else if (layer instanceof Layer.Rescale) {
      return RESCALE;
    } else if (layer instanceof Layer.Concatenate) {
      return CONCATENATE;
    } else if (layer instanceof Layer.Sum) {
      return SUM;
    } else if (layer instanceof Layer.Relu) {
      return RELU;
    } else if (layer instanceof Layer.Prelu || layer instanceof Layer.KerasPrelu) {
      return PRELU;
    } else if (layer instanceof Layer.BatchNorm) {
      return BATCH_NORM;
    } else if (layer instanceof Layer.Dropout) {
      return DROPOUT;
    } else if (layer instanceof Layer.GlobalAveragePool) {
      return AVERAGE_POOL;
    } else if (layer instanceof Layer.Flatten) {
      return FLATTEN;
    } else if (layer instanceof Layer.Dense) {
      return DENSE;
    }
    return OTHER;
  }

  /**
   * Whether it changes each value by itself, so that it can be drawn as a part of what it follows.
   */
  boolean isElementwise() {
    return this == RESCALE
        || this == RELU
        || this == PRELU
        || this == BATCH_NORM
        || this == DROPOUT;
  }

  /** The layer in a few words, such as "conv 3×3, 32". */
  static String describe(Layer layer) {
    if (layer instanceof Layer.Convolution c) {
      return "conv %d×%d, %d%s".formatted(c.kernel(), c.kernel(), c.filters(), stride(c.stride()));
    } else if (layer instanceof Layer.TransposedConvolution c) {
      return "transposed conv %d×%d, %d%s"
          .formatted(c.kernel(), c.kernel(), c.filters(), stride(c.stride()));
    } else if (layer instanceof Layer.MaxPool p) {
      return "max-pool " + p.size();
    } else if (layer instanceof Layer.AveragePool p) {
      return "average pool " + p.size();
    } else if (layer instanceof Layer.Dropout d) {
      return String.format(Locale.ROOT, "dropout %s", d.rate());
    } else if (layer instanceof Layer.Dense d) {
      return "dense, " + d.units();
    }
    return of(layer).label();
  }

  private static String stride(int stride) {
    return stride == 1 ? "" : ", stride " + stride;
  }

  /** The kinds among some layers, each once, in the order of this list, as a legend. */
  static List<Pen.Entry> legend(List<Node> nodes) {
    List<LayerKind> there = nodes.stream().map(n -> of(n.layer())).distinct().sorted().toList();
    return there.stream().map(kind -> new Pen.Entry(kind.label, kind.colour)).toList();
  }

  /** The block a layer belongs to: its name up to the first dot, such as "encoder32". */
  static String stage(Node node) {
    int dot = node.name().indexOf('.');
    return dot < 0 ? node.name() : node.name().substring(0, dot);
  }

  /**
   * How many of the first layers are the U-Net: all before the first stage of parallel convolutions
   * or paired paths. What follows are these stages and the head.
   */
  static int unetLength(NetworkGraph graph) {
    List<Node> nodes = graph.nodes();
    for (Node node : nodes) {
      if (stage(node).startsWith("parallel") || stage(node).startsWith("paired")) {
        return node.index();
      }
    }
    return nodes.size();
  }
}
