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
      long[] labels = new long[batch.size()];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = batch.genres()[i];
      }
      Tensor truth = Tensor.create(labels);
      Tensor loss = torch.cross_entropy_loss(logits, truth);
      loss.backward();
      int right = (int) logits.argmax(new LongOptional(1), false).eq(truth).sum().item_long();
      return new Tally(batch.size(), right, loss.item_double() * batch.size());
    }
  }
}
