package tonearm.cli;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tonearm.dataset.Companions;
import tonearm.infer.Answer;
import tonearm.infer.BatchClassifier.Song;

/** The files that the words on the command line stand for. */
final class InputFiles {
  private InputFiles() {}

  /**
   * A path and, if it cannot be taken, why.
   *
   * @param problem null if it can be opened
   */
  record Input(Path path, @Nullable String problem) implements Song {
    @Override
    public @Nullable Answer known() {
      return problem == null ? null : Answer.error(path.toString(), problem);
    }
  }

  /**
   * Files as they are named, and with {@code recursive} those in folders, sorted by path: hidden
   * ones and those that usually lie beside music are passed over, links are followed, and a loop of
   * links ends.
   */
  static List<Input> expand(List<Path> paths, boolean recursive) throws IOException {
    List<Input> inputs = new ArrayList<>();
    for (Path path : paths) {
      if (!Files.isDirectory(path)) {
        inputs.add(new Input(path, null));
      } else if (recursive) {
        inputs.addAll(walk(path));
      } else {
        inputs.add(new Input(path, "is a folder; add -r to classify what is in it"));
      }
    }
    return inputs;
  }

  private static List<Input> walk(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    List<Input> problems = new ArrayList<>();
    Files.walkFileTree(
        folder,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            return isHidden(dir) && !dir.equals(folder)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (isHidden(file) || Companions.isCompanion(file)) {
              return FileVisitResult.CONTINUE;
            }
            if (attributes.isRegularFile()) {
              files.add(file);
            } else if (attributes.isSymbolicLink()) {
              problems.add(new Input(file, "a link to nothing"));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            // A link back up the tree: its files are met where they are.
            if (!(e instanceof java.nio.file.FileSystemLoopException)) {
              problems.add(new Input(file, "cannot be read: permission denied or gone"));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    if (files.isEmpty() && problems.isEmpty()) {
      // Silence would look as if all were well.
      problems.add(new Input(folder, "a folder without any file that may be audio"));
    }
    Collections.sort(files);
    List<Input> inputs = new ArrayList<>(problems);
    files.forEach(file -> inputs.add(new Input(file, null)));
    return inputs;
  }

  private static boolean isHidden(Path path) {
    Path name = path.getFileName();
    return name != null && name.toString().startsWith(".");
  }
}
