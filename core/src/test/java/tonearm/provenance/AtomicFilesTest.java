package tonearm.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
  @TempDir Path folder;

  @Test
  void aFileIsMadeWithItsFoldersAndNothingElseIsLeft() throws IOException {
    Path file = folder.resolve("a/b/c.txt");
    AtomicFiles.writeString(file, "größer\n");
    assertThat(file).hasContent("größer\n");
    assertThat(names(file.resolveSibling(""))).containsExactly("c.txt");
  }

  @Test
  void aReaderSeesTheOldFileUntilTheNewOneIsWhole() throws IOException {
    Path file = folder.resolve("metrics.json");
    AtomicFiles.writeString(file, "old");
    AtomicFiles.write(
        file,
        out -> {
          out.write("new".getBytes(StandardCharsets.UTF_8));
          out.flush();
          assertThat(file).hasContent("old");
          assertThat(names(folder)).allMatch(n -> n.equals("metrics.json") || n.startsWith("."));
        });
    assertThat(file).hasContent("new");
  }

  @Test
  void aFailureLeavesTheOldFileAndNoTemporaryOne() throws IOException {
    Path file = folder.resolve("weights");
    AtomicFiles.writeString(file, "old");
    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    file,
                    out -> {
                      out.write(1);
                      throw new IOException("disk full");
                    }))
        .hasMessage("disk full");
    assertThat(file).hasContent("old");
    assertThat(names(folder)).containsExactly("weights");
  }

  @Test
  void aLibraryThatOpensFilesItselfGetsAPathWithTheSameExtension() throws IOException {
    Path file = folder.resolve("chart.png");
    AtomicFiles.writeVia(
        file,
        temporary -> {
          assertThat(temporary.getFileName().toString()).startsWith(".tmp-").endsWith(".png");
          assertThat(temporary).doesNotExist().hasParentRaw(file.getParent());
          Files.writeString(temporary, "picture");
        });
    assertThat(file).hasContent("picture");
    assertThat(names(folder)).containsExactly("chart.png");
  }

  @Test
  void aNameMayBeAsLongAsTheFileSystemAllows() throws IOException {
    for (String name : List.of("a".repeat(251) + ".png", "b".repeat(255), "c." + "d".repeat(253))) {
      Path file = folder.resolve(name);
      AtomicFiles.writeString(file, "long");
      assertThat(file).hasContent("long");
    }
    assertThat(names(folder)).hasSize(3);
  }

  @Test
  void othersMayReadTheFileAsTheyMayReadAnyFile() throws IOException {
    assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    Path plain = Files.writeString(folder.resolve("plain"), "");
    Path atomic = folder.resolve("atomic");
    AtomicFiles.writeString(atomic, "");
    assertThat(Files.getPosixFilePermissions(atomic))
        .contains(PosixFilePermission.OWNER_READ)
        .isEqualTo(Files.getPosixFilePermissions(plain));
  }

  @Test
  void aSymbolicLinkIsFollowed() throws IOException {
    assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    Path real = Files.writeString(folder.resolve("real"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("real"));
    AtomicFiles.writeString(link, "new");
    assertThat(link).isSymbolicLink();
    assertThat(real).hasContent("new");
  }

  /** As {@code -o /dev/stdout} where stdout is a file that others write to as well. */
  @Test
  void aFileThatIsOpenAlreadyIsAddedTo() throws IOException {
    Path open = Path.of("/proc/self/fd");
    assumeTrue(Files.isDirectory(open), "not Linux");
    Path log = folder.resolve("log");
    try (OutputStream out = Files.newOutputStream(log);
        Stream<Path> all = Files.list(open)) {
      out.write("before, ".getBytes(StandardCharsets.UTF_8));
      Path descriptor =
          all.filter(one -> log.equals(one.resolveSibling(linked(one)))).findFirst().orElseThrow();
      AtomicFiles.writeString(descriptor, "and after");
    }
    assertThat(log).hasContent("before, and after");
  }

  private static Path linked(Path link) {
    try {
      return Files.readSymbolicLink(link);
    } catch (IOException e) {
      return link; // closed meanwhile
    }
  }

  @Test
  void aDeviceIsWrittenToAndNotReplaced() throws IOException {
    Path device = Path.of("/dev/null");
    assumeTrue(Files.exists(device));
    AtomicFiles.writeString(device, "gone");
    assertThat(Files.isRegularFile(device)).isFalse();
  }

  /** What a process that is stopped by Ctrl-C does at its end. */
  @Test
  void whatIsUnfinishedCanBeDeleted() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old");
    assertThatThrownBy(
            () ->
                AtomicFiles.writeVia(
                    file,
                    temporary -> {
                      Files.writeString(temporary, "half");
                      AtomicFiles.deleteUnfinished();
                      assertThat(names(folder)).containsExactly("file");
                    }))
        .isInstanceOf(NoSuchFileException.class);
    assertThat(names(folder)).containsExactly("file");
    assertThat(file).hasContent("old");
  }

  @Test
  void aFolderIsRefused() {
    assertThatThrownBy(() -> AtomicFiles.writeString(folder, "x"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is a folder");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }
}
