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
   * @param allClips of an epoch, estimated in the first
   * @param loss cross-entropy of the step, nats
   */
  default void step(int epoch, int clips, int allClips, double loss) {}

  /** An epoch is done and its checkpoint is in place. */
  default void epoch(EpochRecord record) {}
}
