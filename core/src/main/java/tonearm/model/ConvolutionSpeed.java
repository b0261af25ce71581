package tonearm.model;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * One 3x3 convolution with nothing around it, in the memory layout of the network: how fast this
 * machine can do the arithmetic that a network is made of, so that a benchmark can tell how much of
 * it the whole network reaches. From 256 to 128 channels at 32 x 32, the first of the reference
 * decoder's and one of its most costly. Uses all cores. Not thread-safe.
 */
public final class ConvolutionSpeed implements AutoCloseable {
  private static final int FROM = 256;
  private static final int TO = 128;
  private static final int SIDE = 32;
  private static final int KERNEL = 3;
  private static final long[] ONE = {1, 1};

  private final Tensor input;
  private final Tensor kernel;
  private final int clips;

  /**
   * @param clips pictures at a time, at least 1
   */
  public ConvolutionSpeed(int clips, Precision precision) {
    LibTorch.load(Runtime.getRuntime().availableProcessors());
    this.clips = clips;
    try (PointerScope scope = new PointerScope()) {
      Tensor pictures = torch.rand(clips, FROM, SIDE, SIDE).contiguous(MemoryFormat.ChannelsLast);
      Tensor weights = torch.rand(TO, FROM, KERNEL, KERNEL);
      if (precision == Precision.BF16) {
        pictures = pictures.to(ScalarType.BFloat16);
        weights = weights.to(ScalarType.BFloat16);
      }
      input = pictures.retainReference();
      kernel = weights.retainReference();
    }
  }

  /** Convolves all pictures once. */
  public void run() {
    try (PointerScope scope = new PointerScope();
        NoGradGuard off = new NoGradGuard()) {
      torch.conv2d(input, kernel, new TensorOptional(), ONE, ONE, ONE, 1);
    }
  }

  /** Floating-point operations of one {@link #run}, a multiply and an add counted as two. */
  public long flops() {
    return 2L * clips * SIDE * SIDE * TO * FROM * KERNEL * KERNEL;
  }

  /** Frees the pictures. */
  @Override
  public void close() {
    input.close();
    kernel.close();
  }
}
