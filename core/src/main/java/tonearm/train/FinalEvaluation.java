package tonearm.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tonearm.dataset.ClipSet;
import tonearm.dataset.Split;
import tonearm.dataset.Split.Side;
import tonearm.eval.Bootstrap;
import tonearm.eval.ClipPrediction;
import tonearm.eval.ClipPredictions;
import tonearm.eval.RunMetrics;
import tonearm.model.GenreNet;

/**
 * The last act of a run: every clip of every side of the split is answered by the finished network,
 * without augmentation or dropout, and {@code predictions.csv} and {@code metrics.json} are
 * written. Holds the answers of all clips, not their pictures.
 *
 * @param fold what the answers' fold is called; 0 without folds
 */
record FinalEvaluation(RunClips clips, Split split, int fold, TrainingListener listener) {
  /**
   * Answers and writes; replaces what is there.
   *
   * @throws TrainingException if the answers are no probabilities: training diverged
   * @throws InterruptedException after at most one batch; neither file has changed then
   */
  void write(GenreNet net, Path folder)
      throws IOException, TrainingException, InterruptedException {
    Map<Side, ClipSet> sides = new LinkedHashMap<>();
    int counted = 0;
    for (Side side : Side.values()) {
      ClipSet wanted = split.clips(clips.dataset().catalog(), side);
      sides.put(side, wanted);
      counted += clips.count(wanted);
    }
    int all = counted;
    List<ClipPrediction> answers = new ArrayList<>();
    try {
      for (Map.Entry<Side, ClipSet> side : sides.entrySet()) {
        String label = side.getKey().label();
        clips.answer(
            net,
            side.getValue(),
            (batch, i, probabilities) -> {
              String track = batch.tracks().get(i);
              int clip = batch.clips()[i];
              answers.add(
                  new ClipPrediction(track, clip, fold, label, batch.genres()[i], probabilities));
              if (i == batch.size() - 1) {
                listener.evaluating(answers.size(), all);
              }
            });
      }
    } catch (IllegalArgumentException e) {
      throw new TrainingException("the finished network gives no answers: " + e.getMessage());
    }
    ClipPredictions predictions = new ClipPredictions(clips.dataset().catalog().genres(), answers);
    predictions.write(folder.resolve(ClipPredictions.FILE));
    RunMetrics.of(predictions, Bootstrap.withSeed(clips.config().seed()))
        .write(folder.resolve(RunMetrics.FILE));
  }
}
