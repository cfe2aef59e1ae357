package org.facetdb.storage.tree.memtable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.log.WriteBatch;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.facetdb.storage.tree.entry.Lookup;
import org.junit.jupiter.api.Test;

/**
 * Readers beside the writer: each reads at a commit that it knows of and compares with what that
 * commit must look like. Every key's versions and values follow from the commit's number.
 */
class MemtableStressTest {
  private static final int KEYS = 3_000;
  private static final int COMMITS = 40_000;
  private static final int READERS = 3;

  private final long seed = Seeds.next(MemtableStressTest.class);
  private volatile long published;
  private final Memtable memtable = new Memtable(1 << 20);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  // Commit t writes keys f(t, 0), f(t, 1): a fixed shuffle, so that a reader can tell what it was.
  private int keyOf(long commit, int row) {
    long mixed = (commit * 2 + row + seed) * 0x9E3779B97F4A7C15L;
    return (int) Long.remainderUnsigned(mixed ^ (mixed >>> 29), KEYS);
  }

  private static byte[] key(int number) {
    // Different lengths, equal first bytes: both words of a slot and the arena are compared.
    byte[] key = new byte[number % 3 == 0 ? 4 : number % 3 == 1 ? 12 : 24];
    ByteBuffer.wrap(key).putInt(number);
    return key;
  }

  private static boolean isRemoval(long commit) {
    return commit % 7 == 0;
  }

  @Test
  void readersSeeWholeCommitsBesideTheWriter() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      SplittableRandom random = new SplittableRandom(seed + i);
      threads.add(Thread.ofPlatform().start(() -> guarded(() -> read(random))));
    }
    Thread writer = Thread.ofPlatform().start(() -> guarded(this::write));
    writer.join();
    for (Thread thread : threads) {
      thread.join();
    }
    assertNull(failure.get(), () -> String.valueOf(failure.get()));
    assertEquals(COMMITS, memtable.lastSequence());
    checkScan(COMMITS);
  }

  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (Throwable t) {
      failure.compareAndSet(null, t);
      published = COMMITS;
    }
  }

  private void write() {
    for (long commit = 1; commit <= COMMITS; commit++) {
      WriteBatch batch = new WriteBatch(128);
      int first = keyOf(commit, 0);
      int second = keyOf(commit, 1);
      add(batch, commit, first);
      if (second != first) {
        add(batch, commit, second);
      }
      memtable.apply(batch, commit, commit);
      published = commit;
    }
  }

  private static void add(WriteBatch batch, long commit, int number) {
    if (isRemoval(commit)) {
      batch.delete(1, key(number), 0);
    } else {
      batch.put(1, key(number), ByteBuffer.allocate(8).putLong(commit).array(), -1L, 0);
    }
  }

  private void read(SplittableRandom random) {
    while (published < COMMITS) {
      long known = published;
      if (random.nextInt(300) == 0) {
        checkScan(known);
      } else if (known > 0) {
        // Commit numbers are close to the last, so that readers meet splits under way.
        long commit = Math.max(1, known - random.nextInt(50));
        byte[] key = key(keyOf(commit, random.nextInt(2)));
        Lookup lookup = new Lookup(commit);
        require(
            memtable.find(1, key, Bytes.hash(1, key, 0, key.length), lookup),
            "a commit's key is missing");
        require(lookup.begin == commit, "another version is found");
        require(lookup.deleted == isRemoval(commit), "the kind differs");
        if (!lookup.deleted) {
          require(
              ByteBuffer.wrap(lookup.array, lookup.offset, lookup.length).getLong() == commit,
              "the value differs");
        }
      }
    }
  }

  private void checkScan(long known) {
    long[] newest = new long[KEYS];
    for (long commit = 1; commit <= known; commit++) {
      newest[keyOf(commit, 0)] = commit;
      newest[keyOf(commit, 1)] = commit;
    }
    byte[] last = null;
    EntryCursor cursor = memtable.cursor(1, null);
    if (cursor == null) {
      require(known == 0, "the key space is missing");
      return;
    }
    long expected = Arrays.stream(newest).filter(commit -> commit != 0).count();
    long found = 0;
    boolean more = cursor.next();
    while (more) {
      if (cursor.begin() > known) {
        more = cursor.next();
        continue;
      }
      byte[] key =
          Arrays.copyOfRange(
              cursor.keyArray(), cursor.keyOffset(), cursor.keyOffset() + cursor.keyLength());
      require(last == null || Arrays.compareUnsigned(last, key) < 0, "keys are out of order");
      require(newest[ByteBuffer.wrap(key).getInt()] == cursor.begin(), "another newest version");
      last = key;
      found++;
      more = cursor.nextKey();
    }
    require(found == expected, "keys are missing");
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new AssertionError(message);
    }
  }
}
