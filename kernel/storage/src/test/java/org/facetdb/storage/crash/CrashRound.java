package org.facetdb.storage.crash;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.facetdb.storage.BottomCompression;
import org.facetdb.storage.Durability;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.TableOptions;
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
  /** The places that an open store syncs; backups have a test of their own. */
  static final Set<SyncSite> SITES = EnumSet.range(SyncSite.LOG_RECORDS, SyncSite.SIDE_DIRECTORY);

  private static final int LIVES_MAX = 8;

  /** Writes of a commit that goes to tables without a memtable, where it spills. */
  private static final int LARGE = 80;

  private final Random random;
  private final @Nullable SyncSite focus;
  private final @Nullable SyncSite dropped;
  private final Set<SyncSite> reached;
  private final Ledger ledger = new Ledger();
  private final SideFileRound sideFiles;
  private final StoreOptions options;
  private int ingested;

  /**
   * @param focus crashes come near syncs of its kind more often, null for no preference
   * @param dropped the place whose syncs are left out, null for none
   */
  CrashRound(
      long seed, @Nullable SyncSite focus, @Nullable SyncSite dropped, Set<SyncSite> reached) {
    this.random = new Random(seed);
    this.focus = focus;
    this.dropped = dropped;
    this.reached = reached;
    this.sideFiles = new SideFileRound(random, ledger);
    this.options =
        StoreOptions.defaults()
            .withMemtableBytes(4096 << random.nextInt(4))
            .withSegmentBytes(4096 << random.nextInt(3))
            .withBlockCacheBytes(random.nextBoolean() ? 0 : 64 << 10)
            .withSpillBytes(random.nextInt(4) == 0 ? random.nextInt(2_000) : 1 << 20)
            .withTables(
                TableOptions.defaults()
                    .withBottom(
                        random.nextBoolean() ? BottomCompression.LZ4 : BottomCompression.ZSTD)
                    .withMapped(random.nextBoolean()))
            .withClock(new JumpingClock(random))
            .withChangeLog(random.nextInt(focus == null ? 2 : 16) == 0)
            .withChangeLogBytes(random.nextInt(4) == 0 ? 20 << 10 : 1 << 30);
  }

  /** How many commits went to tables without a memtable, at least. */
  int ingested() {
    return ingested;
  }

  void run() {
    MemoryFileSystem files = MemoryFileSystem.strict();
    double killShare = random.nextInt(3) / 2.0;
    int lives = 2 + random.nextInt(LIVES_MAX - 1);
    for (int life = 0; life < lives; life++) {
      FaultyFileSystem.Plan plan =
          focus == SyncSite.TIMELINE_TAIL ? tailPlan(life) : plan(killShare);
      FaultyFileSystem faulty = new FaultyFileSystem(files, plan, random);
      live(faulty, random.nextInt(60));
      reached.addAll(faulty.reached().keySet());
      MemoryFileSystem survivor = faulty.survivor();
      if (survivor == null) {
        survivor = random.nextDouble() < killShare ? files.kill() : files.crash(random);
      }
      files = survivor;
    }
    live(new FaultyFileSystem(files, new FaultyFileSystem.Plan(0, null, 0, dropped), random), 0);
  }

  /** A crash at any operation, or near a sync of the kind that matters. */
  private FaultyFileSystem.Plan plan(double killShare) {
    if (random.nextInt(3) < (focus == null ? 1 : 2)) {
      List<SyncSite> sites = new ArrayList<>(SITES);
      if (focus != null) {
        sites.removeIf(site -> !kind(site).equals(kind(focus)));
      }
      SyncSite site = sites.get(random.nextInt(sites.size()));
      return new FaultyFileSystem.Plan(1 + random.nextInt(6), site, killShare, dropped);
    }
    long crashAt = 1 + random.nextInt(20 << random.nextInt(6));
    return new FaultyFileSystem.Plan(crashAt, null, killShare, dropped);
  }

  /**
   * The next life relies on bytes that were written and not synced: a process that is killed leaves
   * them, and the machine that fails after it takes them.
   */
  private FaultyFileSystem.Plan tailPlan(int life) {
    return life % 2 == 0
        ? new FaultyFileSystem.Plan(1 + random.nextInt(3), SyncSite.TIMELINE, 1, dropped)
        : new FaultyFileSystem.Plan(1 + random.nextInt(20 << random.nextInt(6)), null, 0, dropped);
  }

  private static String kind(SyncSite site) {
    String kind = site.name().split("_")[0];
    return kind.equals("CURRENT") ? "MANIFEST" : kind;
  }

  /** From an open to a clean close, or to the crash. */
  private void live(FaultyFileSystem files, int steps) {
    Store store = null;
    try {
      store = FacetStore.open(files, options, StoreThreads.direct());
      ledger.recovered(store, random);
      ledger.assertFollowed(store, options);
      for (int i = 0; i < steps; i++) {
        step(store);
      }
      ledger.assertSame(store, random);
      ledger.assertFollowed(store, options);
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

  static void closeQuietly(Store store) {
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
    } else if (action == 3 && options.changeLog()) {
      ledger.retain(store, random);
    } else if (action < 7) {
      sideFiles.commit(store);
    } else {
      commit(store);
    }
  }

  private void commit(Store store) {
    Model model = ledger.latest().copy();
    Durability durability = random.nextInt(5) == 0 ? Durability.NONE : Durability.SYNC;
    Integer[] keySpaces = ledger.keySpaces().toArray(Integer[]::new);
    try (Transaction transaction = store.begin()) {
      boolean large = random.nextInt(16) == 0;
      int writes = large ? LARGE : 1 + random.nextInt(8);
      long written = 0;
      for (int i = 0; i < writes; i++) {
        int keySpace = keySpaces[random.nextInt(keySpaces.length)];
        byte[] key = {(byte) random.nextInt(40)};
        int bytes = large || random.nextInt(30) == 0 ? 6_000 : 60;
        byte[] value = new byte[random.nextInt(bytes)];
        written += value.length;
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
      // At least a quarter of the writes are of different keys.
      ingested += written > Math.max(4 * options.memtableBytes(), options.spillBytes()) ? 1 : 0;
      ledger.committed(model, store.lastSequence(), timestamp, durability == Durability.SYNC);
    }
  }
}
