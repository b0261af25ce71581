package tonearm.model;

import java.util.List;

/**
 * One operation of a network, described without weights so that a network can be counted, drawn and
 * checked before LibTorch is loaded. All kernels are square and every convolution keeps the size of
 * its input ("same" padding) but for its stride.
 */
public sealed interface Layer {
  /**
   * The shape that comes out for the shapes that go in; refuses shapes the operation cannot take.
   */
  Shape outputShape(List<Shape> inputs);

  /** The clip itself. */
  record Input(Shape shape) implements Layer {
    @Override
    public Shape outputShape(List<Shape> inputs) {
      return shape;
    }
  }

  /**
   * Convolution with bias; weight {@code [filters, channels, kernel, kernel]}. Output height is
   * {@code ceil(height / stride)}.
   *
   * @param filters output channels, at least 1
   * @param kernel height and width of the window, odd, since only then are both edges alike
   * @param stride step of the window, at least 1
   */
  record Convolution(int filters, int kernel, int stride) implements Layer {
    public Convolution {
      requireWindow(filters, kernel, stride);
    }

    @Override
    public Shape outputShape(List<Shape> inputs) {
      Shape in = only(inputs);
      return new Shape(filters, ceilDiv(in.height(), stride), ceilDiv(in.width(), stride));
    }
  }

  /**
   * Transposed convolution with bias, output {@code stride} times the input; weight {@code
   * [channels, filters, kernel, kernel]}.
   *
   * @param filters output channels, at least 1
   * @param kernel height and width of the window, odd
   * @param stride factor of growth, at least 1
   */
  record TransposedConvolution(int filters, int kernel, int stride) implements Layer {
    public TransposedConvolution {
      requireWindow(filters, kernel, stride);
    }

    @Override
    public Shape outputShape(List<Shape> inputs) {
      Shape in = only(inputs);
      return new Shape(filters, in.height() * stride, in.width() * stride);
    }
  }

  /** Batch normalisation over batch, height and width, with learnt scale and offset. */
  record BatchNorm() implements Layer {
    @Override
    public Shape outputShape(List<Shape> inputs) {
      return only(inputs);
    }
  }

  /** {@code max(x, 0)}. */
  record Relu() implements Layer {
    @Override
    public Shape outputShape(List<Shape> inputs) {
      return only(inputs);
    }
  }

  /**
   * {@code x} where positive, {@code a x} elsewhere, one learnt {@code a} a channel, 0.25 at first.
   */
  record Prelu() implements Layer {
    @Override
    public Shape outputShape(List<Shape> inputs) {
      return only(inputs);
    }
  }

  /**
   * {@code x} where positive, {@code a x} elsewhere, one learnt {@code a} for each place of each
   * channel, 0 at first: Keras's {@code PReLU} unless it is told to share slopes.
   */
  record KerasPrelu() implements Layer {
    @Override
    public Shape outputShape(List<Shape> inputs) {
      return only(inputs);
    }
  }

  /**
   * The largest of each {@code size} by {@code size} square; a remainder at the edge is dropped.
   *
   * @param size at least 1 and at most the picture's
   */
  record MaxPool(int size) implements Layer {
    public MaxPool {
      requireAtLeastOne("a pool's size", size);
    }

    @Override
    public Shape outputShape(List<Shape> inputs) {
      Shape in = only(inputs);
      return new Shape(in.channels(), in.height() / size, in.width() / size);
    }
  }

  /**
   * The mean of each {@code size} by {@code size} square; a remainder at the edge is dropped.
   *
   * @param size at least 1 and at most the picture's
   */
  record AveragePool(int size) implements Layer {
    public AveragePool {
      requireAtLeastOne("a pool's size", size);
    }

    @Override
    public Shape outputShape(List<Shape> inputs) {
      Shape in = only(inputs);
      return new Shape(in.channels(), in.height() / size, in.width() / size);
    }
  }

  /**
   * {@code (x - offset) * factor}: pictures in [0, 1] to values about 0, so that the zeros around a
   * convolution's input are its middle and no edge.
   *
   * @param offset finite
   * @param factor finite
   */
  record Rescale(double offset, double factor) implements Layer {
    @Override
    public Shape outputShape(List<Shape> inputs) {
      return only(inputs);
    }
  }

  /**
   * In training, sets each value to 0 with probability {@code rate} and scales the rest by {@code 1
   * / (1 - rate)}; nothing otherwise.
   */
  record Dropout(double rate) implements Layer {
    public Dropout {
      if (!(rate >= 0 && rate < 1)) {
        throw new IllegalArgumentException("dropout rate must be in [0, 1), not " + rate);
      }
    }

    @Override
    public Shape outputShape(List<Shape> inputs) {
      return only(inputs);
    }
  }

  /** Inputs of one height and width, stacked along the channels. */
  record Concatenate() implements Layer {
    @Override
    public Shape outputShape(List<Shape> inputs) {
      requireSome(inputs);
      Shape first = inputs.get(0);
      int channels = 0;
      for (Shape in : inputs) {
        if (in.height() != first.height() || in.width() != first.width()) {
          throw new IllegalArgumentException("cannot concatenate " + inputs);
        }
        channels += in.channels();
      }
      return new Shape(channels, first.height(), first.width());
    }
  }

  /** Inputs of one shape, added. */
  record Sum() implements Layer {
    @Override
    public Shape outputShape(List<Shape> inputs) {
      requireSome(inputs);
      if (inputs.stream().distinct().count() != 1) {
        throw new IllegalArgumentException("cannot add " + inputs);
      }
      return inputs.get(0);
    }
  }

  /** The mean over height and width. */
  record GlobalAveragePool() implements Layer {
    @Override
    public Shape outputShape(List<Shape> inputs) {
      return new Shape(only(inputs).channels(), 1, 1);
    }
  }

  /** All values as one vector, channels slowest. */
  record Flatten() implements Layer {
    @Override
    public Shape outputShape(List<Shape> inputs) {
      return new Shape(Math.toIntExact(only(inputs).size()), 1, 1);
    }
  }

  /**
   * Every unit sees every value, with bias; weight {@code [units, values]}.
   *
   * @param units at least 1
   */
  record Dense(int units) implements Layer {
    public Dense {
      requireAtLeastOne("a dense layer's units", units);
    }

    @Override
    public Shape outputShape(List<Shape> inputs) {
      return new Shape(units, 1, 1);
    }
  }

  private static void requireWindow(int filters, int kernel, int stride) {
    requireAtLeastOne("a convolution's filters", filters);
    requireAtLeastOne("a convolution's stride", stride);
    if (kernel < 1 || kernel % 2 == 0) {
      throw new IllegalArgumentException("a convolution's kernel must be odd, not " + kernel);
    }
  }

  private static void requireAtLeastOne(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + " must be at least 1, not " + value);
    }
  }

  private static void requireSome(List<Shape> inputs) {
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("takes at least one input, not 0");
    }
  }

  private static int ceilDiv(int value, int divisor) {
    return (value + divisor - 1) / divisor;
  }

  private static Shape only(List<Shape> inputs) {
    if (inputs.size() != 1) {
      throw new IllegalArgumentException("takes one input, not " + inputs.size());
    }
    return inputs.get(0);
  }
}
