package org.facetdb.storage.crash;

import java.util.Random;
import java.util.Set;
import org.facetdb.storage.Durability;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.fs.SyncSite;
import org.facetdb.storage.txn.FacetStore;
import org.facetdb.storage.txn.JumpingClock;
import org.facetdb.storage.txn.Model;
import org.facetdb.storage.txn.StoreThreads;
import org.jspecify.annotations.Nullable;

/**
 * One store that lives, crashes at a random operation and is recovered, a few times over, decided
 * by one seed. Throws whatever proves that a promise was broken.
 */
final class CrashRound {
  private static final int LIVES_MAX = 5;

  private final Random random;
  private final @Nullable SyncSite dropped;
  private final Set<SyncSite> reached;
  private final Ledger ledger = new Ledger();
  private final StoreOptions options;

  CrashRound(long seed, @Nullable SyncSite dropped, Set<SyncSite> reached) {
    this.random = new Random(seed);
    this.dropped = dropped;
    this.reached = reached;
    this.options =
        StoreOptions.defaults()
            .withMemtableBytes(4 << 10)
            .withSegmentBytes(4096 << random.nextInt(3))
            .withBlockCacheBytes(random.nextBoolean() ? 0 : 64 << 10)
            .withClock(new JumpingClock(random));
  }

  void run() {
    MemoryFileSystem files = MemoryFileSystem.strict();
    int lives = 2 + random.nextInt(LIVES_MAX - 1);
    for (int life = 0; life < lives; life++) {
      boolean last = life + 1 == lives;
      long crashAt = last ? 0 : 1 + random.nextInt(20 << random.nextInt(6));
      FaultyFileSystem faulty = new FaultyFileSystem(files, crashAt, dropped, random);
      live(faulty);
      reached.addAll(faulty.reached().keySet());
      MemoryFileSystem survivor = faulty.survivor();
      files =
          survivor != null ? survivor : random.nextBoolean() ? files.kill() : files.crash(random);
    }
  }

  /** From an open to a clean close, or to the crash. */
  private void live(FaultyFileSystem files) {
    Store store = null;
    try {
      store = FacetStore.open(files, options, StoreThreads.direct());
      ledger.recovered(store, random);
      int steps = random.nextInt(60);
      for (int i = 0; i < steps; i++) {
        step(store);
      }
      ledger.assertSame(store, random);
      if (random.nextInt(3) > 0) {
        store.close();
        ledger.allDurable();
      }
    } catch (StorageException e) {
      if (files.survivor() == null) {
        throw e;
      }
    } finally {
      if (store != null) {
        closeQuietly(store);
      }
    }
  }

  private static void closeQuietly(Store store) {
    try {
      store.close();
    } catch (StorageException e) {
      // After a crash there is nothing left to close properly.
      return;
    }
  }

  private void step(Store store) {
    int action = random.nextInt(40);
    if (action == 0) {
      store.flush();
    } else if (action == 1) {
      store.compact();
    } else if (action == 2 && ledger.keySpaces().size() < 5) {
      ledger.keySpaceCreated(store.createKeySpace(KeySpaceOptions.keepForEver()));
    } else {
      commit(store);
    }
  }

  private void commit(Store store) {
    Model model = ledger.latest().copy();
    Durability durability = random.nextInt(5) == 0 ? Durability.NONE : Durability.SYNC;
    Integer[] keySpaces = ledger.keySpaces().toArray(Integer[]::new);
    try (Transaction transaction = store.begin()) {
      int writes = 1 + random.nextInt(8);
      for (int i = 0; i < writes; i++) {
        int keySpace = keySpaces[random.nextInt(keySpaces.length)];
        byte[] key = {(byte) random.nextInt(40)};
        byte[] value = new byte[random.nextInt(random.nextInt(30) == 0 ? 6_000 : 60)];
        random.nextBytes(value);
        if (random.nextInt(4) == 0) {
          transaction.delete(keySpace, key);
          model.put(keySpace, key, null);
        } else {
          transaction.put(keySpace, key, value);
          model.put(keySpace, key, value);
        }
      }
      ledger.unknown(model);
      long timestamp = transaction.commit(durability);
      ledger.committed(model, store.lastSequence(), timestamp, durability == Durability.SYNC);
    }
  }
}
