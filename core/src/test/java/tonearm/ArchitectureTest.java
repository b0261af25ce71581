package tonearm;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** Holds the house together: which room may look into which. A new room needs a line here. */
@AnalyzeClasses(packages = "tonearm", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  /**
   * What each room may import. Provenance stands beneath all of them (digests, seeds, JSON, files
   * moved into place), so eval and infer, which carry none of their own, may use it too; audio
   * knows FFmpeg alone; dsp is arrays in, arrays out and needs nothing.
   */
  private static final Map<String, Set<String>> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("provenance", Set.of()),
          Map.entry("audio", Set.of()),
          Map.entry("dsp", Set.of()),
          Map.entry("features", Set.of("audio", "dsp", "provenance")),
          Map.entry("dataset", Set.of("audio", "features", "provenance")),
          Map.entry("eval", Set.of("dataset", "provenance")),
          Map.entry("model", Set.of("features", "dataset", "provenance")),
          Map.entry("train", Set.of("features", "dataset", "model", "eval", "provenance")),
          Map.entry("infer", Set.of("audio", "features", "dataset", "model", "eval", "provenance")),
          Map.entry("report", Set.of("features", "dataset", "model", "eval", "provenance")),
          Map.entry("tags", Set.of("audio", "provenance")),
          Map.entry("library", Set.of("eval", "provenance")));

  @ArchTest
  static void aRoomImportsOnlyWhatTheTableSays(JavaClasses classes) {
    MAY_IMPORT.forEach(
        (room, others) -> {
          String[] allowed =
              Stream.concat(Stream.of(room), others.stream())
                  .map(name -> "tonearm." + name + "..")
                  .toArray(String[]::new);
          classes()
              .that()
              .resideInAPackage("tonearm." + room + "..")
              .should()
              .onlyDependOnClassesThat(
                  resideOutsideOfPackage("tonearm..").or(resideInAnyPackage(allowed)))
              .as(room + " imports only " + new TreeSet<>(others))
              .allowEmptyShould(true)
              .check(classes);
        });
  }

  @ArchTest
  static void everyRoomIsInTheTable(JavaClasses classes) {
    Set<String> rooms =
        classes.stream()
            .map(c -> c.getPackageName().split("\\.", -1))
            .map(path -> path.length < 2 ? "" : path[1])
            .collect(Collectors.toSet());
    assertThat(MAY_IMPORT.keySet()).containsAll(rooms);
  }

  @ArchTest
  static final ArchRule THERE_ARE_NO_CYCLES =
      slices().matching("tonearm.(*)..").should().beFreeOfCycles().allowEmptyShould(true);

  @ArchTest
  static final ArchRule LIBTORCH_STAYS_IN_ITS_ROOMS =
      noClasses()
          .that()
          .resideOutsideOfPackages("tonearm.model..", "tonearm.train..", "tonearm.infer..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bytedeco.pytorch..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule FFMPEG_STAYS_IN_AUDIO =
      noClasses()
          .that()
          .resideOutsideOfPackage("tonearm.audio..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bytedeco.ffmpeg..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule NATIVE_MEMORY_IS_NOT_FREED_BY_THE_COLLECTOR =
      noClasses()
          .should()
          .callMethod(System.class, "gc")
          .orShould()
          .callMethod(Runtime.class, "gc")
          .because("a PointerScope frees native memory when it is due, not some time later")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule ONLY_A_PROGRAM_MAY_END_THE_JVM =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("tonearm.audio.DecoderChild") // a program of its own
          .should()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "halt", int.class)
          .because("core is a library")
          .allowEmptyShould(true);

  @ArchTest
  static void everyPackageSaysWhatItIsForAndIsNullMarked(JavaClasses classes) {
    List<String> unmarked =
        classes.stream()
            .map(c -> c.getPackage())
            .distinct()
            .filter(p -> !p.isAnnotatedWith(NullMarked.class))
            .map(JavaPackage::getName)
            .toList();
    assertThat(unmarked).as("packages without a @NullMarked package-info").isEmpty();
  }
}
