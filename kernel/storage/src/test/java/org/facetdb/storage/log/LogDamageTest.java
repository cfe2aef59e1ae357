package org.facetdb.storage.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.facetdb.storage.CheckReport;
import org.facetdb.storage.Durability;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.txn.FacetStore;
import org.facetdb.storage.txn.Model;
import org.facetdb.storage.txn.StoreThreads;
import org.junit.jupiter.api.Test;

/** Bytes of the log that are not what was written: cut where torn, refused where damaged. */
class LogDamageTest {
  private static final int SPACE = Store.CATALOG_KEY_SPACE;
  private static final String FIRST_SEGMENT = "log/0000000000000001.log";
  private static final int COMMITS = 5;

  private final StoreOptions options = StoreOptions.defaults().withSegmentBytes(4 << 10);
  private MemoryFileSystem files = MemoryFileSystem.strict();

  /** The contents after 0, 1, 2 ... commits. */
  private final List<String> contents = new ArrayList<>();

  private Store open() {
    return FacetStore.open(files, options, StoreThreads.direct());
  }

  private static String contents(Store store) {
    try (Snapshot snapshot = store.snapshot()) {
      return Model.scan(snapshot, SPACE, null, null);
    }
  }

  /** Where the records of the first segment begin, and where the last of them ends. */
  private final List<Integer> offsets = new ArrayList<>();

  /** Commits a few times. */
  private Store write() {
    Store store = open();
    contents.add(contents(store));
    for (int i = 0; i < COMMITS; i++) {
      try (Transaction transaction = store.begin()) {
        transaction.put(SPACE, new byte[] {(byte) i}, new byte[40]);
        transaction.commit(Durability.SYNC);
      }
      contents.add(contents(store));
    }
    List<LogRecords.Part> records = LogRecords.of(read(FIRST_SEGMENT));
    records.forEach(record -> offsets.add(record.start()));
    offsets.add(records.getLast().end());
    return store;
  }

  private void flip(String name, long offset) {
    try (StorageFile file = files.open(name, FileSystem.Mode.WRITE)) {
      byte[] one = new byte[1];
      file.readFully(offset, one, 0, 1);
      one[0] ^= 0x40;
      file.write(offset, one, 0, 1);
    }
  }

  private long recordOffset(int index) {
    return offsets.get(index);
  }

