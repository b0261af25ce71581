package tonearm.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import tonearm.dataset.ClipStream;
import tonearm.dataset.ClipStream.Batch;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Split;
import tonearm.dataset.Split.Side;
import tonearm.dataset.Track;
import tonearm.features.ClipGrid;
import tonearm.features.ClipScaler;
import tonearm.model.GenreNet;
import tonearm.model.LibTorch;
import tonearm.model.ModelConfig;
import tonearm.provenance.Digest;
import tonearm.provenance.Json;
import tonearm.provenance.Provenance;
import tonearm.provenance.Seeds;

/**
 * Fits a network to one side of a split and watches it on the other, epoch by epoch, in a run
 * folder: {@code run.json}, {@code split.csv}, {@code history.csv}, {@code checkpoint/}. After
 * every epoch the folder is whole, so that a run that was killed goes on from its last epoch; with
 * fp32 and one thread the result is bit for bit that of a run that was not.
 *
 * <p>Memory does not grow with the dataset or the epochs: the stream's batches, the network, its
 * optimiser and one step's intermediate results.
 */
public final class Trainer {
  /** Name of the run's description. */
  public static final String RUN_FILE = "run.json";

  /** Name of the run's split. */
  public static final String SPLIT_FILE = "split.csv";

  private final PreparedDataset dataset;
  private final Split split;
  private final ModelConfig model;
  private final TrainConfig config;
  private final Path folder;
  private final TrainingListener listener;

  /**
   * @param split its training tracks train, its validation tracks are watched; test tracks are left
   *     alone
   * @param folder the run folder; made if it is not there
   */
  public Trainer(
      PreparedDataset dataset,
      Split split,
      ModelConfig model,
      TrainConfig config,
      Path folder,
      TrainingListener listener) {
    this.dataset = dataset;
    this.split = split;
    this.model = model;
    this.config = config;
    this.folder = folder;
    this.listener = listener;
  }

  /**
   * Trains to the last epoch.
   *
   * @param resume go on from the folder's checkpoint; without one, start
   * @return the network as it is after the last epoch; the caller closes it
   * @throws TrainingException if there is nothing to train on, the folder holds another run, or the
   *     loss is no longer finite
   * @throws IOException if data cannot be read or results cannot be written
   */
  public GenreNet train(boolean resume)
      throws IOException, TrainingException, InterruptedException {
    List<Track> train = split.tracks(dataset.catalog(), Side.TRAIN);
    List<Track> valid = split.tracks(dataset.catalog(), Side.VALID);
    requireEnough(train);
    openFolder(train.size(), valid.size(), resume);

    LibTorch.load(config.threads());
    Seeds seeds = new Seeds(config.seed());
    GenreNet net = GenreNet.create(model.graph(dataset.catalog().genres().size()), seeds);
    boolean finished = false;
    try (Adam adam = new Adam(net, config.l2())) {
      int done = 0;
      List<EpochRecord> history = new ArrayList<>();
      if (resume && Checkpoint.exists(folder)) {
        done = Checkpoint.read(folder, net, adam);
        // A kill between checkpoint and history leaves one row too few, never one too many kept.
        int last = done;
        History.read(folder).stream().filter(r -> r.epoch() <= last).forEach(history::add);
      }
      for (int epoch = done + 1; epoch <= config.epochs(); epoch++) {
        EpochRecord record = epoch(net, adam, seeds, epoch, train, valid);
        history.add(record);
        History.write(folder, history);
        Checkpoint.write(folder, net, adam, epoch);
        listener.epoch(record);
      }
      finished = true;
      return net;
    } finally {
      if (!finished) {
        net.close();
      }
    }
  }

  private void requireEnough(List<Track> train) throws TrainingException {
    long genres = train.stream().map(Track::genre).distinct().count();
    if (genres < 2) {
      throw new TrainingException(
          "training needs tracks of at least 2 genres, but the split has %d tracks of %d"
              .formatted(train.size(), genres));
    }
  }

