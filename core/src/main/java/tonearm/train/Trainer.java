package tonearm.train;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import tonearm.dataset.ClipSet;
import tonearm.dataset.ClipStream;
import tonearm.dataset.ClipStream.Batch;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Split;
import tonearm.dataset.Split.Side;
import tonearm.dataset.Track;
import tonearm.model.GenreNet;
import tonearm.model.LibTorch;
import tonearm.model.ModelConfig;
import tonearm.model.NetworkGraph;
import tonearm.provenance.Seeds;

/**
 * Fits a network to one side of a split and watches it on the other, epoch by epoch, in a run
 * folder: {@code run.json}, {@code split.csv}, {@code history.csv}, {@code checkpoint/}, and at the
 * end {@code predictions.csv} and {@code metrics.json}. After every epoch the folder is whole, so
 * that a run that was killed goes on from its last epoch; with fp32 and one thread the result is
 * bit for bit that of a run that was not.
 *
 * <p>Memory does not grow with the epochs, nor with the dataset but for its index and, at the end,
 * the probabilities of each clip: the stream's batches, the network, its optimiser and one step's
 * intermediate results.
 *
 * <p>To stop it, interrupt its thread and wait: it ends within a step. To end the JVM under it
 * would run LibTorch's destructors under running code, which crashes.
 */
public final class Trainer {
  /** Name of the run's description. */
  public static final String RUN_FILE = "run.json";

  /** Name of the run's split. */
  public static final String SPLIT_FILE = "split.csv";

  private static final String INTERRUPTED =
      "training was interrupted; it goes on from its last whole epoch with --resume";

  private final PreparedDataset dataset;
  private final Split split;
  private final ModelConfig model;
  private final TrainConfig config;
  private final Path folder;
  private final TrainingListener listener;
  private final @Nullable Pretrained init;
  private final @Nullable Folds folds;
  private final RunClips clips;
  private final WeightsWorth worth;
  private final RunHome home;

  /**
   * @param split its training tracks train, its validation tracks are watched; test tracks are left
   *     alone until the network is finished
   * @param folder the run folder; made if it is not there
   */
  public Trainer(
      PreparedDataset dataset,
      Split split,
      ModelConfig model,
      TrainConfig config,
      Path folder,
      TrainingListener listener) {
    this(dataset, split, model, config, folder, listener, null, null);
  }

  /**
   * As above, from a trained network on.
   *
   * @param init what to begin with; null for chance
   */
  public Trainer(
      PreparedDataset dataset,
      Split split,
      ModelConfig model,
      TrainConfig config,
      Path folder,
      TrainingListener listener,
      @Nullable Pretrained init) {
    this(dataset, split, model, config, folder, listener, init, null);
  }

  /** As one fold of a {@link CrossValidation}; of none if {@code folds} is null. */
  Trainer(
      PreparedDataset dataset,
      Split split,
      ModelConfig model,
      TrainConfig config,
      Path folder,
      TrainingListener listener,
      @Nullable Pretrained init,
      @Nullable Folds folds) {
    this.init = init;
    this.folds = folds;
    this.dataset = dataset;
    this.split = split;
    this.model = model;
    this.config = config;
    this.folder = folder;
    this.listener = listener;
    this.clips = new RunClips(dataset, model, config);
    this.worth = new WeightsWorth(clips, new Seeds(config.seed()));
    this.home = new RunHome(folder, dataset, split, model, config, init, folds);
  }

