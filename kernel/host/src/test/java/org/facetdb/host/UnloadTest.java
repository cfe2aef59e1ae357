package org.facetdb.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a hundred loads and closes leave behind: nothing. */
class UnloadTest {
  private static final int CYCLES = 100;

  /** Metaspace grows by whole chunks, so a few of them are no leak; a leak of 100 would be 100. */
  private static final long SLACK_BYTES = 2 << 20;

  @TempDir private Path folder;

  @Test
  void everyClassLoaderIsCollected() throws IOException {
    Path packages = folder.resolve("packages");
    Path library =
        PackageBuilder.jar(folder)
            .source("q.Q", "package q; public class Q { public static Object o = new byte[1000]; }")
            .build(folder, "automatic-lib.jar");
    PackageBuilder builder =
        PackageBuilder.headed(folder.resolve("work"), "one", "1")
            .embed(library)
            .module("one", "requires automatic.lib;")
            .entry("\"x\" + q.Q.o.hashCode() + new Thread().getName()");
    IntStream.range(0, 300)
        .forEach(i -> builder.source("p.C" + i, "package p; class C" + i + " { int a, b, c; }"));
    builder
        .source(
            "p.All",
            "package p; public class All { static Object[] o = {"
                + String.join(
                    ", ", IntStream.range(0, 300).mapToObj(i -> "new C" + i + "()").toList())
                + "}; }")
        .source(
            "p.Pair",
            "package p; public record Pair(C1 first, C2 second) {"
                + " static boolean links() {"
                + " Pair a = new Pair(new C1(), new C2());"
                + " return a.hashCode() != 1 & a.equals(new Pair(a.first, a.second))"
                + " & a.toString() != null; } }")
        .entry("\"x\" + q.Q.o.hashCode() + All.o.length + Pair.links()");
    builder.build(packages, "one.jar", "-Xlint:none");
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    try (PluginHost host = PluginHost.open(List.of(packages), folder.resolve("scratch"))) {
      for (int i = 0; i < 10; i++) {
        cycle(host, loaders);
      }
      collect(loaders);
      long before = metaspaceBytes();
      for (int i = 0; i < CYCLES; i++) {
        cycle(host, loaders);
      }
      assertEquals(0, collect(loaders), "class loaders left");
      long after = metaspaceBytes();
      assertTrue(after - before < SLACK_BYTES, "metaspace before=" + before + " after=" + after);
    }
  }

  private static void cycle(PluginHost host, List<WeakReference<ClassLoader>> loaders) {
    try (LoadedPlugin plugin = host.load("one", "1")) {
      assertTrue(plugin.entry().toString().startsWith("x"));
      loaders.add(new WeakReference<>(plugin.entry().getClass().getClassLoader()));
    }
  }

  /** Collects until all loaders are gone, at most 50 times; returns how many are left. */
  private static long collect(List<WeakReference<ClassLoader>> loaders) {
    long left = loaders.size();
    for (int i = 0; i < 50 && left > 0; i++) {
      System.gc();
      left = loaders.stream().filter(loader -> loader.get() != null).count();
    }
    return left;
  }

  private static long metaspaceBytes() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getName().equals("Metaspace"))
        .mapToLong(pool -> pool.getUsage().getUsed())
        .sum();
  }
}
