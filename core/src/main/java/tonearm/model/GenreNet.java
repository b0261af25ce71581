package tonearm.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import tonearm.model.NetworkGraph.Weight;
import tonearm.provenance.Seeds;

/**
 * A network with weights: pictures in, one logit a genre out.
 *
 * <p>All trained weights lie in one flat 32-bit tensor and their gradients in another, so that an
 * optimiser is a handful of operations on long vectors; {@link NetworkGraph#weights} gives the
 * order. Answers may be asked for by several threads at once, training steps by one alone. Whoever
 * calls holds a {@link PointerScope} open around each step or request; the weights outlive it.
 */
public final class GenreNet implements AutoCloseable {
  /**
   * Running statistics forget at Keras's momentum of 0.99. But for the first 100 batches they are
   * the plain mean of what was seen: Keras starts from mean 0 and variance 1 and takes some 700
   * batches to forget these, during which nothing that is asked of the network is answered well.
   */
  private static final double NORM_UPDATE = 0.01;

  private final NetworkGraph graph;
  private final Tensor trained;
  private final Tensor gradients;
  private final Map<String, Tensor> weights = new LinkedHashMap<>();
  private final GraphRunner runner;
  private final DropoutMasks masks = new DropoutMasks(0);
  private long trainingPasses;

  private GenreNet(NetworkGraph graph) {
    this.graph = graph;
    try (PointerScope scope = new PointerScope()) {
      trained = torch.zeros(graph.trainableParameters()).retainReference();
      gradients = torch.zeros(graph.trainableParameters()).retainReference();
      long at = 0;
      for (Weight weight : graph.weights()) {
        Tensor tensor;
        if (weight.kind().isTrained()) {
          tensor = trained.narrow(0, at, weight.size()).view(weight.shape());
          tensor.requires_grad_(true);
          // Gradients are added in place to what is there, so they end up in the flat tensor.
          tensor.mutable_grad().put(gradients.narrow(0, at, weight.size()).view(weight.shape()));
          at += weight.size();
        } else {
          tensor = torch.zeros(weight.shape());
        }
        weights.put(weight.name(), tensor.retainReference());
      }
    }
    runner = new GraphRunner(graph, weights);
  }

