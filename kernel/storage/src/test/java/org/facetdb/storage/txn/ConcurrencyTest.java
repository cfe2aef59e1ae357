package org.facetdb.storage.txn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Durability;
import org.facetdb.storage.Reader;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import org.facetdb.storage.Transaction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many threads move money between accounts, while others look, flush and travel in time. */
class ConcurrencyTest {
  private static final int SPACE = Store.CATALOG_KEY_SPACE;
  private static final int ACCOUNTS = 40;
  private static final long START = 1_000;
  private static final int MOVERS = 6;
  private static final int MOVES = 300;

  @TempDir private Path directory;

  private final long seed = Seeds.next(ConcurrencyTest.class);
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean moving = new AtomicBoolean(true);
  private final AtomicInteger conflicts = new AtomicInteger();
  private final ConcurrentSkipListMap<Long, Long> committed = new ConcurrentSkipListMap<>();

  private static byte[] key(int account) {
    return new byte[] {(byte) account};
  }

  private static byte[] amount(long value) {
    return ByteBuffer.allocate(8).putLong(value).array();
  }

  private static long total(Reader reader) {
    long total = 0;
    int accounts = 0;
    try (Cursor cursor = reader.scan(SPACE, null, null)) {
      while (cursor.next()) {
        total += ByteBuffer.wrap(cursor.value()).getLong();
        accounts++;
      }
    }
    assertEquals(ACCOUNTS, accounts);
    return total;
  }

  @Test
  void moneyIsNeitherMadeNorLost() throws Exception {
    StoreOptions options =
        StoreOptions.defaults().withMemtableBytes(32 << 10).withSegmentBytes(32 << 10);
    long commits;
    try (Store store = Stores.open(directory, options)) {
      try (Transaction transaction = store.begin()) {
        for (int i = 0; i < ACCOUNTS; i++) {
          transaction.put(SPACE, key(i), amount(START));
        }
        transaction.commit(Durability.SYNC);
      }
      List<Thread> movers = new ArrayList<>();
      for (int i = 0; i < MOVERS; i++) {
        Random random = new Random(seed + i);
        movers.add(Thread.ofPlatform().start(() -> guarded(() -> move(store, random))));
      }
      Thread looker = Thread.ofPlatform().start(() -> guarded(() -> look(store)));
      for (Thread mover : movers) {
        mover.join();
      }
      moving.set(false);
      looker.join();
      assertEquals(List.of(), List.copyOf(failures));
      assertEquals(1 + committed.size(), store.lastSequence());
      assertEquals(committed.lastKey(), store.lastCommitTimestamp());
      commits = store.lastSequence();
    }
    System.out.println("commits=" + commits + " conflicts=" + conflicts);
    assertTrue(conflicts.get() > 0, "the threads never met");
    try (Store store = Stores.open(directory, options);
        Snapshot snapshot = store.snapshot()) {
      assertEquals(commits, store.lastSequence());
      assertEquals(ACCOUNTS * START, total(snapshot));
    }
  }

  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (Throwable e) {
      failures.add(e);
    }
  }

  private void move(Store store, Random random) {
    for (int i = 0; i < MOVES; i++) {
      int from = random.nextInt(ACCOUNTS);
      int to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
      try (Transaction transaction = store.begin()) {
        long taken = ByteBuffer.wrap(transaction.get(SPACE, key(from))).getLong();
        long given = ByteBuffer.wrap(transaction.get(SPACE, key(to))).getLong();
        transaction.put(SPACE, key(from), amount(taken - 1));
        transaction.put(SPACE, key(to), amount(given + 1));
        Durability durability = random.nextInt(4) == 0 ? Durability.NONE : Durability.SYNC;
        long timestamp = transaction.commit(durability);
        assertEquals(null, committed.put(timestamp, 1L), "timestamp given out twice");
      } catch (StorageException e) {
        assertEquals("40001", e.sqlState(), e.getMessage());
        conflicts.incrementAndGet();
      }
    }
  }

  private void look(Store store) {
    Random random = new Random(seed - 1);
    while (moving.get()) {
      try (Snapshot snapshot = store.snapshot()) {
        assertEquals(ACCOUNTS * START, total(snapshot));
        long sequence = 1 + random.nextLong(snapshot.sequence());
        try (Snapshot past = store.snapshotAtSequence(sequence)) {
          assertEquals(sequence, past.sequence());
          assertEquals(ACCOUNTS * START, total(past));
        }
      }
      if (random.nextInt(20) == 0) {
        store.flush();
      }
    }
  }
}
