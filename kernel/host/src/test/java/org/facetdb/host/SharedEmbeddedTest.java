package org.facetdb.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions of a package that embed the same bytes share their classes, for as long as one is. */
class SharedEmbeddedTest {
  private static final String COUNTS = "q.Q.next()";

  @TempDir private Path work;
  private Path packages;
  private PluginHost host;

  @BeforeEach
  void open() {
    packages = work.resolve("packages");
    host = PluginHost.open(List.of(packages), work.resolve("scratch"));
  }

  @AfterEach
  void close() throws IOException {
    host.close();
    try (var left = Files.list(work.resolve("scratch"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  /** A library whose class counts its calls. */
  private Path library(String name, String descriptor) throws IOException {
    return PackageBuilder.jar(work)
        .source("module-info", descriptor)
        .source(
            "q.Q",
            "package q; public class Q { static int n; public static int next() { return ++n; } }")
        .build(work, name);
  }

  private Path version(String version, Path library, String directives, String expression)
      throws IOException {
    return PackageBuilder.headed(work, "one", version)
        .header("FacetDB-Shares-Embedded", "true")
        .embed(library)
        .module("one", directives)
        .entry(expression)
        .build(packages, "one-" + version + ".jar");
  }

  private Path version(String version, Path library) throws IOException {
    return version(version, library, "requires lib;", COUNTS);
  }

  @Test
  void theNextVersionTakesOverTheClasses() throws IOException {
    Path library = library("lib.jar", "module lib { exports q; }");
    version("1", library);
    version("2", library);
    LoadedPlugin first = host.load("one", "1");
    assertEquals("1", first.entry().toString());
    LoadedPlugin second = host.load("one", "2");
    assertEquals("2", second.entry().toString());
    assertNotEquals(first.entry().getClass(), second.entry().getClass());
    first.close();
    assertEquals("3", second.entry().toString());
    LoadedPlugin again = host.load("one", "1");
    assertEquals("4", again.entry().toString());
    second.close();
    again.close();
    // Nobody was left, so they are new ones.
    LoadedPlugin fresh = host.load("one", "1");
    assertEquals("1", fresh.entry().toString());
    fresh.close();
  }

  @Test
  void otherBytesAreNotShared() throws IOException {
    version("1", library("lib.jar", "module lib { exports q; }"));
    version("2", library("lib.jar", "open module lib { exports q; }"));
    try (LoadedPlugin first = host.load("one", "1");
        LoadedPlugin second = host.load("one", "2")) {
      assertEquals("1", first.entry().toString());
      assertEquals("1", second.entry().toString());
      assertEquals("2", first.entry().toString());
    }
  }

  @Test
  void allLoadersAreCollectedWithTheLastVersion() throws IOException {
    Path library = library("lib.jar", "module lib { exports q; }");
    version("1", library, "requires lib;", "q.Q.class.getClassLoader().hashCode()");
    version("2", library);
    WeakReference<ClassLoader> shared = swapAndClose();
    for (int i = 0; i < 50 && shared.get() != null; i++) {
      System.gc();
    }
    assertNull(shared.get(), "the shared loader stays");
  }

  private WeakReference<ClassLoader> swapAndClose() {
    LoadedPlugin first = host.load("one", "1");
    ModuleLayer parent =
        first.entry().getClass().getModule().getLayer().parents().stream()
            .filter(layer -> layer.findModule("lib").isPresent())
            .findFirst()
            .orElseThrow();
    WeakReference<ClassLoader> loader = new WeakReference<>(parent.findLoader("lib"));
    for (int i = 0; i < 20; i++) {
      try (LoadedPlugin second = host.load("one", "2")) {
        first.close();
        assertEquals(String.valueOf(i + 1), second.entry().toString());
        first = host.load("one", "1");
      }
    }
    first.close();
    return loader;
  }

  @Test
  void aDamagedJarIsRefusedThoughAnotherVersionHasItWhole() throws IOException {
    Path library = library("lib.jar", "module lib { exports q; }");
    version("1", library);
    Path damaged = version("2", library);
    byte[] bytes = Files.readAllBytes(damaged);
    int at = PackageBuilder.find(bytes, "lib/lib.jar");
    bytes[at + 100] ^= 0x10;
    Files.write(damaged, bytes);
    try (LoadedPlugin first = host.load("one", "1")) {
      refused("2", "lib/lib.jar", "damaged");
      assertEquals("1", first.entry().toString());
    }
    assertFalse(Files.exists(work.resolve("scratch/embedded-0")));
  }

  @Test
  void whatCantBeSharedIsRefused() throws IOException {
    version(
        "1",
        PackageBuilder.jar(work)
            .source("q.Q", "package q; public class Q {}")
            .build(work, "lib.jar"),
        "requires lib;",
        "1");
    refused("1", "FacetDB-Shares-Embedded needs a descriptor", "lib");
    Path serving = library("lib.jar", "module lib { exports q; uses q.Q; }");
    PackageBuilder.headed(work, "one", "2")
        .header("FacetDB-Shares-Embedded", "true")
        .embed(serving)
        .module("one", "requires lib; provides q.Q with p.Mine;")
        .source("p.Mine", "package p; public class Mine extends q.Q {}")
        .entry("1")
        .build(packages, "one-2.jar");
    refused("2", "the package provides q.Q");
    version("3", serving);
    try (LoadedPlugin third = host.load("one", "3")) {
      assertEquals("1", third.entry().toString());
    }
  }

  private void refused(String version, String... words) {
    DatabaseException refusal =
        assertThrows(DatabaseException.class, () -> host.load("one", version));
    assertEquals("55000", refusal.sqlState());
    for (String word : words) {
      assertTrue(String.valueOf(refusal.getMessage()).contains(word), refusal.getMessage());
    }
  }
}
