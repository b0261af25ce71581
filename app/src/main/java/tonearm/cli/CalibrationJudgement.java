package tonearm.cli;

import java.util.List;
import tonearm.eval.CalibrationStudy;
import tonearm.eval.CalibrationStudy.Scores;
import tonearm.eval.CalibrationStudy.Threshold;
import tonearm.eval.ClipPrediction;
import tonearm.eval.ClipPredictions;
import tonearm.eval.TrackPrediction;
import tonearm.model.Calibration;

/**
 * What a calibration is worth on answers that it was not fitted to. Whether a song is unlike the
 * training is not asked: that takes the network.
 *
 * @param tracks each by the mean of its clips' probabilities
 * @param clips each by itself
 * @param all every track answered
 * @param known only those of confidence enough
 */
record CalibrationJudgement(Level tracks, Level clips, Threshold all, Threshold known) {
  /**
   * Tracks or clips.
   *
   * @param temperature of the calibration
   * @param before the network's own probabilities
   * @param after at that temperature
   */
  record Level(double temperature, Scores before, Scores after) {
    static Level of(double temperature, int[] trueGenres, List<float[]> probabilities) {
      return new Level(
          temperature,
          CalibrationStudy.scores(trueGenres, probabilities, 1),
          CalibrationStudy.scores(trueGenres, probabilities, temperature));
    }
  }

  static CalibrationJudgement of(Calibration calibration, ClipPredictions held) {
    List<TrackPrediction> tracks = TrackPrediction.of(held);
    List<ClipPrediction> clips = held.clips();
    double temperature = calibration.temperature();
    Double least = calibration.unknownBelow();
    return new CalibrationJudgement(
        Level.of(
            temperature,
            tracks.stream().mapToInt(TrackPrediction::trueGenre).toArray(),
            tracks.stream().map(TrackPrediction::probabilities).toList()),
        Level.of(
            calibration.clipTemperature(),
            clips.stream().mapToInt(ClipPrediction::trueGenre).toArray(),
            clips.stream().map(ClipPrediction::probabilities).toList()),
        CalibrationStudy.threshold(tracks, temperature, 0),
        CalibrationStudy.threshold(tracks, temperature, least == null ? 0 : least));
  }
}
