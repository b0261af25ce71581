package tonearm.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tonearm.audio.Audio;
import tonearm.audio.AudioException;
import tonearm.audio.AudioStream;
import tonearm.dsp.Window;

class SpectrogramStreamTest {
  @Test
  void givesTheBatchValuesToTheLastBitWhateverTheBlocks() throws IOException {
    long seed = Long.getLong("tonearm.test.seed", 20240607);
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      FrontEnd frontEnd = new FrontEnd(randomConfig(random));
      int length = 1 + random.nextInt(random.nextBoolean() ? 3000 : 60_000);
      float[] samples = new float[length];
      for (int i = 0; i < length; i++) {
        samples[i] = random.nextInt(5) == 0 ? 0 : (float) random.nextGaussian();
      }
      String context =
          "seed %d, round %d, %d samples, %s".formatted(seed, round, length, frontEnd.config());
      Spectrogram batch = frontEnd.spectrogram(new Audio(samples, 22050));
      assertThat(batch.frames()).as(context).isEqualTo(frontEnd.frames(length));

      SpectrogramStream stream = frontEnd.stream(new Blocks(samples, random, null));
      int frame = 0;
      while (true) {
        Spectrogram part = stream.read(1 + random.nextInt(40));
        if (part == null) {
          break;
        }
        assertThat(part.values())
            .as(context)
            .containsExactly(batch.columns(frame, frame + part.frames()).values());
        frame += part.frames();
      }
      assertThat(frame).as(context).isEqualTo(batch.frames());
      assertThat(stream.framesRead()).isEqualTo(frame);
      assertThat(stream.samplesHeard()).isEqualTo(length);
      assertThat(stream.next(new float[stream.bins()])).as(context).isFalse();
    }
  }

  @Test
  void eachFrameIsTheTransformOfItsOwnSamples() throws IOException {
    // Against a frame cut out by hand, so that batch and stream cannot be wrong together.
    Random random = new Random(9);
    float[] samples = new float[40_000];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) random.nextGaussian();
    }
    FrontEnd frontEnd = new FrontEnd(FeatureConfig.preset("gtzan-archive"));
    Spectrogram whole = frontEnd.spectrogram(new Audio(samples, 22050));
    for (int frame = 0; frame < whole.frames(); frame++) {
      float[] own = java.util.Arrays.copyOfRange(samples, frame * 1920, frame * 1920 + 2048);
      assertThat(whole.columns(frame, frame + 1).values())
          .containsExactly(frontEnd.spectrogram(new Audio(own, 22050)).values());
    }
  }

  @Test
  void framesAfterASkipAreWhatTheyWouldHaveBeen() throws IOException {
    long seed = Long.getLong("tonearm.test.seed", 20261124);
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      FrontEnd frontEnd = new FrontEnd(randomConfig(random));
      float[] samples = new float[1 + random.nextInt(60_000)];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = (float) random.nextGaussian();
      }
      String context = "seed %d, round %d, %s".formatted(seed, round, frontEnd.config());
      Spectrogram whole = frontEnd.spectrogram(new Audio(samples, 22050));
      SpectrogramStream stream = frontEnd.stream(new Blocks(samples, random, null));
      for (int frame = 0; frame < whole.frames(); ) {
        int skipped = random.nextInt(1 + whole.frames() / 3);
        stream.skip(skipped);
        frame += skipped;
        assertThat(stream.framesRead()).isEqualTo(frame);
        Spectrogram part = stream.read(1 + random.nextInt(20));
        if (frame >= whole.frames()) {
          assertThat(part).as(context).isNull();
          break;
        }
        assertThat(Objects.requireNonNull(part).values())
            .as(context)
            .containsExactly(whole.columns(frame, frame + part.frames()).values());
        frame += part.frames();
      }
    }
  }

  @Test
  void noSamplesGiveNoFrames() throws IOException {
    for (String name : FeatureConfig.presetNames()) {
      SpectrogramStream stream =
          new FrontEnd(FeatureConfig.preset(name))
              .stream(new Blocks(new float[0], new Random(1), null));
      assertThat(stream.read(3)).isNull();
      assertThat(stream.next(new float[stream.bins()])).isFalse();
    }
  }

  @Test
  void aLongPictureIsThatOfItsFrames() throws IOException {
    Random random = new Random(3);
    float[] samples = new float[1500 * 64];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) random.nextGaussian();
    }
    FeatureConfig config = FeatureConfig.preset("mel-128");
    FrontEnd frontEnd =
        new FrontEnd(
            new FeatureConfig(
                "dense",
                config.sampleRateHz(),
                config.nFft(),
                64,
                config.window(),
                config.centered(),
                config.scaling(),
                config.grid(),
                config.bins(),
                config.fMinHz(),
                config.fMaxHz(),
                config.dynamicRangeDb()));
    Spectrogram whole =
        Objects.requireNonNull(frontEnd.stream(new Blocks(samples, random, null)).read(5000));
    assertThat(whole.frames()).isEqualTo(frontEnd.frames(samples.length)).isGreaterThan(1024);
    SpectrogramStream stream = frontEnd.stream(new Blocks(samples, random, null));
    float[] column = new float[stream.bins()];
    for (int frame = 0; frame < whole.frames(); frame++) {
      assertThat(stream.next(column)).isTrue();
      assertThat(whole.columns(frame, frame + 1).values()).containsExactly(column);
    }
  }

  @Test
  void passesTheDecodersErrorsOn() {
    AudioException broken = new AudioException("the file breaks off");
    SpectrogramStream stream =
        new FrontEnd(FeatureConfig.preset("mel-128"))
            .stream(new Blocks(new float[500], new Random(1), broken));
    assertThatThrownBy(() -> stream.read(10)).isSameAs(broken);
  }

  @Test
  void refusesAnotherRateAndRoomThatIsTooSmall() {
    FrontEnd frontEnd = new FrontEnd(FeatureConfig.preset("mel-128"));
    SpectrogramStream stream = frontEnd.stream(new Blocks(new float[500], new Random(1), null));
    assertThatThrownBy(() -> stream.next(new float[127]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("127");
    assertThatThrownBy(() -> stream.read(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0");
  }

  private static FeatureConfig randomConfig(Random random) {
    boolean mel = random.nextBoolean();
    int nFft = mel ? 2048 : 2 * (8 + random.nextInt(600));
    return new FeatureConfig(
        "random",
        22050,
        nFft,
        1 + random.nextInt(random.nextInt(4) == 0 ? nFft : nFft / 4),
        random.nextBoolean() ? Window.HANN_SYMMETRIC : Window.HANN_PERIODIC,
        random.nextBoolean(),
        random.nextBoolean() ? FeatureConfig.Scaling.DENSITY : FeatureConfig.Scaling.POWER,
        mel ? FeatureConfig.Grid.MEL : FeatureConfig.Grid.LINEAR,
        mel ? 20 : 1 + random.nextInt(nFft / 2 + 1),
        0,
        11025,
        100);
  }

  /**
   * Samples in blocks of any size, as decoders give them, with an error at the end if one is set.
   */
  private record Blocks(float[] samples, Random random, @Nullable IOException error, int[] position)
      implements AudioStream {
    Blocks(float[] samples, Random random, @Nullable IOException error) {
      this(samples, random, error, new int[1]);
    }

    @Override
    public int sampleRateHz() {
      return 22050;
    }

    @Override
    public int read(float[] buffer, int offset, int length) throws IOException {
      int left = samples.length - position[0];
      if (left == 0) {
        if (error != null) {
          throw error;
        }
        return -1;
      }
      int count = Math.min(Math.min(left, length), 1 + random.nextInt(5000));
      System.arraycopy(samples, position[0], buffer, offset, count);
      position[0] += count;
      return count;
    }

    @Override
    public List<String> warnings() {
      return List.of();
    }

    @Override
    public void close() {}
  }
}
