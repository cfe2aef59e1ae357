package org.facetdb.sql.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.facetdb.spi.index.Position;
import org.facetdb.storage.Durability;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import org.facetdb.storage.Transaction;
import org.junit.jupiter.api.Test;

class ChangeTailTest {
  private static long commit(Store store, int keySpace, int key) {
    try (Transaction transaction = store.begin()) {
      byte[] bytes = Integer.toString(key).getBytes(StandardCharsets.US_ASCII);
      transaction.put(keySpace, bytes, bytes);
      transaction.commit(Durability.NONE);
    }
    return store.lastSequence();
  }

  /**
   * Followers join at random moments while two threads commit: what they read from the log up to
   * where they joined, and what follows in the tail, is every commit once.
   */
  @Test
  void followersMissNothingAndSeeNothingTwice() throws Exception {
    try (Store store = Stores.openInMemory(StoreOptions.defaults().withChangeLog(true))) {
      int followed = store.createKeySpace(KeySpaceOptions.keepForEver());
      int other = store.createKeySpace(KeySpaceOptions.keepForEver());
      ChangeTail tail = new ChangeTail();
      store.changes().listen(tail);
      tail.start(new Position(store.lastSequence(), store.lastCommitTimestamp()));
      tail.follow(Set.of(followed));
      Set<Long> committed = new ConcurrentSkipListSet<>();
      AtomicBoolean stop = new AtomicBoolean();
      Thread[] writers = new Thread[2];
      for (int w = 0; w < writers.length; w++) {
        int base = w * 1_000_000;
        writers[w] =
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int i = 0; i < 3_000 && !stop.get(); i++) {
                        commit(store, i % 3 == 0 ? other : followed, base + i);
                      }
                    });
      }
      for (int round = 0; round < 20; round++) {
        TailNode joined = tail.attach();
        while (store.lastSequence() < joined.position().sequence()) {
          Thread.onSpinWait();
        }
        Set<Long> seen = new TreeSet<>();
        store
            .changes()
            .read(
                0,
                joined.position().sequence(),
                batch -> {
                  assertTrue(seen.add(batch.sequence()));
                  return true;
                });
        long end = store.lastSequence();
        TailNode node = joined;
        while (node.next() != null && node.next().position().sequence() <= end) {
          node = node.next();
          if (node.totalBytes() > 0 && node.position().sequence() > joined.position().sequence()) {
            seen.add(node.position().sequence());
          }
        }
        committed.clear();
        store
            .changes()
            .read(
                0,
                end,
                batch -> {
                  var changes = batch.changes();
                  boolean touches = false;
                  while (changes.next()) {
                    touches |= changes.keySpace() == followed;
                  }
                  if (touches) {
                    committed.add(batch.sequence());
                  }
                  return true;
                });
        assertTrue(seen.containsAll(committed), "round=" + round);
      }
      stop.set(true);
      for (Thread writer : writers) {
        writer.join();
      }
    }
  }

  @Test
  void knowsHowFarTheLogIsOfNoConcern() {
    try (Store store = Stores.openInMemory(StoreOptions.defaults().withChangeLog(true))) {
      int followed = store.createKeySpace(KeySpaceOptions.keepForEver());
      int other = store.createKeySpace(KeySpaceOptions.keepForEver());
      ChangeTail tail = new ChangeTail();
      store.changes().listen(tail);
      tail.follow(Set.of(followed));
      TailNode joined = tail.attach();
      long quiet = commit(store, other, 1);
      assertEquals(quiet, tail.seenBy(joined).sequence());
      long first = commit(store, followed, 2);
      assertEquals(joined.position(), tail.seenBy(joined));
      assertEquals(first, joined.next().position().sequence());
      assertEquals(first, tail.seenBy(joined.next()).sequence());
    }
  }
}
