package tonearm.train;

import java.io.IOException;
import java.util.Map;
import tonearm.dataset.ClipSet;
import tonearm.dataset.ClipStream;
import tonearm.dataset.ClipStream.Batch;
import tonearm.model.GenreNet;
import tonearm.provenance.Seeds;

/** What the weights of the moment are worth on clips that they are not trained on. */
record WeightsWorth(RunClips clips, Seeds seeds) {
  /** Batches of training clips that give the finished network's batch norm its statistics. */
  static final int FINISHED_BATCHES = 64;

  /**
   * Batches of training clips that settle the statistics for each epoch's validation: fewer, since
   * it is done every epoch and only a curve is drawn from it.
   */
  static final int WATCHING_BATCHES = 8;

  /** With the statistics that training has left so far. */
  Tally asTheyAre(GenreNet net, ClipSet wanted) throws IOException, InterruptedException {
    Tally tally = new Tally();
    clips.answer(net, wanted, (batch, i, answer) -> tally.add(answer, batch.genres()[i]));
    return tally;
  }

  /**
   * To someone who settled the statistics now. Those of training are put back, so that training
   * goes on as if nobody had looked.
   *
   * @param train clips to settle them by
   */
  Tally settled(GenreNet net, ClipSet train, ClipSet wanted)
      throws IOException, InterruptedException {
    Map<String, float[]> lagging = net.statistics();
    try {
      settle(net, train, WATCHING_BATCHES, TrainingListener.SILENT);
      return asTheyAre(net, wanted);
    } finally {
      net.restoreStatistics(lagging);
    }
  }

  /**
   * Gives batch norm the statistics of the network as it is, over clips as they are. Without it the
   * last epoch's answers hang on how the weights happened to move in its last hundred steps.
   *
   * @param batches how many at most
   */
  void settle(GenreNet net, ClipSet train, int batches, TrainingListener hears)
      throws IOException, InterruptedException {
    try (ClipStream stream = clips.settling(train, seeds)) {
      for (int index = 0; index < batches; ) {
        Batch batch = stream.next();
        if (batch == null) {
          break;
        }
        if (batch.size() > 1) {
          net.observe(batch.pictures(), batch.size(), clips.config().precision(), index++);
          hears.settling(index, batches);
        }
      }
    }
  }
}
