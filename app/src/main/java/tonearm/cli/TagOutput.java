package tonearm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.util.List;
import picocli.CommandLine;
import tonearm.cli.TagReport.Counts;
import tonearm.cli.TagReport.Status;
import tonearm.terminal.Interruption;
import tonearm.terminal.Progress;
import tonearm.terminal.Terminal;
import tonearm.terminal.Text;

/** What {@code tonearm tag} says, file by file and at the end. */
final class TagOutput {
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean json;
  private final boolean write;
  private final boolean colours;
  private final Counts counts = new Counts();

  TagOutput(CommandLine line, boolean json, boolean write) {
    out = line.getOut();
    err = line.getErr();
    this.json = json;
    this.write = write;
    colours = Terminal.coloursWanted();
  }

  /** One file's report, where no progress bar is drawn. */
  void print(TagReport report) throws IOException {
    try (Progress none = new Progress()) {
      print(report, none);
    }
  }

  /** One file's report: what changes on stdout, trouble on stderr, above the progress bar. */
  void print(TagReport report, Progress progress) throws IOException {
    counts.add(report);
    String path = Text.oneLine(report.path());
    out.print(json ? report.toJson() : report.toDiff(colours));
    if (report.status() == Status.UNKNOWN) {
      progress.say(err, "tonearm: " + path + ": left alone: the model does not know its genre");
    }
    if (report.error() != null) {
      progress.say(err, "tonearm: " + path + ": " + Text.oneLine(report.error()));
    }
    List<String> warnings = report.warnings();
    if (warnings != null) {
      warnings.forEach(
          w -> progress.say(err, "tonearm: " + path + ": warning: " + Text.oneLine(w)));
    }
    if (out.checkError()) {
      throw new IOException("the changes cannot be written to stdout: it is closed or full");
    }
  }

  /**
   * How it all went.
   *
   * @param inputs how many there were
   * @param what they are, one of them
   * @param isIndexBehind whether the index could not keep up, which is a failure too
   * @param indexInWords what came from where; may be empty
   * @return the exit status
   */
  int finish(int inputs, String what, boolean isIndexBehind, String indexInWords) {
    if (Interruption.isStopping()) {
      err.printf(
          "tonearm: stopped after %d of %s: %s%s%n",
          counts.all(), Text.count(inputs, what), counts, indexInWords);
      return Tonearm.INTERRUPTED;
    }
    err.printf(
        "tonearm: %s: %s%s%s%n",
        Text.count(inputs, what),
        inputs == 0 ? "nothing to do" : counts,
        indexInWords,
        !write && counts.of(Status.PLANNED) > 0 ? "; add --write to change" : "");
    return counts.of(Status.ERROR) > 0 || isIndexBehind ? Tonearm.FAILED : Tonearm.OK;
  }

  /** A cause in words; the JDK's file exceptions carry the path, which stands there already. */
  static String cause(IOException e, String path) {
    String message = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    if (message == null || message.isBlank()) {
      message = Tonearm.message(e);
    }
    return message.startsWith(path + ": ") ? message.substring(path.length() + 2) : message;
  }
}
