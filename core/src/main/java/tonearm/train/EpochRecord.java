package tonearm.train;

/**
 * One row of {@code history.csv}. Training figures are means over the epoch while weights moved,
 * with dropout and augmentation, as Keras reports them; validation figures are of the weights at
 * its end: once with running statistics that lag behind them, as Keras has them, and once with
 * statistics settled for the occasion, as a finished run's are.
 *
 * @param fold of a cross-validation, from 1; 0 without folds
 * @param epoch from 1
 * @param trainLoss cross-entropy, nats
 * @param penalty L2 penalty at the epoch's end
 * @param trainAccuracy part of clips right, 0 to 1
 * @param validLoss cross-entropy, nats; NaN without validation tracks
 * @param validAccuracy part of clips right, 0 to 1; NaN without validation tracks
 * @param settledValidLoss as {@code validLoss}, with settled statistics
 * @param settledValidAccuracy as {@code validAccuracy}, with settled statistics
 * @param gradientNorm mean over the steps, of the cross-entropy's gradient
 * @param gradientNormMax largest of any step
 * @param clipsPerS training clips a second, validation not counted
 * @param seconds whole epoch with validation
 */
public record EpochRecord(
    int fold,
    int epoch,
    double trainLoss,
    double penalty,
    double trainAccuracy,
    double validLoss,
    double validAccuracy,
    double settledValidLoss,
    double settledValidAccuracy,
    double gradientNorm,
    double gradientNormMax,
    double clipsPerS,
    double seconds) {}
