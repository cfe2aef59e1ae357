package org.facetdb.storage.txn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.facetdb.storage.Durability;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.junit.jupiter.api.Test;

/** Random transactions, snapshots of the past, flushes and reopens, against TreeMaps. */
class StoreModelTest {
  private static final int STEPS = Integer.getInteger("facetdb.model.steps", 3_000);

  private final long seed = Seeds.next(StoreModelTest.class);
  private final Random random = new Random(seed);
  private final MemoryFileSystem files = MemoryFileSystem.strict();
  private final StoreOptions options =
      StoreOptions.defaults()
          .withMemtableBytes(16 << 10)
          .withSegmentBytes(8 << 10)
          .withBlockCacheBytes(64 << 10)
          .withSpillBytes(random.nextInt(6_000))
          .withClock(new JumpingClock(random));

  /** The state after each commit, by timestamp, and the sequence of it. */
  private final TreeMap<Long, Model> history = new TreeMap<>();

  private final TreeMap<Long, Long> sequences = new TreeMap<>();
  private final List<Integer> keySpaces = new ArrayList<>();
  private Store store = open();

  private Store open() {
    return FacetStore.open(files, options, StoreThreads.direct());
  }

  private byte[] key() {
    byte[] key = new byte[1 + random.nextInt(3)];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (random.nextInt(4) * 85);
    }
    return key;
  }

  private byte[] value() {
    byte[] value = new byte[random.nextInt(20) == 0 ? random.nextInt(12_000) : random.nextInt(40)];
    random.nextBytes(value);
    return value;
  }

  private int keySpace() {
    return keySpaces.get(random.nextInt(keySpaces.size()));
  }

  private Model latest() {
    return history.lastEntry().getValue();
  }

  @Test
  void behavesLikeTreeMapsAcrossReopensFlushesAndCompactions() {
    history.put(0L, new Model());
    sequences.put(0L, 0L);
    keySpaces.add(Store.CATALOG_KEY_SPACE);
    keySpaces.add(store.createKeySpace(KeySpaceOptions.keepForEver()));
    for (int step = 0; step < STEPS; step++) {
      int action = random.nextInt(100);
      if (action < 70) {
        runTransaction();
      } else if (action < 80) {
        lookAtPast();
      } else if (action < 90) {
        latest().assertSame(store.snapshot(), keySpace(), "latest");
      } else if (action < 94) {
        store.flush();
      } else if (action < 95) {
        store.compact();
      } else if (action < 96) {
        reopen();
      } else if (action < 97 && keySpaces.size() < 6) {
        keySpaces.add(store.createKeySpace(KeySpaceOptions.keepForEver()));
      }
    }
    store.close();
  }

  private void reopen() {
    long sequence = store.lastSequence();
    long timestamp = store.lastCommitTimestamp();
    store.close();
    store = open();
    assertEquals(sequence, store.lastSequence());
    assertEquals(timestamp, store.lastCommitTimestamp());
    assertEquals(history.lastKey(), store.lastCommitTimestamp());
    assertTrue(store.keySpaces().keySet().containsAll(keySpaces));
  }

  private void runTransaction() {
    Model model = latest().copy();
    List<Model> marks = new ArrayList<>();
    boolean wrote = false;
    try (Transaction transaction = store.begin()) {
      int operations = 1 + random.nextInt(20);
      for (int i = 0; i < operations; i++) {
        int keySpace = keySpace();
        byte[] key = key();
        switch (random.nextInt(10)) {
          case 0, 1, 2, 3 -> {
            byte[] value = value();
            transaction.put(keySpace, key, value);
            model.put(keySpace, key, value);
            wrote = true;
          }
          case 4, 5 -> {
            transaction.delete(keySpace, key);
            model.put(keySpace, key, null);
            wrote = true;
          }
          case 6 -> {
            assertEquals(marks.size(), transaction.savepoint());
            marks.add(model.copy());
          }
          case 7 -> {
            if (!marks.isEmpty()) {
              int mark = random.nextInt(marks.size());
              transaction.rollbackTo(mark);
              model = marks.get(mark).copy();
              marks.subList(mark + 1, marks.size()).clear();
            }
          }
          case 8 -> assertArrayEquals(model.get(keySpace, key), transaction.get(keySpace, key));
          default -> {
            byte[] to = random.nextBoolean() ? key() : null;
            byte[] from = random.nextBoolean() ? key : null;
            assertEquals(
                model.scan(keySpace, from, to), Model.scan(transaction, keySpace, from, to));
          }
        }
      }
      if (wrote && random.nextInt(8) > 0) {
        long before = store.lastSequence();
        long timestamp =
            transaction.commit(random.nextInt(4) == 0 ? Durability.NONE : Durability.SYNC);
        if (store.lastSequence() > before) {
          assertTrue(timestamp > history.lastKey());
          history.put(timestamp, model);
          sequences.put(timestamp, store.lastSequence());
        }
      } else {
        transaction.rollback();
      }
    }
  }

  private void lookAtPast() {
    List<Long> timestamps = new ArrayList<>(history.keySet());
    long timestamp = timestamps.get(random.nextInt(timestamps.size()));
    long asked = timestamp + (random.nextBoolean() ? 0 : random.nextInt(2));
    Long floor = history.floorKey(asked);
    try (Snapshot past = store.snapshotAt(asked)) {
      assertEquals(sequences.get(floor), past.sequence());
      history.get(floor).assertSame(past, keySpace(), "at " + asked);
    } catch (StorageException e) {
      assertEquals("22023", e.sqlState());
      assertTrue(asked > history.lastKey(), e.getMessage());
    }
    long sequence = sequences.get(timestamp);
    try (Snapshot past = store.snapshotAtSequence(sequence)) {
      assertEquals(sequence, past.sequence());
      history.get(timestamp).assertSame(past, keySpace(), "at sequence " + sequence);
    }
  }
}
