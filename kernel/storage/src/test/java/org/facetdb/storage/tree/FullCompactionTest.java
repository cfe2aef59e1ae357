package org.facetdb.storage.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.StoreStatistics;
import org.facetdb.storage.TableOptions;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.junit.jupiter.api.Test;

/** Compaction of everything that was there, in steps. */
class FullCompactionTest {
  private static final int KEYS = 4_000;

  private final SplittableRandom random =
      new SplittableRandom(Seeds.next(FullCompactionTest.class));

  private TreeFixture fixture(long tableBytes) {
    return new TreeFixture(
        MemoryFileSystem.strict(),
        new TreeOptions(
            32 << 10,
            2,
            512,
            tableBytes,
            64 << 10,
            3,
            32 << 10,
            0,
            TableOptions.defaults(),
            2,
            0,
            Runnable::run));
  }

  private void fill(TreeFixture fixture, int keySpace) {
    for (int i = 0; i < KEYS; i++) {
      byte[] value = new byte[60];
      random.nextBytes(value);
      fixture.put(keySpace, TreeFixture.key(random.nextInt(KEYS)), value);
    }
  }

  private static List<StoreStatistics.Level> levels(TreeFixture fixture, String tree) {
    return fixture.tree.statistics(0, 0).levels().stream()
        .filter(level -> level.tree().equals(tree) && level.tables() > 0)
        .toList();
  }

  @Test
  void leavesOneLevelAndRunsThoughItGoesInSteps() {
    try (TreeFixture fixture = fixture(8 << 10)) {
      int space = fixture.tree.createKeySpace(KeySpaceOptions.keepForEver());
      for (int i = 0; i < 10; i++) {
        fill(fixture, space);
      }
      fixture.tree.flush();
      assertTrue(levels(fixture, "current").size() > 1, "there is nothing to do");
      long before = fixture.tree.statistics(0, 0).compactions();
      fixture.tree.compact(null);
      assertEquals(1, levels(fixture, "current").size());
      List<StoreStatistics.Level> runs = levels(fixture, "history");
      long current = levels(fixture, "current").getFirst().bytes();
      long notable = runs.stream().filter(run -> run.bytes() >= current / 10).count();
      // About ten are enough, and more than a hundred flushes filled them; of what is left over of
      // a merge, a few small ones stay.
      assertTrue(notable > 1 && notable < 20 && runs.size() < 40, "runs=" + runs);
      assertTrue(runs.stream().noneMatch(run -> run.level() == 0), "runs=" + runs);
      assertTrue(fixture.tree.statistics(0, 0).compactions() > before + 2, "it was one step");
      assertEquals(List.of(), fixture.tree.check());
    }
  }

  @Test
  void prunesTheHistoryOfOneKeySpaceAndLeavesTheOthers() {
    try (TreeFixture fixture = fixture(128 << 10)) {
      KeySpaceOptions second = KeySpaceOptions.keepFor(Duration.ofSeconds(1));
      int[] spaces = {fixture.tree.createKeySpace(second), fixture.tree.createKeySpace(second)};
      // Beside so much that is current, the history is one run.
      int large = fixture.tree.createKeySpace(KeySpaceOptions.keepForEver());
      for (int i = 0; i < 10 * KEYS; i++) {
        byte[] value = new byte[60];
        random.nextBytes(value);
        fixture.put(large, TreeFixture.key(i), value);
      }
      for (int space : spaces) {
        fill(fixture, space);
        fill(fixture, space);
      }
      // What is superseded later keeps the tables from being dropped as a whole.
      fixture.host.now.addAndGet(HybridTime.ofMillis(600));
      for (int space : spaces) {
        for (int i = 0; i < KEYS; i += 10) {
          fixture.put(space, TreeFixture.key(i), new byte[1]);
        }
      }
      fixture.tree.compact(null);
      long all = entries(fixture);
      fixture.host.now.addAndGet(HybridTime.ofMillis(700));
      fixture.put(1, TreeFixture.key(1), new byte[1]);
      fixture.tree.compact(spaces[1]);
      long afterOne = entries(fixture);
      assertTrue(afterOne < all && afterOne > all / 4, "all=" + all + " left=" + afterOne);
      fixture.tree.compact(spaces[0]);
      assertTrue(entries(fixture) < all / 8, "all=" + all + " left=" + entries(fixture));
      assertEquals(List.of(), fixture.tree.check());
    }
  }

  /** Each thread has tables of its own; together they hold what was there. */
  @Test
  void aThreadThatIsFreeTakesHalfOfAStep() throws Exception {
    Set<Thread> creating = ConcurrentHashMap.newKeySet();
    AtomicBoolean lending = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    TreeMap<Integer, byte[]> model = new TreeMap<>();
    TreeOptions options =
        new TreeOptions(
            32 << 10,
            2,
            512,
            64 << 10,
            64 << 10,
            3,
            32 << 10,
            0,
            TableOptions.defaults(),
            2,
            0,
            task -> (lending.get() ? threads : (Executor) Runnable::run).execute(task));
    try (TreeFixture fixture =
        new TreeFixture(watched(MemoryFileSystem.strict(), creating), options)) {
      int space = fixture.tree.createKeySpace(KeySpaceOptions.keepForEver());
      for (int round = 0; round < 20 && creating.size() < 2; round++) {
        for (int i = 0; i < KEYS; i++) {
          int key = random.nextInt(KEYS);
          byte[] value = new byte[60];
          random.nextBytes(value);
          fixture.put(space, TreeFixture.key(key), value);
          model.put(key, value);
        }
        fixture.tree.flush();
        creating.clear();
        lending.set(true);
        fixture.tree.compact(null);
        lending.set(false);
      }
      // Each step may find another thread free.
      assertTrue(creating.size() >= 2, "threads that made tables: " + creating);
      assertEquals(1, levels(fixture, "current").size());
      assertEquals(List.of(), fixture.tree.check());
      for (int key = 0; key < KEYS; key++) {
        assertArrayEquals(
            model.get(key), fixture.tree.get(space, TreeFixture.key(key), Long.MAX_VALUE - 1));
      }
    } finally {
      threads.shutdown();
      assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
    }
  }

  /** A file system that notes the threads that create files. */
  private static FileSystem watched(FileSystem files, Set<Thread> creating) {
    return (FileSystem)
        Proxy.newProxyInstance(
            FileSystem.class.getClassLoader(),
            new Class<?>[] {FileSystem.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("open") && arguments[1] == FileSystem.Mode.CREATE) {
                creating.add(Thread.currentThread());
              }
              try {
                return method.invoke(files, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static long entries(TreeFixture fixture) {
    return levels(fixture, "history").stream().mapToLong(StoreStatistics.Level::entries).sum();
  }
}
