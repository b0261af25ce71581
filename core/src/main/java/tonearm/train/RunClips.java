package tonearm.train;

import java.io.IOException;
import tonearm.dataset.ClipSet;
import tonearm.dataset.ClipStream;
import tonearm.dataset.ClipStream.Batch;
import tonearm.dataset.ClipStream.Crops;
import tonearm.dataset.PreparedDataset;
import tonearm.features.Augmentation;
import tonearm.features.ClipGrid;
import tonearm.model.GenreNet;
import tonearm.model.ModelConfig;
import tonearm.provenance.Seeds;

/** The clips that a run's network is given, and what it answers to them. */
record RunClips(PreparedDataset dataset, ModelConfig model, TrainConfig config) {
  RunClips {
    config.augmentation().requireFits(dataset.features());
  }

  /** Takes one clip's answer. */
  @FunctionalInterface
  interface Answered {
    /**
     * @param batch the clip's batch
     * @param index its place there
     * @param probabilities one a genre
     */
    void accept(Batch batch, int index, float[] probabilities);
  }

  /**
   * How many clips that is, whatever the lengths of the tracks: the learning rate goes by it.
   *
   * @throws IOException if a picture is missing or broken; the message names the file
   */
  int count(ClipSet wanted) throws IOException {
    return dataset.clips(wanted, ClipGrid.of(dataset.features(), config.clipSeconds()));
  }

  /** The clips of one epoch, shuffled and augmented. */
  ClipStream shuffled(ClipSet wanted, Seeds seeds, int epoch) {
    return source(wanted).shuffled(seeds, epoch, config.augmentation(), config.crops());
  }

  /** Clips in an order of their own, as they are: what the finished network's statistics are of. */
  ClipStream settling(ClipSet wanted, Seeds seeds) {
    // Statistics need more than one clip.
    return source(wanted, Math.max(2, config.batchSize()))
        .shuffled(seeds, 0, Augmentation.NONE, Crops.GRID);
  }

  /** Asks about every clip, in order and as it is; nothing for no tracks. */
  void answer(GenreNet net, ClipSet wanted, Answered answered)
      throws IOException, InterruptedException {
    if (wanted.isEmpty()) {
      return;
    }
    try (ClipStream stream = source(wanted).inOrder()) {
      for (Batch batch = stream.next(); batch != null; batch = stream.next()) {
        float[][] answers = net.probabilities(batch.pictures(), batch.size(), config.precision());
        for (int i = 0; i < answers.length; i++) {
          answered.accept(batch, i, answers[i]);
        }
      }
    }
  }

  private ClipStream.Source source(ClipSet wanted) {
    return source(wanted, config.batchSize());
  }

  private ClipStream.Source source(ClipSet wanted, int batchSize) {
    return new ClipStream.Source(
        dataset,
        wanted,
        ClipGrid.of(dataset.features(), config.clipSeconds()),
        model.scaler(dataset.features()),
        batchSize);
  }
}
