package org.facetdb.storage.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.facetdb.storage.Durability;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.txn.FacetStore;
import org.facetdb.storage.txn.Model;
import org.facetdb.storage.txn.StoreThreads;
import org.junit.jupiter.api.Test;

/**
 * A disk that fills up at any place: writes are refused, reads go on, and so does all with room.
 */
class FullDiskTest {
  private static final int ROUNDS = Integer.getInteger("facetdb.disk.rounds", 20);
  private static final int COMMITS_MAX = 2_000;
  private static final int REFUSED_IN_A_ROW = 4;

  /**
   * Edits of the manifest that may come late: one of 34 bytes that notes a segment and the next
   * file, and some of 112 that let a table go down a level, which needs no other room.
   */
  private static final int EDITS_BYTES = 34 + 4 * 112;

  private static final long PATIENCE_NANOS = 20_000_000_000L;
  private static final long PAUSE_NANOS = 1_000_000;

  private Random random = new Random();
  private Ledger ledger = new Ledger();
  private int refused;
  private int flushesRefused;

  @Test
  void refusesWritesServesReadsAndGoesOn() {
    long seed = Seeds.next(FullDiskTest.class);
    for (int i = 0; i < ROUNDS; i++) {
      try {
        round(new Random(seed + i));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed=" + (seed + i) + " round=" + i + ": " + e.getMessage(), e);
      }
    }
    System.out.println(
        "rounds=" + ROUNDS + " refused=" + refused + " flushes refused=" + flushesRefused);
    assertTrue(refused >= ROUNDS, "commits refused: " + refused);
    assertTrue(flushesRefused > 0 || ROUNDS < 10, "flushes refused: " + flushesRefused);
  }

  private void round(Random seeded) {
    random = seeded;
    ledger = new Ledger();
    MemoryFileSystem memory = MemoryFileSystem.strict();
    FullDisk disk = new FullDisk(memory);
    StoreOptions options =
        StoreOptions.defaults()
            .withMemtableBytes(4096 << random.nextInt(5))
            .withSegmentBytes(4096 << random.nextInt(4))
            .withBlockCacheBytes(0)
            .withSpillBytes(random.nextBoolean() ? 200 : 1 << 20)
            .withChangeLog(random.nextBoolean());
    boolean direct = random.nextBoolean();
    MemoryFileSystem survivor;
    Store store = FacetStore.open(disk, options, threads(direct));
    try {
      ledger.keySpaceCreated(store.createKeySpace(KeySpaceOptions.keepForEver()));
      for (int filling = 0; filling < 2; filling++) {
        disk.leave(random.nextInt(1 << 10 + random.nextInt(8)));
        fill(store);
        ledger.assertSame(store, random);
        leavesNothingBehind(store, disk);
        ledger.assertSame(store, random);
        if (filling == 1 && random.nextBoolean()) {
          break;
        }
        disk.lift();
        goesOn(store);
        ledger.assertSame(store, random);
      }
      if (random.nextBoolean()) {
        store.close();
        ledger.allDurable();
      }
      survivor = random.nextBoolean() ? memory.crash(random) : memory.kill();
    } finally {
      CrashRound.closeQuietly(store);
    }
    try (Store again = FacetStore.open(survivor, options, threads(direct))) {
      ledger.recovered(again, random);
      ledger.assertFollowed(again, options);
    }
  }

  private static StoreThreads threads(boolean direct) {
    return direct ? StoreThreads.direct() : StoreThreads.background(StoreOptions.defaults());
  }

  /** Commits until some in a row are refused. */
  private void fill(Store store) {
    int inARow = 0;
    for (int i = 0; i < COMMITS_MAX && inARow < REFUSED_IN_A_ROW; i++) {
      inARow = commit(store, random.nextInt(20) == 0 ? 9_000 : 300) ? 0 : inARow + 1;
    }
    assertEquals(REFUSED_IN_A_ROW, inARow, "the disk did not fill up");
  }

  private boolean commit(Store store, int bytesMax) {
    Model model = ledger.latest().copy();
    Durability durability = random.nextInt(5) == 0 ? Durability.NONE : Durability.SYNC;
    try (Transaction transaction = store.begin()) {
      for (int keySpace : ledger.keySpaces()) {
        byte[] key = {(byte) random.nextInt(60)};
        byte[] value = new byte[random.nextInt(bytesMax)];
        random.nextBytes(value);
        transaction.put(keySpace, key, value);
        model.put(keySpace, key, value);
      }
      ledger.unknown(model);
      long timestamp = transaction.commit(durability);
      ledger.committed(model, store.lastSequence(), timestamp, durability == Durability.SYNC);
      return true;
    } catch (StorageException e) {
      assertEquals("53100", e.sqlState(), e.getMessage());
      assertTrue(e.isDiskFull());
      ledger.refused();
      refused++;
      return false;
    }
  }

  /** However often a flush is tried, it gives back the space that it took. */
  private void leavesNothingBehind(Store store, FullDisk disk) {
    long used = 0;
    long usedByTables = 0;
    for (int i = 0; i < 6; i++) {
      try {
        store.flush();
        return;
      } catch (StorageException e) {
        assertEquals("53100", e.sqlState(), e.getMessage());
        flushesRefused++;
      }
      if (i == 2) {
        used = disk.used();
        usedByTables = disk.usedBy("tables/");
      }
    }
    // What the background tries at present has not failed yet.
    long end = System.nanoTime() + PATIENCE_NANOS;
    while ((disk.used() > used + EDITS_BYTES || disk.usedBy("tables/") > usedByTables)
        && System.nanoTime() < end) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    assertTrue(disk.used() <= used + EDITS_BYTES, "used " + used + " bytes, then " + disk.used());
    long byTables = disk.usedBy("tables/");
    assertTrue(byTables <= usedByTables, "used by tables " + usedByTables + ", then " + byTables);
    assertFalse(disk.refusals() == 0);
  }

  private void goesOn(Store store) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!commit(store, 300)) {
      assertTrue(System.nanoTime() < deadline, "writes stay refused");
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    store.flush();
    try (Snapshot snapshot = store.snapshot()) {
      assertEquals(store.lastSequence(), snapshot.sequence());
    }
    store.compact();
  }
}
