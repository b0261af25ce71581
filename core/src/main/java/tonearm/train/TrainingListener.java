package tonearm.train;

/** Hears how training goes; called on the training thread, so quick answers are wanted. */
public interface TrainingListener {
  /** Hears nothing. */
  TrainingListener SILENT = new TrainingListener() {};

  /**
   * A step is done.
   *
   * @param epoch from 1
   * @param clips done in this epoch
   * @param allClips of an epoch
   * @param loss cross-entropy of the step, nats
   */
  default void step(int epoch, int clips, int allClips, double loss) {}

  /** An epoch is done and its checkpoint is in place. */
  default void epoch(EpochRecord record) {}

  /**
   * After the last epoch, a batch has been answered for {@code predictions.csv}.
   *
   * @param clipsDone of all sides
   * @param allClips of all sides
   */
  default void evaluating(int clipsDone, int allClips) {}

  /**
   * So many batches have given the finished network its running statistics; comes before {@link
   * #evaluating}.
   *
   * @param batches done, of at most {@code allBatches}
   */
  default void settling(int batches, int allBatches) {}
}
