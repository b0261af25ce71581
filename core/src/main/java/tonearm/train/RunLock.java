package tonearm.train;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a second training out of a run folder while one goes on there: each would undo the other's
 * epochs. The system lets go of it when the process ends, however it ends. Where a file system has
 * no locks, nothing is kept out.
 */
final class RunLock implements AutoCloseable {
  /** There while a run is trained; one that a killed process left does not count. */
  static final String FILE = ".lock";

  private final Path file;
  private final FileChannel channel;

  private RunLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock of a run folder that is there.
   *
   * @throws TrainingException if another training has it
   */
  static RunLock take(Path folder) throws IOException, TrainingException {
    Path file = folder.resolve(FILE);
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (!isFree(channel)) {
        throw new TrainingException(folder + " is being trained by another process");
      }
      return new RunLock(file, channel);
    } catch (IOException | TrainingException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static boolean isFree(FileChannel channel) throws ClosedByInterruptException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      return true; // no locks here
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
    channel.close();
  }
}
