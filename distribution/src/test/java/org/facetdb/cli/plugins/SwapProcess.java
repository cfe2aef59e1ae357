package org.facetdb.cli.plugins;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What this process holds: class loaders of plug-ins, metaspace, files that are mapped though
 * deleted. Stateless.
 */
final class SwapProcess {
  /** The class loader of a module layer, and the entry of the plug-in. */
  private static final String LOADER = "jdk.internal.loader.Loader";

  private static final String ENTRY = "org.facetdb.fts.FtsPlugin";
  private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
  private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private SwapProcess() {}

  /** Live objects, counted after a full collection. */
  record Held(long loaders, long entries) {
    boolean isAtMost(long loadersMax, long entriesMax) {
      return loaders <= loadersMax && entries <= entriesMax;
    }
  }

  static Held held() {
    String histogram = diagnose("gcClassHistogram");
    return new Held(instances(histogram, LOADER), instances(histogram, ENTRY));
  }

  /** Collects until no more is held than that, or a minute has passed. */
  static Held collected(long loaders, long entries) {
    long deadline = System.nanoTime() + WAIT_NANOS_MAX;
    Held held = held();
    while (!held.isAtMost(loaders, entries) && System.nanoTime() < deadline) {
      LockSupport.parkNanos(ROUND_NANOS);
      System.gc();
      held = held();
    }
    return held;
  }

  /** Metaspace that the loaders of plug-ins' versions use, as the machine tells it. */
  static long metaspaceBytesOfPlugins() {
    Matcher loaders =
        Pattern.compile(
                "CLD 0x[0-9a-f]+: instance of jdk\\.internal\\.loader\\.Loader, "
                    + "[^\\n]*\\n(?:[^\\n]*\\n){1,2}\\s+Both:[^\\n]*committed, +([0-9.]+) (\\w+) ")
            .matcher(diagnose("vmMetaspace", "show-loaders"));
    double bytes = 0;
    while (loaders.find()) {
      double scale = loaders.group(2).equals("MB") ? 1 << 20 : 1 << 10;
      bytes += Double.parseDouble(loaders.group(1)) * scale;
    }
    if (bytes == 0) {
      throw new AssertionError("the machine names no loader of a plug-in");
    }
    return (long) bytes;
  }

  private static String diagnose(String command, String... arguments) {
    try {
      return (String)
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  command,
                  new Object[] {arguments},
                  new String[] {String[].class.getName()});
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long instances(String histogram, String type) {
    Matcher lines =
        Pattern.compile("(?m)^\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+" + Pattern.quote(type) + "(?=\\s|$)")
            .matcher(histogram);
    long count = 0;
    while (lines.find()) {
      count += Long.parseLong(lines.group(1));
    }
    return count;
  }

  static long metaspaceBytes() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getName().equals("Metaspace"))
        .mapToLong(pool -> pool.getUsage().getUsed())
        .sum();
  }

  /** Files below a folder that are deleted but mapped or open still; 0 where nobody can tell. */
  static long deletedFiles(Path folder) throws IOException {
    Path maps = Path.of("/proc/self/maps");
    if (!Files.isReadable(maps)) {
      return 0;
    }
    String real = folder.toRealPath().toString();
    long mapped;
    try (var lines = Files.lines(maps)) {
      mapped = lines.filter(l -> l.contains(real) && l.endsWith("(deleted)")).count();
    }
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      return mapped + open.filter(fd -> isDeletedBelow(fd, real)).count();
    }
  }

  private static boolean isDeletedBelow(Path descriptor, String folder) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith(folder) && target.endsWith("(deleted)");
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }
}
