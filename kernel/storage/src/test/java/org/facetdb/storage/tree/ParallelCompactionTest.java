package org.facetdb.storage.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.TableOptions;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.log.WriteBatch;
import org.junit.jupiter.api.Test;

/** Several compactions at once, in threads. */
class ParallelCompactionTest {
  private static final int COMPACTIONS = 3;
  private static final int KEYS = 2_000;

  private final SplittableRandom random =
      new SplittableRandom(Seeds.next(ParallelCompactionTest.class));

  private static TreeOptions options(long levelOneBytes, ExecutorService threads) {
    return new TreeOptions(
        32 << 10,
        2,
        512,
        8 << 10,
        64 << 10,
        2,
        levelOneBytes,
        0,
        TableOptions.defaults(),
        COMPACTIONS,
        0,
        threads == null ? Runnable::run : threads);
  }

  private byte[] value() {
    byte[] value = new byte[random.nextInt(20, 100)];
    random.nextBytes(value);
    return value;
  }

  /** Each of the first two that make a file goes on when the other has one, too. */
  private static FileSystem meeting(FileSystem files, AtomicInteger creates) {
    CyclicBarrier both = new CyclicBarrier(2);
    return (FileSystem)
        Proxy.newProxyInstance(
            FileSystem.class.getClassLoader(),
            new Class<?>[] {FileSystem.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(files, arguments);
                if (method.getName().equals("open")
                    && arguments[1] == FileSystem.Mode.CREATE
                    && ((String) arguments[0]).startsWith("tables/")
                    && creates.incrementAndGet() <= 2) {
                  both.await(60, TimeUnit.SECONDS);
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Old versions deep below, new ones in a level 1 that may be large. */
  private void fillTwoLevels(MemoryFileSystem files, List<byte[]> model) {
    for (int round = 0; round < 2; round++) {
      try (TreeFixture fixture =
          new TreeFixture(files, options(round == 0 ? 8 << 10 : 1 << 20, null))) {
        fixture.host.now.addAndGet(HybridTime.ofMillis(60_000 * round));
        model.clear();
        for (int key = 0; key < KEYS; key++) {
          model.add(value());
          fixture.put(1, TreeFixture.key(key), model.get(key));
        }
        fixture.tree.flush();
      }
    }
  }

  private static void requireAll(List<byte[]> model, TreeFixture fixture) {
    for (int key = 0; key < KEYS; key++) {
      assertArrayEquals(
          model.get(key), fixture.tree.get(1, TreeFixture.key(key), Long.MAX_VALUE - 1));
    }
  }

  @Test
  void twoCompactionsWriteAtTheSameTime() throws Exception {
    MemoryFileSystem files = MemoryFileSystem.strict();
    List<byte[]> model = new ArrayList<>();
    fillTwoLevels(files, model);
    ExecutorService threads = Executors.newFixedThreadPool(COMPACTIONS + 1);
    AtomicInteger creates = new AtomicInteger();
    // Now level 1 is too large, and several of its tables go down.
    try (TreeFixture fixture = new TreeFixture(meeting(files, creates), options(1, threads))) {
      fixture.tree.compact(null);
      assertNull(fixture.host.failure);
      assertTrue(creates.get() >= 2, "tables that were made: " + creates);
      assertEquals(List.of(), fixture.tree.check());
      requireAll(model, fixture);
    } finally {
      threads.shutdown();
      assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
    }
  }

  /** Without room for tables; counts the attempts to make one. */
  private static FileSystem full(FileSystem files, AtomicBoolean isFull, AtomicInteger attempts) {
    return (FileSystem)
        Proxy.newProxyInstance(
            FileSystem.class.getClassLoader(),
            new Class<?>[] {FileSystem.class},
            (proxy, method, arguments) -> {
              if (isFull.get()
                  && method.getName().equals("open")
                  && arguments[1] == FileSystem.Mode.CREATE
                  && ((String) arguments[0]).startsWith("tables/")) {
                if (attempts.incrementAndGet() > 1_000) {
                  throw new AssertionError("it is tried again without a pause");
                }
                throw new StorageException(
                    "53100", StorageException.Category.RESOURCE, "no space is left");
              }
              try {
                return method.invoke(files, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void aFullDiskStopsCompactionsUntilTheyAreTriedAgain() {
    MemoryFileSystem files = MemoryFileSystem.strict();
    List<byte[]> model = new ArrayList<>();
    fillTwoLevels(files, model);
    AtomicBoolean isFull = new AtomicBoolean(true);
    AtomicInteger attempts = new AtomicInteger();
    long begin = System.nanoTime();
    try (TreeFixture fixture = new TreeFixture(full(files, isFull, attempts), options(1, null))) {
      // Each is tried at most once in a quarter of a second.
      long tries = 1 + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin) / 250;
      assertTrue(attempts.get() >= 1, "nothing was due");
      assertTrue(attempts.get() <= COMPACTIONS * tries, attempts + " in " + tries);
      isFull.set(false);
      fixture.tree.compact(null);
      assertNull(fixture.host.failure);
      assertEquals(List.of(), fixture.tree.check());
      requireAll(model, fixture);
    }
  }

  @Test
  void aFlushFindsAThreadBesideCompactionsThatDoNotEnd() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(COMPACTIONS + 1);
    CountDownLatch release = new CountDownLatch(1);
    Workers compactions =
        new Workers(
            threads,
            COMPACTIONS,
            () -> false,
            e -> {
              throw e;
            },
            () -> {
              try {
                release.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    for (int i = 0; i < 10; i++) {
      compactions.request();
      compactions.lend(() -> {});
    }
    AtomicInteger flushes = new AtomicInteger();
    Workers flusher =
        new Workers(
            threads,
            1,
            () -> false,
            e -> {
              throw e;
            },
            flushes::incrementAndGet);
    flusher.request();
    threads.submit(() -> {}).get(60, TimeUnit.SECONDS);
    assertEquals(1, flushes.get());
    release.countDown();
    compactions.awaitIdle();
    threads.shutdown();
    assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
  }

  @Test
  void everyMomentIsAsItWasHoweverManyCompactionsRun() throws Exception {
    for (int round = 0; round < 2; round++) {
      ExecutorService threads = Executors.newFixedThreadPool(COMPACTIONS + 1);
      try {
        new Run(random.split(), threads).run();
      } finally {
        threads.shutdown();
        assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
      }
    }
  }

  /** Random writes in several key spaces, and passes in a thread of their own. */
  private static final class Run {
    private static final int COMMITS = 2_000;
    private static final int SPACES = 4;

    private final SplittableRandom random;
    private final TreeFixture fixture;
    private final VersionModel model = new VersionModel();
    private final List<Integer> keySpaces = new ArrayList<>();
    private final List<Long> timestamps = new ArrayList<>();

    Run(SplittableRandom random, ExecutorService threads) {
      this.random = random;
      fixture =
          new TreeFixture(
              MemoryFileSystem.strict(), options(random.nextInt(1 << 10, 64 << 10), threads));
    }

    void run() throws InterruptedException {
      AtomicBoolean running = new AtomicBoolean(true);
      AtomicReference<Throwable> failure = new AtomicReference<>();
      try (fixture) {
        keySpaces.add(1);
        while (keySpaces.size() < SPACES) {
          keySpaces.add(fixture.tree.createKeySpace(KeySpaceOptions.keepForEver()));
        }
        SplittableRandom own = random.split();
        Thread passes = Thread.ofPlatform().start(() -> passes(running, failure, own));
        try {
          for (int i = 0; i < COMMITS; i++) {
            commit();
          }
        } finally {
          running.set(false);
          passes.join();
        }
        if (failure.get() != null) {
          throw new AssertionError("a pass failed", failure.get());
        }
        readAll();
        fixture.tree.compact(null);
        readAll();
        assertNull(fixture.host.failure);
        assertEquals(List.of(), fixture.tree.check());
        fixture.reopen();
        readAll();
      }
    }

    private void passes(
        AtomicBoolean running, AtomicReference<Throwable> failure, SplittableRandom own) {
      try {
        while (running.get()) {
          fixture.tree.compact(own.nextBoolean() ? null : keySpaces.get(own.nextInt(SPACES)));
        }
      } catch (Throwable t) {
        failure.set(t);
      }
    }

    private void commit() {
      WriteBatch batch = fixture.batch();
      long timestamp = fixture.host.now.get() + 1;
      VersionModel written = new VersionModel();
      int hot = random.nextInt(SPACES);
      for (int i = random.nextInt(1, 30); i > 0; i--) {
        int keySpace = keySpaces.get(random.nextInt(3) == 0 ? random.nextInt(SPACES) : hot);
        byte[] key = TreeFixture.key(random.nextInt(500));
        if (written.newest(keySpace, key) != 0) {
          continue;
        }
        byte[] value = random.nextInt(4) == 0 ? null : new byte[random.nextInt(60)];
        if (value == null) {
          batch.delete(keySpace, key, 0);
        } else {
          random.nextBytes(value);
          batch.put(keySpace, key, value, -1L, 0);
        }
        written.write(keySpace, key, timestamp, value);
        model.write(keySpace, key, timestamp, value);
      }
      assertEquals(timestamp, fixture.commit(batch));
      timestamps.add(timestamp);
    }

    private void readAll() {
      for (int moment = 0; moment < 20; moment++) {
        long timestamp =
            moment == 0 ? timestamps.getLast() : timestamps.get(random.nextInt(timestamps.size()));
        for (int keySpace : keySpaces) {
          assertTrue(fixture.host.pin(fixture.tree, keySpace, timestamp));
          compare(keySpace, timestamp);
          fixture.host.unpin(timestamp);
        }
      }
    }

    private void compare(int keySpace, long timestamp) {
      Iterator<Map.Entry<byte[], byte[]>> expected =
          model.scan(keySpace, null, null, timestamp).entrySet().iterator();
      try (Cursor cursor = fixture.tree.scan(keySpace, null, null, timestamp)) {
        while (cursor.next()) {
          Map.Entry<byte[], byte[]> entry = expected.next();
          assertArrayEquals(entry.getKey(), cursor.key());
          assertArrayEquals(entry.getValue(), cursor.value());
        }
      }
      assertTrue(!expected.hasNext(), "a key is missing");
      for (byte[] key : model.keys(keySpace).keySet()) {
        assertArrayEquals(
            model.get(keySpace, key, timestamp), fixture.tree.get(keySpace, key, timestamp));
      }
    }
  }
}
