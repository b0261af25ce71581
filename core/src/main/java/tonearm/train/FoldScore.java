package tonearm.train;

import tonearm.dataset.Split.Side;
import tonearm.eval.Evaluation;

/**
 * One row of {@code folds.csv}: what one fold's network is worth on one side of its split.
 *
 * @param fold from 1
 * @param side {@code train}, {@code valid} or {@code test}
 * @param clips number of clips
 * @param tracks number of tracks with any clip on this side
 * @param clipAccuracy part of clips right, 0 to 1
 * @param trackAccuracy part of tracks right by the mean of their clips' probabilities, 0 to 1
 * @param voteAccuracy part of tracks right by the vote of their clips, 0 to 1
 * @param clipMacroF1 mean of the genres' F1, of clips, 0 to 1
 */
public record FoldScore(
    int fold,
    String side,
    int clips,
    int tracks,
    double clipAccuracy,
    double trackAccuracy,
    double voteAccuracy,
    double clipMacroF1) {
  static FoldScore of(int fold, Side side, Evaluation evaluation) {
    return new FoldScore(
        fold,
        side.label(),
        evaluation.clips().count(),
        evaluation.tracks().count(),
        evaluation.clips().accuracy(),
        evaluation.tracks().accuracy(),
        evaluation.tracksMajorityVote().accuracy(),
        evaluation.clips().macroF1());
  }
}
