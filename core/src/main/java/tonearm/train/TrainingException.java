package tonearm.train;

/** Training that cannot go on; the message says why, what is kept and what to try. */
public class TrainingException extends Exception {
  public TrainingException(String message) {
    super(message);
  }
}
