package org.facetdb.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.facetdb.host.PluginPackage.Kind;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.Plugin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packages that are found, loaded, used and closed, and what plug-ins see. */
class PluginHostTest {
  /** Asks a plug-in whether a class is there for it. */
  private static final String SEES = "p.Sees.sees(\"%s\")";

  private static final String SEES_SOURCE =
      "package p; public final class Sees { public static boolean sees(String name) {"
          + " try { Class.forName(name); return true; }"
          + " catch (ClassNotFoundException e) { return false; } } }";

  @TempDir private Path folder;
  private Path packages;
  private Path work;
  private PluginHost host;

  @BeforeEach
  void open() {
    packages = folder.resolve("packages");
    work = folder.resolve("work");
    host = PluginHost.open(List.of(packages), folder.resolve("scratch"));
  }

  @AfterEach
  void close() throws IOException {
    host.close();
    try (var left = Files.list(folder.resolve("scratch"))) {
      assertEquals(List.of(), left.toList(), "the scratch folder is emptied");
    }
  }

  private PackageBuilder plugin(String name, String version, String answer) {
    return PackageBuilder.plugin(work, name, version, answer);
  }

  @Test
  void aFolderThatIsNotThereHoldsNoPackages() {
    assertEquals(List.of(), host.packages());
  }

  @Test
  void packagesAreListedAsTheyComeAndGo() throws IOException {
    Path one =
        plugin("one", "0.1.0", "1")
            .header("FacetDB-Contributes", "answer, @@@")
            .build(packages, "one.jar");
    assertEquals(
        List.of(
            new PluginPackage(
                one,
                "one",
                "0.1.0",
                "Made for a test: one",
                Kind.PLUGIN,
                List.of("answer", "@@@"),
                null)),
        host.packages());
    plugin("two", "1.0.0.rc1", "2").build(packages, "two.jar");
    assertEquals(List.of("one", "two"), host.packages().stream().map(PluginPackage::name).toList());
    Files.delete(one);
    plugin("two", "2.0", "2").header("Bundle-Description", "new").build(packages, "two.jar");
    assertEquals(List.of("2.0"), host.packages().stream().map(PluginPackage::version).toList());
  }

  @Test
  void ofTwoJarsWithOneNameAndVersionTheFirstCounts() throws IOException {
    plugin("one", "1", "\"first\"").build(packages, "a.jar");
    plugin("one", "1", "\"second\"").build(packages, "b.jar");
    List<PluginPackage> found = host.packages();
    assertNull(found.get(0).problem());
    assertTrue(String.valueOf(found.get(1).problem()).contains("a.jar"), found.toString());
    assertEquals("first", host.load("one", "1").entry().toString());
  }

  @Test
  void aPluginIsLoadedUsedAndClosed() throws IOException {
    plugin("one", "0.1.0", "\"hello\"").build(packages, "one.jar");
    LoadedPlugin plugin = host.load("one", "0.1.0");
    assertEquals("one", plugin.name());
    assertEquals("0.1.0", plugin.version());
    assertEquals("hello", plugin.entry().toString());
    plugin.close();
    plugin.close();
    assertThrows(IllegalStateException.class, plugin::entry);
    try (LoadedPlugin again = host.load("one", "0.1.0")) {
      assertEquals("hello", again.entry().toString());
    }
  }

  @Test
  void whatIsNotThereIs58P01() throws IOException {
    DatabaseException none = assertThrows(DatabaseException.class, () -> host.load("one", "1"));
    assertEquals("58P01", none.sqlState());
    plugin("one", "1.0", "1").build(packages, "one.jar");
    DatabaseException other = assertThrows(DatabaseException.class, () -> host.load("one", "2"));
    assertEquals("58P01", other.sqlState());
    assertTrue(String.valueOf(other.getMessage()).contains("1.0"), other.getMessage());
  }

  @Test
  void twoVersionsServeSideBySideWithStaticsOfTheirOwn() throws IOException {
    plugin("one", "1.0.0", "\"v1:\" + ++count").build(packages, "one-1.jar");
    plugin("one", "2.0.0", "\"v2:\" + ++count").build(packages, "one-2.jar");
    LoadedPlugin first = host.load("one", "1.0.0");
    LoadedPlugin second = host.load("one", "2.0.0");
    Plugin before = first.entry();
    assertEquals("v1:1", before.toString());
    assertEquals("v1:2", before.toString());
    assertEquals("v2:1", second.entry().toString());
    LoadedPlugin same = host.load("one", "1.0.0");
    assertEquals("v1:1", same.entry().toString(), "a second load of a version starts anew");
    assertNotSame(before.getClass(), same.entry().getClass());
    first.close();
    assertEquals("v2:2", second.entry().toString(), "the others go on");
  }

  @Test
  void aPluginSeesTheSpiAndNothingOfTheHost() throws IOException {
    String answer =
        String.join(
            " + \" \" + ",
            SEES.formatted("org.facetdb.spi.Plugin"),
            SEES.formatted("java.util.List"),
            SEES.formatted("org.facetdb.host.PluginHost"),
            SEES.formatted("org.osgi.framework.Bundle"));
    plugin("one", "1", answer).source("p.Sees", SEES_SOURCE).build(packages, "one.jar");
    try (LoadedPlugin plugin = host.load("one", "1")) {
      assertEquals("true true false false", plugin.entry().toString());
      assertNull(plugin.entry().getClass().getClassLoader().getParent());
      assertFalse(plugin.entry().getClass().getModule().isNativeAccessEnabled());
    }
  }

