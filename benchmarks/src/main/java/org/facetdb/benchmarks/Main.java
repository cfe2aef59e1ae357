package org.facetdb.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs one benchmark: {@code skeleton [--json FILE] [--dir DIR] [--tiny] [--entries N] [--rounds N]
 * [--only kv|sql]}. Prints a line per metric; ratios above 1 are better than the peer.
 */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) throws Exception {
    System.exit(run(List.of(arguments), System.out, System.err));
  }

  /**
   * The same within a process.
   *
   * @return the exit status
   */
  public static int run(List<String> arguments, PrintStream out, PrintStream err) throws Exception {
    if (arguments.isEmpty() || !arguments.get(0).equals("skeleton")) {
      err.println(
          "usage: bench skeleton [--json FILE] [--dir DIR] [--tiny] [--entries N] [--rounds N]"
              + " [--only kv|sql]");
      return 2;
    }
    String json = option(arguments, "--json");
    String dir = option(arguments, "--dir");
    String only = option(arguments, "--only");
    Sizes sizes = arguments.contains("--tiny") ? Sizes.tiny() : Sizes.full();
    String entries = option(arguments, "--entries");
    if (entries != null) {
      sizes = sizes.withEntries(Integer.parseInt(entries));
    }
    String rounds = option(arguments, "--rounds");
    if (rounds != null) {
      sizes = sizes.withRounds(Integer.parseInt(rounds));
    }
    Path directory =
        dir == null
            ? Files.createTempDirectory("facetdb-bench")
            : Files.createDirectories(Path.of(dir).resolve("facetdb-bench"));
    List<Metric> metrics = new ArrayList<>();
    try {
      header(sizes, out);
      if (!"sql".equals(only)) {
        new KeyValueBenchmark(sizes, directory).run(metric -> report(metric, metrics, out));
      }
      if (!"kv".equals(only)) {
        new SqlBenchmark(sizes, directory).run(metric -> report(metric, metrics, out));
      }
    } finally {
      Scratch.delete(directory);
    }
    if (json != null) {
      write(Path.of(json), metrics);
    }
    return 0;
  }

  private static void report(Metric metric, List<Metric> metrics, PrintStream out) {
    metrics.add(metric);
    out.println(metric.toLine());
    out.flush();
  }

  private static void header(Sizes sizes, PrintStream out) {
    out.println(
        "entries "
            + sizes.entries()
            + " (16 B keys, 100 B values), TPC-H scale "
            + sizes.scale()
            + ", "
            + sizes.rounds()
            + " interleaved rounds, medians, Java "
            + Runtime.version());
    out.println("RocksDB: " + RocksSide.SETTINGS);
    out.println("H2: " + SqlSide.H2.SETTINGS);
    out.println("DuckDB: " + SqlSide.DuckDb.SETTINGS);
  }

  private static void write(Path file, List<Metric> metrics) throws IOException {
    Files.writeString(
        file,
        metrics.stream()
            .map(Metric::toJson)
            .collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n")));
  }

  private static @Nullable String option(List<String> arguments, String name) {
    int at = arguments.indexOf(name);
    if (at < 0) {
      return null;
    }
    if (at + 1 == arguments.size()) {
      throw new IllegalArgumentException(name + " needs a value");
    }
    return arguments.get(at + 1);
  }
}
