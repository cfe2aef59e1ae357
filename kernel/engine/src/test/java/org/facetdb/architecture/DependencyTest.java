package org.facetdb.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.net.MalformedURLException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Dependencies point one way, as docs/architecture.md draws them. */
class DependencyTest {
  private static final String CALCITE = "org.apache.calcite..";
  private static final String[] ENGINE = {"org.facetdb", "org.facetdb.jdbc.."};

  private static JavaClasses classes;

  @BeforeAll
  static void scan() throws MalformedURLException {
    classes = KernelModules.classes();
  }

  private static GivenClassesConjunction in(String... packages) {
    return noClasses().that().resideInAnyPackage(packages);
  }

  @Test
  void everyModuleOfTheKernelIsScanned() {
    Map<String, Integer> counts = new TreeMap<>();
    for (JavaClass scanned : classes) {
      counts.merge(moduleOf(scanned.getPackageName()), 1, Integer::sum);
    }
    assertEquals(
        Set.of(
            "org.facetdb",
            "org.facetdb.host",
            "org.facetdb.parser",
            "org.facetdb.spi",
            "org.facetdb.sql",
            "org.facetdb.storage"),
        counts.keySet());
    counts.forEach((module, count) -> assertTrue(count > 1, module + " has " + count));
  }

  private static String moduleOf(String packageName) {
    String[] parts = packageName.split("\\.");
    boolean engine = parts.length == 2 || parts[2].equals("jdbc");
    return engine ? "org.facetdb" : "org.facetdb." + parts[2];
  }

  @Test
  void spiNeedsJavaBaseAlone() {
    classes()
        .that()
        .resideInAPackage("org.facetdb.spi..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("org.facetdb.spi..", "java..", "org.jspecify.annotations..")
        .check(classes);
  }

  @Test
  void storageKnowsNoSqlAndNoPlugins() {
    in("org.facetdb.storage..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.facetdb",
            "org.facetdb.jdbc..",
            "org.facetdb.spi..",
            "org.facetdb.parser..",
            "org.facetdb.sql..")
        .check(classes);
  }

  @Test
  void parserNeedsNoOtherModuleOfTheKernel() {
    in("org.facetdb.parser..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.facetdb", "org.facetdb.jdbc..", "org.facetdb.storage..", "org.facetdb.sql..")
        .check(classes);
  }

  @Test
  void hostKnowsTheSpiAlone() {
    in("org.facetdb.host..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.facetdb",
            "org.facetdb.jdbc..",
            "org.facetdb.storage..",
            "org.facetdb.parser..",
            "org.facetdb.sql..")
        .check(classes);
  }

  @Test
  void onlyHostNamesTheFramework() {
    in(
            "org.facetdb",
            "org.facetdb.jdbc..",
            "org.facetdb.spi..",
            "org.facetdb.storage..",
            "org.facetdb.parser..",
            "org.facetdb.sql..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.osgi..", "org.apache.felix..")
        .check(classes);
  }

  @Test
  void sqlDoesNotReachUpToTheEngine() {
    in("org.facetdb.sql..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ENGINE)
        .check(classes);
  }

  @Test
  void onlyParserAndSqlNameCalcite() {
    in("org.facetdb", "org.facetdb.jdbc..", "org.facetdb.spi..", "org.facetdb.storage..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(CALCITE)
        .check(classes);
    boolean sqlNamesIt =
        classes.stream()
            .filter(c -> c.getPackageName().startsWith("org.facetdb.sql"))
            .flatMap(c -> c.getDirectDependenciesFromSelf().stream())
            .anyMatch(d -> d.getTargetClass().getPackageName().startsWith("org.apache.calcite"));
    assertTrue(sqlNamesIt, "the rule would hold of anything: sql doesn't name Calcite either");
  }

  @Test
  void onlySqlNamesTheParser() {
    in("org.facetdb", "org.facetdb.jdbc..", "org.facetdb.spi..", "org.facetdb.storage..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.facetdb.parser..")
        .check(classes);
  }

  @Test
  void nothingDependsOnAPlugin() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.facetdb.plugin..", "org.facetdb.fts..", "org.facetdb.testkit..")
        .check(classes);
  }

  @Test
  void modulesHaveNoCycle() {
    slices().matching("org.facetdb.(*)..").should().beFreeOfCycles().check(classes);
  }

  @Test
  void packagesOfStorageHaveNoCycle() {
    slices().matching("org.facetdb.storage.(*)..").should().beFreeOfCycles().check(classes);
  }
}