  @Test
  void anEntryClassIsMadeWithItsOwnContextClassLoader() throws IOException {
    plugin("one", "1", "1")
        .source(
            "p.Made",
            "package p; class Made { static final ClassLoader IN ="
                + " Thread.currentThread().getContextClassLoader(); }")
        .source(
            "p.Entry",
            "package p; public class Entry implements org.facetdb.spi.Plugin {"
                + " final boolean own = Made.IN == Entry.class.getClassLoader();"
                + " public String toString() { return \"\" + own; }"
                + " public java.util.List<org.facetdb.spi.Contribution> contributions("
                + "org.facetdb.spi.PluginContext c) { return null; } }")
        .build(packages, "one.jar");
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (LoadedPlugin plugin = host.load("one", "1")) {
      assertEquals("true", plugin.entry().toString());
    }
    assertSame(before, Thread.currentThread().getContextClassLoader());
  }

  @Test
  void nativeAccessIsForPackagesThatAskForIt() throws IOException {
    plugin("one", "1", "1").header("FacetDB-Native-Access", "true").build(packages, "one.jar");
    try (LoadedPlugin plugin = host.load("one", "1")) {
      assertTrue(plugin.entry().getClass().getModule().isNativeAccessEnabled());
    }
  }

  @Test
  void anEntryClassMayBeNamedInMetaInfServices() throws IOException {
    PackageBuilder.headed(work, "one", "1")
        .source("module-info", "module plugin.one { requires org.facetdb.spi; }")
        .entry("\"by file\"")
        .file("META-INF/services/org.facetdb.spi.Plugin", "# the entry\np.Entry\n")
        .build(packages, "one.jar");
    try (LoadedPlugin plugin = host.load("one", "1")) {
      assertEquals("by file", plugin.entry().toString());
    }
  }

  @Test
  void embeddedLibrariesBelongToTheirPlugin() throws IOException {
    for (String version : List.of("1", "2")) {
      Path library =
          PackageBuilder.jar(work)
              .source("module-info", "module lib.named { exports q; }")
              .source("q.Q", "package q; public class Q { public static int N = " + version + "; }")
              .build(work.resolve(version), "named.jar");
      PackageBuilder.headed(work, "one", version)
          .embed(library)
          .module("one", "requires lib.named;")
          .entry("q.Q.N")
          .build(packages, "one-" + version + ".jar");
    }
    try (LoadedPlugin one = host.load("one", "1");
        LoadedPlugin two = host.load("one", "2")) {
      assertEquals("1", one.entry().toString());
      assertEquals("2", two.entry().toString());
    }
  }

  @Test
  void embeddedJarsWithoutDescriptorsWorkAndSeeNothingOfTheHost() throws IOException {
    Path second =
        PackageBuilder.jar(work)
            .source(
                "r.R", "package r; public class R { public String toString() { return \"r\"; } }")
            .build(work, "second-auto.jar");
    Path first =
        PackageBuilder.jar(work)
            .source("p2.Sees", SEES_SOURCE.replace("package p;", "package p2;"))
            .source(
                "s.S",
                "package s; public class S { public static String s() { return new r.R() + \" \" +"
                    + " p2.Sees.sees(\"org.facetdb.host.PluginHost\") + \" \" +"
                    + " p2.Sees.sees(\"java.util.logging.Logger\") + \" \" +"
                    + " java.util.ServiceLoader.load(S.class, S.class.getClassLoader()).findFirst().isPresent(); } }")
            .source("s.T", "package s; public class T extends S { }")
            .file("META-INF/services/s.S", "s.T")
            .build(work, "first-auto.jar", "-classpath", second.toString());
    PackageBuilder.headed(work, "one", "1")
        .embed(first)
        .embed(second)
        .module("one", "requires first.auto;")
        .entry("s.S.s()")
        .build(packages, "one.jar", "-Xlint:none");
    try (LoadedPlugin plugin = host.load("one", "1")) {
      assertEquals("r false true true", plugin.entry().toString());
    }
  }

  @Test
  void resourcesOfAPluginAreReadable() throws IOException {
    plugin("one", "1", "new String(Entry.class.getResourceAsStream(\"words.txt\").readAllBytes())")
        .file("p/words.txt", "words")
        .build(packages, "one.jar");
    try (LoadedPlugin plugin = host.load("one", "1")) {
      assertEquals("words", plugin.entry().toString());
    }
  }

  @Test
  void nothingIsPrinted() throws IOException {
    plugin("one", "1", "1").build(packages, "one.jar");
    Files.writeString(packages.resolve("broken.jar"), "no zip");
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      System.setOut(stream);
      System.setErr(stream);
      host.load("one", "1").close();
      assertThrows(DatabaseException.class, () -> host.load("broken", ""));
      host.close();
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    assertEquals("", printed.toString(StandardCharsets.UTF_8));
  }

  @Test
  void closingTheHostClosesWhatIsLoaded() throws IOException {
    plugin("one", "1", "1").build(packages, "one.jar");
    LoadedPlugin plugin = host.load("one", "1");
    host.close();
    assertThrows(IllegalStateException.class, plugin::entry);
    plugin.close();
    assertThrows(IllegalStateException.class, () -> host.load("one", "1"));
    assertNotNull(host.packages());
  }
}