  private void assertRefused(String file, long offset) {
    StorageException refusal = assertThrows(StorageException.class, this::open);
    assertEquals(StorageException.Category.CORRUPTION, refusal.category());
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains("file=memory:" + file + " offset=" + offset + " "), message);
    assertTrue(message.contains("expected=") && message.contains("found="), message);
    CheckReport report = FacetStore.check(files);
    assertEquals(List.of(message), report.problems());
  }

  @Test
  void refusesADamagedRecordInTheMiddleWithItsPlace() {
    write();
    files = files.kill();
    flip(FIRST_SEGMENT, recordOffset(3) - 20);
    assertRefused(FIRST_SEGMENT, recordOffset(2));
  }

  @Test
  void refusesADamagedLengthInTheMiddleWithItsPlace() {
    write();
    files = files.kill();
    flip(FIRST_SEGMENT, recordOffset(1) + 5);
    assertRefused(FIRST_SEGMENT, recordOffset(1));
  }

  @Test
  void refusesADamagedHeaderWithItsPlace() {
    write();
    files = files.kill();
    flip(FIRST_SEGMENT, 3);
    assertRefused(FIRST_SEGMENT, 0);
  }

  @Test
  void refusesDamageInTheLastRecordOfALogThatWasClosed() {
    write().close();
    files = files.kill();
    flip(FIRST_SEGMENT, recordOffset(COMMITS - 1) + 10);
    assertRefused(FIRST_SEGMENT, recordOffset(COMMITS - 1));
  }

  @Test
  void refusesAnOlderSegmentThatEndsTooEarly() {
    write();
    files = files.kill();
    open();
    files = files.kill();
    flip(FIRST_SEGMENT, recordOffset(COMMITS - 1) + 10);
    assertRefused(FIRST_SEGMENT, recordOffset(COMMITS - 1));
  }

  private byte[] read(String name) {
    try (StorageFile file = files.open(name, FileSystem.Mode.READ)) {
      byte[] bytes = new byte[(int) file.size()];
      file.readFully(0, bytes, 0, bytes.length);
      return bytes;
    }
  }

  private static String segment(int number) {
    return LogFormat.segmentName("log", number);
  }

  /** Writes records that fill four segments and part of a fifth, and kills the store. */
  private void fillSegments() {
    Store store = open();
    for (int i = 0; i < 18; i++) {
      try (Transaction transaction = store.begin()) {
        transaction.put(SPACE, new byte[] {(byte) i}, new byte[900]);
        transaction.commit(Durability.SYNC);
      }
    }
    files = files.kill();
    assertTrue(files.exists(segment(5)) && !files.exists(segment(6)), "segments");
  }

  @Test
  void refusesALogThatLostItsOldestSegment() {
    fillSegments();
    files.delete(segment(1));
    assertRefused(segment(1), 0);
  }

  @Test
  void refusesALogThatLostASegmentInTheMiddle() {
    fillSegments();
    files.delete(segment(3));
    assertRefused(segment(3), 0);
  }

  @Test
  void refusesALogThatLostItsNewestSegments() {
    fillSegments();
    files.delete(segment(5));
    assertRefused(segment(5), 0);
    files.delete(segment(4));
    assertRefused(segment(5), 0);
  }

  @Test
  void refusesALogThatLostAllSegments() {
    write();
    files = files.kill();
    files.delete(FIRST_SEGMENT);
    assertRefused(FIRST_SEGMENT, 0);
  }

  @Test
  void refusesASegmentThatWasCutAtAnyByte() {
    write();
    files = files.kill();
    for (int bytes = options.segmentBytes() - 1; bytes >= 0; bytes -= bytes > 800 ? 97 : 1) {
      try (StorageFile file = files.open(FIRST_SEGMENT, FileSystem.Mode.WRITE)) {
        file.truncate(bytes);
      }
      assertRefused(FIRST_SEGMENT, bytes < LogFormat.HEADER_BYTES ? 0 : bytes);
      assertEquals(bytes, read(FIRST_SEGMENT).length);
    }
  }

  @Test
  void refusesASegmentOfALaterFormat() {
    write();
    files = files.kill();
    byte[] header = read(FIRST_SEGMENT);
    header[8] = LogFormat.VERSION + 1;
    int sum = LogFormat.checksum(header, 0, 76);
    for (int i = 0; i < 4; i++) {
      header[76 + i] = (byte) (sum >>> 8 * i);
    }
    try (StorageFile file = files.open(FIRST_SEGMENT, FileSystem.Mode.WRITE)) {
      file.write(0, header, 0, LogFormat.HEADER_BYTES);
    }
    StorageException refusal = assertThrows(StorageException.class, this::open);
    assertEquals("0A000", refusal.sqlState());
    String end = FIRST_SEGMENT + " offset=8 expected=format version 1 to 3 found=format version 4";
    assertTrue(String.valueOf(refusal.getMessage()).endsWith(end), refusal.getMessage());
  }

  @Test
  void anOpenThatIsRefusedChangesNoFile() {
    fillSegments();
    flip(segment(4), 300);
    List<String> names = files.list("log");
    List<String> root = files.list(FileSystem.ROOT);
    assertThrows(StorageException.class, this::open);
    assertEquals(names, files.list("log"));
    assertEquals(root, files.list(FileSystem.ROOT));
  }

  @Test
  void cutsATornTailAndGoesOn() {
    write();
    files = files.kill();
    flip(FIRST_SEGMENT, recordOffset(COMMITS - 1) + 30);
    try (Store store = open()) {
      assertEquals(contents.get(COMMITS - 1), contents(store));
      assertEquals(COMMITS - 1, store.lastSequence());
      try (Transaction transaction = store.begin()) {
        transaction.put(SPACE, new byte[] {99}, new byte[] {1});
        transaction.commit(Durability.SYNC);
      }
    }
    try (Store store = open()) {
      assertEquals(contents.get(COMMITS - 1) + "63=01\n", contents(store));
    }
  }

  @Test
  void neverReadsAFlippedBitAsData() {
    write().close();
    MemoryFileSystem written = files.crash(new Random(1));
    long end = recordOffset(COMMITS) + RecordFormat.HEADER_BYTES;
    int refused = 0;
    for (long offset = 0; offset < end + 100; offset++) {
      files = written.survivor(new Random(offset));
      flip(FIRST_SEGMENT, offset);
      try (Store store = open()) {
        assertEquals(contents.getLast(), contents(store), "byte " + offset + " was flipped");
        assertTrue(offset >= recordOffset(COMMITS), "byte " + offset + " is needed");
      } catch (StorageException e) {
        assertEquals(StorageException.Category.CORRUPTION, e.category(), e.getMessage());
        refused++;
      }
    }
    assertEquals(recordOffset(COMMITS), refused);
  }
}
