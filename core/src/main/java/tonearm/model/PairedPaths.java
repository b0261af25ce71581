package tonearm.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import tonearm.model.NetworkGraph.Builder;
import tonearm.model.NetworkGraph.Node;

/**
 * What sets the network of Patil, Pradeepini &amp; Komati (2023, figure 1) apart from the published
 * run's: a picture of several channels, and behind the U-Net stages of two unequal paths that are
 * joined by a sum.
 *
 * @param inputChannels channels of the picture, at least 1; the one grey channel is given so many
 *     times, as in a grey picture that is stored in colour
 * @param stages in order, 1 to 8; each ends by halving the picture
 */
public record PairedPaths(
    @JsonProperty(required = true) int inputChannels,
    @JsonProperty(required = true) List<Stage> stages) {

  /**
   * Two paths side by side.
   *
   * @param plain filters of the path of convolutions alone, 1 to 4096
   * @param filtered filters of the path whose convolutions are followed by an activation, 1 to 4096
   * @param joined filters of both paths' ends, which are added, 1 to 4096
   */
  public record Stage(
      @JsonProperty(required = true) int plain,
      @JsonProperty(required = true) int filtered,
      @JsonProperty(required = true) int joined) {
    public Stage {
      ModelConfig.requireFilters("a stage's paths", List.of(plain, filtered, joined));
    }
  }

  public PairedPaths {
    stages = List.copyOf(stages);
    if (inputChannels < 1 || inputChannels > 16 || stages.isEmpty() || stages.size() > 8) {
      throw new IllegalArgumentException(
          "paired paths need 1 to 16 channels and 1 to 8 stages, not %d and %d"
              .formatted(inputChannels, stages.size()));
    }
  }

  /** The picture in all its channels. */
  Node channels(Builder graph, Node input) {
    Node[] copies = new Node[inputChannels];
    java.util.Arrays.fill(copies, input);
    return graph.add("input.channels", new Layer.Concatenate(), copies);
  }

  /** Appends the stages to {@code graph} and returns the last one's output. */
  Node append(Builder graph, Node input, ModelConfig config) {
    Blocks blocks = new Blocks(graph, config);
    Node x = input;
    for (int i = 0; i < stages.size(); i++) {
      String name = "paired" + (i + 1);
      Stage stage = stages.get(i);
      Node plain = blocks.convolution(name + ".plain.conv", x, stage.plain());
      if (stage.plain() != stage.joined()) {
        plain = blocks.convolution(name + ".plain.join", plain, stage.joined());
      }
      Node filtered = blocks.convolution(name + ".filtered.conv", x, stage.filtered());
      filtered = blocks.activation(name + ".filtered.act", filtered);
      if (stage.filtered() != stage.joined()) {
        filtered = blocks.convolution(name + ".filtered.join", filtered, stage.joined());
        filtered = blocks.activation(name + ".filtered.join_act", filtered);
      }
      x = graph.add(name + ".sum", new Layer.Sum(), plain, filtered);
      x = graph.add(name + ".pool", new Layer.MaxPool(2), x);
      x = blocks.dropout(name + ".drop", x);
    }
    return x;
  }
}
