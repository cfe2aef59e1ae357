package org.facetdb.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Put, get and scan with keys of 16 bytes and values of 100 in random order: each side writes and
 * reads the same entries. Reads are from sstables.
 */
final class KeyValueBenchmark {
  private static final int BATCH = 100;
  private static final long CACHE_BYTES = 512L << 20;

  private final Sizes sizes;
  private final Path directory;
  private final byte[][] keys;
  private final byte[][] values;
  private final long sum;

  KeyValueBenchmark(Sizes sizes, Path directory) {
    this.sizes = sizes;
    this.directory = directory;
    this.keys = new byte[sizes.entries()][];
    this.values = new byte[sizes.entries()][];
    SplittableRandom random = new SplittableRandom(42);
    long total = 0;
    for (int i = 0; i < keys.length; i++) {
      // A bijection of i, so keys are distinct and come in random order.
      long mixed = Long.reverseBytes(i * 0x9E3779B97F4A7C15L);
      keys[i] = ByteBuffer.allocate(16).putLong(mixed).putLong(i).array();
      values[i] = value(random);
      total += KeyValueSide.sum(keys[i], 0, 16) + KeyValueSide.sum(values[i], 0, 100);
    }
    this.sum = total;
  }

  /** Half text-like, half random, so that it compresses about as real rows do. */
  private static byte[] value(SplittableRandom random) {
    byte[] value = new byte[100];
    for (int i = 0; i < value.length; i++) {
      value[i] = (byte) (i < 50 ? 'a' + i % 26 : random.nextInt());
    }
    return value;
  }

  void run(Consumer<Metric> sink) throws Exception {
    String peer = RocksSide.version();
    int loads = Math.clamp(sizes.rounds(), 1, 3);
    double[] puts = Rounds.medians(0, loads, () -> load(our(), false), () -> load(rocks(), false));
    sink.accept(new Metric("put", "ops/s", puts[0], peer, puts[1]));
    double[] batches = Rounds.medians(0, loads, () -> load(our(), true), () -> load(rocks(), true));
    sink.accept(new Metric("put, 100 per commit", "ops/s", batches[0], peer, batches[1]));

    try (KeyValueSide ours = our();
        KeyValueSide theirs = rocks()) {
      for (KeyValueSide side : List.of(ours, theirs)) {
        putAll(side);
        side.settle();
      }
      double[] gets = Rounds.medians(1, sizes.rounds(), () -> get(ours), () -> get(theirs));
      sink.accept(new Metric("get", "ops/s", gets[0], peer, gets[1]));
      double[] scans = Rounds.medians(1, sizes.rounds(), () -> scan(ours), () -> scan(theirs));
      sink.accept(new Metric("scan", "entries/s", scans[0], peer, scans[1]));
    }
  }

  private KeyValueSide our() throws IOException {
    return new StoreSide(Scratch.fresh(directory, "facetdb"), CACHE_BYTES);
  }

  private KeyValueSide rocks() throws Exception {
    return new RocksSide(Scratch.fresh(directory, "rocksdb"), CACHE_BYTES);
  }

  private double load(KeyValueSide side, boolean batched) throws Exception {
    try (side) {
      long start = System.nanoTime();
      if (batched) {
        putAll(side);
      } else {
        for (int i = 0; i < keys.length; i++) {
          side.put(keys[i], values[i]);
        }
      }
      return perSecond(keys.length, start);
    }
  }

  private void putAll(KeyValueSide side) throws Exception {
    for (int i = 0; i < keys.length; i += BATCH) {
      side.putAll(keys, values, i, Math.min(keys.length, i + BATCH));
    }
  }

  private double get(KeyValueSide side) throws Exception {
    SplittableRandom random = new SplittableRandom(7);
    long bytes = 0;
    long start = System.nanoTime();
    for (int i = 0; i < sizes.gets(); i++) {
      bytes += side.get(keys[random.nextInt(keys.length)]);
    }
    double rate = perSecond(sizes.gets(), start);
    if (bytes != 100L * sizes.gets()) {
      throw new IllegalStateException("gets found wrong values: bytes=" + bytes);
    }
    return rate;
  }

  private double scan(KeyValueSide side) throws Exception {
    long start = System.nanoTime();
    KeyValueSide.Scanned scanned = side.scan();
    double rate = perSecond(scanned.entries(), start);
    KeyValueSide.Scanned expected = new KeyValueSide.Scanned(keys.length, sum);
    if (!scanned.equals(expected)) {
      throw new IllegalStateException("the scan found " + scanned + ", not " + expected);
    }
    return rate;
  }

  static double perSecond(long count, long startNanos) {
    return count * 1e9 / Math.max(1, System.nanoTime() - startNanos);
  }
}
