package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tonearm.infer.Answer;
import tonearm.infer.Classifier;
import tonearm.infer.ClassifyOptions;
import tonearm.library.Hearing;
import tonearm.library.LibraryIndex;
import tonearm.library.Playlist;
import tonearm.library.SimilarSongs;
import tonearm.library.SimilarSongs.Found;
import tonearm.library.SimilarSongs.Neighbour;
import tonearm.model.LibTorch;
import tonearm.model.Precision;
import tonearm.provenance.AtomicFiles;
import tonearm.provenance.Json;
import tonearm.provenance.Machine;
import tonearm.terminal.Interruption;
import tonearm.terminal.Text;

@Command(
    name = "similar",
    mixinStandardHelpOptions = true,
    description = {
      "Finds the songs of the index that sound most like one song to the network.",
      "Compares the network's pooled features by their cosine with every song that the same network"
          + " has heard. Copies of the song itself are left out, and so are songs that are gone."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tonearm similar song.mp3",
      "  tonearm similar song.mp3 --top 50 --m3u8 like-this.m3u8"
    })
final class SimilarCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "SONG",
      description = "A song; it is heard if the index does not know it.")
  private Path song;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "10",
      description = "How many songs. Default: ${DEFAULT-VALUE}.")
  private int top;

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  @Option(
      names = "--m3u8",
      paramLabel = "FILE",
      description = "Write them as a playlist too, the song itself first.")
  private @Nullable Path playlist;

  @Option(
      names = "--model",
      paramLabel = "NAME|DIR",
      defaultValue = Models.DEFAULT,
      description = "Whose features are compared. Default: ${DEFAULT-VALUE}.")
  private String model;

  @Option(
      names = "--precision",
      paramLabel = "auto|bf16|fp32",
      defaultValue = "auto",
      description = "Arithmetic of the network. Default: bf16 where the CPU has it.")
  private String precision;

  @Mixin private IndexOption index;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  SimilarCommand() {}

  /** What {@code --json} prints of a song. */
  private record Row(
      String path, double similarity, String genre, float confidence, double durationS) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (top < 1) {
      throw new ParameterException(spec.commandLine(), "--top must be at least 1, not " + top);
    }
    Overwriting.requireNoSound(spec, "--m3u8", playlist);
    Path bundle = Models.find(model);
    Hearing hearing = IndexOption.hearing(bundle, ClassifyOptions.DEFAULT.withEmbedding(true));
    PrintWriter err = spec.commandLine().getErr();
    try (LibraryIndex open = index.open()) {
      if (Files.notExists(song) && open.file(song) == null) {
        throw new IOException(Text.oneLine(song.toString()) + ": no such file");
      } else if (Files.isDirectory(song)) {
        throw new IOException(Text.oneLine(song.toString()) + ": a folder, not a song");
      } else if (Files.exists(song) && !Files.isRegularFile(song)) {
        throw new IOException(Text.oneLine(song.toString()) + ": not a regular file");
      }
      String content = IndexOption.content(open, song);
      float[] embedding = open.embedding(hearing, content);
      if (embedding == null) {
        embedding = heard(bundle);
      }
      Found found = new SimilarSongs(open, hearing).to(embedding, content, song, top);
      if (found.neighbours().isEmpty()) {
        throw new IOException(
            "%s has no other songs that %s has heard; \"tonearm classify -r FOLDER\" hears some"
                .formatted(index.path(), hearing.model()));
      }
      print(found);
      if (found.copies() > 0) {
        err.println(
            "tonearm: left out: "
                + Text.count(found.copies(), "other file")
                + " with the very content of the song");
      }
      return playlist == null || write(playlist, found) ? Tonearm.OK : Tonearm.FAILED;
    }
  }

  private float[] heard(Path bundle) throws IOException, InterruptedException {
    Precision arithmetic = Precision.of(precision, Machine.current().hasBf16());
    Interruption.guard();
    LibTorch.load();
    try (Classifier classifier = Classifier.load(bundle, arithmetic)) {
      Answer answer = classifier.classify(song, ClassifyOptions.DEFAULT.withEmbedding(true));
      if (Interruption.isStopping()) {
        throw new InterruptedException("stopped"); // and the song is not to blame
      }
      float[] embedding = answer.embedding();
      if (embedding == null) {
        String error = answer.prediction().error();
        throw new IOException(
            Text.oneLine(song.toString())
                + ": "
                + (error == null ? "silent throughout: nothing is like it" : error));
      }
      return embedding;
    }
  }

  private void print(Found found) {
    PrintWriter out = spec.commandLine().getOut();
    for (Neighbour n : found.neighbours()) {
      if (json) {
        out.println(
            Json.toLine(
                new Row(
                    n.path().toString(),
                    n.similarity(),
                    n.genre(),
                    n.confidence(),
                    n.durationS())));
      } else {
        out.printf(
            Locale.ROOT,
            "%.3f  %-12s %5s %8s  %s%n",
            n.similarity(),
            n.genre(),
            Text.percent(n.confidence()),
            Text.duration(n.durationS()),
            Text.oneLine(n.path().toString()));
      }
    }
    out.flush();
  }

  /** Whether each of the songs could be named. */
  private boolean write(Path file, Found found) throws IOException {
    StringBuilder text = new StringBuilder(Playlist.HEADER);
    boolean isWhole = add(text, song.toAbsolutePath().normalize(), -1);
    for (Neighbour n : found.neighbours()) {
      isWhole &= add(text, n.path(), n.durationS());
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    AtomicFiles.write(file, out -> out.write(bytes));
    return isWhole;
  }

  /** A length of -1 stands for "unknown" in playlists. */
  private boolean add(StringBuilder text, Path path, double durationS) {
    String lines = Playlist.lines(path, durationS, null);
    if (lines == null) {
      spec.commandLine()
          .getErr()
          .printf(
              "tonearm: %s: a playlist cannot name it: its name has a line break or is no text%n",
              Text.oneLine(path.toString()));
      return false;
    }
    text.append(lines);
    return true;
  }
}
