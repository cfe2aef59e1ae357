package org.facetdb.storage.txn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.facetdb.storage.CheckReport;
import org.facetdb.storage.Durability;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.junit.jupiter.api.Test;

/** Random commits, flushes, reopens and moves of the consumers' position, against a map. */
class ChangeLogModelTest {
  private static final int STEPS = Integer.getInteger("facetdb.changelog.steps", 1_500);
  private static final int SEGMENT_BYTES = 4 << 10;

  private final long seed = Seeds.next(ChangeLogModelTest.class);
  private final Random random = new Random(seed);
  private MemoryFileSystem files = MemoryFileSystem.strict();

  /** What each commit wrote, as text, by sequence. */
  private final TreeMap<Long, String> model = new TreeMap<>();

  private final List<String> heard = new ArrayList<>();

  /** The position of the slowest consumer, as it told the store. */
  private long retained;

  private long oldestBefore;

  private static StoreOptions options(long limit) {
    return StoreOptions.defaults()
        .withMemtableBytes(8 << 10)
        .withSegmentBytes(SEGMENT_BYTES)
        .withBlockCacheBytes(0)
        .withChangeLog(true)
        .withChangeLogBytes(limit);
  }

  private Store open(long limit) {
    Store store = FacetStore.open(files, options(limit), StoreThreads.direct());
    store.changes().listen(batch -> heard.add(Batches.text(batch)));
    return store;
  }

  @Test
  void readsWhatWasCommittedWithinTheLimit() {
    run(1 << 30);
  }

  @Test
  void letsTheOldestGoBeyondTheLimit() {
    run(3 * SEGMENT_BYTES);
    assertTrue(oldestBefore > retained, "the limit was never reached");
  }

  private void run(long limit) {
    Store store = open(limit);
    for (int step = 0; step < STEPS; step++) {
      int action = random.nextInt(100);
      if (action < 70) {
        commit(store);
      } else if (action < 85) {
        readSomewhere(store);
      } else if (action < 90) {
        store.flush();
      } else if (action < 93 && limit > SEGMENT_BYTES * 100L) {
        retain(store);
      } else if (action < 95) {
        if (random.nextBoolean()) {
          store.close();
        }
        files = random.nextBoolean() ? files.kill() : files.crash(random);
        if (random.nextInt(4) == 0) {
          CheckReport report = FacetStore.check(files);
          assertEquals(List.of(), report.problems());
        }
        store = open(limit);
        // The crash may have taken back that a file of the log was let go.
        oldestBefore = Math.min(oldestBefore, store.changes().oldestSequence());
        readAll(store);
      }
      assertKept(store, limit);
    }
    readAll(store);
    store.close();
  }

  private void commit(Store store) {
    List<String> rows = new ArrayList<>();
    try (Transaction transaction = store.begin()) {
      for (int i = 0; i <= random.nextInt(4); i++) {
        byte[] key = {(byte) (i * 40 + random.nextInt(40))};
        byte[] value = new byte[random.nextInt(random.nextInt(20) == 0 ? 9_000 : 100)];
        random.nextBytes(value);
        if (random.nextInt(4) == 0) {
          transaction.delete(Store.CATALOG_KEY_SPACE, key);
          rows.add(Batches.row(Store.CATALOG_KEY_SPACE, key, null, -1));
        } else {
          long mask = random.nextLong();
          transaction.put(Store.CATALOG_KEY_SPACE, key, value, mask);
          rows.add(Batches.row(Store.CATALOG_KEY_SPACE, key, value, mask));
        }
      }
      long timestamp = transaction.commit(Durability.SYNC);
      String text = Batches.text(store.lastSequence(), timestamp, rows);
      model.put(store.lastSequence(), text);
      assertEquals(text, heard.removeLast());
      assertEquals(List.of(), heard);
    }
  }

  private void retain(Store store) {
    long last = store.lastSequence();
    if (last > retained) {
      retained += random.nextLong(last - retained + 1);
    }
    store.changes().retainAfter(retained);
  }

  private void assertKept(Store store, long limit) {
    long oldest = store.changes().oldestSequence();
    assertTrue(oldest >= oldestBefore, "oldest fell from " + oldestBefore + " to " + oldest);
    assertTrue(limit < 1 << 20 || oldest <= retained, oldest + " is after " + retained);
    oldestBefore = oldest;
  }

  private void readAll(Store store) {
    long oldest = store.changes().oldestSequence();
    List<String> found = new ArrayList<>();
    assertTrue(
        store
            .changes()
            .read(oldest, store.lastSequence(), batch -> found.add(Batches.text(batch))));
    assertEquals(new ArrayList<>(model.tailMap(oldest, false).values()), found);
  }

  private void readSomewhere(Store store) {
    long last = store.lastSequence();
    long oldest = store.changes().oldestSequence();
    if (oldest > 0) {
      StorageException gone =
          assertThrows(
              StorageException.class, () -> store.changes().read(oldest - 1, last, b -> true));
      assertEquals("72000", gone.sqlState());
    }
    long after = oldest + random.nextLong(last - oldest + 1);
    long through = after + random.nextLong(last - after + 1);
    int most = random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(3);
    List<String> expected = new ArrayList<>(model.subMap(after, false, through, true).values());
    List<String> found = new ArrayList<>();
    boolean ended =
        store
            .changes()
            .read(
                after,
                through,
                batch -> {
                  found.add(Batches.text(batch));
                  return found.size() < most;
                });
    if (expected.size() >= most) {
      assertFalse(ended);
      assertEquals(expected.subList(0, most), found);
    } else {
      assertTrue(ended);
      assertEquals(expected, found);
    }
  }
}
