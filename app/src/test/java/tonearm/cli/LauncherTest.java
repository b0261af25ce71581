package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher where it can be neither built nor started: that it says so and ends. */
@Timeout(60)
class LauncherTest {
  @TempDir private Path checkout;

  @BeforeEach
  void launcher() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no shell");
    Files.copy(Path.of("..", "tonearm"), checkout.resolve("tonearm"));
  }

  private void assertCannotBuild() throws Exception {
    Path said = checkout.resolveSibling(checkout.getFileName() + "-said");
    try {
      Process process =
          new ProcessBuilder("sh", checkout.resolve("tonearm").toString(), "--version")
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      boolean ended = process.waitFor(50, TimeUnit.SECONDS);
      process.destroyForcibly();
      assertThat(ended).as("it must not wait for what will not come").isTrue();
      assertThat(process.exitValue()).isEqualTo(2);
      assertThat(Files.readAllLines(said))
          .singleElement()
          .asString()
          .contains("cannot write to " + checkout.toRealPath().resolve(".tonearm"));
    } finally {
      Files.deleteIfExists(said);
    }
  }

  @Test
  void aFileInTheWayOfItsFolderIsTold() throws Exception {
    Files.createFile(checkout.resolve(".tonearm"));
    assertCannotBuild();
  }

  @Test
  void aCheckoutOfSomeoneElseIsTold() throws Exception {
    Path state = Files.createDirectory(checkout.resolve(".tonearm"));
    Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(state), "this user may write everywhere");
      assertCannotBuild();
    } finally {
      Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void aLockThatNobodyHoldsIsNotWaitedFor() throws Exception {
    Path tools = Files.createDirectory(checkout.resolve("tools"));
    Path mvn = Files.writeString(tools.resolve("mvn"), "#!/bin/sh\necho asked to build\nexit 1\n");
    Files.setPosixFilePermissions(mvn, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectories(checkout.resolve(".tonearm/lock")); // a full disk took its owner's name
    ProcessBuilder builder =
        new ProcessBuilder("sh", checkout.resolve("tonearm").toString(), "--version");
    builder.environment().merge("PATH", tools.toString(), (path, first) -> first + ":" + path);
    Process process = builder.redirectErrorStream(true).start();
    assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
    assertThat(process.inputReader().lines())
        .contains("tonearm: waiting for another start that is building", "asked to build");
    assertThat(process.exitValue()).isEqualTo(2);
    assertThat(checkout.resolve(".tonearm/lock")).doesNotExist();
  }
}
