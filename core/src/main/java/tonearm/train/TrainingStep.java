package tonearm.train;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import tonearm.dataset.ClipStream.Batch;
import tonearm.model.GenreNet;
import tonearm.model.Precision;

/** One batch forward and backward: cross-entropy, whose gradients gather in the network. */
final class TrainingStep {
  private TrainingStep() {}

  /**
   * Adds a batch's gradients to {@link GenreNet#gradients}; the weights stay as they are.
   *
   * @return the batch's clips, how many were right, and the sum of their losses in nats
   */
  static Tally gather(GenreNet net, Batch batch, Precision precision) {
    try (PointerScope scope = new PointerScope()) {
      Tensor pictures = net.tensor(batch.pictures(), batch.size());
      Tensor logits = net.trainingLogits(pictures, precision);
      Tensor truth = truth(batch);
      return backward(logits, torch.cross_entropy_loss(logits, truth), truth, batch.size());
    }
  }

  /**
   * As above, for clips that stand for several genres.
   *
   * @param pictures {@code [size][height][width]}, in the batch's order; the batch's own are not
   *     looked at
   * @param targets {@code [size][genres]} probabilities, each row summing to 1
   */
  static Tally gather(
      GenreNet net, Batch batch, float[] pictures, float[] targets, Precision precision) {
    try (PointerScope scope = new PointerScope()) {
      int n = batch.size();
      Tensor logits = net.trainingLogits(net.tensor(pictures, n), precision);
      Tensor wanted = Tensor.create(targets, n, targets.length / n);
      return backward(logits, torch.cross_entropy_loss(logits, wanted), truth(batch), n);
    }
  }

  private static Tensor truth(Batch batch) {
    long[] labels = new long[batch.size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = batch.genres()[i];
    }
    return Tensor.create(labels);
  }

  private static Tally backward(Tensor logits, Tensor loss, Tensor truth, int clips) {
    loss.backward();
    int right = (int) logits.argmax(new LongOptional(1), false).eq(truth).sum().item_long();
    return new Tally(clips, right, loss.item_double() * clips);
  }
}
