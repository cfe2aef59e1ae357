package org.facetdb.storage.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.facetdb.storage.StorageException;
import org.junit.jupiter.api.Test;

/** What is remembered, and for how long. */
class SerialTransactionsTest {
  private static final byte[] KEY = {1};
  private static final byte[] OTHER = {2};

  private final AtomicLong newest = new AtomicLong(10);
  private final SerialTransactions all = new SerialTransactions(4);

  private SerialTransaction begin(boolean readOnly) {
    SerialTransaction begun = all.begin(readOnly, newest::get);
    assertNotNull(begun);
    return begun;
  }

  private void write(byte[] key) {
    SerialTransaction writer = begin(false);
    writer.writes().add(1, key);
    all.commit(writer, newest.incrementAndGet());
    all.end(writer);
  }

  @Test
  void whatNobodyAsksForIsForgotten() {
    write(KEY);
    assertEquals(0, all.remembered());
    SerialTransaction open = begin(false);
    write(KEY);
    write(KEY);
    assertEquals(2, all.remembered());
    all.end(open);
    assertEquals(0, all.remembered());
  }

  @Test
  void whoOutlastsWhatIsRememberedIsRefused() {
    SerialTransaction old = begin(false);
    old.reads().add(1, OTHER);
    for (int i = 0; i < 8; i++) {
      write(KEY);
    }
    assertEquals(4, all.remembered());
    old.writes().add(1, OTHER);
    StorageException e =
        assertThrows(StorageException.class, () -> all.commit(old, newest.incrementAndGet()));
    assertEquals("40001", e.sqlState());
    assertTrue(String.valueOf(e.getMessage()).contains("longer"), e.getMessage());
    all.end(old);
    assertEquals(1, all.refused());
    assertEquals(0, all.remembered());
    write(OTHER);
  }

  @Test
  void aSnapshotIsSafeWhereNobodyWrites() {
    assertNull(all.begin(true, newest::get));
    SerialTransaction writer = begin(false);
    SerialTransaction reader = begin(true);
    all.end(writer);
    assertNull(all.begin(true, newest::get));
    all.commitReads(reader);
    all.end(reader);
  }
}
