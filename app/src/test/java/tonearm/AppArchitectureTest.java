package tonearm;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rooms of the application: commands stand on top, the terminal beneath. */
@AnalyzeClasses(packages = "tonearm", importOptions = ImportOption.DoNotIncludeTests.class)
class AppArchitectureTest {
  @ArchTest
  static final ArchRule NOBODY_CALLS_THE_COMMANDS =
      noClasses()
          .that()
          .resideOutsideOfPackage("tonearm.cli")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("tonearm.cli");

  @ArchTest
  static final ArchRule THE_TERMINAL_KNOWS_NOTHING_OF_MUSIC =
      classes()
          .that()
          .resideInAPackage("tonearm.terminal")
          .should()
          .onlyDependOnClassesThat(
              resideOutsideOfPackage("tonearm..").or(resideInAPackage("tonearm.terminal")));

  @ArchTest
  static final ArchRule NO_LIBRARY_SEES_THE_BENCHMARKS =
      noClasses()
          .that()
          .resideOutsideOfPackages("tonearm.cli", "tonearm.bench")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("tonearm.bench");
}
