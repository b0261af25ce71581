package tonearm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tonearm.provenance.Machine;

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

  private List<String> environment(String... words) throws Exception {
    return environment(Map.of(), words);
  }

  /** What a Java would be started with, by a launcher that finds its build done. */
  private List<String> environment(Map<String, String> variables, String... words)
      throws Exception {
    Path bin = Files.createDirectories(checkout.resolve("java/bin"));
    Path java = Files.writeString(bin.resolve("java"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\nenv\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path state = Files.createDirectories(checkout.resolve(".tonearm"));
    Files.writeString(state.resolve("classpath"), java.toString());
    List<String> command = new ArrayList<>(List.of("sh", checkout.resolve("tonearm").toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", checkout.resolve("java").toString());
    builder.environment().remove("MALLOC_MMAP_MAX_");
    builder.environment().keySet().removeIf(name -> name.startsWith("LC_"));
    builder.environment().putAll(variables);
    Process process = builder.start();
    List<String> said = process.inputReader().lines().toList();
    assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said.toString()).isZero();
    return said;
  }

  @Test
  void namesAreReadWhereTheLocaleIsNotInstalled() throws Exception {
    assertThat(environment(Map.of("LANG", "xx_YY.UTF-8"), "version")).contains("LC_ALL=C.UTF-8");
    assertThat(environment(Map.of("LANG", "C.UTF-8"), "version"))
        .noneMatch(line -> line.startsWith("LC_ALL="));
  }

  @Test
  void memoryIsWhatTheMachineHas() throws Exception {
    assertThat(environment("train", "data"))
        .contains("-Xmx2g", "-Dorg.bytedeco.javacpp.maxphysicalbytes=0");
  }

  /** A build is not taken from under a Tonearm that starts decoders from it. */
  @Test
  void aBuildThatIsUsedIsMarked() throws Exception {
    environment("classify", "--isolate", "a.mp3");
    try (Stream<Path> marks = Files.list(checkout.resolve("java/bin"))) {
      assertThat(marks.map(mark -> mark.getFileName().toString()))
          .anyMatch(name -> name.matches("user-\\d+"));
    }
  }

  @Test
  void memoryStaysWithTrainingsInFp32WhereThereIsRoom() throws Exception {
    Path memory = Path.of("/proc/meminfo");
    assumeTrue(Files.exists(memory), "not Linux");
    long room =
        Files.readAllLines(memory).stream()
            .filter(line -> line.startsWith("MemAvailable:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .findFirst()
            .orElse(0);
    assumeTrue(room < 10_000_000 || room > 14_000_000, "neither here nor there");
    Path limit = Path.of("/sys/fs/cgroup/memory.max");
    assumeTrue(
        !Files.exists(limit) || Files.readString(limit).startsWith("max"), "a container's limit");
    boolean stays = room > 14_000_000;
    String kept = "MALLOC_MMAP_MAX_=0";

    assertThat(environment("train", "data", "--precision", "fp32").contains(kept)).isEqualTo(stays);
    assertThat(environment("crossval", "data").contains(kept))
        .isEqualTo(stays && !Machine.current().hasBf16());
    assertThat(environment("train", "--precision", "fp32", "data").contains(kept)).isEqualTo(stays);
    assertThat(environment("bench", "--only", "train-fp32").contains(kept)).isEqualTo(stays);
    assertThat(environment("bench", "--runs", "3", "--only", "step-fp32", "--json").contains(kept))
        .isEqualTo(stays);
    for (String words :
        List.of(
            "classify --precision fp32",
            "bench --only train-fp32,train-bf16",
            "train data --out fp32 --precision bf16",
            "crossval data --precision fp32 --parallel 4")) {
      assertThat(environment(words.split(" "))).as(words).doesNotContain(kept);
    }
  }
}
