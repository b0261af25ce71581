package tonearm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tonearm.audio.SoundFiles;
import tonearm.library.Librarian;

/** The files that the words on the command line stand for. */
final class InputFiles {
  private InputFiles() {}

  /**
   * A path and, if it cannot be taken, why.
   *
   * @param problem null if it can be opened
   */
  record Input(Path path, @Nullable String problem) implements Librarian.Request {}

  /**
   * Files as they are named, and with {@code recursive} those in folders by the rule of {@link
   * SoundFiles}, each folder's sorted by path. What is found in several of the folders is taken
   * once; what is named is always taken.
   */
  static List<Input> expand(List<Path> paths, boolean recursive) throws IOException {
    List<Input> inputs = new ArrayList<>();
    SoundFiles walker = new SoundFiles();
    for (Path path : paths) {
      if (!Files.isDirectory(path)) {
        inputs.add(new Input(path, null));
      } else if (recursive) {
        inputs.addAll(walk(walker, path));
      } else {
        inputs.add(new Input(path, "is a folder; add -r to take what is in it"));
      }
    }
    return inputs;
  }

  private static List<Input> walk(SoundFiles walker, Path folder) throws IOException {
    List<Input> inputs = new ArrayList<>();
    boolean walked =
        walker.walk(
            folder,
            new SoundFiles.Listener() {
              @Override
              public void found(Path file, BasicFileAttributes attributes) {
                inputs.add(new Input(file, null));
              }

              @Override
              public void unreadable(Path path, String cause) {
                inputs.add(new Input(path, cause));
              }
            });
    if (walked && inputs.isEmpty()) {
      // Silence would look as if all were well.
      inputs.add(new Input(folder, "a folder without any file that may be audio"));
    }
    inputs.sort(Comparator.comparing(Input::path));
    return inputs;
  }
}
