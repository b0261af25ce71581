package tonearm.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.RuntimeJsonMappingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tonearm.dataset.Split.Side;
import tonearm.eval.Bootstrap;
import tonearm.eval.ClipPrediction;
import tonearm.eval.ClipPredictions;
import tonearm.eval.Evaluation;
import tonearm.eval.RunMetrics;
import tonearm.provenance.AtomicFiles;

/**
 * What the folds of a cross-validation say together: their epochs, scores, and answers to what each
 * holds out.
 *
 * @param history in order of folds
 * @param scores each fold's sides
 * @param heldOut every clip once
 */
record FoldRecords(
    List<EpochRecord> history, List<FoldScore> scores, List<ClipPrediction> heldOut) {
  private static final CsvMapper CSV =
      CsvMapper.csvBuilder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(com.fasterxml.jackson.databind.MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .build();

  private static final CsvSchema SCHEMA = CSV.schemaFor(FoldScore.class).withHeader();

  FoldRecords {
    history = List.copyOf(history);
    scores = List.copyOf(scores);
    heldOut = List.copyOf(heldOut);
  }

  /**
   * Gathers them from the folders of the folds that are finished. Of one that is not, the rows stay
   * that {@code folder} has of it: a cross-validation may have come without its folds' folders,
   * which are most of its bytes, and be gone on with.
   */
  static FoldRecords gather(Path folder, int count) throws IOException {
    FoldRecords before = read(folder);
    List<EpochRecord> history = new ArrayList<>();
    List<FoldScore> scores = new ArrayList<>();
    List<ClipPrediction> heldOut = new ArrayList<>();
    for (int fold = 1; fold <= count; fold++) {
      Path own = CrossValidation.foldFolder(folder, fold);
      FoldRecords records =
          RunHome.isFinished(own) || !before.hasScoresOf(fold)
              ? ofFold(own, fold)
              : before.ofFold(fold);
      history.addAll(records.history);
      scores.addAll(records.scores);
      heldOut.addAll(records.heldOut);
    }
    return new FoldRecords(history, scores, heldOut);
  }

  private static FoldRecords ofFold(Path own, int fold) throws IOException {
    List<EpochRecord> history = History.read(own);
    if (!RunHome.isFinished(own)) {
      return new FoldRecords(history, List.of(), List.of());
    }
    RunMetrics metrics = RunMetrics.read(own.resolve(RunMetrics.FILE));
    List<FoldScore> scores = new ArrayList<>();
    addScore(scores, fold, Side.TRAIN, metrics.train());
    addScore(scores, fold, Side.VALID, metrics.valid());
    addScore(scores, fold, Side.TEST, metrics.test());
    // Training clips take their turns in every other fold; here each clip is once.
    List<ClipPrediction> heldOut =
        ClipPredictions.read(own.resolve(ClipPredictions.FILE)).clips().stream()
            .filter(clip -> !clip.split().equals(Side.TRAIN.label()))
            .toList();
    return new FoldRecords(history, scores, heldOut);
  }

  private static void addScore(
      List<FoldScore> scores, int fold, Side side, @Nullable Evaluation evaluation) {
    if (evaluation != null) {
      scores.add(FoldScore.of(fold, side, evaluation));
    }
  }

  private boolean hasScoresOf(int fold) {
    return scores.stream().anyMatch(score -> score.fold() == fold);
  }

  private FoldRecords ofFold(int fold) {
    return new FoldRecords(
        history.stream().filter(epoch -> epoch.fold() == fold).toList(),
        scores.stream().filter(score -> score.fold() == fold).toList(),
        heldOut.stream().filter(clip -> clip.fold() == fold).toList());
  }

  private static FoldRecords read(Path folder) throws IOException {
    Path predictions = folder.resolve(ClipPredictions.FILE);
    return new FoldRecords(
        History.read(folder),
        readScores(folder.resolve(CrossValidation.FOLDS_FILE)),
        Files.exists(predictions) ? ClipPredictions.read(predictions).clips() : List.of());
  }

  private static List<FoldScore> readScores(Path file) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    try (MappingIterator<FoldScore> rows =
        CSV.readerFor(FoldScore.class).with(SCHEMA).readValues(file.toFile())) {
      return rows.readAll();
    } catch (JsonProcessingException e) {
      throw new IOException(file + " is damaged: " + e.getOriginalMessage(), e);
    } catch (RuntimeJsonMappingException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  /** Writes them, each file moved into place, and the metrics of all held-out clips together. */
  void write(Path folder, List<String> genres, long seed) throws IOException {
    if (!history.isEmpty()) {
      History.write(folder, history);
    }
    if (heldOut.isEmpty()) {
      return;
    }
    ClipPredictions predictions = new ClipPredictions(genres, heldOut);
    predictions.write(folder.resolve(ClipPredictions.FILE));
    RunMetrics.of(predictions, Bootstrap.withSeed(seed)).write(folder.resolve(RunMetrics.FILE));
    AtomicFiles.write(
        folder.resolve(CrossValidation.FOLDS_FILE),
        out ->
            CSV.writerFor(FoldScore.class).with(SCHEMA).writeValues(out).writeAll(scores).flush());
  }
}
