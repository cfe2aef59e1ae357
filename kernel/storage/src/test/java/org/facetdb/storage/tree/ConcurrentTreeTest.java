package org.facetdb.storage.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.log.WriteBatch;
import org.junit.jupiter.api.Test;

/**
 * Readers at pinned timestamps beside a writer, flushes and compactions: each commit moves one unit
 * from one key to another, so every view must hold the same sum over the same number of keys.
 */
class ConcurrentTreeTest {
  private static final int KEYS = 400;
  private static final long EACH = 1000;
  private static final int COMMITS = 8_000;

  private final SplittableRandom random =
      new SplittableRandom(Seeds.next(ConcurrentTreeTest.class));
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicBoolean running = new AtomicBoolean(true);

  @Test
  void everyViewHoldsTheSameSumDuringFlushAndCompaction() throws InterruptedException {
    ExecutorService background = Executors.newFixedThreadPool(2);
    List<Thread> readers = new ArrayList<>();
    try (TreeFixture fixture =
        new TreeFixture(MemoryFileSystem.unsynced(), TreeFixture.small(background))) {
      WriteBatch all = fixture.batch();
      for (int i = 0; i < KEYS; i++) {
        all.put(1, TreeFixture.key(i), value(EACH), -1L, 0);
      }
      fixture.commit(all);
      for (int i = 0; i < 3; i++) {
        SplittableRandom own = random.split();
        readers.add(Thread.ofPlatform().start(() -> read(fixture, own)));
      }
      long[] model = new long[KEYS];
      java.util.Arrays.fill(model, EACH);
      for (int i = 0; i < COMMITS && failure.get() == null; i++) {
        move(fixture, model);
        if (i % 3000 == 2999) {
          fixture.tree.compact(null);
        }
      }
      running.set(false);
      for (Thread reader : readers) {
        reader.join();
      }
      if (failure.get() != null) {
        throw new AssertionError(failure.get());
      }
      assertNull(fixture.host.failure);
      assertEquals(List.of(), fixture.tree.check());
    } finally {
      running.set(false);
      background.shutdown();
    }
  }

  private void move(TreeFixture fixture, long[] model) {
    int from = random.nextInt(KEYS);
    int to = (from + 1 + random.nextInt(KEYS - 1)) % KEYS;
    model[from]--;
    model[to]++;
    WriteBatch batch = fixture.batch();
    for (int key : new int[] {from, to}) {
      if (model[key] == EACH && random.nextBoolean()) {
        // Absent means untouched, so that removals take part.
        batch.delete(1, TreeFixture.key(key), 0);
      } else {
        batch.put(1, TreeFixture.key(key), value(model[key]), -1L, 0);
      }
    }
    fixture.commit(batch);
  }

  private static byte[] value(long number) {
    return ByteBuffer.allocate(40).putLong(number).array();
  }

  private void read(TreeFixture fixture, SplittableRandom own) {
    try {
      while (running.get() && failure.get() == null) {
        long last = fixture.host.lastCommit.get();
        long first = 1_000_000L << 16;
        long timestamp = own.nextBoolean() ? last : own.nextLong(first + 1, last + 1);
        if (fixture.host.pin(fixture.tree, 1, timestamp)) {
          try {
            check(fixture, timestamp, own);
          } finally {
            fixture.host.unpin(timestamp);
          }
        }
      }
    } catch (Throwable t) {
      failure.compareAndSet(null, t);
    }
  }

  private static void check(TreeFixture fixture, long timestamp, SplittableRandom own) {
    long difference = 0;
    long[] found = new long[KEYS];
    java.util.Arrays.fill(found, EACH);
    try (Cursor cursor = fixture.tree.scan(1, null, null, timestamp)) {
      while (cursor.next()) {
        long key = ByteBuffer.wrap(cursor.keyArray(), cursor.keyOffset(), 8).getLong();
        long value = ByteBuffer.wrap(cursor.valueArray(), cursor.valueOffset(), 8).getLong();
        difference += value - EACH;
        found[(int) key] = value;
      }
    }
    assertEquals(0, difference, "sum at " + timestamp);
    for (int i = 0; i < 20; i++) {
      int key = own.nextInt(KEYS);
      byte[] value = fixture.tree.get(1, TreeFixture.key(key), timestamp);
      assertEquals(found[key], value == null ? EACH : ByteBuffer.wrap(value).getLong());
    }
  }
}
