package org.facetdb.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Library packages: wired by the resolver, one version in a process. Each test has library names of
 * its own, because a loaded library stays.
 */
class LibraryTest {
  @TempDir private Path folder;

  private PluginHost open(String scratch) {
    return PluginHost.open(List.of(folder.resolve("packages")), folder.resolve(scratch));
  }

  private Path library(String name, String version, String header) throws IOException {
    return PackageBuilder.jar(folder.resolve("work"))
        .header("Bundle-ManifestVersion", "2")
        .header("FacetDB-Library", "true")
        .header("Bundle-SymbolicName", "lib." + name)
        .header("Bundle-Version", version)
        .header("Export-Package", name + ";version=\"" + version + "\"")
        .source("module-info", "module lib." + name + " { exports " + name + "; " + header + " }")
        .source(
            name + ".Q",
            "package %s; public class Q { static int n; public static String q() { return \"%s:\" + ++n; } }"
                .formatted(name, version))
        .build(folder.resolve("packages"), name + "-" + version + ".jar");
  }

  private void plugin(String name, String library, Path jar) throws IOException {
    PackageBuilder.headed(folder.resolve("work"), name, "1")
        .seeing(jar)
        .module(name, "requires lib." + library + ";")
        .entry(library + ".Q.q()")
        .build(folder.resolve("packages"), name + ".jar");
  }

  @Test
  void pluginsAndDatabasesShareALibrary() throws IOException {
    Path jar = library("shared", "1.0.0", "");
    plugin("one", "shared", jar);
    plugin("two", "shared", jar);
    try (PluginHost host = open("first");
        PluginHost other = open("second")) {
      assertNull(host.check(folder.resolve("packages/one.jar")).problem());
      assertEquals("1.0.0:1", host.load("one", "1").entry().toString());
      assertEquals("1.0.0:2", host.load("two", "1").entry().toString());
      assertEquals("1.0.0:3", other.load("two", "1").entry().toString());
    }
    try (PluginHost later = open("third")) {
      assertEquals("1.0.0:4", later.load("one", "1").entry().toString(), "it was never unloaded");
    }
  }

  @Test
  void aLibraryThatComesLaterMendsARefusal() throws IOException {
    Path jar = library("late", "1.0.0", "");
    plugin("one", "late", jar);
    Path aside = Files.move(jar, folder.resolve("late.jar"));
    try (PluginHost host = open("scratch")) {
      DatabaseException failure =
          assertThrows(DatabaseException.class, () -> host.load("one", "1"));
      assertTrue(String.valueOf(failure.getMessage()).contains("module lib.late"));
      Files.move(aside, jar);
      assertEquals("1.0.0:1", host.load("one", "1").entry().toString());
    }
  }

  @Test
  void theVersionThatIsLoadedServesWhereANewerOneLies() throws IOException {
    Path jar = library("aged", "1.0.0", "");
    plugin("one", "aged", jar);
    try (PluginHost host = open("scratch")) {
      LoadedPlugin before = host.load("one", "1");
      assertEquals("1.0.0:1", before.entry().toString());
      before.close();
      library("aged", "2.0.0", "");
      assertEquals("1.0.0:2", host.load("one", "1").entry().toString());
      PackageBuilder.headed(folder.resolve("work"), "two", "1")
          .header("Import-Package", "org.facetdb.spi,aged;version=\"[2,3)\"")
          .seeing(jar)
          .module("two", "requires lib.aged;")
          .entry("aged.Q.q()")
          .build(folder.resolve("packages"), "two.jar");
      DatabaseException failure =
          assertThrows(DatabaseException.class, () -> host.load("two", "1"));
      assertTrue(String.valueOf(failure.hint()).contains("holds version 1.0.0"), failure.hint());
    }
  }

  @Test
  void aRangeOfVersionsPicksTheLibrary() throws IOException {
    Path jar = library("ranged", "1.0.0", "");
    library("ranged", "2.0.0", "");
    PackageBuilder.headed(folder.resolve("work"), "one", "1")
        .header("Import-Package", "org.facetdb.spi,ranged;version=\"[1,2)\"")
        .seeing(jar)
        .module("one", "requires lib.ranged;")
        .entry("ranged.Q.q()")
        .build(folder.resolve("packages"), "one.jar");
    try (PluginHost host = open("scratch")) {
      assertEquals("1.0.0:1", host.load("one", "1").entry().toString());
    }
  }

  @Test
  void aLibraryMayRequireALibrary() throws IOException {
    Path base = library("base", "1.0.0", "");
    Path jar =
        PackageBuilder.jar(folder.resolve("work"))
            .header("FacetDB-Library", "true")
            .header("Bundle-SymbolicName", "lib.upper")
            .header("Bundle-Version", "1")
            .seeing(base)
            .source("module-info", "module lib.upper { exports upper; requires lib.base; }")
            .source(
                "upper.Q",
                "package upper; public class Q { public static Class<?> q() { return base.Q.class; } }")
            .build(folder.resolve("packages"), "upper.jar");
    for (String name : List.of("one", "two")) {
      PackageBuilder.headed(folder.resolve("work"), name, "1")
          .seeing(base)
          .seeing(jar)
          .module(name, "requires lib.upper;")
          .entry("System.identityHashCode(upper.Q.q())")
          .build(folder.resolve("packages"), name + ".jar");
    }
    try (PluginHost host = open("scratch")) {
      assertEquals(
          host.load("one", "1").entry().toString(), host.load("two", "1").entry().toString());
      assertSame(
          PluginPackage.Kind.LIBRARY, host.check(folder.resolve("packages/upper.jar")).kind());
    }
  }
}
