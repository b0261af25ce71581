package tonearm.train;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tonearm.dataset.PreparedDataset;
import tonearm.model.GenreNet;
import tonearm.model.ModelConfig;

/** Training in a JVM of its own, which can be killed as a machine would be. */
public final class ForkedRun {
  private static final int EPOCHS = 4;
  private static final int HOLD_AFTER_STEPS = 3;

  private ForkedRun() {}

  /** Arguments: dataset, run folder, then {@code hold} to stand still in epoch 2. */
  public static void main(String[] args) throws Exception {
    boolean hold = args.length > 2;
    TrainingListener listener =
        new TrainingListener() {
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
    PreparedDataset dataset = PreparedDataset.open(Path.of(args[0]));
    Trainer trainer =
        new Trainer(
            dataset,
            TinyData.split(dataset),
            ModelConfig.TINY_UNET,
            TinyData.recipe(EPOCHS),
            Path.of(args[1]),
            listener);
    try (GenreNet net = trainer.train(true)) {
      System.out.println("done " + net.graph().parameters());
    }
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