  /**
   * A network that has learnt nothing yet: kernels drawn from Glorot and Bengio's uniform
   * distribution (2010), biases 0, as Keras starts.
   *
   * @param seeds the same seed gives the same weights on any machine
   */
  public static GenreNet create(NetworkGraph graph, Seeds seeds) {
    LibTorch.load();
    GenreNet net = new GenreNet(graph);
    Random random = seeds.random("initial-weights");
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Weight weight : graph.weights()) {
      values.put(weight.name(), initial(weight, random));
    }
    net.load(values);
    return net;
  }

  private static float[] initial(Weight weight, Random random) {
    float[] values = new float[Math.toIntExact(weight.size())];
    switch (weight.kind()) {
      case KERNEL -> {
        long[] shape = weight.shape();
        // Shape [a, b, kernel, kernel]: fan-in plus fan-out is the same whichever of a, b is which.
        double fans = (shape[0] + shape[1]) * ((double) weight.size() / (shape[0] * shape[1]));
        double limit = Math.sqrt(6 / fans);
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) ((2 * random.nextDouble() - 1) * limit);
        }
      }
      case NORM_SCALE, RUNNING_VARIANCE -> Arrays.fill(values, 1f);
      case SLOPE -> Arrays.fill(values, 0.25f);
      case BIAS, NORM_OFFSET, RUNNING_MEAN, PLACE_SLOPE -> {}
    }
    return values;
  }

  /**
   * A network with the weights of another.
   *
   * @param values as {@link #values}
   * @throws IllegalArgumentException if a weight is missing, unknown or of another size
   */
  public static GenreNet of(NetworkGraph graph, Map<String, float[]> values) {
    LibTorch.load();
    GenreNet net = new GenreNet(graph);
    try {
      net.load(values);
    } catch (IllegalArgumentException e) {
      net.close();
      throw e;
    }
    return net;
  }

  /** What is computed. */
  public NetworkGraph graph() {
    return graph;
  }

  /** All trained weights, flat, 32 bit; an optimiser changes them in place with gradients off. */
  public Tensor trained() {
    return trained;
  }

  /** The gradient of each of {@link #trained}; backward passes add to it. */
  public Tensor gradients() {
    return gradients;
  }

  /**
   * Answers.
   *
   * @param clips {@code [n, channels, height, width]}, 32 bit, values in [0, 1]
   * @return logits {@code [n, genres]}, 32 bit; belongs to the caller's scope
   */
  public Tensor logits(Tensor clips, Precision precision) {
    // The mode is the thread's own, and the guard ends with this block.
    try (NoGradGuard off = new NoGradGuard()) {
      return runner.run(clips, precision, null);
    }
  }

  /**
   * Answers in plain Java.
   *
   * @param pictures {@code [n, channels, height, width]} values in [0, 1], row-major
   * @param n number of clips, at least 1
   * @return {@code [n][genres]} probabilities, each row summing to 1
   */
  public float[][] probabilities(float[] pictures, int n, Precision precision) {
    try (PointerScope scope = new PointerScope()) {
      return rows(logits(tensor(pictures, n), precision).softmax(1), n);
    }
  }

  /**
   * What the network says of some clips.
   *
   * @param probabilities {@code [n][genres]}, each row summing to 1
   * @param features {@code [n][channels]}, the pooled features: the mean over height and width of
   *     {@link NetworkGraph#featureMap}, the last map before the head
   */
  public record ClipAnswers(float[][] probabilities, float[][] features) {}

  /**
   * Answers in plain Java, with the pooled features of the same pass.
   *
   * @param pictures for each clip {@code [channels, height, width]} values in [0, 1], row-major; at
   *     least one clip
   */
  public ClipAnswers answers(List<float[]> pictures, Precision precision) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard off = new NoGradGuard()) {
      GraphRunner.Answers answers = runner.answers(tensor(pictures), precision);
      int n = pictures.size();
      return new ClipAnswers(rows(answers.logits().softmax(1), n), rows(answers.features(), n));
    }
  }

  private Tensor tensor(List<float[]> pictures) {
    Shape shape = graph.inputShape();
    if (pictures.isEmpty()) {
      throw new IllegalArgumentException("no clips: the network answers at least 1");
    }
    Tensor clips = torch.empty(pictures.size(), shape.channels(), shape.height(), shape.width());
    FloatPointer values = new FloatPointer(clips.data_ptr());
    int size = Math.toIntExact(shape.size());
    for (int i = 0; i < pictures.size(); i++) {
      float[] picture = pictures.get(i);
      if (picture.length != size) {
        throw new IllegalArgumentException(picture.length + " values are not a clip of " + shape);
      }
      values.position((long) i * size).put(picture);
    }
    return clips;
  }

  private static float[][] rows(Tensor tensor, int n) {
    Tensor plain = tensor.contiguous();
    int width = Math.toIntExact(plain.numel() / n);
    FloatPointer values = new FloatPointer(plain.data_ptr());
    float[][] rows = new float[n][width];
    for (int i = 0; i < n; i++) {
      values.position((long) i * width).get(rows[i]);
    }
    return rows;
  }

  /** Pictures as the tensor that {@link #logits} takes; belongs to the caller's scope. */
  public Tensor tensor(float[] pictures, int n) {
    Shape shape = graph.inputShape();
    if (pictures.length != n * shape.size()) {
      throw new IllegalArgumentException(
          pictures.length + " values are not " + n + " clips of " + shape);
    }
    return Tensor.create(pictures, n, shape.channels(), shape.height(), shape.width());
  }

  /**
   * As {@link #logits} in training: dropout, batch statistics, and a graph for the backward pass.
   */
  public Tensor trainingLogits(Tensor clips, Precision precision) {
    trainingPasses++;
    double update = Math.max(NORM_UPDATE, 1.0 / trainingPasses);
    return runner.run(clips, precision, new GraphRunner.TrainingPass(masks, update));
  }

  /**
   * Replaces the running statistics of batch norm by those of the network as it is now: call it
   * with batch after batch, and they are the plain mean over all so far. While weights move,
   * running statistics lag behind them, and those of training see dropout, which answers do not
   * ("precise batch norm", Wu &amp; Johnson 2021; "variance shift", Li et al. 2018).
   *
   * @param pictures {@code [n, channels, height, width]} values in [0, 1], row-major
   * @param n number of clips, at least 2
   * @param index which batch this is, from 0
   */
  public void observe(float[] pictures, int n, Precision precision, int index) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard off = new NoGradGuard()) {
      runner.run(
          tensor(pictures, n), precision, new GraphRunner.TrainingPass(null, 1.0 / (index + 1)));
    }
  }

  /** A copy of the running statistics of batch norm, by name; empty without batch norm. */
  public Map<String, float[]> statistics() {
    Map<String, float[]> statistics = new LinkedHashMap<>();
    for (Weight weight : graph.weights()) {
      if (!weight.kind().isTrained()) {
        float[] copy = new float[Math.toIntExact(weight.size())];
        pointer(weight).get(copy);
        statistics.put(weight.name(), copy);
      }
    }
    return statistics;
  }

  /**
   * Puts running statistics back.
   *
   * @param statistics as {@link #statistics} gave them
   */
  public void restoreStatistics(Map<String, float[]> statistics) {
    for (Weight weight : graph.weights()) {
      float[] values = statistics.get(weight.name());
      if (values != null) {
        pointer(weight).put(values);
      }
    }
  }

  /** As if it had been through so many batches of training: what a checkpoint goes on from. */
  public void resumeAfter(long passes) {
    trainingPasses = passes;
  }

  /** Starts the random sequence of dropout over. */
  public void seedDropout(long seed) {
    masks.reseed(seed);
  }

  /** A copy of every weight by name, row-major, running statistics included. */
  public Map<String, float[]> values() {
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Weight weight : graph.weights()) {
      float[] copy = new float[Math.toIntExact(weight.size())];
      pointer(weight).get(copy);
      values.put(weight.name(), copy);
    }
    return values;
  }

  /**
   * Replaces every weight.
   *
   * @param values as {@link #values}
   * @throws IllegalArgumentException if a weight is missing, unknown or of another size; some may
   *     have been replaced then
   */
  public void load(Map<String, float[]> values) {
    for (String name : values.keySet()) {
      if (!weights.containsKey(name)) {
        throw new IllegalArgumentException("the network has no weight " + name);
      }
    }
    for (Weight weight : graph.weights()) {
      float[] value = values.get(weight.name());
      if (value == null || value.length != weight.size()) {
        throw new IllegalArgumentException(
            "weight %s should have %d values, but %s"
                .formatted(
                    weight.name(),
                    weight.size(),
                    value == null ? "is missing" : "has " + value.length));
      }
      pointer(weight).put(value);
    }
  }

  /** Whether every weight is a finite number; one step with too high a rate can end that. */
  public boolean isFinite() {
    try (PointerScope scope = new PointerScope();
        NoGradGuard off = new NoGradGuard()) {
      return weights.values().stream().allMatch(w -> w.isfinite().all().item_bool());
    }
  }

  private FloatPointer pointer(Weight weight) {
    Tensor tensor = weights.get(weight.name());
    if (tensor == null) {
      throw new IllegalStateException("no weight " + weight.name());
    }
    return new FloatPointer(tensor.data_ptr());
  }

  /** Frees the weights; the network cannot be used afterwards. */
  @Override
  public void close() {
    weights.values().forEach(Tensor::close);
    weights.clear();
    trained.close();
    gradients.close();
  }
}
