package tonearm.infer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tonearm.audio.AudioStream;
import tonearm.audio.TestAudio;
import tonearm.features.ClipGrid;
import tonearm.features.FeatureConfig;
import tonearm.model.GenreNet;
import tonearm.model.ModelBundle;
import tonearm.model.ModelConfig;
import tonearm.model.Precision;
import tonearm.provenance.Provenance;
import tonearm.provenance.Seeds;

/** A model that has learnt nothing but has opinions, and songs for it to have them on. */
final class LoudModel {
  static final FeatureConfig FEATURES = FeatureConfig.preset("gtzan-archive");
  static final int RATE_HZ = FEATURES.sampleRateHz();

  /** As it is made, a network answers much the same to all; so its last layer is turned up. */
  private static final float GAIN = 100;

  private LoudModel() {}

  /** Writes a bundle. */
  static Path write(Path bundle) throws IOException {
    ModelConfig model = ModelConfig.TINY_UNET;
    ModelBundle.Description description =
        ModelBundle.Description.of(
            "tiny",
            model,
            FEATURES,
            ClipGrid.DEFAULT_CLIP_SECONDS,
            List.of("high", "low"),
            null,
            Provenance.now(Map.of()));
    try (GenreNet net = GenreNet.create(model.graph(2), new Seeds(9))) {
      Map<String, float[]> values = net.values();
      float[] kernel = Objects.requireNonNull(values.get("head.dense.weight"));
      for (int i = 0; i < kernel.length; i++) {
        kernel[i] *= GAIN;
      }
      ModelBundle.write(bundle, description, values);
    }
    return bundle;
  }

  /** Loads it. */
  static Classifier load(Path bundle) throws IOException {
    return Classifier.load(bundle, Precision.FP32);
  }

  /** A song whose clips differ: a tone that rises, in noise. */
  static float[] song(double seconds) {
    float[] sound = TestAudio.noise(4, seconds, RATE_HZ);
    double phase = 0;
    for (int i = 0; i < sound.length; i++) {
      phase += 2 * Math.PI * (200 + 120.0 * i / RATE_HZ) / RATE_HZ;
      sound[i] = (float) (0.1 * sound[i] + 0.4 * Math.sin(phase));
    }
    return sound;
  }

  /** Samples in memory, given in small pieces. */
  static final class Samples implements AudioStream {
    private static final int PIECE = 1000;
    private final float[] samples;
    private int position;

    Samples(float[] samples) {
      this.samples = samples;
    }

    @Override
    public int sampleRateHz() {
      return RATE_HZ;
    }

    @Override
    public int read(float[] buffer, int offset, int length) throws IOException {
      int count = Math.min(Math.min(length, PIECE), samples.length - position);
      if (count == 0) {
        return -1;
      }
      System.arraycopy(samples, position, buffer, offset, count);
      position += count;
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
