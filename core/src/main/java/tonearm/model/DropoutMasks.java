package tonearm.model;

import java.util.Random;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import tonearm.provenance.Seeds;

/**
 * Random masks for dropout, several times cheaper than LibTorch's own: its generator is serial, and
 * its dropout took a third of a training step of {@code reference-unet} on two cores.
 *
 * <p>Each value's 16 random bits are half of a 32-bit counter hashed by two multiply-xorshift
 * rounds (C. Wellons' {@code lowbias32}), a loop that the JIT turns into vector instructions. A
 * training epoch draws more values than 32 bits count, so every mask has keys of its own, one of
 * them between the rounds: another mask is another sequence, not the same one further on. The same
 * seed gives the same masks on any machine. The dropout rate is kept to within 1/65536.
 */
final class DropoutMasks {
  private static final int CHUNK = 1 << 13;

  /**
   * What sets one mask apart from another.
   *
   * @param keep bits of a value that is kept
   * @param threshold a value is kept if its random bits are not less
   * @param inPairs two bfloat16 values an int, else one of 32 bits
   */
  private record Sequence(int firstKey, int secondKey, int keep, int threshold, boolean inPairs) {}

  private Random keys;

  DropoutMasks(long seed) {
    keys = new Seeds(seed).random("dropout-masks");
  }

  /** Starts the sequence that belongs to {@code seed}. */
  void reseed(long seed) {
    keys = new Seeds(seed).random("dropout-masks");
  }

  /**
   * Zeros with probability {@code rate}, else {@code 1 / (1 - rate)} rounded to the type of {@code
   * like} (exact for the default rate of 0.2). Values are taken in the order in which they lie in
   * memory, by at most as many threads as LibTorch may use; their number changes nothing.
   *
   * @param like gives shape, layout and type, bfloat16 or 32-bit float; dense
   */
  Tensor next(Tensor like, double rate) {
    Tensor mask = torch.empty_like(like);
    boolean bf16 = like.element_size() == 2;
    int keep = Float.floatToIntBits((float) (1 / (1 - rate)));
    int threshold = (int) Math.round(rate * 0x10000);
    long ints = bf16 ? like.numel() / 2 : like.numel();
    if (bf16 && (like.numel() & 1) != 0) {
      throw new IllegalArgumentException("dropout in bf16 needs an even number of values");
    }
    Sequence sequence =
        new Sequence(
            keys.nextInt(), keys.nextInt(), bf16 ? (keep + 0x8000) >>> 16 : keep, threshold, bf16);
    IntPointer target = new IntPointer(mask.data_ptr());
    long chunks = (ints + CHUNK - 1) / CHUNK;
    long parts = Math.min(torch.get_num_threads(), chunks);
    LongStream.range(0, parts)
        .parallel()
        .forEach(
            part -> {
              long from = chunks * part / parts * CHUNK;
              long to = Math.min(ints, chunks * (part + 1) / parts * CHUNK);
              fill(target.getPointer(from), from, to, sequence);
            });
    return mask;
  }

  /** Fills the ints from {@code from} to before {@code to} of a mask. */
  private static void fill(IntPointer target, long from, long to, Sequence sequence) {
    int[] chunk = new int[CHUNK];
    for (long done = from; done < to; done += CHUNK) {
      int length = (int) Math.min(CHUNK, to - done);
      if (sequence.inPairs()) {
        fillPairs(chunk, (int) done, length, sequence);
      } else {
        fillSingles(chunk, (int) done, length, sequence);
      }
      target.position(done - from).put(chunk, 0, length);
    }
  }

  /** Two bfloat16 values an int, each decided by its own half of one hash. */
  private static void fillPairs(int[] chunk, int from, int length, Sequence sequence) {
    int start = sequence.firstKey() + from;
    int second = sequence.secondKey();
    int keep = sequence.keep();
    int threshold = sequence.threshold();
    for (int i = 0; i < length; i++) {
      int hash = hash(start + i, second);
      int low = ~(((hash & 0xffff) - threshold) >> 31) & keep;
      int high = ~(((hash >>> 16) - threshold) >> 31) & keep;
      chunk[i] = low | (high << 16);
    }
  }

  private static void fillSingles(int[] chunk, int from, int length, Sequence sequence) {
    int start = sequence.firstKey() + from;
    int second = sequence.secondKey();
    int keep = sequence.keep();
    int threshold = sequence.threshold();
    for (int i = 0; i < length; i++) {
      chunk[i] = ~(((hash(start + i, second) >>> 16) - threshold) >> 31) & keep;
    }
  }

  private static int hash(int value, int key) {
    int h = value;
    h ^= h >>> 16;
    h *= 0x7feb352d;
    h ^= key;
    h ^= h >>> 15;
    h *= 0x846ca68b;
    h ^= h >>> 16;
    return h;
  }
}
