package org.facetdb.storage.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.facetdb.storage.Durability;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.log.LogRecords.Part;
import org.facetdb.storage.txn.FacetStore;
import org.facetdb.storage.txn.Model;
import org.facetdb.storage.txn.StoreThreads;
import org.junit.jupiter.api.Test;

/**
 * A log of synced and unsynced commits that was not closed, damaged: what no record behind the
 * damage says was synced is cut, and all else is refused with its place.
 */
class LogTailTest {
  private static final int SPACE = Store.CATALOG_KEY_SPACE;
  private static final String SEGMENT = "log/0000000000000001.log";
  private static final int COMMITS = 25;
  private static final int RANGES = 1_500;

  private final StoreOptions options = StoreOptions.defaults().withSegmentBytes(4 << 10);
  private final Random random = new Random(Seeds.next(LogTailTest.class));
  private final MemoryFileSystem written = MemoryFileSystem.strict();
  private final List<String> contents = new ArrayList<>();
  private final List<Part> records;
  private int refused;
  private int cut;

  LogTailTest() {
    Store store = FacetStore.open(written, options, StoreThreads.direct());
    contents.add(contents(store));
    List<Boolean> synced = new ArrayList<>();
    for (int i = 0; i < COMMITS; i++) {
      synced.add(random.nextInt(4) == 0);
      commit(store, synced.getLast() ? Durability.SYNC : Durability.NONE);
    }
    records = LogRecords.of(read(written));
    assertEquals(COMMITS, records.size());
    long known = 0;
    for (int i = 0; i < COMMITS; i++) {
      assertTrue(records.get(i).synced() >= known, "what is synced is known to the next record");
      known = synced.get(i) ? offset(records.get(i).end()) : known;
    }
    assertTrue(records.stream().filter(Part::isShort).count() > COMMITS / 3, "short records");
  }

  private void commit(Store store, Durability durability) {
    try (Transaction transaction = store.begin()) {
      for (int row = random.nextInt(3); row >= 0; row--) {
        byte[] value = new byte[1 + random.nextInt(40)];
        for (int i = 0; i < value.length; i++) {
          value[i] = (byte) (1 + random.nextInt(255));
        }
        transaction.put(SPACE, new byte[] {(byte) random.nextInt(20), 1}, value);
      }
      transaction.commit(durability);
    }
    contents.add(contents(store));
  }

  private static String contents(Store store) {
    try (Snapshot snapshot = store.snapshot()) {
      return Model.scan(snapshot, SPACE, null, null);
    }
  }

  private static byte[] read(MemoryFileSystem files) {
    try (StorageFile file = files.open(SEGMENT, FileSystem.Mode.READ)) {
      byte[] bytes = new byte[(int) file.size()];
      file.readFully(0, bytes, 0, bytes.length);
      return bytes;
    }
  }

  private static long offset(int position) {
    return position - LogFormat.HEADER_BYTES;
  }

  /** Opens a copy in which all bytes of a range are others. */
  private void judge(byte[] bytes, int from, int to, String what) {
    MemoryFileSystem files = written.kill();
    try (StorageFile file = files.open(SEGMENT, FileSystem.Mode.WRITE)) {
      file.write(0, bytes, 0, bytes.length);
    }
    Part first = records.stream().filter(part -> part.end() > from).findFirst().orElseThrow();
    boolean mustRefuse =
        records.stream()
            .anyMatch(part -> part.start() >= to && part.synced() > offset(first.start()));
    int last = (int) first.sequence() - 1;
    try (Store store = FacetStore.open(files, options, StoreThreads.direct())) {
      assertEquals(contents.get(last), contents(store), what);
      assertEquals(last, store.lastSequence(), what);
      assertTrue(!mustRefuse, () -> what + " was cut");
      cut++;
    } catch (StorageException e) {
      String message = String.valueOf(e.getMessage());
      assertTrue(mustRefuse, () -> what + " was refused: " + message);
      String place = "file=memory:" + SEGMENT + " offset=" + first.start() + " ";
      assertTrue(message.contains(place), () -> what + ": " + message);
      refused++;
    }
  }

  @Test
  void aTailThatIsZeroFromAnyByteOnIsCut() {
    int end = records.getLast().end();
    for (int from = LogFormat.HEADER_BYTES; from < end; from++) {
      byte[] bytes = read(written.kill());
      Arrays.fill(bytes, from, end, (byte) 0);
      judge(bytes, from, end, "zeros from " + from);
    }
    assertEquals(end - LogFormat.HEADER_BYTES, cut);
  }

  @Test
  void aFlippedBitIsRefusedWhereARecordBehindItSaysItWasSynced() {
    int end = records.getLast().end();
    for (int at = LogFormat.HEADER_BYTES; at < end; at++) {
      byte[] bytes = read(written.kill());
      bytes[at] ^= (byte) (1 << random.nextInt(8));
      judge(bytes, at, at + 1, "byte " + at);
    }
    assertTrue(refused > 0 && cut > 0, "refused: " + refused + ", cut: " + cut);
  }

  @Test
  void aDamagedRangeIsRefusedWhereARecordBehindItSaysItWasSynced() {
    int end = records.getLast().end();
    for (int i = 0; i < RANGES; i++) {
      byte[] bytes = read(written.kill());
      int from = LogFormat.HEADER_BYTES + random.nextInt(end - LogFormat.HEADER_BYTES);
      int to = Math.min(end, from + 1 + random.nextInt(400));
      for (int at = from; at < to; at++) {
        bytes[at] ^= (byte) (1 + random.nextInt(255));
      }
      judge(bytes, from, to, "bytes " + from + " to " + to);
    }
    assertTrue(refused > 0 && cut > 0, "refused: " + refused + ", cut: " + cut);
  }
}
