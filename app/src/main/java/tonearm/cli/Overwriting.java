package tonearm.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import tonearm.audio.SoundFiles;

/**
 * A slip such as {@code -o *.mp3}, of which the shell makes {@code -o a.mp3 b.mp3}, must not cost
 * the user a song.
 */
final class Overwriting {
  private Overwriting() {}

  /**
   * Refuses a sound's place for what a command writes.
   *
   * @param option how the file was given
   * @param file what is to be written, or null for stdout
   * @throws ParameterException if a file of sound is there
   */
  static void requireNoSound(CommandSpec spec, String option, @Nullable Path file) {
    if (file != null && SoundFiles.isSound(file)) {
      throw new ParameterException(
          spec.commandLine(), option + " " + file + " would overwrite a file of sound");
    }
  }
}
