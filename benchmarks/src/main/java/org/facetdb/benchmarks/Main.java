package org.facetdb.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs one benchmark: {@code skeleton [--json FILE] [--dir DIR] [--tiny] [--entries N] [--rounds N]
 * [--only kv|sql]}, {@code storage [--json FILE] [--dir DIR] [--tiny] [--entries N] [--rounds N]
 * [--cache MB]}, {@code commit [--json FILE] [--dir DIR] [--tiny] [--rounds N]}, {@code versions
 * [--json FILE] [--dir DIR] [--tiny] [--rounds N]}, {@code soak [--json FILE] [--dir DIR] [--tiny]
 * [--minutes N] [--memory MB]}, {@code contention [--json FILE] [--dir DIR] [--tiny] [--rounds N]}
 * or {@code fts [--json FILE] [--dir DIR] [--tiny] [--rounds N] [--megabytes N] [--text DIR...]}.
 * Prints a line per metric; ratios above 1 are better than the peer.
 */
public final class Main {
  private static final String USAGE =
      """
      usage: bench skeleton [--json FILE] [--dir DIR] [--tiny] [--entries N] [--rounds N] [--only kv|sql]
             bench storage [--json FILE] [--dir DIR] [--tiny] [--entries N] [--rounds N] [--cache MB]
             bench commit [--json FILE] [--dir DIR] [--tiny] [--rounds N]
             bench versions [--json FILE] [--dir DIR] [--tiny] [--rounds N]
             bench soak [--json FILE] [--dir DIR] [--tiny] [--minutes N] [--memory MB]
             bench contention [--json FILE] [--dir DIR] [--tiny] [--rounds N]
             bench fts [--json FILE] [--dir DIR] [--tiny] [--rounds N] [--megabytes N] [--text DIR...]""";
  private static final List<String> NAMES =
      List.of("skeleton", "storage", "commit", "versions", "soak", "contention", "fts");
  private static final List<Path> TEXT_FOLDERS =
      List.of(Path.of("/usr/share/doc"), Path.of("/usr/share/info"), Path.of("/usr/share/man"));
  private static final long TEXT_BYTES_MIN = 100L << 20;

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
    String name = arguments.isEmpty() ? "" : arguments.getFirst();
    if (!NAMES.contains(name)) {
      err.println(USAGE);
      return 2;
    }
    String json = option(arguments, "--json");
    String dir = option(arguments, "--dir");
    Path directory =
        dir == null
            ? Files.createTempDirectory("facetdb-bench")
            : Files.createDirectories(Path.of(dir).resolve("facetdb-bench"));
    List<Metric> metrics = new ArrayList<>();
    try {
      Consumer<Metric> sink = metric -> report(metric, metrics, out);
      switch (name) {
        case "fts" -> fts(arguments, directory, out).run(sink);
        case "storage" -> storage(arguments, directory, out).run(sink);
        case "commit" -> commit(arguments, directory, out).run(sink);
        case "versions" -> versions(arguments, directory, out).run(sink);
        case "contention" -> contention(arguments, directory, out).run(sink);
        case "soak" -> soak(arguments, directory, out).run(sink);
        default -> skeleton(arguments, directory, out, sink);
      }
    } finally {
      Scratch.delete(directory);
    }
    if (json != null) {
      write(Path.of(json), metrics);
    }
    return 0;
  }

  private static void skeleton(
      List<String> arguments, Path directory, PrintStream out, Consumer<Metric> sink)
      throws Exception {
    Sizes sizes = arguments.contains("--tiny") ? Sizes.tiny() : Sizes.full();
    String entries = option(arguments, "--entries");
    if (entries != null) {
      sizes = sizes.withEntries(Integer.parseInt(entries));
    }
    String rounds = option(arguments, "--rounds");
    if (rounds != null) {
      sizes = sizes.withRounds(Integer.parseInt(rounds));
    }
    String only = option(arguments, "--only");
    header(sizes, out);
    if (!"sql".equals(only)) {
      new KeyValueBenchmark(sizes, directory).run(sink);
    }
    if (!"kv".equals(only)) {
      new SqlBenchmark(sizes, directory).run(sink);
    }
  }

  private static StorageBenchmark storage(List<String> arguments, Path directory, PrintStream out) {
    StorageBenchmark.Plan standard =
        arguments.contains("--tiny") ? StorageBenchmark.Plan.tiny() : StorageBenchmark.Plan.full();
    StorageBenchmark.Plan plan =
        new StorageBenchmark.Plan(
            number(arguments, "--entries", standard.entries()),
            number(arguments, "--loads", standard.loads()),
            standard.reads(),
            number(arguments, "--rounds", standard.rounds()),
            (long) number(arguments, "--cache", (int) (standard.cacheBytes() >> 20)) << 20,
            standard.nanos());
    out.println(StorageBenchmark.heading(plan));
    out.println("RocksDB: " + RocksSide.SETTINGS);
    return new StorageBenchmark(plan, directory);
  }

  private static CommitBenchmark commit(List<String> arguments, Path directory, PrintStream out) {
    boolean tiny = arguments.contains("--tiny");
    int rounds = number(arguments, "--rounds", tiny ? 1 : 5);
    out.println(
        "commits of 116 bytes, "
            + rounds
            + " interleaved rounds, medians, Java "
            + Runtime.version());
    out.println("SQLite: WAL, synchronous=FULL; H2: WRITE_DELAY=0; RocksDB: sync=true");
    return new CommitBenchmark(rounds, TimeUnit.MILLISECONDS.toNanos(tiny ? 50 : 2_000), directory);
  }

  private static ContentionBenchmark contention(
      List<String> arguments, Path directory, PrintStream out) {
    boolean tiny = arguments.contains("--tiny");
    int rounds = number(arguments, "--rounds", tiny ? 1 : 3);
    out.println(
        "transactions at READ COMMITTED, "
            + rounds
            + " interleaved rounds, medians, Java "
            + Runtime.version());
    out.println(
        "PostgreSQL: 512 MB of shared buffers, prepared statements over loopback;"
            + " H2: WRITE_DELAY=0, embedded");
    return new ContentionBenchmark(
        rounds,
        TimeUnit.MILLISECONDS.toNanos(tiny ? 100 : 5_000),
        List.of(new TpcbWorkload(tiny ? 1 : 10), new TpccWorkload()),
        directory,
        out);
  }

  private static VersionsBenchmark versions(
      List<String> arguments, Path directory, PrintStream out) {
    VersionsBenchmark.Plan standard =
        arguments.contains("--tiny")
            ? VersionsBenchmark.Plan.tiny()
            : VersionsBenchmark.Plan.full();
    VersionsBenchmark.Plan plan =
        new VersionsBenchmark.Plan(
            standard.keys(),
            standard.versions(),
            standard.reads(),
            standard.warmUps(),
            number(arguments, "--rounds", standard.rounds()));
    out.println(VersionsBenchmark.heading(plan));
    return new VersionsBenchmark(plan, directory);
  }

  private static SoakBenchmark soak(List<String> arguments, Path directory, PrintStream out) {
    boolean tiny = arguments.contains("--tiny");
    long memory = (long) number(arguments, "--memory", 512) << 20;
    SoakBenchmark.Plan plan =
        tiny
            ? new SoakBenchmark.Plan(
                5_000, TimeUnit.SECONDS.toNanos(1), TimeUnit.MILLISECONDS.toNanos(200), memory)
            : new SoakBenchmark.Plan(
                500_000,
                TimeUnit.MINUTES.toNanos(number(arguments, "--minutes", 15)),
                TimeUnit.SECONDS.toNanos(15),
                memory);
    out.println(SoakBenchmark.heading(plan));
    return new SoakBenchmark(plan, directory, out);
  }

  private static int number(List<String> arguments, String name, int otherwise) {
    return Integer.parseInt(option(arguments, name, String.valueOf(otherwise)));
  }

  private static FtsBenchmark fts(List<String> arguments, Path directory, PrintStream out) {
    boolean tiny = arguments.contains("--tiny");
    int rounds = Integer.parseInt(option(arguments, "--rounds", tiny ? "1" : "9"));
    long megabytes = Long.parseLong(option(arguments, "--megabytes", "128"));
    List<Path> folders = values(arguments, "--text").stream().map(Path::of).toList();
    out.println(
        "English documentation, "
            + rounds
            + " interleaved rounds, medians, Java "
            + Runtime.version());
    out.println("Lucene: " + LuceneText.SETTINGS);
    return new FtsBenchmark(
        new FtsBenchmark.Plan(
            folders.isEmpty() ? TEXT_FOLDERS : folders,
            tiny ? 0 : TEXT_BYTES_MIN,
            megabytes << 20,
            rounds,
            TimeUnit.MILLISECONDS.toNanos(tiny ? 1 : 500),
            tiny ? 10 : 300),
        directory,
        out);
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

  /** The words after an option, up to the next one. */
  private static List<String> values(List<String> arguments, String name) {
    int at = arguments.indexOf(name);
    return at < 0
        ? List.of()
        : arguments.subList(at + 1, arguments.size()).stream()
            .takeWhile(word -> !word.startsWith("--"))
            .toList();
  }

  private static String option(List<String> arguments, String name, String otherwise) {
    String given = option(arguments, name);
    return given == null ? otherwise : given;
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
