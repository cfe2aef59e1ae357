package org.facetdb.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Durable commits of one small row by one, 8 and 64 threads at once. */
final class CommitBenchmark {
  private static final int[] COMMITTERS = {1, 8, 64};
  private static final long CACHE_BYTES = 64L << 20;
  private static final String[] PERCENTILES = {"p50", "p99", "p999"};
  private static final double[] SHARES = {0.5, 0.99, 0.999};

  private final int rounds;
  private final long nanos;
  private final Path directory;
  private final Entries entries = new Entries(1);
  private final AtomicInteger next = new AtomicInteger();

  /**
   * A run.
   *
   * @param nanos how long each round of a side takes
   */
  CommitBenchmark(int rounds, long nanos, Path directory) {
    this.rounds = rounds;
    this.nanos = nanos;
    this.directory = directory;
  }

  void run(Consumer<Metric> sink) throws Exception {
    try (CommitSide ours =
            CommitSide.of("ours", new StoreSide(Scratch.fresh(directory, "facetdb"), CACHE_BYTES));
        CommitSide rocks =
            CommitSide.of(
                RocksSide.version(),
                new RocksSide(Scratch.fresh(directory, "rocksdb"), CACHE_BYTES));
        CommitSide sqlite = CommitSide.sqlite(directory);
        CommitSide h2 = CommitSide.h2(directory)) {
      for (int committers : COMMITTERS) {
        measure(committers, List.of(ours, rocks, sqlite, h2), sink);
      }
    }
  }

  private void measure(int committers, List<CommitSide> sides, Consumer<Metric> sink)
      throws Exception {
    double[][] rates = new double[sides.size()][rounds];
    double[][][] times = new double[sides.size()][SHARES.length][rounds];
    for (int round = -1; round < rounds; round++) {
      for (int i = 0; i < sides.size(); i++) {
        // The order turns, so that nobody always follows the same other.
        int side = Math.floorMod(i + round, sides.size());
        Found found = commit(sides.get(side), committers);
        if (round >= 0) {
          rates[side][round] = found.rate();
          for (int share = 0; share < SHARES.length; share++) {
            times[side][share][round] = found.latencies().micros(SHARES[share]);
          }
        }
      }
    }
    String threads = committers == 1 ? "1 committer" : committers + " committers";
    for (int side = 1; side < sides.size(); side++) {
      String peer = sides.get(side).name();
      sink.accept(
          new Metric(
              threads, "commits/s", Rounds.median(rates[0]), peer, Rounds.median(rates[side])));
      for (int share = 0; share < SHARES.length; share++) {
        sink.accept(
            new Metric(
                threads + ", " + PERCENTILES[share],
                "us",
                Rounds.median(times[0][share]),
                peer,
                Rounds.median(times[side][share])));
      }
    }
  }

  /**
   * What a round found.
   *
   * @param rate commits a second of all committers together
   */
  private record Found(double rate, Latencies latencies) {}

  private Found commit(CommitSide side, int committers) throws Exception {
    CountDownLatch ready = new CountDownLatch(committers);
    List<Callable<Latencies>> workers = new ArrayList<>();
    for (int t = 0; t < committers; t++) {
      workers.add(
          () -> {
            Latencies latencies = new Latencies(200_000);
            try (CommitSide.Committer committer = side.committer()) {
              ready.countDown();
              ready.await();
              long end = System.nanoTime() + nanos;
              for (long start = System.nanoTime(); start < end && !latencies.isFull(); ) {
                int number = next.incrementAndGet();
                committer.commit(entries.key(number), entries.value(number, 0));
                long now = System.nanoTime();
                latencies.add(now - start);
                start = now;
              }
            }
            return latencies;
          });
    }
    Latencies all = new Latencies(committers * 200_000);
    double rate = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(committers)) {
      for (Future<Latencies> done : threads.invokeAll(workers)) {
        Latencies latencies = done.get();
        rate += latencies.count() * 1e9 / latencies.sum();
        all.addAll(latencies);
      }
    }
    return new Found(rate, all);
  }
}
