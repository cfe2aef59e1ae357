package org.facetdb.storage.txn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Durability;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Random transactions, several open at once: the graph of those that committed (Adya, 1999: who
 * wrote what another read or overwrote, who overwrote what another had read) has no cycle where
 * reads are noted, and has some where they are not.
 */
class SerialHistoriesTest {
  private static final int ROUNDS = Integer.getInteger("facetdb.serial.rounds", 1_500);
  private static final int OPEN = 5;
  private static final int PER_ROUND = 24;

  private final Store store =
      FacetStore.open(
          MemoryFileSystem.strict(),
          StoreOptions.defaults().withSegmentBytes(1 << 20),
          StoreThreads.direct());
  private final int space = store.createKeySpace(KeySpaceOptions.keepFor(Duration.ZERO));
  private final Random random = new Random(Seeds.next(SerialHistoriesTest.class));

  @AfterEach
  void close() {
    store.close();
  }

  /** A version of a key; the number is its writer's, 0 for what was there before all. */
  private record VersionOf(int key, int writer) {}

  /** A transaction beside what it did. */
  private static final class Actor {
    private final Transaction transaction;
    private final int number;
    private final int seen;
    private final boolean readOnly;
    private final Set<VersionOf> reads = new HashSet<>();
    private final Map<Integer, Boolean> writes = new HashMap<>();
    private int left;

    private Actor(Transaction transaction, int number, int seen, boolean readOnly, int left) {
      this.transaction = transaction;
      this.number = number;
      this.seen = seen;
      this.readOnly = readOnly;
      this.left = left;
    }
  }

  /** What was committed in one round, in order. */
  private final class History {
    private final int keys;
    private final boolean noted;
    private final List<Actor> committed = new ArrayList<>();
    private int begun;
    private int refused;

    private History(int keys, boolean noted) {
      this.keys = keys;
      this.noted = noted;
    }

    private Actor begin() {
      Transaction transaction = store.begin();
      boolean readOnly = random.nextInt(4) == 0;
      if (noted) {
        transaction.serialize(readOnly && random.nextBoolean());
      } else {
        transaction.refresh();
      }
      return new Actor(transaction, ++begun, committed.size(), readOnly, 1 + random.nextInt(6));
    }

    /** The number of who wrote what an actor's snapshot has of a key. */
    private int writer(Actor actor, int key) {
      for (int i = actor.seen - 1; i >= 0; i--) {
        if (committed.get(i).writes.containsKey(key)) {
          return committed.get(i).number;
        }
      }
      return 0;
    }

    private boolean isThere(Actor actor, int key) {
      Boolean own = actor.writes.get(key);
      if (own != null) {
        return own;
      }
      for (int i = actor.seen - 1; i >= 0; i--) {
        Boolean there = committed.get(i).writes.get(key);
        if (there != null) {
          return there;
        }
      }
      return false;
    }

    private void noteRead(Actor actor, int key) {
      if (!actor.writes.containsKey(key)) {
        actor.reads.add(new VersionOf(key, writer(actor, key)));
      }
    }

    private void step(Actor actor) {
      actor.left--;
      int key = random.nextInt(keys);
      int kind = random.nextInt(actor.readOnly ? 5 : 10);
      if (kind < 3) {
        noteRead(actor, key);
        byte[] value = actor.transaction.get(space, key(key));
        assertEquals(isThere(actor, key), value != null);
      } else if (kind < 5) {
        scan(actor, key, Math.min(keys, key + 1 + random.nextInt(keys)));
      } else if (kind < 9) {
        actor.transaction.put(space, key(key), new byte[] {(byte) actor.number});
        actor.writes.put(key, true);
      } else {
        actor.transaction.delete(space, key(key));
        actor.writes.put(key, false);
      }
    }

    /** Walks some of a range: what lies behind the last key was not read. */
    private void scan(Actor actor, int from, int to) {
      int wanted = random.nextInt(4);
      try (Cursor cursor = actor.transaction.scan(space, key(from), key(to))) {
        int read = from;
        for (int key = from; key < to && wanted > 0; key++) {
          read = key + 1;
          if (isThere(actor, key)) {
            assertTrue(cursor.next());
            assertArrayEquals(key(key), cursor.key());
            wanted--;
          }
        }
        if (wanted > 0) {
          assertEquals(false, cursor.next());
          read = to;
        }
        for (int key = from; key < read; key++) {
          noteRead(actor, key);
        }
      }
    }

    private void end(Actor actor) {
      try (Transaction transaction = actor.transaction) {
        if (random.nextInt(8) == 0) {
          return;
        }
        transaction.commit(Durability.NONE);
        committed.add(actor);
      } catch (StorageException e) {
        assertEquals("40001", e.sqlState());
        refused += String.valueOf(e.getMessage()).contains("dependencies") ? 1 : 0;
      }
    }

