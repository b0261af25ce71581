package tonearm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tonearm.dataset.PreparedDataset;
import tonearm.eval.ClipPredictions;
import tonearm.model.ModelConfig;
import tonearm.model.Safetensors;
import tonearm.model.Safetensors.Array;

/** Runs that were cut off, by a kill or by damage to what they left. */
class ResumeTest {
  @TempDir Path folder;

  @Test
  void aRunKilledInEpoch2EndsBitForBitAsOneThatWasNot() throws Exception {
    Path data = folder.resolve("data");
    TinyData.write(data);
    Path killed = folder.resolve("killed");
    Path whole = folder.resolve("whole");
    Process process =
        ForkedRun.startUntil("holding", data.toString(), killed.toString(), "train", "hold");
    assertThatThrownBy(
            () -> ForkedRun.startUntil("done", data.toString(), killed.toString(), "train"))
        .hasMessageContaining("is being trained by another process");
    process.destroyForcibly(); // SIGKILL
    assertThat(process.waitFor()).isEqualTo(128 + 9);
    assertThat(History.read(killed)).hasSize(1);
    for (Path run : List.of(killed, whole)) {
      process = ForkedRun.startUntil("done", data.toString(), run.toString(), "train");
      assertThat(process.waitFor()).isZero();
    }
    assertThat(History.read(killed)).hasSize(4);
    assertThat(killed.resolve(RunLock.FILE)).doesNotExist();
    assertThat(Checkpoint.file(killed)).hasSameBinaryContentAs(Checkpoint.file(whole));
    assertThat(killed.resolve(ClipPredictions.FILE))
        .hasSameBinaryContentAs(whole.resolve(ClipPredictions.FILE));
  }

  private PreparedDataset dataset() throws IOException {
    Path data = folder.resolve("data");
    return Files.exists(data) ? PreparedDataset.open(data) : TinyData.write(data);
  }

  private void train(Path run, TrainingListener listener) throws Exception {
    PreparedDataset dataset = dataset();
    new Trainer(
            dataset,
            TinyData.split(dataset),
            ModelConfig.TINY_UNET,
            TinyData.recipe(2),
            run,
            listener)
        .train(true)
        .close();
  }

  /** Leaves {@code run} as it was after epoch 1 and {@code finished} as after epoch 2. */
  private void trainCopyingEpoch1(Path run, Path epoch1) throws Exception {
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void epoch(EpochRecord record) {
            if (record.epoch() == 1) {
              try {
                Files.createDirectories(epoch1.resolve("checkpoint"));
                for (String file : List.of("run.json", "split.csv", "history.csv")) {
                  Files.copy(run.resolve(file), epoch1.resolve(file));
                }
                Files.copy(Checkpoint.file(run), Checkpoint.file(epoch1));
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            }
          }
        };
    train(run, listener);
  }

  @Test
  void aKillBetweenHistoryAndCheckpointIsMended() throws Exception {
    Path run = folder.resolve("run");
    Path epoch1 = folder.resolve("epoch1");
    trainCopyingEpoch1(run, epoch1);
    // As Trainer writes: the history of epoch 2 is there, its checkpoint is not.
    Files.copy(
        run.resolve(History.FILE),
        epoch1.resolve(History.FILE),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    train(epoch1, TrainingListener.SILENT);
    assertThat(epochs(epoch1)).containsExactly(1, 2);
    assertThat(Checkpoint.file(epoch1)).hasSameBinaryContentAs(Checkpoint.file(run));
  }

  /**
   * Never left by a kill, but by someone who deletes or restores a file: weights are what count.
   */
  @Test
  void aCheckpointAheadOfTheHistoryIsGoneOnFrom() throws Exception {
    Path run = folder.resolve("run");
    Path epoch1 = folder.resolve("epoch1");
    trainCopyingEpoch1(run, epoch1);
    Files.delete(epoch1.resolve(History.FILE));
    train(epoch1, TrainingListener.SILENT);
    assertThat(epochs(epoch1)).containsExactly(2);
    assertThat(Checkpoint.file(epoch1)).hasSameBinaryContentAs(Checkpoint.file(run));
  }

  private static List<Integer> epochs(Path run) throws IOException {
    return History.read(run).stream().map(EpochRecord::epoch).toList();
  }

  @Test
  void aDamagedHistoryIsRefusedByName() throws Exception {
    Path run = folder.resolve("run");
    train(run, TrainingListener.SILENT);
    Files.writeString(run.resolve(History.FILE), "epoch,train_loss\none,two\n");
    assertThatThrownBy(() -> train(run, TrainingListener.SILENT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(run.resolve(History.FILE).toString());
  }

  @Test
  void aDamagedOrForeignCheckpointIsRefusedByName() throws Exception {
    Path run = folder.resolve("run");
    train(run, TrainingListener.SILENT);
    Path file = Checkpoint.file(run);
    byte[] bytes = Files.readAllBytes(file);
    Safetensors good = Safetensors.read(file);

    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    refused(run, "is truncated");
    byte[] flipped = bytes.clone();
    flipped[bytes.length - 100] ^= 16;
    Files.write(file, flipped);
    refused(run, "is damaged or was altered: its weights");
    Files.writeString(file, "not a checkpoint at all");
    refused(run, "is not a safetensors file");

    altered(file, good, arrays -> arrays.remove("stem.conv.bias"), Map.of());
    refused(run, "does not fit this run: stem.conv.bias is missing");
    altered(file, good, arrays -> arrays.remove("optimiser.second"), Map.of());
    refused(run, "optimiser.second is missing");
    altered(file, good, arrays -> arrays.put("extra", one()), Map.of());
    refused(run, "the network has no weight extra");
    altered(file, good, arrays -> arrays.put("stem.conv.bias", one()), Map.of());
    refused(run, "stem.conv.bias should have the shape [4], not [1]");
    Array kernel = Objects.requireNonNull(good.arrays().get("stem.conv.weight"));
    Array turned = new Array(new long[] {1, 4, 3, 3}, kernel.values());
    altered(file, good, arrays -> arrays.put("stem.conv.weight", turned), Map.of());
    refused(run, "stem.conv.weight should have the shape [4, 1, 3, 3], not [1, 4, 3, 3]");
    altered(file, good, arrays -> {}, Map.of("epoch", "3"));
    refused(run, "epoch should be a number from 1 to 2, but is 3");
    altered(file, good, arrays -> {}, Map.of("steps", "many"));
    refused(run, "steps should be a number from 1 to");

    good.write(file);
    train(run, TrainingListener.SILENT);
  }

  private static Array one() {
    return new Array(new long[] {1}, new float[] {1});
  }

  private static void altered(
      Path file, Safetensors good, Consumer<Map<String, Array>> change, Map<String, String> text)
      throws IOException {
    Map<String, Array> arrays = new LinkedHashMap<>(good.arrays());
    change.accept(arrays);
    Map<String, String> metadata = new LinkedHashMap<>(good.metadata());
    metadata.putAll(text);
    new Safetensors(arrays, metadata).write(file);
  }

  private void refused(Path run, String message) {
    List<Integer> steps = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void step(int epoch, int clips, int allClips, double loss) {
            steps.add(clips);
          }
        };
    assertThatThrownBy(() -> train(run, listener))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(Checkpoint.file(run).toString())
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
    assertThat(steps).isEmpty();
  }
}
