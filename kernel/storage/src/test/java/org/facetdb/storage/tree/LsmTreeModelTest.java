package org.facetdb.storage.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.facetdb.storage.BottomCompression;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.TableOptions;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.log.WriteBatch;
import org.junit.jupiter.api.Test;

/** A tree against sorted maps, across random configurations, reopened and compacted at random. */
class LsmTreeModelTest {
  private static final int ROUNDS = Integer.getInteger("facetdb.test.rounds", 30);

  @Test
  void answersAsTheModelDoesUnderAnyConfiguration() {
    SplittableRandom seeds = new SplittableRandom(Seeds.next(LsmTreeModelTest.class));
    for (int i = 0; i < ROUNDS; i++) {
      try {
        new Run(seeds.nextLong()).run();
      } catch (Throwable t) {
        throw new AssertionError("failed in round " + i, t);
      }
    }
  }

  private static final class Run {
    private final SplittableRandom random;
    private final MemoryFileSystem files = MemoryFileSystem.strict();
    private final TestHost host = new TestHost();
    private final VersionModel model = new VersionModel();
    private final List<WriteBatch> log = new ArrayList<>();
    private final List<Long> timestamps = new ArrayList<>(List.of(0L));
    private final List<Integer> keySpaces = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(3);
    private final TreeOptions options;
    private final boolean direct;
    private final int keyRange;
    private final int keyShape;
    private LsmTree tree;
    private long pinned;
    private boolean pinnedByTransaction;

    Run(long seed) {
      random = new SplittableRandom(seed);
      direct = random.nextBoolean();
      keyRange = 1 << random.nextInt(1, 10);
      keyShape = random.nextInt(5);
      options =
          new TreeOptions(
              1 << random.nextInt(12, 18),
              random.nextInt(1, 4),
              1 << random.nextInt(4, 13),
              1 << random.nextInt(9, 16),
              random.nextBoolean() ? 0 : 1 << random.nextInt(8, 20),
              random.nextInt(1, 5),
              1 << random.nextInt(10, 18),
              random.nextBoolean() ? 0 : 1 << 20,
              TableOptions.defaults()
                  .withBottom(random.nextBoolean() ? BottomCompression.LZ4 : BottomCompression.ZSTD)
                  .withMapped(random.nextBoolean()),
              random.nextInt(1, 4),
              random.nextBoolean() ? 0 : 64 << 20,
              direct ? Runnable::run : threads);
    }

    void run() {
      try {
        host.now.set(HybridTime.ofMillis(1_000_000));
        tree = LsmTree.open(files, options, host);
        keySpaces.add(1);
        keySpaces.add(tree.createKeySpace(KeySpaceOptions.keepForEver()));
        keySpaces.add(tree.createKeySpace(KeySpaceOptions.keepFor(Duration.ZERO)));
        keySpaces.add(tree.createKeySpace(KeySpaceOptions.keepFor(Duration.ofMillis(50))));
        int steps = random.nextInt(20, 400);
        for (int i = 0; i < steps; i++) {
          step();
        }
        readAll();
        reopen();
        readAll();
        tree.compact(null);
        readAll();
        assertEquals(List.of(), tree.check());
        assertNull(host.failure);
        tree.close();
      } finally {
        threads.shutdownNow();
      }
    }

    private void step() {
      switch (random.nextInt(40)) {
        case 0 -> tree.flush();
        case 1 -> tree.compact(random.nextBoolean() ? null : anyKeySpace());
        case 2 -> reopen();
        case 3 -> host.now.addAndGet(HybridTime.ofMillis(random.nextInt(60)));
        case 4 -> pin();
        case 5 -> readAll();
        case 6 -> assertEquals(List.of(), tree.check());
        case 7, 8, 9, 10, 11 -> readSome();
        default -> commit();
      }
    }

    private int anyKeySpace() {
      return keySpaces.get(random.nextInt(keySpaces.size()));
    }

    private byte[] key() {
      int number = random.nextInt(keyRange);
      return switch (keyShape) {
        case 0 -> new byte[] {(byte) (number >> 8), (byte) number};
        case 1 -> ("common/prefix/that/is/long/" + number).getBytes();
        case 2 -> {
          byte[] key = new byte[number % 23];
          java.util.Arrays.fill(key, (byte) (number % 7 == 0 ? 0xff : number));
          yield key;
        }
        case 3 -> {
          byte[] key = new byte[16];
          new SplittableRandom(number).nextBytes(key);
          yield key;
        }
        default -> new byte[number % 40];
      };
    }