    private void run(int transactions) {
      List<Actor> open = new ArrayList<>();
      while (begun < transactions || !open.isEmpty()) {
        if (open.size() < OPEN && begun < transactions && random.nextInt(3) == 0) {
          open.add(begin());
        } else if (!open.isEmpty()) {
          Actor actor = open.get(random.nextInt(open.size()));
          if (actor.left == 0) {
            open.remove(actor);
            end(actor);
          } else {
            step(actor);
          }
        }
      }
    }

    /** Who comes after whom, by numbers. */
    private Map<Integer, Set<Integer>> graph() {
      Map<Integer, Set<Integer>> after = new HashMap<>();
      for (int key = 0; key < keys; key++) {
        int last = 0;
        Map<Integer, Integer> next = new HashMap<>();
        for (Actor actor : committed) {
          if (actor.writes.containsKey(key)) {
            next.put(last, actor.number);
            edge(after, last, actor.number);
            last = actor.number;
          }
        }
        for (Actor actor : committed) {
          for (VersionOf read : actor.reads) {
            if (read.key == key) {
              edge(after, read.writer, actor.number);
              Integer overwriter = next.get(read.writer);
              if (overwriter != null) {
                edge(after, actor.number, overwriter);
              }
            }
          }
        }
      }
      return after;
    }

    private static void edge(Map<Integer, Set<Integer>> after, int from, int to) {
      if (from != to && from != 0) {
        after.computeIfAbsent(from, number -> new HashSet<>()).add(to);
      }
    }

    private boolean hasCycle() {
      Map<Integer, Set<Integer>> after = graph();
      for (Actor start : committed) {
        Deque<Integer> waiting = new ArrayDeque<>(after.getOrDefault(start.number, Set.of()));
        BitSet seen = new BitSet();
        while (!waiting.isEmpty()) {
          int number = waiting.pop();
          if (number == start.number) {
            return true;
          }
          if (!seen.get(number)) {
            seen.set(number);
            waiting.addAll(after.getOrDefault(number, Set.of()));
          }
        }
      }
      return false;
    }
  }

  private static byte[] key(int number) {
    return new byte[] {(byte) (number >> 8), (byte) number};
  }

  /** Back to a store without keys. */
  private void clear(int keys) {
    try (Transaction transaction = store.begin()) {
      for (int key = 0; key < keys; key++) {
        transaction.delete(space, key(key));
      }
      transaction.commit(Durability.NONE);
    }
  }

  private History round(int keys, boolean noted) {
    clear(keys);
    History history = new History(keys, noted);
    history.run(PER_ROUND);
    return history;
  }

  @Test
  void whatCommitsCouldHaveRunOneAfterAnother() {
    long committed = 0;
    long refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      int keys = 2 + random.nextInt(8);
      History history = round(keys, true);
      assertEquals(false, history.hasCycle(), () -> "round with keys=" + keys);
      committed += history.committed.size();
      refused += history.refused;
    }
    assertTrue(refused > ROUNDS / 10, "refused=" + refused);
    assertTrue(committed > 5 * refused, "committed=" + committed + " refused=" + refused);
    assertEquals(0, ((FacetStore) store).serials().remembered(), "nothing is open");
  }

  @Test
  void snapshotsAloneLeaveCycles() {
    int cycles = 0;
    for (int round = 0; round < 200; round++) {
      cycles += round(4, false).hasCycle() ? 1 : 0;
    }
    assertTrue(cycles > 10, "cycles=" + cycles);
  }

  /** A hundred times more keys than transactions touch: hardly any depend on each other. */
  @Test
  void withoutConflictsHardlyAnyIsRefused() {
    int begun = 0;
    int refused = 0;
    for (int round = 0; round < 40; round++) {
      clear(400);
      History history = new History(400, true);
      Transaction old = store.begin();
      old.serialize(false);
      assertNull(old.get(space, key(9_999)));
      for (int i = 0; i < 200; i++) {
        pair(history);
      }
      old.rollback();
      begun += history.begun;
      refused += history.refused;
    }
    assertTrue(refused * 20 <= begun, "refused=" + refused + " of " + begun);
  }

  /** Two at once that each read two keys and write one. */
  private void pair(History history) {
    List<Actor> both = List.of(history.begin(), history.begin());
    for (Actor actor : both) {
      actor.transaction.get(space, key(random.nextInt(400)));
      int key = random.nextInt(400);
      actor.transaction.get(space, key(key));
      actor.transaction.put(space, key(key), new byte[] {1});
    }
    both.forEach(history::end);
  }
}