  private void openFolder(int trainTracks, int validTracks, boolean resume)
      throws IOException, TrainingException {
    Files.createDirectories(folder);
    Path splitFile = folder.resolve(SPLIT_FILE);
    Path runFile = folder.resolve(RUN_FILE);
    if (Files.exists(runFile) && !resume) {
      throw new TrainingException(
          folder + " holds a run already: go on with --resume, or choose another folder");
    }
    Path splitNow = Files.exists(runFile) ? folder.resolve(".split-now.csv") : splitFile;
    split.write(splitNow);
    Run run =
        new Run(
            model,
            config,
            dataset.features(),
            dataset.catalog().genres(),
            trainTracks,
            validTracks,
            dataset.digest(),
            Digest.ofFile(splitNow),
            Provenance.now(Map.of()));
    if (!splitNow.equals(splitFile)) {
      Files.delete(splitNow);
      if (!run.isSameTraining(Json.read(runFile, Run.class))) {
        throw new TrainingException(
            folder
                + " holds a run with another model, recipe, dataset or split; see its "
                + RUN_FILE);
      }
    } else {
      Json.write(runFile, run);
    }
  }

  private EpochRecord epoch(
      GenreNet net, Adam adam, Seeds seeds, int epoch, List<Track> train, List<Track> valid)
      throws IOException, TrainingException, InterruptedException {
    long start = System.nanoTime();
    net.seedDropout(seeds.derive("dropout", epoch));
    Tally tally = new Tally();
    double normSum = 0;
    int steps = 0;
    int allClips = clipsOf(train);
    try (ClipStream stream = source(train).shuffled(seeds, epoch, config.augmentation())) {
      for (Batch batch = stream.next(); batch != null; batch = stream.next()) {
        Tally step = step(net, batch);
        if (!Double.isFinite(step.lossSum)) {
          throw notFinite(epoch);
        }
        double norm = adam.step(config.learningRate());
        if (!Double.isFinite(norm)) {
          throw notFinite(epoch);
        }
        normSum += norm;
        steps++;
        tally.add(step);
        listener.step(
            epoch, tally.clips, Math.max(allClips, tally.clips), step.lossSum / batch.size());
      }
    }
    double trainSeconds = (System.nanoTime() - start) / 1e9;
    Tally watched = watch(net, valid);
    return new EpochRecord(
        epoch,
        tally.meanLoss(),
        adam.penalty(),
        tally.accuracy(),
        watched.meanLoss(),
        watched.accuracy(),
        normSum / steps,
        tally.clips / trainSeconds,
        (System.nanoTime() - start) / 1e9);
  }

  private int clipsOf(List<Track> tracks) {
    // Exact where every track has the archive's length; else the bar corrects itself as it goes.
    int frames = (int) (30 * dataset.features().framesPerSecond());
    double perTrack = ClipGrid.of(dataset.features(), config.clipSeconds()).spans(frames).size();
    return (int) (tracks.size() * perTrack);
  }

  private ClipStream.Source source(List<Track> tracks) {
    return new ClipStream.Source(
        dataset,
        tracks,
        ClipGrid.of(dataset.features(), config.clipSeconds()),
        new ClipScaler(model.inputSize()),
        config.batchSize());
  }

  private Tally step(GenreNet net, Batch batch) {
    try (PointerScope scope = new PointerScope()) {
      Tensor clips = net.tensor(batch.pictures(), batch.size());
      Tensor logits = net.trainingLogits(clips, config.precision());
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

  private Tally watch(GenreNet net, List<Track> tracks) throws IOException, InterruptedException {
    Tally tally = new Tally();
    if (tracks.isEmpty()) {
      return tally;
    }
    try (ClipStream stream = source(tracks).inOrder()) {
      for (Batch batch = stream.next(); batch != null; batch = stream.next()) {
        float[][] answers = net.probabilities(batch.pictures(), batch.size(), config.precision());
        for (int i = 0; i < answers.length; i++) {
          tally.add(answers[i], batch.genres()[i]);
        }
      }
    }
    return tally;
  }

  private TrainingException notFinite(int epoch) {
    String kept =
        epoch == 1
            ? "nothing was learnt yet"
            : "the checkpoint of epoch " + (epoch - 1) + " is kept";
    return new TrainingException(
        "the loss is no longer finite in epoch %d (%s); a lower learning rate or --precision fp32 may help"
            .formatted(epoch, kept));
  }
}
