package org.facetdb.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * The store beside RocksDB on the same entries: loads, reads from sstables, reads and writes at
 * once, and what they cost in space and written bytes. Ours keeps no history, and then an hour of
 * it.
 */
final class StorageBenchmark {
  /**
   * How much is measured.
   *
   * @param entries that are loaded
   * @param loads of either side, in turn; the last ones are read
   * @param reads single reads in a round
   * @param rounds that count
   * @param cacheBytes of either side's block cache
   * @param nanos how long each round with several threads takes
   */
  record Plan(int entries, int loads, int reads, int rounds, long cacheBytes, long nanos) {
    static Plan full() {
      return new Plan(2_000_000, 3, 200_000, 5, 512L << 20, TimeUnit.SECONDS.toNanos(3));
    }

    static Plan tiny() {
      return new Plan(5_000, 1, 1_000, 1, 64L << 20, TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private static final int RANGE = 100;
  private static final String AT_ONCE = "load in one commit";
  private static final String HOUR = ", an hour kept";
  private static final int WARMING_SHARE = 4;
  private static final int THREADS = 4;
  private static final double[] SHARES = {0.5, 0.99, 0.999};
  private static final String[] NAMES = {"p50", "p99", "p999"};

  private final Plan plan;
  private final Path directory;
  private final Entries entries;
  private final long sum;
  private final String peer = RocksSide.version();
  private final boolean counted = WrittenBytes.areCounted();
  private int seed;

  StorageBenchmark(Plan plan, Path directory) {
    this.plan = plan;
    this.directory = directory;
    this.entries = new Entries(plan.entries());
    this.sum = entries.sum();
  }

  private interface Work {
    double on(KeyValueSide side) throws Exception;
  }

  void run(Consumer<Metric> sink) throws Exception {
    warmUp();
    loadAtOnce(sink);
    List<Load> ourLoads = new ArrayList<>();
    List<Load> theirLoads = new ArrayList<>();
    for (int round = 1; round < plan.loads(); round++) {
      try (KeyValueSide ours = ours(Duration.ZERO)) {
        ourLoads.add(load(ours));
      }
      try (KeyValueSide theirs = theirs()) {
        theirLoads.add(load(theirs));
      }
    }
    try (KeyValueSide theirs = theirs()) {
      theirLoads.add(load(theirs));
      Load peers = median(theirLoads);
      try (KeyValueSide ours = ours(Duration.ZERO)) {
        ourLoads.add(load(ours));
        report("", median(ourLoads), peers, sink);
        Bench bench = new Bench(ours, theirs, sink);
        bench.rounds("get, hit", "ops/s", side -> gets(side, 0));
        bench.rounds("get, miss", "ops/s", side -> gets(side, entries.count()));
        bench.rounds("seek and " + RANGE + " next", "ops/s", this::ranges);
        bench.rounds("full scan", "entries/s", this::scan);
        bench.latencies("get, hit", side -> readLatencies(side, plan.reads()));
        bench.rounds(THREADS + " threads, 50/50", "ops/s", this::mixed);
        bench.latencies("get beside a writer", this::besideWriter);
      }
      try (KeyValueSide ours = ours(Duration.ofHours(1))) {
        report(HOUR, load(ours), peers, sink);
        new Bench(ours, theirs, sink)
            .rounds(THREADS + " threads, 50/50" + HOUR, "ops/s", this::mixed);
      }
    }
  }

  /** Loads a part into stores that are thrown away, so that no load is measured while compiled. */
  private void warmUp() throws Exception {
    try (KeyValueSide ours = ours(Duration.ZERO);
        KeyValueSide theirs = theirs()) {
      for (KeyValueSide side : List.of(ours, theirs)) {
        for (int n = 0; n < entries.count() / WARMING_SHARE; n++) {
          side.put(entries.key(n), entries.value(n, 0));
        }
        side.settle();
      }
    }
  }

  /** What it takes until a load that is one commit is in tables. */
  private void loadAtOnce(Consumer<Metric> sink) throws Exception {
    Load ours;
    try (KeyValueSide side = ours(Duration.ZERO)) {
      ours = load(side, () -> side.loadAtOnce(entries));
    }
    Load theirs;
    try (KeyValueSide side = theirs()) {
      theirs = load(side, () -> side.loadAtOnce(entries));
    }
    sink.accept(new Metric(AT_ONCE, "entries/s", ours.puts(), peer, theirs.puts()));
    if (counted) {
      sink.accept(
          new Metric(
              "write amplification, " + AT_ONCE,
              "x",
              ours.amplification(),
              peer,
              theirs.amplification()));
    }
  }

  private KeyValueSide theirs() throws Exception {
    return new RocksSide(Scratch.fresh(directory, "rocksdb"), plan.cacheBytes());
  }

  private KeyValueSide ours(Duration retention) throws IOException {
    return new StoreSide(Scratch.fresh(directory, "facetdb"), plan.cacheBytes(), retention);
  }

  /** Metrics of both sides. */
  private final class Bench {
    private final KeyValueSide ours;
    private final KeyValueSide theirs;
    private final Consumer<Metric> sink;

    Bench(KeyValueSide ours, KeyValueSide theirs, Consumer<Metric> sink) {
      this.ours = ours;
      this.theirs = theirs;
      this.sink = sink;
    }

    void rounds(String name, String unit, Work work) throws Exception {
      double[] medians =
          Rounds.medians(1, plan.rounds(), () -> work.on(ours), () -> work.on(theirs));
      sink.accept(new Metric(name, unit, medians[0], peer, medians[1]));
    }

    /** Medians of percentiles, over rounds. */
    void latencies(String name, Measuring measuring) throws Exception {
      double[][][] values = new double[2][SHARES.length][plan.rounds()];
      for (int round = -1; round < plan.rounds(); round++) {
        for (int i = 0; i < 2; i++) {
          // The order turns, as that of other rounds does.
          int side = Math.floorMod(i + round, 2);
          Latencies found = measuring.on(side == 0 ? ours : theirs);
          for (int share = 0; round >= 0 && share < SHARES.length; share++) {
            values[side][share][round] = found.micros(SHARES[share]);
          }
        }
      }
      for (int share = 0; share < SHARES.length; share++) {
        double our = Rounds.median(values[0][share]);
        double their = Rounds.median(values[1][share]);
        sink.accept(new Metric(name + ", " + NAMES[share], "us", our, peer, their));
      }
    }
  }

  private interface Measuring {
    Latencies on(KeyValueSide side) throws Exception;
  }

  /** What a load costs until nothing is merged any more. */
  private record Load(double puts, double amplification, double compaction, double space) {}

  private static Load median(List<Load> loads) {
    return new Load(
        median(loads, Load::puts),
        median(loads, Load::amplification),
        median(loads, Load::compaction),
        median(loads, Load::space));
  }

  private static double median(List<Load> loads, ToDoubleFunction<Load> value) {
    return Rounds.median(loads.stream().mapToDouble(value).toArray());
  }

  private interface Loading {
    void run() throws Exception;
  }

  private Load load(KeyValueSide side) throws Exception {
    return load(
        side,
        () -> {
          for (int n = 0; n < entries.count(); n++) {
            side.put(entries.key(n), entries.value(n, 0));
          }
        });
  }

  private Load load(KeyValueSide side, Loading loading) throws Exception {
    long before = counted ? WrittenBytes.now() : 0;
    long start = System.nanoTime();
    loading.run();
    double puts = KeyValueBenchmark.perSecond(entries.count(), start);
    side.flush();
    double amplification = 0;
    if (counted) {
      WrittenBytes.awaitQuiet();
      amplification = (double) (WrittenBytes.now() - before) / entries.bytes();
    }
    start = System.nanoTime();
    side.settle();
    return new Load(
        puts,
        amplification,
        KeyValueBenchmark.perSecond(entries.count(), start),
        (double) side.tableBytes() / entries.bytes());
  }

  private void report(String suffix, Load ours, Load theirs, Consumer<Metric> sink) {
    sink.accept(new Metric("put" + suffix, "ops/s", ours.puts(), peer, theirs.puts()));
    if (counted) {
      sink.accept(
          new Metric(
              "write amplification" + suffix,
              "x",
              ours.amplification(),
              peer,
              theirs.amplification()));
    }
    sink.accept(
        new Metric(
            "full compaction" + suffix, "entries/s", ours.compaction(), peer, theirs.compaction()));
    sink.accept(new Metric("space" + suffix, "x", ours.space(), peer, theirs.space()));
  }

  private double gets(KeyValueSide side, int offset) throws Exception {
    SplittableRandom random = new SplittableRandom(7);
    int expected = offset == 0 ? Entries.VALUE_BYTES : -1;
    long start = System.nanoTime();
    for (int i = 0; i < plan.reads(); i++) {
      int length = side.get(entries.key(offset + random.nextInt(entries.count())));
      if (length != expected) {
        throw new IllegalStateException("a get found a value of " + length + " bytes");
      }
    }
    return KeyValueBenchmark.perSecond(plan.reads(), start);
  }

  private double ranges(KeyValueSide side) throws Exception {
    SplittableRandom random = new SplittableRandom(8);
    int count = Math.max(1, plan.reads() / 20);
    long total = 0;
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      total += side.range(entries.key(random.nextInt(entries.count())), RANGE);
    }
    double rate = KeyValueBenchmark.perSecond(count, start);
    if (total == 0) {
      throw new IllegalStateException("ranges found nothing");
    }
    return rate;
  }

  private double scan(KeyValueSide side) throws Exception {
    long start = System.nanoTime();
    KeyValueSide.Scanned scanned = side.scan();
    double rate = KeyValueBenchmark.perSecond(scanned.entries(), start);
    KeyValueSide.Scanned expected = new KeyValueSide.Scanned(entries.count(), sum);
    if (!scanned.equals(expected)) {
      throw new IllegalStateException("the scan found " + scanned + ", not " + expected);
    }
    return rate;
  }

  private Latencies readLatencies(KeyValueSide side, int count) throws Exception {
    SplittableRandom random = new SplittableRandom(9);
    Latencies latencies = new Latencies(count);
    while (!latencies.isFull()) {
      byte[] key = entries.key(random.nextInt(entries.count()));
      long start = System.nanoTime();
      int length = side.getLatest(key);
      latencies.add(System.nanoTime() - start);
      if (length != Entries.VALUE_BYTES) {
        throw new IllegalStateException("a get found a value of " + length + " bytes");
      }
    }
    return latencies;
  }

  /** Threads that update and read in turn; operations a second of all together. */
  private double mixed(KeyValueSide side) throws Exception {
    int round = ++seed;
    long end = System.nanoTime() + plan.nanos();
    long start = System.nanoTime();
    List<Callable<Long>> workers = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      SplittableRandom random = new SplittableRandom(100L * round + t);
      workers.add(
          () -> {
            long done = 0;
            do {
              int number = random.nextInt(entries.count());
              side.put(entries.key(number), entries.value(number, round));
              side.getLatest(entries.key(random.nextInt(entries.count())));
              done += 2;
            } while (System.nanoTime() < end);
            return done;
          });
    }
    return KeyValueBenchmark.perSecond(sumOf(workers), start);
  }

