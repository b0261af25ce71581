package tonearm.infer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Prediction;
import tonearm.infer.SongReader.Heard;
import tonearm.model.ModelBundle.Description;

/**
 * The answers to one song's clips, which may come in any order, and what they say together. Silent
 * clips have no say: of a picture of nothing the network says always the same. Holds a few numbers
 * for each clip. Not thread-safe.
 */
final class ClipCollector {
  private final List<Double> starts = new ArrayList<>();
  private final List<float @Nullable []> probabilities = new ArrayList<>();
  private final BitSet silent = new BitSet();
  private double[] featureSums = new double[0];
  private int answered;

  /** Makes a place for the answer to a clip, and tells its number. */
  int expect(double startSeconds, boolean isSilent) {
    starts.add(startSeconds);
    probabilities.add(null);
    silent.set(starts.size() - 1, isSilent);
    return starts.size() - 1;
  }

  /** Takes the answer to a clip, once for each. */
  void put(int clip, float[] clipProbabilities, float[] features) {
    probabilities.set(clip, clipProbabilities);
    answered++;
    if (silent.get(clip)) {
      return;
    }
    if (featureSums.length == 0) {
      featureSums = new double[features.length];
    }
    for (int i = 0; i < features.length; i++) {
      featureSums[i] += features[i];
    }
  }

  /** Whether every clip so far has its answer. */
  boolean isComplete() {
    return answered == starts.size();
  }

  /** The song's answer; all clips must have theirs, and there must be one. */
  Answer answer(String name, Heard heard, Description model, ClassifyOptions options) {
    Knowing knowing = new Knowing(model.calibration());
    // Nothing was heard there that could speak for one genre more than for another.
    float[] undecided = even(model.genres().size());
    List<float[]> clips = new ArrayList<>();
    List<float[]> sounding = new ArrayList<>();
    for (int i = 0; i < probabilities.size(); i++) {
      float[] clip = probabilities.get(i);
      if (clip == null) {
        throw new IllegalStateException("a clip of " + name + " has no answer yet");
      }
      if (silent.get(i)) {
        clips.add(undecided);
      } else {
        clips.add(knowing.clip(clip));
        sounding.add(clip);
      }
    }
    float[] song =
        heard.isSilent()
            ? undecided
            : knowing.song(Prediction.meanOfProbabilities(sounding), sounding.size());
    Prediction prediction =
        Prediction.ok(name, model.genres(), song, heard.seconds(), clips.size(), model.name())
            .withWarnings(heard.warnings());
    float[] embedding = embedding();
    if (heard.isSilent() || knowing.isUnknown(song, embedding, sounding.size())) {
      prediction = prediction.asUnknown();
    }
    if (options.timeline()) {
      prediction = prediction.withTimeline(timeline(clips, heard.seconds(), model));
    }
    return new Answer(prediction, options.embedding() && !heard.isSilent() ? embedding : null);
  }

  private static float[] even(int genres) {
    float[] even = new float[genres];
    Arrays.fill(even, 1f / genres);
    return even;
  }

  private List<Prediction.Segment> timeline(
      List<float[]> clips, double seconds, Description model) {
    List<Prediction.Segment> segments = new ArrayList<>();
    for (int i = 0; i < clips.size(); i++) {
      double start = starts.get(i);
      double end = Math.min(seconds, start + model.clipSeconds());
      segments.add(Prediction.Segment.of(start, end, model.genres(), clips.get(i)));
    }
    return segments;
  }

  /** The sum and the mean point the same way, and only the direction is kept. */
  private float[] embedding() {
    double squares = 0;
    for (double sum : featureSums) {
      squares += sum * sum;
    }
    double gain = squares == 0 ? 0 : 1 / Math.sqrt(squares);
    float[] embedding = new float[featureSums.length];
    for (int i = 0; i < embedding.length; i++) {
      embedding[i] = (float) (gain * featureSums[i]);
    }
    return embedding;
  }
}
