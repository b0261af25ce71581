package tonearm.train;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tonearm.dataset.PreparedDataset;
import tonearm.dataset.Protocol;
import tonearm.model.GenreNet;
import tonearm.model.ModelConfig;

/** Training in a JVM of its own, which can be killed as a machine would be. */
public final class ForkedRun {
  private static final int EPOCHS = 4;
  private static final int HOLD_AFTER_STEPS = 3;

  private ForkedRun() {}

  /**
   * Arguments: dataset, run folder, {@code train} or {@code crossval}, then {@code hold} to stand
   * still in epoch 2 (of the second fold).
   */
  public static void main(String[] args) throws Exception {
    boolean hold = args.length > 3;
    PreparedDataset dataset = PreparedDataset.open(Path.of(args[0]));
    Path folder = Path.of(args[1]);
    if (args[2].equals("crossval")) {
      CrossValidation.Listener folds =
          CrossValidationTest.listener(fold -> listener(hold && fold == 2));
      CrossValidationTest.crossValidation(dataset, Protocol.CLIP, folder, 2, folds)
          .run(new TreeSet<>(Set.of(1, 2, 3)), 1, true);
      System.out.println("done");
      return;
    }
    Trainer trainer =
        new Trainer(
            dataset,
            TinyData.split(dataset),
            ModelConfig.TINY_UNET,
            TinyData.recipe(EPOCHS),
            folder,
            listener(hold));
    try (GenreNet net = trainer.train(true)) {
      System.out.println("done " + net.graph().parameters());
    }
  }

  private static TrainingListener listener(boolean hold) {
    return new TrainingListener() {
      private int steps;

      @Override
      public void step(int epoch, int clips, int allClips, double loss) {
        steps = epoch == 2 ? steps + 1 : 0;
        if (hold && steps == HOLD_AFTER_STEPS) {
          System.out.println("holding");
          try {
            Thread.sleep(600_000);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        }
      }
    };
  }

  /** Starts one and waits until it prints a line that starts so; null if it never does. */
  static Process startUntil(String line, String... args) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                ForkedRun.class.getName()));
    command.addAll(List.of(args));
    Path errors = Files.createTempFile("forked-run", ".err");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    BufferedReader out = process.inputReader();
    for (String read = out.readLine(); read != null; read = out.readLine()) {
      if (read.startsWith(line)) {
        Files.delete(errors);
        return process;
      }
    }
    throw new IOException("the run ended before \"" + line + "\": " + Files.readString(errors));
  }
}
