package org.facetdb.storage.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.facetdb.storage.ChangeCursor;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.txn.Model;
import org.jspecify.annotations.Nullable;

/**
 * What a store has promised: all commits that it acknowledged, which of them must be durable, one
 * commit whose outcome is unknown, and the largest sequence and timestamp that it gave out. Used by
 * one thread.
 */
final class Ledger {
  private record State(Model model, long timestamp) {}

  private final TreeMap<Long, State> states = new TreeMap<>();
  private final TreeSet<Integer> keySpaces = new TreeSet<>();
  private @Nullable Model unknown;
  private long durableSequence;
  private long givenSequence;
  private long givenTimestamp;
  private long retained;

  Ledger() {
    states.put(0L, new State(new Model(), 0));
    keySpaces.add(Store.CATALOG_KEY_SPACE);
  }

  Model latest() {
    return states.lastEntry().getValue().model();
  }

  TreeSet<Integer> keySpaces() {
    return keySpaces;
  }

  void keySpaceCreated(int id) {
    assertTrue(id > keySpaces.last(), "key space id used again: " + id);
    keySpaces.add(id);
  }

  /** A commit was acknowledged. */
  void committed(Model model, long sequence, long timestamp, boolean durable) {
    assertTrue(
        sequence > givenSequence, "sequence used again: " + sequence + " <= " + givenSequence);
    assertTrue(
        timestamp > givenTimestamp, "timestamp used again: " + timestamp + " <= " + givenTimestamp);
    givenSequence = sequence;
    givenTimestamp = timestamp;
    unknown = null;
    states.put(sequence, new State(model, timestamp));
    if (durable) {
      durableSequence = sequence;
    }
  }

  /** Everything acknowledged must be durable from now on. */
  void allDurable() {
    durableSequence = states.lastKey();
  }

  /** A commit was begun: until it is acknowledged its outcome is open. */
  void unknown(Model model) {
    unknown = model;
  }

  /** The commit that was begun did surely not happen. */
  void refused() {
    unknown = null;
  }

  /** The store was opened again: it must hold what was promised, and nothing in part. */
  void recovered(Store store, Random random) {
    for (int id : store.keySpaces().keySet()) {
      keySpaces.add(id);
    }
    assertEquals(keySpaces, new TreeSet<>(store.keySpaces().keySet()), "key spaces");
    long sequence = store.lastSequence();
    assertTrue(
        sequence >= durableSequence,
        "acknowledged commit lost: last=" + sequence + " acknowledged=" + durableSequence);
    Model outcome = unknown;
    unknown = null;
    if (outcome != null && sequence > states.lastKey()) {
      states.put(sequence, new State(outcome, store.lastCommitTimestamp()));
      givenSequence = Math.max(givenSequence, sequence);
      givenTimestamp = Math.max(givenTimestamp, store.lastCommitTimestamp());
    }
    State state = states.get(sequence);
    assertNotNull(state, "no commit had sequence " + sequence + " of " + states.keySet());
    states.tailMap(sequence, false).clear();
    durableSequence = sequence;
    assertEquals(state.timestamp(), store.lastCommitTimestamp(), "timestamp of the last commit");
    assertSame(store, random);
  }

  /** A consumer of the log moves on. */
  void retain(Store store, Random random) {
    long last = store.lastSequence();
    if (last > retained) {
      retained += random.nextLong(last - retained + 1);
    }
    store.changes().retainAfter(retained);
  }

  /** The log can be followed from what a consumer said, and holds each commit once, as it was. */
  void assertFollowed(Store store, StoreOptions options) {
    boolean followed = false;
    while (!followed) {
      long oldest = store.changes().oldestSequence();
      try {
        assertFollowedOnce(store, options);
        followed = true;
      } catch (StorageException e) {
        // Where nobody asked for the log, it may go while it is read, and each time some does.
        boolean gone = e.sqlState().equals("72000") && !options.changeLog();
        if (!gone || store.changes().oldestSequence() == oldest) {
          throw e;
        }
      }
    }
  }

  private void assertFollowedOnce(Store store, StoreOptions options) {
    long oldest = store.changes().oldestSequence();
    retained = Math.min(retained, store.lastSequence());
    if (options.changeLog() && options.changeLogBytes() >= 1 << 30) {
      assertTrue(oldest <= retained, "the log starts after " + oldest + ", not " + retained);
    }
    // The first parts of a commit may be gone.
    Long whole = states.ceilingKey(oldest);
    oldest = whole == null ? oldest : whole;
    TreeMap<Long, Long> expected = new TreeMap<>();
    states.tailMap(oldest, false).forEach((seq, state) -> expected.put(seq, state.timestamp()));
    TreeMap<Long, Long> found = new TreeMap<>();
    Model model = oldest == 0 ? new Model() : states.floorEntry(oldest).getValue().model().copy();
    store
        .changes()
        .read(
            oldest,
            store.lastSequence(),
            batch -> {
              if (batch.endsCommit()) {
                assertEquals(null, found.put(batch.sequence(), batch.timestamp()), "read twice");
              }
              ChangeCursor rows = batch.changes();
              while (rows.next()) {
                model.put(rows.keySpace(), rows.key(), rows.isDelete() ? null : rows.value());
              }
              return true;
            });
    assertEquals(expected, found, "commits in the log");
    for (int keySpace : keySpaces) {
      assertEquals(
          latest().scan(keySpace, null, null),
          model.scan(keySpace, null, null),
          "the state that follows from the log, key space " + keySpace);
    }
  }

  /** The store's present and a part of its past are as promised. */
  void assertSame(Store store, Random random) {
    try (Snapshot snapshot = store.snapshot()) {
      for (int keySpace : keySpaces) {
        latest().assertSame(snapshot, keySpace, "latest, key space " + keySpace);
      }
    }
    SideFileRound.assertWhole(store, latest());
    for (int i = 0; i < 3; i++) {
      long sequence = states.lastKey() == 0 ? 0 : random.nextLong(states.lastKey() + 1);
      Long known = states.floorKey(sequence);
      State state = states.get(known);
      try (Snapshot past = store.snapshotAtSequence(known)) {
        assertEquals(known, past.sequence());
        for (int keySpace : keySpaces) {
          state.model().assertSame(past, keySpace, "at sequence " + known);
        }
      }
      try (Snapshot past = store.snapshotAt(state.timestamp())) {
        assertEquals(known, past.sequence(), "sequence at timestamp " + state.timestamp());
      }
    }
  }
}