  /** Latencies of reads, at least one, while a thread updates as fast as it may. */
  private Latencies besideWriter(KeyValueSide side) throws Exception {
    int round = ++seed;
    // Clearing so many can take longer than a short round, and is none of its time.
    Latencies latencies = new Latencies(4_000_000);
    long end = System.nanoTime() + plan.nanos();
    try (ExecutorService writer = Executors.newSingleThreadExecutor()) {
      Future<Long> written =
          writer.submit(
              () -> {
                SplittableRandom random = new SplittableRandom(round);
                long done = 0;
                do {
                  int number = random.nextInt(entries.count());
                  side.put(entries.key(number), entries.value(number, round));
                  done++;
                } while (System.nanoTime() < end);
                return done;
              });
      SplittableRandom random = new SplittableRandom(10);
      do {
        byte[] key = entries.key(random.nextInt(entries.count()));
        long start = System.nanoTime();
        side.getLatest(key);
        latencies.add(System.nanoTime() - start);
      } while (System.nanoTime() < end && !latencies.isFull());
      written.get();
      return latencies;
    }
  }

  private static long sumOf(List<Callable<Long>> workers) throws Exception {
    long sum = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(workers.size())) {
      for (Future<Long> done : threads.invokeAll(workers)) {
        sum += done.get();
      }
    }
    return sum;
  }

  static String heading(Plan plan) {
    return "entries "
        + plan.entries()
        + " (16 B keys, 100 B values), cache "
        + (plan.cacheBytes() >> 20)
        + " MB, "
        + plan.loads()
        + " loads in turn, "
        + plan.rounds()
        + " interleaved rounds, medians, Java "
        + Runtime.version();
  }
}
