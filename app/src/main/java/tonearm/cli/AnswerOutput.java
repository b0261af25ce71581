package tonearm.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tonearm.provenance.AtomicFiles;
import tonearm.terminal.Interruption;

/**
 * Where a command's results are written: to stdout as they come, or to a file, whole or not at all.
 *
 * @param file null for stdout
 * @param out stdout
 */
record AnswerOutput(@Nullable Path file, PrintWriter out) {
  /** Takes text, bit by bit. */
  @FunctionalInterface
  interface Lines {
    void add(String text) throws IOException;
  }

  /** What is written. */
  @FunctionalInterface
  interface Content {
    /** Writes it all; what it returns is handed on. */
    int writeTo(Lines lines) throws IOException, InterruptedException;
  }

  /**
   * Writes.
   *
   * @return what {@code content} returned
   * @throws IOException if it cannot be written, or Ctrl-C was pressed before a file was whole
   */
  int write(Content content) throws IOException, InterruptedException {
    return file == null ? content.writeTo(this::print) : writeFile(file, content);
  }

  private void print(String text) throws IOException {
    out.print(text);
    // Flushes too. Where nobody reads any more (| head), nobody waits for the rest of a library.
    if (out.checkError()) {
      throw new IOException("the answers cannot be written to stdout: it is closed or full");
    }
  }

  private static int writeFile(Path file, Content content) throws IOException {
    int[] result = new int[1];
    IOException[] ofContent = new IOException[1];
    try {
      AtomicFiles.write(
          file,
          to -> {
            try {
              result[0] = content.writeTo(text -> add(file, to, text));
            } catch (InterruptedException e) {
              throw new InterruptedIOException("stopped: " + file + " is not written");
            } catch (IOException e) {
              ofContent[0] = e; // the file is not to blame
              throw e;
            }
            if (Interruption.isStopping()) {
              throw new IOException("stopped: " + file + " is not written");
            }
          });
    } catch (IOException e) {
      throw e.equals(ofContent[0]) ? e : withName(file, e);
    }
    return result[0];
  }

  private static void add(Path file, OutputStream to, String text) throws IOException {
    try {
      to.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw withName(file, e);
    }
  }

  /** A full disk tells its cause, but not which file it was that could not be written. */
  private static IOException withName(Path file, IOException e) {
    String cause = Tonearm.message(e);
    return cause.contains(file.toString())
        ? e
        : new IOException(file + " cannot be written: " + cause, e);
  }
}
