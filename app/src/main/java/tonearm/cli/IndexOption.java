package tonearm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tonearm.infer.ClassifyOptions;
import tonearm.library.Hearing;
import tonearm.library.LibraryIndex;
import tonearm.library.LibraryIndex.FileState;
import tonearm.model.ModelBundle;
import tonearm.provenance.Digest;

/** Which index; for every command that looks into one. */
final class IndexOption {
  @Option(
      names = "--index",
      paramLabel = "FILE",
      description = "The index. Default: library.db in the user's data folder.")
  private @Nullable Path file;

  /** The file that is meant. */
  Path path() {
    return file == null ? DataFolder.index() : file;
  }

  /** Opens an index that must be there. */
  LibraryIndex open() throws IOException {
    return LibraryIndex.openExisting(path());
  }

  /** Who hears with a bundle, and how much. */
  static Hearing hearing(Path bundle, ClassifyOptions options) throws IOException {
    ModelBundle.Description model = ModelBundle.describe(bundle);
    String sampling =
        options.excerpt() == ClassifyOptions.WHOLE ? "whole" : "excerpt " + options.excerpt();
    return new Hearing(model.name(), ModelBundle.networkDigest(bundle), sampling, model.genres());
  }

  /** The content of a file, from the index where that knows it. */
  static String content(LibraryIndex index, Path song) throws IOException {
    LibraryIndex.KnownFile known = index.file(song);
    String sha256 = known == null ? null : known.sha256();
    if (known == null || sha256 == null) {
      return Digest.ofFile(song);
    } else if (Files.notExists(song)) {
      return sha256;
    }
    FileState state = FileState.of(Files.readAttributes(song, BasicFileAttributes.class));
    return state.equals(known.state()) ? sha256 : Digest.ofFile(song);
  }
}