    private void commit() {
      int count = random.nextInt(1, random.nextInt(4) == 0 ? 200 : 5);
      WriteBatch batch = new WriteBatch(64);
      long timestamp =
          Math.max(host.now.get(), timestamps.get(timestamps.size() - 1) + random.nextInt(1, 9));
      if (timestamp > host.now.get()) {
        host.now.set(timestamp);
      }
      VersionModel written = new VersionModel();
      for (int i = 0; i < count; i++) {
        int keySpace = keySpaces.get(random.nextInt(keySpaces.size()));
        byte[] key = key();
        if (written.newest(keySpace, key) != 0) {
          continue;
        }
        if (random.nextInt(3) == 0) {
          batch.delete(keySpace, key, 0);
          written.write(keySpace, key, timestamp, null);
          model.write(keySpace, key, timestamp, null);
        } else {
          byte[] value = new byte[random.nextInt(random.nextInt(20) == 0 ? 5000 : 30)];
          random.nextBytes(value);
          batch.put(keySpace, key, value, -1L, 0);
          written.write(keySpace, key, timestamp, value);
          model.write(keySpace, key, timestamp, value);
        }
      }
      log.add(batch);
      timestamps.add(timestamp);
      tree.apply(batch, timestamp, log.size());
      host.lastCommit.set(timestamp);
    }

    private void reopen() {
      tree.close();
      tree = LsmTree.open(files, options, host);
      long from = tree.flushedSequence();
      assertTrue(from <= log.size());
      for (long sequence = from + 1; sequence <= log.size(); sequence++) {
        tree.apply(log.get((int) sequence - 1), timestamps.get((int) sequence), sequence);
      }
      assertEquals(log.size(), tree.lastSequence());
    }

    private void pin() {
      if (pinned != 0) {
        host.unpin(pinned);
        pinned = 0;
      }
      // A transaction begins at the last commit, a reader anywhere.
      pinnedByTransaction = random.nextBoolean();
      long timestamp =
          pinnedByTransaction
              ? host.lastCommit.get()
              : timestamps.get(random.nextInt(timestamps.size()));
      long oldest = keySpaces.stream().mapToLong(tree::oldestReadable).max().orElseThrow();
      if (timestamp > oldest && host.pin(tree, 1, timestamp)) {
        pinned = timestamp;
        oldest = keySpaces.stream().mapToLong(tree::oldestReadable).max().orElseThrow();
        if (timestamp < oldest) {
          host.unpin(timestamp);
          pinned = 0;
        }
      }
    }

    private void readSome() {
      for (int i = 0; i < 20; i++) {
        int keySpace = keySpaces.get(random.nextInt(keySpaces.size()));
        long timestamp = timestamps.get(random.nextInt(timestamps.size()));
        timestamp = random.nextInt(3) == 0 ? timestamp : host.lastCommit.get();
        timestamp = pinned != 0 && random.nextInt(3) == 0 ? pinned : timestamp;
        if (host.pin(tree, keySpace, timestamp)) {
          byte[] key = key();
          assertArrayEquals(
              model.get(keySpace, key, timestamp), tree.get(keySpace, key, timestamp));
          byte[] from = random.nextBoolean() ? null : key();
          byte[] to = random.nextBoolean() ? null : key();
          scan(keySpace, from, to, timestamp);
          if (timestamp == pinned && pinnedByTransaction) {
            changedSince(keySpace, from, to, timestamp);
          }
          host.unpin(timestamp);
        }
        byte[] key = key();
        long newest = tree.latestVersion(keySpace, key);
        if (newest != 0 || !model.newestIsRemoval(keySpace, key)) {
          assertEquals(model.newest(keySpace, key), newest);
        } else if (pinned != 0 && pinnedByTransaction) {
          assertTrue(model.newest(keySpace, key) <= pinned);
        }
      }
    }

    private void changedSince(int keySpace, byte[] from, byte[] to, long timestamp) {
      boolean expected =
          model.keys(keySpace).entrySet().stream()
              .anyMatch(
                  e ->
                      (from == null || java.util.Arrays.compareUnsigned(e.getKey(), from) >= 0)
                          && (to == null || java.util.Arrays.compareUnsigned(e.getKey(), to) < 0)
                          && e.getValue().lastKey() > timestamp);
      assertEquals(expected, tree.changedSince(keySpace, from, to, timestamp));
    }

    private void scan(int keySpace, byte[] from, byte[] to, long timestamp) {
      Iterator<Map.Entry<byte[], byte[]>> expected =
          model.scan(keySpace, from, to, timestamp).entrySet().iterator();
      try (Cursor cursor = tree.scan(keySpace, from, to, timestamp)) {
        while (cursor.next()) {
          assertTrue(expected.hasNext(), "a key too many");
          Map.Entry<byte[], byte[]> entry = expected.next();
          assertArrayEquals(entry.getKey(), cursor.key());
          assertArrayEquals(entry.getValue(), cursor.value());
          assertTrue(
              model.keys(keySpace).get(entry.getKey()).containsKey(cursor.commitTimestamp()));
        }
        assertFalse(expected.hasNext(), "a key is missing");
        assertFalse(cursor.next());
      }
    }

    private void readAll() {
      for (int keySpace : keySpaces) {
        for (long timestamp : timestamps) {
          if (random.nextInt(8) == 0 && host.pin(tree, keySpace, timestamp)) {
            scan(keySpace, null, null, timestamp);
            for (byte[] key : model.keys(keySpace).keySet()) {
              assertArrayEquals(
                  model.get(keySpace, key, timestamp), tree.get(keySpace, key, timestamp));
            }
            host.unpin(timestamp);
          }
        }
      }
    }
  }
}
