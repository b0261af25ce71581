package tonearm.provenance;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * One seed for a whole run, and independent random streams derived from it by (stage, epoch). A
 * stream depends on nothing else: not on what was drawn before, nor on threads, JVM or machine. So
 * a run that is resumed at epoch 7 sees what it would have seen without the break, and no generator
 * state needs to be saved.
 *
 * @param seed the run's seed; any value
 */
public record Seeds(long seed) {
  /** Changing how seeds are derived must change this text, as it changes every result. */
  private static final byte[] DOMAIN = "tonearm.seeds.v1".getBytes(StandardCharsets.UTF_8);

  /**
   * The seed of one stage in one epoch: the first 8 bytes, big-endian, of SHA-256 over {@code
   * "tonearm.seeds.v1"}, the run's seed and the epoch (8 bytes each, big-endian), and the stage's
   * name in UTF-8.
   *
   * @param stage what draws, such as {@code "split"} or {@code "augmentation"}; not empty
   * @param epoch counter within the stage; 0 where a stage has none
   */
  public long derive(String stage, long epoch) {
    if (stage.isEmpty()) {
      throw new IllegalArgumentException("a stage that draws random numbers needs a name");
    }
    MessageDigest sha256 = Digest.sha256();
    sha256.update(DOMAIN);
    sha256.update(ByteBuffer.allocate(16).putLong(seed).putLong(epoch).array());
    sha256.update(stage.getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.wrap(sha256.digest()).getLong();
  }

  /** A fresh stream for a stage without epochs; see {@link #random(String, long)}. */
  public Random random(String stage) {
    return random(stage, 0);
  }

  /**
   * A fresh stream seeded by {@link #derive}: SplitMix64 (Steele, Lea and Flood 2014) beneath the
   * algorithms that {@link Random} specifies. Not thread-safe: give each worker a stage or epoch of
   * its own.
   *
   * <p>Each of {@code nextInt()}, {@code nextInt(bound)}, {@code nextLong()}, {@code nextFloat()},
   * {@code nextDouble()}, {@code nextBoolean()}, {@code nextGaussian()} and {@code
   * Collections.shuffle} gives the same values on every Java. The JDK leaves the other methods of
   * {@link java.util.random.RandomGenerator} open; do not build results on them.
   *
   * @param stage as in {@link #derive}
   * @param epoch as in {@link #derive}
   */
  public Random random(String stage, long epoch) {
    return new SplitMix64(derive(stage, epoch));
  }

  /**
   * A whole number of a range, each as likely as the others and the same on every Java, as {@code
   * nextInt(from, to)} of the JDK is not promised to be.
   *
   * @param from least
   * @param to one more than the largest; at most {@link Integer#MAX_VALUE} above {@code from}
   */
  public static int between(RandomGenerator random, int from, int to) {
    int count = Math.subtractExact(to, from);
    if (count < 1) {
      throw new IllegalArgumentException("there is no number from " + from + " to before " + to);
    }
    int drawn = random.nextInt();
    if ((count & (count - 1)) == 0) {
      return (drawn & (count - 1)) + from;
    }
    // Draws above the largest multiple of the range would favour its beginning: they are repeated.
    int positive = drawn >>> 1;
    while (positive + (count - 1) - positive % count < 0) {
      positive = random.nextInt() >>> 1;
    }
    return positive % count + from;
  }

  /**
   * {@link Random} specifies all of its algorithms, which newer generators of the JDK do not, but
   * has 48 bits of state. This keeps the first and mends the second.
   */
  private static final class SplitMix64 extends Random {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    // No initialiser: Random's constructor calls setSeed before one would run.
    private long state;

    SplitMix64(long seed) {
      super(seed);
    }

    @Override
    public synchronized void setSeed(long seed) {
      super.setSeed(seed); // forgets a pending Gaussian
      state = seed;
    }

    @Override
    public long nextLong() {
      state += GOLDEN_GAMMA;
      long z = state;
      z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      return z ^ (z >>> 31);
    }

    @Override
    protected int next(int bits) {
      return (int) (nextLong() >>> (64 - bits));
    }
  }
}