  /**
   * Trains to the last epoch, then evaluates. Of a run that is finished, only the evaluation is
   * done again.
   *
   * @param resume go on from the folder's checkpoint; without one, start
   * @return the network as it is after the last epoch; the caller closes it
   * @throws DivergedException if the loss is no longer finite; the history's last row is then that
   *     of the epoch that it broke off in
   * @throws TrainingException if there is nothing to train on or the folder holds another run
   * @throws IOException if data or the checkpoint cannot be read or results cannot be written
   * @throws InterruptedException if the thread was interrupted; the run can be resumed
   */
  public GenreNet train(boolean resume)
      throws IOException, TrainingException, InterruptedException {
    try {
      return trainToEnd(resume);
    } catch (ClosedByInterruptException e) {
      // Java's files answer an interrupt in their own way; the file under way was abandoned.
      Thread.interrupted();
      InterruptedException interrupted = new InterruptedException(INTERRUPTED);
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private GenreNet trainToEnd(boolean resume)
      throws IOException, TrainingException, InterruptedException {
    ClipSet train = split.clips(dataset.catalog(), Side.TRAIN);
    ClipSet valid = split.clips(dataset.catalog(), Side.VALID);
    requireEnough(train.tracks());
    if (init != null) {
      init.requireFits(model, config, dataset);
    }
    home.open(train.tracks(), valid.tracks(), resume);
    if (resume && RunHome.isFinished(folder) && !Checkpoint.exists(folder)) {
      throw new TrainingException(
          folder
              + " is finished, but its network is gone: it has no checkpoint; to train it again,"
              + " choose another folder");
    }

    RunLock lock = RunLock.take(folder);
    try {
      return trainToEnd(train, valid, resume);
    } finally {
      lock.close();
    }
  }

  private GenreNet trainToEnd(ClipSet train, ClipSet valid, boolean resume)
      throws IOException, TrainingException, InterruptedException {
    LibTorch.load(config.threads());
    Seeds seeds = new Seeds(config.seed());
    GenreNet net = network(seeds);
    boolean finished = false;
    Refinements refined = config.refinements();
    try (Adam adam = new Adam(net, config.l2(), init == null ? 1 : init.init().backboneRate());
        WeightAverage average =
            refined == null || refined.averaging() == 0
                ? null
                : new WeightAverage(net, refined.averaging())) {
      int done = 0;
      List<EpochRecord> history = new ArrayList<>();
      if (resume && Checkpoint.exists(folder)) {
        done = Checkpoint.read(folder, net, adam, average, config.epochs());
        // History is written first: a kill between the two leaves a row of an epoch to be repeated.
        int last = done;
        History.read(folder).stream().filter(r -> r.epoch() <= last).forEach(history::add);
      }
      if (init != null) {
        net.resumeAfter(Pretrained.PASSES + adam.steps());
      }
      for (int epoch = done + 1; epoch <= config.epochs(); epoch++) {
        EpochRecord record;
        try {
          record = epoch(net, adam, average, seeds, epoch, train, valid);
        } catch (DivergedException e) {
          // How it came to that is worth knowing. A run that goes on from its checkpoint drops the
          // row.
          history.add(e.reached());
          History.write(folder, history);
          throw e;
        }
        history.add(record);
        History.write(folder, history);
        Checkpoint.write(folder, net, adam, average, epoch);
        listener.epoch(record);
      }
      if (average != null) {
        average.swap(net);
      }
      worth.settle(net, train, WeightsWorth.FINISHED_BATCHES, listener);
      new FinalEvaluation(clips, split, Folds.number(folds), listener).write(net, folder);
      finished = true;
      return net;
    } finally {
      if (!finished) {
        net.close();
      }
    }
  }

  /**
   * Whether the folder holds this very training to its end, so that nothing is left to do.
   *
   * @throws TrainingException if it holds another
   */
  public boolean isFinished() throws IOException, TrainingException {
    if (!home.hasRun() || !RunHome.isFinished(folder)) {
      return false;
    }
    home.open(
        split.tracks(dataset.catalog(), Side.TRAIN),
        split.tracks(dataset.catalog(), Side.VALID),
        true);
    return true;
  }

  private GenreNet network(Seeds seeds) {
    List<String> genres = dataset.catalog().genres();
    NetworkGraph graph = model.graph(genres.size());
    return init == null ? GenreNet.create(graph, seeds) : init.network(graph, genres, seeds);
  }

  private void requireEnough(List<Track> train) throws TrainingException {
    long genres = train.stream().map(Track::genre).distinct().count();
    if (genres < 2) {
      throw new TrainingException(
          "training needs tracks of at least 2 genres, but the split has %d tracks of %d"
              .formatted(train.size(), genres));
    }
  }

  private EpochRecord epoch(
      GenreNet net,
      Adam adam,
      @Nullable WeightAverage average,
      Seeds seeds,
      int epoch,
      ClipSet train,
      ClipSet valid)
      throws IOException, TrainingException, InterruptedException {
    long start = System.nanoTime();
    net.seedDropout(seeds.derive("dropout", epoch));
    Tally tally = new Tally();
    DoubleSummaryStatistics norms = new DoubleSummaryStatistics();
    int allClips = clips.count(train);
    Refinements refined = config.refinements();
    Random mixer = seeds.random("mixup", epoch);
    try (ClipStream stream = clips.shuffled(train, seeds, epoch)) {
      for (Batch batch = stream.next(); batch != null; batch = stream.next()) {
        Tally step = gather(net, batch, mixer);
        if (!Double.isFinite(step.lossSum)) {
          throw diverged(epoch, tally, norms, start);
        }
        double part = (epoch - 1 + (double) tally.clips / allClips) / config.epochs();
        double norm =
            refined == null
                ? adam.step(config.learningRate())
                : adam.step(config.learningRate() * refined.rate(part), refined.weightDecay());
        if (average != null) {
          average.add(net);
        }
        if (!Double.isFinite(norm)) {
          throw diverged(epoch, tally, norms, start);
        }
        norms.accept(norm);
        tally.add(step);
        listener.step(epoch, tally.clips, allClips, step.lossSum / batch.size());
        if (Thread.interrupted()) {
          throw new InterruptedException(INTERRUPTED);
        }
      }
    }
    double trainSeconds = (System.nanoTime() - start) / 1e9;
    double penalty = adam.penalty();
    if (!Double.isFinite(penalty) || !net.isFinite()) {
      throw diverged(epoch, tally, norms, start);
    }
    Tally settled;
    Tally watched;
    if (average == null) {
      watched = worth.asTheyAre(net, valid);
      settled = valid.isEmpty() || !model.batchNorm() ? watched : worth.settled(net, train, valid);
    } else {
      // The weights that count are the averaged ones, and they have no statistics but settled ones.
      average.swap(net);
      settled = valid.isEmpty() ? worth.asTheyAre(net, valid) : worth.settled(net, train, valid);
      average.swap(net);
      watched = settled;
    }
    if (!Double.isFinite(watched.lossSum) || !Double.isFinite(settled.lossSum)) {
      throw diverged(epoch, tally, norms, start);
    }
    return new EpochRecord(
        Folds.number(folds),
        epoch,
        tally.meanLoss(),
        penalty,
        tally.accuracy(),
        watched.meanLoss(),
        watched.accuracy(),
        settled.meanLoss(),
        settled.accuracy(),
        norms.getAverage(),
        norms.getMax(),
        tally.clips / trainSeconds,
        (System.nanoTime() - start) / 1e9);
  }

  private Tally gather(GenreNet net, Batch batch, Random mixer) {
    Refinements refined = config.refinements();
    if (refined == null || !refined.changesTargets()) {
      return TrainingStep.gather(net, batch, config.precision());
    }
    int genres = dataset.catalog().genres().size();
    Mixup.Mixed mixed = new Mixup(refined, genres).mix(batch, mixer);
    return TrainingStep.gather(net, batch, mixed.pictures(), mixed.targets(), config.precision());
  }

  /** What the epoch's steps came to until they led nowhere. */
  private DivergedException diverged(
      int epoch, Tally tally, DoubleSummaryStatistics norms, long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    boolean none = norms.getCount() == 0;
    return new DivergedException(
        new EpochRecord(
            Folds.number(folds),
            epoch,
            tally.meanLoss(),
            Double.NaN,
            tally.accuracy(),
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            none ? Double.NaN : norms.getAverage(),
            none ? Double.NaN : norms.getMax(),
            tally.clips / seconds,
            seconds),
        norms.getCount());
  }
}
