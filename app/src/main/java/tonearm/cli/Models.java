package tonearm.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tonearm.model.ModelBundle;

/** Where model bundles lie: those that come with Tonearm, and folders the user names. */
final class Models {
  /** What answers unless another is asked for. */
  static final String DEFAULT = "tonearm-base";

  private Models() {}

  /** The folder of the bundles that come with Tonearm; the launcher tells where it is installed. */
  static Path folder() {
    return Path.of(System.getProperty("tonearm.home", ".")).resolve("models");
  }

  /**
   * The bundle of a name, of a folder, or of the folder of the run that made it.
   *
   * @throws IOException if there is none; the message lists the names there are
   */
  static Path find(String nameOrFolder) throws IOException {
    Path bundled = folder().resolve(nameOrFolder);
    boolean isName = !nameOrFolder.isEmpty() && Path.of(nameOrFolder).getNameCount() == 1;
    if (isName && ModelBundle.isBundle(bundled)) {
      return bundled;
    }
    Path own = Path.of(nameOrFolder);
    requireAccess(own);
    if (!nameOrFolder.isEmpty() && Files.isDirectory(own)) {
      Path ofRun = own.resolve(RunBundle.FOLDER);
      return !ModelBundle.isBundle(own) && ModelBundle.isBundle(ofRun) ? ofRun : own;
    }
    List<String> names = new ArrayList<>();
    for (Path bundle : bundled()) {
      names.add(bundle.getFileName().toString());
    }
    throw new IOException(
        "no model is called '%s' and no such folder exists; there are: %s"
            .formatted(nameOrFolder, names.isEmpty() ? "none" : String.join(", ", names)));
  }

  /** A folder that may not be looked into is not one that does not exist. */
  private static void requireAccess(Path folder) throws IOException {
    boolean isClosed;
    try {
      isClosed = Files.isDirectory(folder.toRealPath()) && !Files.isExecutable(folder);
    } catch (AccessDeniedException e) {
      isClosed = true;
    } catch (FileSystemException e) {
      isClosed = false;
    }
    if (isClosed) {
      throw new IOException(folder + ": permission denied");
    }
  }

  /** The bundles that come with Tonearm, by name. */
  static List<Path> bundled() throws IOException {
    if (!Files.isDirectory(folder())) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder())) {
      return entries.filter(ModelBundle::isBundle).sorted().toList();
    }
  }
}
