package org.facetdb.storage.txn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.storage.Durability;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import org.facetdb.storage.Transaction;
import org.junit.jupiter.api.Test;

/** What a transaction tells of its own staged writes. */
class OwnWritesTest {
  private static final int SPACE = Store.CATALOG_KEY_SPACE;

  private static byte[] bytes(int value) {
    return new byte[] {(byte) value};
  }

  private static List<String> own(Transaction transaction, int keySpace, int most) {
    List<String> writes = new ArrayList<>();
    transaction.visitOwnWrites(
        keySpace,
        (key, value) -> {
          writes.add((key[0] & 0xff) + (value == null ? " deleted" : "=" + value[0]));
          return writes.size() < most;
        });
    assertEquals(!writes.isEmpty(), transaction.hasOwnWrites(keySpace));
    return writes;
  }

  @Test
  void areTheLatestPerKeyInKeyOrderAndFollowSavepoints() {
    try (Store store = Stores.openInMemory(StoreOptions.defaults())) {
      int other = store.createKeySpace(KeySpaceOptions.keepForEver());
      try (Transaction transaction = store.begin()) {
        assertEquals(List.of(), own(transaction, SPACE, 9));
        int start = transaction.savepoint();
        transaction.put(SPACE, bytes(200), bytes(1));
        transaction.put(SPACE, bytes(3), bytes(2));
        int mark = transaction.savepoint();
        transaction.delete(SPACE, bytes(3));
        transaction.put(SPACE, bytes(200), bytes(4));
        assertEquals(List.of("3 deleted", "200=4"), own(transaction, SPACE, 9));
        assertEquals(List.of("3 deleted"), own(transaction, SPACE, 1));
        assertEquals(List.of(), own(transaction, other, 9));
        transaction.rollbackTo(mark);
        assertEquals(List.of("3=2", "200=1"), own(transaction, SPACE, 9));
        transaction.rollbackTo(start);
        assertEquals(List.of(), own(transaction, SPACE, 9));
        transaction.put(other, bytes(1), bytes(1));
        assertTrue(transaction.hasOwnWrites(other));
        assertFalse(transaction.hasOwnWrites(SPACE));
        transaction.commit(Durability.SYNC);
        assertThrows(StorageException.class, () -> transaction.hasOwnWrites(other));
      }
      try (Transaction next = store.begin()) {
        assertFalse(next.hasOwnWrites(other));
      }
    }
  }
}
