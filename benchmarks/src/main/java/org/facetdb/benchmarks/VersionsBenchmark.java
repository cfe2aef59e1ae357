package org.facetdb.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Durability;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import org.facetdb.storage.Transaction;

/**
 * What history costs: reads of the present where each key has many versions, all kept, beside a
 * store with one version of each; and reads of the past beside those of the present. Nothing is
 * compacted but by the store itself.
 */
final class VersionsBenchmark {
  /**
   * How much is measured.
   *
   * @param keys of either store
   * @param versions of each key, written round after round
   * @param reads single reads in a round
   * @param warmUps rounds before those that count, in which the compiler is at work
   * @param rounds that count
   */
  record Plan(int keys, int versions, int reads, int warmUps, int rounds) {
    static Plan full() {
      return new Plan(100_000, 100, 100_000, 30, 15);
    }

    static Plan tiny() {
      return new Plan(500, 10, 500, 1, 1);
    }
  }

  private static final int RANGE = 100;
  private static final int BATCH = 10;
  private static final int STEP = 7_919;
  private static final String ONE = "one version";
  private static final String PRESENT = "the present";

  private final Plan plan;
  private final Path directory;
  private final Entries entries;
  private final long[] timestamps;

  VersionsBenchmark(Plan plan, Path directory) {
    this.plan = plan;
    this.directory = directory;
    this.entries = new Entries(plan.keys());
    this.timestamps = new long[plan.versions()];
  }

  private interface Work {
    double micros();
  }

  void run(Consumer<Metric> sink) throws Exception {
    try (Store many = open("many");
        Store one = open("one")) {
      int manySpace = many.createKeySpace(KeySpaceOptions.keepForEver());
      int oneSpace = one.createKeySpace(KeySpaceOptions.keepForEver());
      for (int version = 0; version < plan.versions(); version++) {
        timestamps[version] = write(many, manySpace, version);
      }
      int last = plan.versions() - 1;
      write(one, oneSpace, last);
      many.flush();
      one.flush();
      awaitQuiet();
      try (Snapshot manyNow = many.snapshot();
          Snapshot oneNow = one.snapshot();
          Snapshot past = many.snapshotAt(timestamps[last / 2])) {
        compare(
            "get",
            ONE,
            sink,
            () -> gets(manyNow, manySpace, last),
            () -> gets(oneNow, oneSpace, last));
        compare(
            "scan of " + RANGE,
            ONE,
            sink,
            () -> scans(manyNow, manySpace, last),
            () -> scans(oneNow, oneSpace, last));
        compare(
            "get as of",
            PRESENT,
            sink,
            () -> gets(past, manySpace, last / 2),
            () -> gets(manyNow, manySpace, last));
        compare(
            "scan of " + RANGE + " as of",
            PRESENT,
            sink,
            () -> scans(past, manySpace, last / 2),
            () -> scans(manyNow, manySpace, last));
      }
    }
  }

  private Store open(String name) throws IOException {
    return Stores.open(
        Scratch.fresh(directory, name),
        StoreOptions.defaults()
            .withMemtableBytes(Math.max(64 << 10, Math.min(64L << 20, entries.bytes())))
            .withBlockCacheBytes(512L << 20));
  }

  private static void awaitQuiet() throws InterruptedException, IOException {
    if (WrittenBytes.areCounted()) {
      WrittenBytes.awaitQuiet();
    } else {
      Thread.sleep(10_000);
    }
  }

  private void compare(String name, String peer, Consumer<Metric> sink, Work ours, Work theirs)
      throws Exception {
    double[] medians = Rounds.medians(plan.warmUps(), plan.rounds(), ours::micros, theirs::micros);
    sink.accept(new Metric(name, "us", medians[0], peer, medians[1]));
  }

  /** Gives each key its next version, in an order that is not the keys'. */
  private long write(Store store, int keySpace, int version) {
    long timestamp = 0;
    for (int from = 0; from < plan.keys(); from += BATCH) {
      try (Transaction transaction = store.begin()) {
        for (int i = from; i < Math.min(from + BATCH, plan.keys()); i++) {
          int number = (int) ((long) i * STEP % plan.keys());
          transaction.put(keySpace, entries.key(number), value(number, version));
        }
        timestamp = transaction.commit(Durability.NONE);
      }
    }
    return timestamp;
  }

  private byte[] value(int number, int version) {
    byte[] value = entries.value(number, version).clone();
    ByteBuffer.wrap(value).putInt(version);
    return value;
  }

  /** Microseconds of a get; every value must be of the version that is asked for. */
  private double gets(Snapshot snapshot, int keySpace, int version) {
    SplittableRandom random = new SplittableRandom(7);
    long start = System.nanoTime();
    for (int i = 0; i < plan.reads(); i++) {
      byte[] value = snapshot.get(keySpace, entries.key(random.nextInt(plan.keys())));
      if (value == null || ByteBuffer.wrap(value).getInt() != version) {
        throw new IllegalStateException("a get did not find version " + version);
      }
    }
    return (System.nanoTime() - start) / 1e3 / plan.reads();
  }

  private double scans(Snapshot snapshot, int keySpace, int version) {
    SplittableRandom random = new SplittableRandom(8);
    int count = Math.max(1, plan.reads() / 20);
    long found = 0;
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      byte[] from = entries.key(random.nextInt(plan.keys()));
      try (Cursor cursor = snapshot.scan(keySpace, from, null)) {
        for (int k = 0; k < RANGE && cursor.next(); k++) {
          if (ByteBuffer.wrap(cursor.valueArray()).getInt(cursor.valueOffset()) != version) {
            throw new IllegalStateException("a scan found another version than " + version);
          }
          found++;
        }
      }
    }
    double micros = (System.nanoTime() - start) / 1e3 / count;
    if (found == 0) {
      throw new IllegalStateException("scans found nothing");
    }
    return micros;
  }

  static String heading(Plan plan) {
    return plan.keys()
        + " keys (16 B keys, 100 B values), "
        + plan.versions()
        + " versions of each, "
        + plan.rounds()
        + " interleaved rounds, medians, Java "
        + Runtime.version();
  }
}
